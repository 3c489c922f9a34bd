"""What happens to a crew. Stream of each: ``<community>/crew/<crew>``; the crew is named by its stream."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crewhall.ground.facts import Fact
from crewhall.ground.ids import CrewKey, UserId

How = Literal["kept", "read-only", "forgotten"]
"""What becomes of a crew's room, the mildest first."""


@dataclass(frozen=True, slots=True)
class CrewStarted(Fact):
    """A crew begins with an offered seat for who started it. `keeper`: who answers in private chats.

    `mark` is the hash of the cause: an unlisted crew's key ends with it, so that nobody can guess it.
    """

    key: CrewKey
    name: str
    by: UserId
    private: bool
    listed: bool
    mark: str
    keeper: UserId


@dataclass(frozen=True, slots=True)
class SeatOffered(Fact):
    """A member offers a seat."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class OfferWithdrawn(Fact):
    """An offer is taken back before it was answered."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class InvitationTurnedBack(Fact):
    """An invitation in the room was past the rule: it is taken back, and `by` is told why."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class SeatTaken(Fact):
    """Somebody came in: they have a seat."""

    person: UserId


@dataclass(frozen=True, slots=True)
class SeatDeclined(Fact):
    """Somebody said no to an offered seat. Told to nobody else."""

    person: UserId


@dataclass(frozen=True, slots=True)
class SeatLeft(Fact):
    """Somebody gave their seat up, or was put out by a person (`by`)."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class SeatAsked(Fact):
    """Somebody asks for a seat, by a command or by knocking on the room.

    `called`: they are of a sister whose people the crew had called.
    """

    person: UserId
    knocked: bool = False
    called: bool = False


@dataclass(frozen=True, slots=True)
class AskAnswered(Fact):
    """A member says yes to who asks, or takes that yes back."""

    person: UserId
    by: UserId
    yes: bool = True


@dataclass(frozen=True, slots=True)
class AskWithdrawn(Fact):
    """The ask is over without a seat: taken back, or refused by a person (`by`)."""

    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class SeatAdmitted(Fact):
    """Enough members said yes: a seat is offered to who asked. `by` are those who said yes."""

    person: UserId
    by: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class EndAsked(Fact):
    """A member asks the others how the crew shall end; answers count until `until`."""

    by: UserId
    until: datetime


@dataclass(frozen=True, slots=True)
class EndAnswered(Fact):
    """A member's answer; None takes it back."""

    person: UserId
    how: How | None


@dataclass(frozen=True, slots=True)
class EndWithdrawn(Fact):
    """Who asked for the end took it back before it took effect."""

    by: UserId


@dataclass(frozen=True, slots=True)
class CrewEnded(Fact):
    """The crew is over, and this becomes of its room."""

    how: How


@dataclass(frozen=True, slots=True)
class LeafAsked(Fact):
    """All members are asked to open a leaf; yes counts until `until`.

    `by` is None where it asks itself again because somebody came in.
    """

    leaf: str
    by: UserId | None
    until: datetime


@dataclass(frozen=True, slots=True)
class LeafAgreed(Fact):
    """A member says yes to the leaf that is asked, or takes that yes back."""

    leaf: str
    person: UserId
    yes: bool = True


@dataclass(frozen=True, slots=True)
class LeafOpened(Fact):
    """Everybody who has a seat now has said yes: the leaf is open."""

    leaf: str


@dataclass(frozen=True, slots=True)
class LeafClosed(Fact):
    """A member closed the leaf, or took back the question whether to open it."""

    leaf: str
    by: UserId


@dataclass(frozen=True, slots=True)
class LeafLapsed(Fact):
    """Not all said yes in time. Nobody is named."""

    leaf: str


@dataclass(frozen=True, slots=True)
class LeafRoomLeft(Fact):
    """Somebody with a seat went out of the crew's space or of a leaf's room (`room`: the end of its key)."""

    room: str
    person: UserId
    by: UserId


@dataclass(frozen=True, slots=True)
class LeafRoomsWanted(Fact):
    """Somebody wants to be invited again to the rooms of an open leaf."""

    leaf: str
    person: UserId


ALL: tuple[type[Fact], ...] = (
    CrewStarted,
    SeatOffered,
    OfferWithdrawn,
    InvitationTurnedBack,
    SeatTaken,
    SeatDeclined,
    SeatLeft,
    SeatAsked,
    AskAnswered,
    AskWithdrawn,
    SeatAdmitted,
    EndAsked,
    EndAnswered,
    EndWithdrawn,
    CrewEnded,
    LeafAsked,
    LeafAgreed,
    LeafOpened,
    LeafClosed,
    LeafLapsed,
    LeafRoomLeft,
    LeafRoomsWanted,
)
"""Every kind of fact of this capability."""
