"""How the older reports are asked: one address for all of them, told apart by the body, the file itself as the answer."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from wallboard.errors import Malformed
from wallboard.model.time import DAY, zone_named
from wallboard.sources._read import by_key, table_of
from wallboard.sources._source import Asked, Client, Page, Reply, Row
from wallboard.sources._values import instant
from wallboard.sources.ringcx.directory import listed
from wallboard.sources.ringcx.integration import local
from wallboard.sources.ringcx.settings import RingCxSettings, admin
from wallboard.sources.ringcx.words import call_id

SESSIONS = "Agent_Session_Report_Raw"
SEGMENTS = {
    "inbound": ("Inbound_Agent_Segment_Metadata_Report", ("Gate", "gate")),
    "outbound": ("Outbound_Agent_Segment_Metadata_Report", ("Campaign", "campaign")),
}
CLOUD = "Cloud_Call_Detail_Download"
_JSON = {"content-type": "application/json;charset=UTF-8"}
_LONGEST_CALL = DAY


def _report(asked: Asked, client: Client, body: dict[str, Any], read: Callable[[Reply], list[Row]]) -> list[Row]:
    return client.ask("POST", admin(asked.settings, "reportsStreaming"), read, json=body, headers=_JSON) or []


def _casper(asked: Asked, client: Client, name: str, needs: Sequence[str], **criteria: Any) -> list[Row]:
    """A report of the family that is asked for in local times and answers in CSV. Empty lists filter nothing."""
    settings: RingCxSettings = asked.settings
    zone = zone_named(settings.zone)
    body = {
        "reportId": None,
        "destination": None,
        "delimiter": "COMMA",
        "reportType": "CASPER_REPORT",
        "cciReport": True,
        "reportTypeName": name,
        "reportCriteria": {
            **criteria,
            "startTimestamp": local(asked.start // 1000, zone),
            "endTimestamp": local(-(-asked.end // 1000), zone),
            "timezoneName": settings.zone,
            "criteriaType": "CASPER_CRITERIA",
            "reportName": name,
            "returnType": "CSV",
            "schedule": {"repeatOption": "ONCE"},
        },
    }
    return _report(asked, client, body, lambda reply: list(table_of(reply, needs=needs)))


_ANY_AGENT: dict[str, Any] = {
    "secureAgentGroupIds": "",
    "agentGroupIds": [],
    "secureAgentIds": "",
    "agentIds": [],
    "accountIds": [],
}


def agent_sessions(asked: Asked, client: Client) -> Iterator[Page]:
    needs = ("agentid", "logindts", "logoutdts", "logintimemin", "loginsessionid")
    yield Page(_casper(asked, client, SESSIONS, needs, rollupAgent="", agentTeams=[], **_ANY_AGENT))


def agent_segments(asked: Asked, client: Client) -> Iterator[Page]:
    """Inbound, then outbound. A leg does not say when its call began, the report of calls does: what began up to a day
    before is asked for as well, and looked up only."""
    begins = _begins(asked, client)
    names = list(SEGMENTS)
    for place in range(asked.resume or 0, len(names)):
        report, (family, product) = SEGMENTS[names[place]]
        groups = "Gate" if family == "Gate" else "Dial"
        criteria = {
            f"secure{groups}GroupIds": "",
            f"{groups.lower()}GroupIds": [],
            f"secure{family}Ids": "",
            f"{product}Ids": [],
            "startUiiTableKey": "",
            "endUiiTableKey": "",
        }
        needs = ("uii", "sessionid", "agentid", "startdts", "duration", "holdduration", "wraptime")
        rows = _casper(asked, client, report, needs, **criteria, **_ANY_AGENT)
        yield Page(
            [{**row, "call_started_at": begins.get(_key(row))} for row in rows],
            place + 1 if place + 1 < len(names) else None,
        )


def _begins(asked: Asked, client: Client) -> dict[str, int]:
    found = {}
    for row in _calls(asked, client, asked.start - _LONGEST_CALL, cloud=False):
        cells = by_key(dict(row))
        try:
            at = instant(cells, "callstartdts")
        except Malformed:
            continue  # Global Call Type Detail will say so
        if at is not None:
            found[_key(row)] = at
    return found


def _key(row: Row) -> str:
    """The call of a row of either report; "" where it has none, and will be found unreadable."""
    try:
        return call_id(by_key(dict(row)), "uii")
    except Malformed:
        return ""


def calls(asked: Asked, client: Client) -> Iterator[Page]:
    """Cloud calls are left out when Cloud Call Detail tells of them."""
    yield Page(_calls(asked, client, asked.start, cloud=not asked.settings.has_cloud_report))


def _calls(asked: Asked, client: Client, start: int, *, cloud: bool) -> list[Row]:
    body = {
        "reportType": "GLOBAL_CALL_TYPE_DELIMITED",
        "reportCriteria": {
            "criteriaType": "GLOBAL_CALL_TYPE_CRITERIA",
            "startDate": _with_offset(start),
            "endDate": _with_offset(asked.end),
            "containGates": True,
            "containCampaigns": True,
            "containIvrStudios": True,
            "containCloudProfiles": cloud,
            "containTracNumbers": True,
            "containAgents": True,
            "includeNoAnswers": True,
        },
    }
    return _report(asked, client, body, _call_rows)


def _with_offset(at: int) -> str:
    """The vendor wants digits for the offset, and refuses a Z elsewhere."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03}+0000"


_DELIMITERS = ("|", "\t", ",")


def _call_rows(reply: Reply) -> list[Row]:
    """The report is named delimited and described as JSON: it is read as what it begins like, and
    delimited by what its first line has most of."""
    start = reply.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if start in (b"[", b"{"):
        return listed(reply)
    header = reply.body.split(b"\n", 1)[0].decode("utf-8", "replace")
    delimiter = max(_DELIMITERS, key=lambda each: (header.count(each), each == ","))
    rows: list[Row] = []
    rows += table_of(reply, needs=("uii", "callstartdts"), delimiter=delimiter)
    return rows


def cloud_calls(asked: Asked, client: Client) -> Iterator[Page]:
    """All profiles and their groups, one by one, as the vendor wants them; null stands for profiles without a group."""
    settings: RingCxSettings = asked.settings
    found = client.ask(
        "GET",
        admin(settings, f"users/{settings.report_user_id}/reports/inputControls"),
        listed,
        query={"accountIds": settings.sub_account_id, "products": "CLOUD_PROFILE"},
    )
    groups = [group.get("groupId") for group in found or ()]
    profiles = [each.get("objId") for group in found or () for each in group.get("children") or ()]
    if not profiles:
        yield Page([])
        return
    criteria = {
        "accountIds": [settings.sub_account_id],
        "groupBy": "PROFILE",
        "cloudDestinationGroupIds": [],
        "cloudDestinationIds": [],
        "cloudProfileGroupIds": [*groups, *([] if None in groups else [None])],
        "cloudProfileIds": profiles,
    }
    needs = ("uii", "enqueuetime", "queuetime", "callresult", "inboundduration")
    yield Page(_casper(asked, client, CLOUD, needs, **criteria))
