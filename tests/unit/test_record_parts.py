"""Cursors by themselves, and the lines that a vendor's row is made into."""

import string
from typing import Any

import pytest

from wallboard.errors import InvalidRequest
from wallboard.records._record import inside, names, whole
from wallboard.services.sign_cursors import Cursors, Place


class OneKey:
    """The same key for everybody, so that only what is signed tells cursors apart."""

    def of(self, tenant: str) -> bytes:
        return b"k" * 32


def cursors(tenant: str = "acme", asked: Any = ("action", 1, 2)) -> Cursors:
    return Cursors(OneKey(), tenant, asked)


def places() -> list[Place]:
    """Cursors of them have every number of bits that say nothing at their ends."""
    return [(1_795_251_600_000, "api", "x" * length, "action", "") for length in range(6)]


@pytest.mark.parametrize("place", places())
def test_a_cursor_says_its_place(place: Place) -> None:
    assert cursors().read(cursors().sign(place)) == place


@pytest.mark.parametrize("place", places())
def test_no_other_text_is_the_same_cursor(place: Place) -> None:
    cursor = cursors().sign(place)
    endings = {cursor[:-1] + letter for letter in f"{string.ascii_letters}{string.digits}-_="} - {cursor}
    for other in (*endings, f"{cursor}=", f"{cursor}==", f" {cursor}", f"{cursor}\n", f"{cursor[:9]}!{cursor[9:]}"):
        with pytest.raises(InvalidRequest, match=r"^cursor: "):
            cursors().read(other)


@pytest.mark.parametrize("other", [cursors(tenant="other"), cursors(asked=("action", 1, 3)), cursors(asked=None)])
def test_a_cursor_is_of_its_tenant_and_query_even_where_keys_are_the_same(other: Cursors) -> None:
    with pytest.raises(InvalidRequest, match=r"^cursor: "):
        other.read(cursors().sign(places()[0]))


def test_the_lines_of_a_list_come_by_their_ids_however_the_list_is_ordered() -> None:
    ten, nine, again = {"id": 10}, {"id": 9}, {"id": 9, "part": 2}
    found = inside("all")({"all": [ten, nine, again]})
    assert [row for _, row in found] == [nine, again, ten]
    assert [name for name, _ in found] == sorted({name for name, _ in inside("all")({"all": [again, ten, nine]})})
    assert [name for name, _ in found[:1]] == [name for name, _ in inside("all")({"all": [nine]})]


@pytest.mark.parametrize("row", [{}, {"all": None}, {"all": []}, {"all": ["no object"]}])
def test_a_list_that_is_not_there_has_no_lines(row: dict[str, Any]) -> None:
    assert inside("all")(row) == []


def test_a_row_by_itself_is_one_line() -> None:
    assert whole({"id": 1}) == [("", {"id": 1})]


def test_names_stand_between_commas() -> None:
    assert names("a, %Calls Xfered,\n  c (sec),") == ("a", "%Calls Xfered", "c (sec)")
