"""Lists of records as a client reads them: page after page, until there is no cursor."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from tests.contract.doors import JSON, Answer, Doors
from tests.fakes.pulling import Pulling
from wallboard.runtime import wiring

DAY = {"from": "2026-11-21", "to": "2026-11-22"}
PII = "read pii"


def path_of(kind: str, query: Mapping[str, Any]) -> str:
    return f"/api/v1/record/{kind}/list?{urlencode(query)}"


def page(
    doors: Doors,
    kind: str,
    *,
    tenant: str = "acme",
    scopes: str = PII,
    headers: Mapping[str, str] = JSON,
    **query: Any,
) -> Answer:
    """One page; `from_` stands for `from`."""
    asked = {name.rstrip("_"): value for name, value in query.items() if value is not None}
    return doors.send("GET", path_of(kind, asked), headers=headers, tenant=tenant, scopes=scopes)


def listed(
    doors: Doors,
    kind: str,
    *,
    take: int = 1_000,
    between: Callable[[], None] | None = None,
    scopes: str = PII,
    tenant: str = "acme",
    **query: Any,
) -> list[dict[str, Any]]:
    """All records of a list. `between` happens before each page but the first."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    for number in range(10_000):
        if number and between:
            between()
        answer = page(doors, kind, tenant=tenant, scopes=scopes, take=take, cursor=cursor, **query)
        assert answer.status == 200, answer
        body = answer.json()
        assert len(body["items"]) <= take
        assert answer.headers.get("x-cursor") == body.get("cursor")
        items += body["items"]
        cursor = body.get("cursor")
        if cursor is None:
            return items
    raise AssertionError("the list never ends")


def doors_of(pulling: Pulling) -> Doors:
    """The doors of a world that has pulled."""
    wiring.use(pulling.parts)
    return Doors(pulling.world)
