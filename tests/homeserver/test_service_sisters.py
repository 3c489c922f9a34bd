"""Two communities on homeservers of their own, joined by TLS: links, visits and crews, whoever is away."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from crewhall.demo.sisters import crew, links, visits
from crewhall.demo.sisters.stage import ROOM, Side, Stage, comes_into, stand
from crewhall.errors import Denied
from crewhall.lab.gestures import Gestures
from crewhall.lab.guests import Guest
from crewhall.lab.line import Line
from crewhall.lab.sight import becomes, says
from crewhall.lab.talks import FAR, Talk
from crewhall.testing.long import LONG

pytestmark = [
    pytest.mark.homeserver,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]

AT_ONCE = 10.0
"""Seconds in which a word is answered while the sister's server is dead."""
TREATY = "org.crewhall.sister.treaty"


@dataclass(frozen=True)
class Outage:
    """What of a side dies (`service`, `homeserver` or both, in the order in which they come back)."""

    here: bool
    what: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'here' if self.here else 'there'}-{'-then-'.join(self.what)}"

    def of(self, stage: Stage) -> tuple[Side, Side]:
        """Return who is struck, and who is not."""
        return (stage.here, stage.there) if self.here else (stage.there, stage.here)

    async def begins(self, stage: Stage) -> None:
        """Kill it; the other side answers as ever."""
        struck, other = self.of(stage)
        if "service" in self.what:
            await struck.town.kill()
        if "homeserver" in self.what:
            await struck.town.synapse.kill()
        assert "!help" in await other.member.ask("!help", within=AT_ONCE)

    async def ends(self, stage: Stage) -> None:
        """Start it again, in order."""
        struck, _ = self.of(stage)
        ways = {"service": struck.town.serve, "homeserver": struck.town.synapse.start}
        for one in self.what:
            await ways[one]()


SERVICE, HOMESERVER = ("service",), ("homeserver",)
SERVICE_FIRST, HOMESERVER_FIRST = ("service", "homeserver"), ("homeserver", "service")
ALL = [
    Outage(here, what)
    for here in (True, False)
    for what in (SERVICE, HOMESERVER, SERVICE_FIRST, HOMESERVER_FIRST)
]
WHILE_LINKING = ALL if LONG else [Outage(here=True, what=SERVICE), Outage(here=False, what=SERVICE_FIRST)]
WHILE_ASKED = ALL if LONG else [Outage(here=True, what=HOMESERVER)]
WHILE_THERE = ALL if LONG else [Outage(here=False, what=HOMESERVER_FIRST)]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Shire and Dale, with Fay and Pip, and with Gil, who is in Dale's room, and Moss."""
    folder: Path = tmp_path_factory.mktemp("sisters")
    async with AsyncExitStack() as stack:
        stage = await stand(stack, folder, 2)
        there = stage.there
        await comes_into(there.host.person, there.root, there.town, ROOM)
        yield stage
        assert "Traceback" not in stage.here.town.log + there.town.log


@pytest_asyncio.fixture(loop_scope="session")
async def linked(stage: Stage) -> Stage:
    """Link both, if they are not linked."""
    if "holds" not in await stage.here.host.ask("!links"):
        sides = ((stage.here, stage.there), (stage.there, stage.here))
        marks = {side.name: side.host.person.mark for side, _ in sides}
        for side, other in sides:
            await links.propose(side, other)
        for side, other in sides:
            await side.host.clicks(f"proposes to link with {other.name}", after=marks[side.name])
        await both_show(stage, "holds")
    return stage


async def apart(stage: Stage) -> None:
    """End the link, and wait until both know."""
    here, there = stage.here, stage.there
    if "holds" in await here.host.ask("!links"):
        await here.host.ask(f"!unlink {there.name}")
        await both_show(stage, "ended")


async def both_show(stage: Stage, *words: str) -> None:
    """Wait until both sides show these words of the link; of many news a day people are not told each."""
    for side in (stage.here, stage.there):
        await side.host.shown("!links", *words)


async def treaties(side: Side, *of: Side) -> list[Any]:
    """Return what is agreed in these sides' letterboxes for this one, as the keeper of this one sees them."""
    token = yaml.safe_load((side.town.directory / "registration.yaml").read_text())["as_token"]
    async with Line(side.town.synapse.address, token) as line:
        keeper = Gestures(side.town.keeper, "keeper", line)
        rooms = (await keeper.call("GET", "v3/joined_rooms", user_id=keeper.id))["joined_rooms"]
        assert isinstance(rooms, list)
        found = []
        for one in of:
            for room in rooms:
                path = ("v3/rooms", room, "state", TREATY, one.town.keeper)
                try:
                    stated = await keeper.call("GET", *path, user_id=keeper.id)
                except Denied:
                    continue
                found += [stated["agreed"]] if not stated.get("ended") else []
    return found


async def traveller(stage: Stage, name: str) -> Stage:
    """Return the same stage with somebody new of Shire's on it."""
    here = stage.here
    guest = await here.town.guest(here.town.word(name.lower()), name)
    await here.host.person.invite(here.root, guest.id)
    await guest.accepts(here.name)
    return replace(stage, here=replace(here, member=await Talk.opened(here.town, guest)), notes={})


async def is_out(stage: Stage, guest: Guest) -> None:
    """Wait until both servers know that a guest is out of the space and the room."""
    rooms = (stage.there.root, stage.notes[visits.VISITED])
    for eyes in (guest, stage.there.host.person):
        for room in rooms:
            await eyes.saw(room, becomes(guest.id, "leave"), "the guest being out", within=FAR)
    for room in rooms:
        assert guest.id not in await crew.in_it(stage.there.host.person, room)
        with pytest.raises(Denied):
            await guest.enter_room(room, via=[stage.there.town.synapse.name])


async def test_a_link_is_narrowed_and_ended_while_one_side_dies_twice(linked: Stage) -> None:
    here, there = linked.here, linked.there
    await here.host.shown("!links", "Dale", "holds", "Guests", "Shire lets Dale")
    await there.host.shown("!links", "Shire", "holds", "Guests", "lets Dale read")
    await here.host.ask("!link close guests with Dale")
    await there.host.shown("!links", "holds", "lets Dale read", no="Guests")

    both = Outage(here=False, what=SERVICE_FIRST)
    await both.begins(linked)
    assert "closed from now on" in await here.host.ask("!link close recipes to Dale", within=AT_ONCE)
    await here.host.shown("!links", "holds", no="Shire lets Dale")
    await both.ends(linked)
    await there.host.shown("!links", "holds", no="lets Dale read")

    await there.town.synapse.stop()
    assert "ended" in (await here.host.ask("!unlink Dale", within=AT_ONCE)).casefold()
    assert "ended" in await here.host.ask("!links", within=AT_ONCE)
    await there.town.synapse.start()
    await there.host.shown("!links", "ended", no="holds")


@pytest.mark.parametrize("outage", WHILE_LINKING, ids=str)
async def test_whoever_is_away_while_a_link_is_made_both_come_to_the_same(
    stage: Stage, outage: Outage
) -> None:
    await apart(stage)
    struck, other = outage.of(stage)
    marks = {side.name: side.host.person.mark for side in (struck, other)}
    await links.propose(stage.here, stage.there)
    await links.propose(stage.there, stage.here)
    card = await other.host.asked(f"proposes to link with {struck.name}", after=marks[other.name])
    await outage.begins(stage)
    await other.host.person.react(other.host.room, card.id, "✅")
    await other.host.told("our yes to the link", "is stated", after=marks[other.name])
    await outage.ends(stage)
    await struck.host.clicks(f"proposes to link with {other.name}", after=marks[struck.name])
    await both_show(stage, "holds")
    for side in (struck, other):
        assert side.host.times("proposes to link with", after=marks[side.name]) == 1
        assert side.host.times("holds: both have said yes", after=marks[side.name]) <= 1
    stated = [one for side in (struck, other) for one in await treaties(side, struck, other)]
    assert len(stated) == 4
    assert stated[0]
    assert all(one == stated[0] for one in stated), stated


async def test_a_visit_opens_the_rooms_and_ends_with_thanks(linked: Stage) -> None:
    way = await traveller(linked, "Tam")
    guest, there = way.here.member.person, way.there
    await visits.introduce(way)
    await visits.visit(way)
    for room in (there.root, way.notes[visits.VISITED]):
        for eyes in (guest, there.host.person):
            assert guest.id in await crew.in_it(eyes, room)
    said = await guest.say(way.notes[visits.VISITED], "Good to be here.")
    heard = "what the guest said"
    await there.host.person.saw(None, lambda seen: seen.id == said, heard, within=FAR)
    await visits.go_home(way)
    await is_out(way, guest)


@pytest.mark.parametrize("outage", WHILE_ASKED, ids=str)
async def test_whoever_is_away_while_a_host_is_asked_the_guest_comes_in(
    linked: Stage, outage: Outage
) -> None:
    way = await traveller(linked, "Una")
    guest, there = way.here.member.person, way.there
    await visits.introduce(way)
    talk = await visits.hand_over(way)
    card = await there.host.asked(guest.id, visits.COMES)
    await outage.begins(way)
    if there.town.synapse.running:
        await there.host.person.react(there.host.room, card.id, "✅")
        await outage.ends(way)
    else:
        await outage.ends(way)
        await there.host.person.react(there.host.room, card.id, "✅")
    await talk.told("opens its doors to you")
    await visits.come_in(way)
    assert there.host.times(guest.id, visits.COMES) == 1
    assert talk.times("opens its doors to you") == 1
    await visits.go_home(way)
    await is_out(way, guest)


@pytest.mark.parametrize("outage", WHILE_THERE, ids=str)
async def test_whoever_is_away_while_a_visit_ends_the_guest_is_out(linked: Stage, outage: Outage) -> None:
    way = await traveller(linked, "Wim")
    guest, there = way.here.member.person, way.there
    await visits.introduce(way)
    await visits.visit(way)
    end = f"!visit end {guest.id}"
    await outage.begins(way)
    if there.town.synapse.running:
        await there.host.person.say(there.host.room, end)
        await outage.ends(way)
    else:
        await outage.ends(way)
        await there.host.person.say(there.host.room, end)
    await is_out(way, guest)
    thanks = says("Thank you for having been here", there.town.keeper)
    await guest.saw(None, thanks, "thanks", within=FAR)
    assert sum(map(thanks, guest.sight.events)) == 1


async def test_a_crew_across_servers_outlives_its_link_and_an_absence(linked: Stage) -> None:
    here, there = linked.here, linked.there
    await crew.call(linked)
    await crew.meet(linked)
    await apart(linked)
    await there.town.synapse.kill()
    await crew.talk_round(linked, [here.host.person, here.member.person], "We are still here")
    await there.town.synapse.start()
    await crew.meet(linked)
    late = await there.town.guest("late", "Late")
    talk = await Talk.opened(here.town, late)
    assert "no community here" in await talk.ask(f"!crew ask {crew.CREW}")
