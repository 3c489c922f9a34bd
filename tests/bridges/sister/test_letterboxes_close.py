"""Our letterbox closes some time after both sides have ended a link; one anew has one again, never two."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import RoomId, UserId
from crewhall_bridges.sister.bond import letterbox, state_of
from crewhall_bridges.sister.cards import ASK, YES
from crewhall_bridges.sister.due import LINGERS
from crewhall_bridges.sister.letterbox import rooms
from crewhall_bridges.sister.testing import Town, meet

HERE, DALE = UserId("@keeper:here.example"), UserId("@keeper:dale.example")


def town(key: str, me: UserId) -> Town:
    hosts = [UserId(f"@{name}:{me.partition(':')[2]}") for name in ("ada", "bea")]
    said = {"key": key, "name": key.title(), "founders": hosts}
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
        one.react_to(one.card(ASK), UserId(f"@bea:{one.me.partition(':')[2]}"), YES)
    meet(here, dale)
    return here, dale


def is_closed(one: Town) -> bool:
    return bool(one.wish(letterbox(one.hall, one.link)).closed)


def open_letterboxes(one: Town) -> int:
    return sum(not one.wish(key).closed for key in rooms(one.hall))


def test_the_end_can_be_read_for_as_long_as_the_letterbox_stays(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.tell(ada(here), "unlink dale")
    here.wait(LINGERS - timedelta(hours=1))
    dale.look(here.box(here.link))
    assert dale.link.theirs is not None
    assert dale.link.theirs.ended


def test_a_sister_that_never_showed_up_finds_the_end_until_the_link_rests_for_it_too(
    two: tuple[Town, Town],
) -> None:
    here, _ = two
    here.tell(ada(here), "unlink dale")
    while here.now.date() <= here.link.ours.until:
        assert not is_closed(here)
        here.wait(timedelta(days=20))
    assert is_closed(here)


def test_an_end_after_a_beginning_that_the_sister_never_saw_can_be_read_as_long(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    here.tell(ada(here), "unlink dale")
    here.tell(ada(here), "link with", DALE)
    here.tell(ada(here), "unlink dale")
    here.wait(LINGERS * 2)
    assert not is_closed(here)
    dale.look(here.box(here.link))
    assert state_of(dale.link, dale.now) == "ended"


def test_who_has_left_and_wants_back_before_anybody_read_of_the_end_is_asked_in_again(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    here.tell(ada(here), "unlink dale")
    dale.answered(dale.link, "leave")
    here.tell(ada(here), "link with", DALE)
    assert HERE not in dale.wish(letterbox(dale.hall, dale.link)).invited
    dale.look(here.box(here.link))
    assert HERE in dale.wish(letterbox(dale.hall, dale.link)).invited


def test_a_wish_that_was_never_answered_closes_a_month_after_it_was_ended() -> None:
    here = town("rivendell", HERE)
    here.tell(ada(here), "link with", DALE)
    here.tell(ada(here), "unlink dale.example")
    here.wait(LINGERS - timedelta(hours=1))
    assert not is_closed(here)
    here.wait(timedelta(hours=1))
    assert is_closed(here)


def test_who_wants_a_link_back_that_the_sister_has_ended_does_not_let_it_go(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.tell(ada(here), "unlink dale")
    meet(here, dale)
    dale.tell(ada(dale), "link with", HERE)
    dale.wait(LINGERS * 2)
    assert not dale.link.ours.ended


def test_within_the_month_a_link_anew_has_the_same_letterbox(two: tuple[Town, Town]) -> None:
    here, dale = two
    before = list(rooms(here.hall))
    here.tell(ada(here), "unlink dale")
    meet(here, dale)
    here.wait(LINGERS - timedelta(days=1))
    here.tell(ada(here), "link with", DALE)
    assert list(rooms(here.hall)) == before
    assert open_letterboxes(here) == 1


def test_who_wants_a_link_back_follows_the_sister_into_its_new_letterbox(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.tell(ada(here), "unlink dale")
    meet(here, dale)
    dale.tell(ada(dale), "unlink", HERE)
    here.tell(ada(here), "link with", DALE)
    here.wait(LINGERS)
    dale.wait(LINGERS)
    assert is_closed(dale)
    dale.tell(ada(dale), "link with", HERE)
    meet(here, dale)
    assert here.link.health.trouble is None
    for one in (here, dale):
        one.react_to(one.card(ASK), UserId(f"@bea:{one.me.partition(':')[2]}"), YES)
    meet(here, dale)
    assert [state_of(one.link, one.now) for one in two] == ["holds", "holds"]


def test_what_was_agreed_before_an_end_is_no_yes_to_a_link_anew_however_often_it_is_named(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    before = dale.box(dale.link)
    here.tell(ada(here), "unlink dale")
    for _ in range(3):
        here.tell(ada(here), "link with", DALE)
    here.look(before)
    here.react_to(here.card(ASK), UserId("@bea:here.example"), YES)
    assert state_of(here.link, here.now) == "asked"


def test_a_letterbox_that_nobody_wants_back_is_not_followed_to_another(two: tuple[Town, Town]) -> None:
    here, dale = two
    before = here.link.room
    dale.tell(ada(dale), "unlink", HERE)
    meet(here, dale)
    other = replace(dale.box(dale.link), room=RoomId("!another"))
    here.asked_in(DALE, other.room)
    here.look(other)
    assert (here.link.room, here.link.health.trouble) == (before, "moved")


def test_a_late_answer_to_a_closed_letterbox_says_nothing_of_the_new_one(two: tuple[Town, Town]) -> None:
    here, dale = two
    for one, other in ((here, dale), (dale, here)):
        one.tell(ada(one), "unlink", other.me)
    meet(here, dale)
    old = letterbox(here.hall, here.link)
    here.wait(LINGERS)
    here.tell(ada(here), "link with", DALE)
    here.gesture(old, DALE, "leave")
    assert here.link.here is None
    assert DALE in here.wish(letterbox(here.hall, here.link)).invited


async def test_a_letterbox_closes_and_another_takes_its_place(linked: Any, tools: Any) -> None:
    homes = linked.homes
    boxes = [tools.box_of(home) for home in homes]
    for home in homes:
        await home.tell(home.ann, f"!unlink {linked.other(home).charter.key}")
        await linked.settle()
    await linked.wait(timedelta(days=29))
    assert [tools.box_of(home) for home in homes] == boxes
    await linked.wait(timedelta(days=2))
    for home, box in zip(homes, boxes, strict=True):
        assert not home.world.rooms[box].joined
        assert not [key for key in home.keeping.house.rooms if "/sister/" in key]
        assert home.errand.remembered == 0
    for home in homes:
        await linked.named(home)
        await linked.settle()
    for home in homes:
        await linked.yes(home)
        await linked.settle()
    linked.agree()
    assert [tools.stands(home) for home in homes] == ["holds", "holds"]
    for home, box in zip(homes, boxes, strict=True):
        assert len([key for key in home.keeping.house.rooms if "/sister/" in key]) == 1
        assert tools.box_of(home) != box
        assert home.troubles == []
