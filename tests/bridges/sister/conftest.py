"""Two communities on servers of their own, each with its service and the errand of sisters."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import EventId, UserId
from crewhall.testing.people import Person
from crewhall.testing.sisters import Home, Sisters
from crewhall_bridges.sister.bond import Link, flows_open, letterbox, links, state_of
from crewhall_bridges.sister.errand import Letterboxes

TURNED = {"in": "out", "out": "in"}
YES = "✅"


def charter(key: str, server: str, **sisters: Any) -> Charter:
    told = {
        "key": key,
        "name": key.title(),
        "founders": [f"@ann:{server}", f"@ben:{server}"],
        "door": {"join": "public"},
        "places": [{"key": "lobby", "name": "Lobby"}],
        "sisters": {"others": 0, "days": 0, **sisters},
    }
    return Charter.model_validate(told)


class Pair(Sisters):
    """Shire on ``ours.test`` and Dale on ``dale.test``; by their rule one person alone decides."""

    def __init__(self, *more: str, **sisters: Any) -> None:
        keys = {"ours.test": "shire", "dale.test": "dale"} | {f"{one}.test": one for one in more}
        told = {server: charter(key, server, **sisters) for server, key in keys.items()}
        super().__init__(Letterboxes, told)
        self.ours, self.dale = self.homes[:2]

    def other(self, home: Home) -> Home:
        return self.dale if home is self.ours else self.ours

    async def named(self, home: Home) -> EventId:
        """Have somebody name the sister."""
        return await home.tell(home.ann, f"!link with {self.other(home).me}")

    async def yes(self, home: Home) -> None:
        """Have whoever is asked say yes, if they were asked already."""
        if cards := asked(home):
            await home.ann.react(cards[-1].room, cards[-1].id, YES)

    async def link(self) -> None:
        """Link both."""
        for home in self.homes[:2]:
            await self.named(home)
            await self.settle()
        for home in self.homes[:2]:
            await self.yes(home)
            await self.settle()
        assert [stands(home) for home in self.homes[:2]] == ["holds", "holds"]

    def agree(self) -> None:
        """Assert that both sides believe the same."""
        ours, dale = link_of(self.ours), link_of(self.dale)
        now = self.clock.now()
        assert state_of(ours, now) == state_of(dale, now)
        turned = {(TURNED[way], flow) for way, flow in flows_open(ours, now)}
        assert turned == flows_open(dale, now)

    async def heal(self) -> None:
        """Let enough time pass for everything to be looked at once more."""
        for _ in range(3):
            await self.wait(timedelta(minutes=70))


def link_of(home: Home) -> Link:
    (found,) = links(home.keeping.house.halls[home.charter.key])  # type: ignore[index] # a key
    return found


def stands(home: Home) -> str:
    return state_of(link_of(home), home.world.clock.now())


def asked(home: Home) -> list[Any]:
    """Return the cards by which somebody was asked about the link."""
    chat = home.room(home.chats.key(home.ann.id))
    return [one for one in home.cards(chat) if "proposes to link with" in str(one.content["body"])]


def box_of(home: Home) -> str:
    """Return our letterbox."""
    hall = home.keeping.house.halls[home.charter.key]  # type: ignore[index] # a key
    return home.room(letterbox(hall, link_of(home)))


def told(home: Home, part: str, person: Person | None = None) -> int:
    """Return how often the keeper has told somebody something with these words in it."""
    return sum(part in text for text in home.heard(person or home.ann))


def unasked(home: Home) -> list[UserId]:
    """Return who has a private chat and should not have one."""
    return [person for person in home.keeping.house.chats if not person.endswith(home.name)]


class Tools:
    """What tests of sisters share."""

    link_of = staticmethod(link_of)
    stands = staticmethod(stands)
    asked = staticmethod(asked)
    box_of = staticmethod(box_of)
    told = staticmethod(told)
    unasked = staticmethod(unasked)
    charter = staticmethod(charter)


@pytest.fixture
def tools() -> type[Tools]:
    return Tools


Opens = Callable[..., AbstractAsyncContextManager[Pair]]


@pytest.fixture
def pairs() -> Opens:
    @asynccontextmanager
    async def opened(*more: str, **sisters: Any) -> AsyncIterator[Pair]:
        async with Pair(*more, **sisters) as pair:
            yield pair

    return opened


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with Pair() as pair:
        yield pair


@pytest.fixture
async def linked() -> AsyncIterator[Pair]:
    async with Pair() as pair:
        await pair.link()
        yield pair
