"""Gladly: its two endpoints of reports and its look-ups, over a made-up centre or over files."""

import csv
import io
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from local.simulators._gladly_columns import AGENT_SUMMARY, CONTACT_EXPORT, WORK_SESSIONS
from local.simulators._gladly_days import days
from local.simulators._gladly_rows import Contacts, midnight, short_id
from local.simulators._simulator import Answer, Request, Simulator, as_json
from local.simulators.centre import DAY, HOUR, MINUTE, QUEUES, TEAMS

_USER, _TOKEN = "api.user@example.com", "Nr@5 #S!secret-gladly"
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_METRICS = ("ContactExportReportV3", "AgentSummary", "AgentSummaryV2")
_LEVELS = ("halfHourly", "daily", "weekly", "monthly", "quarterly")
_PER_MINUTE, _AT_ONCE = 10, 2

Rows = list[dict[str, str]]


class _Wrong(Exception):
    """What a request has wrong: the field, Gladly's code, and words."""


def _instant(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1000)


@dataclass(kw_only=True)
class Gladly(Simulator):
    """Knows what happened until `lag` ago; `grows_for` is how long work after a contact grows, `zone` the organisation's.

    `limited` counts calls, and `wait` is called for the `seconds` that a report takes. Answers are cut at `row_cap`. They
    come with a mark (`bom`), with `blank_lines` first, with a column that nobody announced (`surprise`), and with the
    columns of times as they once were called (`old_header`)."""

    vendor: ClassVar[str] = "gladly"
    hosts: ClassVar[tuple[str, ...]] = ("exampleorg.gladly.com", "exampleorg.gladly.qa")
    settings: ClassVar[Mapping[str, Any]] = {
        "organization": "exampleorg",
        "user": _USER,
        "token": _TOKEN,
        "zone": "America/New_York",
    }
    routes: ClassVar[Mapping[tuple[str, str], str]] = {
        ("POST", "/api/v1/reports/work-session-events"): "work_sessions",
        ("POST", "/api/v1/reports"): "report",
        ("GET", "/api/v1/(?P<what>agents|inboxes|teams|organization)"): "looked_up",
    }

    lag: int = HOUR
    grows_for: int = 6 * HOUR
    zone: str = "America/New_York"
    limited: bool = False
    seconds: float = 0
    wait: Callable[[float], None] = time.sleep
    row_cap: int = 100_000
    bom: bool = False
    blank_lines: int = 0
    surprise: bool = True
    old_header: bool = False
    _asked: list[int] = field(default_factory=list)
    _at_once: int = 0

    # ---- what is asked

    def work_sessions(self, request: Request) -> Answer:
        return self._reported(request, self._work_sessions)

    def report(self, request: Request) -> Answer:
        return self._reported(request, self._report)

    def looked_up(self, request: Request, what: str) -> Answer:
        if not request.is_signed_by(_USER, _TOKEN):
            return Answer(b"", 401)
        if self.payloads:
            return as_json(json.loads(self.payload(f"gladly_{what}.json") or b"[]"))
        return as_json(self._look_up(what))

    def _reported(self, request: Request, report: Callable[[Any], Answer]) -> Answer:
        if not request.is_signed_by(_USER, _TOKEN):
            return Answer(b"", 401)
        self._asked = [at for at in self._asked if at > self.now() - MINUTE]
        if self.limited and not self.payloads and (len(self._asked) >= _PER_MINUTE or self._at_once >= _AT_ONCE):
            return Answer(b"", 429, self._counted())
        self._asked.append(self.now())
        self._at_once += 1
        try:
            self.wait(self.seconds)
            return report(request.json())
        except ValueError:
            return _refused(_Wrong(None, "invalid", "the body is not JSON"))
        except _Wrong as wrong:
            return _refused(wrong)
        finally:
            self._at_once -= 1

    def _counted(self) -> dict[str, str]:
        left = max(0, _PER_MINUTE - len(self._asked))
        return {"ratelimit-limit-second": str(_PER_MINUTE), "ratelimit-remaining-second": str(left)}

    # ---- Work Sessions

    def _work_sessions(self, body: Any) -> Answer:
        start, end = (_minute(body, name) for name in ("startAtTime", "endAtTime"))
        if end < start:
            raise _Wrong("startAtTime", "invalid", "startAtTime must not be after endAtTime")
        file = f"WorkSessionEventsReport-{_compact(body['startAtTime'])}-{_compact(body['endAtTime'])}.csv"
        return self._csv(self._sessions(start, end + MINUTE), WORK_SESSIONS, file)

    def _sessions(self, start: int, end: int) -> Rows:
        """Those that ended in [start, end), or began in it and are open."""
        if self.payloads:
            rows = self._file("gladly_work_sessions.csv")
        else:
            known = self._known()
            rows = [row for contact in known.between(start - DAY, end) for row in known.sessions(contact)]
        times = ("contact_session_ended_at", "contact_session_created_at")
        return [row for row in rows if start <= _instant(row[times[0]] or row[times[1]]) < end]

    # ---- the reports that go by dates

    def _report(self, body: Any) -> Answer:
        metric = body.get("metricSet")
        if not metric:
            raise _Wrong("metricSet", "blank", "metricSet cannot be blank")
        if metric not in _METRICS:
            raise _Wrong("metricSet", "invalid", "metricSet is not supported")
        if body.get("aggregationLevel", "daily") not in _LEVELS:
            raise _Wrong("aggregationLevel", "invalid", "aggregationLevel is not supported")
        self._check_filters(body.get("filters", {}))
        zone, first, last = self._dates(metric, body)
        file = f"{metric}-{first:%Y%m%d}-{last:%Y%m%d}-Daily.csv"
        if metric == "ContactExportReportV3":
            return self._csv(self._exported(first, last, zone), CONTACT_EXPORT, file)
        return self._csv(self._days(first, last, zone), AGENT_SUMMARY, file)

    def _check_filters(self, filters: Mapping[str, Any]) -> None:
        if "phoneNumber" in filters:
            raise _Wrong("filters.phoneNumber", "invalid", "this metricSet has no such filter")
        if set(filters.get("inboxes", ())) - {short_id("inbox", queue) for queue in QUEUES}:
            raise _Wrong("filters.inboxes", "present", "there is no such inbox")

    def _dates(self, metric: str, body: Mapping[str, Any]) -> tuple[ZoneInfo, date, date]:
        for name in ("startAtTime", "endAtTime"):
            if name in body:
                raise _Wrong(name, "invalid", f"{name} does not apply to {metric} here")
        name = body.get("timezone", self.zone)
        if name not in available_timezones():
            raise _Wrong("timezone", "invalid", "timezone is not in the IANA time zone database")
        first, last = (_day(body, name) for name in ("startAt", "endAt"))
        if last < first:
            raise _Wrong("startAt", "invalid", "startAt must not be after endAt")
        return ZoneInfo(name), first, last

    def _exported(self, first: date, last: date, zone: ZoneInfo) -> Rows:
        """What was queued on these dates, the last one included."""
        start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
        if not self.payloads:
            known = self._known()
            return [known.exported(contact, zone) for contact in known.between(start, end)]
        rows = self._file("gladly_contact_export.csv")
        return [row for row in rows if start <= _instant(row["Queued At"], row["Timezone Filter"]) < end]

    def _days(self, first: date, last: date, zone: ZoneInfo) -> Rows:
        if not self.payloads:
            return list(days(self._known(), first, last, zone))
        rows = self._file("gladly_agent_summary.csv")
        return [row for row in rows if first <= date.fromisoformat(row["Bucket Beginning"][:10]) <= last]

    # ---- what is answered

    def _known(self) -> Contacts:
        return Contacts(self.centre, self.now() - self.lag, self.grows_for)

    def _file(self, name: str) -> Rows:
        text = (self.payload(name) or b"").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def _csv(self, rows: Rows, columns: Sequence[str], file: str) -> Answer:
        """Without a charset, cut in silence, and where there is nothing, nothing at all."""
        rows = rows[: self.row_cap]
        written = io.StringIO()
        written.write("\n" * self.blank_lines)
        if rows:
            names = list(rows[0]) if self.payloads else list(columns)
            header = [name.removesuffix("_sec") if self.old_header else name for name in names]
            values = [[row[name] for name in names] for row in rows]
            if self.surprise and not self.payloads:
                header, values = [*header, "New Column"], [[*line, 'two, or\n"three" lines'] for line in values]
            csv.writer(written, lineterminator="\n").writerows([header, *values])
        body = (b"\xef\xbb\xbf" if self.bom else b"") + written.getvalue().encode()
        told = {"content-type": "text/csv", "content-disposition": f"attachment; filename={file}"}
        return Answer(body, 200, {**told, **self._counted()})

    def _look_up(self, what: str) -> Any:
        agents = self.centre.agents
        if what == "agents":
            return [
                {"id": short_id("agent", each.number), "name": each.name, "emailAddress": each.email} for each in agents
            ]
        if what == "inboxes":
            return [{"id": short_id("inbox", queue), "name": queue} for queue in QUEUES]
        if what == "teams":
            of = {team: [short_id("agent", each.number) for each in agents if each.team == team] for team in TEAMS}
            return [{"id": short_id("team", team), "name": team, "agentIds": ids} for team, ids in of.items()]
        return {"id": short_id("organization"), "name": "Example Org", "timezone": self.zone}


def _refused(wrong: _Wrong) -> Answer:
    attr, code, detail = wrong.args
    return as_json({"errors": [{**({"attr": attr} if attr else {}), "code": code, "detail": detail}]}, 400)


def _compact(minute: str) -> str:
    return re.sub("[-:]", "", minute)


def _minute(body: Any, name: str) -> int:
    written = body.get(name)
    if not written:
        raise _Wrong(name, "blank", f"{name} cannot be blank")
    if not _MINUTE.fullmatch(written):
        raise _Wrong(name, "invalid", f"{name} must look like 2020-04-13T19:27Z")
    return _instant(written)


def _day(body: Any, name: str) -> date:
    written = body.get(name)
    if not written:
        raise _Wrong(name, "blank", f"{name} cannot be blank")
    if not _DATE.fullmatch(written):
        raise _Wrong(name, "invalid", f"{name} must look like 2019-05-01")
    return date.fromisoformat(written)
