"""Tables: the answer of a report as CSV, for reports that are one."""

from collections.abc import Iterable, Iterator
from typing import Any

from wallboard.errors import InvalidRequest
from wallboard.model.results import Output
from wallboard.reports._report import Report
from wallboard.services import write_table


def as_csv(report: Report, output: Output) -> str:
    """The table of an output with a line of headers, guarded for spreadsheets as records are. Raises InvalidRequest for a
    report that is no table.

    What is nested is named with dots, and lists are left out. The columns are those of the report, whatever it was asked:
    null and absent are empty, and so are all of `previous` where it is not compared.
    """
    if report.table is None:
        raise InvalidRequest(f"accept: {report.name} is no table; ask for application/json")
    model, rows = (type(output), [output]) if report.table == "" else _field(output, report.table)
    columns = list(_columns(model))
    return write_table.as_csv([map(".".join, columns), *(_cells(row, columns) for row in rows)])


def _field(output: Output, name: str) -> tuple[type[Output], Iterable[Output]]:
    [model] = type(output).model_fields[name].annotation.__args__  # type: ignore[union-attr]
    return model, getattr(output, name)


def _columns(model: type[Output]) -> Iterator[tuple[str, ...]]:
    """The paths of the values of a row, by their names on the wire. Lists have none."""
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        options = [each for each in getattr(kind, "__args__", ()) if each is not type(None)]
        only = options[0] if len(options) == 1 and getattr(kind, "__origin__", None) is not list else kind
        if _is_output(only):
            yield from ((field.alias or name, *path) for path in _columns(only))
        elif not any(_is_nested(option) for option in (kind, *options)):
            yield (field.alias or name,)


def _is_nested(kind: Any) -> bool:
    return getattr(kind, "__origin__", kind) in (list, dict) or _is_output(kind)


def _is_output(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Output)


def _cells(row: Output, columns: Iterable[tuple[str, ...]]) -> Iterator[Any]:
    values = row.model_dump(mode="json")
    for path in columns:
        value: Any = values
        for name in path:
            value = value.get(name) if value else None
        yield value
