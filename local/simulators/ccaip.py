"""CCAI Platform: the lists of the Manager API, over a made-up centre or over files."""

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlencode

from local.simulators import _ccaip_people as people
from local.simulators._ccaip_rows import Told, is_chat
from local.simulators._ccaip_words import Row
from local.simulators._simulator import Answer, Request, Simulator, as_json
from local.simulators.centre import DAY
from wallboard.model.time import iso, parse_instant

_SUBDOMAIN = "exampleco"
_HOST = f"{_SUBDOMAIN}.uc1.ccaiplatform.com"
_TOKEN = "secret-ccaip-t0ken+/="
_MOST = 100
_FILES = {"agent_activity_logs": "ccaip_agent_status_history.json"}


@dataclass(kw_only=True)
class Ccaip(Simulator):
    """`limited`: more than 10 requests in a second are refused. `includes_from`: whether a lower bound is included, which
    nobody knows. `heeds_to`: whether an upper bound is. `tells_links` and `tells_total`: whether the headers say what comes
    after a page. `restless`: so many of the calls and chats of a page change as soon as it was delivered, and move to the
    end of what is ordered by `updated_at`. `refused` counts the requests that were too many."""

    vendor: ClassVar[str] = "ccaip"
    hosts: ClassVar[tuple[str, ...]] = (_HOST,)
    settings: ClassVar[Mapping[str, Any]] = {
        "subdomain": _SUBDOMAIN,
        "domain": "uc1.ccaiplatform.com",
        "api_token": _TOKEN,
        "country": "1",
    }
    routes: ClassVar[Mapping[tuple[str, str], str]] = {
        ("GET", "/manager/api/v1/(?P<what>calls|chats|agent_activity_logs|agents|teams|menus)"): "listed",
        ("GET", "/manager/api/v1/teams/tree"): "tree",
        ("GET", "/manager/api/v1/teams/(?P<id>[0-9]+)"): "team",
    }

    limited: bool = False
    includes_from: bool = True
    heeds_to: bool = True
    tells_links: bool = True
    tells_total: bool = True
    restless: int = 0
    refused: int = 0
    _changed: dict[tuple[str, Any], int] = field(default_factory=dict)
    _recent: deque[int] = field(default_factory=deque)

    def answer(self, request: Request) -> Answer:
        if not request.is_signed_by(_SUBDOMAIN, _TOKEN):
            self.calls.append((request.method, request.path))
            return as_json({"error": "unauthorized", "message": "Invalid credentials", "status": 401}, 401)
        if self.limited and not self._admits():
            self.calls.append((request.method, request.path))
            self.refused += 1
            return as_json({"message": "Rate limit exceeded"}, 429)
        return super().answer(request)

    def _admits(self) -> bool:
        now = self.now()
        while self._recent and self._recent[0] <= now - 1000:
            self._recent.popleft()
        if len(self._recent) >= 10:
            return False
        self._recent.append(now)
        return True

    def listed(self, request: Request, what: str) -> Answer:
        asked = dict(request.query)
        try:
            page, per = int(asked.get("page", "1")), min(int(asked.get("per", "20")), _MOST)
            bounds = {name: parse_instant(text) for name, text in asked.items() if name.endswith(("[from]", "[to]"))}
        except ValueError:
            return as_json({"message": "Invalid parameters"}, 400)
        if page < 1 or per < 1:
            return as_json({"message": "Invalid parameters"}, 400)
        rows = [row for row in self._rows(what, asked, bounds) if self._is_asked_for(row, bounds)]
        column, falls = asked.get("sort_column", "id"), asked.get("sort_direction", "ASC") == "DESC"
        if rows and column not in rows[0]:
            return as_json({"message": f"Unknown sort_column {column}"}, 400)
        rows.sort(key=lambda row: _sortable(row, column), reverse=falls)
        part = rows[(page - 1) * per : page * per]
        if what in ("calls", "chats"):
            self._changed |= {(what, row["id"]): self.now() for row in part[: self.restless]}
        return Answer(as_json(part).body, headers=self._headers(request, page, per, len(rows)))

    def _headers(self, request: Request, page: int, per: int, total: int) -> dict[str, str]:
        rest = [(name, text) for name, text in request.query if name not in ("page", "per")]
        last = max(1, -(-total // per))
        links = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
        written = [
            f'<https://{_HOST}{request.path}?{urlencode([*rest, ("per", str(per)), ("page", str(to))])}>; rel="{rel}"'
            for rel, to in links.items()
            if 1 <= to <= last and to != page
        ]
        headers = {"content-type": "application/json"} | ({"link": ", ".join(written)} if self.tells_links else {})
        return headers | ({"total": str(total), "per-page": str(per)} if self.tells_total else {})

    def _is_asked_for(self, row: Row, bounds: Mapping[str, int]) -> bool:
        for name, bound in bounds.items():
            at = parse_instant(row[name.partition("[")[0]])
            if name.endswith("[from]") and not (at >= bound if self.includes_from else at > bound):
                return False
            if self.heeds_to and name.endswith("[to]") and at > bound:
                return False
        return True

    def _rows(self, what: str, asked: Mapping[str, str], bounds: Mapping[str, int]) -> Iterable[Row]:
        rows = self._file(_FILES.get(what, f"ccaip_{what}.json")) if self.payloads else self._made_up(what, bounds)
        if what == "teams" and asked.get("with_deleted") != "true":
            rows = [row for row in rows if not row["deleted"]]
        for row in rows:
            changed = self._changed.get((what, row["id"]))
            yield {**row, "updated_at": iso(changed)} if changed else row

    def _file(self, name: str) -> list[Row]:
        rows: list[Row] = json.loads(self.payload(name) or b"[]")
        return rows

    def _made_up(self, what: str, bounds: Mapping[str, int]) -> list[Row]:
        now = self.now()
        start = min((at for name, at in bounds.items() if name.endswith("[from]")), default=now - 30 * DAY)
        # What began after the time that is asked for cannot have changed before it.
        end = min([now, *(at for name, at in bounds.items() if name.endswith("[to]") and self.heeds_to)])
        if what in ("calls", "chats"):
            calls = [call for call in self.centre.between(start - DAY, end + 1) if is_chat(call) == (what == "chats")]
            return [Told(call, now).row() for call in calls]
        if what == "agent_activity_logs":
            return people.activity_rows(self.centre, start, end, now)
        if what == "agents":
            return [people.agent_row(self.centre, agent, now) for agent in self.centre.agents]
        return people.team_rows(self.centre) if what == "teams" else people.menu_rows()

    def tree(self, request: Request) -> Answer:
        return as_json(self._file("ccaip_team_tree.json") if self.payloads else people.tree_rows(self.centre))

    def team(self, request: Request, id: str) -> Answer:
        rows = self._file("ccaip_teams.json") if self.payloads else people.team_rows(self.centre)
        found = [row for row in rows if str(row["id"]) == id]
        if not found:
            return as_json({"message": "Team not found"}, 404)
        return as_json(found[0] if self.payloads else people.with_assignees(self.centre, found[0]))


def _sortable(row: Row, column: str) -> tuple[bool, Any]:
    value = row.get(column)
    if value is None:
        return False, 0
    return True, parse_instant(value) if column.endswith("_at") else value
