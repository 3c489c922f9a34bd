"""People who act at random, as long as they like: what they do is drawn, what it comes to is not known."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from crewhall.errors import Denied, Trouble
from crewhall.lab.guests import Guest
from crewhall.lab.line import Line
from storm.halls import Hall

NAMES = ("ann", "ben", "cleo", "dan", "eve", "gil")
CREWS = ("Lantern", "Kettle", "Anchor", "Meadow", "Harbour", "Ember", "Willow", "Quarry")
LINES = {
    "!crew start {crew} {who}": 8,
    "!crew start {crew} {who} {other} open": 4,
    "!crew ask {crew}": 3,
    "!crew invite {crew} {who}": 3,
    "!crew leave {crew}": 2,
    "!crew end {crew}": 1,
    "!open work in {crew}": 4,
    "!close work in {crew}": 1,
    "!invite {who} to Friends": 8,
    "!invite {who} to Partners": 6,
    "!vouch for {who}": 10,
    "!vouch withdraw for {who}": 1,
    "!object {who} because of care": 1,
    "!withdraw {who}": 1,
    "!step down": 3,
    "!step down from friends all": 1,
    "!hat offer greeter to {who}": 2,
    "!hat drop greeter": 1,
    "!pause {who} for 1 day because of care": 1,
    "!pause end {who}": 1,
    "!me": 2,
    "!halls": 1,
}
OF_LINKS = {
    "!link with {keeper}": 16,
    "!link close guests with {sister}": 2,
    "!unlink {sister}": 1,
    "!links": 2,
}
A_TRY = 0.1
"""How often somebody speaks about links who may not."""
FOUNDERS = frozenset({"ann", "ben"})
GESTURES = {"say": 20, "accept": 20, "decline": 2, "react": 16, "come": 8, "go": 1, "take back": 2, "link": 4}


class Soul:
    """Somebody; `chat` is where they talk to the keeper. `luck` is their own.

    `told` is all that the homeserver said it had of what they said.
    """

    def __init__(self, hall: Hall, name: str, guest: Guest, token: str, luck: random.Random) -> None:
        self.hall = hall
        self.name = name
        self.guest = guest
        self.luck = luck
        self.token = token
        self.chat = ""
        self.said: list[str] = []
        self.told: set[str] = set()

    @classmethod
    async def born(cls, hall: Hall, name: str, seed: str) -> "Soul":
        """Register somebody at the hall's homeserver."""
        token = await hall.ground.register(name)
        user = f"@{name}:{hall.ground.name}"
        luck = random.Random(f"{seed}/{user}")  # noqa: S311 - to be the same again
        return cls(hall, name, Guest(user, name, Line(hall.ground.address, token)), token, luck)

    async def begin(self) -> None:
        """Open a private chat with the keeper, and come in."""
        keeper = self.hall.keeper
        own = await self.guest.start_chat(keeper, encrypted=False)
        sight = self.guest.sight

        def asked() -> str | None:
            return next((i.room for i in sight.invited.values() if i.inviter == keeper and i.direct), None)

        self.chat = await self.guest.finds(asked, "an invitation to a private chat", within=60)
        await self.guest.enter_room(self.chat)
        await self.guest.leave(own)
        await self.guest.enter_room(self.hall.alias())

    async def live(self, sisters: list[Hall], pace: float) -> None:
        """Do one thing after the other, for ever; `pace` is the longest pause in seconds."""
        if sisters and self.name in FOUNDERS:
            await self._link(sisters)
        while True:
            await asyncio.sleep(self.luck.uniform(0.02, pace))
            try:
                await self.guest.look()
                await self.act(sisters)
            except Trouble:
                continue

    async def act(self, sisters: list[Hall]) -> None:
        """Do one thing."""
        acts: dict[str, Callable[[], Awaitable[object]]] = {
            "say": lambda: self.say(self._line()),
            "accept": self._accept,
            "decline": self._decline,
            "react": self._react,
            "come": self._come,
            "go": self._go,
            "take back": self._take_back,
            "link": lambda: self._link(sisters),
        }
        kind = self.luck.choices(list(GESTURES), list(GESTURES.values()))[0]
        await acts[kind]()

    async def say(self, line: str) -> None:
        """Say something to the keeper."""
        self.said.append(await self.guest.say(self.chat, line))
        self.told.add(self.said[-1])

    def _line(self) -> str:
        who, other = self.luck.sample([n for n in NAMES if n != self.name], 2)
        server = self.hall.ground.name
        line = self.luck.choices(list(LINES), list(LINES.values()))[0]
        crew = self.luck.choice(CREWS)
        return line.format(who=f"@{who}:{server}", other=f"@{other}:{server}", crew=crew)

    async def _accept(self) -> None:
        for room in sorted(self._asked_into()):
            await self.guest.enter_room(room)

    async def _decline(self) -> None:
        if waiting := sorted(self._asked_into()):
            await self.guest.leave(self.luck.choice(waiting))

    async def _react(self) -> None:
        cards = self._cards()
        if cards:
            room, event, choices = self.luck.choice(cards[-6:])
            yes = choices[0] if self.luck.random() < 0.8 else self.luck.choice(choices)
            await self.guest.react(room, event, yes)

    async def _come(self) -> None:
        rest = self.luck.choice(["", "", "/place/lobby", "/rung/friends", "/rung/friends/commons"])
        try:
            await self.guest.enter_room(self.hall.alias(rest))
        except Denied:
            return

    async def _go(self) -> None:
        rooms = sorted(self.guest.sight.joined - {self.chat})
        if rooms:
            await self.guest.leave(self.luck.choice(rooms))

    async def _take_back(self) -> None:
        if self.said:
            await self.guest.redact(self.chat, self.said.pop())

    async def _link(self, sisters: list[Hall]) -> None:
        if sisters and (self.name in FOUNDERS or self.luck.random() < A_TRY):
            sister = self.luck.choice(sisters)
            line = self.luck.choices(list(OF_LINKS), list(OF_LINKS.values()))[0]
            await self.say(line.format(keeper=sister.keeper, sister=sister.charter.name))

    def _asked_into(self) -> set[str]:
        return set(self.guest.sight.invited) - {self.chat}

    def _cards(self) -> list[tuple[str, str, list[str]]]:
        """Return the cards in rooms of theirs, the latest last, with their choices."""
        keeper, sight = self.hall.keeper, self.guest.sight
        mine = {seen.id: seen.room for seen in sight.events if seen.sender == keeper and seen.text}
        found: dict[str, list[str]] = {}
        for seen in sight.events:
            if seen.sender == keeper and seen.reacts_to in mine:
                found.setdefault(seen.reacts_to, []).append(seen.reaction)
        return [(mine[e], e, choices) for e, choices in found.items() if mine[e] in sight.joined]

    async def close(self) -> None:
        """Go."""
        await self.guest.close()
