"""Hands a community's rooms to its people, so that they go on without the service; then the keeper leaves.

::

    look -> plan, shown -> yes -> chats closed -> `Retired` -> each room: levels, leave, `RoomClosed`

From `Retired` on nothing puts anything back. It may stop anywhere: what is left is planned anew.
"""

from dataclasses import dataclass

from crewhall.errors import Denied, Missing, NotYet, TokenRefused
from crewhall.ground import ids
from crewhall.ground.facts import HOUSE, RoomClosed, Stream, Writing
from crewhall.ground.hall import House
from crewhall.ground.ids import CommunityKey, RoomId, RoomKey, UserId
from crewhall.ground.talk import Sentence
from crewhall.life.community.facts import Retired
from crewhall.ports import Entry
from crewhall.retiring.handing import POWERS, Handing, fingerprint, handing
from crewhall.text import render
from crewhall.works import Works


@dataclass(frozen=True, slots=True)
class Retiring:
    """What would be done, in order: chats first, the community's space last."""

    community: CommunityKey
    owners: tuple[UserId, ...]
    handings: tuple[Handing, ...]

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that are the same exactly for the same plan."""
        return fingerprint(self.handings)


async def plan(works: Works, community: CommunityKey) -> Retiring:
    """Return what retiring would do, or what is left of it. Raises `Misconfigured`, `TryLater`."""
    await works.reach()
    house, me = works.keeping.house, works.keeper.me
    rooms = [key for key in house.rooms if ids.hall_of(key) == community]
    hall = house.halls.get(community)
    if hall is None and not rooms:
        known = ", ".join(sorted(house.halls)) or "none"
        raise Missing(f"There is no community {community} here: those that can retire are {known}.")
    owners = tuple(sorted(hall.keyholders)) if hall is not None else await _retired(works, community)
    if hall is not None and not any(person in hall.inside for person in owners):
        told = "its rooms would belong to nobody. Name somebody in chat first"
        raise NotYet(f"Nobody in {hall.charter.name} holds its keys, so {told}.")
    handings = [Handing(k, house.rooms[k].room, "", chat=p) for k, p in _chats(house, community)]
    for key in sorted(rooms, key=lambda key: (-key.count("/"), key)):
        room = house.rooms[key].room
        try:
            seen = await works.keeper.look(room)
        except TokenRefused:
            raise
        except Denied:
            handings.append(Handing(key, room, key, seen=False))
            continue
        handings.append(handing(key, seen, owners, me))
    return Retiring(community, owners, tuple(handings))


async def retire(works: Works, community: CommunityKey, yes: str) -> tuple[Retiring, tuple[str, ...]]:
    """Do what a plan with this fingerprint says; return it, and what was refused.

    Raises `Misconfigured` with nothing changed if the plan is another one by now.
    """
    planned = await plan(works, community)
    if yes != planned.fingerprint:
        raise NotYet(f"This is not the plan that was shown: look at it with crewhall retire {community}.")
    refused: list[str] = []
    chats = [one for one in planned.handings if one.chat is not None]
    for one in chats:
        await _say_goodbye(works, community, one)
        await _leave(works, one.key, one.room)
    if community in works.keeping.house.halls:
        version = works.keeping.house.versions.get(Stream(community), 0)
        fact = Writing(Stream(community), Retired(planned.owners), version)
        await works.keeping.record(Entry(f"retire:{community}", works.clock.now(), (fact,)))
    await _leave_former(works, community)
    for one in planned.handings:
        if one.chat is not None:
            continue
        try:
            if one.powers is not None:
                await works.keeper.put_state(one.room, POWERS, "", one.powers)
        except TokenRefused:
            raise
        except Denied as denied:
            refused.append(f"{one.name}: its levels were refused ({denied}), so the keeper stays in it")
            continue
        await _leave(works, one.key, one.room)
    return planned, tuple(refused)


def _chats(house: House, community: CommunityKey) -> tuple[tuple[RoomKey, UserId], ...]:
    """Return the private chats of people of this community who are in no other."""
    hall = house.halls.get(community)
    others = [other for key, other in house.halls.items() if key != community]
    if hall is None:
        return ()
    known = ((key, person) for person, key in sorted(house.chats.items()) if key in house.rooms)
    mine = ((k, p) for k, p in known if not others or p in hall.inside)
    return tuple((k, p) for k, p in mine if not any(p in other.inside for other in others))


async def _retired(works: Works, community: CommunityKey) -> tuple[UserId, ...]:
    """Return to whom the rooms go, as it was written down when the community retired."""
    for record in reversed(await works.ledger.since(0)):
        if record.stream == Stream(community) and isinstance(record.fact, Retired):
            return record.fact.owners
    return ()


async def _say_goodbye(works: Works, community: CommunityKey, one: Handing) -> None:
    """Say one kind word in a chat, once; somebody who has left it hears nothing."""
    hall = works.keeping.house.halls[community]
    said = Sentence("retire-goodbye", {"community": hall.charter.name})
    words = render(said, works.keeping.house.rooms, works.settings.homeserver.name)
    content = {
        "msgtype": "m.notice",
        "body": words.plain,
        "format": "org.matrix.custom.html",
        "formatted_body": words.html,
        "m.mentions": {},
    }
    try:
        await works.keeper.send(one.room, "m.room.message", content, f"retire-{community}-{one.room}")
    except TokenRefused:
        raise
    except Denied:
        return


async def _leave_former(works: Works, community: CommunityKey) -> None:
    """Leave the rooms that have moved: they can be read without us."""
    for room, before in sorted(works.keeping.house.former.items()):
        if ids.hall_of(before.key) == community:
            await _leave(works, before.key, room)


async def _leave(works: Works, key: RoomKey, room: RoomId) -> None:
    await works.keeper.leave(room)
    closed = Writing(HOUSE, RoomClosed(key, room))
    await works.keeping.record(Entry(f"retire:{room}", works.clock.now(), (closed,)))


__all__ = ["Retiring", "plan", "retire"]
