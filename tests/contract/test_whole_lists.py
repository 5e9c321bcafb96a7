"""Streams that bring all there is of a type: what is not among it any more has gone, unless the list was not whole."""

from typing import Any

from tests.contract.scripted_vendor import Script, one_turn, pulling
from tests.fakes.pulling import TENANT, Pulling
from wallboard.errors import VendorUnavailable
from wallboard.model.time import parse_instant
from wallboard.sources._source import Asked, Stream

AT = "2026-11-20T09:00:00Z"
MINUTE = 60_000


def listing(script: Script, *names: str, lists: tuple[str, ...] = ("agent", "queue")) -> Pulling:
    return pulling(script, *names, things={"lists": lists})


def has(script: Script, *ids: str, type_: str = "agent") -> None:
    """From now on the vendor has these, and no others."""
    script.rows.clear()
    for id in ids:
        script.say("things", {"kind": "resource", "type": type_, "id": id, "name": id.upper()}, at=AT)


def pull(at: Pulling, source: str = "desk") -> int:
    """A minute later; answers what was written."""
    at.world.at += MINUTE
    at.pull(source, "2026-11-20", "2026-11-21", streams=["things"])
    stream = next(stream for stream in at.shown(source).streams if stream.name == "things")
    return stream.jobs[-1].counts.written


def there(at: Pulling, *types: str) -> list[str]:
    found = at.parts.gauges.read(TENANT, types or ("agent", "queue"))
    return [gauge.id for gauges in found.values() for gauge in gauges]


def test_what_is_not_listed_any_more_has_gone_and_may_come_back() -> None:
    script = Script(page=2)
    at = listing(script)
    has(script, "a", "b", "c", "d", "e")
    assert (pull(at), there(at)) == (5, ["desk:a", "desk:b", "desk:c", "desk:d", "desk:e"])
    has(script, "a", "c", "e")
    assert (pull(at), there(at)) == (2, ["desk:a", "desk:c", "desk:e"])
    assert pull(at) == 0
    has(script, "a", "b", "c", "e")
    assert (pull(at), there(at)) == (1, ["desk:a", "desk:b", "desk:c", "desk:e"])


def test_the_names_of_what_has_gone_are_still_known() -> None:
    """Facts of last year mention it."""
    script = Script()
    at = listing(script)
    has(script, "a")
    pull(at)
    has(script, "b")
    pull(at)
    assert there(at) == ["desk:b"]
    assert at.parts.directory.names(TENANT, [("agent", "desk:a")]) == {("agent", "desk:a"): "A"}


def test_a_list_takes_away_nothing_of_another_type_or_source_or_of_what_was_pushed() -> None:
    script = Script()
    at = listing(script, "east", "west", lists=("agent",))
    has(script, "a")
    script.say("things", {"kind": "resource", "type": "queue", "id": "q"}, at=AT)
    pull(at, "east")
    pull(at, "west")
    at.world.push({"kind": "resource", "type": "agent", "id": "z", "updatedAt": AT, "source": "crm"})
    has(script, "b")
    pull(at, "east")
    assert there(at) == ["crm:z", "east:b", "west:a", "east:q", "west:q"]


def test_an_empty_list_takes_nothing_away() -> None:
    """It is likelier a vendor's mistake than the end of everything."""
    script = Script()
    at = listing(script)
    has(script, "a")
    pull(at)
    has(script)
    assert (pull(at), there(at)) == (0, ["desk:a"])


def test_a_stream_that_does_not_list_all_takes_nothing_away() -> None:
    script = Script()
    at = pulling(script)
    has(script, "a")
    pull(at)
    has(script, "b")
    pull(at)
    assert there(at) == ["desk:a", "desk:b"]


def test_a_list_with_a_row_that_cannot_be_read_takes_nothing_away() -> None:
    """It may be the very thing that seems to be missing."""
    script = Script()
    at = listing(script)
    has(script, "a", "b")
    pull(at)
    has(script, "a")
    script.rows["things"].append({"at": parse_instant(AT), "bad": "b"})
    pull(at)
    assert there(at) == ["desk:a", "desk:b"]


def test_a_list_that_two_workers_have_read_takes_nothing_away() -> None:
    """The second knows nothing of what the first has seen."""
    script = Script(page=1)
    at = listing(script)
    has(script, "a", "b", "c")
    pull(at)
    script.fault = lambda stream, asked, place: at.world.sleep(20)
    at.world.at += MINUTE
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["things"])
    one_turn(at, seconds=45 + 30)
    one_turn(at)
    assert (there(at), at.world.pulls.messages) == (["desk:a", "desk:b", "desk:c"], [])


def test_a_list_that_breaks_off_takes_nothing_away() -> None:
    script = Script(page=1)
    at = listing(script)
    has(script, "a", "b", "c")
    pull(at)

    def breaks(stream: str, asked: Asked, place: int) -> None:
        if place == 1:
            raise VendorUnavailable("away")

    script.fault = breaks
    at.world.at += MINUTE
    at.sync("desk", "2026-11-20", "2026-11-21", streams=["things"])
    at.work()
    assert there(at) == ["desk:a", "desk:b", "desk:c"]
    script.fault = None
    has(script, "c")
    assert (pull(at), there(at)) == (2, ["desk:c"])


def test_every_source_reads_its_whole_lists_in_one_window() -> None:
    """Cut in two, each window would take away what only the other has."""
    from tests.fakes.vendors import SOURCES

    for name in SOURCES.names():
        listing_streams: list[Stream] = [stream for stream in SOURCES.load(name).streams if stream.lists]
        for stream in listing_streams:
            windows: list[Any] = list(stream.cut(0, 400 * 24 * 60 * MINUTE, None))
            assert len(windows) == 1, f"{name}, {stream.name}"
