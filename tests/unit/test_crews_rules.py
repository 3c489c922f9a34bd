"""Promises of crews: how they start, who has a seat, who may ask, what leaving means."""

from datetime import timedelta

import pytest

from crewhall import house as rules
from crewhall.charter.model import Charter, Crews
from crewhall.ground import ids
from crewhall.ground.ids import CommunityKey, CrewKey, RoomKey, UserId
from crewhall.ground.rooms import Listing
from crewhall.ground.talk import Decision, Refusal, Reply, ToPerson, ToRoom, Usage
from crewhall.testing.story import KEEPER, Story, refused

ADA, BEA, CY, DI, EVE, OUT = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "eve", "out"))
INSIDE = (ADA, BEA, CY, DI, EVE)
KEY = CommunityKey("rivendell")
LANTERN = ids.crew_room(KEY, CrewKey("lantern"))
LOBBY = ids.place(KEY, "lobby")


def _story(**crews: object) -> Story:
    charter = Charter.model_validate(
        {
            "key": "rivendell",
            "name": "Rivendell",
            "crews": crews,
            "rungs": [{"key": "friends", "name": "Friends"}],
            "places": [{"key": "lobby", "name": "Lobby"}],
        }
    )
    return Story(charter, inside=INSIDE)


def _lantern(*people: UserId, line: str = "crew start Lantern", **crews: object) -> Story:
    """Return a story in which these people have their seats in Lantern (the first started it)."""
    story = _story(**crews)
    story.say(people[0], line, *people[1:])
    for person in people:
        story.gesture(LANTERN, person, "join")
    return story


def _rooms_of(story: Story) -> list[RoomKey]:
    return [key for key in rules.rooms(story.house) if "/crew/" in key]


# Starting


def test_a_crew_has_a_room_with_those_people_invited_and_the_asker_told() -> None:
    story = _story()
    outcome = story.say(ADA, "crew start Lantern", BEA, CY)
    assert isinstance(outcome, Decision)
    wish = story.wish(LANTERN)
    assert wish.invited == (ADA, BEA, CY)
    assert wish.listing == Listing(ids.crews_space(KEY))
    assert [say.after for say in outcome.says] == [LANTERN]


def test_a_crews_room_is_private_by_default_and_says_so_in_one_sentence() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern")
    wish = story.wish(LANTERN)
    assert wish.encrypted
    assert wish.topic == f"The keeper cannot read here: talk to {KEEPER} in a private chat."


@pytest.mark.parametrize(("line", "private"), [("open", False), ("private", True), ("", True)])
def test_a_crew_may_choose_to_be_heard(line: str, *, private: bool) -> None:
    story = _story()
    story.say(ADA, f"crew start Lantern {line}")
    assert story.wish(LANTERN).encrypted is private


def test_all_in_a_crew_are_equal_and_none_removes_another() -> None:
    powers = _lantern(ADA, BEA).wish(LANTERN).powers
    assert powers.users == {}
    assert powers.invite == 0
    assert min(powers.kick, powers.ban, powers.redact) == 50
    assert powers.events["m.room.topic"] == 0


def test_who_comes_later_sees_nothing_said_before() -> None:
    assert _lantern(ADA, BEA).wish(LANTERN).history == "joined"


def test_an_unlisted_crew_is_no_child_of_anything_and_cannot_be_guessed() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern unlisted", BEA)
    (key,) = _rooms_of(story)
    wish = story.wish(key)
    assert wish.listing is None
    assert wish.join.rule == "invite"
    assert wish.alias.startswith("_crewhall_rivendell_crew_lantern-")
    assert len(wish.alias.rpartition("-")[2]) == 16


def test_of_an_unlisted_crew_the_lobby_hears_nothing() -> None:
    story = _story()
    outcome = story.say(ADA, "crew start Lantern unlisted", BEA, place=LOBBY)
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [ToPerson(ADA)]


@pytest.mark.parametrize(
    ("person", "line", "people", "sentence"),
    [
        (ADA, "Lantern", (KEEPER,), "person-is-keeper"),
        (ADA, "Lantern", (ADA, BEA), "person-is-you"),
        (ADA, "Lantern", (BEA, OUT), "person-outside"),
        (ADA, "Lantern @bea", (), "person-malformed"),
        (ADA, "Lantern", (BEA, CY, DI), "crew-start-too-many"),
        (OUT, "Lantern", (), "not-inside"),
        (ADA, "x" * 61, (), "crew-name-unfit"),
        (ADA, "\u202e\u200b", (), "crew-name-unfit"),
    ],
)
def test_a_crew_starts_with_all_of_its_people_or_not_at_all(
    person: UserId, line: str, people: tuple[UserId, ...], sentence: str
) -> None:
    story = _story(most=3)
    before = len(story.records)
    assert refused(story.say(person, f"crew start {line}", *people)) == sentence
    assert len(story.records) == before


@pytest.mark.parametrize("line", ["", "Lantern open private", "Lantern listed unlisted"])
def test_half_a_start_is_met_with_its_usage(line: str) -> None:
    assert isinstance(_story().say(ADA, f"crew start {line}"), Usage)


def test_a_name_may_have_several_words_or_be_an_option() -> None:
    story = _story()
    story.say(ADA, "crew start Open Heart Society open")
    story.say(ADA, "crew start open")
    assert _rooms_of(story) == [
        ids.crew_room(KEY, CrewKey("open")),
        ids.crew_room(KEY, CrewKey("open-heart-society")),
    ]


@pytest.mark.parametrize(
    "twin",
    [
        "lantern",
        "L\u0430ntern",
        "\uff2cantern",
        "Lantern!",
        "1antern",
        "Lan tern",
        "Lántern",
    ],
)
def test_names_that_look_the_same_are_refused(twin: str) -> None:
    story = _lantern(ADA, BEA)
    assert refused(story.say(CY, f"crew start {twin}")) == "crew-name-taken"


def test_a_name_taken_by_a_crew_one_may_not_know_of_is_free() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern unlisted", BEA)
    assert isinstance(story.say(CY, "crew start Lantern"), Decision)
    assert len(_rooms_of(story)) == 2


def test_a_name_is_free_again_when_its_crew_has_ended() -> None:
    story = _lantern(ADA)
    story.say(ADA, "crew end Lantern")
    assert isinstance(story.say(BEA, "crew start Lantern"), Decision)
    assert len(_rooms_of(story)) == 2


@pytest.mark.parametrize("name", ["Фонарь", "灯笼", "🏮", "Lantern & Söhne", "a" * 60])
def test_any_script_makes_a_key(name: str) -> None:
    story = _story()
    story.say(ADA, f"crew start {name}")
    (room,) = _rooms_of(story)
    key = room.rpartition("/")[2]
    assert ids.KEY.match(key)
    assert len(key) <= 40


def test_a_charter_may_say_from_which_rung_on_crews_are_started() -> None:
    story = _story(start="friends")
    assert refused(story.say(ADA, "crew start Lantern")) == "crew-start-rung"
    story.gesture(ids.rung(KEY, ids.RungKey("friends")), ADA, "join")
    assert isinstance(story.say(ADA, "crew start Lantern"), Decision)


def test_seats_for_anyone_reach_beyond_the_community() -> None:
    story = _story(seats_for="anyone")
    assert isinstance(story.say(ADA, "crew start Lantern", OUT), Decision)


# Seats


def test_a_seat_is_taken_by_coming_in() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern", BEA)
    assert story.facts("SeatTaken") == []
    story.gesture(LANTERN, BEA, "join")
    assert story.wish(LANTERN).invited == (ADA,)
    assert story.wish(LANTERN).only == {ADA, BEA}


def test_declining_an_offer_leaves_no_trace_for_others() -> None:
    story = _lantern(ADA)
    story.say(ADA, "crew invite Lantern", BEA)
    said = len(story.says)
    story.gesture(LANTERN, BEA, "leave")
    assert len(story.says) == said
    assert story.wish(LANTERN).invited == ()


@pytest.mark.parametrize(
    ("people", "line", "sentence"),
    [
        ((CY,), "Lantern", "crew-offered-already"),
        ((BEA,), "Lantern", "crew-seated-already"),
        ((DI, EVE), "Lantern", "crew-too-full"),
        ((OUT,), "Lantern", "person-outside"),
        ((DI,), "Lanten", "crew-unknown"),
        ((DI,), "", ""),
    ],
)
def test_a_seat_is_offered_once_within_the_seats(
    people: tuple[UserId, ...], line: str, sentence: str
) -> None:
    story = _lantern(ADA, BEA, most=4)
    story.say(ADA, "crew invite", CY)
    assert refused(story.say(ADA, f"crew invite {line}", *people)) == sentence


def test_only_those_with_a_seat_offer_seats() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern", BEA)
    assert refused(story.say(BEA, "crew invite Lantern", CY)) == "crew-members-only"


def test_an_offer_is_taken_back_by_deleting_the_words() -> None:
    story = _lantern(ADA)
    cause = story.event()
    story.say(ADA, "crew invite Lantern", BEA, CY, cause=cause)
    story.gesture(LANTERN, CY, "join")
    story.take_back(cause, ADA)
    assert story.wish(LANTERN).invited == ()
    assert story.wish(LANTERN).only == {ADA, CY}


def test_a_members_invitation_in_element_is_an_offer() -> None:
    story = _lantern(ADA)
    story.gesture(LANTERN, BEA, "invite", by=ADA)
    assert story.wish(LANTERN).invited == (BEA,)


@pytest.mark.parametrize(("crews", "person"), [({}, OUT), ({"most": 2}, CY), ({"members_invite": False}, CY)])
def test_an_invitation_past_the_rule_is_taken_back_with_one_private_sentence(
    crews: dict[str, object], person: UserId
) -> None:
    story = _lantern(ADA, BEA, **crews)
    said = len(story.says)
    story.gesture(LANTERN, person, "invite", by=ADA)
    assert person not in (story.wish(LANTERN).only or ())
    assert person in story.wish(LANTERN).unwelcome
    assert LANTERN in rules.touched(story.house, story.records[-1])
    assert [(say.to, say.text.id) for say in story.says[said:]] == [(ToPerson(ADA), "crew-invite-taken-back")]


def test_somebody_in_the_room_of_whose_invitation_we_never_heard_has_a_seat() -> None:
    story = _lantern(ADA)
    story.gesture(LANTERN, BEA, "join")
    assert story.wish(LANTERN).only == {ADA, BEA}


@pytest.mark.parametrize("crews", [{"most": 2}, {"members_invite": False}])
def test_a_stranger_who_got_in_past_the_rule_has_none_and_a_person_is_asked_about_it(
    crews: dict[str, object],
) -> None:
    story = _lantern(ADA, BEA, **crews)
    story.gesture(LANTERN, CY, "join")
    wish = story.wish(LANTERN)
    assert wish.only == {ADA, BEA}
    assert not wish.decided
    assert wish.unwelcome == frozenset()


# Leaving


@pytest.mark.parametrize("by_word", [True, False])
def test_leaving_is_free_at_once_and_asked_once(*, by_word: bool) -> None:
    story = _lantern(ADA, BEA)
    if by_word:
        assert isinstance(story.say(BEA, "crew leave"), Decision)
    else:
        story.gesture(LANTERN, BEA, "leave")
    wish = story.wish(LANTERN)
    assert wish.only == {ADA}
    assert wish.unwelcome == {BEA}
    assert "crew-left" in story.told() or not by_word


def test_who_is_put_out_by_a_person_is_out() -> None:
    story = _lantern(ADA, BEA)
    story.gesture(LANTERN, BEA, "ban", by=ADA)
    assert story.wish(LANTERN).only == {ADA}


def test_leaving_by_word_is_not_undone_by_a_look_that_still_sees_the_person() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern", BEA)
    story.gesture(LANTERN, ADA, "join")
    came = story.event()
    story.gesture(LANTERN, BEA, "join", cause=came)
    story.say(BEA, "crew leave Lantern")
    assert story.gesture(LANTERN, BEA, "join", cause=came) == ()
    assert story.wish(LANTERN).only == {ADA}


def test_who_left_may_be_offered_a_seat_again() -> None:
    story = _lantern(ADA, BEA)
    story.say(BEA, "crew leave Lantern")
    story.gesture(LANTERN, BEA, "leave", by=KEEPER)
    story.say(ADA, "crew invite Lantern", BEA)
    story.gesture(LANTERN, BEA, "leave", by=KEEPER)  # a late look at the old removal
    assert story.wish(LANTERN).invited == (BEA,)
    assert story.wish(LANTERN).unwelcome == frozenset()


def test_when_the_last_one_leaves_the_crew_is_over_and_the_keeper_goes_too() -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew leave Lantern")
    story.say(BEA, "crew leave Lantern")
    assert story.wish(LANTERN).closed
    assert story.wish(LANTERN).decided


def test_a_crew_that_nobody_comes_to_is_over_when_the_last_has_said_no() -> None:
    story = _story()
    story.say(ADA, "crew start Lantern", BEA)
    story.gesture(LANTERN, ADA, "leave")
    assert not story.wish(LANTERN).closed
    story.gesture(LANTERN, BEA, "leave")
    assert story.wish(LANTERN).closed


@pytest.mark.parametrize(
    ("names", "line", "sentence"),
    [
        ((), "", "crew-none"),
        (("Lantern", "Tidepool"), "", "crew-which"),
        (("Lantern",), "Tidepool", "crew-unknown"),
    ],
)
def test_which_crew_is_meant_is_asked_when_it_is_not_plain(
    names: tuple[str, ...], line: str, sentence: str
) -> None:
    story = _story()
    for name in names:
        story.say(ADA, f"crew start {name}")
        story.gesture(ids.crew_room(KEY, CrewKey(name.lower())), ADA, "join")
    assert refused(story.say(ADA, f"crew leave {line}")) == sentence


def test_in_a_crews_own_room_it_needs_no_name() -> None:
    story = _lantern(ADA, BEA, open=True)
    story.say(ADA, "crew start Tidepool")
    story.gesture(ids.crew_room(KEY, CrewKey("tidepool")), ADA, "join")
    outcome = story.say(ADA, "crew leave", place=LANTERN)
    assert isinstance(outcome, Decision)
    assert outcome.says == ()
    assert story.wish(LANTERN).only == {BEA}


def test_where_others_listen_an_unlisted_crew_is_not_named_for_its_people() -> None:
    story = _lantern(ADA, BEA, line="crew start Lantern unlisted")
    story.gesture(_rooms_of(story)[0], ADA, "join")
    assert refused(story.say(ADA, "crew leave", place=LOBBY)) == "crew-which-here"
    assert isinstance(story.say(ADA, "crew leave"), Decision)


def test_hundreds_of_people_in_one_command_are_one_short_refusal() -> None:
    story = _lantern(ADA)
    crowd = [UserId(f"@p{number}:here") for number in range(500)]
    assert refused(story.say(ADA, "crew invite Lantern", *crowd)) == "crew-too-full"
    assert refused(story.say(ADA, "crew start Tidepool", *crowd)) == "crew-start-too-many"


@pytest.mark.parametrize("line", ["ask", "leave", "end", "start"])
def test_very_long_words_are_met_with_a_short_sentence(line: str) -> None:
    outcome = _story().say(ADA, f"crew {line} {'x' * 60_000}")
    assert isinstance(outcome, Refusal)
    assert len(str(outcome.text.args)) < 100


# Asking for a seat


def test_one_members_yes_admits() -> None:
    story = _lantern(ADA, BEA)
    outcome = story.say(CY, "crew ask Lantern")
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [Reply(), ToPerson(ADA), ToPerson(BEA)]
    story.react(story.card("crews.ask"), BEA, "👍")
    assert story.wish(LANTERN).invited == (CY,)
    assert story.told()[-3:] == ["crew-ask-done", "crew-ask-done", "crew-admitted"]
    assert story.facts("SeatTaken")[-1].person != CY  # type: ignore[attr-defined]  # a SeatTaken


def test_an_open_crew_is_asked_in_its_room() -> None:
    story = _lantern(ADA, BEA, open=True)
    story.say(CY, "crew ask Lantern")
    assert story.says[-1].to == ToRoom(LANTERN)
    story.react(story.card("crews.ask"), ADA, "👍")
    assert story.wish(LANTERN).invited == (CY,)


def test_where_all_must_say_yes_all_must() -> None:
    story = _lantern(ADA, BEA, admit="all")
    story.say(CY, "crew ask Lantern")
    card = story.card("crews.ask")
    story.react(card, ADA, "👍")
    assert story.wish(LANTERN).invited == ()
    assert story.told()[-1] == "crew-ask-card-some"
    story.react(card, BEA, "👍")
    assert story.wish(LANTERN).invited == (CY,)


def test_who_leaves_is_not_waited_for() -> None:
    story = _lantern(ADA, BEA, admit="all")
    story.say(CY, "crew ask Lantern")
    story.react(story.card("crews.ask"), ADA, "👍")
    story.say(BEA, "crew leave Lantern")
    story.wait(timedelta(minutes=1))
    assert story.wish(LANTERN).invited == (CY,)


@pytest.mark.parametrize(("person", "choice"), [(CY, "👍"), (DI, "👍"), (ADA, "👎"), (ADA, "🏠")])
def test_other_reactions_and_other_peoples_mean_nothing(person: UserId, choice: str) -> None:
    story = _lantern(ADA, BEA)
    story.say(CY, "crew ask Lantern")
    assert story.react(story.card("crews.ask"), person, choice) is None


def test_a_yes_twice_is_one_yes_and_a_yes_too_late_is_none() -> None:
    story = _lantern(ADA, BEA, admit="all")
    story.say(CY, "crew ask Lantern")
    card = story.card("crews.ask")
    story.react(card, ADA, "👍")
    assert story.react(card, ADA, "👍") is None
    story.react(card, BEA, "👍")
    assert story.react(card, BEA, "👍") is None


def test_deleting_the_ask_takes_it_back() -> None:
    story = _lantern(ADA, BEA)
    cause = story.event()
    story.say(CY, "crew ask Lantern", cause=cause)
    card = story.card("crews.ask")
    story.take_back(cause, CY)
    assert story.told()[-1] == "crew-ask-over"
    assert story.react(card, ADA, "👍") is None


def test_deleting_a_yes_takes_it_back_until_it_was_enough() -> None:
    story = _lantern(ADA, BEA, admit="all")
    story.say(CY, "crew ask Lantern")
    card, first, last = story.card("crews.ask"), story.event(), story.event()
    story.react(card, ADA, "👍", cause=first)
    story.take_back(first, ADA)
    story.react(card, BEA, "👍", cause=last)
    assert story.wish(LANTERN).invited == ()
    story.react(card, ADA, "👍")
    story.take_back(last, BEA)
    assert story.wish(LANTERN).invited == (CY,)


def test_knocking_is_asking_and_going_away_takes_it_back() -> None:
    story = _lantern(ADA, BEA)
    assert story.wish(LANTERN).join.rule == "knock"
    story.gesture(LANTERN, CY, "knock")
    assert "crew-ask-card-one" in story.told()
    assert CY not in story.wish(LANTERN).unwelcome
    story.gesture(LANTERN, CY, "leave")
    assert story.told()[-1] == "crew-ask-over"


@pytest.mark.parametrize("person", [OUT, DI])
def test_a_knock_that_cannot_be_let_in_is_not_put_before_the_members(person: UserId) -> None:
    story = _lantern(ADA, BEA, CY, most=3)
    assert story.gesture(LANTERN, person, "knock") == ()
    assert person not in (story.wish(LANTERN).only or ())


@pytest.mark.parametrize(
    ("person", "sentence"),
    [(ADA, "crew-you-are-in"), (CY, "crew-you-are-offered"), (DI, "crew-you-asked"), (OUT, "not-inside")],
)
def test_asking_in_vain_is_answered_with_the_reason(person: UserId, sentence: str) -> None:
    story = _lantern(ADA, BEA)
    story.say(ADA, "crew invite Lantern", CY)
    story.say(DI, "crew ask Lantern")
    assert refused(story.say(person, "crew ask Lantern")) == sentence


def test_a_full_crew_says_so() -> None:
    story = _lantern(ADA, BEA, most=2)
    assert refused(story.say(CY, "crew ask Lantern")) == "crew-is-full"


@pytest.mark.parametrize("command", ["ask", "leave", "end", "invite"])
def test_an_unlisted_crew_and_none_are_answered_alike(command: str) -> None:
    people = (DI,) if command == "invite" else ()
    secret, none = _lantern(ADA, BEA, line="crew start Lantern unlisted"), _story()
    told = [story.say(CY, f"crew {command} Lantern", *people) for story in (secret, none)]
    assert isinstance(told[0], Refusal)
    assert told[0] == told[1]


def test_a_new_member_of_a_private_crew_is_shown_what_waits() -> None:
    story = _lantern(ADA)
    story.say(ADA, "crew invite Lantern", BEA)
    story.say(CY, "crew ask Lantern")
    story.gesture(LANTERN, BEA, "join")
    assert (story.says[-1].to, story.says[-1].card) == (ToPerson(BEA), story.card("crews.ask"))
    story.react(story.card("crews.ask"), BEA, "👍")
    assert story.wish(LANTERN).invited == (CY,)


# Telling


def _lines(outcome: object) -> list[str]:
    assert isinstance(outcome, Decision)
    lines = outcome.says[0].text.args.get("lines", ())
    assert isinstance(lines, tuple)
    return [line.id for line in lines]  # type: ignore[union-attr]  # all are sentences


@pytest.mark.parametrize("line", ["crew", "crew list"])
def test_the_list_shows_ones_own_crews_and_the_listed_ones(line: str) -> None:
    story = _lantern(ADA, BEA)
    story.say(CY, "crew start Secret unlisted")
    assert _lines(story.say(CY, line)) == ["me-crew-offered", "crews-line"]
    assert _lines(story.say(DI, line)) == ["crews-line"]
    assert _lines(story.say(CY, line, place=LOBBY)) == ["crews-line"]


def test_the_list_stays_short() -> None:
    story = _story()
    for number in range(25):
        story.say(ADA, f"crew start Crew {number}")
    lines = _lines(story.say(BEA, "crew"))
    assert len(lines) == 21
    assert lines[-1] == "crews-more"


def _why(story: Story, person: UserId, place: RoomKey) -> list[str]:
    return [s.id for c in rules.CAPABILITIES for s in c.why(story.hall, person, place)]


def test_why_tells_who_offered_the_seat_and_nothing_of_a_secret() -> None:
    story = _lantern(ADA, BEA)
    assert _why(story, BEA, LANTERN) == ["why-crew-seat", "why-crew-offered", "why-crew-equal"]
    assert _why(story, ADA, LANTERN) == ["why-crew-seat", "why-crew-equal"]
    assert _why(story, CY, LANTERN) == ["why-crew-closed"]
    story.say(BEA, "crew leave Lantern")
    assert _why(story, BEA, LANTERN) == ["why-crew-left"]
    secret = _story()
    secret.say(ADA, "crew start Lantern unlisted")
    assert _why(secret, CY, _rooms_of(secret)[0]) == []


def test_the_charters_word_holds_for_a_crew_that_does_not_choose() -> None:
    assert Crews().listed
    story = _story(listed=False, open=True)
    story.say(ADA, "crew start Lantern")
    wish = story.wish(_rooms_of(story)[0])
    assert wish.listing is None
    assert not wish.encrypted
