"""What is inside a row: lists, objects, participants by what they are, and the row without what must not be kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wallboard.errors import Malformed
from wallboard.sources._source import Row
from wallboard.sources._values import instant, text

_NO_PERSON = ("virtual_agent", "task_virtual_agent")
_KNOWN = ("agent", "end_user", *_NO_PERSON)
_KEPT_LINK = "out_ticket_url"
_DROPPED = ("custom_data_secured",)
NEVER = 2**62


def each(row: Row, name: str) -> list[Row]:
    """The objects of a list that may be missing. Raises Malformed for what is no list."""
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(name, "is not a list", value)
    return [inner for inner in value if isinstance(inner, dict)]


def inner(row: Row, name: str) -> Row:
    """An object of the row; an empty one where there is none, or something else in its place."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def agents(row: Row) -> list[Row]:
    """The participants that are people of the contact centre."""
    return [who for who in each(row, "participants") if text(who, "type") == "agent"]


def bots(row: Row) -> list[Row]:
    return [who for who in each(row, "participants") if text(who, "type") in _NO_PERSON]


def third_parties(row: Row) -> list[Row]:
    """Whoever is neither agent nor caller nor bot: the vendor's word for them is not documented."""
    return [who for who in each(row, "participants") if text(who, "type") not in _KNOWN]


def first(found: Sequence[Row], column: str) -> Row:
    """The one whose time is the earliest; those without that time come last. An empty one of none."""
    return min(found, key=lambda one: _never_if_none(instant(one, column)), default={})


def _never_if_none(at: int | None) -> int:
    return NEVER if at is None else at


def names(row: Row) -> Mapping[str, str]:
    """The names of the people of the contact centre that the row mentions, by their ids. Bots have ids of their own."""
    return dict(_people(row))


def _people(row: Row) -> Iterator[tuple[str, str]]:
    mentioned = [inner(row, "agent_info")]
    for what in ("transfers", "escalations"):
        mentioned += [inner(one, side) for one in each(row, what) for side in ("from_agent", "to_agent")]
    for info in mentioned:
        id, name = text(info, "id"), full_name(info)
        if id and name and "va_alias" not in info:
            yield id, name


def full_name(info: Row) -> str | None:
    """As it is shown; else first and last name."""
    parts = [text(info, part) for part in ("first_name", "middle_name", "last_name")]
    return text(info, "name") or " ".join(part for part in parts if part) or None


def kept(value: Any) -> Any:
    """The same without links: those to photos, videos and recordings open without a key."""
    if isinstance(value, list):
        return [kept(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {name: kept(inner) for name, inner in value.items() if name not in _DROPPED and not _is_link(name)}


def _is_link(name: str) -> bool:
    return name != _KEPT_LINK and (name == "url" or name.endswith("_url"))
