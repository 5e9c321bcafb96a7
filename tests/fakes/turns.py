"""Runs several things at once, one store call at a time, in an order that a seed decides: any race can be had again."""

from collections.abc import Callable, Sequence
from random import Random
from threading import Condition, Thread, current_thread
from typing import Any


class Turns:
    """A client around a client. Inside `run`, each call waits for its turn; elsewhere calls pass at once."""

    def __init__(self, client: Any, chance: Random) -> None:
        self._client = client
        self._chance = chance
        self._state = Condition()
        self._waiting: set[Thread] = set()
        self._running: set[Thread] = set()
        self._next: Thread | None = None

    def run(self, works: Sequence[Callable[[], None]]) -> None:
        """Runs all to their end. Raises the first failure."""
        failures: list[BaseException] = []

        def guarded(work: Callable[[], None]) -> None:
            try:
                work()
            except BaseException as error:
                failures.append(error)
            finally:
                with self._state:
                    self._running.discard(current_thread())
                    self._state.notify_all()

        threads = [Thread(target=guarded, args=(work,), name=str(place)) for place, work in enumerate(works)]
        self._running = set(threads)
        for thread in threads:
            thread.start()
        with self._state:
            while self._running:
                self._state.wait_for(lambda: self._next is None and self._waiting >= self._running)
                if self._running:
                    self._next = self._chance.choice(sorted(self._waiting, key=lambda thread: thread.name))
                    self._state.notify_all()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._client, name)

        def call(**request: Any) -> Any:
            me = current_thread()
            if me not in self._running:
                return real(**request)
            with self._state:
                self._waiting.add(me)
                self._state.notify_all()
                self._state.wait_for(lambda: self._next is me)
                self._waiting.discard(me)
                try:
                    return real(**request)
                finally:
                    self._next = None
                    self._state.notify_all()

        return call
