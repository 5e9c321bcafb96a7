"""What `sam build` makes of the template: all of it, for Lambda's machine, ready to start, and nothing else."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.template import Template

ROOT = Path(__file__).parents[2]
SAM = ROOT / ".tools/sam/bin/sam"
LAYER = "WallboardLayer"
AARCH64 = 0xB7
"""`e_machine` of an ELF file."""
UNCHECKED_HASH = b"\x01\x00\x00\x00"
"""The flags of bytecode that is taken as it is (PEP 552)."""
DEV = (
    "pytest",
    "moto",
    "mypy",
    "hypothesis",
    "ruff",
    "importlinter",
    "grimp",
    "xdist",
    "werkzeug",
    "cheroot",
    "duckdb",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of artifacts."""
    if not SAM.exists():
        pytest.skip(f"{SAM} is not installed; `make test` installs it")
    folder = tmp_path_factory.mktemp("sam")
    command = [str(SAM), "build", "--build-dir", str(folder / "build"), "--cache-dir", str(folder / "cache")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment |= {"SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "build"


@pytest.fixture(scope="module")
def layer(built: Path) -> Path:
    return built / LAYER / "python"


def code(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*.py") if path.is_file())


def bytecode(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.pyc")


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_function_and_the_layer_are_built(built: Path) -> None:
    folders = {path.name for path in built.iterdir() if path.is_dir()}
    assert folders == {*Template().functions, LAYER}


def test_a_function_holds_its_handler_and_nothing_else(built: Path) -> None:
    for name, function in Template().functions.items():
        assert [path.name for path in code(built / name)] == ["handler.py"]
        assert (built / name / "handler.py").read_text() == (function.code / "handler.py").read_text()


def test_the_layer_holds_the_whole_product(layer: Path) -> None:
    source = ROOT / "shared/wallboard"
    ours = {path.relative_to(source): path.read_text() for path in code(source)}
    assert {path.relative_to(layer / "wallboard"): path.read_text() for path in code(layer / "wallboard")} == ours
    assert ours


def test_all_code_has_bytecode_that_is_taken_unchecked(built: Path) -> None:
    """Else every cold start would compile it, or refuse it, as the zip changes the times of files."""
    files = list(code(built))
    assert len(files) > 500
    for path in files:
        compiled = path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc"
        assert compiled.exists(), path
        assert compiled.read_bytes()[4:8] == UNCHECKED_HASH, path


def test_there_is_no_bytecode_but_that(built: Path) -> None:
    for path in bytecode(built):
        assert path.parent.name == "__pycache__", path
        assert path.name.endswith(".cpython-313.pyc"), path
        assert (path.parent.parent / path.name.replace(".cpython-313.pyc", ".py")).exists(), path


def test_bytecode_names_the_paths_of_lambda_and_none_of_this_machine(built: Path) -> None:
    here = [str(folder).encode() for folder in (ROOT, built, built.parent, Path.home())]
    for path in bytecode(built):
        data = path.read_bytes()
        folder = b"/opt/python/" if LAYER in path.parts else b"/var/task/"
        assert folder in data, path
        assert not [each for each in here if len(each) > 1 and each + b"/" in data], path


def test_nothing_for_developers_is_shipped(built: Path) -> None:
    for path in built.rglob("*"):
        parts = path.relative_to(built).parts
        assert not {"tests", "test", "local", "bench"} & set(parts), path
    packages = {path.name for path in (built / LAYER / "python").iterdir()}
    assert not [name for name in packages for dev in DEV if plain(name).startswith(dev)]
    assert not list(built.rglob("conftest.py"))


def test_the_packages_of_the_layer_are_those_of_the_lock(layer: Path) -> None:
    """The lock is for every machine; none of its packages is for some machines only."""
    locked = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    installed = dict(path.name.removesuffix(".dist-info").rsplit("-", 1) for path in layer.glob("*.dist-info"))
    assert {plain(name): version for name, version in installed.items()} == {
        plain(name): version for name, version in locked.items()
    }


def test_compiled_libraries_are_for_lambdas_processor(layer: Path) -> None:
    libraries = list(layer.rglob("*.so"))
    assert [path.name for path in libraries if path.name.startswith("_pydantic_core")]
    for path in libraries:
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        assert int.from_bytes(head[18:20], "little") == AARCH64, path
        assert "cpython-313-aarch64" in path.name or ".abi3." in path.name, path


def test_the_artifacts_fit_into_lambda(built: Path) -> None:
    """Unzipped, a function and its layers may have 250 MB."""
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) < 250_000_000
