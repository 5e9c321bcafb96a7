"""The catalogue: a report is a file. Dropped in, it is served; broken, it fails alone and by its name."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.contract.doors import BATCH, LIST, Doors, single
from tests.contract.packages import reports_with, throwaway
from tests.fakes.world import World
from wallboard.errors import BrokenMember, NotFound
from wallboard.runtime import wiring
from wallboard.services.catalog import Catalog

MESSAGES = "clr3m5n8k000608jq3k0l1m7g"
OURS = {report.id for report in World().parts.catalog}

BROKEN = {
    "does not parse": "REPORT = (",
    "imports what is not there": "import no_such_package",
    "fails as it is imported": "raise RuntimeError('no such table')",
    "declares nothing": "'''Nothing.'''",
    "declares something else": "REPORT = 'a report'",
    "declares a report wrongly": throwaway().replace('    name="Throw-away Report",\n', ""),
    "is not text": "REPORT = '\0'",
}


class Drop(Protocol):
    def __call__(self, files: Mapping[str, str]) -> Catalog: ...


@pytest.fixture
def drop(tmp_path: Path, world: World) -> Iterator[Drop]:
    """Drops files into the folder of reports and puts its catalogue behind the doors."""
    with ExitStack() as stack:

        def dropped(files: Mapping[str, str]) -> Catalog:
            catalog = Catalog(stack.enter_context(reports_with(tmp_path, files)))
            wiring.use(replace(world.parts, catalog=catalog))
            return catalog

        yield dropped


def listed(doors: Doors) -> dict[str, Any]:
    return {item["id"]: item for item in doors.send("GET", LIST).json()["items"]}


def test_a_report_that_is_dropped_in_is_listed_and_answers(drop: Drop, doors: Doors) -> None:
    drop({"throwaway.py": throwaway()})
    items = listed(doors)
    assert items.keys() == OURS | {"throw-away"}
    assert items["throw-away"]["name"] == "Throw-away Report"
    assert items["throw-away"]["meta"]["output"]["properties"].keys() == {"value"}
    assert doors.ask("throw-away") == {"value": 42}
    answers = doors.send("POST", BATCH, {"throw-away": {}, MESSAGES: {}}).json()
    assert answers["throw-away"] == {"value": 42}
    assert answers[MESSAGES] == doors.ask(MESSAGES)


def test_a_report_whose_file_is_deleted_is_gone(drop: Drop, doors: Doors) -> None:
    drop({})
    assert listed(doors).keys() == OURS
    assert doors.send("POST", single("throw-away"), {}).error == (404, "NOT_FOUND", "Report not found")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_fails_alone_and_by_its_name(drop: Drop, doors: Doors, text: str) -> None:
    catalog = drop({"throwaway.py": throwaway(), "half_done.py": text})
    assert {report.id for report in catalog} == OURS | {"throw-away"}
    assert catalog.broken.keys() == {"half_done"}
    assert "half_done" in str(catalog.broken["half_done"])
    assert listed(doors).keys() == OURS | {"throw-away"}
    answers = doors.send("POST", BATCH, {"half_done": {}, "throw-away": {}, MESSAGES: {}}).json()
    assert answers["half_done"].keys() == {"error"}
    assert "half_done" in answers["half_done"]["error"]
    assert answers["throw-away"] == {"value": 42}
    assert answers[MESSAGES] == doors.ask(MESSAGES)


def test_a_broken_file_asked_for_alone_is_our_fault_and_not_the_callers(drop: Drop, doors: Doors) -> None:
    drop({"half_done.py": "REPORT = ("})
    status, code, _ = doors.send("POST", single("half_done"), {}).error
    assert (status, code) == (500, "INTERNAL_SERVER_ERROR")


def test_the_reason_of_a_broken_file_is_told_to_who_mends_it(drop: Drop) -> None:
    catalog = drop({"half_done.py": "import no_such_package"})
    with pytest.raises(NotFound):
        catalog.find("no-such-report")
    with pytest.raises(BrokenMember, match=r"half_done cannot be imported: ModuleNotFoundError.*no_such_package"):
        catalog.find("half_done")


def test_of_two_reports_with_one_id_the_first_file_answers_and_the_second_is_broken(drop: Drop, doors: Doors) -> None:
    catalog = drop(
        {"a_first.py": throwaway(build="Answer(value=1)"), "b_second.py": throwaway(build="Answer(value=2)")}
    )
    assert doors.ask("throw-away") == {"value": 1}
    assert [report.id for report in catalog].count("throw-away") == 1
    assert catalog.broken.keys() == {"b_second"}
    assert "b_second" in str(catalog.broken["b_second"])
    assert "throw-away" in str(catalog.broken["b_second"])


def test_a_report_cannot_take_the_id_of_one_of_ours_unnoticed(drop: Drop) -> None:
    catalog = drop({"zz_thief.py": throwaway(MESSAGES)})
    assert catalog.find(MESSAGES).name == "Total Messages Report"
    assert catalog.broken.keys() == {"zz_thief"}


def test_files_with_an_underscore_are_not_reports(drop: Drop) -> None:
    catalog = drop({"_shared.py": "raise RuntimeError"})
    assert {report.id for report in catalog} == OURS
    assert catalog.broken == {}


def test_a_report_may_be_a_folder(drop: Drop, tmp_path: Path) -> None:
    catalog = drop({})
    folder = tmp_path / catalog.package.__name__ / "roomy"
    folder.mkdir()
    (folder / "__init__.py").write_text(throwaway("roomy"))
    assert catalog.find("roomy").id == "roomy"


def test_our_own_reports_are_all_sound_and_named_apart() -> None:
    catalog = World().parts.catalog
    reports = list(catalog)
    assert catalog.broken == {}
    assert len({report.name for report in reports}) == len(reports) == len(OURS)


@pytest.mark.parametrize("build", ["1 / 0", "Answer(value='x')", "None.value", "exec('raise KeyError')"])
def test_a_report_that_crashes_fails_alone_and_tells_nothing_of_our_insides(
    drop: Drop, doors: Doors, build: str
) -> None:
    drop({"throwaway.py": throwaway(build=build)})
    answers = doors.send("POST", BATCH, {"throw-away": {}, MESSAGES: {}}).json()
    assert answers == {"throw-away": {"error": "Internal server error"}, MESSAGES: doors.ask(MESSAGES)}
    alone = doors.send("POST", single("throw-away"), {})
    assert alone.error == (500, "INTERNAL_SERVER_ERROR", "Internal server error")


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_report_that_computes_no_number_fails_alone(drop: Drop, doors: Doors, number: str) -> None:
    """Neither NaN nor Infinity is JSON: written out, one would make the whole batch unreadable."""
    drop({"throwaway.py": throwaway(build=f"Answer(value=float('{number}'))")})
    answers = doors.send("POST", BATCH, {"throw-away": {}, MESSAGES: {}}).json()
    assert answers["throw-away"].keys() == {"error"}
    assert answers[MESSAGES] == doors.ask(MESSAGES)
