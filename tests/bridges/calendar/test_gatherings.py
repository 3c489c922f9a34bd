"""Promises of gatherings: who announces them, what is published and where, and that nobody is named."""

from collections.abc import Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from crewhall.charter.model import Charter
from crewhall.door import Served
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CommunityKey, RoomId, UserId
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, ToPerson, Usage
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.testing.story import KEEPER, refused
from crewhall_bridges.calendar import gatherings
from crewhall_bridges.calendar.fold import OWN, Gathering, Own
from crewhall_bridges.calendar.published import published, uid
from crewhall_bridges.calendar.serving import Serving

ANN, BEN, CY = (UserId(f"@{name}:here") for name in ("ann", "ben", "cy"))
ROOT = CommunityKey("rivendell")


@pytest.fixture
def home(village: Any) -> Any:
    made = village(calendar={"zone": "Europe/Berlin"})
    for person in (ANN, BEN, CY):
        made.story.gesture(ROOT, person, "join")
    return made


def add(home: Any, line: str, person: UserId = ANN) -> Outcome:
    outcome: Outcome = home.story.say(person, f"gathering add {line}")
    return outcome


def file(home: Any) -> list[Any]:
    calendar = icalendar.Calendar.from_ical(published(home.story.hall, home.story.now))
    return calendar.walk("VEVENT")


def test_a_keyholder_announces_and_everybody_sees_it(home: Any) -> None:
    add(home, "Winter days on 2026-12-05 14:00 to 18:00 at The old mill")
    assert home.told[-1] == (
        "Winter days is announced for Saturday 5 December 2026, 14:00 to 18:00 (Europe/Berlin)."
    )
    home.story.say(CY, "gatherings")
    assert (
        "• Winter days: Saturday 5 December 2026, 14:00 to 18:00 (Europe/Berlin), at The old mill"
        in home.told[-1]
    )
    (event,) = file(home)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Winter days", "The old mill")
    assert event["DTSTART"].dt == datetime(2026, 12, 5, 13, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 12, 5, 17, tzinfo=UTC)
    assert (event["SEQUENCE"], str(event["STATUS"])) == (0, "CONFIRMED")


def test_only_those_whom_the_charter_names_announce(home: Any, village: Any) -> None:
    assert refused(add(home, "Tea on 2026-12-05 14:00", CY)) == "gathering-not-yours"
    everybody = village(gatherings={"add": "anyone"})
    everybody.story.gesture(ROOT, CY, "join")
    assert isinstance(add(everybody, "Tea on 2026-12-05 14:00", CY), Decision)
    assert refused(add(everybody, "Tea on 2026-12-05 14:00", UserId("@zoe:there"))) == "gathering-not-yours"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Tea on 2026-05-04 13:00", "gathering-past"),
        ("Tea on 2030-05-04 13:00", "gathering-far"),
        (f"{'x' * 61} on 2026-12-05 14:00", "gathering-long"),
        (f"Tea on 2026-12-05 14:00 at {'x' * 121}", "gathering-far-place"),
        ("\u200b on 2026-12-05 14:00", "gathering-nameless"),
        ("Tea with @ann:here on 2026-12-05 14:00", "gathering-people"),
        ("Tea on 2026-12-05 14:00 at @ann:here 's", "gathering-people"),
    ],
    ids=["past", "far", "long", "long place", "no name", "person", "person's place"],
)
def test_what_cannot_be_is_refused_in_a_sentence(home: Any, line: str, name: str) -> None:
    assert refused(add(home, line)) == name
    assert file(home) == []


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Tea",
        "on 2026-12-05 14:00",
        "Tea on Saturday",
        "Tea on 2026-02-30 14:00",
        "Tea on 2026-12-05",
        "Tea on 2026-12-05 25:00",
        "Tea on 2026-12-05 14:00 to",
        "Tea on 2026-12-05 14:00 to late",
        "Tea on 2026-12-05 14:00 at",
        "Tea on 2026-12-05 14:00 and more",
    ],
)
def test_what_is_half_said_is_answered_with_how_to_say_it(home: Any, line: str) -> None:
    assert add(home, line) == Usage(gatherings.ADD)


def test_a_name_may_hold_the_little_words(home: Any) -> None:
    add(home, "Lunch on the hill at noon on 2026-12-05 12:00 at Hill on top")
    (event,) = file(home)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Lunch on the hill at noon", "Hill on top")


def test_an_end_before_the_start_is_on_the_next_day(home: Any) -> None:
    add(home, "Night on 2026-12-05 20:00 to 02:00")
    (event,) = file(home)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=6)


def test_two_gatherings_ahead_never_look_the_same(home: Any) -> None:
    add(home, "Tea on 2026-12-05 14:00")
    assert refused(add(home, "TEA on 2026-12-06 14:00")) == "gathering-twice"


def test_a_moved_gathering_is_the_same_event_with_a_higher_sequence(home: Any) -> None:
    add(home, "Tea on 2026-12-05 14:00")
    (before,) = file(home)
    home.passes(timedelta(hours=1))
    home.story.say(BEN, "gathering move tea on 2026-12-06 15:00 to 16:00")
    (after,) = file(home)
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] == 1
    assert after["LAST-MODIFIED"].dt - before["LAST-MODIFIED"].dt == timedelta(hours=1)
    assert refused(home.story.say(BEN, "gathering move tea on 2026-12-06 15:00 to 16:00")) == "gathering-same"


def test_a_cancelled_gathering_stays_in_the_file_as_cancelled(home: Any) -> None:
    add(home, "Tea on 2026-12-05 14:00")
    home.story.say(ANN, "gathering cancel Tea")
    (event,) = file(home)
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 1)
    home.story.say(ANN, "gatherings")
    assert home.told[-1] == "No gathering is announced in Rivendell."
    assert refused(home.story.say(ANN, "gathering cancel Tea")) == "gathering-unknown"


def test_taking_the_announcement_back_calls_it_off(home: Any) -> None:
    add(home, "Tea on 2026-12-05 14:00")
    cause = home.story.records[-1].cause
    home.story.take_back(cause, ANN)
    home.story.take_back(cause, ANN)
    (event,) = file(home)
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 1)


def test_who_announced_it_may_change_it_without_the_keys(village: Any) -> None:
    home = village(gatherings={"add": "anyone"})
    for person in (ANN, BEN, CY):
        home.story.gesture(ROOT, person, "join")
    add(home, "Tea on 2026-12-05 14:00", CY)
    assert isinstance(home.story.say(CY, "gathering cancel Tea"), Decision)


def test_what_is_long_over_leaves_the_file(home: Any) -> None:
    add(home, "Tea on 2026-05-05 14:00")
    home.passes(timedelta(days=90))
    assert len(file(home)) == 1
    home.passes(timedelta(days=3))
    assert file(home) == []


def test_the_file_names_nobody(home: Any) -> None:
    for n, person in enumerate((ANN, BEN)):
        add(home, f"Tea {n} on 2026-12-0{n + 5} 14:00", person)
    text = published(home.story.hall, home.story.now).decode()
    for word in ("ann", "ben", "@", "ORGANIZER", "ATTENDEE", "CONTACT", "mailto"):
        assert word.casefold() not in text.casefold(), word


# What is written is read the same by the library.

_WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split()) or "x"
)
_INSTANTS = st.datetimes(datetime(2026, 5, 5), datetime(2029, 5, 5), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)


@given(
    st.lists(st.tuples(_WORDS, _WORDS, _INSTANTS, st.integers(0, 10_000), st.booleans()), max_size=5),
)
def test_what_is_published_is_read_back_the_same(told: list[tuple[str, str, datetime, int, bool]]) -> None:
    now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    made = [
        Gathering(f"m{n}", name, place, at, at + timedelta(minutes=span), ANN, now, now, n, off)
        for n, (name, place, at, span, off) in enumerate(told)
    ]
    charter = Charter.model_validate({"key": "rivendell", "name": "Rivendell; \\ , home"})
    hall = OWN.put(Hall(CommunityKey("rivendell"), charter, now, None), Own(Map({g.mark: g for g in made})))
    text = published(hall, now)
    assert text == published(hall, now)
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    events = {str(event["UID"]): event for event in icalendar.Calendar.from_ical(text).walk("VEVENT")}
    assert len(events) == len(made)
    for gathering in made:
        event = events[uid(hall, gathering)]
        assert str(event["SUMMARY"]) == gathering.name
        assert str(event["LOCATION"]) == gathering.place
        assert event["DTSTART"].dt == gathering.starts
        assert event["DTEND"].dt == gathering.ends
        assert event["SEQUENCE"] == gathering.revision
        assert (str(event["STATUS"]) == "CANCELLED") is gathering.cancelled


# The address.


@asynccontextmanager
async def serving(home: Any) -> Any:
    errand = Serving(home.doors)
    await errand.addresses()
    async with errand.listening():
        yield errand


def served() -> Served:
    return Served(f"{LOOPBACK}:{free_port()}")


def address(home: Any) -> str:
    shelf = OWN.of(home.story.hall)
    return f"{shelf.address}/{shelf.token}.ics"


async def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with ClientSession() as session, session.request(method, url, headers=named) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_the_calendar_is_served_at_its_address_and_nothing_else_is_there(village: Any) -> None:
    home = village(served())
    add(home, "Tea on 2026-12-05 14:00")
    async with serving(home):
        url = address(home)
        status, body, headers = await ask(url)
        assert (status, body) == (200, published(home.story.hall, home.story.now))
        assert headers["Content-Type"].startswith("text/calendar")
        status, body, headers = await ask(url, "HEAD")
        assert (status, body, int(headers["Content-Length"]) > 100) == (200, b"", True)
        base = url.rpartition("/")[0]
        for path in (
            "/",
            "/.ics",
            "/calendar.ics",
            "/" + "x" * 32 + ".ics",
            url.removeprefix(base)[:-4],
            "//x",
        ):
            assert (await ask(base + path))[:2] == (404, b""), path
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert (await ask(url, method))[:2] == (404, b""), method


async def test_who_has_this_version_is_told_so_in_a_word(village: Any) -> None:
    home = village(served())
    async with serving(home):
        url = address(home)
        _, _, headers = await ask(url)
        tag, modified = headers["ETag"], headers["Last-Modified"]
        assert (await ask(url, If_None_Match=tag))[:2] == (304, b"")
        assert (await ask(url, If_None_Match=f'"other", W/{tag}'))[0] == 304
        assert (await ask(url, If_None_Match='"other"', If_Modified_Since=modified))[0] == 200
        assert (await ask(url, If_Modified_Since=modified))[0] == 304
        home.passes(timedelta(minutes=1))
        add(home, "Tea on 2026-12-05 14:00")
        assert (await ask(url, If_None_Match=tag))[0] == 200
        assert (await ask(url, If_Modified_Since=modified))[0] == 200


async def test_the_address_is_told_in_private_to_people_of_the_community(village: Any) -> None:
    home = village(served())
    async with serving(home):
        assert refused(home.story.say(UserId("@zoe:there"), "calendar")) == "not-inside"
        home.story.say(ANN, "calendar", place=CommunityKey("rivendell"))
        assert home.story.says[-1].to == ToPerson(ANN)
        assert address(home) in home.told[-1]


async def test_a_renewed_address_ends_the_old_one_at_once(village: Any) -> None:
    home = village(served())
    async with serving(home) as errand:
        old = address(home)
        home.story.say(ANN, "calendar renew")
        assert (await ask(old))[0] == 404
        assert refused(home.story.say(ANN, "calendar")) == "calendar-off"
        await errand.addresses()
        assert address(home) != old
        assert [(await ask(url))[0] for url in (old, address(home))] == [404, 200]


async def test_after_a_restart_the_address_is_the_same(village: Any) -> None:
    home = village(served())
    async with serving(home):
        before = address(home)
    async with serving(home):
        assert address(home) == before
        assert (await ask(before))[0] == 200


async def test_where_no_place_is_set_nothing_is_served_and_no_address_is_told(village: Any) -> None:
    home = village()
    await Serving(home.doors).run()
    assert refused(home.story.say(ANN, "calendar")) == "calendar-off"
    once = village(served())
    async with serving(once):
        pass
    object.__setattr__(once.doors, "served", Served())
    await Serving(once.doors).run()
    assert refused(once.story.say(ANN, "calendar")) == "calendar-off"


async def test_a_community_that_does_not_publish_has_no_address(village: Any) -> None:
    home = village(served(), gatherings={"publish": False})
    async with serving(home):
        assert OWN.of(home.story.hall).token == ""
        assert refused(home.story.say(ANN, "calendar")) == "calendar-off"


def test_a_mention_is_refused_even_where_it_is_no_word(home: Any) -> None:
    asked = Asked(ANN, RoomId("!r"), None, home.story.event(), home.story.now, KEEPER)
    words = ("Tea", "on", "2026-12-05", "14:00")
    outcome = gatherings.add(home.story.hall, asked, Arguments(words, (BEN,), " ".join(words)))
    assert refused(outcome) == "gathering-people"
