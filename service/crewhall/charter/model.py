"""What a charter says. One YAML file a community; unknown keys are refused.

The words are the community's own: keys are short and stable, names are free.
"""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
Person = Annotated[str, StringConstraints(pattern=r"^@[^:\s]*:[A-Za-z0-9.\-\[\]:]+$", max_length=255)]
Picture = Annotated[str, StringConstraints(pattern=r"^(mxc://[^/\s]+/[^/\s]+)?$", max_length=255)]
Level = Annotated[int, Field(ge=0, le=150)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        said = f"must be a time zone such as Europe/Berlin or UTC, not {name!r}"
        raise ValueError(said) from error
    return name


Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone)]


class Part(BaseModel):
    """Parent of every part of a charter: frozen, nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


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
    post: Literal["everyone", "keyholders"] = "everyone"
    """Who may write; in a room of keyholders everybody may still react and answer polls."""
    commands: bool = True
    """Whether the keeper listens for commands here."""
    suggested: bool = False
    """Whether the space's list recommends the room."""
    adopt: str = ""
    """An existing room's id or alias to use instead of making one; the keeper must be invited there."""


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


class Calendar(Part):
    """When the community works: windows are counted in working days."""

    zone: Zone = "UTC"
    """The community's time zone, such as `Europe/Berlin`."""
    week: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu", "fri"), min_length=1)
    """Days of the week that count."""
    free: tuple[date, ...] = Field(default=(), max_length=400)
    """Days that do not count, such as `2026-12-25`."""


class Crews(Part):
    """What holds for every crew unless the crew decides otherwise."""

    name: Name = "Crews"
    """The space that lists crews."""
    topic: Text = "Crews that want to be seen."
    """Topic of that space."""
    start: Key = "anyone"
    """Who may start a crew: `anyone` in the community, or the key of a rung (and deeper)."""
    seats_for: Literal["community", "anyone"] = "community"
    """Who may be offered a seat: people in the community's space, or any Matrix user."""
    fewest: Annotated[int, Field(ge=2, le=8)] = 3
    """Fewer people than this are not yet a crew; nobody is stopped."""
    usual: Annotated[int, Field(ge=2, le=12)] = 5
    """The size to aim for."""
    most: Annotated[int, Field(ge=2, le=20)] = 8
    """Seats a crew can have; beyond that two crews are suggested."""
    open: bool = False
    """Whether the keeper hears and answers in crew rooms; otherwise they are encrypted and private."""
    listed: bool = True
    """Whether a crew is listed in the crews' space."""
    members_invite: bool = True
    """Whether a member's invitation in Element is an offer of a seat."""
    admit: Literal["one", "all"] = "one"
    """How many members must say yes to somebody who asks for a seat."""
    ending_days: Annotated[int, Field(ge=1, le=30)] = 5
    """Days in which the members answer how their crew's room shall end."""


class Keyholders(Part):
    """The people who hold the keys of the community's space; at least two is wise."""

    level: Annotated[int, Field(ge=51, le=150)] = 100
    """Their power level (in room version 11 at most 99, one below the keeper)."""


class Care(Part):
    """When a plan waits for a person's yes."""

    removals: Annotated[int, Field(ge=0)] = 3
    """More undecided removals than this at once are asked about first."""
    steps: Annotated[int, Field(ge=1)] = 200
    """More steps than this at once, founding apart, are asked about first."""


class Drift(Part):
    """What the keeper does about changes made by hand."""

    powers: Literal["respect", "restore"] = "respect"
    """Levels that people gave to others: leave them, or take them back."""
    doors: Literal["respect", "restore"] = "restore"
    """Join rules, history visibility and guest access."""


class Charter(Part):
    """A community's charter."""

    charter: Literal[1] = 1
    """Version of this form."""
    key: Key
    """The community's short name: part of its addresses, never changes."""
    name: Name
    """The community's name."""
    purpose: Text = ""
    """One sentence on what the community is for; the space's topic."""
    avatar: Picture = ""
    """The space's picture, set once."""
    room_version: Literal["11", "12"] = "12"
    """Room version of everything that is made."""
    federate: bool = True
    """Whether people of other homeservers can be members; cannot be changed later."""
    founders: tuple[Person, ...] = ()
    """Who is invited first, to every rung, and holds the keys."""
    door: Door = Door()
    """How one comes in."""
    places: tuple[Place, ...] = ()
    """Rooms of the whole community."""
    rungs: tuple[Rung, ...] = Field(default=(), max_length=9)
    """Steps of commitment, the lightest first; none at all is a valid ladder."""
    calendar: Calendar = Calendar()
    """Which days count as working days."""
    crews: Crews = Crews()
    """What holds for crews."""
    keyholders: Keyholders = Keyholders()
    """Who holds the keys."""
    care: Care = Care()
    """When a plan waits for a yes."""
    drift: Drift = Drift()
    """What is done about changes made by hand."""
