"""Promises of following: one message an event, kept up to date in place, never a flood and never a list."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.talk import ToRoom
from crewhall_bridges.calendar.errand import Following

ANN = UserId("@ann:here")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def ics(*events: str) -> bytes:
    entries = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{entries}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def event(name: str, at: datetime, **more: str) -> str:
    rest = "".join(f"\n{key}:{value}" for key, value in more.items())
    return f"UID:{name}\nSUMMARY:{name}\nDTSTART:{at:%Y%m%dT%H%M%SZ}{rest}"


async def begun(village: Any, site: Any, *events: str, **more: Any) -> tuple[Any, Following]:
    site.pages["/c.ics"] = ics(*events)
    told = {"key": "town", "name": "Town", "url": f"{site.url}/c.ics", "room": "lobby", **more}
    home = village(calendars=[told])
    errand = Following(home.doors)
    await errand.round()
    return home, errand


async def later(home: Any, errand: Following, span: timedelta = 6 * HOUR) -> None:
    home.passes(span)
    await errand.round()


async def test_the_first_look_only_remembers(village: Any, site: Any) -> None:
    start = datetime(2026, 5, 6, 12)  # noqa: DTZ001 - written as UTC
    home, errand = await begun(village, site, *(event(f"e{n}", start + n * HOUR) for n in range(30)))
    await later(home, errand)
    assert home.told == []


async def test_the_first_look_tells_the_next_if_the_charter_wants_it(village: Any, site: Any) -> None:
    start = datetime(2026, 5, 6, 12)  # noqa: DTZ001
    events = (event("second", start + DAY), event("first", start))
    home, _ = await begun(village, site, *events, first=True)
    assert home.told == ["Town: first\nWednesday 6 May 2026, 12:00 (UTC)"]


async def test_a_new_event_is_told_once_and_again_by_nobody(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    at = home.story.now + 3 * DAY
    site.pages["/c.ics"] = ics(event("Tea", at, LOCATION="The garden"))
    for _ in range(3):
        await later(home, errand)
    await Following(home.doors).round()
    assert home.told == ["Town: Tea\nThursday 7 May 2026, 12:00 (UTC)\nat The garden"]
    say = home.story.says[0]
    assert say.to == ToRoom(RoomKey("rivendell/place/lobby"))
    assert say.card is not None
    assert (say.card.kind, say.card.choices) == ("calendar.event", ())


async def test_a_changed_time_edits_the_message(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    at = home.story.now + 3 * DAY
    for n, hour in enumerate((0, 1, 0, 1)):  # back and forth counts each time
        site.pages["/c.ics"] = ics(event("Tea", at + hour * HOUR))
        await later(home, errand, 6 * HOUR if n == 0 else DAY)
        if n == 1:
            at += 5 * DAY
    cards = {say.card for say in home.story.says}
    assert len(cards) == 1
    assert len(home.told) == 4
    assert "13:00" in home.told[-1]


async def test_what_was_only_remembered_is_told_when_it_changes(village: Any, site: Any) -> None:
    at = datetime(2026, 5, 8, 12)  # noqa: DTZ001
    home, errand = await begun(village, site, event("Tea", at))
    site.pages["/c.ics"] = ics(event("Tea", at + HOUR))
    await later(home, errand)
    assert home.told == ["Town: Tea\nFriday 8 May 2026, 13:00 (UTC)"]


@pytest.mark.parametrize(
    ("how", "told"), [("cancelled", "Tea does not take place"), ("gone", "stands there no longer")]
)
async def test_what_is_called_off_or_gone_edits_the_message(
    village: Any, site: Any, how: str, told: str
) -> None:
    home, errand = await begun(village, site)
    at = home.story.now + 3 * DAY
    site.pages["/c.ics"] = ics(event("Tea", at))
    await later(home, errand)
    site.pages["/c.ics"] = ics(event("Tea", at, STATUS="CANCELLED")) if how == "cancelled" else ics()
    for _ in range(4):
        await later(home, errand, 18 * HOUR)
    assert len(home.told) == 2
    assert told in home.told[1]
    assert home.story.says[0].card == home.story.says[1].card


async def test_what_is_over_is_not_told_as_gone(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    site.pages["/c.ics"] = ics(event("Tea", home.story.now + DAY))
    await later(home, errand)
    site.pages["/c.ics"] = ics()
    await later(home, errand, 2 * DAY)
    assert len(home.told) == 1


async def test_a_weekly_series_is_one_message_not_one_a_week(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    first = home.story.now + 2 * DAY
    site.pages["/c.ics"] = ics(event("Call", first, RRULE="FREQ=WEEKLY"))
    await later(home, errand)
    assert home.told == [
        (
            "Town: Call\nWednesday 6 May 2026, 12:00 (UTC)\nand again on Wednesday 13 May 2026, "
            "Wednesday 20 May 2026 and Wednesday 27 May 2026"
        )
    ]
    for _ in range(24):
        await later(home, errand, DAY)
    assert len(home.told) == 1
    for _ in range(30):
        await later(home, errand, DAY)
    assert len({say.card for say in home.story.says}) == 1
    assert len(home.told) <= 3  # the same message, brought to the next weeks


async def test_one_time_of_a_series_called_off_edits_its_message(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    first = home.story.now + 2 * DAY
    site.pages["/c.ics"] = ics(event("Call", first, RRULE="FREQ=WEEKLY"))
    await later(home, errand)
    site.pages["/c.ics"] = ics(
        event("Call", first, RRULE="FREQ=WEEKLY", EXDATE=f"{first + WEEK:%Y%m%dT%H%M%SZ}")
    )
    await later(home, errand, 20 * HOUR)
    assert len(home.told) == 2
    assert "13 May" not in home.told[1]


async def test_an_unchanged_file_is_asked_for_only_and_time_goes_on_in_it(
    village: Any, site: Any, ways: Any
) -> None:
    far = datetime(2026, 6, 10, 12)  # noqa: DTZ001 - more than four weeks from the first look
    site.pages["/c.ics"] = ways["tagged"](ics(event("Later", far)), "1")
    told = {"key": "town", "name": "Town", "url": f"{site.url}/c.ics", "room": "lobby"}
    home = village(calendars=[told])
    errand = Following(home.doors)
    await errand.round()
    for _ in range(14):
        await later(home, errand, DAY)
    assert home.told == ["Town: Later\nWednesday 10 June 2026, 12:00 (UTC)"]
    assert {headers.get("If-None-Match") for _, headers in site.asked[1:]} == {'"1"'}


async def test_never_more_than_three_new_events_a_day(village: Any, site: Any) -> None:
    home, errand = await begun(village, site)
    start = home.story.now + 10 * DAY
    site.pages["/c.ics"] = ics(*(event(f"e{n}", start + n * HOUR) for n in range(40)))
    for days in range(1, 4):
        await later(home, errand, DAY)
        await later(home, errand, timedelta(minutes=5))
        assert len(home.told) == 3 * days


async def test_at_night_and_in_missing_rooms_nothing_is_told(village: Any, site: Any) -> None:
    home, errand = await begun(village, site, room="attic")
    site.pages["/c.ics"] = ics(event("Tea", home.story.now + 3 * DAY))
    await later(home, errand)
    assert home.told == []
    home.opened(RoomKey("rivendell/place/attic"))
    await later(home, errand, 8 * HOUR)  # two at night
    assert home.told == []
    await later(home, errand, 8 * HOUR)
    assert len(home.told) == 1


@pytest.mark.parametrize(
    ("kind", "told"),
    [("500", "error 500"), ("html", "is no calendar"), ("huge", "too large"), ("drip", "too slow")],
)
async def test_one_ailing_calendar_is_told_of_and_costs_the_others_nothing(
    village: Any, site: Any, ways: Any, kind: str, told: str
) -> None:
    pages = {"500": 500, "html": b"<html></html>", "huge": b" " * 10_000_000, "drip": ways["drip"](0.05)}
    site.pages |= {"/ill": pages[kind], "/well": ics()}
    both = [
        {"key": key, "name": key.title(), "url": f"{site.url}/{key}", "room": "lobby"}
        for key in ("ill", "well")
    ]
    home = village(calendars=both)
    errand = Following(home.doors)
    await errand.round()
    site.pages["/well"] = ics(event("Tea", home.story.now + 3 * DAY))
    await later(home, errand)
    assert len(home.told) == 1
    home.story.say(ANN, "calendars")
    assert told in home.told[-1]
    assert "In order" in home.told[-1]
