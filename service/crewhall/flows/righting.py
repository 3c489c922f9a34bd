"""Does what is left once rooms have moved, and keeps count: writes, addresses, invitations."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from crewhall.errors import Denied, TokenRefused, TryLater
from crewhall.flows.carrying import Hands
from crewhall.ground.ids import RoomId
from crewhall.ground.moving import Act, Ask, Move, Readdress, Write, in_words
from crewhall.ground.rooms import StatePut
from crewhall.ground.steps import Blocked


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of putting right: what was done, what was refused and why, what did not work now."""

    done: tuple[Act, ...] = ()
    refused: tuple[tuple[Act, str], ...] = ()
    later: tuple[Act, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """What was refused, as something that is in the way."""
        return tuple(Blocked(act.key, in_words(act), why) for act, why in self.refused)


@dataclass(slots=True)
class Tally:
    """What came of it so far. `fatal`: our token was refused, nothing more can be done."""

    done: list[Act] = field(default_factory=list)
    refused: list[tuple[Act, str]] = field(default_factory=list)
    later: list[Act] = field(default_factory=list)
    fatal: TokenRefused | None = None

    def finished(self, moves: tuple[Move, ...]) -> Finished:
        """Return it as a value."""
        return Finished(tuple(self.done), tuple(self.refused), tuple(self.later), moves)


class Righting:
    """The one who puts right."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    async def write(self, room: RoomId, put: StatePut) -> None:
        """Write one state event. Raises `Denied`, `TryLater`."""
        await self._hands.ask(lambda: self._hands.homeserver.put_state(room, put.type, put.key, put.content))

    async def do(self, acts: Sequence[Act], tally: Tally) -> None:
        """Do one after the other, invitations side by side; stop where something does not work now.

        An invitation that does not work now holds up nothing. Raises only `TokenRefused`.
        """
        for asks, group in groupby(acts, key=lambda act: isinstance(act, Ask)):
            if asks:
                async with asyncio.TaskGroup() as tasks:
                    for act in group:
                        tasks.create_task(self._one(act, tally))
            else:
                for act in group:
                    await self._one(act, tally)
                    if tally.fatal is not None or act in tally.later:
                        break
            if tally.fatal is not None:
                raise tally.fatal
            if any(not isinstance(act, Ask) for act in tally.later):
                return

    async def _one(self, act: Act, tally: Tally) -> None:
        try:
            match act:
                case Write(room=room, put=put):
                    await self.write(room, put)
                case Readdress(alias=alias, room=heir):
                    await self._lead(alias, heir)
                case Ask(key=key, room=room, person=person):
                    await self._hands.invite(key, room, person)
        except TokenRefused as no:
            tally.fatal = no
        except Denied as no:
            tally.refused.append((act, no.why))
        except TryLater:
            tally.later.append(act)
        else:
            tally.done.append(act)

    async def _lead(self, alias: str, room: RoomId | None) -> None:
        if room is None:
            await self._hands.ask(lambda: self._hands.homeserver.unaddress(alias))
        else:
            await self._hands.ask(lambda: self._hands.homeserver.readdress(alias, room))
