"""A made-up contact centre: what happened on any day, the same for a seed, for the simulators to tell in their vendors' words.

Times are instants (epoch milliseconds) at whole seconds, durations whole seconds. A day's calls depend on the seed and the
date only, so that a simulator can be asked for any window in any order.
"""

import random
from bisect import insort
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

_FIRST = (
    "Ava",
    "Ben",
    "Chloé",
    "Dario",
    "Elif",
    "Finn",
    "Grete",
    "Hugo",
    "İpek",
    "Jonas",
    "Kira",
    "Léo",
    "Mina",
    "Noé",
)
_LAST = (
    "Alder",
    "Birch",
    "Cedar, Jr.",
    "Dogwood",
    "Elm",
    "Falk",
    "Grün",
    "Hazel",
    "Ivy",
    "Juniper",
    "Krüger",
    "Lindén",
)
QUEUES = ("Support", "Billing", "Sales")
TEAMS = ("North", "South")
DISPOSITIONS = (("Resolved", True), ("Follow-up", False), ("Refund", True), ("Escalated", False))
SLA_SECONDS = {"Support": 30, "Billing": 20, "Sales": 20}


@dataclass(frozen=True, slots=True)
class Agent:
    number: int
    first: str
    last: str
    team: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"agent{self.number}@example.com"


@dataclass(frozen=True, slots=True)
class Leg:
    """One agent's part. `hold` is inside the time from acceptance to end; `wrap` follows it."""

    agent: Agent
    offered_at: int
    accepted_at: int
    ended_at: int
    hold: int
    wrap: int

    @property
    def seconds(self) -> int:
        return (self.ended_at - self.accepted_at) // SECOND


@dataclass(frozen=True, slots=True)
class Call:
    """One contact. `outcome`: answered, abandoned, abandoned_in_menu, voicemail or no_answer (an outbound call that nobody
    took). Without legs nobody was connected. `disposition_at` is when the last agent typed it, `score` an answer 1 to 5."""

    number: int
    direction: str
    channel: str
    queue: str
    customer: str
    created_at: int
    queued_at: int | None
    ended_at: int
    outcome: str
    legs: tuple[Leg, ...]
    disposition: str | None
    disposition_at: int
    score: int | None
    ended_by: str

    @property
    def queue_seconds(self) -> int | None:
        """From the queue to the first agent's ringing being answered, or to the end."""
        if self.queued_at is None:
            return None
        return ((self.legs[0].accepted_at if self.legs else self.ended_at) - self.queued_at) // SECOND


@dataclass(frozen=True, slots=True)
class Shift:
    """A log-in with its breaks: (status, began, ended)."""

    number: int
    agent: Agent
    began_at: int
    ended_at: int
    breaks: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Day:
    calls: tuple[Call, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Centre:
    """`calls_a_day` and `agents` say how large it is. Calls never overlap at an agent; some cross midnight."""

    seed: int = 0
    calls_a_day: int = 60
    number_of_agents: int = 8
    agents: tuple[Agent, ...] = field(init=False)

    def __post_init__(self) -> None:
        chance = random.Random(f"{self.seed}:agents")
        agents = tuple(
            Agent(101 + place, chance.choice(_FIRST), chance.choice(_LAST), TEAMS[place % len(TEAMS)])
            for place in range(self.number_of_agents)
        )
        object.__setattr__(self, "agents", agents)

    def between(self, start: int, end: int) -> list[Call]:
        """The calls that began in [start, end), in order."""
        return [call for day in _days(start, end) for call in self.day(day).calls if start <= call.created_at < end]

    def touching(self, start: int, end: int) -> list[Call]:
        """The calls that were going on at any time in [start, end)."""
        return [
            call
            for day in _days(start - DAY, end)
            for call in self.day(day).calls
            if call.created_at < end and call.disposition_at >= start
        ]

    def shifts(self, start: int, end: int) -> list[Shift]:
        """The log-ins that began in [start, end)."""
        return [shift for day in _days(start, end) for shift in self.day(day).shifts if start <= shift.began_at < end]

    def day(self, day: date) -> Day:
        return _day(self, day)


def _days(start: int, end: int) -> list[date]:
    first, last = (datetime.fromtimestamp(at / 1000, UTC).date() for at in (start, max(start, end - 1)))
    return [first + timedelta(days=after) for after in range((last - first).days + 1)]


@lru_cache(maxsize=256)
def _day(centre: Centre, day: date) -> Day:
    chance = random.Random(f"{centre.seed}:{day}")
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    ordinal = day.toordinal()
    shifts = [_shift(centre, agent, midnight, ordinal, chance) for agent in centre.agents]
    # The last tenth of the calls comes late in the evening, so that some cross midnight.
    begins = sorted(
        midnight
        + (chance.randint(7 * 3600, 21 * 3600) if chance.random() > 0.05 else chance.randint(85_000, 86_399)) * SECOND
        for _ in range(max(1, int(centre.calls_a_day * chance.uniform(0.8, 1.2))))
    )
    free = [(midnight, agent.number) for agent in centre.agents]
    of = {agent.number: agent for agent in centre.agents}
    calls = []
    for place, begin in enumerate(begins):
        calls.append(_call(ordinal * 100_000 + place, begin, free, of, chance))
    return Day(tuple(calls), tuple(shifts))


def _shift(centre: Centre, agent: Agent, midnight: int, ordinal: int, chance: random.Random) -> Shift:
    began = midnight + chance.randint(6 * 3600, 7 * 3600) * SECOND
    ended = began + chance.randint(8 * 3600, 15 * 3600) * SECOND
    if agent.number == centre.agents[-1].number:
        ended = midnight + DAY + chance.randint(600, 7200) * SECOND  # a night shift
    lunch = began + chance.randint(3 * 3600, 4 * 3600) * SECOND
    pause = lunch + chance.randint(2 * 3600, 3 * 3600) * SECOND
    breaks = (
        ("meal", lunch, lunch + chance.randint(1500, 2400) * SECOND),
        ("break", pause, pause + chance.randint(300, 900) * SECOND),
    )
    return Shift(ordinal * 1000 + agent.number, agent, began, ended, breaks)


def _call(number: int, begin: int, free: list[tuple[int, int]], of: dict[int, Agent], chance: random.Random) -> Call:
    """The next call: the agent who has been free longest takes it, when the customer waits as long."""
    inbound = chance.random() < 0.75
    queue = chance.choice(QUEUES)
    queued = begin + chance.randint(3, 25) * SECOND if inbound else None
    chosen = free[0]
    ready = max((queued or begin) + chance.randint(1, 6) * SECOND, chosen[0])
    accepted = ready + chance.randint(2, 12) * SECOND
    patience = (queued or begin) + int(chance.expovariate(1 / 90) * SECOND) // SECOND * SECOND
    customer = f"+1202555{chance.randint(100, 199):04}"
    common = {"number": number, "channel": "voice", "queue": queue, "customer": customer, "created_at": begin}

    def unanswered(outcome: str, ended_at: int, queued_at: int | None, ended_by: str) -> Call:
        return Call(
            **common,  # type: ignore[arg-type]
            direction="inbound" if inbound else "outbound",
            queued_at=queued_at,
            ended_at=ended_at,
            outcome=outcome,
            legs=(),
            disposition=None,
            disposition_at=ended_at,
            score=None,
            ended_by=ended_by,
        )

    if inbound and chance.random() < 0.04:
        return unanswered("abandoned_in_menu", begin + chance.randint(2, 20) * SECOND, None, "customer")
    if queued is not None and patience < accepted:
        if chance.random() < 0.15:
            return unanswered("voicemail", max(patience, queued) + 30 * SECOND, queued, "customer")
        return unanswered("abandoned", max(patience, queued + SECOND), queued, "customer")
    if not inbound and chance.random() < 0.3:
        return unanswered("no_answer", begin + chance.randint(10, 40) * SECOND, None, "agent")

    free.pop(0)
    legs = [_leg(of[chosen[1]], ready, accepted, chance)]
    insort(free, (legs[0].ended_at + (legs[0].wrap + 1) * SECOND, chosen[1]))
    if chance.random() < 0.08 and free[0][0] <= legs[0].ended_at and free[0][1] != chosen[1]:
        second = free.pop(0)
        offered = legs[0].ended_at
        legs.append(_leg(of[second[1]], offered, offered + chance.randint(2, 12) * SECOND, chance))
        insort(free, (legs[1].ended_at + (legs[1].wrap + 1) * SECOND, second[1]))
    last = legs[-1]
    typed = last.ended_at + last.wrap * SECOND
    return Call(
        **common,  # type: ignore[arg-type]
        direction="inbound" if inbound else "outbound",
        queued_at=queued,
        ended_at=last.ended_at,
        outcome="answered",
        legs=tuple(legs),
        disposition=chance.choice(DISPOSITIONS)[0] if chance.random() < 0.9 else None,
        disposition_at=typed,
        score=chance.choice((1, 2, 3, 4, 4, 5, 5, 5)) if inbound and chance.random() < 0.4 else None,
        ended_by=chance.choice(("customer", "agent")),
    )


def _leg(agent: Agent, offered: int, accepted: int, chance: random.Random) -> Leg:
    talk = max(10, int(chance.expovariate(1 / 240)))
    hold = chance.randint(5, talk // 2) if talk > 60 and chance.random() < 0.25 else 0
    return Leg(agent, offered, accepted, accepted + talk * SECOND, hold, chance.randint(0, 90))
