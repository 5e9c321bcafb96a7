"""The cubes of agents and of those who were asked about them: spells in activities and statuses, time at work, answers to
surveys. Times are kept in whole milliseconds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from wallboard.measures.contacts import in_ms, is_time
from wallboard.measures.cube import Cube, Facts, Item, Record, cube_of, hash64, quarter_of
from wallboard.measures.monoids import Counts, Distinct, Sum
from wallboard.model.time import QUARTER

AWAY = ("away", "break", "meal", "lunch", "training", "meeting")
"""Activities and statuses of who is logged in and does not work on contacts."""


def _spells(kind: str, word: str) -> Callable[[Facts], Iterator[Item]]:
    def items(facts: Facts) -> Iterator[Item]:
        """The time of each spell, in the quarters in which it lies; and that it began."""
        for spell in facts[kind].records():
            key = (spell["source"], spell["agent"], spell[word])
            if not spell["goes_on"]:
                yield Item(kind, spell, (*key, quarter_of(spell["at"])), {"spells": 1})
            for quarter, time in _in_quarters(spell["at"], spell["ended_at"]):
                yield Item(kind, spell, (*key, quarter), {"time": time})

    return items


def _in_quarters(start: int, end: int | None) -> Iterator[tuple[int, int]]:
    """(quarter of the day, milliseconds in it) of what lies between two times of one hour."""
    while end is not None and start < end:
        edge = min(end, start - start % QUARTER + QUARTER)
        yield quarter_of(start), edge - start
        start = edge


def _attendance(facts: Facts) -> Iterator[Item]:
    """Time logged in and time away of each agent. Whoever tells it in two ways, as activities of a log-in and as statuses, or
    is logged in twice, is there once: what lies under an earlier spell adds nothing."""
    spells = [(kind, spell) for kind in ("session", "status") for spell in facts[kind].records()]
    for measure, counts in (("log_in", _is_at_work), ("away", _is_away)):
        told = [(kind, spell) for kind, spell in spells if counts(kind, spell)]
        for kind, spell, start, end in _side_by_side(told):
            for quarter, time in _in_quarters(start, end):
                yield Item(kind, spell, (spell["source"], spell["agent"], quarter), {measure: time, "told": 1})
    for row in facts["agent_interval"].records():
        figures = row["figures"] or {}
        times = {name: figures[name] for name in ("log_in", "away") if name in figures}
        if adds := {name: in_ms(time) for name, time in times.items() if is_time(time)}:
            key = (row["source"], row["agent"], quarter_of(row["at"]))
            yield Item("agent_interval", row, key, {**adds, "told": 1})


def _is_at_work(kind: str, spell: Record) -> bool:
    return bool(spell["activity"] == "login" if kind == "session" else spell["status"] != "offline")


def _is_away(kind: str, spell: Record) -> bool:
    return spell["activity" if kind == "session" else "status"] in AWAY


def _side_by_side(spells: Iterable[tuple[str, Record]]) -> Iterator[tuple[str, Record, int, int]]:
    """(kind, spell, from, to): of each the time that no earlier one of the same agent covers."""
    reached: dict[tuple[str, str], int] = defaultdict(int)
    ended = [(kind, spell) for kind, spell in spells if spell["ended_at"] is not None]
    for kind, spell in sorted(ended, key=lambda each: (each[1]["at"], each[1]["ended_at"], each[0], each[1]["id"])):
        who = (spell["source"], spell["agent"])
        start = max(spell["at"], reached[who])
        if start < spell["ended_at"]:
            yield kind, spell, start, spell["ended_at"]
            reached[who] = spell["ended_at"]


def _answers(facts: Facts) -> Iterator[Item]:
    for answer in facts["survey"].records():
        key = tuple(str(answer[name] or "") for name in ("source", "team", "agent", "question_number", "question"))
        scored = (_written(answer["score"]), _written(answer["scale"]))
        named = answer["interaction"] is not None
        about = hash64(repr((answer["source"], named, answer["interaction"] if named else answer["id"])))
        yield Item(
            "survey",
            answer,
            (*key, quarter_of(answer["at"])),
            {"answers": 1, "scores": scored, "surveyed": about},
        )


def _written(number: float | None) -> str:
    return "" if number is None else f"{number:.15g}"


_OF_AGENTS = ("source", "agent")

AGENT_CUBES: Sequence[Cube] = (
    cube_of(
        "presence",
        ("session",),
        (*_OF_AGENTS, "activity"),
        {"time": Sum(), "spells": Sum()},
        _spells("session", "activity"),
        edition=2,
    ),
    cube_of(
        "statuses",
        ("status",),
        (*_OF_AGENTS, "status"),
        {"time": Sum(), "spells": Sum()},
        _spells("status", "status"),
        edition=2,
    ),
    cube_of(
        "attendance",
        ("session", "status", "agent_interval"),
        _OF_AGENTS,
        {"log_in": Sum(), "away": Sum(), "told": Sum()},
        _attendance,
        lists=("session", "status", "agent_interval"),
    ),
    cube_of(
        "answers",
        ("survey",),
        ("source", "team", "agent", "question_number", "question"),
        {"answers": Sum(), "scores": Counts(), "surveyed": Distinct()},
        _answers,
        edition=2,
    ),
)
