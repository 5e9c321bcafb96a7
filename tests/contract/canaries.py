"""A process in which a key and a person's name pass every door, so that whoever started it can look for them in all that
comes out: answers in the file that is named, log lines on the standard streams."""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.contract.doors import BATCH, INGEST, JSON, JSON_LINES, LIST, Doors, invoke, single
from tests.contract.packages import reports_with, throwaway
from tests.fakes.faults import FaultyClient
from tests.fakes.world import World, least
from wallboard.runtime import wiring
from wallboard.services.catalog import Catalog
from wallboard.services.keys import register

KEY = "wb_CANARY-of-a-key"
WRONG_KEY = "wb_CANARY-of-a-wrong-key"
PERSON = "CANARY-of-a-person"
REPORT = "clr3m5n8k000508jq2j9k0l6f"
AT = "2026-11-21T09:00:00Z"


def run(folder: Path) -> list[str]:
    """Every answer that anybody gets."""
    world = World()
    wiring.use(world.parts)
    doors = Doors(world)
    register(KEY, tenant="acme", scopes=frozenset({"ingest", "read"}), keys=world.parts.keys)
    register(f"{KEY}-read", tenant="acme", scopes=frozenset({"read"}), keys=world.parts.keys)
    bearer, by_api_key = JSON | {"authorization": f"Bearer {KEY}"}, JSON | {"x-api-key": KEY}
    answers = [doors.knock("POST", INGEST, {"events": _events()}, bearer)]
    world.fold()
    for headers in (bearer, by_api_key, _with_key(WRONG_KEY), _with_key(f"{KEY}-read"), _with_key(""), JSON):
        answers += [
            doors.knock("GET", LIST, headers=headers),
            doors.knock("GET", f"{LIST}?cursor={KEY}", headers=headers),
            doors.knock("GET", "/api/v1/health", headers=headers),
            doors.knock("GET", "/api/v1/nothing", headers=headers),
            doors.knock("DELETE", LIST, headers=headers),
            doors.knock("POST", BATCH, {each.id: least(each) for each in world.parts.catalog}, headers),
            doors.knock("POST", BATCH, b"hello", headers),
            doors.knock("POST", single(REPORT), {"periodDays": 0}, headers),
            doors.knock("POST", INGEST, b"hello", headers),
            doors.knock("POST", INGEST, f'{{"events": [{{"name": "{PERSON}", NaN'.encode(), headers),
            doors.knock("POST", INGEST, f'{{"name": "{PERSON}", NaN'.encode(), headers | JSON_LINES),
            doors.knock("POST", INGEST, {"events": [{"kind": "contact", "name": PERSON}]}, headers),
        ]
    with reports_with(folder, {"throwaway.py": throwaway(build="1 / 0"), "half_done.py": "REPORT = ("}) as package:
        wiring.use(replace(world.parts, catalog=Catalog(package)))
        answers += [doors.knock("POST", BATCH, {"throw-away": {}, "half_done": {}, REPORT: {}}, bearer)]
        answers += [doors.knock("POST", single(name), {}, bearer) for name in ("throw-away", "half_done")]
        answers += [doors.knock("GET", LIST, headers=bearer)]
    for at in range(1, 4):
        _with_faults(world, at)
        answers += [doors.knock("POST", INGEST, {"events": _events(f"of-{at}")}, bearer)]
        _with_faults(world, at)
        answers += [doors.knock("POST", single(REPORT), {}, bearer)]
    wiring.use(world.parts)
    for items in world.store.tables["facts"].values():
        for item in items.values():
            item["d"]["B"] = b"spoilt"
    records = [record for record in world.store.stream if record["table"] == "facts"]
    lambdas: list[Any] = [invoke("RollUpFunction", {"Records": records}), invoke("RollUpFunction", {})]
    lambdas += [invoke(name, {}) for name in ("PullSourcesFunction", "EvaluateAlertsFunction")]
    return [json.dumps([answer.text, dict(answer.headers)]) for answer in answers] + [
        json.dumps([lambdas, world.letters.parked])
    ]


def _with_key(key: str) -> dict[str, str]:
    return JSON | {"authorization": f"Bearer {key}", "x-api-key": key}


def _events(id: str = "CANARY") -> list[dict[str, Any]]:
    who = {"contactId": id, "contactName": PERSON, "botId": "b", "botName": "Bot", "text": PERSON}
    return [
        {
            "kind": "contact",
            "id": id,
            "createdAt": AT,
            "name": PERSON,
            "email": f"{PERSON}@example.org",
            "nick": PERSON,
        },
        {"kind": "conversation", "id": id, "startedAt": AT, **who},
        {"kind": "rating", "id": id, "createdAt": AT, "value": -1, "reason": PERSON, **who},
    ]


def _with_faults(world: World, at: int) -> None:
    """The store refuses the call with this number."""
    faulty = World(client=FaultyClient(world.store, at=at, fault="throttled"), store=world.store)
    wiring.use(replace(faulty.parts, keys=world.parts.keys))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        Path(sys.argv[1]).write_text("\n".join(run(Path(temporary))))
