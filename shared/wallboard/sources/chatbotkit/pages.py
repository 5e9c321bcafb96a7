"""How ChatBotKit is asked: lists of at most 100 items, newest first, from cursor to cursor; nothing can be asked for by time.

A list ends with an empty page, or with a cursor that is null. A page that is shorter than asked for says nothing: how much
is taken at most depends on the plan.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

from wallboard.errors import Garbled, Malformed, VendorUnavailable
from wallboard.model.time import DAY
from wallboard.sources._read import json_of
from wallboard.sources._source import Asked, Client, Page, Reply, Row
from wallboard.sources._values import instant
from wallboard.sources.chatbotkit.settings import endpoint

TAKE = 100
_GONE = (404,)

Place: TypeAlias = list[Any]
"""Where one is in a list: the cursor of the page, and when the last item that is done was made, and its id."""


# ---- lists by time


def listed(path: str, *, changes: bool = False) -> Callable[[Asked, Client], Iterator[Page]]:
    """The items that were made in the window, read until they are older than it.

    With `changes` also those that were made up to `reread_days` before the window and changed in it: the order is that of
    making, so what is older and changes is not met.
    """

    def pages(asked: Asked, client: Client) -> Iterator[Page]:
        since = _reread_from(asked) if changes else asked.start
        for rows, cursor in _list(client, path, asked.resume):
            done = cursor is None or _is_before(rows[-1], since)
            yield Page([row for row in rows if _is_of(row, asked, since)], None if done else cursor)
            if done:
                return

    return pages


def everything(path: str) -> Callable[[Asked, Client], Iterator[Page]]:
    """All items that there are now, whatever the window."""

    def pages(asked: Asked, client: Client) -> Iterator[Page]:
        for rows, cursor in _list(client, path, asked.resume):
            yield Page(rows, cursor)

    return pages


# ---- lists under a parent


def messages(asked: Asked, client: Client) -> Iterator[Page]:
    """The messages sent in the window, of each conversation that began in it or up to `reread_days` before.

    A new message leaves the `updatedAt` of its conversation as it is, so every one of them is asked. A message does not say
    of which conversation it is: that is added, with what the conversation knows.
    """
    for conversation, place in _recent(asked, client, "conversation", asked.resume):
        rows: list[Row] = []
        if conversation is not None:
            about = {
                "conversationId": conversation["id"],
                "conversationStartedAt": conversation.get("createdAt"),
                "botId": conversation.get("botId"),
                "contactId": conversation.get("contactId"),
            }
            found = _under(asked, client, f"conversation/{_quoted(conversation['id'])}/message")
            rows = [{**row, **about} for row in found]
        yield Page(rows, place)


def ratings(asked: Asked, client: Client) -> Iterator[Page]:
    """The ratings given in the window, of each contact that was made in it or up to `reread_days` before, and of each that
    had a conversation in that time.

    There is no list of all ratings. A rating has the contact of its conversation; one without a contact cannot be pulled,
    and must be pushed.
    """
    *place, path = asked.resume or [None, None, None, "contact"]
    asked_for: set[str] = set()

    def of(contact: Any) -> list[Row] | None:
        if not isinstance(contact, str) or not contact or contact in asked_for:
            return None
        asked_for.add(contact)
        found = _under(asked, client, f"contact/{_quoted(contact)}/rating")
        return [{"contactId": contact, **row} for row in found]

    if path == "contact":
        for contact, behind in _recent(asked, client, "contact", place):
            following = [*behind, "contact"] if behind else [None, None, None, "conversation"]
            yield Page((of(contact["id"]) if contact else None) or [], following)
        place = [None, None, None]
    for conversation, behind in _recent(asked, client, "conversation", place):
        rows = of(conversation.get("contactId")) if conversation else []
        if rows is not None:
            yield Page(rows, [*behind, "conversation"] if behind else None)


def datasets(asked: Asked, client: Client) -> Iterator[Page]:
    """All datasets that there are now, each with the number of its `records`: nothing tells it, so they are counted.

    A dataset may be large, so the place says how far its records are counted.
    """
    *before, counting = asked.resume or [None, None, None, None]
    for dataset, place in _parents(client, "dataset", 0, before):
        if dataset is None:
            yield Page([], None if place is None else [*place, None])
        else:
            name, is_there = dataset["id"], False
            cursor, count = counting[1:] if counting and counting[0] == name else (None, 0)
            for rows, following in _list(client, f"dataset/{_quoted(name)}/record", cursor, skip=_GONE):
                is_there, count = True, count + len(rows)
                if following is not None:
                    yield Page([], [*before, [name, following, count]])
            yield Page([{**dataset, "records": count}] if is_there else [], [*place, None] if place else None)
        before = place or []


def _recent(asked: Asked, client: Client, path: str, resume: Place | None) -> Iterator[tuple[Row | None, Place | None]]:
    """The parents that may have something in the window; one whose time cannot be read may."""
    since = _reread_from(asked)
    for row, place in _parents(client, path, since, resume):
        at = _at(row, "createdAt") if row is not None else None
        if at is None or since <= at < asked.end:
            yield row, place


def _parents(client: Client, path: str, since: int, resume: Place | None) -> Iterator[tuple[Row | None, Place | None]]:
    """The items of a list that were made since, each with the place behind it; after each page a place without an item."""
    cursor, done_at, done = resume or [None, None, None]
    last = done_at
    for rows, following in _list(client, path, cursor):
        for row in _behind(rows, done_at, done):
            if isinstance(name := row.get("id"), str) and name:
                at = _at(row, "createdAt")
                last = last if at is None else at
                yield row, [cursor, last, name]
        is_last = following is None or _is_before(rows[-1], since)
        yield None, None if is_last else [following, last, None]
        if is_last:
            return
        cursor = following


def _behind(rows: list[Row], done_at: int | None, done: str | None) -> list[Row]:
    """What comes after the item that is done. Where that is not on the page, what is newer came after the run began."""
    names = [row.get("id") for row in rows]
    if done is not None and done in names:
        return rows[names.index(done) + 1 :]
    return [row for row in rows if done_at is None or (at := _at(row, "createdAt")) is None or at <= done_at]


def _under(asked: Asked, client: Client, path: str) -> list[Row]:
    """The items of the window in the list under a parent; none where the parent has been deleted meanwhile."""
    found: list[Row] = []
    for rows, _ in _list(client, path, skip=_GONE):
        found += [row for row in rows if _is_of(row, asked, asked.start)]
        if rows and _is_before(rows[-1], asked.start):
            break
    return found


# ---- pages


def _list(
    client: Client, path: str, cursor: str | None = None, *, skip: Sequence[int] = ()
) -> Iterator[tuple[list[Row], str | None]]:
    """The pages from a cursor on, each with the cursor of the next one (None: that was the last). No page at all where the
    vendor answers with a status in `skip`."""
    seen = {cursor}
    while True:
        query = {"order": "desc", "take": str(TAKE)} | ({"cursor": cursor} if cursor else {})
        headers = {"accept": "application/json"}
        answer = client.ask("GET", endpoint(path), _read, query=query, headers=headers, skip=skip)
        if answer is None:
            return
        rows, cursor = answer
        if cursor is not None and cursor in seen:
            raise VendorUnavailable("ChatBotKit sends the same page again and again")
        seen.add(cursor)
        yield rows, cursor
        if cursor is None:
            return


def _read(reply: Reply) -> tuple[list[Row], str | None]:
    """Items and the cursor of the next page. An answer that takes long begins with status 200, whatever comes of it: an
    error may follow, which has no items."""
    content = json_of(reply)
    rows = content.get("items") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Garbled("the answer is JSON, but no list of items")
    if not rows:
        return [], None
    cursor = content.get("cursor", "")
    if cursor == "":
        cursor = rows[-1].get("id")
    if not isinstance(cursor, str | None):
        raise Garbled("the answer has a cursor that is no text")
    return rows, cursor


# ---- times


def _reread_from(asked: Asked) -> int:
    days: int = asked.settings.reread_days
    return asked.start - days * DAY


def _at(row: Row, name: str) -> int | None:
    """None for a time that cannot be read: the row is passed on, and kept aside with its reason."""
    try:
        return instant(row, name)
    except Malformed:
        return None


def _is_before(row: Row, at: int) -> bool:
    made = _at(row, "createdAt")
    return made is not None and made < at


def _is_of(row: Row, asked: Asked, since: int) -> bool:
    """Whether a row is of the window: made in it, or made since and changed in it."""
    made, changed = _at(row, "createdAt"), _at(row, "updatedAt")
    if made is None or asked.start <= made < asked.end:
        return True
    return since <= made < asked.start and changed is not None and asked.start <= changed < asked.end


def _quoted(name: str) -> str:
    return quote(name, safe="")
