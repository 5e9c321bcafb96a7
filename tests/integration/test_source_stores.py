"""What the stores of sources promise, on the fake and on moto: configurations, states, limits of vendors, secrets."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from heapq import heappop, heappush
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from pydantic import TypeAdapter

from local.resources import create_resources
from local.template import Template
from tests.fakes.dynamodb import FakeDynamoDB
from tests.fakes.faults import FaultyClient
from tests.fakes.world import Inline
from wallboard.adapters.dynamodb.sources import DynamoLimiter, DynamoSources
from wallboard.adapters.dynamodb.table import Table
from wallboard.adapters.secrets import SecretsManager
from wallboard.errors import NotFound, TryAgain, VendorRefuses
from wallboard.model.pulls import Counts, Failure, Job, StreamState
from wallboard.services.plan_pulls import MOST_WINDOWS
from wallboard.services.ports import SourceConfig
from wallboard.sources._source import Limit

NOW = 1_795_256_400_000
CALL_LASTS = 600_000


@pytest.fixture(params=["fake", "moto"])
def table(request: pytest.FixtureRequest, aws: None) -> Iterator[Table]:
    """An empty table of state, made from template.yaml."""
    if request.param == "fake":
        yield Table(FakeDynamoDB(page=2_000), "StateTable", Inline())
    else:
        with mock_aws():
            create_resources(client_of, Template())
            yield Table(client_of("dynamodb"), "StateTable", Inline())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are none."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@cache
def session() -> botocore.session.Session:
    """One for all: it reads the models of the services once."""
    return botocore.session.get_session()


def client_of(service: str) -> Any:
    return session().create_client(service)


# ---- configurations


def test_a_source_is_read_back_as_it_was_put(table: Table) -> None:
    sources = DynamoSources(table)
    config = SourceConfig("eu.calls", "ringcx", {"zone": "Europe/Berlin", "ids": [1, 2], "on": None}, False, 6)
    sources.put("acme", config)
    assert sources.find("acme", "eu.calls") == config
    other = SourceConfig("eu.calls", "gladly", {})
    sources.put("acme", other)
    assert sources.all("acme") == [other]


def test_sources_are_listed_by_name_and_only_for_their_tenant(table: Table) -> None:
    sources = DynamoSources(table)
    for name in ("b", "B", "a.1", "a-1", "a"):
        sources.put("acme", SourceConfig(name, "ringcx", {}))
    assert [each.name for each in sources.all("acme")] == ["B", "a", "a-1", "a.1", "b"]
    assert sources.all("acm") == sources.all("umbrella") == []
    assert sources.find("umbrella", "a") is None


@pytest.mark.parametrize("name", ["", "x" * 65, "x" * 3000, "nothing"])
def test_a_name_that_nobody_can_have_is_not_found(table: Table, name: str) -> None:
    assert DynamoSources(table).find("acme", name) is None


def test_a_source_that_is_removed_leaves_no_state_and_its_neighbours_as_they_were(table: Table) -> None:
    sources = DynamoSources(table)
    for tenant, name in (("acme", "a"), ("acme", "a2"), ("umbrella", "a")):
        sources.put(tenant, SourceConfig(name, "ringcx", {}))
        for stream in ("calls", "logs"):
            sources.update(tenant, name, stream, begun)
    sources.remove("acme", "a")
    sources.remove("acme", "a")
    assert (sources.find("acme", "a"), sources.states("acme", "a")) == (None, {})
    assert sorted(sources.states("acme", "a2")) == sorted(sources.states("umbrella", "a")) == ["calls", "logs"]


# ---- states


def begun(state: StreamState, run: int = 100) -> StreamState:
    return state.begun(Job(run=run, start=0, end=20, windows=2, waiting=[(0, 10), (10, 20)]), settled="2026-11-21")


def pulled(state: StreamState, *, run: int = 100) -> StreamState:
    return state.pulled(run, (0, 10), Counts(1, 2, 3, 4, 5), at=NOW)


def test_a_state_is_read_back_as_it_was_left(table: Table) -> None:
    sources = DynamoSources(table)
    assert sources.states("acme", "a") == {}
    failure = Failure(NOW, "der Anbieter schläft; {nothing}", (10, 20))
    sources.update("acme", "a", "calls", begun)
    sources.update("acme", "a", "calls", pulled)
    left = sources.update("acme", "a", "calls", lambda state: state.failed(100, failure))
    expected = replace(pulled(begun(StreamState())).failed(100, failure), version=3)
    assert as_text(left) == as_text(expected) == as_text(as_stored(table))
    assert (left.cursor, left.settled, left.last_error, left.version) == (10, "2026-11-21", failure, 3)


def as_text(state: StreamState) -> str:
    """So that a list and a tuple of the same are the same."""
    return TypeAdapter(StreamState).dump_json(state).decode()


def as_stored(table: Table) -> StreamState:
    """The state as a worker finds it that knows nothing yet."""
    found = DynamoSources(table).states("acme", "a")
    assert list(found) == ["calls"]
    return found["calls"]


def test_what_changes_nothing_writes_nothing(table: Table) -> None:
    sources = DynamoSources(table)
    assert sources.update("acme", "a", "calls", lambda state: state) == StreamState()
    assert sources.states("acme", "a") == {}
    first = sources.update("acme", "a", "calls", begun)
    again = sources.update("acme", "a", "calls", lambda state: state.pulled(7, (0, 10), Counts(), at=1))
    assert as_text(again) == as_text(first)


def test_many_streams_are_read_beyond_one_page(table: Table) -> None:
    sources = DynamoSources(table)
    for number in range(40):
        sources.update("acme", "a", f"stream-{number:02}", begun)
    assert list(sources.states("acme", "a")) == [f"stream-{number:02}" for number in range(40)]


def test_two_workers_that_finish_at_the_same_time_lose_nothing(table: Table) -> None:
    """The second reads again what the first has left."""
    sources = DynamoSources(table)
    sources.update("acme", "a", "calls", begun)
    tries = []

    def while_another_finishes(state: StreamState) -> StreamState:
        tries.append(state.version)
        if len(tries) == 1:
            sources.update("acme", "a", "calls", pulled)
        return state.pulled(100, (10, 20), Counts(rows=10), at=NOW + 1)

    done = sources.update("acme", "a", "calls", while_another_finishes)
    assert tries == [1, 2]
    assert (done.cursor, done.counts.rows, done.jobs[100].is_over) == (20, 11, True)
    assert as_text(done) == as_text(as_stored(table))


def test_the_first_of_two_states_is_not_written_over(table: Table) -> None:
    sources = DynamoSources(table)

    def while_another_begins(state: StreamState) -> StreamState:
        if not state.version:
            sources.update("acme", "a", "calls", begun)
        return begun(state, run=101)

    assert set(sources.update("acme", "a", "calls", while_another_begins).jobs) == {100, 101}


def test_a_state_that_keeps_moving_is_left_to_another_try(table: Table) -> None:
    sources = DynamoSources(table)

    def moving(state: StreamState) -> StreamState:
        sources.update("acme", "a", "calls", lambda other: begun(other, run=other.version + 1))
        return pulled(begun(state))

    with pytest.raises(TryAgain, match="the state of a, calls kept moving"):
        sources.update("acme", "a", "calls", moving)


def test_a_write_whose_answer_is_lost_counts_once() -> None:
    """The worker is told to try again; the second time the window is done already."""
    fake = FakeDynamoDB()
    sources = DynamoSources(Table(fake, "StateTable", Inline()))
    sources.update("acme", "a", "calls", begun)
    faulty = DynamoSources(Table(FaultyClient(fake, at=2, fault="lost answer"), "StateTable", Inline()))
    with pytest.raises(TryAgain):
        faulty.update("acme", "a", "calls", pulled)
    assert sources.update("acme", "a", "calls", pulled).counts.rows == 1


def windows_of(count: int) -> list[tuple[int, int]]:
    return [(NOW + place * 3_600_000, NOW + (place + 1) * 3_600_000) for place in range(count)]


def test_the_largest_job_that_may_be_begun_can_be_kept(table: Table) -> None:
    job = Job(run=NOW, start=0, end=1, windows=MOST_WINDOWS, waiting=windows_of(MOST_WINDOWS))
    DynamoSources(table).update("acme", "a", "calls", lambda state: state.begun(job))
    assert len(as_stored(table).jobs[NOW].waiting) == MOST_WINDOWS


def test_the_largest_job_can_be_kept_though_every_window_has_failed(table: Table) -> None:
    """As when a key is taken away in the middle of a long backfill."""
    words = "Samespace does not know the API key: make one in Settings, Developers, API Keys, and put it in"
    failed = [Failure(NOW, words, window) for window in windows_of(MOST_WINDOWS)]
    job = Job(run=NOW, start=0, end=1, windows=MOST_WINDOWS, waiting=[], failed=failed)
    DynamoSources(table).update("acme", "a", "calls", lambda state: state.begun(job))


# ---- limits


@dataclass
class Meddling:
    """A client before each of whose first writes somebody else does something."""

    client: Any
    meddle: Callable[[], object]
    times: int

    def put_item(self, **request: Any) -> Any:
        if self.times:
            self.times -= 1
            self.meddle()
        return self.client.put_item(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)


@dataclass
class Workers:
    """So many workers that call as fast as they may, each for a while. `began` are the instants at which calls began."""

    limiter: DynamoLimiter
    limit: Limit
    chance: random.Random
    began: list[int] = field(default_factory=list)
    going_on: int = 0
    most_at_once: int = 0

    def run(self, workers: int, calls: int, longest: int) -> None:
        """Until so many calls have begun; a call lasts up to `longest` milliseconds."""
        waiting: list[tuple[int, int, bool]] = []
        for worker in range(workers):
            heappush(waiting, (NOW + self.chance.randrange(500), worker, False))
        while len(self.began) < calls:
            now, worker, is_calling = heappop(waiting)
            if is_calling:
                self.limiter.leave("vendor", self.limit, now=now)
                self.going_on -= 1
                heappush(waiting, (now, worker, False))
            elif (wait := self.limiter.enter("vendor", self.limit, now=now)) > 0:
                heappush(waiting, (now + max(1, round(wait * 1000)), worker, False))
            else:
                self.began.append(now)
                self.going_on += 1
                self.most_at_once = max(self.most_at_once, self.going_on)
                heappush(waiting, (now + self.chance.randrange(1, longest), worker, True))

    def most_in(self, seconds: int) -> int:
        """The most calls that began in any so many seconds."""
        length = seconds * 1000
        return max(sum(first <= at < first + length for at in self.began) for first in self.began)


LIMITS = [
    Limit([(1, 1)]),
    Limit([(3, 2)]),
    Limit([(2, 1), (5, 10)]),
    Limit([(20, 60)], parallel=1),
    Limit([(5, 1)], parallel=2),
    Limit([], parallel=3),
]


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_no_more_calls_begin_in_any_time_than_the_limit_says(table: Table, limit: Limit) -> None:
    workers = Workers(DynamoLimiter(table), limit, random.Random(7))
    workers.run(workers=6, calls=60, longest=1_500)
    for count, seconds in limit.rates:
        assert workers.most_in(seconds) == count, "never more; and as many as may be, as nobody waits for nothing"
    assert workers.most_at_once <= (limit.parallel or 6)


def test_whoever_must_wait_is_told_for_how_long(table: Table) -> None:
    limiter, limit = DynamoLimiter(table), Limit([(2, 10), (3, 60)])
    entered = [limiter.enter("v", limit, now=NOW + at) for at in (0, 4_000)]
    assert entered == [0, 0]
    assert limiter.enter("v", limit, now=NOW + 5_000) == 5
    assert limiter.enter("v", limit, now=NOW + 9_999) == 0.001
    assert limiter.enter("v", limit, now=NOW + 10_000) == 0, "whoever only asked has taken nothing"
    assert limiter.enter("v", limit, now=NOW + 20_000) == 40
    assert limiter.enter("v", limit, now=NOW + 60_000) == 0


def test_a_place_is_free_again_when_a_call_is_over_or_its_worker_has_died(table: Table) -> None:
    limiter, limit = DynamoLimiter(table), Limit([], parallel=2)
    assert [limiter.enter("v", limit, now=NOW) for _ in range(3)] == [0, 0, 1]
    limiter.leave("v", limit, now=NOW + 5)
    assert [limiter.enter("v", limit, now=NOW + 5) for _ in range(2)] == [0, 1]
    assert limiter.enter("v", limit, now=NOW + CALL_LASTS - 1) == 1
    assert limiter.enter("v", limit, now=NOW + CALL_LASTS + 5) == 0


def test_a_place_of_a_dead_worker_is_free_again_though_others_go_on_calling(table: Table) -> None:
    limiter, limit = DynamoLimiter(table), Limit([], parallel=2)
    limiter.enter("v", limit, now=NOW)  # and dies
    for minute in range(1, 30):
        assert limiter.enter("v", limit, now=NOW + minute * 60_000) == 0
        limiter.leave("v", limit, now=NOW + minute * 60_000 + 1_000)
    later = NOW + 30 * 60_000
    assert [limiter.enter("v", limit, now=later) for _ in range(2)] == [0, 0]


def test_limits_do_not_know_each_other(table: Table) -> None:
    limiter, limit = DynamoLimiter(table), Limit([(1, 60)])
    names = ["ringcx:a:", "ringcx:b:", "ringcx:a:reports", "gladly:a:"]
    assert [limiter.enter(name, limit, now=NOW) for name in names] == [0, 0, 0, 0]
    assert [limiter.enter(name, limit, now=NOW) for name in names] == [60, 60, 60, 60]


def test_two_tenants_of_one_organisation_share_its_limit(table: Table) -> None:
    """They have workers, and so limiters, of their own; the name of a limit names no tenant."""
    one, other, limit = DynamoLimiter(table), DynamoLimiter(table), Limit([(2, 60)])
    assert one.enter("ringcx:org-1:", limit, now=NOW) == 0
    assert other.enter("ringcx:org-1:", limit, now=NOW + 1_000) == 0
    assert one.enter("ringcx:org-1:", limit, now=NOW + 2_000) == 58
    assert [item["sk"]["S"] for item in table.query("-#limit")] == ["ringcx:org-1:"]


def test_of_two_who_enter_at_once_one_sees_the_other(table: Table) -> None:
    limit, others = Limit([(1, 1)]), []
    calm = DynamoLimiter(table)
    meddling = Meddling(table.client, lambda: others.append(calm.enter("v", limit, now=NOW)), times=1)
    hasty = DynamoLimiter(Table(meddling, table.name, Inline()))
    assert (hasty.enter("v", limit, now=NOW), others) == (1, [0])


def test_where_too_many_enter_at_once_everybody_waits_a_second(table: Table) -> None:
    limit, clock = Limit([(10**6, 1)]), iter(range(10**6))
    calm = DynamoLimiter(table)
    meddling = Meddling(table.client, lambda: calm.enter("v", limit, now=NOW + next(clock)), times=10**6)
    assert DynamoLimiter(Table(meddling, table.name, Inline())).enter("v", limit, now=NOW) == 1


def test_leaving_what_nobody_entered_does_no_harm(table: Table) -> None:
    limiter, limit = DynamoLimiter(table), Limit([], parallel=1)
    limiter.leave("v", limit, now=NOW)
    assert limiter.enter("v", limit, now=NOW) == 0
    limiter.leave("v", limit, now=NOW)
    limiter.leave("v", limit, now=NOW)
    assert [limiter.enter("v", limit, now=NOW) for _ in range(2)] == [0, 1]


def test_old_calls_are_forgotten(table: Table) -> None:
    limiter, limit = DynamoLimiter(table), Limit([(5, 1)], parallel=9)
    for second in range(200):
        limiter.enter("v", limit, now=NOW + second * 1_000)
        limiter.leave("v", limit, now=NOW + second * 1_000 + 10)
    [item] = table.query("-#limit")
    assert len(item["c"]["S"]) < 100


# ---- secrets


@pytest.fixture
def manager(aws: None) -> Iterator[Any]:
    with mock_aws():
        yield client_of("secretsmanager")


def test_a_secret_is_read_back_by_every_process_and_kept_under_the_prefix(manager: Any) -> None:
    SecretsManager(manager, "wallboard").put("acme/source/eu", {"api_key": "ü", "user": "x"})
    assert SecretsManager(manager, "wallboard").get("acme/source/eu") == {"api_key": "ü", "user": "x"}
    assert [each["Name"] for each in manager.list_secrets()["SecretList"]] == ["wallboard/acme/source/eu"]
    for prefix, name in (("wallboard", "acme/source/us"), ("other", "acme/source/eu")):
        with pytest.raises(NotFound, match=f"There is no secret {prefix}/{name}"):
            SecretsManager(manager, prefix).get(name)


def test_a_secret_that_is_put_again_is_another(manager: Any) -> None:
    secrets = SecretsManager(manager, "wallboard")
    for value in ("1", "2"):
        secrets.put("a", {"key": value})
        assert secrets.get("a") == {"key": value}


def test_a_secret_that_is_about_to_be_deleted_is_not_there(manager: Any) -> None:
    SecretsManager(manager, "wallboard").put("a", {"key": "1"})
    manager.delete_secret(SecretId="wallboard/a")
    with pytest.raises(NotFound):
        SecretsManager(manager, "wallboard").get("a")


class Counting:
    """A client that counts what it is asked for, and then refuses if told so."""

    def __init__(self, client: Any, refuses: str = "") -> None:
        self.asked: list[str] = []
        self._client, self._refuses = client, refuses

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803  # as the real one
        self.asked.append(SecretId)
        if self._refuses:
            raise ClientError({"Error": {"Code": self._refuses, "Message": ""}}, "GetSecretValue")
        found: Mapping[str, Any] = self._client.get_secret_value(SecretId=SecretId)
        return found


def test_a_secret_is_fetched_once_per_process_and_again_when_it_is_forgotten(manager: Any) -> None:
    SecretsManager(manager, "wallboard").put("a", {"key": "1"})
    client = Counting(manager)
    secrets = SecretsManager(client, "wallboard")
    assert [secrets.get("a"), secrets.get("a")] == [{"key": "1"}] * 2
    SecretsManager(manager, "wallboard").put("a", {"key": "2"})
    assert (secrets.get("a"), client.asked) == ({"key": "1"}, ["wallboard/a"])
    secrets.forget("a")
    secrets.forget("never known")
    assert (secrets.get("a"), len(client.asked)) == ({"key": "2"}, 2)


def test_a_service_that_is_busy_is_asked_again_later_and_a_refusal_is_no_missing_secret(manager: Any) -> None:
    with pytest.raises(TryAgain):
        SecretsManager(Counting(manager, "ThrottlingException"), "wallboard").get("a")
    with pytest.raises(VendorRefuses, match="AccessDeniedException"):
        SecretsManager(Counting(manager, "AccessDeniedException"), "wallboard").get("a")


def test_a_secret_is_not_shown(manager: Any) -> None:
    secrets = SecretsManager(manager, "wallboard")
    secrets.put("a", {"key": "s3cret"})
    secrets.get("a")
    assert "s3cret" not in repr(secrets)
