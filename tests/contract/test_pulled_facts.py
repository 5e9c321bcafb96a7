"""What a pull leaves behind: facts that changed and no others, spells in pieces, and aside what could not be read."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.contract.scripted_vendor import Script, pulling
from tests.fakes.pulling import TENANT, Pulling
from wallboard.errors import Malformed
from wallboard.measures.fold import latest
from wallboard.model.facts import Bucket
from wallboard.model.interactions import Session
from wallboard.model.time import DAY, HOUR, iso, parse_instant
from wallboard.services.manage_sources import CountsItem
from wallboard.services.store_changes import LONGEST_SPELL, pieces
from wallboard.sources._source import Asked, Row

FROM, TO = "2026-11-19", "2026-11-21"
MINUTE = 60_000
Fact = dict[str, Any]


def call(at: str = "2026-11-20T09:00:00Z", name: str = "c", **more: Any) -> Fact:
    return {"kind": "interaction", "id": name, "channel": "voice", "direction": "inbound", "startedAt": at, **more}


def spell(start: str, end: str | None = None, name: str = "s", **more: Any) -> Fact:
    ends = {"endedAt": end} if end else {}
    return {"kind": "session", "id": name, "agentId": "a", "activity": "login", "startedAt": start, **ends, **more}


def pull(at: Pulling, *streams: str, start: str = FROM, end: str = TO) -> CountsItem:
    """A minute after whatever was before; answers the counts of the first of these streams."""
    at.world.at += MINUTE
    at.pull("desk", start, end, streams=list(streams or ("calls",)))
    shown = next(stream for stream in at.shown("desk").streams if stream.name == (streams or ("calls",))[0])
    return shown.jobs[-1].counts


def one(at: Pulling, kind: str = "interaction") -> Fact:
    [found] = at.facts(kind)
    return found


# ---- what changes


def test_a_row_that_says_the_same_is_not_written_again() -> None:
    script = Script()
    script.say("calls", call(row={"Agent": "Ana", "n": [1, {"b": 1, "a": 2}]}, durations={"talk": 5.0, "hold": None}))
    at = pulling(script)
    assert pull(at).written == 1
    written = at.written()
    script.rows.clear()
    script.say("calls", call(row={"n": [1, {"a": 2, "b": 1}], "Agent": "Ana"}, durations={"talk": 5}, tags=None))
    counts = pull(at)
    assert (counts.rows, counts.written, at.written()) == (1, 0, written)


def test_a_value_that_is_changed_back_is_changed_back() -> None:
    script = Script()
    at = pulling(script)
    for disposition in ("sale", "no sale", "sale", "no sale"):
        script.rows.clear()
        script.say("calls", call(disposition=disposition))
        assert pull(at).written == 1
        assert one(at)["disposition"] == disposition


def test_a_change_of_the_vendor_s_own_row_alone_is_kept_too() -> None:
    script = Script()
    at = pulling(script)
    for words in ("a", "b"):
        script.rows.clear()
        script.say("calls", call(row={"note": words}))
        assert (pull(at).written, pull(at).written) == (1, 0)


def test_what_has_ended_does_not_begin_again() -> None:
    """An older answer may come late; what it says otherwise is not believed either."""
    script = Script()
    at = pulling(script)
    script.say("calls", call(endedAt="2026-11-20T09:05:00Z", outcome="answered"))
    pull(at)
    before = one(at)
    script.rows.clear()
    script.say("calls", call(outcome="in_progress"))
    assert pull(at).written == 0
    assert one(at) == before
    script.rows.clear()
    script.say("calls", call(endedAt="2026-11-20T09:06:00Z", outcome="answered"))
    assert pull(at).written == 1, "an end may be corrected"


@pytest.mark.parametrize("said", [["old", "new"], ["new", "old"], ["old", "new", "old"]])
def test_of_several_rows_about_one_thing_the_last_counts_and_again_it_changes_nothing(said: list[str]) -> None:
    script = Script(page=10)
    for word in said:
        script.say("calls", call(disposition=word))
    at = pulling(script)
    assert pull(at).written == 1
    assert one(at)["disposition"] == said[-1]
    assert [pull(at).written, pull(at).written] == [0, 0]
    assert one(at)["disposition"] == said[-1]


def test_what_has_ended_does_not_begin_again_in_the_same_answer_either() -> None:
    script = Script(page=10)
    script.say("calls", call(endedAt="2026-11-20T09:05:00Z"))
    script.say("calls", call())
    at = pulling(script)
    assert (pull(at).written, "ended_at" in one(at)) == (1, True)
    goes_on = pulling(other := Script(page=10))
    other.say("calls", call())
    pull(goes_on)
    other.rows = script.rows
    assert (pull(goes_on).written, "ended_at" in one(goes_on)) == (1, True)


def test_rows_are_counted_by_what_became_of_them() -> None:
    script = Script()
    script.say("calls", call())
    script.say("calls", call(at="2025-01-01T09:00:00Z", name="old"), at="2026-11-20T10:00:00Z")
    at_ten = parse_instant("2026-11-20T10:00:00Z")
    script.rows["calls"] += [{"at": at_ten, "ignored": 1}, {"at": at_ten, "bad": "soon, Ana"}]
    at = pulling(script)
    assert pull(at) == CountsItem(rows=4, written=2, ignored=1, unreadable=1, too_old=1)
    assert [fact["id"] for fact in at.facts("interaction")] == ["c"]


@pytest.mark.parametrize(("older", "kept"), [(0, 1), (1, 0)])
def test_a_fact_is_kept_that_is_just_as_old_as_the_retention(older: int, kept: int) -> None:
    script = Script()
    at = pulling(script)
    oldest = at.world.at + MINUTE - 400 * DAY
    script.say("calls", call(at=iso(oldest - older)), at="2026-11-20T09:00:00Z")
    counts = pull(at)
    assert (counts.written, counts.too_old) == (kept, 1 - kept)


# ---- what cannot be read


def test_a_row_that_cannot_be_read_is_kept_aside_with_its_reason_once() -> None:
    script = Script()
    script.rows["calls"] = [{"at": parse_instant("2026-11-20T09:00:00Z"), "bad": "soon, Ana"}]
    script.say("calls", call(channel=""))
    at = pulling(script)
    assert pull(at).unreadable == 2
    aside = {row["reason"]: row for row in at.facts("unreadable")}
    assert sorted(aside) == ["channel: String should have at least 1 character", "startedAt: is not a time"]
    assert {(row["source"], row["stream"], iso(row["at"])[:10]) for row in aside.values()} == {
        ("desk", "calls", "2026-11-20")
    }
    written = at.written()
    assert (pull(at).written, at.written()) == (0, written)
    assert "Ana" not in str(at.facts("unreadable"))


def test_a_row_that_cannot_be_read_is_kept_aside_once_whatever_window_brings_it() -> None:
    script = Script()
    script.rows["calls"] = [{"at": parse_instant("2026-11-20T09:00:00Z"), "bad": "soon"}]
    at = pulling(script)
    pull(at, start="2026-11-20")
    pull(at, start="2026-11-20T05:00:00Z")
    assert len(at.facts("unreadable")) == 1


def bad(name: str = "soon", at: str = "2026-11-20T09:00:00Z") -> Row:
    return {"at": parse_instant(at), "bad": name}


def aside(at: Pulling) -> list[str]:
    """Where the rows that are kept aside stand."""
    return [iso(row["at"])[5:16] for row in at.facts("unreadable")]


def windows_aside(at: Pulling, stream: str = "calls") -> int:
    return len(at.parts.sources.states(TENANT, "desk")[stream].aside)


def test_a_row_that_was_mended_is_taken_away_by_a_window_that_covers_the_one_that_brought_it() -> None:
    script = Script()
    at = pulling(script)
    script.rows["calls"] = [bad(), bad("later", "2026-11-20T09:30:00Z")]
    pull(at, start="2026-11-20T05:00:00Z")
    script.rows["calls"].pop(0)
    script.say("calls", call())
    pull(at, start="2026-11-20T08:00:00Z")
    assert aside(at) == ["11-20T05:00", "11-20T05:00"], "what it says now, nothing knows to be the same row"
    assert pull(at, start="2026-11-20").written == 1
    assert aside(at) == ["11-20T05:00"]
    script.rows["calls"] = []
    pull(at, start="2026-11-20")
    assert (aside(at), windows_aside(at)) == ([], 0)
    assert pull(at, start="2026-11-20").written == 0


def test_a_row_that_a_mended_connector_reads_is_taken_away_by_any_window_that_brings_it() -> None:
    is_mended = False

    def normalise(row: Row, asked: Asked) -> Any:
        if not is_mended:
            raise Malformed("startedAt", "is not a time")
        return [call()]

    script = Script()
    script.rows["calls"] = [bad()]
    at = pulling(script, calls={"normalise": normalise})
    pull(at, start="2026-11-20T05:00:00Z")
    is_mended = True
    pull(at, start="2026-11-20T08:00:00Z")
    assert (aside(at), windows_aside(at), one(at)["id"]) == ([], 0, "c")


def test_what_is_listed_whole_every_time_is_kept_aside_once_until_it_can_be_read() -> None:
    script = Script()
    at = pulling(script, things={"lists": ("agent",)})
    for day in (17, 18, 19, 20):
        script.rows["things"] = [{"at": Always(), "bad": "soon"}]
        pull(at, "things", start=f"2026-11-{day}", end=f"2026-11-{day + 1}")
        assert aside(at) == ["11-17T00:00"]
    script.rows.clear()
    script.say("things", agent("Ana"), at="2026-11-20T09:00:00Z")
    pull(at, "things", start="2026-11-20", end="2026-11-21")
    assert (aside(at), windows_aside(at, "things")) == ([], 0)


class Always(int):
    """The time of a row that every window brings."""

    def __ge__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "always"


def test_a_reason_that_changes_is_changed_where_the_row_is() -> None:
    reason = "is not a time"

    def normalise(row: Row, asked: Asked) -> Any:
        raise Malformed("startedAt", reason)

    script = Script()
    script.rows["calls"] = [bad()]
    at = pulling(script, calls={"normalise": normalise})
    pull(at, start="2026-11-20T05:00:00Z")
    reason = "is too early"
    assert pull(at, start="2026-11-20T08:00:00Z").written == 1
    [row] = at.facts("unreadable")
    assert (iso(row["at"])[11:16], row["reason"]) == ("05:00", "startedAt: is too early")


def test_rows_of_several_workers_of_one_window_are_kept_and_known() -> None:
    """Each has time for one page; the row is taken away only by a worker that knows all of the window, or has read the row."""
    script = Script(page=1)
    script.rows["calls"] = [bad("a"), bad("b"), bad("c")]
    at = pulling(script)
    pull(at, start="2026-11-20")
    assert len(aside(at)) == 3
    script.rows["calls"] = [bad("a"), bad("b"), bad("d")]
    at.world.at += MINUTE
    at.sync("desk", "2026-11-20", TO, streams=["calls"])
    at.work(lambda_=0)
    assert len(aside(at)) == 4, "nobody knew that c was not there"
    pull(at, start="2026-11-20")
    assert len(aside(at)) == 3


def test_a_stream_that_has_left_nothing_aside_looks_for_nothing() -> None:
    script = Script()
    script.say("calls", call())
    at = pulling(script)
    reads: list[Bucket] = []
    facts = at.parts.facts

    class Watched:
        def read(self, buckets: Any) -> Any:
            reads.extend(buckets)
            return facts.read(buckets)

        def __getattr__(self, name: str) -> Any:
            return getattr(facts, name)

    at.world.parts = replace(at.parts, facts=Watched())
    pull(at)
    assert {bucket.kind for bucket in reads} == {"interaction"}


@pytest.mark.parametrize(
    "event",
    [
        call(at="soon"),
        call(direction="sideways"),
        call(transfers=-1),
        {"kind": "interactions", "id": "c"},
        spell("2026-11-20T09:00:00Z", "2026-11-20T08:59:59Z"),
        spell("2026-11-20T09:00:00Z", iso(parse_instant("2026-11-20T09:00:00Z") + LONGEST_SPELL + 1)),
    ],
)
def test_an_event_that_is_none_leaves_the_others_of_the_answer_alone(event: Fact) -> None:
    script = Script()
    script.say("calls", call(name="before"))
    script.say("calls", event, call(name="of the same row"), at="2026-11-20T09:00:00Z")
    script.say("calls", call(name="after"))
    at = pulling(script)
    counts = pull(at)
    assert (counts.rows, counts.unreadable) == (3, 1)
    assert sorted(fact["id"] for fact in at.facts("interaction")) == ["after", "before"]
    assert at.facts("session") == []


# ---- spells


def shape(at: Pulling) -> list[tuple[str, str, str]]:
    """Id, beginning and end of every piece, as times of the day."""
    return [
        (piece["id"].split("@")[0], iso(piece["at"])[11:16], iso(piece["ended_at"])[11:16])
        for piece in sorted(at.facts("session"), key=lambda piece: (piece["id"].split("@")[0], piece["at"]))
    ]


def test_a_spell_is_cut_at_full_hours_and_what_is_said_of_it_stands_on_the_first_piece() -> None:
    script = Script()
    script.say("logs", spell("2026-11-20T09:40:00Z", "2026-11-20T12:00:00Z", row={"n": 1}))
    at = pulling(script)
    assert pull(at, "logs").written == 3
    assert shape(at) == [("s", "09:40", "10:00"), ("s", "10:00", "11:00"), ("s", "11:00", "12:00")]
    assert {piece["activity"] for piece in at.facts("session")} == {"login"}
    said = {}
    for bucket in at._buckets(TENANT, "session"):
        for (_, name), (_, raw) in latest(at.parts.facts.read([bucket])[bucket]).items():
            said[name.split("@")[0], bucket.hour[-2:]] = raw and raw["row"]
    assert said == {("s", "09"): {"n": 1}, ("s", "10"): None, ("s", "11"): None}


def test_a_spell_that_goes_on_ends_when_the_run_began_and_grows_with_the_next() -> None:
    script = Script()
    script.say("logs", spell("2026-11-21T08:30:00Z"))
    at = pulling(script, now="2026-11-21T09:19:00Z")
    pull(at, "logs", end="2026-11-22")
    assert shape(at) == [("s", "08:30", "09:00"), ("s", "09:00", "09:20")]
    at.world.at += HOUR
    assert pull(at, "logs", end="2026-11-22").written == 2
    assert shape(at) == [("s", "08:30", "09:00"), ("s", "09:00", "10:00"), ("s", "10:00", "10:21")]
    script.rows.clear()
    script.say("logs", spell("2026-11-21T08:30:00Z", "2026-11-21T10:25:00Z"))
    at.world.at += HOUR
    pull(at, "logs", end="2026-11-22")
    assert shape(at) == [("s", "08:30", "09:00"), ("s", "09:00", "10:00"), ("s", "10:00", "10:25")]


def test_an_end_that_moves_back_takes_the_pieces_behind_it_away_and_only_those() -> None:
    script = Script()
    at = pulling(script)
    script.say("logs", spell("2026-11-20T09:40:00Z", "2026-11-20T14:10:00Z"))
    script.say("logs", spell("2026-11-20T09:50:00Z", "2026-11-20T13:10:00Z", name="t"))
    pull(at, "logs")
    script.rows.clear()
    script.say("logs", spell("2026-11-20T09:40:00Z", "2026-11-20T11:00:00Z"))
    assert pull(at, "logs").written == 4, "four removals; what stays says the same"
    assert [piece for piece in shape(at) if piece[0] == "s"] == [("s", "09:40", "10:00"), ("s", "10:00", "11:00")]
    assert len([piece for piece in shape(at) if piece[0] == "t"]) == 5
    assert pull(at, "logs").written == 0
    script.rows.clear()
    script.say("logs", spell("2026-11-20T09:40:00Z", "2026-11-20T12:30:00Z"))
    assert pull(at, "logs").written == 2
    assert [piece[1:] for piece in shape(at) if piece[0] == "s"][-1] == ("12:00", "12:30")


def test_a_beginning_that_moves_takes_the_pieces_before_it_away() -> None:
    script = Script()
    at = pulling(script)
    for began in ("08:40", "10:50", "09:30"):
        script.rows.clear()
        script.say("logs", spell(f"2026-11-20T{began}:00Z", "2026-11-20T12:00:00Z"))
        pull(at, "logs")
    assert shape(at) == [("s", "09:30", "10:00"), ("s", "10:00", "11:00"), ("s", "11:00", "12:00")]


def test_a_spell_that_is_empty_is_kept_and_one_that_ends_on_the_hour_does_not_reach_into_the_next() -> None:
    script = Script()
    script.say("logs", spell("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z", name="empty"))
    script.say("logs", spell("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", name="hour"))
    at = pulling(script)
    pull(at, "logs")
    assert shape(at) == [("empty", "09:00", "09:00"), ("hour", "09:00", "10:00")]


def test_a_spell_that_was_forgotten_has_no_end_and_no_pieces_of_the_time_when_it_was_not() -> None:
    script = Script()
    began = "2026-11-19T22:30:00Z"
    script.say("logs", spell(began))
    at = pulling(script)
    pull(at, "logs")
    assert len(at.facts("session")) == 36 + 1
    at.world.at = parse_instant(began) + LONGEST_SPELL + 1
    pull(at, "logs")
    piece = one(at, "session")
    assert (iso(piece["at"]), piece.get("ended_at")) == ("2026-11-19T22:30:00.000Z", None)
    assert pull(at, "logs").written == 0


SESSION: TypeAdapter[Session] = TypeAdapter(Session)
MINUTES = st.integers(0, 100 * 24 * 60).map(lambda minutes: minutes * MINUTE)


@given(MINUTES, MINUTES | st.none(), MINUTES)
def test_the_pieces_of_a_spell_are_as_long_as_it_is_and_each_lies_in_its_hour(
    start: int, length: int | None, since: int
) -> None:
    began = parse_instant("2026-03-28T22:00:00Z") + start
    now, end = began + since, None if length is None else began + length
    event = SESSION.validate_python(spell(iso(began), None if end is None else iso(end)))
    through = end if end is not None else now
    if through - began > LONGEST_SPELL:
        if end is None:
            assert [piece.ended_at for piece in pieces(event, now)] == [None]
        else:
            with pytest.raises(Malformed, match="days after the beginning"):
                list(pieces(event, now))
        return
    found = list(pieces(event, now))
    assert found[0].started_at == began
    assert found[-1].ended_at == through
    assert sum((piece.ended_at or 0) - piece.started_at for piece in found) == through - began
    for piece in found:
        hour = int(piece.id.split("@")[1])
        assert piece.ended_at is not None
        assert hour * HOUR <= piece.started_at <= piece.ended_at <= (hour + 1) * HOUR
    assert len({piece.id for piece in found}) == len(found)


# ---- what things are, and two sources


def agent(name: str, id: str = "a1") -> Fact:
    return {"kind": "resource", "type": "agent", "id": id, "name": name}


def test_a_resource_that_has_not_changed_is_not_written_again() -> None:
    script = Script()
    at = pulling(script)
    script.say("things", agent("Ana"), at="2026-11-20T09:00:00Z")
    assert [pull(at, "things").written, pull(at, "things").written] == [1, 0]
    script.rows.clear()
    script.say("things", agent("Anna"), at="2026-11-20T09:00:00Z")
    before = at.world.store.written["state"]
    assert [pull(at, "things").written, pull(at, "things").written] == [1, 0]
    assert at.world.store.written["state"] > before
    assert [gauge.name for gauge in at.parts.gauges.read(TENANT, ["agent"])["agent"]] == ["Anna"]


def test_a_resource_is_kept_however_old_it_is() -> None:
    script = Script()
    script.say("things", {**agent("Ana"), "createdAt": "2001-01-01T00:00:00Z"}, at="2026-11-20T09:00:00Z")
    assert pull(pulling(script), "things").written == 1


def test_two_sources_of_one_vendor_with_the_same_ids_do_not_disturb_each_other() -> None:
    script = Script()
    at = pulling(script, "east", "west")
    for source, name, end in (("east", "Ana", 13), ("west", "Ben", 10), ("east", "Ana", 13), ("west", "Ben", 10)):
        script.rows.clear()
        script.say("calls", call(agentId="a1", agentName=name, disposition=name))
        script.say("logs", spell("2026-11-20T09:40:00Z", f"2026-11-20T{end}:10:00Z"))
        script.say("things", agent(name), at="2026-11-20T09:00:00Z")
        at.world.at += MINUTE
        at.pull(source, FROM, TO)
    for source in ("east", "west"):
        assert [each.jobs[-1].counts.written for each in at.shown(source).streams] == [0, 0, 0]
    assert {(fact["source"], fact["disposition"]) for fact in at.facts("interaction")} == {
        ("east", "Ana"),
        ("west", "Ben"),
    }
    names = at.parts.directory.names(TENANT, [("agent", "east:a1"), ("agent", "west:a1"), ("agent", "a1")])
    assert names == {("agent", "east:a1"): "Ana", ("agent", "west:a1"): "Ben"}
    at.world.fold()
    assert at.parts.directory.names(TENANT, names) == names, "the roll-up learns the same"


def test_an_end_that_moves_back_at_one_source_leaves_the_same_spell_of_another() -> None:
    script = Script()
    at = pulling(script, "east", "west")
    for source, end in (("east", "13:10"), ("west", "13:10"), ("west", "10:10")):
        script.rows.clear()
        script.say("logs", spell("2026-11-20T09:40:00Z", f"2026-11-20T{end}:00Z"))
        at.world.at += MINUTE
        at.pull(source, FROM, TO, streams=["logs"])
    sources = [piece["source"] for piece in at.facts("session")]
    assert (sources.count("east"), sources.count("west")) == (5, 2)
