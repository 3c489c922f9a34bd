"""Private chats with keepers: what somebody asks, hears and clicks there, no faster than is answered."""

import time
from dataclasses import dataclass, field
from typing import Final, Self

from crewhall.errors import TryLater
from crewhall.lab.guests import Guest
from crewhall.lab.pace import Pace
from crewhall.lab.sight import Seen, Test, says
from crewhall.lab.town import Town

FAR: Final = 60.0
"""Seconds in which something must have happened that takes other servers."""
MOMENT: Final = 1_500
"""Milliseconds that somebody waits for news before they ask the same again."""
YES: Final = "✅"


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody's private chat with the keeper of a town, their own or another."""

    town: Town
    person: Guest
    room: str
    pace: Pace = field(default_factory=Pace)

    @classmethod
    async def opened(cls, town: Town, person: Guest) -> Self:
        """Have somebody open a private chat with a keeper."""
        return cls(town, person, await town.chat(person, within=FAR))

    async def ask(self, line: str, within: float = FAR) -> str:
        """Say something to the keeper; return the first words of its answer."""
        await self.pace.step()
        return (await self.town.answer(self.person, self.room, line, within=within)).text

    async def told(self, *words: str, after: int = 0) -> Seen:
        """Wait until the keeper has said all these words at once, since a mark."""
        said, what = self._said(words), " … ".join(words)
        return await self.person.saw(self.room, said, what, after=after, within=FAR)

    async def asked(self, *words: str, after: int = 0) -> Seen:
        """Wait for the question with these words; what brings it up to date is not it."""
        said, what = self._said(words), f"the question: {' … '.join(words)}"
        return await self.person.saw(
            self.room, lambda seen: said(seen) and not seen.edits, what, after=after, within=FAR
        )

    async def clicks(self, *words: str, after: int = 0, choice: str = YES) -> Seen:
        """Wait for the question with these words and answer it; return the question."""
        card = await self.asked(*words, after=after)
        await self.person.react(self.room, card.id, choice)
        return card

    def times(self, *words: str, after: int = 0) -> int:
        """Return how often the keeper has said these words ; what was brought up to date counts once."""
        said = self._said(words)
        return sum(said(seen) and not seen.edits for seen in self.person.sight.since(after, self.room))

    async def shown(self, line: str, *words: str, no: str = "\0") -> str:
        """Ask until the answer has these words and not the other ones; return it."""
        ends, text = time.monotonic() + FAR, ""
        while time.monotonic() < ends:
            text = await self.ask(line)
            if all(one.casefold() in text.casefold() for one in words) and no not in text:
                return text
            await self.person.look(MOMENT)
        raise TryLater(f"{self.person.shown} asked {line} and was told: {text}")

    def _said(self, words: tuple[str, ...]) -> Test:
        tests = [says(one, self.town.keeper) for one in words]
        return lambda seen: all(test(seen) for test in tests)
