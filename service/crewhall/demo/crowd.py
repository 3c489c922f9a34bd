"""A bigger community: many more people and crews, side by side, through the same gestures."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from crewhall.demo.places import LOBBY, SPACE, STARTERS, answer, asked_into
from crewhall.demo.stage import Stage
from crewhall.demo.story import FOUNDER
from crewhall.demo.together import together
from crewhall.errors import Misconfigured
from crewhall.lab.people import Person

AT_ONCE = 6
SIZE = 5
LEAST = 3
LONG = 120.0

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Names of the further people, and of each further crew with those who make it, its starter first."""

    people: tuple[str, ...]
    crews: tuple[tuple[str, tuple[str, ...]], ...]


def crowd(people: int, crews: int) -> Crowd:
    """Return so many further people and crews; raise `Misconfigured` if they cannot fill a crew."""
    names = tuple(f"person-{number:03}" for number in range(1, people + 1))
    size = min(SIZE, people)
    if crews > 0 and size < LEAST:
        raise Misconfigured(f"{crews} more crews need at least {LEAST} more people; raise --people.")
    groups = (
        (f"Crew {number + 1}", tuple(names[(number * size + seat) % people] for seat in range(size)))
        for number in range(crews)
    )
    return Crowd(names, tuple(groups))


async def come_in(stage: Stage, names: Iterable[str], step: Step) -> None:
    """Bring people into the community's space and lobby, some at a time; `step` is called for each."""

    async def one(name: str) -> None:
        await stage.register(name)
        await stage.people[FOUNDER].invite(stage.notes[SPACE], stage.user(name))
        async with _visit(stage, name) as person:
            await person.enter_room(stage.notes[SPACE])
            await person.enter_room(stage.notes[LOBBY])
        step()

    await together((one(name) for name in names), AT_ONCE)


async def start_crews(stage: Stage, crews: Iterable[tuple[str, tuple[str, ...]]], step: Step) -> None:
    """Have crews started in the lobby and everybody in them come in; `step` is called for each crew."""
    crews = list(crews)
    if stage.starters:
        await together(
            (_step_up(stage, name) for name in dict.fromkeys(group[0] for _, group in crews)), AT_ONCE
        )

    async def one(crew: str, members: tuple[str, ...]) -> None:
        starter, *others = members
        async with _visit(stage, starter) as person:
            await person.listen()
            ids = " ".join(stage.user(name) for name in others)
            await answer(stage, person, stage.notes[LOBBY], f'!crew start "{crew}" {ids}', crew, within=LONG)
            room = (await asked_into(person, crew, LONG)).room
            await person.accept(room)
        for name in others:
            async with _visit(stage, name) as person:
                await person.listen()
                await person.accept((await asked_into(person, crew, LONG)).room)
        step()

    await together((one(crew, members) for crew, members in crews), AT_ONCE)


async def _step_up(stage: Stage, name: str) -> None:
    """Have somebody asked to the rung from which on crews are started, unless they stand there."""
    rung = stage.notes[STARTERS]
    async with _visit(stage, name) as person:
        joined = (await person.call("GET", "v3/joined_rooms"))["joined_rooms"]
        if isinstance(joined, list) and rung not in joined:
            await stage.people[FOUNDER].invite(rung, person.id)
            await person.enter_room(rung)


@asynccontextmanager
async def _visit(stage: Stage, name: str) -> AsyncIterator[Person]:
    """Let somebody in for a moment, without a device for secrets."""
    store = stage.home.store(name)
    async with await Person.enter(
        stage.synapse, name, stage.passwords[name], store, secrets=False, listens=False
    ) as person:
        yield person
