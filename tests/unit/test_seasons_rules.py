"""Promises of renewal and seasons: asked gently, answered by a reaction; silence is rest, an open door."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from immutables import Map

from crewhall import house as rules
from crewhall.charter.model import Charter
from crewhall.ground import groups, ids, seasons
from crewhall.ground.facts import Fact, Stream, Writing
from crewhall.ground.hall import House, Presence
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, RungKey, UserId
from crewhall.ground.talk import Asked, Decision, Reply, Say, ToPerson, Usage
from crewhall.house.commands import withdraw
from crewhall.life.community.facts import CharterChanged
from crewhall.life.seasons import capability
from crewhall.testing.story import KEEPER, Story, refused

ADA, BEA, CY, DI, NEW = (UserId(f"@{name}:here") for name in ("ada", "bea", "cy", "di", "new"))
PEOPLE = (ADA, BEA, CY, DI)
KEY = CommunityKey("rivendell")
ROOT, FRIENDS, PARTNERS = ids.root(KEY), ids.rung(KEY, RungKey("friends")), ids.rung(KEY, RungKey("partners"))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEAR = {"starts": ["07-01", "10-01", "01-01", "04-01"]}
ASKING = {"RenewalAsked", "SeasonAsked", "Rested"}


def charter(**more: object) -> Charter:
    """Return a ladder of two rungs."""
    rungs = [{"key": key, "name": key.title()} for key in ("friends", "partners")]
    lobby = [{"key": "lobby", "name": "Lobby"}]
    base = {"key": "rivendell", "name": "Rivendell", "places": lobby, "rungs": rungs}
    return Charter.model_validate({**base, **more})


class Year(Story):
    """A story in which time passes hour by hour, as it does for a service that runs."""

    def __init__(self, *people: UserId, rung: RoomKey = FRIENDS, **more: object) -> None:
        super().__init__(charter(**more), inside=people)
        for person in people:
            self.stands(rung, person)

    def live(self, days: float) -> None:
        """Let time pass."""
        for _ in range(round(days * 24)):
            self.wait(HOUR)

    def until(self, day: str) -> None:
        """Let time pass until noon of a day."""
        self.live((datetime.fromisoformat(f"{day}T12:00+00:00") - self.now) / DAY)

    def absent(self, days: float) -> None:
        """Let time pass while the service is down."""
        self.now += days * DAY

    def becomes(self, **more: object) -> None:
        """Change the charter."""
        self.record(self.event(), (Writing(Stream(KEY), CharterChanged(charter(**more))),))

    def restart(self) -> None:
        """Fold everything anew."""
        self.house = House()
        for recorded in self.records:
            self.house = rules.evolve(self.house, recorded)

    def asked(self, person: UserId = ADA) -> list[tuple[Fact, datetime]]:
        """Return what somebody was asked, or told unasked, and when."""
        return [
            (r.fact, r.at)
            for r in self.records
            if type(r.fact).__name__ in ASKING and getattr(r.fact, "person", None) == person
        ]

    def names(self, person: UserId = ADA) -> list[str]:
        """Return the sentences that somebody was told in private, in order."""
        return [say.text.id for say in self.says if say.to == ToPerson(person)]

    def answers(self, choice: str, person: UserId = ADA) -> str:
        """React to the last question put to somebody; return the event."""
        card = next(s.card for s in reversed(self.says) if s.card is not None and s.to == ToPerson(person))
        cause = self.event()
        self.react(card, person, choice, cause=cause)
        return cause

    def rests(self, person: UserId = ADA) -> bool:
        """Return whether somebody rests."""
        return person in self.hall.resting


def said(story: Story, person: UserId) -> Asked:
    return Asked(person, RoomId("!chat"), None, story.event(), story.now, KEEPER)


def kinds(asked: list[tuple[Fact, datetime]]) -> list[str]:
    return [type(fact).__name__ for fact, _ in asked]


def wishes(story: Story) -> dict[RoomKey, object]:
    return {key: rules.wish(story.house, key) for key in rules.rooms(story.house)}


def test_the_question_comes_three_months_after_coming_and_then_half_a_year_after_the_answer() -> None:
    story = Year(ADA, renewal={"first_months": 3, "then_months": 6})
    story.until("2026-08-03")
    assert story.asked() == []
    story.until("2026-08-12")
    assert story.names() == ["season-renew"]
    answered = story.now
    story.answers("🌿")
    story.until("2027-02-11")
    assert len(story.asked()) == 1
    story.until("2027-02-20")
    assert kinds(story.asked()) == ["RenewalAsked"] * 2
    assert story.asked()[1][1] >= seasons.later(answered, 6)


def test_silence_is_asked_twice_more_and_then_rests_with_one_kind_word() -> None:
    story = Year(ADA, renewal={"answer_days": 14})
    story.until("2026-10-30")
    told = ["season-renew", "season-renew-again", "season-renew-last", "season-rested"]
    assert story.names() == told
    times = [at for _, at in story.asked()]
    assert all(later - at >= 14 * DAY for at, later in pairwise(times))
    assert [say.must for say in story.says] == [False, False, True, False]
    assert story.rests()
    story.live(800)
    assert story.names() == told


def test_resting_changes_no_room_but_who_is_asked() -> None:
    story = Year(ADA, BEA, rung=PARTNERS, renewal={})
    before = wishes(story)
    story.until("2026-10-30")
    assert story.rests()
    assert story.rests(BEA)
    assert wishes(story) == before
    assert groups.awake(story.hall, "partners") == ()
    assert groups.among(story.hall, "partners") == (ADA, BEA)


@pytest.mark.parametrize(("choice", "rests"), [("🌿", False), ("🍃", False), ("💤", True), ("👋", True)])
def test_one_reaction_answers_and_the_card_becomes_the_answer(choice: str, *, rests: bool) -> None:
    story = Year(ADA, renewal={})
    story.until("2026-08-12")
    card = story.says[-1].card
    story.answers(choice)
    assert story.says[-1].card == card
    assert story.rests() is rests
    story.live(120)
    assert len(story.asked()) == 1


def test_one_reaction_or_one_word_brings_somebody_back() -> None:
    story = Year(ADA, renewal={})
    story.until("2026-10-30")
    assert story.rests()
    story.answers("🌿")
    assert not story.rests()
    story.say(ADA, "season resting")
    assert story.rests()
    story.say(ADA, "season in")
    assert not story.rests()


def test_an_answer_taken_back_leaves_what_was_said_before() -> None:
    story = Year(ADA, renewal={})
    story.until("2026-08-12")
    story.answers("🍃")
    slip = story.answers("👋")
    assert story.rests()
    story.take_back(slip, ADA)
    assert not story.rests()
    assert story.names()[-1] == "season-unsaid"
    assert "me-season" in [line.id for line in capability.me(story.hall, ADA)]
    story.take_back(slip, ADA)
    assert len(story.facts("SeasonUnanswered")) == 1


def test_nobody_else_takes_an_answer_back() -> None:
    story = Year(ADA, BEA, renewal={})
    story.until("2026-08-12")
    cause = story.answers("💤")
    records = [record for record in story.records if record.cause == cause]
    undone = {by: list(withdraw(story.house, records, said(story, by))) for by in (ADA, BEA)}
    assert [len(undone[by]) for by in (ADA, BEA)] == [1, 0]


def test_an_answer_taken_back_is_a_question_again_and_silence_counts_from_then() -> None:
    story = Year(ADA, renewal={"answer_days": 14})
    story.until("2026-09-09")
    assert kinds(story.asked()) == ["RenewalAsked"] * 3
    slip = story.answers("🌿")
    story.live(60)
    story.take_back(slip, ADA)
    story.live(13)
    assert not story.rests()
    story.live(9)
    assert story.rests()


def test_leaving_is_told_how_and_changes_nothing_until_then() -> None:
    story = Year(ADA, renewal={})
    before = wishes(story)
    story.until("2026-08-12")
    story.answers("👋")
    assert story.names()[-1] == "season-told-leaving"
    assert wishes(story) == before
    story.answers("🌿")
    assert not story.rests()


def test_a_season_asks_everybody_on_a_rung_once_and_nobody_twice() -> None:
    story = Year(*PEOPLE, seasons=YEAR)
    story.gesture(ROOT, NEW, "join")
    story.until("2026-08-20")
    for person in PEOPLE:
        [(fact, at)] = story.asked(person)
        assert getattr(fact, "season", None) == date(2026, 7, 1)
        assert at.date() < date(2026, 7, 8)
    assert story.asked(NEW) == []
    story.until("2026-10-15")
    assert {len(story.asked(person)) for person in PEOPLE} == {2}
    assert not story.hall.resting


def test_who_has_just_answered_is_not_asked_again_at_the_season() -> None:
    story = Year(ADA, BEA, seasons=YEAR)
    story.until("2026-09-10")
    story.say(ADA, "season lightly")
    story.until("2026-10-20")
    assert [len(story.asked(person)) for person in (ADA, BEA)] == [1, 2]


def test_who_comes_on_to_a_rung_while_the_question_goes_out_is_not_asked_in_that_season() -> None:
    story = Year(ADA, seasons=YEAR)
    story.until("2026-07-01")
    story.gesture(ROOT, NEW, "join")
    story.gesture(FRIENDS, NEW, "join")
    story.until("2026-09-20")
    assert story.asked(NEW) == []
    story.until("2026-10-20")
    assert len(story.asked(NEW)) == 1


def test_a_renewal_that_is_due_is_asked_with_the_season_and_not_beside_it() -> None:
    story = Year(*PEOPLE, seasons=YEAR, renewal={"first_months": 4, "answer_days": 14})
    story.until("2026-08-20")
    for person in PEOPLE:
        story.say(person, "season in")
    story.until("2026-09-24")
    story.becomes(seasons=YEAR, renewal={"first_months": 1, "then_months": 1, "answer_days": 14})
    story.until("2026-12-24")
    for person in PEOPLE:
        asked = [(fact, at) for fact, at in story.asked(person) if at.date() > date(2026, 8, 20)]
        assert len(asked) == 4
        assert kinds(asked)[-1] == "Rested"
        assert all(at.date() >= date(2026, 10, 1) for _, at in asked)


def test_nobody_is_told_more_than_one_thing_unasked_a_week() -> None:
    people = [UserId(f"@p{n}:here") for n in range(30)]
    story = Year(*people, seasons=YEAR, renewal={"first_months": 1, "answer_days": 3})
    story.until("2026-05-20")
    story.absent(41.5)
    story.until("2026-08-20")
    for person in people:
        times = [at for _, at in story.asked(person)]
        assert len(times) == 4
        assert min(later - at for at, later in pairwise(times)) >= 7 * DAY


def test_an_answer_to_the_season_renews() -> None:
    story = Year(ADA, seasons=YEAR, renewal={"first_months": 3, "then_months": 6})
    story.until("2026-07-10")
    story.answers("🍃")
    story.until("2026-09-30")
    assert kinds(story.asked()) == ["SeasonAsked"]


def test_nothing_is_asked_at_night_or_in_the_quiet_days() -> None:
    zone = "Pacific/Auckland"
    terms = {"renewal": {"answer_days": 7}, "seasons": {**YEAR, "gap_days": 14}, "calendar": {"zone": zone}}
    story = Year(*PEOPLE, **terms)
    story.live(300)
    times = [at for person in PEOPLE for _, at in story.asked(person)]
    assert len(times) > len(PEOPLE)
    for at in times:
        assert 9 <= at.astimezone(ZoneInfo(zone)).hour < 20
        assert not seasons.is_silent(story.hall.charter, at)


def test_a_service_that_was_away_does_not_ask_about_a_season_long_begun() -> None:
    story = Year(*PEOPLE, seasons={**YEAR, "spread_days": 7})
    story.until("2026-06-20")
    story.absent(25)
    story.until("2026-08-20")
    assert [story.asked(person) for person in PEOPLE] == [[]] * 4


def test_a_service_that_was_away_for_the_first_days_asks_a_week_later() -> None:
    story = Year(*PEOPLE, seasons={**YEAR, "spread_days": 7})
    story.until("2026-06-20")
    story.absent(17.5)
    story.until("2026-08-20")
    assert [len(story.asked(person)) for person in PEOPLE] == [1] * 4


def test_a_renewal_long_forgotten_begins_anew() -> None:
    story = Year(ADA, renewal={"answer_days": 14})
    story.until("2026-08-12")
    story.becomes()
    story.absent(400)
    story.becomes(renewal={"answer_days": 14})
    story.live(8)
    assert story.names() == ["season-renew", "season-renew"]


def test_a_renewal_that_the_charter_no_longer_has_is_not_asked_on() -> None:
    story = Year(ADA, renewal={"answer_days": 7})
    story.until("2026-08-12")
    story.becomes()
    story.live(200)
    assert len(story.asked()) == 1
    assert not story.rests()


def test_months_changed_move_the_next_question_and_ask_nobody_twice() -> None:
    story = Year(ADA, renewal={"first_months": 3, "then_months": 6})
    story.until("2026-08-12")
    story.answers("🌿")
    story.becomes(renewal={"first_months": 3, "then_months": 2})
    story.until("2026-10-11")
    assert len(story.asked()) == 1
    story.until("2026-10-20")
    assert len(story.asked()) == 2


def test_a_season_moved_by_some_days_is_not_asked_about_again() -> None:
    story = Year(*PEOPLE, seasons={"starts": ["07-01"]})
    story.until("2026-07-10")
    story.becomes(seasons={"starts": ["07-15"], "gap_days": 2})
    story.until("2026-08-20")
    assert [len(story.asked(person)) for person in PEOPLE] == [1] * 4


def test_who_leaves_is_forgotten_among_those_who_rest_and_begins_anew() -> None:
    story = Year(ADA, renewal={})
    story.say(ADA, "season resting")
    story.gesture(ROOT, ADA, "leave")
    assert not story.rests()
    story.gesture(ROOT, ADA, "join")
    assert not story.rests()
    assert [line.id for line in capability.me(story.hall, ADA)] == ["me-renewal"]


def test_coming_on_to_a_rung_is_a_yes_that_ends_the_rest() -> None:
    story = Year(ADA, renewal={})
    story.say(ADA, "season resting")
    story.gesture(PARTNERS, ADA, "join")
    assert not story.rests()


def test_who_stepped_down_from_everything_is_asked_nothing() -> None:
    story = Year(ADA, renewal={"answer_days": 7}, seasons=YEAR)
    story.say(ADA, "step down")
    story.live(200)
    assert story.asked() == []


def test_a_renewal_of_a_rung_asks_only_those_on_it_or_deeper() -> None:
    story = Year(ADA, renewal={"of": "partners"})
    story.gesture(ROOT, BEA, "join")
    story.gesture(PARTNERS, BEA, "join")
    story.until("2026-08-20")
    assert [len(story.asked(person)) for person in (ADA, BEA)] == [0, 1]


@pytest.mark.parametrize(
    "more", [{}, {"rungs": [], "renewal": {}, "seasons": YEAR}], ids=["plain", "no rungs"]
)
def test_where_the_charter_asks_nobody_nobody_is_asked(more: dict[str, object]) -> None:
    story = Year(ADA, **more)
    story.until("2026-09-30")
    assert story.asked() == []
    story.say(ADA, "season resting")
    assert story.rests()


@pytest.mark.parametrize("shelf", ["guests", "shut_out"])
def test_guests_and_people_before_closed_doors_are_asked_nothing(shelf: str) -> None:
    story = Year(ADA, renewal={}, seasons=YEAR)
    hall = story.hall
    people = Map({ADA: Presence(story.now, "")})
    closed = replace(hall, guests=people) if shelf == "guests" else replace(hall, shut_out=people)
    story.house = story.house.with_hall(closed)
    story.live(120)
    assert story.asked() == []


def test_a_clock_set_back_asks_nothing_twice() -> None:
    story = Year(*PEOPLE, renewal={}, seasons=YEAR)
    story.until("2026-08-20")
    before = [len(story.asked(person)) for person in PEOPLE]
    story.absent(-30)
    story.live(30)
    assert [len(story.asked(person)) for person in PEOPLE] == before


def test_nothing_is_asked_twice_after_a_restart() -> None:
    story = Year(*PEOPLE, renewal={"answer_days": 7}, seasons=YEAR)
    for _ in range(40):
        story.live(5)
        before = story.hall
        story.restart()
        assert story.hall == before
    assert {len(story.asked(person)) for person in PEOPLE} == {5}


def test_a_thousand_people_are_asked_over_days_and_once_though_the_service_starts_again() -> None:
    people = tuple(UserId(f"@p{n}:here") for n in range(1_000))
    story = Year(*people)
    story.absent(365)
    story.becomes(renewal={})
    story.now = story.now.replace(hour=0, minute=0)
    for tick in range(9 * 24 * 6):
        story.now += timedelta(minutes=10)
        if tick == 4 * 24 * 6 - 53:
            story.restart()
        for cause in [cause for cause, _ in capability.tick(story.hall, story.now)]:
            story.act(cause, dict(capability.tick(story.hall, story.now)).get(cause))
    assert Counter(getattr(fact, "person", None) for fact in story.facts("RenewalAsked")) == Counter(people)
    by_day = Counter(
        record.at.date() for record in story.records if type(record.fact).__name__ == "RenewalAsked"
    )
    by_tick = Counter(record.at for record in story.records if type(record.fact).__name__ == "RenewalAsked")
    assert len(by_day) == 7
    assert max(by_tick.values()) <= 5
    assert max(by_day.values()) < 200


def test_a_service_that_runs_at_night_only_asks_nobody() -> None:
    story = Year(*PEOPLE, renewal={}, seasons=YEAR)
    story.until("2026-06-20")
    for _ in range(100):
        story.absent(8.5 / 24)
        story.live(11 / 24)
        story.absent(4.5 / 24)
    assert [story.asked(person) for person in PEOPLE] == [[]] * 4


def test_a_renewal_does_not_follow_close_on_a_season_that_was_not_answered() -> None:
    story = Year(ADA, seasons=YEAR, renewal={"first_months": 3, "answer_days": 45})
    story.until("2026-09-20")
    (season, first), (renewal, second) = story.asked()
    assert [type(season).__name__, type(renewal).__name__] == ["SeasonAsked", "RenewalAsked"]
    assert second - first >= 45 * DAY


def test_who_comes_back_into_the_community_is_asked_as_if_they_were_new() -> None:
    story = Year(ADA, renewal={"first_months": 3, "answer_days": 14})
    story.until("2026-09-09")
    assert len(story.asked()) == 3
    story.gesture(ROOT, ADA, "leave")
    story.live(5)
    story.gesture(ROOT, ADA, "join")
    story.live(88)
    assert len(story.asked()) == 3
    story.live(12)
    assert story.names()[-1] == "season-renew"


def test_a_word_taken_back_from_outside_has_nobody_rest() -> None:
    story = Year(ADA)
    story.say(ADA, "season resting")
    story.say(ADA, "season in", cause=(back := story.event()))
    story.gesture(ROOT, ADA, "leave")
    story.take_back(back, ADA)
    assert not story.rests()
    story.live(1)
    story.gesture(ROOT, ADA, "join")
    assert list(capability.me(story.hall, ADA)) == []


def test_a_window_for_objections_does_not_run_in_the_quiet_days() -> None:
    rungs = [
        {"key": "friends", "name": "Friends", "door": {"propose": "friends", "consent": {"of": "friends"}}}
    ]
    rungs.append({"key": "partners", "name": "Partners"})
    story = Year(ADA, BEA, NEW, seasons={"starts": ["05-11"], "gap_days": 7}, rungs=rungs)
    story.say(ADA, "step down")
    story.say(BEA, "invite to Friends", ADA)
    [proposed] = story.facts("Proposed")
    assert getattr(proposed, "closes", None) == datetime(2026, 5, 18, tzinfo=UTC)


def test_season_is_answered_in_private_only() -> None:
    story = Year(ADA, seasons=YEAR)
    lobby = ids.place(KEY, "lobby")
    outcome = story.say(ADA, "season lightly", place=lobby)
    assert isinstance(outcome, Decision)
    assert [say.to for say in outcome.says] == [ToPerson(ADA)]
    outcome = story.say(NEW, "season", place=lobby)
    assert isinstance(outcome, Decision)
    assert [(say.to, say.text.id) for say in outcome.says] == [(ToPerson(NEW), "not-inside")]


def test_season_tells_the_season_and_ones_own_answer() -> None:
    story = Year(ADA, renewal={}, seasons=YEAR)
    assert lines(story) == ["season-now", "me-renewal", "season-how"]
    story.say(ADA, "season lightly")
    assert lines(story) == ["season-now", "me-season", "me-renewal", "season-how"]
    story.say(ADA, "season resting")
    story.until("2026-06-27")
    assert lines(story) == ["season-gap", "me-resting", "season-how"]
    story.becomes()
    assert lines(story)[0] == "season-none"


def lines(story: Story) -> list[str]:
    outcome = story.say(ADA, "season")
    assert isinstance(outcome, Decision)
    [told] = outcome.says
    assert isinstance(told, Say)
    assert told.to == Reply()
    return [line.id for line in told.text.args["lines"]]  # type: ignore[union-attr]


@pytest.mark.parametrize("line", ["season maybe", "season in lightly"])
def test_other_words_are_answered_with_the_usage(line: str) -> None:
    story = Year(ADA)
    assert isinstance(story.say(ADA, line), Usage)


def test_who_is_not_in_the_community_has_no_season_in_it() -> None:
    story = Year(ADA, renewal={})
    assert refused(story.say(NEW, "season in")) == "not-inside"
    story.until("2026-08-12")
    story.gesture(ROOT, ADA, "leave")
    story.answers("💤")
    assert not story.rests()


CALENDAR = [
    # (day, season that it is in, next, quiet)
    ("2026-05-31 21:59", "2026-03-01", "2026-06-01", True),
    ("2026-05-31 22:00", "2026-06-01", "2026-09-01", False),
    ("2026-05-24 21:59", "2026-03-01", "2026-06-01", False),
    ("2026-05-24 22:00", "2026-03-01", "2026-06-01", True),
    ("2026-01-15 12:00", "2025-12-01", "2026-03-01", False),
    ("2026-12-31 23:30", "2026-12-01", "2027-03-01", False),
    ("2028-02-29 12:00", "2027-12-01", "2028-03-01", True),
]


@pytest.mark.parametrize(("at", "start", "following", "quiet"), CALENDAR)
def test_a_season_begins_at_midnight_by_the_communitys_clock(
    at: str, start: str, following: str, *, quiet: bool
) -> None:
    berlin = charter(
        seasons={"starts": ["06-01", "09-01", "12-01", "03-01"]}, calendar={"zone": "Europe/Berlin"}
    )
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = seasons.season(berlin, now)
    assert found is not None
    assert (found.start.isoformat(), found.next.isoformat()) == (start, following)
    assert seasons.is_silent(berlin, now) is quiet


@pytest.mark.parametrize(
    ("start", "months", "end"), [("2026-11-30", 3, "2027-02-28"), ("2026-01-31", 1, "2026-02-28")]
)
def test_months_end_with_the_last_day_that_there_is(start: str, months: int, end: str) -> None:
    assert seasons.later(datetime.fromisoformat(start), months) == datetime.fromisoformat(end)
