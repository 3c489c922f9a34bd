"""A transaction id is the same for the same act, and different for any other."""

import string

from hypothesis import given
from hypothesis import strategies as st

from crewhall.ground.ids import UserId
from crewhall.ground.once import txn_of

ANN, BOB = UserId("@ann:hall.test"), UserId("@bob:hall.test")


def test_the_same_act_has_the_same_id_in_every_run() -> None:
    assert txn_of("$cause", ANN) == txn_of("$cause", ANN, 0) == "heYmWPd7W9DZMYefGOyvvi_T8ihVptgU"


def test_two_of_our_users_never_share_an_id() -> None:
    assert txn_of("$cause", ANN) != txn_of("$cause", BOB)


@given(st.tuples(st.text(), st.text(), st.text() | st.integers()), st.tuples(st.text(), st.text(), st.text()))
def test_different_acts_have_different_ids(
    one: tuple[str, str, int | str], other: tuple[str, str, int | str]
) -> None:
    ids = [txn_of(cause, UserId(speaker), part) for cause, speaker, part in (one, other)]
    assert (ids[0] == ids[1]) == (one == other)


@given(st.text(), st.text())
def test_an_id_needs_no_quoting(cause: str, speaker: str) -> None:
    txn = txn_of(cause, UserId(speaker))
    assert len(txn) == 32
    assert set(txn) <= {*string.ascii_letters, *string.digits, "-", "_"}
