"""Brings a lost ledger back from the homeserver alone: what the keeper's rooms show, written down again.

Only into an empty ledger, or one that holds nothing but an earlier try. People are believed to be where they
are. What no room shows is gone, and said to be.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crewhall.charter.model import Charter
from crewhall.errors import Denied, InTheWay, NotYet, TokenRefused
from crewhall.ground.facts import RoomOpened
from crewhall.ground.ids import RoomId
from crewhall.ground.rooms import RoomSeen
from crewhall.life.crews.facts import CrewStarted
from crewhall.recovering.found import CAUSE, Found, found
from crewhall.works import Works

LOST: Final = (
    "who vouched, who proposed and all that was open: questions, proposals, invitations to a rung;",
    "since when people stand where they are: they stand there from now on;",
    "hats except the keys, absences, seasons and who rests;",
    "removals and pauses that were decided: who was removed is out, and nothing else keeps them out;",
    "feeds and calendars that are followed (their addresses stand in no room), links with sisters;",
    "who is a guest for some days: everybody found inside counts as one of its people;",
    "who started a crew, and that an unlisted crew has ended and kept its room;",
    "which leaves were open in a crew that has ended.",
)
"""What cannot be seen in any room, as lines to be read after "Not recovered:"."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was written: communities, how many rooms, crews and people's chats; and what was found amiss."""

    communities: tuple[str, ...]
    rooms: int
    crews: int
    found: Found


async def recover(works: Works, papers: Mapping[str, Charter]) -> Recovered:
    """Read the keeper's rooms and write down what they show. `papers` are the operator's charters by key.

    Raises `Misconfigured` with nothing changed: a ledger that has a memory, no rooms, a charter that is
    nowhere; `TryLater` and `Denied` if the homeserver does not answer or does not know us.
    """
    records = await works.ledger.since(0)
    if any(not record.cause.startswith(CAUSE) for record in records):
        told = "recovering goes into an empty one only. To begin anew, move it away, and stop the service"
        raise InTheWay(f"The ledger {works.settings.ledger} is not empty: {told}.")
    await works.reach()
    looks = await _looks(works)
    result = found(looks, works.keeper.me, papers, works.clock.now())
    if result.unwritten:
        keys = ", ".join(result.unwritten)
        told = f"put its file into {works.settings.charters} and recover again"
        raise NotYet(f"The charter of {keys} cannot be read in its space: {told}.")
    if not result.entries:
        raise NotYet(
            f"{works.keeper.me} is in no room of Crewhall: are homeserver and registration those of before?"
        )
    for entry in result.entries:
        await works.keeping.record(entry)
    written = [writing.fact for entry in result.entries for writing in entry.facts]
    return Recovered(
        tuple(charter.name for charter in result.charters.values()),
        sum(isinstance(fact, RoomOpened) for fact in written),
        sum(isinstance(fact, CrewStarted) for fact in written),
        result,
    )


async def _looks(works: Works) -> dict[RoomId, RoomSeen]:
    limit = asyncio.Semaphore(works.settings.limits.concurrency)
    looks: dict[RoomId, RoomSeen] = {}

    async def look(room: RoomId) -> None:
        async with limit:
            try:
                looks[room] = await works.keeper.look(room)
            except TokenRefused:
                raise
            except Denied:
                return  # left in this very moment

    try:
        rooms = await works.keeper.joined()
    except TokenRefused:
        raise
    except Denied:
        return {}  # nobody of that name has ever been here
    await asyncio.gather(*(look(room) for room in sorted(rooms)))
    return looks


__all__ = ["LOST", "Recovered", "recover"]
