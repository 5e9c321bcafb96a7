"""The cubes of interactions: themselves, their legs and segments, their dispositions, and when they ended.

Times are kept in whole milliseconds, so that sums do not depend on their order.
"""

from collections.abc import Iterator, Sequence

from wallboard.measures.contacts import PLACES, contacts_of, in_ms, parts_of
from wallboard.measures.cube import Cube, Facts, Item, cube_of, quarter_of, timed
from wallboard.measures.durations import Durations
from wallboard.measures.monoids import Gathering, Sum
from wallboard.model.time import DAY, QUARTER

LONGEST_DAYS = 92
"""Interactions that take longer are not counted where they end."""

_KINDS = ("interaction", "leg", "interaction_detail")


def _interactions(facts: Facts) -> Iterator[Item]:
    for contact in contacts_of(facts):
        agents, transfers, met = contact.agents, contact.transfers, contact.row["sla_met"]
        yield Item(
            "interaction",
            contact.row,
            (*contact.places(), contact.outcome, quarter_of(contact.row["at"])),
            {
                "interactions": 1,
                "offered": int(contact.is_offered),
                "queue_time": contact.queue_time if contact.is_offered else None,
                "agents": agents,
                ("by_nobody", "by_one", "by_several")[min(agents, 2)]: 1,
                "transfers": transfers,
                "transferred": int(transfers > 0 or agents > 1),
                "sla_met": int(met is True),
                "sla_missed": int(met is False),
                "in_conversation": int(contact.row["conversation"] is not None),
            },
        )


def _legs(facts: Facts) -> Iterator[Item]:
    """What a leg does not say of itself is that of its interaction; but the agent, who is its own."""
    about = {(row["source"], row["id"]): row for row in facts["interaction"].records()}
    for part in parts_of(facts):
        leg, whole = part.row, about.get((part.row["source"], part.row["interaction"]), {})
        places = (leg[name] or (whole.get(name) if name != "agent" else None) or "" for name in PLACES)
        adds: dict[str, int | None] = {"legs": 1}
        if handling := part.handling:
            adds |= {"handled": 1, "handle": handling.whole, "held": int(bool(handling.hold))}
            for name in ("talk", "hold", "wrap"):
                time = getattr(handling, name)
                adds |= {name: time, f"{name}_known": int(time is not None)}
        if "ring" in part.durations:
            adds["ring"] = in_ms(part.durations["ring"])
        yield Item("leg", leg, (*places, leg["outcome"] or "", quarter_of(leg["at"])), adds)


def _segments(facts: Facts) -> Iterator[Item]:
    for contact in contacts_of(facts):
        for name, seconds in contact.segments.items():
            key = (*contact.places(), name, quarter_of(contact.row["at"]))
            yield Item("interaction", contact.row, key, {"time": in_ms(seconds)})


def _dispositions(facts: Facts) -> Iterator[Item]:
    for contact in contacts_of(facts):
        if contact.outcome == "answered":
            key = (*contact.places(), *contact.disposition, quarter_of(contact.row["at"]))
            yield Item("interaction", contact.row, key, {"interactions": 1})


def _endings(facts: Facts) -> Iterator[Item]:
    """They are kept where they began: so a correction of the end leaves nothing behind elsewhere."""
    for contact in contacts_of(facts):
        begun, ended = contact.row["at"], contact.row["ended_at"]
        if ended is not None and 0 <= ended - begun < LONGEST_DAYS * DAY:
            key = (timed(ended // QUARTER), *contact.places(), contact.outcome, quarter_of(begun))
            yield Item("interaction", contact.row, key, {"interactions": 1})


def _sums(*names: str) -> dict[str, Gathering]:
    return dict.fromkeys(names, Sum())


INTERACTION_CUBES: Sequence[Cube] = (
    cube_of(
        "interactions",
        _KINDS,
        (*PLACES, "outcome"),
        {
            **_sums("interactions", "offered"),
            "queue_time": Durations(),
            **_sums("agents", "by_nobody", "by_one", "by_several", "transfers", "transferred", "sla_met", "sla_missed"),
            **_sums("in_conversation"),
        },
        _interactions,
        edition=2,
    ),
    cube_of(
        "legs",
        _KINDS,
        (*PLACES, "outcome"),
        {
            **_sums("legs", "handled"),
            "handle": Durations(),
            **_sums("talk", "talk_known", "hold", "hold_known", "wrap", "wrap_known", "held"),
            "ring": Durations(),
        },
        _legs,
        lists=("leg",),
        edition=2,
    ),
    cube_of("segments", _KINDS, (*PLACES, "segment"), {"time": Durations()}, _segments, edition=2),
    cube_of(
        "dispositions", _KINDS, (*PLACES, "disposition", "success"), _sums("interactions"), _dispositions, edition=2
    ),
    cube_of(
        "endings",
        _KINDS,
        ("ended", *PLACES, "outcome"),
        _sums("interactions"),
        _endings,
        timed_by="ended",
        look_back=LONGEST_DAYS,
    ),
)
