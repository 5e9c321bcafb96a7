"""The cubes of people, of contacts and of what is mentioned: each is held to a plain count over the rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.measures.conversation_cubes import MOST_PEOPLE
from wallboard.measures.cube import Cells, hash64
from wallboard.measures.cubes import CUBES
from wallboard.measures.fold import fold
from wallboard.measures.monoids import Newest
from wallboard.model.facts import Rows
from wallboard.model.time import HOUR, QUARTER, parse_instant

START = parse_instant("2026-11-21T09:00:00Z")
FIRST = 36  # the quarter of the day that this hour begins with
PEOPLE = CUBES["people"]
DEEDS = tuple(PEOPLE.measures)

Row = dict[str, Any]
Facts = dict[str, list[Row]]

names = st.sampled_from(["a", "b", "ü#", ""]) | st.none()
ats = st.integers(START, START + HOUR - 1)
row = {"bot": names, "contact": st.sampled_from(["p", "q", "r#"]) | st.none(), "at": ats}
hours: st.SearchStrategy[Facts] = st.fixed_dictionaries(
    {
        "conversation": st.lists(st.fixed_dictionaries({**row, "id": st.sampled_from(["c-1", "c-2", "c-3"])})),
        "message": st.lists(
            st.fixed_dictionaries(
                {
                    **row,
                    "conversation": st.sampled_from(["c-1", "c-2", "c-4"]),
                    "type": st.sampled_from(["user", "bot", "activity", "reasoning"]),
                    "tokens": st.none() | st.integers(0, 10**9),
                }
            )
        ),
        "usage": st.lists(
            st.fixed_dictionaries(
                {
                    **row,
                    "conversation": st.sampled_from(["c-5", None]),
                    "type": st.sampled_from(
                        ["CHATBOTKIT_BASE_TOKEN", "CHATBOTKIT_MESSAGE", "output_tokens", "tokenizer"]
                    ),
                    "count": st.integers(0, 10**9),
                }
            )
        ),
        "rating": st.lists(st.fixed_dictionaries({**row, "value": st.sampled_from([-100.0, -0.5, 0.0, 1.0])})),
        "contact": st.lists(st.fixed_dictionaries({"id": st.sampled_from(["p", "s"]), "at": ats})),
    }
)


def folded(cube: str, facts: Facts) -> Cells:
    return fold(CUBES[cube], {kind: Rows.of(rows) for kind, rows in facts.items()})


def deeds(facts: Facts) -> dict[tuple[str, str, int], dict[str, int]]:
    """What each contact did, by bot and quarter, row by row."""
    done: dict[tuple[str, str, int], dict[str, int]] = defaultdict(lambda: dict.fromkeys(DEEDS, 0))

    def add(row: Row, deed: str, much: int = 1) -> None:
        if row["contact"] is not None and much:
            done[row["bot"] or "", row["contact"], (row["at"] - START) // QUARTER + FIRST][deed] += much

    for row in facts["conversation"]:
        add(row, "conversations")
    for row in facts["message"]:
        add(row, "messages")
        add(row, "tokens", row.get("tokens") or 0)
        if row["type"] != "reasoning":
            add(row, f"{row['type']}_messages")
    for row in facts["usage"]:
        add(row, "tokens", row["count"] if row["type"] in ("CHATBOTKIT_BASE_TOKEN", "output_tokens") else 0)
    for row in facts["rating"]:
        add(row, "ratings")
        add(row, "up", row["value"] > 0)
        add(row, "down", row["value"] < 0)
    return done


@given(facts=hours)
def test_people_are_what_each_contact_did(facts: Facts) -> None:
    found = {key: dict(zip(DEEDS, values, strict=True)) for key, values in folded("people", facts).items()}
    assert found == deeds(facts)


@given(facts=hours)
def test_the_hour_of_whatever_names_a_conversation_mentions_it(facts: Facts) -> None:
    column = {"conversation": "id", "message": "conversation", "usage": "conversation"}
    named = {row[name] for kind, name in column.items() for row in facts[kind]} - {None}
    expected = {(FIRST,): (set(map(hash64, named)),)} if named else {}
    assert folded("mentions", facts) == expected


@given(facts=hours)
def test_contacts_are_all_who_were_seen_and_the_newest_those_that_were_made(facts: Facts) -> None:
    made: dict[str, int] = {}
    for row in facts["contact"]:
        made[row["id"]] = max(made.get(row["id"], 0), row["at"])
    seen = {*made, *(row["contact"] for row in facts["conversation"])} - {None}
    newest = sorted(((at, name) for name, at in made.items()), key=lambda thing: (-thing[0], thing[1]))
    expected = {(FIRST,): (set(map(hash64, seen)), newest)} if seen else {}
    assert folded("contacts", facts) == expected


def test_of_many_new_contacts_of_an_hour_the_last_are_listed_and_all_are_counted() -> None:
    made = [{"id": f"p-{n:03}", "at": START + n} for n in range(Newest.most + 50)]
    [(people, newest)] = folded("contacts", {"contact": made}).values()
    assert len(people) == len(made)
    assert [name for _, name in newest] == [row["id"] for row in made[: -Newest.most - 1 : -1]]


# ---- more people than are kept apart


def crowd(count: int, *, messages: int = 1, first: int = 0) -> list[Row]:
    """So many contacts, each of whom wrote so many messages to one of three bots."""
    return [
        {"bot": f"b-{n % 3}", "contact": f"p-{n:05}", "at": START + QUARTER * (n % 4), "type": "user"}
        for n in range(first, first + count)
        for _ in range(messages)
    ]


def people_of(cells: Iterable[tuple[str, str, int]]) -> set[str]:
    return {contact for _, contact, _ in cells}


@pytest.mark.parametrize("more", [0, 10])
def test_as_many_people_of_an_hour_are_kept_as_are_told_and_the_others_together(more: int) -> None:
    """Who did most is kept whatever their name: here the last by name did twice as much, and of the first, who are as
    many too many, those whose names come last go."""
    quiet, loud = crowd(MOST_PEOPLE - 20 + more), crowd(20, messages=2, first=90_000)
    cells = folded("people", {"message": [*quiet, *loud]})
    named = people_of(cells) - {""}
    assert len(named) == MOST_PEOPLE
    assert {row["contact"] for row in loud} <= named
    gone = {row["contact"] for row in quiet} - named
    assert sorted(gone) == [f"p-{n:05}" for n in range(MOST_PEOPLE - 20, MOST_PEOPLE - 20 + more)]
    together = {key: values for key, values in cells.items() if key[1] == ""}
    assert sum(values[DEEDS.index("messages")] for values in together.values()) == more


def test_people_beyond_those_that_are_kept_leave_the_totals_of_every_bot_and_quarter_as_they_are() -> None:
    crowded = crowd(MOST_PEOPLE + 500)
    ratings = [{**row, "value": [-1.0, 0.0, 5.0][n % 3]} for n, row in enumerate(crowded)]
    usage = [{**row, "type": "output_tokens", "count": n % 7} for n, row in enumerate(crowded)]
    facts: Facts = {"message": crowded, "rating": ratings, "usage": usage}
    cells = folded("people", facts)
    plainly: Cells = {key: tuple(done.values()) for key, done in deeds({"conversation": [], **facts}).items()}
    assert len(people_of(cells)) == MOST_PEOPLE + 1 < len(people_of(plainly))
    assert _totals(cells) == _totals(plainly)


def _totals(cells: Cells) -> dict[tuple[str, int, str], int]:
    totals: Counter[tuple[str, int, str]] = Counter()
    for (bot, _, quarter), values in cells.items():
        for deed, value in zip(DEEDS, values, strict=True):
            totals[bot, quarter, deed] += value
    return totals


@pytest.mark.parametrize("seed", range(3))
def test_who_is_kept_does_not_depend_on_the_order_of_rows(seed: int) -> None:
    rows = crowd(MOST_PEOPLE + 10)
    shuffled = Random(seed).sample(rows, len(rows))
    assert folded("people", {"message": shuffled}) == folded("people", {"message": rows})
