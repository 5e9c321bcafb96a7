"""The demo's HTTP client: what a user's own program would do with the API, and nothing beside it."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from local.demo_activity import Event

_BATCH = 500
_TRIES = 5


@dataclass(slots=True)
class Pushed:
    """What became of some events."""

    events: int = 0
    requests: int = 0
    accepted: int = 0
    seconds: float = 0.0
    rejected: list[dict[str, Any]] = field(default_factory=list)


class Client:
    """A context manager; one connection, kept alive. Raises RuntimeError for an answer that is none."""

    def __init__(self, url: str, key: str) -> None:
        # Nothing of the environment: a proxy in it would be asked for 127.0.0.1.
        self._http = httpx.Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def push(self, batches: Iterable[Sequence[Event]], done: Pushed) -> Iterator[int]:
        """Sends batch after batch as JSON lines, adds what was answered to `done`, and yields the size of each."""
        for batch in batches:
            body = "\n".join(map(json.dumps, batch)).encode()
            began = time.perf_counter()
            answer = self._post("/api/v1/event/ingest", body, "application/jsonl")
            done.seconds += time.perf_counter() - began
            done.requests += 1
            done.events += len(batch)
            done.accepted += answer["accepted"]
            done.rejected += answer["rejected"]
            yield len(batch)

    def reports(self) -> list[dict[str, Any]]:
        """The list of reports, the first that there was first."""
        return list(self._read(self._http.get("/api/v1/platform/report/list", params={"order": "asc"}))["items"])

    def generate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answers of a batch: report id → its output, or {"error": …}."""
        return dict(self._post("/api/v1/platform/report/generate", json.dumps(asked).encode()))

    def generate_one(self, report: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The output of one report."""
        return dict(self._post(f"/api/v1/platform/report/{report}/generate", json.dumps(asked).encode()))

    def explain(self, report: str, asked: dict[str, Any], figure: str) -> dict[str, Any]:
        """What one figure of the totals is made of."""
        body = json.dumps({**asked, "figure": figure}).encode()
        return dict(self._post(f"/api/v1/platform/report/{report}/explain", body)["figures"][figure])

    def counted(self, places: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
        """The records into which these cursors lead."""
        found: list[dict[str, Any]] = []
        for place in places:
            cursor: str | None = place["cursor"]
            while cursor:
                path = f"/api/v1/record/{place['kind']}/list"
                page = self._read(self._http.get(path, params={"cursor": cursor, "take": 1_000}))
                found += page["items"]
                cursor = page.get("cursor")
        return found

    def evaluate(self) -> dict[str, Any]:
        """What an evaluation of the alert rules came to."""
        return dict(self._post("/api/v1/alert/evaluate", b""))

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts, in whatever state."""
        return list(self._read(self._http.get("/api/v1/alert/list"))["items"])

    def alert(self, alert: str) -> dict[str, Any]:
        """One alert with its history."""
        return dict(self._read(self._http.get(f"/api/v1/alert/{alert}")))

    def acknowledge(self, alert: str, *, by: str, note: str) -> dict[str, Any]:
        """The alert, once somebody takes care of it."""
        body = json.dumps({"by": by, "note": note}).encode()
        return dict(self._post(f"/api/v1/alert/{alert}/acknowledge", body))

    def sync(self, source: str, start: str, end: str) -> dict[str, Any]:
        """What was begun: a pull of [start, end)."""
        return dict(self._post(f"/api/v1/source/{source}/sync", json.dumps({"from": start, "to": end}).encode()))

    def sources(self) -> list[dict[str, Any]]:
        """All sources, with how far their streams have been pulled."""
        return list(self._read(self._http.get("/api/v1/source/list"))["items"])

    def _post(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        headers = {"content-type": content_type}
        response = self._http.post(path, content=body, headers=headers)
        for attempt in range(1, _TRIES):
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.2 * attempt)
            response = self._http.post(path, content=body, headers=headers)  # safe: that is the contract
        return self._read(response)

    def _read(self, response: httpx.Response) -> Any:
        if response.status_code != httpx.codes.OK:
            raise RuntimeError(f"{response.request.url} answered {response.status_code}: {response.text[:300]}")
        return response.json()


def batches(events: Sequence[Event]) -> list[list[Event]]:
    """The events in batches of at least some hundreds, cut between two hours: the store then holds one segment for each
    hour and kind, and writes as little as can be."""
    cut: list[list[Event]] = [[]]
    hour = ""
    for event in events:
        at = str(event.get("startedAt") or event.get("createdAt") or event["updatedAt"])[:13]
        if at != hour and len(cut[-1]) >= _BATCH:
            cut.append([])
        hour = at
        cut[-1].append(event)
    return cut
