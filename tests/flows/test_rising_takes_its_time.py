"""The whole service on sockets, in told time: a window before an invitation, a dwell before a question."""

from datetime import timedelta
from typing import Any

from crewhall.testing import Person
from crewhall.testing.clock import ToldClock

PATH = "rivendell/rung/friends"
CHARTER = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": ["@ann:hall.test", "@ben:hall.test", "@dan:hall.test"],
    "door": {"join": "public"},
    "places": [{"key": "lobby", "name": "Lobby"}],
    "rungs": [
        {
            "key": "friends",
            "name": "Friends",
            "level": 20,
            "door": {
                "propose": "friends",
                "vouches": {"count": 1, "of": "friends"},
                "consent": {"of": "friends", "days": 3},
                "keep": {"vouches": 1, "dwell_days": 30, "ask_days": 10},
            },
            "rooms": [{"key": "commons", "name": "Commons"}],
        }
    ],
}
COMMONS = f"{PATH}/commons"


def where(site: Any, person: Person) -> set[str]:
    keys = ("rivendell", PATH, COMMONS)
    return {key for key in keys if site.world.room(site.room(key)).membership(person.id) == "join"}


def level(site: Any, person: Person, key: str) -> int:
    content: Any = site.world.room(site.room(key)).content("m.room.power_levels")
    return int(content["users"].get(person.id, 0))


def card(site: Any, words: str) -> Any:
    return next(e.id for e in reversed(site.said(site.room(COMMONS))) if words in str(e.content["body"]))


async def later(site: Any, days: int) -> None:
    """Let days pass while the service is away, and have it catch up."""
    await site.world.clock.advance(timedelta(days=days))
    async with site.serving():
        await site.awake(site.beats + 1)
        await site.world.clock.advance(timedelta(minutes=2))
        await site.quiet()


async def test_up_when_the_window_has_passed_and_down_when_nobody_vouches_any_more(sites: Any) -> None:
    async with sites(ToldClock(), CHARTER) as site:
        await site.found()
        dan = Person(site.world, "dan")
        await dan.join(site.room("rivendell"))
        for person in (site.ann, site.ben, dan):
            for key in (PATH, COMMONS):
                await person.join(site.room(key))
        async with site.serving():
            await site.awake()
            lobby = site.room("rivendell/place/lobby")
            await site.answered(await site.ann.say(lobby, f"!invite {site.cleo.id} to Friends"))
            await site.ben.react(site.room(COMMONS), card(site, "proposes"), "👍")
            await site.quiet()
        assert site.invited(PATH).count(site.cleo.id) == 0
        await later(site, 2)
        assert site.invited(PATH).count(site.cleo.id) == 0
        await later(site, 1)
        assert site.invited(PATH).count(site.cleo.id) == 1
        await site.cleo.join(site.room(PATH))
        await site.cleo.join(site.room(COMMONS))
        await later(site, 0)
        assert where(site, site.cleo) == {"rivendell", PATH, COMMONS}
        assert level(site, site.cleo, PATH) == level(site, site.cleo, "rivendell") == 20

        await site.ben.leave(site.room("rivendell"))
        await later(site, 30)
        assert card(site, "If you vouch for them, say so.")
        await later(site, 9)
        assert where(site, site.cleo) == {"rivendell", PATH, COMMONS}
        await later(site, 1)
        assert where(site, site.cleo) == {"rivendell"}
        assert level(site, site.cleo, PATH) == level(site, site.cleo, "rivendell") == 0
        assert await site.run("plan") == (0, "Nothing would change.\n")
