"""One alert of the demo as it lives: it fires, people are told, somebody acknowledges it, and what it is about gets better."""

import json
import queue
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.console import Console

from local import demo_tables as tables
from local.demo_activity import BILLING, DAY, Activity, Event, iso
from local.demo_client import Client, Pushed
from local.notices import Notice

RULE = "bot_negative_feedback"
WHO = "ada@example.com"
NOTE = "Invoices were sent twice on that day. Refunds go out today."
REASON = "Got my refund"
NEW = 20  # good ratings; with those of the bad day corrected, the share is far enough below 24 % on any day of the week

_LIFE = [(None, "pending"), ("pending", "firing"), ("firing", "acknowledged"), ("acknowledged", "resolved")]


class NotAsItShould(Exception):
    """The alert did not do what it is there for; the message says what."""


class Letters:
    """What the topic says, kept until somebody asks, who waits for so many `seconds`. Give it to the stack as its `notice`."""

    def __init__(self, seconds: float = 30.0) -> None:
        self._seconds = seconds
        self._arrived: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self._kept: list[Notice] = []

    def __call__(self, notice: Notice) -> None:
        self._arrived.put(notice)

    def of(self, alert: str, state: str) -> Notice:
        """The letter that tells of this alert in this state. Raises NotAsItShould when it does not come."""
        deadline = time.monotonic() + self._seconds
        while not (found := [each for each in self._kept if _told(each) == (alert, state)]):
            try:
                self._kept.append(self._arrived.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                raise NotAsItShould(f"SNS said nothing of alert {alert} being {state}") from None
        return found[0]

    def states(self, alert: str) -> list[str]:
        """What has been told of this alert up to now."""
        while not self._arrived.empty():
            self._kept.append(self._arrived.get())
        return [state for about, state in map(_told, self._kept) if about == alert]


def _told(letter: Notice) -> tuple[str, str]:
    """The alert and its state. The last line of a letter is for machines."""
    about = json.loads(letter.text.splitlines()[-1])
    return about["alert"], letter.attributes.get("state", "")


def _is_ours(alert: Mapping[str, Any]) -> bool:
    return alert["rule"] == RULE and alert.get("botId") == BILLING.id


class Life:
    """Shows it step by step. `drain` returns when all that was pushed is in the totals."""

    def __init__(self, client: Client, letters: Letters, console: Console, drain: Callable[[], None]) -> None:
        self._client, self._letters, self._console, self._drain = client, letters, console, drain

    def run(self, activity: Activity) -> str | None:
        """None, or what is not as it should be."""
        began = time.perf_counter()
        try:
            self._run(activity)
        except NotAsItShould as error:
            return str(error)
        self._console.print(f"All of that took {time.perf_counter() - began:.1f} s.\n")
        return None

    def _run(self, activity: Activity) -> None:
        tables.show_heading(self._console, "An alert as it lives: a share fires when 2 of 2 evaluations found it")
        alert = self._evaluate_twice("firing")
        self._show_letter(alert, "firing")

        done = self._client.acknowledge(alert, by=WHO, note=NOTE)
        if (done["status"], done["by"], done["note"]) != ("acknowledged", WHO, NOTE):
            raise NotAsItShould(f"alert {alert} was acknowledged, but it is {done}")
        tables.show_heading(self._console, f"{WHO} acknowledges it: “{NOTE}”")
        self._show_letter(alert, "acknowledged")

        corrections, new = _put_right(activity, time.time()), list(_good(time.time()))
        for _ in self._client.push([corrections, new], Pushed()):
            pass
        self._drain()
        tables.show_heading(
            self._console,
            f"{len(corrections)} people correct their rating and {len(new)} give a good one: two quiet evaluations resolve it",
        )
        self._evaluate_twice("resolved")
        self._show_letter(alert, "resolved")

        history = self._client.alert(alert)["history"]
        tables.show_history(self._console, history)
        lived = [(entry.get("from"), entry["to"]) for entry in history]
        if lived != _LIFE:
            raise NotAsItShould(f"the history of alert {alert} is {lived}, not {_LIFE}")
        if (told := self._letters.states(alert)) != [state for _, state in _LIFE[1:]]:
            raise NotAsItShould(f"SNS said that alert {alert} is {told}, not each of its states once")

    def _evaluate_twice(self, state: str) -> str:
        """The alert about the ratings of the demo's bad bot, which must have come to that state with the second
        evaluation."""
        rounds = [self._evaluate(), self._evaluate()]
        known = {alert["id"]: alert for alert in self._client.alerts()}
        tables.show_transitions(self._console, rounds, known, {BILLING.id: BILLING.name})
        came = [entry for entry in rounds[1] if _is_ours(known[entry["alert"]])]
        if [(entry["to"], entry["severity"]) for entry in came] != [(state, "critical")]:
            raise NotAsItShould(f"the second evaluation should have made a critical alert {state}, and came to {came}")
        return str(came[0]["alert"])

    def _evaluate(self) -> list[dict[str, Any]]:
        done = self._client.evaluate()
        if done["held"] or done["broken"]:
            raise NotAsItShould(f"rules were held back ({done['held']}) or failed ({done['broken']})")
        return list(done["transitions"])

    def _show_letter(self, alert: str, state: str) -> None:
        tables.show_letter(self._console, self._letters.of(alert, state))


def _put_right(activity: Activity, now: float) -> list[Event]:
    """Corrections that make good ratings of the bad ones of the bad day."""
    pushed = (*activity.events, *activity.corrections, *activity.deletions)
    latest = {event["id"]: event for event in pushed if event["kind"] == "rating"}
    start, end = iso(activity.bad_day), iso(activity.bad_day + DAY)
    return [
        {**event, "value": 1, "reason": REASON, "updatedAt": iso(now)}
        for event in latest.values()
        if event["botId"] == BILLING.id
        and event["value"] < 0
        and start <= event["createdAt"] < end
        and not event.get("deleted")
    ]


def _good(now: float) -> Iterator[Event]:
    for number in range(NEW):
        at = iso(now - NEW + number)
        yield {
            "kind": "rating",
            "id": f"r-again-{at}",
            "createdAt": at,
            "updatedAt": at,
            "value": 1,
            "botId": BILLING.id,
            "reason": REASON,
        }
