"""Fires the template's schedules as EventBridge does, each in a thread of its own."""

import json
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from local.clock import next_moment
from local.template import Schedule

_LONGEST_WAIT = 30.0  # a laptop that slept must notice


class Schedules:
    """A context manager: waits for each schedule's moments and invokes its function. A moment that passed while the
    function still ran, or while nothing ran, is not made up for."""

    def __init__(self, schedules: Sequence[Schedule], invoke: Callable[[str, Any], Any]) -> None:
        self._schedules = {schedule.name: schedule for schedule in schedules}
        self._invoke = invoke
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=f"schedule {name}", daemon=True)
            for name in self._schedules
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def fire(self, name: str) -> Any:
        """Invokes the schedule's function now and answers what it answered. `name` is `Schedule.name`."""
        schedule = self._schedules[name]
        return self._invoke(schedule.function, json.loads(schedule.input))

    def _run(self, name: str) -> None:
        after = next_moment(self._schedules[name].expression)
        while (moment := after(datetime.now(UTC))) is not None:
            while (left := (moment - datetime.now(UTC)).total_seconds()) > 0:
                if self._stop.wait(min(left, _LONGEST_WAIT)):
                    return
            try:
                self.fire(name)
            except Exception:
                traceback.print_exc()
                print(f"schedule {name} failed", file=sys.stderr)
