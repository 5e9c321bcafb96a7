"""RingCX: cells as they are met, customers, and parts of dialogs without an agent."""

import json
from typing import Any

import pytest

from local.simulators._simulator import Answer, Request
from tests.contract.golden_sources import FOLDER
from tests.fakes.vendors import Vendor
from wallboard.errors import Garbled, Malformed
from wallboard.sources._source import Event, Ignored, Reply
from wallboard.sources.ringcx.legacy import _call_rows

PAYLOADS = FOLDER / "ringcx" / "payloads"
FROM, TO, NOW = "2026-03-17T04:00:00Z", "2026-03-19T04:00:00Z", "2026-03-19T12:00:00Z"
OLDER = {"profile": "legacy_reports"}


def report_of_calls(form: str) -> list[Event]:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER, gctd_format=form)
    return [{**event, "row": None} for event in vendor.events("global_call_type_detail", FROM, TO)]


@pytest.mark.parametrize("form", ["csv", "pipe"])
def test_a_report_of_calls_reads_the_same_as_json_and_delimited(form: str) -> None:
    assert report_of_calls(form) == report_of_calls("json")


@pytest.mark.parametrize(
    ("cell", "written", "figure"), [("Talk Time (min)", ".22", 0.22), ("Login Time (min)", "1,043.20", 1043.2)]
)
def test_numbers_are_read_however_they_are_written(cell: str, written: str, figure: float) -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    row, stream = vendor.rows("agent_session", FROM, TO)[0], vendor.stream("agent_session")
    found = stream.normalise({**row, cell: written}, vendor.asked(FROM, TO))
    assert not isinstance(found, Ignored)
    assert found[1]["figures"][cell] == figure


def test_durations_of_legs_may_be_plain_seconds() -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    row, stream = vendor.rows("agent_segment_metadata", FROM, TO)[0], vendor.stream("agent_segment_metadata")
    asked = vendor.asked(FROM, TO)
    plain = {**row, "Duration": "249", "Wrap Time": "24", "Hold Duration": "0"}
    one, other = (stream.normalise(each, asked) for each in (row, plain))
    assert not isinstance(one, Ignored)
    assert not isinstance(other, Ignored)
    assert one[0]["durations"] == other[0]["durations"]


def test_the_other_spelling_of_offered_is_the_same_figure() -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS)
    stream, asked = vendor.stream("agg_queue_stats"), vendor.asked(FROM, TO)
    row = json.loads((PAYLOADS / "ringcx_agg_queue_stats.json").read_text())[0]
    other = {("offDirectIxnCnt" if name == "offdDirectIxnCnt" else name): value for name, value in row.items()}

    def figures(row: dict[str, Any]) -> Any:
        found = stream.normalise(row, asked)
        assert not isinstance(found, Ignored)
        return found[0]["figures"]

    assert figures(other) == figures(row)


def test_a_row_without_its_call_is_malformed_and_named() -> None:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=OLDER)
    with pytest.raises(Malformed, match="uii"):
        vendor.stream("global_call_type_detail").normalise({"callResult": "CONNECTED"}, vendor.asked(FROM, TO))


def segment(**fields: Any) -> dict[str, Any]:
    row = json.loads((PAYLOADS / "ringcx_interaction_metadata.json").read_text())[0]
    return {**row, **fields}


def told(row: dict[str, Any], **settings: Any) -> list[Event]:
    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS, settings=settings)
    found = vendor.stream("interaction_metadata").normalise(row, vendor.asked(FROM, TO))
    return [] if isinstance(found, Ignored) else list(found)


@pytest.mark.parametrize(
    ("company", "channel", "contact", "expected"),
    [
        ("2125550110", "4155550117", "2125550110", "tel:+14155550117"),
        ("2125550110", "+12125550110", "4155550117", "tel:+14155550117"),
        ("2125550110", "4155550117", "4155550118", None),
        ("2125550110", "2125550110", "Anonymous", None),
    ],
)
def test_the_customer_is_who_is_not_the_company(company: str, channel: str, contact: str, expected: str | None) -> None:
    row = segment(channelId=company, channelEndpointAddress=channel, contactEndpointAddress=contact)
    assert told(row)[0].get("contactId") == expected


def test_a_digital_dialog_is_known_by_its_own_id_and_its_address() -> None:
    row = segment(
        channelClass="DIGITAL",
        channelType="EMAIL",
        dialogId="d-1",
        channelId="help@example.com",
        channelEndpointAddress="help@example.com",
        contactEndpointAddress="Ann@Example.com",
    )
    call, leg = told(row)
    assert (call["id"], call["channel"], call["contactId"]) == ("contact:d-1", "email", "mailto:ann@example.com")
    assert leg["interactionId"] == call["id"]


def test_a_dialog_that_goes_on_has_no_end_and_no_duration() -> None:
    call, leg = told(segment(dialogEndTimeMs=None, dialogDurationMs=5000))
    assert "endedAt" not in call
    assert call["durations"] == {}
    assert leg["durations"] == {"handle": 249}


def answered_with(rows: list[dict[str, Any]]) -> Vendor:
    """A vendor whose metadata are these rows, whatever it is asked for."""

    def fault(request: Request) -> Answer | None:
        return Answer(json.dumps(rows).encode()) if request.path.endswith("interaction-metadata") else None

    vendor = Vendor.of("ringcx", now=NOW, payloads=PAYLOADS)
    vendor.fault = fault
    return vendor


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([segment(segmentType="IVR", systemDisposition="ABANDON")], ["abandoned_in_menu"]),
        ([segment(segmentType="IVR", systemDisposition=None)], ["unknown"]),
        ([segment(segmentType="BOT"), segment()], ["answered"]),
        ([segment(segmentType="IVR", dialogEndTimeMs=None)], []),
        ([segment(segmentType="IVR", dialogEndTimeMs="2026-03-17T15:31:50.000Z")], []),
    ],
)
def test_a_part_without_an_agent_tells_of_the_call_when_no_other_does(
    rows: list[dict[str, Any]], expected: list[str]
) -> None:
    found = answered_with(rows).events("interaction_metadata", "2026-03-17T12:00:00Z", "2026-03-17T15:00:00Z")
    assert [event["outcome"] for event in found if event["kind"] == "interaction"] == expected


def test_an_error_that_comes_as_a_success_is_no_row() -> None:
    with pytest.raises(Garbled):
        _call_rows(Reply(200, {}, b'{"generalMessage": "The supplied data is not valid"}'))
    assert _call_rows(Reply(200, {}, b"[]")) == []
