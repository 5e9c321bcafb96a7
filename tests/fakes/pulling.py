"""A whole Wallboard in memory that pulls from simulated vendors: the queue is worked off here, and waiting moves the clock."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.vendors import Vendor
from tests.fakes.world import FACTS, World
from wallboard.adapters.dynamodb.keys import bucket_of
from wallboard.measures.fold import live_rows
from wallboard.model.facts import KINDS, Bucket
from wallboard.runtime.wiring import Parts, Unlimited
from wallboard.services.manage_sources import SourceItem, Sync, SyncStarted, list_sources, sync
from wallboard.services.pull import Turn
from wallboard.sources._source import Reply

TENANT = "acme"
LAMBDA = 900_000
"""Milliseconds that a worker has."""


class _Wires:
    """The transport to all of them, by their hosts."""

    def __init__(self, vendors: Mapping[str, Vendor]) -> None:
        self._by_host = {host: vendor.transport for vendor in vendors.values() for host in vendor.simulator.hosts}

    def send(self, method: str, url: str, **request: Any) -> Reply:
        return self._by_host[url.split("/")[2]].send(method, url, **request)


class Pulling:
    """`simulated` are arguments of the simulators, by vendor. Each vendor is a source of its name."""

    def __init__(
        self,
        *vendors: str,
        now: str = "2026-11-21T10:20:00Z",
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        simulated: Mapping[str, Mapping[str, Any]] | None = None,
        client: Any = None,
        unlimited: bool = True,
        world: World | None = None,
    ) -> None:
        self.world = world or World(now=now, client=client)
        self.vendors = {}
        for name in vendors:
            vendor = Vendor.of(
                name, now=now, settings=dict((settings or {}).get(name, {})), **(simulated or {}).get(name, {})
            )
            vendor.simulator.now = lambda: self.world.at
            self.vendors[name] = vendor
        limiter = Unlimited() if unlimited else self.world.parts.limiter
        self.world.parts = replace(self.world.parts, transport=_Wires(self.vendors), limiter=limiter)
        for name, vendor in self.vendors.items():
            told = {**vendor.simulator.settings, **(settings or {}).get(name, {})}
            self.parts.source_settings.set_up(TENANT, name, name, told)

    @property
    def parts(self) -> Parts:
        return self.world.parts

    def sync(self, name: str, start: str, end: str, **asked: Any) -> SyncStarted:
        """Asks for a pull of [start, end)."""
        range_ = Sync.model_validate({"from": start, "to": end, **asked})
        return sync(TENANT, name, range_, plan=self.parts.plan_pulls, now=self.world.at)

    def work(self, *, most: int = 5_000, each: Callable[[Turn], None] | None = None, lambda_: int = LAMBDA) -> int:
        """Works the queue off, as workers do one after the other; waits where nothing else is to be done. Answers how many
        turns there were."""
        done = 0
        while self.world.pulls.messages:
            body, delay = min(self.world.pulls.messages, key=lambda message: message[1])
            self.world.pulls.messages.remove((body, delay))
            if delay:
                self.world.sleep(delay)
                self.world.pulls.messages = [(text, max(0, left - delay)) for text, left in self.world.pulls.messages]
            turn = Turn.from_json(body)
            if each:
                each(turn)
            self.parts.pull(turn, until=self.world.at + lambda_)
            done += 1
            assert done < most, "the queue never ends"
        return done

    def pull(self, name: str, start: str, end: str, **asked: Any) -> None:
        """Asks for a pull, and waits for its end. Every window must have succeeded."""
        self.sync(name, start, end, **asked)
        self.work()
        failed = [failure for stream in self.shown(name).streams for job in stream.jobs for failure in job.failed]
        assert not failed, failed

    def shown(self, name: str) -> SourceItem:
        """What the list says of a source."""
        parts = self.parts
        found = list_sources(TENANT, sources=parts.sources, settings=parts.source_settings, now=self.world.at)
        return next(item for item in found.items if item.name == name)

    def use_client(self, client: Any) -> None:
        """From now on the store is reached through this client."""

        def through(part: Any) -> Any:
            return replace(part, table=replace(part.table, client=client))

        parts = self.parts
        self.world.parts = replace(
            parts,
            facts=through(parts.facts),
            gauges=through(parts.gauges),
            directory=through(parts.directory),
            sources=through(parts.sources),
        )

    def facts(self, *kinds: str, tenant: str = TENANT) -> list[dict[str, Any]]:
        """The live facts of these kinds, or of all, as plain objects without their versions, each with its `kind`."""
        return [fact for kind in kinds or KINDS for fact in self._facts(tenant, kind)]

    def _facts(self, tenant: str, kind: str) -> Iterator[dict[str, Any]]:
        buckets = self._buckets(tenant, kind)
        for _, segments in sorted(self.parts.facts.read(buckets).items()):
            for record in live_rows(segments).records():
                known = {name: value for name, value in record.items() if value is not None}
                known.pop("version", None)
                yield {"kind": kind, **known}

    def _buckets(self, tenant: str, kind: str) -> list[Bucket]:
        found = (bucket_of(partition) for partition, items in self.world.store.tables[FACTS].items() if items)
        return [bucket for bucket in found if (bucket.tenant, bucket.kind) == (tenant, kind)]

    def written(self) -> int:
        """How many writes of facts there were so far."""
        return len([record for record in self.world.store.stream if record["table"] == FACTS])
