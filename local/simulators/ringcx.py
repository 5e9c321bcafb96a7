"""RingCX: sign-in in two steps, the integration API with its budgets, and the older reports, over a made-up centre or files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from local.simulators._ringcx_calls import CLOUD_IDS, KEPT, Calls, instant, instant_of_text, zone_of
from local.simulators._ringcx_figures import Figures
from local.simulators._ringcx_reports import Reports, as_lines, profiles_of, written
from local.simulators._simulator import Answer, Request, Simulator, as_json
from local.simulators.centre import MINUTE, SECOND

_CLIENT, _SECRET, _JWT = "sim-client", "Nr@5 #S!secret-ringcx", "sim.Nr@5 #S!jwt.ringcx"
_ACCOUNT, _SUB, _USER = "900000004", "99990001", "1111"
_LONGEST = 10_800
_LOCAL = "%Y-%m-%d %H:%M:%S"
_FRESH = 5 * MINUTE
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FILES = {
    "Agent_Session_Report_Raw": "agent_session",
    "Inbound_Agent_Segment_Metadata_Report": "agent_segment_metadata",
    "Outbound_Agent_Segment_Metadata_Report": "agent_segment_metadata_outbound",
    "Cloud_Call_Detail_Download": "call_detail",
}
_CRITERIA = ("startTimestamp", "endTimestamp", "timezoneName", "criteriaType", "reportName", "returnType")
_KINDS = {"containGates": "ACD", "containCampaigns": "VPD", "containIvrStudios": "IVR", "containCloudProfiles": "CLOUD"}


@dataclass(kw_only=True)
class RingCx(Simulator):
    """Local times of files are those of the zone that is asked for.

    `limited` counts calls; `gctd_format` is json, csv or pipe; `legacy` and `wem` False switch reports and access off; after
    `row_cap` rows the oldest of an answer are missing; with `upper_bound` the time of a window is its end, as one
    integrator has it."""

    vendor: ClassVar[str] = "ringcx"
    hosts: ClassVar[tuple[str, ...]] = ("ringcx.ringcentral.com", "platform.ringcentral.com")
    settings: ClassVar[Mapping[str, Any]] = {
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "jwt": _JWT,
        "rc_account_id": _ACCOUNT,
        "sub_account_id": _SUB,
        "report_user_id": _USER,
        "zone": "US/Eastern",
    }
    _cx = f"/voice/api/cx/integration/v1/accounts/{_ACCOUNT}/sub-accounts/{_SUB}"
    _admin = f"/voice/api/v1/admin/accounts/{_SUB}"
    _older = f"/voice/api/integration/v1/admin/accounts/{_SUB}"
    routes: ClassVar[Mapping[tuple[str, str], str]] = {
        ("POST", "/restapi/oauth/token"): "token",
        ("POST", "/api/auth/login/rc/accesstoken"): "exchange",
        ("POST", "/api/auth/token/refresh"): "refresh",
        ("POST", f"{_cx}/interaction-metadata"): "segments",
        ("POST", f"{_cx}/(?P<what>agg-(?:queue|agent|agent-extended)-stats)"): "aggregates",
        ("POST", f"{_admin}/reportsStreaming"): "report",
        ("GET", f"{_admin}/users/{_USER}/reports/inputControls"): "cloud_profiles",
        ("GET", f"{_admin}/gateGroups/withChildren"): "gate_groups",
        ("GET", f"{_admin}/gateGroups/(?P<group>[0-9]+)/gates/(?P<gate>[0-9]+)"): "gate",
        ("GET", f"{_admin}/gateGroups/(?P<group>[0-9]+)/gates/(?P<gate>[0-9]+)/dispositions"): "dispositions",
        ("GET", f"{_older}/agentGroups"): "agent_groups",
        ("GET", f"{_older}/agentGroups/(?P<group>[0-9]+)/agents"): "agents",
    }

    limited: bool = False
    gctd_format: str = "json"
    legacy: bool = True
    wem: bool = True
    row_cap: int | None = None
    upper_bound: bool = False
    _counted: dict[str, list[int]] = field(default_factory=dict)
    _tokens: dict[str, int] = field(default_factory=dict)
    _refreshers: set[str] = field(default_factory=set)

    # ---- sign-in

    def told(self) -> Mapping[str, Any]:
        """The older reports, where the files are of no others."""
        newer = self.payloads is None or any(self.payloads.glob("ringcx_interaction_metadata.json"))
        return self.settings if newer else {**self.settings, "profile": "legacy_reports"}

    def token(self, request: Request) -> Answer:
        if not request.is_signed_by(_CLIENT, _SECRET):
            return as_json({"error": "invalid_client", "error_description": "Client authentication is required"}, 401)
        if request.form != {"grant_type": _GRANT, "assertion": _JWT}:
            return as_json({"error": "invalid_grant", "error_description": "Invalid assertion"}, 400)
        return as_json({"access_token": "sim-rc-access-token", "token_type": "bearer", "expires_in": 3599})

    def exchange(self, request: Request) -> Answer:
        if self._is_too_much("exchange", (5, 60)):
            return Answer(b"", 429)
        if request.form != {"rcAccessToken": "sim-rc-access-token", "rcTokenType": "Bearer"}:
            return self._error(request, 401, "Unauthorized")
        return self._signed_in(("includeRefresh", "true") in request.query)

    def refresh(self, request: Request) -> Answer:
        """A refresh token serves once."""
        if self._is_too_much("exchange", (5, 60)):
            return Answer(b"", 429)
        spent = request.form.get("refresh_token", "")
        if spent not in self._refreshers:
            return self._error(request, 401, "Unauthorized")
        self._refreshers.remove(spent)
        return self._signed_in(with_refresh=True)

    def _signed_in(self, with_refresh: bool) -> Answer:
        name = f"sim-ringcx-{len(self._tokens)}"
        self._tokens[name] = self.now() + 300 * SECOND
        body = {"accessToken": name, "tokenType": "Bearer", "mainAccountId": "99990000", "adminId": int(_USER)}
        if with_refresh:
            body["refreshToken"] = f"{name}-refresh"
            self._refreshers.add(f"{name}-refresh")
        return as_json(body)

    def _refused(self, request: Request) -> Answer | None:
        """An answer to whoever is not signed in, or has no access."""
        until = self._tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if until is None or until <= self.now():
            return Answer(b"JWT is expired.", 401, {"content-type": "text/plain"})
        if not self.wem:
            return self._error(request, 403, "You do not have permission to access this resource", "Access is denied.")
        return None

    def _error(
        self, request: Request, status: int, general: str, developer: str = "", *wrong: tuple[str, Any]
    ) -> Answer:
        body: dict[str, Any] = {
            "details": "",
            "developerMessage": developer,
            "cause": "",
            "generalMessage": general,
            "requestUri": f"{request.path} - {request.method}",
            "timestamp": self.now(),
        }
        if wrong:
            body["validationErrors"] = [
                {"attributeName": name, "message": "is not valid", "value": value} for name, value in wrong
            ]
        return as_json(body, status)

    def _invalid(self, request: Request, name: str, value: Any) -> Answer:
        return self._error(request, 400, "The supplied data is not valid", "Bad request", (name, value))

    def _is_too_much(self, what: str, *rates: tuple[int, int]) -> bool:
        """Counts a call, also one that is refused."""
        if not self.limited or self.payloads:
            return False
        before = self._counted.setdefault(what, [])
        now = self.now()
        before.append(now)
        return any(sum(at > now - seconds * SECOND for at in before) > most for most, seconds in rates)

    # ---- integration API

    def segments(self, request: Request) -> Answer:
        refused = self._refused(request) or self._over_budget()
        if refused:
            return refused
        body = request.json()
        zone, length = zone_of(body.get("timeZone")), body.get("timeInterval")
        if zone is None:
            return self._invalid(request, "timeZone", body.get("timeZone"))
        at = instant_of_text(body.get("segmentEndTime"), _LOCAL, zone)
        if at is None:
            return self._invalid(request, "segmentEndTime", body.get("segmentEndTime"))
        if type(length) is not int or not 1 <= length <= _LONGEST:
            return self._invalid(request, "timeInterval", length)
        start, end = (at - length * SECOND, at) if self.upper_bound else (at, at + length * SECOND)
        if self._is_too_fresh(end):
            return self._invalid(request, "segmentEndTime", body["segmentEndTime"])
        if self.payloads:
            rows = [
                row for row in self._json("interaction_metadata") if start <= instant(row["segmentEndTimeMs"]) < end
            ]
        else:
            rows = list(Calls(self.centre, self.now()).segments(start, end))
        return as_json(rows[-self.row_cap :] if self.row_cap else rows)

    def aggregates(self, request: Request, what: str) -> Answer:
        refused = self._refused(request) or self._over_budget()
        if refused:
            return refused
        body = request.json()
        zone, unit = zone_of(body.get("timeZone")), body.get("timeInterval")
        if zone is None:
            return self._invalid(request, "timeZone", body.get("timeZone"))
        times = [instant_of_text(body.get(name), _LOCAL, zone) for name in ("startDate", "endDate")]
        start, end = times
        if start is None:
            return self._invalid(request, "startDate", body.get("startDate"))
        if end is None or not start < end <= start + _LONGEST * SECOND or self._is_too_fresh(end):
            return self._invalid(request, "endDate", body.get("endDate"))
        minutes = unit if type(unit) is not int or unit <= 60 else unit // 60
        if minutes not in (15, 30, 45, 60):
            return self._invalid(request, "timeInterval", unit)
        if not self.payloads:
            return as_json(list(Figures(self.centre, self.now()).aggregates(what, start, end, minutes, zone)))
        rows = self._json(what.replace("-", "_"))
        form = "%m-%d-%YT%H:%M:%S"
        return as_json([row for row in rows if start <= (instant_of_text(row["dateTimeFrom"], form, zone) or 0) < end])

    def _over_budget(self) -> Answer | None:
        return Answer(b"", 429) if self._is_too_much("integration", (3, 60), (9, 900)) else None

    def _is_too_fresh(self, end: int) -> bool:
        return not self.payloads and end > self.now() - _FRESH

    # ---- older reports

    def report(self, request: Request) -> Answer:
        refused = self._refused(request)
        if refused:
            return refused
        if not self.legacy:
            return self._error(request, 404, "The resource you have requested does not exist", "Not found")
        body = request.json()
        criteria = body.get("reportCriteria") or {}
        if body.get("reportType") == "GLOBAL_CALL_TYPE_DELIMITED":
            return self._calls(request, criteria)
        name = body.get("reportTypeName")
        if body.get("reportType") != "CASPER_REPORT" or name not in _FILES or criteria.get("reportName") != name:
            return self._invalid(request, "reportType", body.get("reportType"))
        zone = zone_of(criteria.get("timezoneName"))
        if zone is None or any(not criteria.get(each) for each in _CRITERIA):
            return self._invalid(request, "reportCriteria", sorted(criteria))
        start, end = (instant_of_text(criteria[each], _LOCAL, zone) for each in ("startTimestamp", "endTimestamp"))
        if start is None or end is None:
            return self._invalid(request, "startTimestamp", criteria["startTimestamp"])
        if name == "Cloud_Call_Detail_Download" and None not in criteria.get("cloudProfileGroupIds", ()):
            return self._invalid(request, "cloudProfileGroupIds", criteria.get("cloudProfileGroupIds"))
        table = Reports(self.centre, self.now()).report(
            _FILES[name], self.payload(f"ringcx_{_FILES[name]}.csv"), start, end, zone
        )
        if name == "Cloud_Call_Detail_Download":
            asked = {str(each) for each in criteria.get("cloudProfileIds", ())}
            table = [row for place, row in enumerate(table) if not place or row[0] in asked]
        return Answer(written(table, ","), 200, {"content-type": "text/csv"})

    def _calls(self, request: Request, criteria: dict[str, Any]) -> Answer:
        if criteria.get("criteriaType") != "GLOBAL_CALL_TYPE_CRITERIA" or str(criteria.get("startDate")).endswith("Z"):
            return self._invalid(request, "startDate", criteria.get("startDate"))
        start, end = (instant(criteria[name]) for name in ("startDate", "endDate"))
        if self.payloads:
            rows = self._json("global_call_type_detail")
        else:
            rows = list(Calls(self.centre, self.now()).calls(max(start, self.now() - KEPT), end))
        left_out = tuple(kind for name, kind in _KINDS.items() if not criteria.get(name))
        rows = [
            row
            for row in rows
            if start <= instant(row["callStartDts"]) < end
            and not (left_out and row["sourceType"].startswith(left_out))
            and (criteria.get("includeNoAnswers") or row["callResult"] not in ("NOANSWER", "BUSY", "MACHINE"))
        ]
        if self.gctd_format == "json":
            return as_json(rows)
        body = written(as_lines(rows), {"csv": ",", "pipe": "|"}[self.gctd_format])
        return Answer(body, 200, {"content-type": "text/plain"})

    # ---- who and what there is

    def cloud_profiles(self, request: Request) -> Answer:
        file = self.payload("ringcx_call_detail.csv")
        ids = profiles_of(file) if file is not None else () if self.payloads else CLOUD_IDS
        found = [{"objId": id} for id in ids]
        return self._refused(request) or as_json([{"groupId": 6100, "children": found}] if found else [])

    def gate_groups(self, request: Request) -> Answer:
        """The children by their names only."""
        gates = [{name: gate[name] for name in ("gateId", "gateName")} for gate in self._reference("queues")]
        group = {"gateGroupId": 40101, "groupName": "Inbound Queues", "groupSkills": None, "gates": gates}
        return self._refused(request) or as_json([group] if gates else [])

    def gate(self, request: Request, group: str, gate: str) -> Answer:
        found = [each for each in self._reference("queues") if str(each["gateId"]) == gate]
        missing = self._error(request, 404, "The resource you have requested does not exist", "Not found")
        return self._refused(request) or (as_json(found[0]) if found else missing)

    def dispositions(self, request: Request, group: str, gate: str) -> Answer:
        return self._refused(request) or as_json(self._reference("gateDispositions"))

    def agent_groups(self, request: Request) -> Answer:
        ids = sorted({agent["agentGroupId"] for agent in self._reference("agents")})
        return self._refused(request) or as_json([{"agentGroupId": id, "groupName": f"Group {id}"} for id in ids])

    def agents(self, request: Request, group: str) -> Answer:
        found = [agent for agent in self._reference("agents") if str(agent["agentGroupId"]) == group]
        return self._refused(request) or as_json(found)

    def _reference(self, name: str) -> list[dict[str, Any]]:
        if self.payloads:
            return list(json.loads(self.payload("ringcx_reference.json") or b"{}").get(name, []))
        return Figures(self.centre, self.now()).reference(name)

    def _json(self, name: str) -> list[dict[str, Any]]:
        return list(json.loads(self.payload(f"ringcx_{name}.json") or b"[]"))
