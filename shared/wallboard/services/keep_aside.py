"""Rows of vendors that cannot be read, kept aside once, where the first window that brought them begins, until they can be.

Windows overlap, and lists come whole every time. So the state of a stream names the windows that have left rows aside; where
there are none, nothing is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from wallboard.measures.fold import latest
from wallboard.model.facts import Bucket
from wallboard.model.pulls import Span
from wallboard.model.time import HOUR, hour_name
from wallboard.services.ports import Facts
from wallboard.services.store_changes import Unreadable


class Aside:
    """What earlier windows left aside that this one may bring again. `spans` are all windows of the stream that did. A stream
    that `lists` everything brings all of it again."""

    def __init__(
        self, facts: Facts, tenant: str, source: str, stream: str, window: Span, spans: Sequence[Span], *, lists: bool
    ) -> None:
        self._stream, self._window, self._lists = stream, window, lists
        self._spans = [span for span in spans if lists or (span[0] < window[1] and window[0] < span[1])]
        self._seen: set[str] = set()
        self._kept: dict[str, Span] = {}
        buckets = {span: Bucket(tenant, "unreadable", hour_name(span[0] // HOUR * HOUR)) for span in self._spans}
        found = facts.read(set(buckets.values())) if buckets else {}
        live = {bucket: latest(segments) for bucket, segments in found.items()}
        for span, bucket in sorted(buckets.items()):
            for (_, name), (fields, _) in live[bucket].items():
                if (fields["source"], fields.get("stream"), fields["at"]) == (source, stream, span[0]):
                    self._kept[name] = span

    @property
    def is_new(self) -> bool:
        """Whether this window leaves rows aside, and did not before."""
        return self._window not in self._spans and self._window in self._kept.values()

    def unreadable(self, row: Any, reason: str) -> Unreadable:
        """The row, to be kept where it is kept already."""
        found = Unreadable(self._stream, self._window[0], reason, row)
        self._seen.add(found.id)
        at, _ = self._kept.setdefault(found.id, self._window)
        return replace(found, at=at)

    def readable(self, row: Any) -> Iterator[Unreadable]:
        """What is to be taken away because this row can be read."""
        if self._kept:
            yield from self._gone(Unreadable(self._stream, 0, None, row).id)

    def unseen(self) -> Iterator[Unreadable]:
        """What is to be taken away after all of this window was read: rows of windows that lie in it, and that it did not bring
        as they were."""
        start, end = self._window
        for name, span in list(self._kept.items()):
            if self._lists or (start <= span[0] and span[1] <= end):
                yield from self._gone(name)

    def _gone(self, name: str) -> Iterator[Unreadable]:
        if name in self._kept and name not in self._seen:
            at, _ = self._kept.pop(name)
            yield Unreadable(self._stream, at, None, None, name)

    def emptied(self) -> list[Span]:
        """The windows of which nothing is kept any more."""
        kept = set(self._kept.values())
        return [span for span in self._spans if span not in kept]
