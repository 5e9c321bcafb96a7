"""How CCAI Platform is asked: lists in the order of a time that rows go on changing by, and lists that are read whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from wallboard.errors import Garbled, Malformed, VendorRefuses
from wallboard.model.time import iso
from wallboard.sources._read import json_of
from wallboard.sources._source import Asked, Client, Page, Reply, Row
from wallboard.sources._values import instant
from wallboard.sources.ccaip.settings import CcaipSettings, endpoint

AT_ONCE = 100
"""Rows of one page: the most that is known to be given."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list. `is_guessed`: the vendor says neither how many rows there are in all nor whether a page follows,
    so that a full page is all there is to go by."""

    rows: Sequence[Row]
    has_more: bool
    is_guessed: bool = False


def listed(page: int) -> Callable[[Reply], Listed]:
    """Reads a page: a list of objects without an envelope; what comes after it is in the headers."""

    def read(reply: Reply) -> Listed:
        rows = json_of(reply)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Garbled("the answer is JSON, but not a list of objects")
        total, per = _number(reply, "total"), _number(reply, "per-page") or AT_ONCE
        link = reply.headers.get("link")
        has_next = "rel=next" in (link or "").replace('"', "")
        if total is not None:
            has_next = has_next or (page - 1) * per + len(rows) < total
        is_guessed = total is None and link is None
        if not rows and page == 1 and has_next:
            raise Garbled("the answer says that there are rows, but has none")
        return Listed(rows, bool(rows) and (has_next or (is_guessed and len(rows) >= AT_ONCE)), is_guessed)

    return read


def _number(reply: Reply, name: str) -> int | None:
    written = reply.headers.get(name, "").strip()
    return int(written) if written.isdecimal() else None


# ---- lists in the order of a time


@dataclass(frozen=True, slots=True)
class _Place:
    """The next page to ask for: `page` of what is later than `after`. On the way `back`, `then` is where to go on when page
    1 is reached."""

    after: int
    page: int = 1
    back: bool = False
    then: Any = None


def by_time(what: str, column: str) -> Callable[[Asked, Client], Iterator[Page]]:
    """The rows of a list whose `column` lies in the window, in its order.

    A row that changes meanwhile moves to the end, and all behind it move up: whoever turns pages would miss one for each.
    So each request begins at the last time that was seen, a little before it, because nobody knows whether the bound is
    included; what comes twice is dropped. Only where more rows than a page has share one time, pages are turned; then the
    way is gone back as well, because rows that move up while one goes back are met.
    """

    def pages(asked: Asked, client: Client) -> Iterator[Page]:
        place = _Place(*asked.resume) if asked.resume else _Place(asked.start - 1)
        seen: set[tuple[str, str]] = set()
        before: Sequence[Any] = ()
        while True:
            found = _ask(what, column, place, asked, client)
            names = [_name(row, column) for row in found.rows]
            if place.page > 1 and not place.back and names and names == before:
                raise VendorRefuses(f"CCAI Platform sends the same page of {what} again and again")
            times = [_time(row, column) for row in found.rows]
            fresh = [
                row
                for row, name, at in zip(found.rows, names, times, strict=True)
                if name not in seen and (at is None or asked.start <= at < asked.end)
            ]
            seen.update(names)
            before = names
            following = _following(place, [at for at in times if at is not None], found.has_more, asked.end)
            yield Page(fresh, list(astuple(following)) if following else None)
            if following is None:
                return
            place = following

    return pages


def _following(place: _Place, times: Sequence[int], has_more: bool, end: int) -> _Place | None:
    if place.back:
        if place.page > 1:
            return _Place(place.after, place.page - 1, True, place.then)
        return _Place(*place.then) if place.then else None
    last = max(times, default=place.after)
    has_moved = last - 1 > place.after
    onwards: _Place | None = None
    if has_more and last < end:
        onwards = _Place(last - 1) if has_moved else _Place(place.after, place.page + 1)
    if place.page > 1 and (onwards is None or has_moved):
        return _Place(place.after, place.page - 1, True, list(astuple(onwards)) if onwards else None)
    return onwards


def _ask(what: str, column: str, place: _Place, asked: Asked, client: Client) -> Listed:
    def read(reply: Reply) -> Listed:
        found = listed(place.page)(reply)
        times = [at for row in found.rows if (at := _time(row, column)) is not None]
        if times != sorted(times):
            raise Garbled(f"the answer is not in the order of {column}")
        return found

    query = {
        "sort_column": column,
        "sort_direction": "ASC",
        f"{column}[from]": iso(place.after),
        f"{column}[to]": iso(asked.end),
        "per": str(AT_ONCE),
        "page": str(place.page),
    }
    return client.ask("GET", endpoint(asked.settings, what), read, query=query) or Listed((), has_more=False)


def _name(row: Row, column: str) -> tuple[str, str]:
    """What a row is, and in which of its versions."""
    return str(row.get("id")), str(row.get(column))


def _time(row: Row, column: str) -> int | None:
    """None for a time that cannot be read: the row is handed on, and named there."""
    try:
        return instant(row, column)
    except Malformed:
        return None


# ---- lists that are read whole


def everything(what: str, settings: CcaipSettings, client: Client, **more: str) -> list[Row]:
    """All rows of a list, by their ids. When one goes while pages are turned, those behind it move up and one is missed:
    so the way is gone back as well, and whoever moves up is met."""

    def ask(page: int) -> Listed:
        query = {"sort_column": "id", "sort_direction": "ASC", "per": str(AT_ONCE), "page": str(page), **more}
        return client.ask("GET", endpoint(settings, what), listed(page), query=query) or Listed((), has_more=False)

    found: dict[str, Row] = {}
    page = 0
    while True:
        page, known = page + 1, len(found)
        last = ask(page)
        found.update({str(row.get("id")): row for row in last.rows})
        if not last.has_more:
            break
        if len(found) == known:
            if last.is_guessed:  # a list without pages: it comes again whole
                return list(found.values())
            raise VendorRefuses(f"CCAI Platform sends the same page of {what} again and again")
    for before in range(page - 1, 0, -1):
        found.update({str(row.get("id")): row for row in ask(before).rows})
    return list(found.values())
