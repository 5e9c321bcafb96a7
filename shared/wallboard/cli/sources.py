"""`wallboard source`: set a source up, show how far it has been pulled, pull it, take it away."""

import argparse
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from wallboard.errors import InvalidRequest
from wallboard.model.event import SOURCE_NAME
from wallboard.runtime import wiring
from wallboard.services.manage_sources import Sync, list_sources, sync


def add_source_commands(commands: Any) -> None:
    """Adds `source` with its own commands to those of `wallboard`."""
    parser = commands.add_parser("source", help="set up and pull the sources of a tenant")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    put = verbs.add_parser("put", help="set a source up, or set it up anew; its credentials go to Secrets Manager")
    put.add_argument("--name", required=True, help="what it is called: the source of its facts")
    put.add_argument("--vendor", required=True)
    put.add_argument("--settings", required=True, type=Path, help="a JSON file; - reads standard input")
    put.add_argument("--every-hours", type=int, default=24, help="0: only on request (default: 24)")
    put.add_argument("--disabled", action="store_true", help="keep it, but do not pull it by the clock")
    put.set_defaults(run=_put)

    verbs.add_parser("list", help="how far each stream has been pulled").set_defaults(run=_list)

    pull = verbs.add_parser("sync", help="pull a range, or what has come since")
    pull.add_argument("--name", required=True)
    pull.add_argument("--from", dest="start", help="a date, or ISO 8601 with an offset")
    pull.add_argument("--to", dest="end", help="the same; not included")
    pull.set_defaults(run=_sync)

    remove = verbs.add_parser("remove", help="forget a source; what it brought stays")
    remove.add_argument("--name", required=True)
    remove.set_defaults(run=_remove)

    for verb in verbs.choices.values():
        verb.add_argument("--tenant", required=True)


def _put(asked: argparse.Namespace) -> int:
    if not SOURCE_NAME.fullmatch(asked.name):
        raise InvalidRequest(f"--name: {asked.name[:80]!r} is none; use letters, digits, and _ . - after the first")
    if not 0 <= asked.every_hours <= 24:
        raise InvalidRequest("--every-hours: at most 24, and at least 0")
    try:
        text = sys.stdin.read() if str(asked.settings) == "-" else asked.settings.read_text("utf-8")
        given = from_json(text)
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"--settings: {asked.settings} cannot be read as JSON: {type(error).__name__}") from None
    if not isinstance(given, dict):
        raise InvalidRequest("--settings: must be an object")
    config = wiring.parts().source_settings.set_up(
        asked.tenant, asked.name, asked.vendor, given, every_hours=asked.every_hours, enabled=not asked.disabled
    )
    print(
        f"{config.name}: {config.vendor}, {'pulled every' if config.every_hours else 'on request'} "
        f"{f'{config.every_hours} hours' if config.every_hours else 'only'}"
    )
    return 0


def _list(asked: argparse.Namespace) -> int:
    parts = wiring.parts()
    found = list_sources(asked.tenant, sources=parts.sources, settings=parts.source_settings, now=parts.now())
    print(found.model_dump_json(by_alias=True, indent=2))
    return 0


def _sync(asked: argparse.Namespace) -> int:
    parts = wiring.parts()
    given = {name: value for name, value in (("from", asked.start), ("to", asked.end)) if value}
    try:
        range_ = Sync.model_validate(given)
    except ValidationError as error:
        raise InvalidRequest(f"--from and --to: {error.errors()[0]['msg']}") from None
    begun = sync(asked.tenant, asked.name, range_, plan=parts.plan_pulls, now=parts.now())
    print(begun.model_dump_json(by_alias=True, indent=2))
    return 0


def _remove(asked: argparse.Namespace) -> int:
    wiring.parts().source_settings.remove(asked.tenant, asked.name)
    print(f"{asked.name} is gone; what it brought stays")
    return 0
