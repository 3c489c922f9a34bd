"""Decides how a crew's room should be: all its people equal in it, nobody else inside."""

from collections.abc import Iterable
from dataclasses import replace

from crewhall.ground import ids
from crewhall.ground.charters import CharterChanged
from crewhall.ground.facts import Recorded, RoomOpened
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey
from crewhall.ground.rooms import JoinWish, Listing, PowerWish, RoomWish
from crewhall.ground.worn import of_leaf
from crewhall.life.crews.crew import CREWS, Crew, crew_at
from crewhall.life.crews.facts import (
    AskWithdrawn,
    CrewEnded,
    LeafAgreed,
    LeafAsked,
    LeafClosed,
    LeafLapsed,
    LeafOpened,
    LeafRoomLeft,
    LeafRoomsWanted,
    SeatLeft,
    SeatTaken,
)
from crewhall.life.crews.leaf_rooms import ANYONE, EVERYBODYS, KEEPER, deep, left_alone, places, still

_DEEP = (SeatTaken, SeatLeft, AskWithdrawn, CrewEnded, LeafOpened, LeafClosed, LeafRoomsWanted)
"""What may change the rooms of a crew that has deepened."""
_WHY_ONLY = "Only those with a seat in this crew are in its room."


def rooms(hall: Hall) -> Iterable[RoomKey]:
    """Return the crews' rooms, spaces first; forgotten ones too, until the keeper has left them."""
    for _, crew in sorted(CREWS.of(hall).all.items()):
        yield from places(crew)
        yield crew.room


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the crew's rooms after what concerns them, and those in which a leaf gives rights."""
    match recorded.fact:
        case RoomOpened(key=key):
            crew = crew_at(hall, key)
            yield from (crew.room,) if crew is not None and key == crew.space else ()
        case CharterChanged():
            for deepened in sorted(CREWS.of(hall).deep):
                yield from places(CREWS.of(hall).all[deepened])
        case LeafAsked() | LeafAgreed() | LeafLapsed() | LeafRoomLeft():
            return
        case fact if (crew := _crew_of(hall, recorded)) is not None:
            if not isinstance(fact, SeatTaken | LeafClosed | LeafRoomsWanted):
                yield crew.room
            if isinstance(fact, _DEEP):
                yield from places(crew)
            for name, leaf in sorted(crew.leaves.items()):
                if leaf.cause == recorded.cause or (leaf.open and isinstance(fact, SeatLeft | CrewEnded)):
                    yield from of_leaf(hall, name)
        case _:
            return


def wish(hall: Hall, key: RoomKey) -> RoomWish | None:
    """Return one of the crew's rooms as it should be."""
    crew = crew_at(hall, key)
    if crew is None:
        return None
    living = _living(hall, crew) if key == crew.room else deep(hall, crew, key)
    if living is None:
        return None
    match crew.ended:
        case None:
            return living
        case "kept":
            return left_alone(living)
        case "read-only":
            return replace(left_alone(living), powers=still())
        case "forgotten":
            why = "This crew has ended, and its room is forgotten."
            return replace(left_alone(living), closed=True, decided=True, why_only=why)


def _crew_of(hall: Hall, recorded: Recorded) -> Crew | None:
    head, _, _ = recorded.stream.rpartition("/")
    return crew_at(hall, RoomKey(recorded.stream)) if head == f"{hall.key}/crew" else None


def _living(hall: Hall, crew: Crew) -> RoomWish:
    charter, rule = hall.charter, hall.charter.crews
    return RoomWish(
        key=crew.room,
        alias=ids.alias_of(crew.room),
        name=crew.name,
        topic=_topic(crew),
        shown=crew.listed,
        join=JoinWish("knock" if crew.listed else "invite"),
        powers=PowerWish(
            invite=ANYONE if rule.members_invite else KEEPER,
            events=dict.fromkeys(EVERYBODYS, ANYONE),
            drift=charter.drift.powers,
        ),
        version=charter.room_version,
        federate=charter.federate,
        history="joined",
        encrypted=crew.private,
        listing=_listing(hall, crew),
        invited=tuple(sorted(crew.offers)),
        only=frozenset((*crew.seats, *crew.offers)),
        unwelcome=crew.shut_out,
        why_only=_WHY_ONLY,
        doors=charter.drift.doors,
    )


def _listing(hall: Hall, crew: Crew) -> Listing | None:
    """Return where the crew's room is listed: in its own space once it has one, which takes its place."""
    if crew.leaves:
        return Listing(crew.space, "a", suggested=True)
    return Listing(ids.crews_space(hall.key)) if crew.listed else None


def _topic(crew: Crew) -> str:
    if crew.private:
        return f"The keeper cannot read here: talk to {crew.keeper} in a private chat."
    return "The keeper hears and answers here: !help tells what to ask."
