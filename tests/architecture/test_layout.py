"""The shape of the code: small doors, small modules, one place for keys and one for the time."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = sorted((ROOT / "shared").rglob("*.py"))
HANDLERS = sorted((ROOT / "functions").glob("*/handler.py"))
KEYS = ROOT / "shared/wallboard/adapters/dynamodb/keys.py"
CLOCK = ROOT / "shared/wallboard/adapters/clock.py"
NOW = {"now", "utcnow", "today", "time", "time_ns", "gmtime", "localtime"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def words(tree: ast.AST) -> Iterator[str]:
    """Every text in the code of a module, parts of f-strings included, docstrings not."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


def askers_of_the_time(tree: ast.AST) -> Iterator[str]:
    """Everything that a module calls or imports which tells the present time: `datetime.now`, `from time import time`…"""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"time.{each.name}" for each in node.names if each.name in NOW)
        elif isinstance(node, ast.Attribute) and node.attr in NOW:
            base = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", None)
            if base in ("datetime", "date", "time"):
                yield f"{base}.{node.attr}"


@pytest.mark.parametrize("path", HANDLERS, ids=name_of)
def test_a_handler_fits_on_one_screen(path: Path) -> None:
    assert lines_of(path) <= 60


@pytest.mark.parametrize("path", HANDLERS, ids=name_of)
def test_a_function_is_one_file_and_its_handler(path: Path) -> None:
    assert [each.name for each in path.parent.glob("*.py")] == ["handler.py"]
    assert "handler" in {
        name.id if isinstance(name, ast.Name) else name
        for node in ast.parse(path.read_text()).body
        for name in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "name", "")])
    }


def test_nobody_imports_a_function() -> None:
    for path in [*SHARED, *HANDLERS]:
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [each for each in modules if each.split(".")[0] in ("functions", "local", "tests")], name_of(
                path
            )


@pytest.mark.parametrize("path", SHARED, ids=name_of)
def test_a_module_has_at_most_300_lines(path: Path) -> None:
    assert lines_of(path) <= 300


@pytest.mark.parametrize("path", [*SHARED, *HANDLERS], ids=name_of)
def test_a_module_opens_with_what_it_holds(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())) or not path.read_text()


def test_only_one_module_joins_keys() -> None:
    joint = re.compile("#(?![# ])")  # before a blank it is a heading
    found = {name_of(path) for path in [*SHARED, *HANDLERS] if any(map(joint.search, words(_parsed(path))))}
    assert found == {name_of(KEYS)}


def test_only_one_module_asks_what_time_it_is() -> None:
    found = {name_of(path): set(askers_of_the_time(_parsed(path))) for path in [*SHARED, *HANDLERS]}
    assert {name: asked for name, asked in found.items() if asked} == {name_of(CLOCK): {"time.time_ns"}}


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("import datetime\ndatetime.datetime.now()", {"datetime.now"}),
        ("from datetime import date\nx = date.today", {"date.today"}),
        ("from time import time_ns as ns", {"time.time_ns"}),
        ("parts.now()", set()),
        ("from time import sleep", set()),
    ],
)
def test_the_look_for_askers_of_the_time_finds_them(code: str, asked: set[str]) -> None:
    assert set(askers_of_the_time(ast.parse(code))) == asked


def test_the_look_for_words_sees_f_strings_and_no_docstrings() -> None:
    assert set(words(ast.parse("'''a # b'''\nx = f'{y}#{z}'"))) == {"#"}


def test_imports_point_one_way() -> None:
    """The contracts of pyproject.toml, as `make check` asks about them."""
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())
