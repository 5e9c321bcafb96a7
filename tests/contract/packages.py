"""Packages of reports that exist for one test."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType

import wallboard.reports

_numbers = count()


@contextmanager
def reports_with(folder: Path, files: Mapping[str, str], *, copies: bool = True) -> Iterator[ModuleType]:
    """A package with these files (name → text), beside copies of all our own reports unless these are not wanted."""
    name = f"reports_for_test_{next(_numbers)}"
    package = folder / name
    package.mkdir()
    if copies:
        for path in Path(wallboard.reports.__path__[0]).glob("*.py"):
            (package / path.name).write_text(path.read_text())
    (package / "__init__.py").touch()
    for file, text in files.items():
        (package / file).write_text(text)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        for module in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[module]


THROWAWAY = '''
"""A report that nobody will miss."""

from wallboard.model.results import NoInput, Output
from wallboard.reports._report import Report


class Answer(Output):
    value: float


REPORT = Report(
    id="{id}",
    name="Throw-away Report",
    description="Counts nothing, for Zoë.",
    category="quality",
    definition="none",
    unit="none",
    time_basis="all time",
    created="2026-11-22",
    input=NoInput,
    output=Answer,
    build=lambda asked, data: {build},
    compares=False,
)
'''


def throwaway(id: str = "throw-away", build: str = "Answer(value=42)") -> str:
    """The text of a report's file; `build` is the expression that it answers with."""
    return THROWAWAY.format(id=id, build=build)
