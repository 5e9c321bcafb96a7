"""How far the sources of a tenant have come that are pulled by the clock."""

from collections.abc import Callable
from dataclasses import dataclass

from wallboard.errors import BrokenMember
from wallboard.model.pulls import Feed
from wallboard.registry import Family
from wallboard.services.ports import SourceConfig, Sources
from wallboard.sources._source import Source

Feeds = Callable[[str], list[Feed]]


@dataclass(frozen=True, slots=True)
class ReadFeeds:
    """By tenant, the feeds of those sources that have ever been pulled. Needs no credentials."""

    vendors: Family[Source]
    sources: Sources

    def __call__(self, tenant: str) -> list[Feed]:
        found = (self._feed(tenant, config) for config in self.sources.all(tenant))
        return [feed for feed in found if feed]

    def _feed(self, tenant: str, config: SourceConfig) -> Feed | None:
        if not (config.enabled and config.every_hours):
            return None
        pulled = {
            name: state for name, state in self.sources.states(tenant, config.name).items() if state.cursor is not None
        }
        if not pulled:
            return None
        slowest = min(pulled.values(), key=lambda state: state.cursor or 0)
        try:
            streams = self.vendors.load(config.vendor).streams
        except BrokenMember:
            streams = []
        kinds = frozenset(kind for stream in streams if stream.name in pulled for kind in stream.kinds)
        error = slowest.last_error
        told = error.message if error and error.at > (slowest.last_success or 0) else None
        return Feed(config.name, slowest.cursor or 0, config.every_hours, kinds, told)
