"""Tables: the answer of a report as CSV, for reports that are one."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from wallboard.errors import InvalidRequest
from wallboard.model.results import Output
from wallboard.reports._report import Report


def as_csv(report: Report, output: Output) -> str:
    """The table of an output with a line of headers (RFC 4180). What is nested is named with dots; what is null or absent
    is empty. Raises InvalidRequest for a report that is no table.

    A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).
    """
    if report.table is None:
        raise InvalidRequest(f"accept: {report.name} is no table; ask for application/json")
    model, rows = (type(output), [output]) if report.table == "" else _field(output, report.table)
    written = StringIO()
    table = csv.writer(written)
    table.writerow([_harmless(".".join(path)) for path in _columns(model)])
    table.writerows([_harmless(_cell(row, path)) for path in _columns(model)] for row in rows)
    return written.getvalue()


def _field(output: Output, name: str) -> tuple[type[Output], Iterable[Output]]:
    [model] = type(output).model_fields[name].annotation.__args__  # type: ignore[union-attr]
    return model, getattr(output, name)


def _columns(model: type[Output]) -> Iterator[tuple[str, ...]]:
    """The paths of the values of a row, by their names on the wire. Lists and what may be absent as a whole have none."""
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, Output):
            yield from ((field.alias or name, *path) for path in _columns(kind))
        elif not any(_is_nested(option) for option in (kind, *getattr(kind, "__args__", ()))):
            yield (field.alias or name,)


def _is_nested(kind: Any) -> bool:
    return getattr(kind, "__origin__", kind) is list or (isinstance(kind, type) and issubclass(kind, Output))


def _cell(row: Output, path: tuple[str, ...]) -> Any:
    value: Any = row.model_dump(mode="json")
    for name in path:
        value = value.get(name)
    return value


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value
