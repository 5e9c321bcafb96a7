"""ChatBotKit's rows → events. Ids are the vendor's own, also those of contacts: what is pushed has the same."""

from collections.abc import Callable, Sequence
from typing import Any

from wallboard.sources._source import Asked, Event, Ignored, Row
from wallboard.sources._values import count, instant, known, number, required, started, text

_LABEL, _TEXT = 256, 10_000
_CONFIGURATION = ("backstory", "matchInstruction", "mismatchInstruction", "config")
"""Not kept: how an agent or a portal is set up. It is long, and says nothing of what happened."""


def _kept(row: Row, *without: str) -> dict[str, Any]:
    dropped = (*_CONFIGURATION, *without)
    return {name: value for name, value in row.items() if name not in dropped}


def _short(row: Row, name: str, longest: int = _LABEL) -> str | None:
    """What is longer than facts can keep is cut, and stands whole in the row."""
    found = text(row, name)
    return found[:longest] if found else None


def _refers(row: Row, *names: str) -> dict[str, Any]:
    return known(**{name: text(row, name) for name in names})


def conversation(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return [
        {
            "kind": "conversation",
            "id": required(row, "id"),
            "startedAt": started(row, "createdAt"),
            **_refers(row, "botId", "contactId"),
            "row": _kept(row, "updatedAt"),
        }
    ]


_OF_THE_CONVERSATION = ("conversationId", "conversationStartedAt", "botId", "contactId")


def message(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Without tokens: those of its usage rows count."""
    said = () if asked.settings.message_texts else ("text",)
    return [
        {
            "kind": "message",
            "id": required(row, "id"),
            "createdAt": started(row, "createdAt"),
            "type": required(row, "type"),
            "conversationId": required(row, "conversationId"),
            "conversationStartedAt": started(row, "conversationStartedAt"),
            **_refers(row, "botId", "contactId"),
            "row": _kept(row, *_OF_THE_CONVERSATION, *said),
        }
    ]


def contact(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return [
        {
            "kind": "contact",
            "id": required(row, "id"),
            "createdAt": started(row, "createdAt"),
            **known(name=_short(row, "name"), email=_short(row, "email"), nick=_short(row, "nick")),
            "row": _kept(row, "updatedAt"),
        }
    ]


def rating(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Values go from -100 to 100, and their sign decides. Without one there is nothing to count."""
    value = number(row, "value")
    if value is None:
        return Ignored("a rating without a value")
    return [
        {
            "kind": "rating",
            "id": required(row, "id"),
            "createdAt": started(row, "createdAt"),
            "value": value,
            **_refers(row, "botId", "conversationId", "messageId", "contactId"),
            **known(reason=_short(row, "reason", _TEXT)),
            "row": _kept(row),
        }
    ]


def usage(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Every type: those that end in `_TOKEN` are tokens, and the reports take their pick."""
    used = count(row, "count")
    if used is None:
        return Ignored("a usage without a count")
    return [
        {
            "kind": "usage",
            "id": required(row, "id"),
            "createdAt": started(row, "createdAt"),
            "type": required(row, "type"),
            "count": used,
            **_refers(row, "botId", "contactId", "conversationId"),
            "row": _kept(row),
        }
    ]


def logged(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """An action of an agent; what else is logged is told by the other streams. One without a name has that of its type."""
    type_ = required(row, "type")
    if not type_.startswith("action."):
        return Ignored("an entry of the event log that is no action")
    return [
        {
            "kind": "action",
            "id": required(row, "id"),
            "createdAt": started(row, "createdAt"),
            "type": type_,
            "name": _short(row, "name") or type_,
            **_refers(row, "botId", "contactId", "conversationId"),
            "row": _kept(row),
        }
    ]


def resource(type_: str) -> Callable[[Row, Asked], Sequence[Event] | Ignored]:
    """What there is of a type. A dataset has been given the number of its `records`."""

    def normalise(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
        return [
            {
                "kind": "resource",
                "type": type_,
                "id": required(row, "id"),
                "updatedAt": started(row, "updatedAt"),
                **known(name=_short(row, "name"), createdAt=instant(row, "createdAt"), count=count(row, "records")),
                "row": _kept(row, "records"),
            }
        ]

    return normalise
