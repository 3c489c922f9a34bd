"""What a charter says. One YAML file a community; unknown keys are refused.

The words are the community's own: keys are short and stable, names are free.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crewhall.charter.kinds import Key, Name, Part, Person, Picture, Text
from crewhall.charter.outside import Sisters
from crewhall.charter.outside_feeds import Feed, Followed, Gatherings
from crewhall.charter.steps import Consent, Door, Keep, Place, Right, Rule, Rung, Vouches
from crewhall.charter.terms import (
    Calendar,
    Care,
    Changes,
    Crews,
    Drift,
    Giving,
    Hat,
    Keyholders,
    Leaf,
    Pause,
    Removal,
    Renewal,
    Seasons,
)

__all__ = [
    "Calendar",
    "Care",
    "Changes",
    "Charter",
    "Consent",
    "Crews",
    "Door",
    "Drift",
    "Feed",
    "Followed",
    "Gatherings",
    "Giving",
    "Hat",
    "Keep",
    "Keyholders",
    "Leaf",
    "Part",
    "Pause",
    "Place",
    "Removal",
    "Renewal",
    "Right",
    "Rule",
    "Rung",
    "Seasons",
    "Sisters",
    "Vouches",
]


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
    renewal: Renewal | None = None
    """How standing is renewed; without it nobody is asked."""
    seasons: Seasons | None = None
    """When seasons begin; without it there are none."""
    hats: tuple[Hat, ...] = Field(default=(), max_length=30)
    """Roles with a term; `keys` need not be named."""
    removal: Removal = Removal()
    """How somebody is put out."""
    pause: Pause = Pause()
    """How doors are closed to somebody for a few days."""
    changes: Changes = Changes()
    """How this charter is changed in chat."""
    feeds: tuple[Feed, ...] = Field(default=(), max_length=20)
    """Podcasts and blogs that are followed."""
    calendars: tuple[Followed, ...] = Field(default=(), max_length=20)
    """Calendars that are followed."""
    gatherings: Gatherings = Gatherings()
    """Gatherings of the community's own."""
    sisters: Sisters = Sisters()
    """How the community links with others."""
    container: Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=81)] = ""
    """Where plans are shown first: a room's key, or `rung/room`; left out: keyholders' private chats."""
