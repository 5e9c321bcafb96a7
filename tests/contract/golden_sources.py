"""The golden facts of every sample file: `python -m tests.contract.golden_sources [vendor]` writes them anew, to be read
before they are kept."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from tests.fakes.vendors import Vendor
from wallboard.model.events import AnyEvent
from wallboard.model.time import iso
from wallboard.sources._source import Event

FOLDER = Path(__file__).parent.parent / "examples" / "sources"
_EVENT: TypeAdapter[Any] = TypeAdapter(AnyEvent)


def cases() -> Iterator[tuple[str, str]]:
    """(vendor, case) of every case."""
    for path in sorted(FOLDER.glob("*/cases.yaml")):
        for name in yaml.load(path.read_text("utf-8"), yaml.BaseLoader):
            yield path.parent.name, name


def golden(vendor: str, name: str) -> Path:
    return FOLDER / vendor / f"{name}.jsonl"


def facts(vendor: str, name: str) -> list[str]:
    """The events of a case, a line of JSON each, without the vendor's own row. A case is a stream, or says which it is."""
    case = yaml.load((FOLDER / vendor / "cases.yaml").read_text("utf-8"), yaml.BaseLoader)[name]
    payloads = FOLDER / vendor / case.get("payloads", "payloads")
    at = Vendor.of(vendor, now=case["now"], payloads=payloads, settings=case.get("settings"))
    events = at.events(case.get("stream", name), case["from"], case["to"])
    for event in events:
        _EVENT.validate_python(event)
    return [json.dumps(_readable(event), ensure_ascii=False) for event in events]


def _readable(event: Event) -> Event:
    return {name: iso(value) if name.endswith("At") else value for name, value in event.items() if name != "row"}


def main(only: str | None) -> None:
    for vendor, name in cases():
        if only in (None, vendor):
            golden(vendor, name).write_text("".join(f"{line}\n" for line in facts(vendor, name)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
