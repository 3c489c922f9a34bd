"""What ails a link is known, with what to do: to the doctor, and so to the metrics that count it."""

from dataclasses import replace
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.charter.reading import read_charter
from crewhall.ground.ids import RoomId, UserId
from crewhall.text import render
from crewhall_bridges.sister import guestrooms, linking
from crewhall_bridges.sister.cards import ASK, YES
from crewhall_bridges.sister.testing import Town, meet
from crewhall_config import charters

HERE, DALE = UserId("@keeper:here.example"), UserId("@keeper:dale.example")


def town(key: str, me: UserId, **more: Any) -> Town:
    hosts = [UserId(f"@{name}:{me.partition(':')[2]}") for name in ("ada", "bea")]
    said = {"key": key, "name": key.title(), "founders": hosts, "sisters": {"others": 0, "days": 0}, **more}
    return Town(Charter.model_validate(said), me, inside=hosts)


def ada(one: Town) -> UserId:
    return UserId(f"@ada:{one.me.partition(':')[2]}")


@pytest.fixture
def two() -> tuple[Town, Town]:
    here, dale = town("rivendell", HERE), town("dale", DALE)
    here.tell(ada(here), "link with", DALE)
    dale.tell(ada(dale), "link with", HERE)
    meet(here, dale)
    for one in (here, dale):
        one.react_to(one.card(ASK), ada(one), YES)
    meet(here, dale)
    return here, dale


def found(one: Town) -> list[tuple[str, str]]:
    ailments = linking.capability.ails(one.hall, one.now)
    return [(render(a.what, {}, "here").plain, render(a.remedy, {}, "here").plain) for a in ailments]


def test_a_link_that_is_well_ails_nothing(two: tuple[Town, Town]) -> None:
    assert [found(one) for one in two] == [[], []]


def test_a_letterbox_that_is_not_well_is_named_with_what_to_do(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.look(replace(dale.box(dale.link), statements={}))
    ((what, remedy),) = found(here)
    assert what.startswith("The letterbox of Dale (dale.example) is not well: nothing stands in it")
    assert "What was read before still counts." in remedy
    here.look(replace(dale.box(dale.link), powers={"users_default": 100}))
    ((what, remedy),) = found(here)
    assert "others than its keeper" in what
    assert "!unlink @keeper" in remedy


def test_a_letterbox_that_moved_is_followed_by_what_the_remedy_says(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.asked_in(DALE, RoomId("!moved"))
    here.look(replace(dale.box(dale.link), room=RoomId("!moved")))
    ((_, remedy),) = found(here)
    assert "!link with @keeper" in remedy
    here.tell(ada(here), "link with", DALE)
    here.look(replace(dale.box(dale.link), room=RoomId("!moved")))
    assert found(here) == []


def test_a_sister_that_left_our_letterbox_is_asked_in_again_by_what_the_remedy_says(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    here.answered(here.link, "leave")
    ((what, remedy),) = found(here)
    assert "does not read what we state" in what
    assert "!link with @keeper" in remedy
    assert DALE not in here.wish(next(iter(linking.capability.rooms(here.hall)))).invited
    asked = len(here.facts("LinkAsked"))
    here.tell(ada(here), "link with", DALE)
    assert DALE in here.wish(next(iter(linking.capability.rooms(here.hall)))).invited
    assert len(here.facts("LinkAsked")) == asked
    here.answered(here.link, "join")
    assert found(here) == []
    assert dale.link.theirs is not None


def test_what_we_have_ended_ails_nothing(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.look(replace(dale.box(dale.link), statements={}))
    here.tell(ada(here), "unlink dale")
    assert found(here) == []


@pytest.mark.parametrize("name", sorted(charters()))
def test_no_shipped_charter_lets_guests_read_what_was_said_before(name: str) -> None:
    one = Town(read_charter(charters()[name], f"{name}.yaml"), HERE)
    assert list(guestrooms.opened(one.hall, guestrooms.rung_for_guests(one.hall)))
    assert guestrooms.tells_earlier(one.hall, guestrooms.rung_for_guests(one.hall)) == ()
