"""`make demo`: pushes two months of made-up activity through the public API, and prints the reports about it.

Every figure is counted again from the very events that were pushed, and then an alert is shown as it lives; a difference,
or an alert that does not do what it should, ends the demo with code 1.
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from local import demo_tables as tables
from local.demo_activity import BOTS, Activity, Event, iso, make
from local.demo_alerts import Letters, Life
from local.demo_centre import show_centre
from local.demo_client import Client, Pushed, batches
from local.demo_recount import QUARTER, Recount
from local.demo_sources import days_to_pull, pull_all
from local.stack import Stack

_WIDTH = 100
_REPEATED = slice(30, 36)  # batches that are sent twice; not the one with the invalid events
_SPOILED = 20
_DRAIN_SECONDS = 300.0


def run(stack: Stack, *, once: bool) -> None:
    """Returns after printing. Raises SystemExit(1) when the reports are not what was pushed, or the alert is not."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ▁▂▃ shows ? in their place
    console = Console(highlight=False)
    console.width = min(_WIDTH, console.width) if console.is_terminal else _WIDTH
    with Client(stack.url, stack.key) as client:
        wrong = _Demo(stack, client, console).run()
    if wrong:
        raise SystemExit(1)
    tables.show_next(console, stack.url, _key_to_show(stack.key), BOTS[0].id, once=once)


def _key_to_show(key: str) -> str | None:
    """None when the user brought the key: then nobody needs to see it."""
    return None if os.environ.get("WALLBOARD_API_KEY") == key else key


class _Demo:
    def __init__(self, stack: Stack, client: Client, console: Console) -> None:
        self._stack, self._client, self._console = stack, client, console
        self._wrong: list[str] = []

    def run(self) -> list[str]:
        """What is not as it should be: a line each."""
        began = time.perf_counter()
        self._console.print(f"Wallboard is up at {self._stack.url}. Two months of made-up activity go in by its API.\n")
        held = self._segments()
        activity = make(time.time())
        phases = self._push(activity)
        folded = self._fold()
        reports, answers, stats, alerts, seconds, asked_at = self._ask(activity)

        tables.show_pushed(self._console, phases)
        tables.show_rejected(self._console, phases[0][1].rejected)
        tables.show_reports(self._console, reports, answers, activity)
        tables.show_bots(self._console, BOTS, stats, activity)
        tables.show_alerts(self._console, alerts)
        names = {str(report["name"]): answers[report["id"]] for report in reports}
        self._check(activity, held, names, stats, asked_at)
        tables.show_times(
            self._console,
            pushed=sum(done.seconds for _, done, _ in phases),
            events=sum(done.events for _, done, _ in phases),
            folded=folded,
            reports=len(answers),
            answered=seconds,
            total=time.perf_counter() - began,
        )
        newest = max(event["updatedAt"] for event in activity.events)
        tables.show_freshness(self._console, newest, iso(asked_at))
        if not held and not self._wrong:
            self._live(activity)
        if not self._wrong:
            days = days_to_pull()
            self._wrong += pull_all(self._client, self._console, *days)
            self._stack.drain(_DRAIN_SECONDS)
            self._wrong += show_centre(self._client, self._console, *days)
            if self._wrong:
                tables.show_wrong(self._console, self._wrong)
        return self._wrong

    def _push(self, activity: Activity) -> list[tables.Phase]:
        parts = batches(activity.events)
        spoiled = [part + activity.invalid if place == _SPOILED else part for place, part in enumerate(parts)]
        phases = [
            self._phase("as it happened", spoiled),
            self._phase("corrections", batches(activity.corrections)),
            self._phase("deletions", batches(activity.deletions)),
            self._phase("the same again", parts[_REPEATED]),
        ]
        if phases[-1][2]:
            self._wrong.append(f"events that were pushed twice wrote {phases[-1][2]} segments")
        refused = {rejection["id"] for _, done, _ in phases for rejection in done.rejected}
        if refused != {event["id"] for event in activity.invalid}:
            self._wrong.append(f"not exactly the invalid events were refused, but {sorted(map(str, refused))[:10]}")
        return phases

    def _phase(self, name: str, parts: Sequence[Sequence[Event]]) -> tables.Phase:
        before, done = self._segments(), Pushed()
        with self._progress(name, sum(map(len, parts))) as progress:
            for count in self._client.push(parts, done):
                progress.advance(progress.task_ids[0], count)
        return name, done, self._segments() - before

    @contextmanager
    def _progress(self, name: str, events: int) -> Iterator[Progress]:
        words = TextColumn("pushing {task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("events")
        if not self._console.is_terminal:
            self._console.print(f"pushing {name}: {events:,} events")
        disabled = not self._console.is_terminal
        with Progress(*words, console=self._console, transient=True, disable=disabled) as progress:
            progress.add_task(name, total=events)
            yield progress

    def _fold(self) -> float:
        """Waits until all of it is in the roll-ups; the seconds that took."""
        began = time.perf_counter()
        if not self._console.is_terminal:
            self._console.print("folding the rest")
        with self._console.status("folding the rest"):
            self._stack.drain(_DRAIN_SECONDS)
        return time.perf_counter() - began

    def _segments(self) -> int:
        """How many items the Facts table holds: the API does not say what it wrote, so the demo looks behind it."""
        pages = self._stack.client("dynamodb").get_paginator("scan")
        return sum(
            page["Count"] for page in pages.paginate(TableName=self._stack.resources["FactsTable"], Select="COUNT")
        )

    def _ask(
        self, activity: Activity
    ) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any], dict[str, Any], float, float]:
        """The list, the answers by id, Bot Stats by bot, alerts by whom they are about, the seconds that the batch took,
        and when it was asked."""
        reports = self._client.reports()
        ids = {report["name"].removesuffix(" Report"): report["id"] for report in reports}
        needed = _needed(activity)
        inputs = {
            report["id"]: {name: needed[name] for name in report["meta"]["input"].get("required", ())}
            for report in reports
        }
        stats_id = ids[tables.BOT_STATS]
        while True:
            at, began = time.time(), time.perf_counter()
            answers = self._client.generate(inputs)
            seconds = time.perf_counter() - began
            # A batch asks each report once, so the other bots are asked for one by one.
            stats = {bot.id: self._client.generate_one(stats_id, {"botId": bot.id}) for bot in BOTS[1:]}
            of_bots = {bot.name: self._client.generate_one(ids["Bot Alerts"], {"botId": bot.id}) for bot in BOTS}
            if at // QUARTER == time.time() // QUARTER:  # else the window has moved on in between
                alerts = {"the account": answers[ids["Alerts"]], **of_bots}
                return reports, answers, {BOTS[0].id: answers[stats_id], **stats}, alerts, seconds, at

    def _live(self, activity: Activity) -> None:
        """Lets an alert live. What the topic says is the demo's for as long."""
        letters, afterwards = Letters(), self._stack.notice
        self._stack.notice = letters
        try:
            wrong = Life(self._client, letters, self._console, lambda: self._stack.drain(_DRAIN_SECONDS)).run(activity)
        finally:
            self._stack.notice = afterwards
        if wrong:
            self._wrong.append(wrong)
            tables.show_wrong(self._console, self._wrong)

    def _check(
        self, activity: Activity, held: int, reports: dict[str, Any], stats: dict[str, Any], asked_at: float
    ) -> None:
        if held:
            tables.show_skipped(self._console, held)
        else:
            pushed = [*activity.events, *activity.corrections, *activity.deletions]
            recount = Recount(pushed, asked_at)
            self._wrong += recount.disagreements(reports, stats)
            if not self._wrong:
                tables.show_agreed(self._console, recount.figures, len(pushed))
        if self._wrong:
            tables.show_wrong(self._console, self._wrong)


def _needed(activity: Activity) -> dict[str, Any]:
    """What reports must be told."""
    conversations = [event["id"] for event in activity.events if event["kind"] == "conversation"]
    datasets = {event["id"] for event in activity.events if event.get("type") == "dataset"}
    return {"botId": BOTS[0].id, "conversationIds": conversations[-3:], "datasetIds": sorted(datasets)}
