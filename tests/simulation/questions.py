"""Random questions: an input for a report, in which every option that it takes is sometimes given and sometimes not."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.activity import CONVERSATIONS, DAY, HOUR
from tests.simulation.windows import local

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/Havana")
"""Havana's clocks change at midnight."""

WHEN = ("periodDays", "startDate", "endDate", "timezone", "granularity")
LIMITS = {"limit": 50, "topBotsLimit": 20, "recentWorkLimit": 20}
Asked = dict[str, Any]


class Questions:
    """About these bots and contacts, and about periods that end at `now` or before."""

    def __init__(self, chance: Random, now: int, *, bots: Iterable[str], contacts: Iterable[str]) -> None:
        self._chance = chance
        self._now = now
        self._bots = sorted(bots)
        self._contacts = [*contacts, "p-unknown"]

    def about(self, options: Iterable[str], required: Iterable[str], *, when: Asked) -> Asked:
        """An input of a report that takes these options. Raises KeyError for one that nobody has thought of here."""
        required = set(required)
        asked = {name: when[name] for name in options if name in when}
        for name in options:
            if name not in WHEN and (name in required or self._chance.random() < 0.4):
                asked[name] = self._value(name)
        return asked

    def _value(self, option: str) -> Any:
        if option == "botId":
            return self._chance.choice(self._bots)
        if option == "contactId":
            return self._chance.choice(self._contacts)
        if option == "conversationIds":
            return self._chance.choices([*CONVERSATIONS, "c-unknown"], k=self._chance.randrange(1, 40))
        if option == "datasetIds":
            known = [f"d-{number}" for number in range(6)]
            return self._chance.choices([*known, "d-unknown"], k=self._chance.randrange(12))
        return self._chance.choice([1, 2, LIMITS[option]])

    def when(self, zone: str) -> Asked:
        """A period, in the zone or in another one that is named, and what to cut it into."""
        asked: Asked = {}
        if self._chance.random() < 0.2:
            asked["timezone"] = zone = self._chance.choice(ZONES)
        if self._chance.random() < 0.4:
            asked["granularity"] = self._chance.choice(["day", "hour", "week", "month"])
        match self._chance.randrange(10):
            case 0:
                pass
            case 1 | 2 | 3:
                asked |= self._range(zone)
            case _:
                longest = 30 if asked.get("granularity") == "hour" else 60
                asked["periodDays"] = self._chance.choice([7, 14, 30, 7, 14, 30, 1, 2, longest])
        return asked

    def _range(self, zone: str) -> Asked:
        """At most 30 days, so that its hours can be asked for. Its end may lie ahead; its beginning may be of today."""
        begin = self._now - self._chance.choice([HOUR, DAY, 28 * DAY]) * self._chance.random()
        end = begin + HOUR + self._chance.choice([DAY, 27 * DAY]) * self._chance.random()
        asked: Asked = {"startDate": self._told(round(begin), zone), "endDate": self._told(round(end), zone)}
        left_out = self._chance.choice(["startDate", "endDate", None, None])
        if left_out:
            del asked[left_out]
        if left_out == "startDate":
            asked |= {"periodDays": self._chance.choice([1, 7, 30])}
        return asked

    def _told(self, at: int, zone: str) -> str:
        """As a day of the zone, or as a time with an offset."""
        if self._chance.random() < 0.6:
            return local(at, zone).date().isoformat()
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
        if self._chance.random() < 0.3:
            moment -= timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
        if self._chance.random() < 0.5:
            return moment.isoformat().replace("+00:00", "Z")
        return moment.astimezone(local(at, self._chance.choice(ZONES)).tzinfo).isoformat()
