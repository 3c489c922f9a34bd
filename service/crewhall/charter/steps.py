"""What a charter says of rungs: how one comes on to them and keeps them, what they open and allow."""

from typing import Annotated, Literal

from pydantic import Field

from crewhall.charter.kinds import Key, Label, Level, Name, Part, Picture, Text

Right = Literal["post", "pin", "rooms", "invite", "moderate"]
"""What somebody may do in a room, the lightest first: write where not everybody may, pin and name, list rooms
in a space, invite, moderate. Levels in Matrix are a line, so each right holds those before it."""


class Place(Part):
    """A room, of the whole community or of one rung."""

    key: Key
    """Short name, unique within the community or rung; never changes."""
    name: Name
    """The room's name, set once."""
    topic: Text = ""
    """The room's topic, set once."""
    avatar: Picture = ""
    """The room's picture, an address such as `mxc://example.org/abc`, set once."""
    post: Key = "everyone"
    """Who may write: `everyone`, `keyholders`, a rung (and deeper) or a hat; all may react and vote."""
    commands: bool = True
    """Whether the keeper listens for commands here."""
    suggested: bool = False
    """Whether the space's list recommends the room."""
    adopt: str = ""
    """An existing room's id or alias to use instead of making one; the keeper must be invited there."""
    history: Literal["shared", "joined"] = "shared"
    """From when on one can read in it: all that was said before (`shared`), or since one came (`joined`)."""


class Vouches(Part):
    """How many others must vouch for somebody, and who they may be."""

    count: Annotated[int, Field(ge=0, le=20)] = 0
    """How many besides who proposes; where fewer may vouch, all of those."""
    of: Key = "anyone"
    """`anyone` in the community, or the key of a rung (and deeper)."""


class Consent(Part):
    """Whose objection is waited for, and how long."""

    of: Key
    """`anyone` in the community, or the key of a rung (and deeper)."""
    days: Annotated[int, Field(ge=0, le=30)] = 5
    """Working days in which they may object; 0 does not ask them. Where nobody is, nobody is waited for."""


class Keep(Part):
    """What it takes to stay on a rung, apart from one's own yes; a lower mark than for coming on to it."""

    vouches: Annotated[int, Field(ge=0, le=20)] = 0
    """Vouches that must still stand; those of people who have left the community no longer do."""
    dwell_days: Annotated[int, Field(ge=0, le=730)] = 90
    """Days on the rung before this is looked at."""
    ask_days: Annotated[int, Field(ge=1, le=90)] = 30
    """Days in which others can vouch anew, before the person is back on the rung below."""


class Rule(Part):
    """How somebody comes to be asked: who proposes, who vouches, who consents. Their own yes comes last."""

    propose: Key = "keyholders"
    """Who may propose somebody: `anyone` in the community, `keyholders`, or a rung (and deeper)."""
    vouches: Vouches = Vouches()
    """Who must vouch."""
    consent: Consent | None = None
    """Who must not object."""
    met: tuple[Label, ...] = Field(default=(), max_length=9)
    """Ways of having met, one of which must be stated by who proposes, such as `a gathering`."""
    after_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """Days on the rung below (in the community, for the first) before somebody can be proposed."""
    keep: Keep = Keep()
    """What it takes to stay."""
    by_hand: bool = False
    """Whether those who may propose can also invite into the space in Element; too early is taken back."""
    private: bool = False
    """Whether vouches and objections are asked for and given in private chats only."""
    invitation_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days until an unanswered invitation is quietly taken back, and a question without an end is closed."""


class Rung(Part):
    """A step of commitment: a space, and being in it is the standing."""

    key: Key
    """Short name; never changes."""
    name: Name
    """The rung's space as people see it."""
    asks: Text = ""
    """What is asked and what opens; Element shows it on the invitation."""
    avatar: Picture = ""
    """The rung's picture, set once."""
    level: Level = 0
    """Power level in the community's space and in the rung's space and rooms."""
    may: tuple[Right, ...] = ()
    """What people in its space may do there and in its rooms; each right holds the lighter ones."""
    may_everywhere: tuple[Right, ...] = ()
    """What they may do in the community's space and its rooms."""
    door: Rule | None = None
    """How one comes on to it; without it keyholders invite by hand."""
    rooms: tuple[Place, ...] = ()
    """Rooms opened to whoever is on this rung or a deeper one."""


class Door(Part):
    """How one comes into the community's space."""

    join: Literal["invite", "knock", "public"] = "invite"
    """Who may enter: the invited, the invited after asking, or anybody who has the address."""
    invite: Level = 50
    """Power level needed to invite into the community's space."""
    rule: Rule | None = None
    """How somebody comes to be invited; without it whoever has that level invites by hand."""
