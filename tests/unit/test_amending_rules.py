"""Promises of the charter in chat: all can read it, and it changes only as it says itself, after a look."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crewhall import house as rules
from crewhall.charter.differences import differences
from crewhall.charter.model import Charter
from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.grammar import Line, Match, choose
from crewhall.ground.ids import CommunityKey, RoomKey, RungKey, UserId
from crewhall.ground.talk import Decision, Outcome, Refusal, Reply, Say, ToPerson, ToRoom, Usage
from crewhall.house.counsel import VERBS
from crewhall.testing.story import Story, refused
from crewhall.text import render

ADA, BEA, CY, DI, EVE = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve"))
KEY = CommunityKey("rivendell")
DAY = timedelta(days=1)
RUNGS = [
    {
        "key": "friends",
        "name": "Friends",
        "asks": "Come by.",
        "door": {"propose": "friends", "consent": {"of": "friends", "days": 5}},
        "rooms": [{"key": "commons", "name": "Commons"}],
    },
    {"key": "partners", "name": "Partners", "level": 40, "rooms": [{"key": "hearth", "name": "Hearth"}]},
]
BASE: dict[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "purpose": "We look out for each other.",
    "founders": [ADA, BEA, CY],
    "places": [
        {"key": "lobby", "name": "Lobby"},
        {"key": "board", "name": "Noticeboard", "post": "keyholders"},
    ],
    "rungs": RUNGS,
    "hats": [{"key": "door", "name": "Door", "about": "Welcomes whoever comes.", "term_months": 6}],
}


def life(**more: Any) -> Story:
    """Ada, Bea and Cy hold the keys; Di is a Friend, Eve is in the community. It is a Monday."""
    story = Story(Charter.model_validate({**BASE, **more}), inside=[ADA, BEA, CY, DI, EVE])
    for person in (ADA, BEA, CY, DI):
        story.stands(ids.rung(KEY, RungKey("friends")), person)
    for person in (ADA, BEA):
        story.stands(ids.rung(KEY, RungKey("partners")), person)
    story.wait(DAY)
    return story


def alone(**more: Any) -> Story:
    """Ada alone holds the keys."""
    return Story(Charter.model_validate({**BASE, "founders": [ADA], **more}), inside=[ADA, DI])


def plain(outcome: Outcome | None) -> str:
    """Return what was answered to the command itself."""
    match outcome:
        case Decision(says=says):
            return next(words(say) for say in says if say.to == Reply())
        case Refusal(text=text):
            return render(text, {}, "here").plain
        case Usage(line=line):
            return line
        case None:
            return ""


def words(say: Say) -> str:
    return render(say.text, {}, "here").plain


def told(story: Story, person: UserId) -> str:
    """Return what was last said to somebody in private."""
    return next((words(say) for say in reversed(story.says) if say.to == ToPerson(person)), "")


def card(story: Story) -> str:
    return next(words(say) for say in reversed(story.says) if say.card is not None)


def yes(story: Story, person: UserId) -> None:
    story.react(story.card("amending.ask"), person, "✅")


def no(story: Story, person: UserId) -> None:
    story.react(story.card("amending.ask"), person, "✋")


# Reading


def test_anybody_can_read_the_whole_charter_on_one_plain_page() -> None:
    page = plain(life(renewal={}).say(EVE, "charter"))
    for said in (
        "Rivendell. We look out for each other.",
        "Into Rivendell one is invited",
        "Friends: Come by.",
        "For Friends somebody is proposed by Friends.",
        "nobody objects for 5 working days, out of Friends.",
        "To Partners one is invited by whoever may invite.",
        "The hat Door, for 6 months: Welcomes whoever comes.",
        "asked after 3 months, then every 6 months",
        "by those who hold the keys and decided by those who hold the keys: one other yes is needed,",
        "needed, and within 3 working days nobody objects.",
        "It has not changed since 3 May 2026",
        "!charter PART, with one of name, purpose",
    ):
        assert said in page


def test_a_page_of_a_charter_that_says_little_is_short() -> None:
    bare = {"purpose": "", "rungs": [], "hats": [], "changes": {"others": 0, "days": 0}}
    assert len(plain(life(**bare).say(EVE, "charter")).splitlines()) == 5


@pytest.mark.parametrize("join", ["knock", "public"])
def test_the_page_says_how_one_comes_in(join: str) -> None:
    assert {"knock": "let in after asking", "public": "everybody may come"}[join] in plain(
        life(door={"join": join}).say(EVE, "charter")
    )


def test_a_part_is_shown_as_a_file_would_say_it() -> None:
    assert "crews:\n  name: Crews\n" in plain(life().say(EVE, "charter crews"))
    assert plain(life().say(EVE, "charter crews.most")) == "most: 8"
    assert plain(life().say(EVE, "charter rungs")) == "rungs:\n  friends: Friends\n  partners: Partners"
    friends = plain(life().say(EVE, "charter rungs.friends"))
    assert "  asks: Come by.\n" in friends
    assert "    consent:\n      of: friends\n      days: 5\n" in friends
    assert "  rooms:\n  - commons\n" in friends
    assert friends.endswith("Not set: avatar, may and may_everywhere")


def test_a_part_may_be_named_in_words() -> None:
    assert plain(life().say(EVE, "charter Hats door")) == plain(life().say(EVE, "charter hats.door"))


def test_a_part_that_is_not_there_names_the_nearest() -> None:
    assert "nearest known key is `crews`" in plain(life().say(EVE, "charter crew"))
    assert "nearest known key is `friends`" in plain(life().say(EVE, "charter rungs.friend"))
    assert "Nothing stands below `crews.most`" in plain(life().say(EVE, "charter crews.most.x"))


def test_no_part_is_taken_for_a_slip_of_another_command() -> None:
    for name in Charter.model_fields:
        choice = choose(Line(("charter", name)), VERBS)
        assert isinstance(choice, Match)
        assert choice.rest.words == (name,)


def test_long_parts_are_cut() -> None:
    free = [f"2027-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 28)]
    shown = plain(life(calendar={"free": free}).say(EVE, "charter calendar.free"))
    assert shown.endswith("…")
    assert len(shown) < 2_000


# Proposing


def test_a_change_is_shown_with_what_it_means_and_holds_once_another_says_yes_and_time_has_passed() -> None:
    story = life()
    reply = plain(story.say(ADA, "charter set crews.most to 6"))
    assert reply.startswith("2 others are asked")
    assert "• crews.most: 8 → 6\n• Nothing would change in rooms or for people now." in card(story)
    assert "A ✅ says yes, and one is needed. So far: 0." in card(story)
    assert [say.to for say in story.says if say.card] == [ToPerson(BEA), ToPerson(CY)]
    yes(story, BEA)
    assert "So far: 1." in card(story)
    story.wait(2 * DAY)
    assert story.hall.charter.crews.most == 8
    story.wait(DAY)
    assert story.hall.charter.crews.most == 6
    assert card(story).startswith("Decided, as @ada:here proposed.")
    board = [words(say) for say in story.says if say.to == ToRoom(ids.place(KEY, "board"))]
    assert board == [
        "The charter of Rivendell has changed, by decision of @ada:here and @bea:here:\n• crews.most: 8 → 6"
    ]
    assert told(story, ADA) == "Your change is decided: the charter of Rivendell has changed."
    assert "since 7 May 2026 at 14:05 UTC, changed by decision; @ada:here" in plain(story.say(EVE, "charter"))


def test_with_all_in_favour_it_holds_at_once() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    yes(story, BEA)
    yes(story, CY)
    assert story.hall.charter.crews.most == 6
    assert story.facts("CharterChanged") == [CharterChanged(story.hall.charter, ADA)]


def test_without_enough_words_it_is_not_decided() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    story.wait(4 * DAY)
    assert story.hall.charter.crews.most == 8
    assert "too few said yes" in told(story, ADA)
    assert card(story).startswith("Not decided.")
    assert not isinstance(story.say(BEA, "charter set crews.most to 6"), Refusal)


def test_silence_passes_a_change_only_where_the_charter_says_so() -> None:
    story = life(changes={"others": 0, "days": 2})
    story.say(ADA, "charter set crews.most to 6")
    assert "A ✋ holds it up." in card(story)
    story.wait(DAY)
    assert story.hall.charter.crews.most == 8
    story.wait(DAY)
    assert story.hall.charter.crews.most == 6


def test_where_nobody_can_object_in_time_one_other_yes_is_enough() -> None:
    story = life(changes={"others": 1, "days": 0})
    story.say(ADA, "charter set crews.most to 6")
    yes(story, CY)
    assert story.hall.charter.crews.most == 6


def test_an_objection_holds_it_up_and_its_reason_goes_to_who_proposes_only() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    no(story, BEA)
    assert told(story, BEA).startswith("Your objection holds the change up. @ada:here would like to know why")
    assert "Somebody objects." in card(story)
    assert "holds" in plain(story.say(BEA, "charter object because we are seven"))
    assert "“we are seven”" in told(story, ADA)
    assert [say for say in story.says if "seven" in words(say) and say.to != ToPerson(ADA)] == []
    assert "seven" not in repr(story.records)
    assert len(story.facts("ChangeSaid")) == 1
    yes(story, CY)
    story.wait(4 * DAY)
    assert story.hall.charter.crews.most == 8
    assert "an objection stood until the end" in told(story, ADA)


def test_an_objection_by_words_holds_it_up_too_until_it_is_taken_back() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    cause = story.event()
    story.say(BEA, "charter object because we are seven", cause=cause)
    yes(story, CY)
    story.take_back(cause, BEA)
    assert len(story.facts("ChangeWordTakenBack")) == 1
    story.wait(3 * DAY)
    assert story.hall.charter.crews.most == 6


def test_taking_back_the_last_objection_lets_it_hold_when_all_others_are_in_favour() -> None:
    story = life(changes={"others": 1, "days": 0})
    story.say(ADA, "charter set crews.most to 6")
    no(story, BEA)
    yes(story, CY)
    yes(story, BEA)
    assert story.hall.charter.crews.most == 6


def test_a_yes_that_is_taken_back_does_not_count() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    cause = story.event()
    story.react(story.card("amending.ask"), BEA, "✅", cause=cause)
    story.take_back(cause, BEA)
    story.wait(4 * DAY)
    assert story.hall.charter.crews.most == 8


def test_who_is_alone_confirms_what_they_were_shown() -> None:
    story = alone()
    assert "in your private chat" in plain(story.say(ADA, "charter set crews.most to 6"))
    assert "Nobody else has to be asked." in card(story)
    assert story.card("amending.ask").choices == ("✅",)
    assert refused(story.say(ADA, "charter object because no")) == "amend-object-oneself"
    assert story.hall.charter.crews.most == 8
    yes(story, ADA)
    assert story.hall.charter.crews.most == 6


def test_those_who_rest_are_asked_only_if_nobody_else_is_there() -> None:
    for founders, asked in (([ADA, BEA, CY], (CY,)), ([ADA, BEA], (BEA,))):
        story = life(founders=founders)
        here = story.hall.inside[BEA]
        story.house = story.house.with_hall(replace(story.hall, resting=story.hall.resting.set(BEA, here)))
        story.say(ADA, "charter set crews.most to 6")
        assert [fact.entitled for fact in story.facts("ChangeProposed")] == [asked]  # type: ignore[attr-defined]


def test_the_yes_of_somebody_who_has_left_the_group_does_not_count() -> None:
    story = life(changes={"of": "partners"})
    story.stands(ids.rung(KEY, RungKey("partners")), CY)
    story.say(ADA, "charter set crews.most to 6")
    yes(story, BEA)
    story.gesture(ids.rung(KEY, RungKey("partners")), BEA, "leave")
    story.wait(4 * DAY)
    assert story.hall.charter.crews.most == 8


def test_that_all_who_were_asked_have_left_is_no_agreement() -> None:
    story = life(changes={"of": "partners", "others": 0})
    story.say(ADA, "charter set crews.most to 6")
    story.gesture(ids.rung(KEY, RungKey("partners")), BEA, "leave")
    story.wait(DAY)
    assert story.hall.charter.crews.most == 8


def test_nobody_is_asked_who_came_later_and_a_word_counts_only_while_one_belongs() -> None:
    story = life(changes={"of": "partners", "days": 0})
    story.say(ADA, "charter set crews.most to 6")
    story.stands(ids.rung(KEY, RungKey("partners")), CY)
    yes(story, CY)
    assert "was put on 4 May 2026" in told(story, CY)
    story.gesture(ids.rung(KEY, RungKey("partners")), BEA, "leave")
    yes(story, BEA)
    assert told(story, BEA) == "You no longer belong to those who decide this."
    assert story.hall.charter.crews.most == 8


def test_who_proposes_is_not_asked_and_others_are_told_so() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    yes(story, ADA)
    assert told(story, ADA).startswith("You proposed this change; now others decide.")
    yes(story, EVE)
    assert "to others" in told(story, EVE)
    assert not story.facts("ChangeSaid")


def test_who_proposes_without_belonging_to_those_who_decide_needs_one_of_them() -> None:
    for days in (0, 2):
        story = life(changes={"propose": "friends", "of": "partners", "others": 0, "days": days})
        story.say(DI, "charter set crews.most to 6")
        story.wait(3 * DAY)
        assert story.hall.charter.crews.most == 8
    story = life(changes={"propose": "friends", "of": "partners", "others": 0, "days": 0})
    story.say(DI, "charter set crews.most to 6")
    yes(story, BEA)
    assert story.hall.charter.crews.most == 6


def test_where_nobody_is_in_the_named_group_the_keyholders_decide() -> None:
    rungs = [*RUNGS, {"key": "elders", "name": "Elders"}]
    story = life(rungs=rungs, changes={"propose": "elders", "of": "elders"})
    assert refused(story.say(DI, "charter set crews.most to 6")) == "amend-not-yours"
    story.say(ADA, "charter set crews.most to 6")
    yes(story, BEA)
    yes(story, CY)
    assert story.hall.charter.crews.most == 6


def test_a_change_is_shown_in_the_container_and_to_those_who_cannot_read_there() -> None:
    story = life(container="partners/hearth")
    story.say(ADA, "charter set crews.most to 6")
    hearth = ids.rung_room(KEY, RungKey("partners"), "hearth")
    assert [say.to for say in story.says if say.card] == [ToRoom(hearth), ToPerson(CY)]


def test_many_are_asked_in_their_own_room_not_one_by_one() -> None:
    story = life(changes={"of": "friends"})
    story.say(ADA, "charter set crews.most to 6")
    commons = ids.rung_room(KEY, RungKey("friends"), "commons")
    assert [say.to for say in story.says if say.card] == [ToRoom(commons)]


def test_a_sealed_container_is_not_spoken_in() -> None:
    story = life(container="lobby")
    sealed = frozenset({ids.place(KEY, "lobby"), ids.place(KEY, "board")})
    story.house = story.house.with_hall(replace(story.hall, sealed=sealed))
    story.say(ADA, "charter set crews.most to 6")
    assert [say.to for say in story.says if say.card] == [ToPerson(BEA), ToPerson(CY)]


def test_only_who_may_propose_does() -> None:
    story = life()
    assert "proposed by those who hold the keys" in plain(story.say(DI, "charter set crews.most to 6"))
    assert not story.facts("ChangeProposed")


def test_one_change_at_a_time() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    assert "what @ada:here proposed is open until" in plain(story.say(BEA, "charter set crews.most to 7"))
    assert len(story.facts("ChangeProposed")) == 1


def test_a_change_is_taken_back_by_word_or_by_taking_back_the_command() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    assert "@ada:here proposed this change" in plain(story.say(BEA, "charter withdraw"))
    assert "taken back" in plain(story.say(ADA, "charter withdraw"))
    assert card(story).startswith("Taken back.")
    assert refused(story.say(ADA, "charter withdraw")) == "amend-nothing-open"
    cause = story.event()
    story.say(ADA, "charter set crews.most to 6", cause=cause)
    story.take_back(cause, ADA)
    yes(story, BEA)
    yes(story, CY)
    assert story.hall.charter.crews.most == 8
    assert len(story.facts("ChangeWithdrawn")) == 2


def test_what_was_proposed_by_somebody_who_is_gone_can_be_taken_back_by_others() -> None:
    story = life(changes={"propose": "partners"})
    story.say(ADA, "charter set crews.most to 6")
    story.gesture(ids.rung(KEY, RungKey("partners")), ADA, "leave")
    assert isinstance(story.say(BEA, "charter withdraw"), Decision)


def test_a_change_decided_on_an_older_charter_ends_without_being_made() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    by_file = story.hall.charter.model_copy(update={"name": "Imladris"})
    story.record("cli", (Writing(Stream(KEY), CharterChanged(by_file)),))
    yes(story, BEA)
    assert story.hall.charter == by_file
    assert "changed meanwhile" in told(story, ADA)
    assert len(story.facts("ChangeDropped")) == 1
    assert "holds as it is since" in plain(story.say(EVE, "charter"))


def test_a_word_after_the_end_settles_it_and_is_not_counted() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    story.now += 5 * DAY
    assert plain(story.say(BEA, "charter object because no")) == (
        "The question about this change has closed already."
    )
    assert not story.facts("ChangeSaid")
    assert len(story.facts("ChangeDropped")) == 1
    yes(story, CY)
    assert story.hall.charter.crews.most == 8


def test_the_rules_for_changes_change_only_after_passing_under_the_old_ones() -> None:
    story = life()
    story.say(ADA, "charter set changes.others to 0; changes.days to 0")
    assert len(story.facts("CharterChanged")) == 0
    yes(story, BEA)
    yes(story, CY)
    assert (story.hall.charter.changes.others, story.hall.charter.changes.days) == (0, 0)
    story.say(ADA, "charter set crews.most to 6")
    yes(story, ADA)
    assert story.hall.charter.crews.most == 6


def test_who_is_asked_hears_of_it_under_me() -> None:
    story = life()
    story.say(ADA, "charter set crews.most to 6")
    assert "me-change" in [line.id for line in _me(story, BEA)]
    assert "me-change" not in [line.id for line in _me(story, EVE)]
    yes(story, BEA)
    assert "me-change" not in [line.id for line in _me(story, BEA)]


def _me(story: Story, person: UserId) -> Any:
    return [line for one in rules.CAPABILITIES for line in one.me(story.hall, person)]


# What can be changed


def after(story: Story, line: str, *people: UserId) -> Charter:
    """Have all agree on a change."""
    outcome = story.say(ADA, f"charter {line}", *people)
    assert isinstance(outcome, Decision), outcome
    for person in (BEA, CY):
        yes(story, person)
    return story.hall.charter


@pytest.mark.parametrize(
    ("line", "path", "value"),
    [
        ("set name to Rain Garden", "name", "Rain Garden"),
        ("set rungs.friends.door.consent.days to 3", "rungs.0.door.consent.days", 3),
        ("set rungs.friends.door.met to a gathering, a call", "rungs.0.door.met", ("a gathering", "a call")),
        ("set rungs.partners.door.propose to partners", "rungs.1.door.propose", "partners"),
        ("set hats.door.term_months to 3", "hats.0.term_months", 3),
        ("set places.lobby.commands to no", "places.0.commands", False),
        ("set seasons.starts to 03-01, 09-01", "seasons.starts", ("03-01", "09-01")),
        ("set seasons to {starts: [03-01], gap_days: 3}", "seasons.gap_days", 3),
        ("set renewal to {}", "renewal.first_months", 3),
        ("set crews.most to 4; crews.usual to 3", "crews.usual", 3),
        ("unset purpose", "purpose", ""),
        ("unset rungs.friends.door", "rungs.0.door", None),
        ("add hats cook as Cook", "hats.1.name", "Cook"),
        ("add places kitchen as The kitchen table", "places.2.name", "The kitchen table"),
        ("add rungs.friends.rooms porch as Porch", "rungs.0.rooms.1.key", "porch"),
        ("add rungs allies as Allies before partners", "rungs.1.key", "allies"),
        (
            "add rungs core as Core; set rungs.core.door.propose to partners",
            "rungs.2.door.propose",
            "partners",
        ),
        ("add calendar.free 2027-12-24, 2027-12-25", "calendar.free.1.day", 25),
        ("add crews.leaves work as Work", "crews.leaves.0.key", "work"),
        ("drop hats.door", "hats", ()),
        ("remove hats.door", "hats", ()),
        ("drop calendar.week fri", "calendar.week", ("mon", "tue", "wed", "thu")),
        ("set Crews.Most to 6", "crews.most", 6),
    ],
)
def test_what_is_said_becomes_the_charter(line: str, path: str, value: object) -> None:
    found: Any = after(life(), line)
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else getattr(found, step)
    assert found == value


def test_a_tool_is_named_as_a_person() -> None:
    assert after(life(), "set drift.tools to", UserId("@draupnir:here")).drift.tools == ("@draupnir:here",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("set crew.most to 6", "the nearest known key is `crews`"),
        ("set rungs.freinds.level to 6", "the nearest known key is `friends`"),
        ("set crews.most.x to 6", "Nothing stands below `crews.most`"),
        ("set crews.most to six", "`most` must be a whole number, not 'six'."),
        ("set crews.most to 99", "`most` must be at most 20, not 99."),
        ("set crews.most to " + "9" * 500, "`most` must be a whole number, not '999"),
        ("set crews.open to maybe", "`open` must be true or false, not 'maybe'."),
        ("set crews.admit to some", "`admit` must be 'one' or 'all', not 'some'."),
        ("set crews.most to 4", "At `crews.usual`: `usual` must lie between `fewest` (3) and `most` (4)"),
        ("set calendar.week to mon, foo", "At `calendar.week.2`: Entry 2 of `week` must be"),
        ("set hats.door.needs to friend", "the nearest known group is `friends`"),
        ("set rungs.partners.door.consent.days to 3", "`of` is missing."),
        ("set rungs.friends to x", "several things"),
        ("set rungs to x", "several things"),
        ("set crews to {most: 6}", "several things"),
        ("set renewal to x", "set one, such as `renewal.first_months`"),
        ("set key to imladris", "`key` is fixed when a community is founded."),
        ("set charter to 2", "`charter` is fixed"),
        ("set room_version to 11", "`room_version` is fixed"),
        ("set federate to no", "`federate` is fixed"),
        ("unset founders", "`founders` is fixed"),
        ("set rungs.friends.key to allies", "keys are in the addresses of rooms"),
        ("set name to " + "x" * 99, "has 99 characters; at most 80 fit."),
        ("unset name", "`name` is missing."),
        ("add hats door as Door", "`hats.door` is there already"),
        ("add hats Door! as Door", "may hold small letters, digits"),
        ("add hats cook", "Say its key and its name"),
        ("add crews.most 7", "is no list"),
        ("add name x", "is no list"),
        ("drop crews.most 7", "is no list"),
        ("drop hats.cook", "`cook` is not known here"),
        ("drop calendar.week sun", "does not hold 'sun'"),
        ("drop calendar.week mon, tue, wed, thu, fri", "at least 1"),
    ],
)
def test_what_cannot_be_is_said_in_the_words_that_files_hear_and_nothing_is_recorded(
    line: str, said: str
) -> None:
    story = life()
    before = len(story.records)
    assert said in plain(story.say(ADA, f"charter {line}"))
    assert len(story.records) == before


@pytest.mark.parametrize("line", ["set crews.most to 8", "unset avatar", "unset renewal.first_months"])
def test_no_difference_is_no_change(line: str) -> None:
    assert refused(life().say(ADA, f"charter {line}")) == "amend-no-difference"


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        ("set", "!charter set PART to VALUE"),
        ("set crews.most", "!charter set PART to VALUE"),
        ("set crews.most 6", "!charter set PART to VALUE"),
        ("unset", "!charter unset PART"),
        ("unset a b", "!charter unset PART"),
        ("add hats", "!charter add PART KEY as NAME"),
        ("drop", "!charter drop PART"),
        ("object", "!charter object because REASON"),
        ("object no", "!charter object because REASON"),
    ],
)
def test_half_a_line_is_answered_with_the_whole_one(line: str, usage: str) -> None:
    assert life().say(ADA, f"charter {line}") == Usage(usage)


def test_a_charter_that_was_read_back_from_the_ledger_can_be_changed_as_before() -> None:
    """What stands in the ledger names every key, also those that nobody set."""
    story = life(room_version="11")
    bare = Charter.model_validate_json(story.hall.charter.model_dump_json())
    story.record("again", (Writing(Stream(KEY), CharterChanged(bare)),))
    assert after(story, "set crews.most to 6").crews.most == 6


# What it means


def test_dropping_a_rung_on_which_people_stand_says_whom_it_touches() -> None:
    story = life()
    story.say(ADA, "charter drop rungs.partners")
    shown = card(story)
    assert "rungs.partners: name: Partners" in shown
    assert "2 people would lose a room." in shown
    assert "levels would change" not in shown  # they hold the keys
    assert "Rooms closed or left: Partners and Hearth" in shown


def test_what_a_charter_no_longer_has_closes_and_what_it_gave_is_taken_back() -> None:
    story = life()
    story.gesture(ids.rung(KEY, RungKey("partners")), DI, "join")
    assert story.wish(ids.root(KEY)).powers.users[DI] == 40
    after(story, "drop rungs.partners; drop places.lobby")
    closed = [key for key in rules.rooms(story.house) if story.wish(key).closed]
    partners = ids.rung(KEY, RungKey("partners"))
    hearth = ids.rung_room(KEY, RungKey("partners"), "hearth")
    assert closed == [ids.place(KEY, "lobby"), partners, hearth]
    assert all(story.wish(key).decided for key in closed)
    assert story.wish(partners).space
    root = story.wish(ids.root(KEY)).powers
    assert DI in root.lowered - root.users.keys()
    assert not story.hall.standing[RungKey("partners")]
    assert [line.id for one in rules.CAPABILITIES for line in one.why(story.hall, DI, hearth)] == [
        "why-dropped"
    ]
    touched = rules.touched(story.house, story.records[-1])
    assert set(closed) <= touched


def test_what_a_file_drops_is_not_decided_by_people_and_what_comes_back_is_open_again() -> None:
    story = life()
    charter = story.hall.charter
    for one in (charter.model_copy(update={"rungs": charter.rungs[:1]}), charter):
        story.record(story.event(), (Writing(Stream(KEY), CharterChanged(one)),))
        wish = story.wish(ids.rung_room(KEY, RungKey("partners"), "hearth"))
        assert (wish.closed, wish.decided) == ((one is not charter), False)


def test_a_room_that_people_had_before_is_left_to_them() -> None:
    story = life(places=[{"key": "lobby", "name": "Lobby", "adopt": "!old:here"}])
    after(story, "drop places.lobby")
    assert rules.wish(story.house, ids.place(KEY, "lobby")) is None


def test_a_new_room_a_level_and_an_open_door_are_counted() -> None:
    story = life()
    story.say(
        ADA, "charter add places kitchen as Kitchen; set rungs.friends.level to 30; door.join to public"
    )
    shown = card(story)
    assert "Rooms made: Kitchen" in shown
    assert "level would change." in shown
    assert "Who may come in would change in: Rivendell" in shown


def test_many_rooms_are_counted_not_listed() -> None:
    places = [{"key": f"room-{n}", "name": f"Room {n}"} for n in range(9)]
    story = life(places=places)
    story.say(ADA, "charter set keyholders.level to 90")
    assert "Room 4 and 9 more" in card(story)


def test_who_reads_the_lines_sees_long_lists_by_what_came_and_went() -> None:
    story = life(calendar={"free": [f"2027-01-{day:02}" for day in range(1, 20)]})
    story.say(ADA, "charter add calendar.free 2027-12-25; drop calendar.free 2027-01-03")
    assert "calendar.free: 2027-01-03 → 2027-12-25" in card(story)


def test_the_order_of_things_is_a_difference_too() -> None:
    one = Charter.model_validate(BASE)
    other = one.model_copy(update={"rungs": one.rungs[::-1]})
    assert [(d.path, d.old, d.new) for d in differences(one, other)] == [
        ("rungs", "friends, partners", "partners, friends")
    ]


def test_the_notice_goes_where_it_binds() -> None:
    hearth = ids.rung_room(KEY, RungKey("partners"), "hearth")
    lobby = [{"key": "lobby", "name": "Lobby"}]
    rooms: list[tuple[dict[str, Any], RoomKey | None]] = [
        ({}, ids.place(KEY, "board")),
        ({"places": lobby, "container": "partners/hearth"}, hearth),
        ({"places": lobby}, ids.place(KEY, "lobby")),
        ({"places": []}, None),
    ]
    for more, expected in rooms:
        story = life(**more)
        after(story, "set crews.most to 6")
        found = [
            say.to.key for say in story.says if say.text.id == "amend-notice" and isinstance(say.to, ToRoom)
        ]
        assert found == ([expected] if expected else [])
