"""Promises of `!doctor`: to whom it is told what is amiss, of which rooms, and that all is well if it is."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from immutables import Map

from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.ailment import Glance, OldVersion
from crewhall.ground.container import called
from crewhall.ground.drift import Kind
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.hall import House, Presence
from crewhall.ground.ids import CommunityKey, CrewKey, EventId, RoomId, RoomKey, UserId
from crewhall.ground.lacking import lacking
from crewhall.ground.rooms import RoomSeen
from crewhall.ground.steps import Blocked
from crewhall.ground.talk import Arguments, Asked, Decision, Reply, ToPerson, Usage
from crewhall.ground.worn import put_on
from crewhall.house.doctor import NOWHERE, doctor, known
from crewhall.life.drift.facts import DriftAsked
from crewhall.life.plans.facts import PlanAllowed, PlanShown
from crewhall.testing.looks import ME, made, with_levels
from crewhall.testing.story import BEGAN, Story, refused
from crewhall.text import render

ADA, BEA, CY = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy"))
KEY = CommunityKey("rivendell")
ROOT, LOBBY = ids.root(KEY), ids.place(KEY, "lobby")
LANTERN = ids.crew_room(KEY, CrewKey("lantern"))
CHARTER = Charter.model_validate(
    {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [ADA, BEA],
        "places": [{"key": "lobby", "name": "Lobby"}],
        "hats": [{"key": "door", "name": "Door", "about": "Opens.", "holders": 2}],
        "room_version": "11",
    }
)
NOT_AT_RISK = Presence(BEGAN, "$here")
POWER = Blocked(LOBBY, "invite, remove people", f"Give {ME} power 100 in Lobby.")
IN_A_CREW = Blocked(LANTERN, f"invite {CY}, who is banned", "Lift the ban.")


def story() -> Story:
    return Story(CHARTER, inside=(ADA, BEA, CY))


def healthy(told: Story) -> House:
    """Return the house with its hat worn by two."""
    hall = told.hall
    for person in (ADA, BEA):
        hall = put_on(hall, "door", person, NOT_AT_RISK)
    return told.house.with_hall(hall)


def glanced(house: House, found: Glance, at: CommunityKey = KEY) -> House:
    return replace(house, glances=house.glances.set(at, found))


def ask(
    house: House, person: UserId, *, operator: bool = False, place: RoomKey | None = None, words: str = ""
) -> Decision:
    asked = Asked(person, RoomId("!x"), place, EventId("$ask"), BEGAN, ME, operator=operator)
    outcome = doctor(house, asked, Arguments(tuple(words.split())))
    assert isinstance(outcome, Decision), outcome
    return outcome


def words(decision: Decision) -> list[str]:
    return [render(say.text, {}, "here").plain for say in decision.says]


def ails(house: House, later: timedelta = timedelta(0)) -> list[str]:
    return [render(one.what, {}, "here").plain for one in known(house.halls[KEY], BEGAN + later)]


def test_a_keyholder_is_told_that_all_is_well() -> None:
    told = ask(glanced(healthy(story()), Glance(BEGAN)), ADA)
    assert words(told) == ["I looked at Rivendell: all is well."]
    assert told.facts == ()


def test_others_are_not_told_whether_anything_is_amiss() -> None:
    asked = Asked(CY, RoomId("!x"), None, EventId("$ask"), BEGAN, ME)
    assert refused(doctor(story().house, asked, Arguments())) == "doctor-not-yours"


def test_what_comes_after_the_command_is_no_part_of_it() -> None:
    asked = Asked(ADA, RoomId("!x"), None, EventId("$ask"), BEGAN, ME)
    assert doctor(story().house, asked, Arguments(("rivendell",))) == Usage("!doctor")


def test_where_others_read_the_answer_is_given_in_private() -> None:
    assert {say.to for say in ask(story().house, ADA, place=LOBBY).says} == {ToPerson(ADA)}
    assert {say.to for say in ask(story().house, ADA).says} == {Reply()}


def test_a_keyholder_hears_of_their_own_community_alone() -> None:
    told = story()
    bree = Charter.model_validate({"key": "bree", "name": "Bree", "founders": [CY]})
    told.found(bree)
    assert [text.split(":")[0] for text in words(ask(told.house, ADA))] == ["I looked at Rivendell"]
    everything = "\n".join(words(ask(told.house, UserId("@op:here"), operator=True)))
    assert "Rivendell" in everything
    assert "Bree" in everything


def test_only_operators_hear_of_the_service_itself() -> None:
    beside = Glance(BEGAN, beside=(("12 MiB are free.", "Make room."),))
    house = glanced(story().house, beside, NOWHERE)
    assert "12 MiB" not in "\n".join(words(ask(house, ADA)))
    assert "12 MiB are free. Make room." in words(ask(house, CY, operator=True))[-1]


def test_missing_power_is_told_with_its_room_and_its_remedy() -> None:
    (told,) = words(ask(glanced(story().house, Glance(BEGAN, lacking=(POWER,))), ADA))
    assert "In Lobby I have not the power to invite, remove people." in told
    assert f"Give {ME} power 100 in Lobby." in told


def test_of_crews_rooms_only_the_number_is_told() -> None:
    house = glanced(story().house, Glance(BEGAN, lacking=(IN_A_CREW,), blocked=(IN_A_CREW,)))
    for decision in (ask(house, ADA), ask(house, CY, operator=True)):
        told = "\n".join(words(decision))
        assert re.search(r"In one crew.s room something is in my way\.", told)
        assert "lantern" not in told.casefold()
        assert CY not in told


def test_rooms_of_another_version_are_counted() -> None:
    old = tuple(OldVersion(key, "10", "11") for key in (ROOT, LOBBY))
    (told,) = words(ask(glanced(story().house, Glance(BEGAN, old=old)), ADA))
    assert "2 rooms are of another version than 11" in told


def test_a_long_list_ends_with_how_much_more_there_is() -> None:
    many = tuple(Blocked(LOBBY, f"do {n}", "Help.") for n in range(30))
    (told,) = words(ask(glanced(healthy(story()), Glance(BEGAN, blocked=many)), ADA))
    assert "And 10 more" in told


def test_one_key_is_a_warning_and_none_is_worse() -> None:
    told = story()
    assert ails(healthy(told)) == []
    told.gesture(ROOT, BEA, "leave")
    one = list(known(told.hall, BEGAN))
    assert ("Only one person here holds a key.", False) in [
        (render(a.what, {}, "x").plain, a.grave) for a in one
    ]
    hall = replace(told.hall, keyholders=Map())
    none = list(known(hall, BEGAN))
    assert ("Nobody here holds a key.", True) in [(render(a.what, {}, "x").plain, a.grave) for a in none]


def test_founders_who_have_not_come_yet_are_waited_for() -> None:
    told = Story(CHARTER)
    assert "Those who are to hold the keys have not come in yet." in ails(told.house)
    for person in (ADA, BEA):
        told.gesture(ROOT, person, "join")
        told.gesture(ROOT, person, "leave")
    assert "Nobody here holds a key." in ails(told.house)


def test_a_hat_that_too_few_wear_is_named_with_how_many_it_wants() -> None:
    assert "The hat Door is at risk: 0 of 2 wear it." in ails(story().house)


def test_a_plan_is_amiss_until_somebody_says_yes() -> None:
    told = story()
    stream = Stream(f"{KEY}/plans")
    told.record("$shown", (Writing(stream, PlanShown("m", "f", None, (ADA,), (), ())),))
    assert any("A plan waits for a yes since" in one for one in ails(told.house))
    told.record("$yes", (Writing(stream, PlanAllowed("m", ADA)),))
    assert not any("A plan waits" in one for one in ails(told.house))


@pytest.mark.parametrize(("kinds", "said"), [(("doors",), "one change"), (("doors", "powers"), "2 changes")])
def test_questions_about_changes_by_hand_are_counted(kinds: tuple[Kind, ...], said: str) -> None:
    told = story()
    for kind in kinds:
        asked = DriftAsked(kind, LOBBY, kind, "d", None, (), (), None, (ADA,))
        told.record(f"$asked-{kind}", (Writing(Stream(f"{KEY}/drift"), asked),))
    assert any(said in one for one in ails(told.house))


def lobby(version: str = "11") -> tuple[Story, RoomSeen]:
    told = story()
    wish = replace(told.wish(LOBBY), version=version)
    return told, made(wish)


@pytest.mark.parametrize("version", ["11", "12"])
def test_in_a_room_of_its_own_the_keeper_lacks_nothing(version: str) -> None:
    told, seen = lobby(version)
    assert lacking(told.wish(LOBBY), seen, ME) is None


def test_a_keeper_without_a_level_lacks_everything_but_its_voice() -> None:
    told, seen = lobby()
    found = lacking(told.wish(LOBBY), with_levels(seen, {ME: 0}), ME)
    assert found == Blocked(
        LOBBY,
        "change levels, open and close the door, invite, remove people",
        f"Give {ME} power 100 in {called(told.hall, LOBBY)}.",
    )


def test_where_only_some_may_write_a_keeper_without_a_level_is_mute() -> None:
    told, seen = lobby()
    quiet = replace(seen, powers={**seen.powers, "events_default": 5, "users": {}})
    found = lacking(told.wish(LOBBY), quiet, ME)
    assert found is not None
    assert found.what.endswith("speak")


def test_a_space_wants_the_power_to_list() -> None:
    told = story()
    wish = told.wish(ROOT)
    found = lacking(wish, with_levels(made(wish), {ME: 0}), ME)
    assert found is not None
    assert "list rooms" in found.what
    assert "speak" not in found.what


def test_nothing_is_missed_in_a_room_that_was_replaced_or_is_to_be_left() -> None:
    told, seen = lobby()
    weak = with_levels(seen, {ME: 0})
    assert lacking(told.wish(LOBBY), replace(weak, tombstone=RoomId("!new")), ME) is None
    assert lacking(replace(told.wish(LOBBY), closed=True), weak, ME) is None
