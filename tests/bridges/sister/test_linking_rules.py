"""Promises of a link: each side decides by its own rule, less is at once and alone, more takes both."""

from datetime import timedelta

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Decision
from crewhall.testing.story import refused
from crewhall_bridges.sister.bond import flows_open, links, state_of
from crewhall_bridges.sister.cards import ASK, NO, REVIEW, YES
from crewhall_bridges.sister.letterbox import rooms, wish
from crewhall_bridges.sister.testing import Town, enter, meet

ADA, BEA, CY = (UserId(f"@{name}:here.example") for name in ("ada", "bea", "cy"))
DI, EVE = (UserId(f"@{name}:dale.example") for name in ("di", "eve"))
HERE, DALE = UserId("@keeper:here.example"), UserId("@keeper:dale.example")


def town(key: str, me: UserId, *hosts: UserId, **sisters: object) -> Town:
    said = {"key": key, "name": key.title(), "founders": list(hosts), "sisters": sisters}
    return Town(Charter.model_validate(said), me, inside=hosts)


@pytest.fixture
def two() -> tuple[Town, Town]:
    return town("rivendell", HERE, ADA, BEA), town("dale", DALE, DI, EVE)


def agree(one: Town, person: UserId) -> None:
    one.react_to(one.card(ASK), person, YES)


def linked(one: Town, other: Town) -> None:
    one.tell(ADA, "link with", DALE)
    other.tell(DI, "link with", HERE)
    meet(one, other)
    agree(one, BEA)
    agree(other, EVE)
    meet(one, other)


def test_a_link_holds_once_both_communities_have_said_yes_to_the_same_page(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.tell(ADA, "link with", DALE)
    dale.tell(DI, "link with", HERE)
    meet(here, dale)
    assert here.link.question is not None
    assert dale.link.question is not None
    assert here.link.question.terms.digest == dale.link.question.terms.digest
    agree(here, BEA)
    meet(here, dale)
    assert state_of(here.link, here.now) == "asked"
    assert state_of(dale.link, dale.now) == "proposed"
    assert not flows_open(here.link, here.now) | flows_open(dale.link, dale.now)
    agree(dale, EVE)
    meet(here, dale)
    assert state_of(here.link, here.now) == state_of(dale.link, dale.now) == "holds"
    both = {(way, flow) for way in ("out", "in") for flow in ("introductions", "guests")}
    assert flows_open(here.link, here.now) == flows_open(dale.link, dale.now) == both


def test_who_proposed_and_who_first_said_yes_speak_for_us(two: tuple[Town, Town]) -> None:
    linked(*two)
    here, dale = two
    assert here.link.ours.contacts == (ADA, BEA)
    assert here.link.theirs is not None
    assert here.link.theirs.contacts == dale.link.ours.contacts == (DI, EVE)


@pytest.mark.parametrize("first", [0, 1])
def test_it_does_not_matter_who_names_the_other_first(two: tuple[Town, Town], first: int) -> None:
    one, other = two if first == 0 else two[::-1]
    one.tell(ADA if first == 0 else DI, "link with", other.me)
    meet(one, other)
    assert not links(other.hall)
    other.tell(DI if first == 0 else ADA, "link with", one.me)
    meet(one, other)
    assert one.link.question is not None
    assert other.link.question is not None


def test_a_keeper_that_nobody_named_is_not_followed(two: tuple[Town, Town]) -> None:
    here, dale = two
    dale.tell(DI, "link with", HERE)
    enter(dale, here)
    assert dale.link.here is False
    assert not here.facts("LetterboxOffered")


def test_where_the_charter_is_open_a_few_unknown_keepers_may_ask_and_hosts_are_told_once() -> None:
    here = town("rivendell", HERE, ADA, BEA, open=True)
    strangers = [UserId(f"@keeper:s{n}.example") for n in range(9)]
    went = [here.asked_in(stranger, "!a") for stranger in (*strangers, strangers[0])]
    assert went == [True] * 3 + [False] * 7
    assert here.told().count("sister-asks") == 3 * 2
    here.wait(timedelta(days=2))
    assert not here.asked_in(strangers[0], "!b")
    assert here.asked_in(strangers[5], "!b")
    here.wait(timedelta(days=30))
    assert here.asked_in(strangers[0], "!c")


def test_a_stranger_that_asked_is_read_once_somebody_names_it() -> None:
    here, dale = town("rivendell", HERE, ADA, BEA, open=True), town("dale", DALE, DI, EVE)
    dale.tell(DI, "link with", HERE)
    meet(here, dale)
    assert here.told() == ["sister-asks", "sister-asks"]
    here.tell(ADA, "link with", DALE)
    meet(here, dale)
    assert here.link.question is not None
    assert here.link.theirs is not None


def test_only_those_whom_the_charter_names_propose(two: tuple[Town, Town]) -> None:
    here, _ = two
    assert refused(here.tell(CY, "link with", DALE)) == "sister-not-yours"
    assert refused(here.tell(ADA, "link with", HERE)) == "sister-not-oneself"


def test_links_are_proposed_where_the_charter_says() -> None:
    said = {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [ADA, BEA],
        "places": [{"key": "hearth", "name": "Hearth"}],
        "sisters": {"place": "hearth"},
    }
    here = Town(Charter.model_validate(said), HERE, inside=(ADA, BEA))
    assert refused(here.tell(ADA, "link with", DALE)) == "sister-elsewhere"
    assert isinstance(here.tell(ADA, "link with", DALE, place="rivendell/place/hearth"), Decision)


def test_closing_a_flow_holds_at_once_on_our_side_and_on_theirs_when_it_is_read(
    two: tuple[Town, Town],
) -> None:
    here, dale = two
    linked(here, dale)
    here.tell(BEA, "link close guests with dale")
    assert {flow for _, flow in flows_open(here.link, here.now)} == {"introductions"}
    assert ("in", "guests") in flows_open(dale.link, dale.now)
    meet(here, dale)
    assert flows_open(dale.link, dale.now) == flows_open(here.link, here.now)
    assert "sister-closed-theirs" in dale.told()


def test_one_direction_of_a_flow_can_be_closed(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    here.tell(ADA, "link close guests to dale")
    assert ("out", "guests") not in flows_open(here.link, here.now)
    assert ("in", "guests") in flows_open(here.link, here.now)


def test_opening_again_is_decided_anew_on_both_sides(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    here.tell(ADA, "link close guests with dale")
    here.tell(ADA, "link close introductions with dale")
    meet(here, dale)
    here.tell(ADA, "link open guests with dale")
    agree(here, BEA)
    meet(here, dale)
    assert not flows_open(here.link, here.now) | flows_open(dale.link, dale.now)
    assert "sister-offers" in dale.told()
    dale.tell(DI, "link with", HERE)
    agree(dale, EVE)
    meet(here, dale)
    assert flows_open(here.link, here.now) == {("out", "guests"), ("in", "guests")}
    assert flows_open(dale.link, dale.now) == flows_open(here.link, here.now)


def test_what_is_open_stays_open_while_more_is_being_decided(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    before = flows_open(here.link, here.now)
    here.tell(ADA, "link open recipes with dale")
    agree(here, BEA)
    meet(here, dale)
    assert flows_open(here.link, here.now) == flows_open(dale.link, dale.now) == before
    assert len(here.link.ours.agreed) == 2
    dale.tell(DI, "link with", HERE)
    agree(dale, EVE)
    meet(here, dale)
    assert flows_open(here.link, here.now) == before | {("out", "recipes")}
    assert len(here.link.ours.agreed) == len(dale.link.ours.agreed) == 1


def test_closing_while_opening_is_being_decided_overtakes_the_question(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    here.tell(ADA, "link open recipes with dale")
    card = here.card(ASK)
    here.tell(BEA, "link close recipes with dale")
    assert here.link.question is None
    assert here.react_to(card, BEA, YES) is None
    assert "recipes" not in here.link.ours.offer.flows


def test_a_link_is_ended_at_once_and_alone(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    here.tell(BEA, "unlink Dale")
    assert state_of(here.link, here.now) == "ended"
    assert not flows_open(here.link, here.now)
    meet(here, dale)
    assert state_of(dale.link, dale.now) == "ended"
    assert "sister-ended-theirs" in dale.told()
    assert rooms(here.hall)
    assert refused(here.tell(ADA, "unlink dale")) == "sister-ended-already"


def test_an_ended_link_can_begin_anew(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    here.tell(ADA, "link close guests with dale")
    here.tell(BEA, "unlink dale")
    meet(here, dale)
    linked(here, dale)
    assert state_of(here.link, here.now) == state_of(dale.link, dale.now) == "holds"
    assert len(flows_open(here.link, here.now)) == 4


def test_an_objection_holds_it_up_and_nothing_of_it_is_told_to_the_sister(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.tell(ADA, "link with", DALE)
    dale.tell(DI, "link with", HERE)
    meet(here, dale)
    before = len(dale.records)
    here.react_to(here.card(ASK), BEA, NO)
    here.wait(timedelta(days=20))
    meet(here, dale)
    assert here.link.question is None
    assert not here.link.ours.agreed
    assert len(dale.records) == before


def test_a_word_taken_back_is_no_word(two: tuple[Town, Town]) -> None:
    here, dale = two
    here.tell(ADA, "link with", DALE)
    dale.tell(DI, "link with", HERE)
    meet(here, dale)
    here.react_to(here.card(ASK), BEA, NO)
    here.take_back(here.records[-1].cause, BEA)
    assert here.link.question is not None
    assert not here.link.question.round.said


def test_a_review_asks_and_silence_rests_the_link_on_both_sides(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    day = here.link.ours.until
    for side in two:
        side.wait(timedelta(days=(day - side.now.date()).days - 10))
        side.wait(timedelta(days=1))
    assert here.told().count("sister-review") == 2
    here.react_to(here.card(REVIEW), BEA, YES)
    assert here.link.ours.until > day
    meet(here, dale)
    for side in two:
        side.wait(timedelta(days=20))
        assert state_of(side.link, side.now) == "resting"
        assert not flows_open(side.link, side.now)
    dale.react_to(dale.card(REVIEW), EVE, YES)
    meet(here, dale)
    assert state_of(here.link, here.now) == state_of(dale.link, dale.now) == "holds"


def test_who_has_left_speaks_for_us_no_longer(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    here.gesture("rivendell", BEA, "leave")
    here.wait(timedelta(days=1))
    assert BEA not in here.link.ours.contacts


def test_only_the_sisters_keeper_comes_into_a_letterbox_and_nobody_writes_there(
    two: tuple[Town, Town],
) -> None:
    here, _ = two
    here.tell(ADA, "link with", DALE)
    (key,) = rooms(here.hall)
    room = wish(here.hall, key)
    assert room is not None
    assert room.invited == (DALE,)
    assert room.only == {DALE}
    assert not room.powers.users
    assert room.powers.state_default == room.powers.events_default == 100


def test_two_communities_of_one_keeper_are_two_links() -> None:
    here, dale = town("rivendell", HERE, ADA, BEA), town("dale", DALE, DI, EVE)
    here.tell(ADA, "link with dale", DALE)
    here.tell(ADA, "link with shire", DALE)
    dale.tell(DI, "link with rivendell", HERE)
    meet(here, dale)
    named = {link.community: link for link in links(here.hall)}
    assert named["dale"].question is not None
    assert named["shire"].theirs is None


def test_two_who_name_each_other_at_once_are_each_asked_once(two: tuple[Town, Town]) -> None:
    here, dale = two
    linked(here, dale)
    for side in two:
        assert len(side.facts("LinkAsked")) == 1
    assert refused(here.tell(ADA, "link with", DALE)) == "sister-linked"
