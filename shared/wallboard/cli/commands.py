"""The subcommands: make a key, fold hours again, settings of alerts, sources, the generated pages."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

import wallboard.reports
import wallboard.sources
from wallboard.alerts._rule import all_rules
from wallboard.alerts._settings import AlertSettings
from wallboard.cli.docs import examples_in, report_page
from wallboard.cli.openapi import openapi_page
from wallboard.cli.source_page import source_page
from wallboard.cli.sources import add_source_commands
from wallboard.errors import WallboardError
from wallboard.model.time import parse_instant
from wallboard.registry import Family
from wallboard.runtime import wiring
from wallboard.runtime.api import ROUTES
from wallboard.services.catalog import Catalog
from wallboard.services.evaluate_alerts import configure
from wallboard.services.keys import SCOPES, new_key, register
from wallboard.services.rebuild import rebuild
from wallboard.sources._source import Source

REPORT_PAGE = Path("docs/reports.md")
SOURCE_PAGE = Path("docs/sources.md")
EXAMPLES = Path("tests/examples/reports")
OPENAPI_PAGE = Path("shared/wallboard/runtime/openapi.json")


def run(arguments: Sequence[str]) -> int:
    """The exit code: 0 done, 1 refused with a reason on standard error."""
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except WallboardError as error:
        print(f"wallboard: {error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wallboard", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    make = commands.add_parser("key", help="make an API key for a tenant; it is shown once")
    make.add_argument("--tenant", required=True)
    make.add_argument("--scopes", default="read", help=f"comma-separated: {', '.join(sorted(SCOPES))} (default: read)")
    make.set_defaults(run=_key)

    again = commands.add_parser("rebuild", help="fold the hours of a range again, and say how many blocks differed")
    again.add_argument("--tenant", required=True)
    again.add_argument("--from", dest="start", required=True, help="ISO 8601 with an offset")
    again.add_argument("--to", dest="end", required=True, help="ISO 8601 with an offset; not included")
    again.set_defaults(run=_rebuild)

    alerts = commands.add_parser("alerts", help="show what a tenant has changed about its alert rules, or change it")
    alerts.add_argument("--tenant", required=True)
    alerts.add_argument(
        "--settings", type=Path, help="a JSON file that takes the place of what is set (see docs/alerts.md)"
    )
    alerts.set_defaults(run=_alerts)

    add_source_commands(commands)

    docs = commands.add_parser("docs", help="write the pages that are generated from the code")
    docs.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    docs.set_defaults(run=_docs)
    return parser


def _key(asked: argparse.Namespace) -> int:
    key, scopes = new_key(), frozenset(asked.scopes.split(","))
    register(key, tenant=asked.tenant, scopes=scopes, keys=wiring.parts().keys)
    print(key)
    return 0


def _rebuild(asked: argparse.Namespace) -> int:
    parts = wiring.parts()
    try:
        start, end = parse_instant(asked.start), parse_instant(asked.end)
    except ValueError as error:
        print(f"wallboard: --from and --to: a time {error}", file=sys.stderr)
        return 1
    drift = rebuild(asked.tenant, start, end, roll_up=parts.roll_up, now=parts.now())
    print(f"{drift} blocks differed and were written again")
    return 0


def _alerts(asked: argparse.Namespace) -> int:
    alerts = wiring.parts().alerts
    if asked.settings:
        try:
            settings = AlertSettings.model_validate_json(asked.settings.read_bytes())
        except (OSError, ValidationError) as error:
            print(f"wallboard: {asked.settings}: {error}", file=sys.stderr)
            return 1
        configure(asked.tenant, settings, rules=all_rules(), alerts=alerts)
    print(alerts.settings(asked.tenant).model_dump_json(by_alias=True, exclude_unset=True, indent=2))
    return 0


def _docs(asked: argparse.Namespace) -> int:
    catalog = Catalog(wallboard.reports)
    vendors = Family(wallboard.sources, attribute="SOURCE", member=Source)
    pages = {
        REPORT_PAGE: report_page(catalog, examples_in(EXAMPLES)),
        SOURCE_PAGE: source_page(map(vendors.load, vendors.names())),
        OPENAPI_PAGE: openapi_page(catalog, ROUTES),
    }
    for broken in catalog.broken.values():
        raise broken  # else its report would be missing from the pages
    stale = [path for path, page in pages.items() if not path.exists() or path.read_text() != page]
    for path in stale:
        if asked.check:
            print(f"{path} is out of date; run `wallboard docs`", file=sys.stderr)
        else:
            path.write_text(pages[path])
    return 1 if asked.check and stale else 0
