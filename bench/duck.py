"""The same questions answered by DuckDB on one thread, from the raw rows in typed columns in memory."""

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from bench.events import BOTS, TYPES, USAGE_TYPES
from wallboard.model.time import DAY, QUARTER, Window

Answer = dict[str, Any]
"""Of one report: value and change, its days, and for Bot Stats its totals, as far as it has these."""

_FIELDS = {
    "kind": "VARCHAR",
    "id": "VARCHAR",
    "startedAt": "BIGINT",
    "createdAt": "BIGINT",
    "botId": "VARCHAR",
    "contactId": "VARCHAR",
    "type": "VARCHAR",
    "tokens": "BIGINT",
    "count": "BIGINT",
    "value": "BIGINT",
}
_PLAIN = {
    "conversation": "make_timestamp(startedAt * 1000) AS moment, botId AS bot, contactId AS contact",
    "message": "make_timestamp(createdAt * 1000) AS moment, botId AS bot, type, tokens",
    "usage": "make_timestamp(createdAt * 1000) AS moment, botId AS bot, type, count",
    "rating": "make_timestamp(createdAt * 1000) AS moment, botId AS bot, value",
    "contact": "make_timestamp(createdAt * 1000) AS moment, id AS contact",
}
_TUNED = {
    "conversation": "startedAt AS moment, botId::bot AS bot, contactId AS contact",
    "message": "createdAt AS moment, botId::bot AS bot, type::message_type AS type, tokens",
    "usage": "createdAt AS moment, botId::bot AS bot, type::usage_type AS type, count",
    "rating": "createdAt AS moment, botId::bot AS bot, value",
    "contact": "createdAt AS moment, id AS contact",
}
_SCANS = {
    "message": {"messages": "count(*)"} | {kind: f"count(*) FILTER (type = '{kind}')" for kind in TYPES},
    "rating": {
        "ratings": "count(*)",
        "up": "count(*) FILTER (value > 0)",
        "down": "count(*) FILTER (value < 0)",
    },
    "conversation": {"conversations": "count(*)"},
}


class Duck:
    """The rows of one account, a table per kind. Loading is not part of any measurement.

    Plain: times are TIMESTAMP, names VARCHAR, and every report is one query. Tuned: times are integers, bots and types
    enums, and all counts of a table come from one query, as somebody writes it who knows that all reports are wanted.
    """

    def __init__(self, lines: Path, *, now: int, days: int, tuned: bool) -> None:
        self.tuned = tuned
        window = Window.last_days(days, now=now)
        before = window.before(days)
        cuts = {"before": before.start * QUARTER, "start": window.start * QUARTER, "end": window.end * QUARTER}
        self.cuts: dict[str, Any] = cuts if tuned else {name: _timestamp(at) for name, at in cuts.items()}
        self.day = f"moment // {DAY}" if tuned else "moment::DATE - DATE '1970-01-01'"
        self.days = [part_day.isoformat() for part_day in _dates(window)]
        self.connection = duckdb.connect(config={"threads": 1})
        for name, values in (("bot", BOTS), ("message_type", TYPES), ("usage_type", USAGE_TYPES)):
            self.connection.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(map(repr, values))})")
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in _FIELDS.items())
        self.connection.execute(
            f"CREATE TEMP TABLE lines AS FROM read_json('{lines}', format = 'newline_delimited', columns = {{{columns}}})"
        )
        for name, selected in (_TUNED if tuned else _PLAIN).items():
            self.connection.execute(f"CREATE TABLE {name} AS SELECT {selected} FROM lines WHERE kind = '{name}'")
        self.connection.execute("DROP TABLE lines")

    def close(self) -> None:
        self.connection.close()

    def answers(self, bot: str) -> dict[str, Answer]:
        """Every report's answer, by the name of what it is about."""
        answers: dict[str, Answer] = {}
        for table, measures in _SCANS.items():
            if self.tuned:
                answers |= self._additive(table, measures)
            else:
                for name, expression in measures.items():
                    answers |= self._additive(table, {name: expression})
        answers["ratings"] |= {"thumbsUp": answers["up"]["value"], "thumbsDown": answers["down"]["value"]}
        answers |= {"active": self._active(), "contacts": {"value": self._all_contacts()}, "stats": self._bot(bot)}
        return answers

    def _additive(self, table: str, measures: Mapping[str, str]) -> dict[str, Answer]:
        rows = self._rows(
            f"SELECT CASE WHEN moment >= $start THEN {self.day} END AS day, {', '.join(measures.values())}"
            f" FROM {table} WHERE moment >= $before AND moment < $end GROUP BY day"
        )
        answers = {}
        for place, name in enumerate(measures, start=1):
            found = {row[0]: row[place] for row in rows}
            previous = found.pop(None, 0)
            answers[name] = self._answer(sum(found.values()), previous, found)
        return answers

    def _active(self) -> Answer:
        days = self._rows(
            f"SELECT {self.day} AS day, count(DISTINCT contact) FROM conversation"
            " WHERE moment >= $start AND moment < $end GROUP BY day"
        )
        ((now, previous),) = self._rows(
            "SELECT count(DISTINCT contact) FILTER (moment >= $start), count(DISTINCT contact) FILTER (moment < $start)"
            " FROM conversation WHERE moment >= $before AND moment < $end"
        )
        return self._answer(now, previous, dict(days))

    def _all_contacts(self) -> int:
        people = "SELECT contact FROM conversation UNION ALL SELECT contact FROM contact"
        return int(self._rows(f"SELECT count(DISTINCT contact) FROM ({people})")[0][0])

    def _bot(self, bot: str) -> Answer:
        where = "WHERE bot = $bot AND moment >= $start AND moment < $end"
        (row,) = self._rows(
            f"""SELECT conversations, messages, coalesce(said, 0) + coalesce(used, 0), ratings, up, down
            FROM (SELECT count(*) AS conversations FROM conversation {where}),
                 (SELECT count(*) AS messages, sum(tokens) AS said FROM message {where}),
                 (SELECT sum(count) AS used FROM usage {where} AND type IN {USAGE_TYPES[:2]}),
                 (SELECT count(*) AS ratings, count(*) FILTER (value > 0) AS up, count(*) FILTER (value < 0) AS down
                  FROM rating {where})""",
            bot=bot,
        )
        names = ("totalConversations", "totalMessages", "totalTokens", "totalRatings", "thumbsUp", "thumbsDown")
        return dict(zip(names, map(int, row), strict=True))

    def _answer(self, value: int, previous: int, by_day: Mapping[int, int]) -> Answer:
        totals = {(date(1970, 1, 1) + timedelta(days=day)).isoformat(): total for day, total in by_day.items()}
        breakdown = [{"date": day, "total": totals.get(day, 0)} for day in self.days]
        return {"value": value, "change": value - previous, "breakdown": breakdown}

    def _rows(self, query: str, **more: Any) -> list[tuple[Any, ...]]:
        asked = {name: value for name, value in (self.cuts | more).items() if f"${name}" in query}
        return self.connection.execute(query, asked).fetchall()


def _timestamp(instant: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(milliseconds=instant)  # noqa: DTZ001 - a TIMESTAMP of DuckDB has no zone


def _dates(window: Window) -> list[date]:
    first, last = window.start // 96, (window.end - 1) // 96
    return [date(1970, 1, 1) + timedelta(days=day) for day in range(first, last + 1)]


def best_cpu(work: Callable[[], object], *, times: int) -> float:
    """The fewest CPU seconds, of this process and all its threads, that the work took; one run before is not counted."""
    work()
    found = []
    for _ in range(times):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)
