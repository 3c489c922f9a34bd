"""The story of sisters: communities on homeservers of their own link, narrow the link, and part again.

Each has its own service, ledger and charter; they are joined by nothing but federation. One homeserver dies
on the way, and life on the others does not notice.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from crewhall.demo.run import Options
from crewhall.demo.scene import PATIENCE, NotKept, insist
from crewhall.demo.show import Show
from crewhall.demo.together import together
from crewhall.errors import Misconfigured, Trouble
from crewhall.house import CAPABILITIES
from crewhall.lab.certificates import certificates
from crewhall.lab.guests import Guest
from crewhall.lab.sight import says
from crewhall.lab.town import Town

T = TypeVar("T")
PLACES: Final = (("shire", "fay"), ("dale", "gil"), ("bree", "hal"))
FLOWS: Final = ["introductions", "guests", "crews", "recipes"]
FAR: Final = 60.0
ASKED: Final = 9
"""Questions whose median tells how quickly a keeper answers."""


@dataclass(frozen=True, slots=True)
class Side:
    """A community: its town, its host, and the host's chat with the keeper."""

    name: str
    town: Town
    host: Guest
    chat: str

    async def ask(self, line: str) -> str:
        """Say something to the keeper; return the first words of its answer."""
        return (await self.town.answer(self.host, self.chat, line, within=FAR)).text

    async def told(self, words: str) -> str:
        """Wait until the keeper has said these words."""
        seen = await self.host.saw(self.chat, says(words, self.town.keeper), words, within=FAR)
        return seen.text

    async def agrees(self) -> None:
        """Wait for the question, and say yes to it."""
        card = await self.host.saw(self.chat, says("proposes to link"), "the question", within=FAR)
        await self.host.react(self.chat, card.id, "✅")
        await self.told("our yes to the link")

    async def shows(self, *words: str, no: str = "\0") -> str:
        """Ask for all links, now and then, until they show these words and not the other ones."""
        text = ""
        for _ in range(12):
            text = await self.ask("!links")
            if all(one in text for one in words) and no not in text:
                return text
            await asyncio.sleep(3)  # who asks too often is not answered
        raise NotKept(f"!links in {self.name} was: {text}")

    async def answers_in(self) -> float:
        """Return the median of the seconds until an answer."""
        took = []
        for _ in range(ASKED):
            began = time.perf_counter()
            await self.ask("!help")
            took.append(time.perf_counter() - began)
        return statistics.median(took)


async def live(options: Options) -> None:
    """Live the story; raise `Trouble` if any of it does not happen."""
    if all(capability.name != "sister" for capability in CAPABILITIES):
        raise Misconfigured("The bridge to sisters is not installed: pip install it, then run this again.")
    show = Show()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="crewhall-")))
        with show.scene(f"{options.sisters} homeservers stand, each with a community of its own") as said:
            sides = await _kept("they stand", lambda: _stand(stack, folder, options.sisters))
            said.append(", ".join(f"{side.name} on {side.town.synapse.name}" for side in sides))
        await _story(show, sides)
        if not options.once:
            for side in sides:
                name, address = side.host.id.partition(":")[0][1:], side.town.synapse.address
                show.say(f"{side.name}: {address}, as {name}, with the password: the password of {name}")
            show.say("All of this runs until Ctrl-C.")
            await asyncio.Event().wait()


async def _story(show: Show, sides: list[Side]) -> None:
    here, *others = sides
    for there in others:
        await _scene(show, f"{here.name} and {there.name} each decide to link", _link, here, there)
    dale = others[0]
    await _scene(show, f"{here.name} closes a flow alone, and {dale.name} sees it", _close, here, dale)
    await _scene(show, f"{dale.name} dies, and {here.name} does not wait for it", _die, here, dale)
    await _scene(show, f"{dale.name} comes back and learns what it missed", _come_back, here, dale)
    await _scene(show, f"{here.name} ends the link with {dale.name}, at once", _part, here, dale)
    for there in others[1:]:
        await _scene(show, f"The link with {there.name} goes on", _goes_on, here, there)


async def _scene(
    show: Show, promise: str, act: Callable[[Side, Side], Awaitable[str]], here: Side, there: Side
) -> None:
    with show.scene(promise) as said:
        said.append(await _kept(promise, lambda: act(here, there)))


async def _kept(promise: str, act: Callable[[], Awaitable[T]]) -> T:
    try:
        async with asyncio.timeout(PATIENCE * 2):
            return await act()
    except TimeoutError:
        raise NotKept(f"“{promise}” did not happen within {PATIENCE * 2:.0f} seconds.") from None
    except (Trouble, AssertionError) as trouble:
        raise NotKept(f"“{promise}” did not happen: {trouble}") from trouble


async def _stand(stack: AsyncExitStack, folder: Path, count: int) -> list[Side]:
    tls = await asyncio.to_thread(certificates, folder / "tls")
    towns = [Town(folder / key, federation=tls) for key, _ in PLACES[:count]]
    for town in towns:
        await stack.enter_async_context(town)
    return await together(_settle(town, key, host) for town, (key, host) in zip(towns, PLACES, strict=False))


async def _settle(town: Town, key: str, name: str) -> Side:
    host = await town.guest(name)
    sisters = {"others": 0, "days": 0, "flows": FLOWS}
    charter = {"key": key, "name": key.title(), "founders": [host.id], "sisters": sisters}
    paper = await asyncio.to_thread(town.write_charter, key, charter)
    told = await town.crewhall("found", str(paper))
    insist(told.status == 0, told.err or told.out)
    await host.accepts(key.title())
    return Side(key.title(), town, host, await town.chat(host))


async def _link(here: Side, there: Side) -> str:
    for side, other in ((here, there), (there, here)):
        said = await side.ask(f"!link with {other.town.keeper}")
        insist("would like to link" in said, f"the answer in {side.name} was: {said}")
    await here.agrees()
    await there.agrees()
    await together((here.shows(there.name, "holds"), there.shows(here.name, "holds")))
    return "both said yes to the same terms; !links says so on both sides"


async def _close(here: Side, there: Side) -> str:
    await here.ask(f"!link close guests with {there.name}")
    await there.told("has closed guests")
    return f"the keeper of {there.name} tells its hosts"


async def _die(here: Side, there: Side) -> str:
    before = await here.answers_in()
    await there.town.kill()
    await there.town.synapse.kill()
    said = await here.ask(f"!link close recipes to {there.name}")
    insist("closed from now on" in said, f"the answer was: {said}")
    after = await here.answers_in()
    return (
        f"a flow is closed meanwhile; an answer took {before * 1000:.0f} ms before, {after * 1000:.0f} ms now"
    )


async def _come_back(here: Side, there: Side) -> str:
    serving = asyncio.create_task(there.town.serve())  # the service first, and then what it serves
    await there.town.synapse.start()
    await serving
    await there.shows("holds", no=f"{here.name} lets {there.name} read")
    return f"!links in {there.name} no longer shows what {here.name} has closed"


async def _part(here: Side, there: Side) -> str:
    began = time.perf_counter()
    said = await here.ask(f"!unlink {there.name}")
    took = time.perf_counter() - began
    insist("ended" in said.casefold(), f"the answer was: {said}")
    await there.told("ended")
    return f"{here.name} was free in {took * 1000:.0f} ms; {there.name} was told"


async def _goes_on(here: Side, there: Side) -> str:
    await together((here.shows(there.name, "holds"), there.shows(here.name, "holds")))
    return "neither side noticed"
