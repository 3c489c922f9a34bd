"""Decides how a crew's room should be: all its people equal in it, nobody else inside."""

from collections.abc import Iterable
from dataclasses import replace

from crewhall.ground import ids
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RoomKey
from crewhall.ground.rooms import JoinWish, Listing, PowerWish, RoomWish
from crewhall.life.crews.crew import CREWS, Crew, crew_at
from crewhall.life.crews.facts import SeatTaken

_ANYONE = 0
_NOBODY = 100
_EVERYBODYS = (
    "m.room.name",
    "m.room.topic",
    "m.room.avatar",
    "m.room.pinned_events",
    "org.matrix.msc3401.call.member",  # Element's calls are joined by this state event
)
_ANSWERS = ("m.reaction", "m.poll.response", "org.matrix.msc3381.poll.response")
_WHY_ONLY = "Only those with a seat in this crew are in its room."


def rooms(hall: Hall) -> Iterable[RoomKey]:
    """Return the crews' rooms; forgotten ones too, until the keeper has left them."""
    for _, crew in sorted(CREWS.of(hall).all.items()):
        yield crew.room


def touched(hall: Hall, recorded: Recorded) -> Iterable[RoomKey]:
    """Return the crew's room after anything about it but a mere arrival."""
    head, _, _ = recorded.stream.rpartition("/")
    if head != f"{hall.key}/crew" or isinstance(recorded.fact, SeatTaken):
        return
    crew = crew_at(hall, RoomKey(recorded.stream))
    if crew is None:
        return
    yield crew.room


def wish(hall: Hall, key: RoomKey) -> RoomWish | None:
    """Return the crew's room as it should be."""
    crew = crew_at(hall, key)
    if crew is None:
        return None
    living = _living(hall, crew)
    match crew.ended:
        case None:
            return living
        case "kept":
            return _left_alone(living)
        case "read-only":
            return replace(_left_alone(living), powers=_still())
        case "forgotten":
            why = "This crew has ended, and its room is forgotten."
            return replace(_left_alone(living), closed=True, decided=True, why_only=why)


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
            invite=_ANYONE if rule.members_invite else 50,
            events=dict.fromkeys(_EVERYBODYS, _ANYONE),
            drift=charter.drift.powers,
        ),
        version=charter.room_version,
        federate=charter.federate,
        history="joined",
        encrypted=crew.private,
        listing=Listing(ids.crews_space(hall.key)) if crew.listed else None,
        invited=tuple(sorted(crew.offers)),
        only=frozenset((*crew.seats, *crew.offers)),
        unwelcome=crew.shut_out,
        why_only=_WHY_ONLY,
        doors=charter.drift.doors,
    )


def _left_alone(living: RoomWish) -> RoomWish:
    """Return the room as its people keep it: off the list, its doors shut, nobody invited or removed."""
    return replace(
        living, listing=None, join=JoinWish("invite"), invited=(), only=None, unwelcome=frozenset()
    )


def _still() -> PowerWish:
    """Return levels under which everything can be read and nothing added."""
    return PowerWish(events_default=_NOBODY, invite=_NOBODY, events=dict.fromkeys(_ANSWERS, _NOBODY))


def _topic(crew: Crew) -> str:
    if crew.private:
        return f"The keeper cannot read here: talk to {crew.keeper} in a private chat."
    return "The keeper hears and answers here: !help tells what to ask."
