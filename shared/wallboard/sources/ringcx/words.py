"""The vendor's words in ours, and the cells that both profiles share."""

from typing import Any

from wallboard.sources._source import Row
from wallboard.sources._values import known, required, telephone, text

_UNREACHED = ("NOANSWER", "BUSY", "MACHINE", "INTERCEPT", "DISCONNECT", "CONGESTION", "ANSWER-NOT-PERSON")
OUTCOMES = {
    "CONNECTED": "answered",
    "ANSWER": "answered",
    "ANSWERED": "answered",
    "ABANDON": "abandoned",
    "ABANDONED": "abandoned",
    "INBOUND_ABANDON": "abandoned",
    "DEFLECTED": "deflected",
    **dict.fromkeys(_UNREACHED, "failed"),
}
"""What became of a call, by `callResult`, `call_result` or a system disposition. An abandoned outbound call is one that
somebody took while no agent was free."""

_PARTIES = {"CALLER": "customer"}


def call_id(row: Row, name: str) -> str:
    """The UII without the apostrophe that keeps spreadsheets from rounding it."""
    return f"call:{required(row, name).removeprefix(chr(39))}"


def agent_name(name: str | None) -> str | None:
    """`Linden, Jr., Jordan` → `Jordan Linden, Jr.`, as the reports with two columns have it."""
    if not name or ", " not in name:
        return name
    last, _, first = name.rpartition(", ")
    return f"{first} {last}"


def ended_by(row: Row, name: str) -> str | None:
    """Who ended it, in small letters; `customer` for the caller."""
    word = text(row, name)
    return _PARTIES.get(word.upper(), word.lower()) if word else None


def contact(address: Any, *, country: str) -> str | None:
    """The customer behind a number, or behind an address of a digital channel."""
    written = str(address or "").strip()
    if "@" in written:
        return f"mailto:{written.lower()}"
    return telephone(written, country=country)


def agent_of(id: str | None, name: str | None) -> dict[str, Any]:
    return known(agentId=id, agentName=name) if id else {}


def without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
