"""`serve --payloads`: five simulated vendors over files, pulled through the API of a process of its own."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import REPOSITORY, Served, serve, until

pytestmark = pytest.mark.e2e

SAMPLES = REPOSITORY / "tests" / "examples" / "sources"
DAYS = {
    "ringcx": ("2026-03-17", "2026-03-19"),
    "gladly": ("2024-03-12", "2024-03-14"),
    "ccaip": ("2026-02-01", "2026-03-12"),
    "samespace": ("2024-03-05", "2024-03-06"),
    "chatbotkit": ("2026-06-09", "2026-06-10"),
}


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("payloads")
    for path in SAMPLES.glob("*/payloads/*"):
        shutil.copy(path, folder / path.name)
    with serve(tmp_path_factory.mktemp("served"), "--payloads", str(folder)) as served:
        yield served


def source(served: Served, name: str) -> dict[str, Any]:
    items = served.call("GET", "/api/v1/source/list").json()["items"]
    return dict(next(item for item in items if item["name"] == name))


def pull(served: Served, name: str) -> dict[str, Any]:
    """Asks for the days of the sample files, and waits until every window of every stream is done."""
    start, end = DAYS[name]
    answer = served.call("POST", f"/api/v1/source/{name}/sync", json={"from": start, "to": end})
    assert answer.status_code == 200, answer.text

    def over(found: dict[str, Any]) -> bool:
        jobs = [job for stream in found["streams"] for job in stream["jobs"]]
        return all(job["done"] + len(job["failed"]) == job["windows"] for job in jobs)

    return until(lambda: source(served, name), over)


def test_each_vendor_has_one_source_of_its_name(vendors: Served) -> None:
    items = vendors.call("GET", "/api/v1/source/list").json()["items"]
    assert {item["name"]: (item["vendor"], item["enabled"]) for item in items} == {name: (name, True) for name in DAYS}


@pytest.mark.parametrize("name", DAYS)
def test_the_files_are_pulled_whole_and_a_second_time_without_a_write(vendors: Served, name: str) -> None:
    first = pull(vendors, name)
    assert not [job["failed"] for stream in first["streams"] for job in stream["jobs"] if job["failed"]]
    assert sum(stream["counts"]["written"] for stream in first["streams"]) > 20
    assert not sum(stream["counts"]["unreadable"] for stream in first["streams"])
    again = pull(vendors, name)
    for before, after in zip(first["streams"], again["streams"], strict=True):
        assert after["counts"]["rows"] == 2 * before["counts"]["rows"], after["name"]
        assert after["counts"]["written"] == before["counts"]["written"], after["name"]
