"""The whole house: where capabilities are plugged in, one line each, and asked together. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from crewhall.ground import ids
from crewhall.ground.capability import Capability, Going
from crewhall.ground.difference import Wishes
from crewhall.ground.facts import (
    HOUSE,
    ChatClosed,
    ChatLeft,
    ChatNamed,
    Fact,
    ForgettingAgreed,
    Forgotten,
    Lapsed,
    MoveSettled,
    Recorded,
    RoomClosed,
    RoomMoved,
    RoomOpened,
    RoomSealed,
    Stream,
    SuccessorMet,
    Writing,
    hall_of_stream,
)
from crewhall.ground.hall import Hall, House, evolve_house
from crewhall.ground.ids import CommunityKey, RoomKey
from crewhall.ground.rooms import JoinWish, PowerWish, RoomWish
from crewhall.ground.talk import Answer, Decision, Gesture, Invitation
from crewhall.house import parting
from crewhall.house.plugged import plugged
from crewhall.life import (
    amending,
    community,
    crews,
    drift,
    hats,
    plans,
    returning,
    rising,
    safety,
    seasons,
    standing,
)
from crewhall.life.community.facts import Retired


def rehearse(hall: Hall, at: datetime, facts: tuple[Fact, ...]) -> Wishes:
    """Return how a community's rooms should be if these facts were recorded of it at that instant."""
    for n, fact in enumerate(facts, start=1):
        recorded = Recorded(0, Stream(hall.key), hall.version + n, "rehearsal", at, fact)
        for capability in CAPABILITIES:
            hall = capability.evolve(hall, recorded)
    wishes = (capability.wish(hall, key) for capability in CAPABILITIES for key in capability.rooms(hall))
    return {found.key: found for found in wishes if found is not None}


CAPABILITIES: tuple[Capability, ...] = (
    community.capability,
    standing.capability,
    rising.capability,
    returning.capability,
    crews.capability,
    seasons.capability,
    plans.capability,
    drift.capability,
    amending.capability(rehearse),
    hats.capability,
    *plugged(),
    safety.capability,  # last, so that nothing else opens a door that it has closed
)
"""Every room of the house, in the order in which they fold and are asked."""

FACTS: tuple[type[Fact], ...] = (
    RoomOpened,
    RoomClosed,
    RoomSealed,
    RoomMoved,
    MoveSettled,
    SuccessorMet,
    ChatNamed,
    ChatLeft,
    ForgettingAgreed,
    ChatClosed,
    Forgotten,
    Lapsed,
    *(fact for capability in CAPABILITIES for fact in capability.facts),
)
"""All kinds of fact that the ledger may hold."""


def evolve(house: House, recorded: Recorded) -> House:
    """Fold one record."""
    house = evolve_house(house, recorded)
    key = hall_of_stream(recorded.stream)
    if key is None:
        return _sealed(house, recorded)
    hall = house.halls.get(key)
    if isinstance(recorded.fact, Retired):
        return replace(house, halls=house.halls.delete(key)) if hall is not None else house
    for capability in CAPABILITIES:
        hall = capability.begin(recorded) if hall is None else capability.evolve(hall, recorded)
    if hall is None:
        return house
    return house.with_hall(hall)


def _sealed(house: House, recorded: Recorded) -> House:
    """Let the hall know in which of its rooms the keeper neither hears nor speaks any more."""
    match recorded.fact:
        case RoomSealed(key=key) if (hall := hall_at(house, key)) is not None:
            return house.with_hall(replace(hall, sealed=hall.sealed | {key}))
        case _:
            return house


def hall_at(house: House, place: RoomKey) -> Hall | None:
    """Return the community that a managed room belongs to."""
    key = ids.hall_of(place)
    return house.halls.get(key) if key is not None else None


def rooms(house: House) -> Iterable[RoomKey]:
    """Return the keys of all rooms that should exist, spaces before what stands in them."""
    yield ids.CONTROL
    yield from house.people
    for _, hall in sorted(house.halls.items()):
        for capability in CAPABILITIES:
            yield from capability.rooms(hall)


def wish(house: House, key: RoomKey) -> RoomWish | None:
    """Return a room as it should be; None if nobody wants it (any more)."""
    if key == ids.CONTROL:
        return _control()
    if key in house.people:
        return _chat(house, key)
    hall = hall_at(house, key)
    if hall is None:
        return None
    found = next((w for c in CAPABILITIES if (w := c.wish(hall, key)) is not None), None)
    if found is None:
        return None
    somebody = tuple(person for person in found.invited if not parting.is_nobody(person))
    return replace(found, invited=somebody, encrypted=found.encrypted or key in hall.sealed)


def touched(house: House, recorded: Recorded) -> frozenset[RoomKey]:
    """Return the rooms that may have to change after a record; `house` has evolved by it."""
    match recorded.fact:
        case ChatNamed(key=key) | RoomSealed(key=key) | RoomMoved(key=key):
            return frozenset({key})
        case RoomOpened(key=key):
            hall = hall_at(house, key)
        case _:
            community = hall_of_stream(recorded.stream)
            hall = house.halls.get(community) if community is not None else None
    if hall is None:
        return frozenset()
    return frozenset(key for c in CAPABILITIES for key in c.touched(hall, recorded))


def gesture(house: House, seen: Gesture) -> tuple[Decision, ...]:
    """Return what follows from a change of membership."""
    hall = hall_at(house, seen.place)
    if hall is None:
        return ()
    return tuple(d for c in CAPABILITIES if (d := c.gesture(hall, seen)) is not None)


def invited(house: House, invitation: Invitation) -> Decision | None:
    """Return what follows if the keeper shall go where it was asked in; None to decline."""
    return next((d for c in CAPABILITIES if (d := c.invited(house, invitation)) is not None), None)


def sealed(house: House, key: RoomKey) -> Decision | None:
    """Return what follows when a room is found encrypted; None if it was to be, or is known to be."""
    wished = wish(house, key)
    if wished is None or wished.encrypted or hall_at(house, key) is None:
        return None
    return Decision(facts=(Writing(HOUSE, RoomSealed(key)),))


def answer(house: House, given: Answer) -> Decision | None:
    """Return what follows from a reaction to a card; a card's subject begins with its community."""
    hall = house.halls.get(CommunityKey(given.card.subject.partition("/")[0]))
    name = given.card.kind.partition(".")[0]
    if given.card.kind == parting.CARD:
        return parting.answered(house, given)
    if hall is None:
        return None
    return next((c.answer(hall, given) for c in CAPABILITIES if c.name == name), None)


def leaves(house: House, going: Going) -> Iterable[Decision]:
    """Yield what somebody gives up who wants to be forgotten: one community after the other."""
    for _, hall in sorted(house.halls.items()):
        yield from (d for c in CAPABILITIES if (d := c.leaves(hall, going)) is not None)


def due(house: House, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Return what time has made due, with the cause that makes it happen once."""
    for _, hall in sorted(house.halls.items()):
        for capability in CAPABILITIES:
            yield from capability.tick(hall, now)


def _control() -> RoomWish:
    return RoomWish(
        key=ids.CONTROL,
        alias=ids.alias_of(ids.CONTROL),
        name="Crewhall",
        topic="The service's own room. Nothing to see here.",
        join=JoinWish("invite"),
        powers=PowerWish(invite=100),
        shown=False,
        history="joined",
        federate=False,
    )


def _chat(house: House, key: RoomKey) -> RoomWish:
    """Return a private chat: plain, so that both can read and write; who left it is not asked in again."""
    person = house.people[key]
    return RoomWish(
        key=key,
        alias=ids.alias_of(key),
        name="",
        join=JoinWish("invite"),
        powers=PowerWish(invite=100, state_default=100, redact=100),
        shown=False,
        history="shared",
        direct=True,
        invited=() if person in house.away else (person,),
        only=frozenset({person}),
        why_only="This is a private chat.",
        decided=True,
    )
