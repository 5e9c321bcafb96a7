"""Names, numbers and free texts of customers, masked for whoever may not see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from wallboard.sources._read import squashed

HIDDEN = "•••"

_OF_PEOPLE: Mapping[str, Sequence[str]] = {
    "contact": ("name", "email", "nick"),
    "rating": ("contact_name", "reason"),
    "change": ("before", "after"),
    **dict.fromkeys(("conversation", "message", "usage", "action", "interaction"), ("contact_name",)),
}
"""Of each kind of fact the columns that name customers, or are in somebody's own words."""


def fact_without_people(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a fact, those about customers masked."""
    hidden = _OF_PEOPLE.get(kind, ())
    return {name: masked(value) if name in hidden else value for name, value in fields.items()}


def row_without_people(row: Any, personal: frozenset[str] | None) -> Any:
    """A vendor's row, the columns with these squashed names masked at any depth. None: nobody knows, so all of it is."""
    return masked(row) if personal is None else _at_any_depth(row, personal)


def masked(value: Any) -> Any:
    """What is empty says nothing of anybody, and stays."""
    return value if value is None or value in ("", [], {}) else HIDDEN


def _at_any_depth(value: Any, personal: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_at_any_depth(inner, personal) for inner in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: masked(inner) if squashed(name) in personal else _at_any_depth(inner, personal)
        for name, inner in value.items()
    }
