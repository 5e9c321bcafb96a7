"""The cubes of AI agents: conversations, messages, usage, actions, ratings, people, contacts, mentions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from wallboard.measures.cube import Cells, Cube, Facts, Key, counted, hash64, names, quarters
from wallboard.measures.monoids import Distinct, Newest, Sum
from wallboard.measures.tokens import MESSAGE_TOKENS, is_token
from wallboard.model.facts import Column, Rows
from wallboard.model.time import HOUR


def _conversations(facts: Facts) -> Cells:
    """Conversations, their contacts, and their depth. A message whose conversation nobody described has no cell.

    Of the messages sent in the hour, those count whose conversation began in it; each of another hour left a turn here.
    """
    rows, turns, messages = facts["conversation"], facts["turn"], facts["message"]
    said = Counter(zip(turns.column("source"), turns.column("conversation"), turns.column("type"), strict=True))
    said.update(
        (source, conversation, kind)
        for source, conversation, kind, at, started in zip(
            *map(messages.column, ("source", "conversation", "type", "at", "conversation_started_at")), strict=True
        )
        if at // HOUR == started // HOUR
    )
    cells: dict[Key, list[Any]] = defaultdict(lambda: [0, set(), 0, 0, 0, 0, 0, 0, 0])
    identities = zip(rows.column("source"), rows.column("id"), strict=True)
    for identity, bot, contact, quarter in zip(
        identities, names(rows, "bot"), rows.column("contact"), quarters(rows), strict=True
    ):
        cell = cells[bot, quarter]
        user, agent, activity = (said[*identity, kind] for kind in ("user", "bot", "activity"))
        cell[0] += 1
        if contact is not None:
            cell[1].add(hash64(contact))
        cell[_depth(user)] += 1
        cell[6] += user
        cell[7] += agent
        cell[8] += activity
    return {key: tuple(cell) for key, cell in cells.items()}


def _depth(user_messages: int) -> int:
    """The place of the depth bucket: at most 1 user message, 2 to 3, 4 to 10, more (docs of the quality report)."""
    for place, most in ((2, 1), (3, 3), (4, 10)):
        if user_messages <= most:
            return place
    return 5


def _messages(facts: Facts) -> Cells:
    rows = facts["message"]
    return counted(names(rows, "bot"), names(rows, "type"), quarters(rows))


def _usage(facts: Facts) -> Cells:
    """Usage events, and the tokens of messages. They stay on the message, so that correcting it corrects them."""
    cells: Counter[Key] = Counter()
    rows, messages = facts["usage"], facts["message"]
    _add(cells, names(rows, "bot"), names(rows, "type"), quarters(rows), counts=rows.column("count"))
    tokens = messages.columns.get("tokens")
    if tokens is not None:
        types = (MESSAGE_TOKENS,) * messages.count
        _add(cells, names(messages, "bot"), types, quarters(messages), counts=tokens)
    return {key: (count,) for key, count in cells.items()}


def _add(cells: Counter[Key], *columns: Iterable[Any], counts: Column) -> None:
    for key, count in zip(zip(*columns, strict=True), counts, strict=True):
        if count is not None:
            cells[key] += count


def _actions(facts: Facts) -> Cells:
    rows = facts["action"]
    return counted(names(rows, "bot"), names(rows, "type"), names(rows, "name"), quarters(rows))


def _ratings(facts: Facts) -> Cells:
    """The sign decides; a rating of 0 counts in the total only."""
    rows = facts["rating"]
    cells: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for bot, quarter, value in zip(names(rows, "bot"), quarters(rows), rows.column("value"), strict=True):
        cell = cells[bot, quarter]
        cell[0] += 1
        cell[1] += value > 0
        cell[2] += value < 0
    return {key: tuple(cell) for key, cell in cells.items()}


def _contacts(facts: Facts) -> Cells:
    """Everybody seen in the hour, as a contact or in a conversation, and the contacts that were made last. Kept at the
    hour: it is only asked for all time."""
    contacts, conversations = facts["contact"], facts["conversation"]
    seen = _seen_in_hour((contacts, "id"), (conversations, "contact"))
    made: dict[Key, list[tuple[int, str]]] = defaultdict(list)
    for quarter, at, name in zip(quarters(contacts), contacts.column("at"), contacts.column("id"), strict=True):
        made[(quarter - quarter % 4,)].append((at, name))
    newest = Newest()
    return {key: (people, newest.merge([made[key]])) for key, people in seen.items()}


def _mentions(facts: Facts) -> Cells:
    """The conversations that any row of the hour names: where to look for the facts of one of them. Kept at the hour."""
    seen = _seen_in_hour(
        (facts["conversation"], "id"), (facts["message"], "conversation"), (facts["usage"], "conversation")
    )
    return {key: (conversations,) for key, conversations in seen.items()}


def _seen_in_hour(*columns: tuple[Rows, str]) -> dict[Key, set[int]]:
    seen: dict[Key, set[int]] = defaultdict(set)
    for rows, column in columns:
        for quarter, name in zip(quarters(rows), rows.column(column), strict=True):
            if name is not None:
                seen[(quarter - quarter % 4,)].add(hash64(name))
    return seen


MOST_PEOPLE = 5_000
"""How many contacts of one hour are kept apart: those with the most to their name."""


def _people(facts: Facts) -> Cells:
    """What each contact did, by bot. What those beyond MOST_PEOPLE did is kept under the contact ""."""
    cells: dict[Key, list[int]] = defaultdict(lambda: [0] * len(_DEEDS))
    for place, deed in enumerate(_DEEDS):
        for rows, values in _deeds(deed, facts):
            for bot, contact, quarter, value in zip(
                names(rows, "bot"), rows.column("contact"), quarters(rows), values, strict=True
            ):
                if contact is not None and value:
                    cells[bot, contact, quarter][place] += value
    return {key: tuple(cell) for key, cell in _busiest(cells).items()}


_DEEDS = (
    "conversations",
    "messages",
    "user_messages",
    "bot_messages",
    "activity_messages",
    "tokens",
    "ratings",
    "up",
    "down",
)


def _deeds(deed: str, facts: Facts) -> Iterator[tuple[Rows, Iterable[Any]]]:
    """The rows that say how much of a deed there was, and what each of them says."""
    conversations, messages, usage, ratings = (facts[kind] for kind in ("conversation", "message", "usage", "rating"))
    match deed:
        case "conversations":
            yield conversations, repeat(1, conversations.count)
        case "messages":
            yield messages, repeat(1, messages.count)
        case "tokens":
            yield messages, messages.column("tokens")
            types_and_counts = zip(usage.column("type"), usage.column("count"), strict=True)
            yield usage, [count if is_token(type_) else 0 for type_, count in types_and_counts]
        case "ratings":
            yield ratings, repeat(1, ratings.count)
        case "up":
            yield ratings, [value > 0 for value in ratings.column("value")]
        case "down":
            yield ratings, [value < 0 for value in ratings.column("value")]
        case _:
            yield messages, [type_ == deed.removesuffix("_messages") for type_ in messages.column("type")]


def _busiest(cells: dict[Key, list[int]]) -> dict[Key, list[int]]:
    done: Counter[str] = Counter()
    for (_, contact, _), cell in cells.items():
        done[contact] += sum(cell)
    if len(done) <= MOST_PEOPLE:
        return cells
    kept = set(sorted(done, key=lambda contact: (-done[contact], contact))[:MOST_PEOPLE])
    merged: dict[Key, list[int]] = {}
    for (bot, contact, quarter), cell in cells.items():
        key = (bot, contact if contact in kept else "", quarter)
        merged[key] = [before + more for before, more in zip(merged.get(key, repeat(0)), cell, strict=False)]
    return merged


CONVERSATION_CUBES: Sequence[Cube] = (
    Cube(
        "conversations",
        kinds=("conversation", "turn", "message"),
        dimensions=("bot",),
        measures={
            "conversations": Sum(),
            "contacts": Distinct(),
            "single_turn": Sum(),
            "short": Sum(),
            "medium": Sum(),
            "long": Sum(),
            "user_messages": Sum(),
            "bot_messages": Sum(),
            "activity_messages": Sum(),
        },
        fold=_conversations,
    ),
    Cube("messages", ("message",), ("bot", "type"), {"messages": Sum()}, _messages),
    Cube("usage", ("usage", "message"), ("bot", "type"), {"count": Sum()}, _usage),
    Cube("actions", ("action",), ("bot", "type", "name"), {"actions": Sum()}, _actions),
    Cube("ratings", ("rating",), ("bot",), {"ratings": Sum(), "up": Sum(), "down": Sum()}, _ratings),
    Cube(
        "people",
        ("conversation", "message", "usage", "rating"),
        ("bot", "contact"),
        dict.fromkeys(_DEEDS, Sum()),
        _people,
    ),
    Cube(
        "contacts",
        ("contact", "conversation"),
        (),
        {"contacts": Distinct(), "newest": Newest()},
        _contacts,
        is_hourly=True,
    ),
    Cube(
        "mentions",
        ("conversation", "message", "usage"),
        (),
        {"conversations": Distinct()},
        _mentions,
        is_hourly=True,
    ),
)
