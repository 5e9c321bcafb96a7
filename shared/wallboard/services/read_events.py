"""Reads the body of a push: JSON `{"events": [...]}` or JSON lines → valid events, and a named rejection for each other.

All events at once where all are well, one by one where one is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from wallboard.errors import InvalidRequest, short, shown
from wallboard.model.event import Event
from wallboard.model.events import AnyEvent
from wallboard.model.interactions import Interaction, InteractionDetail, Leg

LARGEST_BODY = 5 * 1024 * 1024
LARGEST_EVENT = 256 * 1024
MOST_REJECTIONS = 5_000
"""What fits into an answer of Lambda's 6 MB, however long the ids."""

LINES = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines", "application/ndjson")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the event at `index` of the body is not stored. `field` is its name on the wire, None for the event as a whole."""

    index: int
    id: str | None
    code: str
    field: str | None
    message: str


Read = tuple[list[tuple[int, Event]], list[Rejection]]


class _Body(BaseModel):
    model_config = ConfigDict(strict=True)
    events: list[AnyEvent]


_BODY: TypeAdapter[_Body] = TypeAdapter(_Body)
_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
_OPEN = (Interaction, InteractionDetail, Leg)


def read_events(body: bytes, content_type: str) -> Read:
    """The valid events, each with its index in the body, and the rejections. Raises InvalidRequest for a body that
    cannot be read at all."""
    if len(body) > LARGEST_BODY:
        raise InvalidRequest(f"the body has {len(body)} bytes; at most {LARGEST_BODY} are allowed: send it in parts")
    body = body.removeprefix(b"\xef\xbb\xbf")
    lines = content_type.split(";", maxsplit=1)[0].strip().lower() in LINES
    events, rejected = _read_lines(body) if lines else _read_json(body)
    too_large = {index: size for index, event in events if (size := _size(event)) > LARGEST_EVENT}
    if too_large:
        rejected += [_too_large(index, event, too_large[index]) for index, event in events if index in too_large]
        events = [(index, event) for index, event in events if index not in too_large]
    return events, rejected


def refuse_hopeless(rejected: list[Rejection]) -> None:
    """Raises InvalidRequest for a body with so many bad events that the answer could not name them all."""
    if len(rejected) > MOST_REJECTIONS:
        first = min(rejected, key=lambda rejection: rejection.index)
        raise InvalidRequest(
            f"more than {MOST_REJECTIONS} events of the body are rejected, so nothing of it is stored; "
            f"the first, with the index {first.index}: {first.message}"
        )


def _read_json(body: bytes) -> Read:
    try:
        return list(enumerate(_BODY.validate_json(body).events)), []
    except ValidationError:
        pass  # something is wrong somewhere: find out where
    content = _parse(body, "the body")
    if not isinstance(content, dict) or not isinstance(content.get("events"), list):
        raise InvalidRequest('the body must be an object {"events": [...]}, or JSON lines with that content type')
    return _one_by_one(enumerate(content["events"]), [])


def _read_lines(body: bytes) -> Read:
    lines = [line for line in body.split(b"\n") if line.strip()]
    try:
        return list(enumerate(map(_EVENT.validate_json, lines))), []
    except ValidationError:
        pass
    parsed: list[tuple[int, Any]] = []
    unreadable: list[Rejection] = []
    for index, line in enumerate(lines):
        try:
            parsed.append((index, _parse(line, "the line")))
        except InvalidRequest as error:
            unreadable.append(Rejection(index, None, "INVALID", None, str(error)))
            refuse_hopeless(unreadable)
    if lines and not parsed:
        raise InvalidRequest(f"no line of the body is JSON; the first: {unreadable[0].message}")
    return _one_by_one(parsed, unreadable)


def _parse(text: bytes, what: str) -> Any:
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidRequest(f"{what} is not JSON: {error}") from error


def _one_by_one(entries: Iterable[tuple[int, Any]], rejected: list[Rejection]) -> Read:
    events: list[tuple[int, Event]] = []
    for index, entry in entries:
        try:
            events.append((index, _EVENT.validate_python(entry)))
        except ValidationError as error:
            name = entry.get("id") if isinstance(entry, dict) else None
            rejected.append(_rejection(index, name if isinstance(name, str) else None, error.errors()[0]))
            refuse_hopeless(rejected)
    return events, rejected


def _rejection(index: int, name: str | None, detail: ErrorDetails) -> Rejection:
    path = [str(part) for part in detail["loc"][1:]]  # the first part is the kind
    message = detail["msg"]
    match detail["type"]:
        case "finite" | "depth":
            path = [str(detail["ctx"]["field"])]
        case "union_tag_invalid":
            path = ["kind"]
            message = (
                f"{shown(detail['ctx']['tag'])} is not a kind of event; use one of {detail['ctx']['expected_tags']}"
            )
        case "union_tag_not_found":
            path, message = ["kind"], "is missing, or not a word"
        case "model_attributes_type" | "model_type" | "dict_type" if not path:
            message = f"an event is an object, not {shown(detail['input'])}"
        case "missing":
            message = "is missing"
        case _:
            message = f"{message}; it was {shown(detail['input'])}"
    field = short(".".join(path)) or None
    return Rejection(index, name and name[:256], "INVALID", field, f"{field}: {message}" if field else message)


def _size(event: Event) -> int:
    """Bytes of an event that may be large: without unknown fields or lists of its own, none can be."""
    return len(to_json(event)) if event.model_extra or type(event) in _OPEN else 0


def _too_large(index: int, event: Event, size: int) -> Rejection:
    message = f"the event takes {size} bytes; at most {LARGEST_EVENT} are allowed"
    return Rejection(index, event.id, "TOO_LARGE", None, message)
