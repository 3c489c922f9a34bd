"""Promises of hats that no story tells: who sees what, which rooms follow, what is refused, what days are."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from immutables import Map

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.hall import Presence
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, RungKey, UserId
from crewhall.ground.talk import Decision, PersonLink, Reply, Sentence, ToPerson, Usage, Value
from crewhall.ground.worn import every, of_hat
from crewhall.life.hats.days import meant, said
from crewhall.testing.story import KEEPER, Story, refused

ADA, BEA, CY, DI, NEW = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "new"))
KEY = CommunityKey("rivendell")
ROOT, FRIENDS = ids.root(KEY), ids.rung(KEY, RungKey("friends"))
LOBBY = ids.place(KEY, "lobby")
CREW = ids.crew_room(KEY, CrewKey("lantern"))
MONDAY = date(2026, 5, 11)


def community(*founders: UserId, keys: dict[str, Any] | None = None, **door: Any) -> Story:
    """Return a community in which everybody is a Friend who offers the hat Door; Ada holds a key."""
    hats = [{"key": "door", "name": "Door", "given": {"by": "friends"}, **door}]
    if keys is not None:
        hats.append({"key": "keys", "name": "Keys", **keys})
    charter = {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": founders or (ADA,),
        "places": [{"key": "lobby", "name": "Lobby"}],
        "rungs": [{"key": "friends", "name": "Friends", "rooms": [{"key": "porch", "name": "Porch"}]}],
        "hats": hats,
    }
    story = Story(Charter.model_validate(charter), inside=[ADA, BEA, CY, DI])
    for person in (ADA, BEA, CY, DI):
        story.gesture(FRIENDS, person, "join")
    story.wait(timedelta(days=8))
    return story


def worn(story: Story, by: UserId, person: UserId, hat: str = "door") -> None:
    """Have a hat offered and taken."""
    assert isinstance(story.say(by, f"hat offer {hat}", person), Decision)
    story.react(story.card("hats.offer"), person, "✅")


def wears(story: Story, person: UserId, hat: str = "door") -> bool:
    hall = story.hall
    return person in (hall.keyholders if hat == "keys" else hall.hats.get(hat, Map()))


def put(story: Story, **parts: Any) -> None:
    """Have other capabilities know something of people."""
    here = Presence(story.now, "$elsewhere")
    maps = {name: Map(dict.fromkeys(people, here)) for name, people in parts.items()}
    story.house = story.house.with_hall(replace(story.hall, **maps))  # type: ignore[arg-type]


def named(value: Value) -> set[str]:
    """Return the names of all sentences in one."""
    match value:
        case Sentence(id=name, args=args):
            return {name}.union(*map(named, args.values()))
        case tuple():
            return set[str]().union(*map(named, value))
        case _:
            return set()


def test_who_rests_is_offered_nothing_and_asked_nothing_at_a_terms_end() -> None:
    story = community(term_months=1)
    worn(story, ADA, DI)
    put(story, resting=[BEA, DI])
    assert refused(story.say(ADA, "hat offer door", BEA)) == "hat-not-now"
    before = len(story.says)
    story.wait(timedelta(days=40))
    assert not [say for say in story.says[before:] if say.to == ToPerson(DI)]
    assert wears(story, DI)


def test_who_is_shut_out_offers_nothing_is_offered_nothing_and_takes_nothing() -> None:
    story = community()
    story.say(ADA, "hat offer door", DI)
    card = story.card("hats.offer")
    put(story, shut_out=[BEA, DI])
    assert refused(story.say(BEA, "hat offer door", CY)) == "hat-shut-out"
    assert refused(story.say(ADA, "hat offer door", BEA)) == "hat-needs"
    story.react(card, DI, "✅")
    assert not wears(story, DI)
    assert story.told()[-1] == "hat-offer-over"


def test_the_keeper_wears_no_hat() -> None:
    assert refused(community().say(ADA, "hat offer door", KEEPER)) == "person-is-keeper"


@pytest.mark.parametrize(
    "line",
    ["hat offer", "hat offer door", "hat object door", "hat withdraw", "hat understudy door", "hat drop",
     "hat", "away", "back soon"],
)  # fmt: skip
def test_half_a_command_is_answered_by_the_whole_one(line: str) -> None:
    assert isinstance(community().say(ADA, line), Usage)


def test_an_offer_is_not_made_twice_and_is_taken_back_by_deleting_it() -> None:
    story = community()
    story.say(ADA, "hat offer door", DI, cause=ids.EventId("$offer"))
    card = story.card("hats.offer")
    assert refused(story.say(BEA, "hat offer door", DI)) == "hat-offered-already"
    story.take_back("$offer", ADA)
    assert story.told()[-1] == "hat-offer-closed"
    story.react(card, DI, "✅")
    assert not wears(story, DI)
    assert isinstance(story.say(BEA, "hat offer door", DI), Decision)


def test_an_offer_is_taken_back_by_its_giver_only() -> None:
    story = community()
    story.say(ADA, "hat offer door", DI)
    assert refused(story.say(BEA, "hat withdraw door", DI)) == "hat-no-offer"
    assert isinstance(story.say(ADA, "hat withdraw door", DI), Decision)
    assert not story.hall.hats.get("door")


def test_the_same_yes_told_twice_counts_once() -> None:
    story = community()
    worn(story, ADA, DI)
    story.react(story.card("hats.offer"), DI, "✅")
    assert len(story.facts("HatTaken")) == 1


def test_a_second_objection_of_one_person_is_no_second_fact() -> None:
    story = community(given={"by": "friends", "consent": {"of": "friends", "days": 3}})
    story.say(ADA, "hat offer door", DI)
    for _ in range(2):
        story.react(story.card("hats.consent"), BEA, "✋")
    story.say(BEA, "hat object door because I say so", DI)
    assert len(story.facts("HatObjected")) == 1
    assert "I say so" not in repr(story.records)


def test_an_objection_after_the_close_is_told_so() -> None:
    story = community(given={"by": "friends", "consent": {"of": "friends", "days": 3}})
    story.say(ADA, "hat offer door", DI)
    story.now += timedelta(days=4)  # the service was away, and has not closed it yet
    assert refused(story.say(BEA, "hat object door because I say so", DI)) == "hat-question-closed"
    story.react(story.card("hats.consent"), CY, "✋")
    assert story.told()[-1] == "hat-question-closed"
    assert not story.facts("HatObjected")


def test_without_days_nobody_is_waited_for() -> None:
    story = community(given={"by": "friends", "consent": {"of": "friends", "days": 0}})
    worn(story, ADA, DI)
    assert wears(story, DI)


def test_a_yes_that_comes_too_late_is_told_so() -> None:
    story = community()
    story.say(ADA, "hat offer door", DI)
    story.now += timedelta(days=30)  # the service was away, and has not closed it yet
    story.react(story.card("hats.offer"), DI, "✅")
    assert story.told()[-1] == "hat-offer-over"
    assert not wears(story, DI)


def test_an_understudy_who_rests_is_not_asked_first() -> None:
    story = community()
    worn(story, ADA, BEA)
    story.say(BEA, "hat understudy door", DI)
    story.react(story.card("hats.understudy"), DI, "✅")
    put(story, resting=[DI])
    before = len(story.says)
    story.say(BEA, "hat drop door")
    assert [say for say in story.says[before:] if say.to == ToPerson(DI)] == []


def test_an_answer_from_anybody_else_is_nothing() -> None:
    story = community()
    story.say(ADA, "hat offer door", DI)
    story.react(story.card("hats.offer"), BEA, "✅")
    assert not story.facts("HatTaken")


@pytest.mark.parametrize("hat", ["door", "keys"])
def test_the_rooms_of_a_hat_follow_when_it_is_put_on_dropped_or_lost(hat: str) -> None:
    story = community(ADA, BEA, may=["pin"], needs="friends", keys={"needs": "friends"})
    rooms = set(of_hat(story.hall, hat))
    assert rooms

    def moved() -> set[RoomKey]:
        return set(rules.touched(story.house, story.records[-1]))

    worn(story, ADA, DI, hat)
    assert rooms <= moved()
    story.say(DI, f"hat drop {hat}")
    assert rooms <= moved()
    worn(story, ADA, CY, hat)
    story.gesture(FRIENDS, CY, "leave")
    assert rooms <= moved()
    assert not wears(story, CY, hat)


def test_stepping_down_by_word_takes_a_hat_off_in_the_same_breath() -> None:
    story = community(needs="friends")
    worn(story, ADA, DI)
    story.say(DI, "step down")
    assert not wears(story, DI)
    story.wait(timedelta(minutes=1))
    assert story.told()[-1] == "told"
    before = len(story.says)
    story.wait(timedelta(days=30))
    assert len(story.says) == before


def test_a_hat_that_was_lost_and_taken_again_at_once_is_not_lost_twice() -> None:
    story = community(needs="friends")
    worn(story, ADA, DI)
    for how in ("leave", "join"):
        story.gesture(FRIENDS, DI, how)  # type: ignore[arg-type]
    worn(story, ADA, DI)
    story.wait(timedelta(minutes=1))
    assert wears(story, DI)
    assert not story.facts("HatsLost")


def test_an_absence_is_forgotten_with_the_last_hat() -> None:
    story = community()
    worn(story, ADA, DI)
    story.say(DI, "away from June")
    story.say(DI, "hat drop door")
    story.wait(timedelta(minutes=1))
    assert refused(story.say(DI, "back")) == "away-not"


def test_a_founder_who_has_not_come_yet_keeps_the_key_until_they_decline() -> None:
    story = community(ADA, NEW)
    story.wait(timedelta(days=30))
    assert wears(story, NEW, "keys")
    assert refused(story.say(ADA, "hat drop keys")) == "hat-last-key"
    story.gesture(ROOT, NEW, "leave")
    assert not wears(story, NEW, "keys")
    assert wears(story, ADA, "keys")


def test_the_keys_want_two_whatever_the_charter_says() -> None:
    story = community(ADA, keys={"holders": 1})
    outcome = story.say(ADA, "hats")
    assert isinstance(outcome, Decision)
    assert "hat-risk" in named(outcome.says[0].text)


def test_a_paused_wearer_keeps_their_place_and_gets_the_hat_back() -> None:
    story = community(ADA, BEA, most=1, term_months=12)
    worn(story, ADA, DI)
    until = story.facts("HatTaken")[0].until  # type: ignore[attr-defined]
    for by in (ADA, BEA):
        story.say(by, "pause for 3 days because I say so", DI)
    assert not wears(story, DI)
    assert refused(story.say(ADA, "hat offer door", CY)) == "hat-full"
    story.wait(timedelta(days=4))
    assert wears(story, DI)
    story.wait(timedelta(days=1))
    assert wears(story, DI)
    for space in (ROOT, FRIENDS):
        story.gesture(space, DI, "join")
    assert wears(story, DI)
    outcome = story.say(ADA, "hat door")
    assert isinstance(outcome, Decision)
    assert said(until.date()) in repr(outcome.says)


def test_a_paused_wearer_who_does_not_come_back_loses_the_hat() -> None:
    story = community(ADA, BEA)
    worn(story, ADA, DI)
    for by in (ADA, BEA):
        story.say(by, "pause for 3 days because I say so", DI)
    story.wait(timedelta(days=4))
    assert wears(story, DI)
    story.gesture(ROOT, DI, "leave")
    assert not wears(story, DI)


def test_hats_are_seen_by_everybody_inside_and_nobody_else() -> None:
    story = community()
    assert refused(story.say(NEW, "hats")) == "not-inside"
    assert refused(story.say(NEW, "hat door")) == "not-inside"
    for person in (ADA, DI):
        assert isinstance(story.say(person, "hats", place=LOBBY), Decision)


def test_in_a_crews_room_hats_are_told_privately() -> None:
    story = community()
    outcome = story.say(DI, "hats", place=CREW)
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [ToPerson(DI)]


@pytest.mark.parametrize(
    "line", ["hat offer door", "hat understudy door", "hat object door because I say so"]
)
def test_what_concerns_one_person_is_not_answered_where_others_read(line: str) -> None:
    story = community()
    worn(story, ADA, BEA)
    outcome = story.say(BEA, line, DI, place=LOBBY)
    assert isinstance(outcome, Decision)
    assert Reply() not in [say.to for say in outcome.says]
    assert outcome.ack


def test_a_named_service_hat_is_critical_and_the_line_about_it_is_gone() -> None:
    story = community()
    charter = story.hall.charter
    service = charter.hats[0].model_copy(update={"key": "service", "name": "Operators"})
    story.house = story.house.with_hall(
        replace(story.hall, charter=charter.model_copy(update={"hats": (service,)}))
    )
    outcome = story.say(ADA, "hats")
    assert isinstance(outcome, Decision)
    assert "hats-service" not in named(outcome.says[0].text)
    assert story.say(ADA, "hat operators") != outcome
    risks = [line for line in _lines(outcome) if "hat-risk" in named(line)]
    assert len(risks) == 2


def test_a_hat_tells_what_it_allows_and_how_it_is_given() -> None:
    story = community(
        about="Minds the door.",
        may=["pin", "invite"],
        where=["friends"],
        given={"by": "friends", "consent": {"of": "friends", "days": 3}},
    )
    outcome = story.say(DI, "hat door")
    assert isinstance(outcome, Decision)
    told = named(outcome.says[0].text)
    assert {"hat-asks", "hat-allows", "may-pin", "may-invite", "hat-term"} <= told
    assert {"hat-rule", "hat-rule-consent"} <= told


def test_me_and_why_tell_of_hats_by_whom_and_until_when() -> None:
    story = community(may=["pin"])
    story.say(ADA, "hat offer door", DI)
    assert "me-hat-offered" in _me(story, DI)
    story.react(story.card("hats.offer"), DI, "✅")
    assert _me(story, DI) == ["me-hat"]
    assert _why(story, DI, LOBBY) == ["why-hat"]
    assert _why(story, DI, FRIENDS) == []
    assert _why(story, ADA, FRIENDS) == ["why-hat-founding"]
    story.say(DI, "hat drop door")
    assert _why(story, DI, LOBBY) == ["why-hat-gone"]
    assert _me(story, DI) == []
    (by,) = [line.args["by"] for line in _told(story).why(_before(story), DI, LOBBY)]
    assert by == PersonLink(ADA)


def test_an_understudy_is_asked_once_and_is_nobody_who_wears_it() -> None:
    story = community()
    worn(story, ADA, BEA)
    assert refused(story.say(BEA, "hat understudy door", NEW)) == "hat-needs"
    assert refused(story.say(BEA, "hat understudy door", BEA)) == "hat-worn-already"
    assert isinstance(story.say(BEA, "hat understudy door", DI), Decision)
    assert refused(story.say(BEA, "hat understudy door", DI)) == "hat-understudy-waits"
    story.react(story.card("hats.understudy"), DI, "✅")
    assert refused(story.say(BEA, "hat understudy door", DI)) == "hat-understudy-already"
    assert "me-understudy" in _me(story, DI)
    worn(story, ADA, DI)
    assert _me(story, DI) == ["me-hat"]


def test_nobody_becomes_understudy_of_who_no_longer_wears_the_hat() -> None:
    story = community()
    worn(story, ADA, BEA)
    story.say(BEA, "hat understudy door", DI)
    card = story.card("hats.understudy")
    story.say(BEA, "hat drop door")
    story.react(card, DI, "✅")
    assert story.told()[-1] == "hat-offer-over"


def test_a_late_yes_to_being_understudy_is_told_that_it_is_over() -> None:
    story = community()
    worn(story, ADA, BEA)
    story.say(BEA, "hat understudy door", DI)
    story.now += timedelta(days=31)
    story.react(story.card("hats.understudy"), DI, "✅")
    assert story.told()[-1] == "hat-offer-over"
    assert not story.facts("Understudied")


def test_an_answer_about_an_old_term_is_nothing() -> None:
    story = community(term_months=1)
    worn(story, ADA, DI)
    story.wait(timedelta(days=32))
    card = story.card("hats.term")
    story.react(card, DI, "🔁")
    story.wait(timedelta(days=40))
    assert story.facts("TermAsked")[-1] != story.facts("TermAsked")[0]
    assert story.react(card, DI, "🍂") is None
    assert wears(story, DI)
    story.react(story.card("hats.term"), DI, "🍂")
    assert not wears(story, DI)


def test_the_last_key_is_not_dropped_at_its_terms_end_either() -> None:
    story = community(ADA, keys={"term_months": 1})
    story.wait(timedelta(days=40))
    story.react(story.card("hats.term"), ADA, "🍂")
    assert wears(story, ADA, "keys")
    assert story.told()[-1] == "hat-last-key"


def test_nobody_is_asked_about_a_term_at_night() -> None:
    story = community(term_months=1)
    worn(story, ADA, DI)
    story.wait(timedelta(days=31, hours=10))
    assert not story.facts("TermAsked")
    story.wait(timedelta(hours=12))
    assert len(story.facts("TermAsked")) == 1


@pytest.mark.parametrize(("most", "holders", "stays"), [(5, 1, False), (5, 2, True), (1, 1, False)])
def test_who_hands_on_stays_until_enough_others_wear_the_hat(most: int, holders: int, stays: bool) -> None:  # noqa: FBT001 - a case
    story = community(term_months=1, most=most, holders=holders)
    worn(story, ADA, DI)
    story.wait(timedelta(days=32))
    story.react(story.card("hats.term"), DI, "🤝")
    worn(story, ADA, BEA)
    assert wears(story, BEA)
    assert wears(story, DI) is stays
    if stays:
        worn(story, ADA, CY)
        assert not wears(story, DI)
        assert wears(story, BEA)


def test_only_the_keys_stay_with_who_has_gone() -> None:
    story = community(ADA, needs="friends", keys={"needs": "friends"})
    worn(story, ADA, DI)
    story.gesture(FRIENDS, ADA, "leave")
    assert wears(story, ADA, "keys")
    story.gesture(FRIENDS, DI, "leave")
    assert not wears(story, DI)


def test_what_was_told_once_is_not_due_again() -> None:
    story = community(ADA, term_months=1, needs="friends", keys={"term_months": 36})
    for person in (BEA, CY, DI):
        worn(story, ADA, person)
    story.say(BEA, "hat understudy keys", CY)
    story.say(ADA, "hat understudy keys", CY)
    story.react(story.card("hats.understudy"), CY, "✅")
    story.say(ADA, "away from 15 June")
    story.gesture(FRIENDS, DI, "leave")
    for _ in range(60):
        story.wait(timedelta(days=1))
        assert [cause for cause, _ in rules.due(story.house, story.now)] == []
    story.gesture(ROOT, ADA, "leave")
    story.wait(timedelta(minutes=1))
    seen = {type(record.fact).__name__ for record in story.records}
    assert {"TermAsked", "AwayReminded", "AwayBegun", "HatsLost", "LastKeyOutside"} <= seen
    assert [cause for cause, _ in rules.due(story.house, story.now)] == []


def test_one_absence_takes_the_place_of_the_other_and_no_reminder_comes_for_what_was_just_told() -> None:
    story = community()
    worn(story, ADA, DI)
    story.say(DI, "away from 1 August")
    story.say(DI, "away from 2026-05-18")
    for _ in range(60):
        story.wait(timedelta(days=1))
    assert "away-reminder" not in story.told()
    assert refused(story.say(DI, "away from 2031-01-01")) == "away-too-far"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("June", date(2026, 6, 1)),
        ("jun", date(2026, 6, 1)),
        ("May", MONDAY),
        ("april", date(2027, 4, 1)),
        ("1 June", date(2026, 6, 1)),
        ("June 1st, 2027", date(2027, 6, 1)),
        ("10 May", date(2027, 5, 10)),
        ("11 May", MONDAY),
        ("29 February", date(2028, 2, 29)),
        ("June 2027", date(2027, 6, 1)),
        ("2026-06-01", date(2026, 6, 1)),
        ("2026-6-1", date(2026, 6, 1)),
        ("today", MONDAY),
        ("31 June", None),
        ("2026-13-01", None),
        ("2026-06-01-02", None),
        ("99999-01-01", None),
        ("0000-01-01", None),
        ("1 2 June", None),
        ("June July", None),
        ("soon", None),
        ("1", None),
        ("", None),
        ("٣ June", None),
        ("²-1-1", None),
        ("m", None),
    ],
)
def test_a_day_is_read_as_people_write_it(words: str, day: date | None) -> None:
    assert meant(words.split(), MONDAY) == day


def test_nothing_is_left_of_a_hat_but_who_wore_it() -> None:
    story = community(may=["pin"])
    worn(story, ADA, DI)
    assert DI in story.wish(LOBBY).powers.users
    story.say(DI, "hat drop door")
    assert DI not in story.wish(LOBBY).powers.users
    assert DI in story.wish(LOBBY).powers.lowered
    assert all(story.wish(key) for key in every(story.hall))


def _told(story: Story) -> Any:
    assert story.hall
    return next(one for one in rules.CAPABILITIES if one.name == "hats")


def _me(story: Story, person: UserId) -> list[str]:
    return [line.id for line in _told(story).me(story.hall, person)]


def _why(story: Story, person: UserId, place: RoomKey) -> list[str]:
    return [line.id for line in _told(story).why(story.hall, person, place)]


def _before(story: Story) -> Any:
    """Return the community before its last record."""
    house = Story().house
    for record in story.records[:-1]:
        house = rules.evolve(house, record)
    return house.halls[KEY]


def _lines(outcome: Decision) -> tuple[Sentence, ...]:
    lines = outcome.says[0].text.args["lines"]
    assert isinstance(lines, tuple)
    return tuple(line for line in lines if isinstance(line, Sentence))
