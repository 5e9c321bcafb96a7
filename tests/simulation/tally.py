"""Counting: how much there is of something in the period of a question, in the one before, and in each part."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.simulation.ledger import Deed, Event, Ledger, time_of
from tests.simulation.windows import Period

Point = dict[str, str | int]


class Tally:
    """Counts what a bot did, or what a contact did, or both, or all of it."""

    def __init__(self, ledger: Ledger, period: Period, bot: str | None = None, contact: str | None = None) -> None:
        self.ledger = ledger
        self.period = period
        self.bot = bot
        self.contact = contact

    def total(self, what: str) -> int:
        return sum(deed.amount for deed in self._deeds(what))

    def before(self, what: str) -> int:
        return sum(deed.amount for deed in self._deeds_before(what))

    def change(self, what: str) -> int:
        return self.total(what) - self.before(what)

    def by_part(self, what: str) -> dict[str, int]:
        """How much there is in every part."""
        found = dict.fromkeys(self.period.parts(), 0)
        for deed in self._deeds(what):
            found[self.period.part_of(deed.at)] += deed.amount
        return found

    def breakdown(self, what: str) -> list[Point]:
        return [{"date": part, "total": total} for part, total in self.by_part(what).items()]

    def most(self, what: str, who: str, limit: int) -> list[tuple[str, int]]:
        """Who (`bot` or `contact`) has most of it, most first; in the order of their ids where they have as much."""
        found: Counter[str] = Counter()
        for deed in self._deeds(what):
            name = deed.bot if who == "bot" else deed.contact
            if name is not None:
                found[name] += deed.amount
        known = [(name, amount) for name, amount in found.items() if amount]
        return sorted(known, key=lambda entry: (-entry[1], entry[0]))[:limit]

    def people(self) -> int:
        """How many different contacts began a conversation."""
        return _different(self._deeds("conversations"))

    def people_before(self) -> int:
        return _different(self._deeds_before("conversations"))

    def people_by_part(self) -> list[Point]:
        began = list(self._deeds("conversations"))
        return [
            {"date": part, "total": _different(deed for deed in began if self.period.part_of(deed.at) == part)}
            for part in self.period.parts()
        ]

    def events(self, kind: str) -> list[Event]:
        return self._events(kind, self.period.begin, self.period.end)

    def events_before(self, kind: str) -> list[Event]:
        return self._events(kind, self.period.before, self.period.begin)

    def average(self, type_: str) -> float:
        """Messages of a type in a conversation that began in the period, whenever they were sent; 0 without any."""
        began = self.events("conversation")
        return sum(self.ledger.messages_of(each, type_) for each in began) / len(began) if began else 0

    def depths(self, conversations: list[Event]) -> dict[str, int]:
        """How many of these conversations have at most 1, 2 to 3, 4 to 10 and more user messages."""
        found = dict.fromkeys(("singleTurn", "short", "medium", "long"), 0)
        for conversation in conversations:
            said = self.ledger.messages_of(conversation, "user")
            found["singleTurn" if said < 2 else "short" if said < 4 else "medium" if said < 11 else "long"] += 1
        return found

    def name(self, type_: str, id_: str) -> str:
        """The latest name of a thing, its id where it has none."""
        return self.ledger.names.get((type_, id_), id_)

    def _deeds(self, what: str) -> Iterator[Deed]:
        return self._between(what, self.period.begin, self.period.end)

    def _deeds_before(self, what: str) -> Iterator[Deed]:
        return self._between(what, self.period.before, self.period.begin)

    def _between(self, what: str, begin: int, end: int) -> Iterator[Deed]:
        for deed in self.ledger.deeds[what]:
            if begin <= deed.at < end and self.bot in (None, deed.bot) and self.contact in (None, deed.contact):
                yield deed

    def _events(self, kind: str, begin: int, end: int) -> list[Event]:
        return [
            event
            for event in self.ledger.live[kind]
            if begin <= time_of(event) < end
            and self.bot in (None, event.get("botId"))
            and self.contact in (None, event.get("contactId"))
        ]


def _different(deeds: Iterable[Deed]) -> int:
    return len({deed.contact for deed in deeds} - {None})
