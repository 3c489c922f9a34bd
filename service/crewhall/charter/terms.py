"""What a charter says of time, roles, crews and care: seasons, hats, leaves, how decisions are made."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crewhall.charter.kinds import Key, Name, Part, Person, Text, Weekday, Zone
from crewhall.charter.steps import Consent, Place, Right

DayOfYear = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]


class Calendar(Part):
    """When the community works: windows are counted in working days."""

    zone: Zone = "UTC"
    """The community's time zone, such as `Europe/Berlin`."""
    week: tuple[Weekday, ...] = Field(default=("mon", "tue", "wed", "thu", "fri"), min_length=1)
    """Days of the week that count."""
    free: tuple[date, ...] = Field(default=(), max_length=400)
    """Days that do not count, such as `2026-12-25`."""


class Renewal(Part):
    """How standing is renewed: one question now and then; silence is rest, never a way out."""

    first_months: Annotated[int, Field(ge=1, le=24)] = 3
    """Months after coming on to a rung until the first question."""
    then_months: Annotated[int, Field(ge=1, le=24)] = 6
    """Months from one answer to the next question."""
    answer_days: Annotated[int, Field(ge=3, le=60)] = 14
    """Days of silence until the question is gently asked again; after two such asks, rest."""
    of: Key = "anyone"
    """Who is asked: `anyone` on a rung, or those on this rung (and deeper)."""


class Seasons(Part):
    """When seasons begin, and the quiet week before each."""

    starts: tuple[DayOfYear, ...] = Field(min_length=1, max_length=12)
    """First days of seasons, as month and day, such as `03-01`."""
    gap_days: Annotated[int, Field(ge=0, le=28)] = 7
    """Days before each start in which the service asks nothing of anybody, and no working day passes."""
    spread_days: Annotated[int, Field(ge=1, le=28)] = 7
    """Days over which the season's question goes out."""


class Giving(Part):
    """How a hat comes to somebody; their own yes comes last."""

    by: Key = "keyholders"
    """Who may offer it: `anyone` in the community, `keyholders`, a rung (and deeper), or who wears a hat."""
    consent: Consent | None = None
    """Whose objection is waited for, and how long."""


class Hat(Part):
    """A role with a term: rights that come and go with it."""

    key: Key
    """Short name; never changes. `keys` is the hat of the keyholders."""
    name: Name
    """What people call it."""
    about: Text = ""
    """What is asked of whoever wears it."""
    holders: Annotated[int, Field(ge=1, le=20)] = 1
    """How many should wear it; with fewer, the hat is shown as at risk."""
    most: Annotated[int, Field(ge=1, le=50)] = 5
    """How many can wear it."""
    term_months: Annotated[int, Field(ge=1, le=36)] = 12
    """Months until it is renewed, rotated or dropped."""
    given: Giving = Giving()
    """How it comes to somebody."""
    needs: Key = "anyone"
    """On which rung (or deeper) whoever wears it stands; `anyone` in the community."""
    may: tuple[Right, ...] = ()
    """What it allows, where `where` says; each right holds the lighter ones."""
    where: tuple[Key, ...] = ()
    """Rungs in whose space and rooms it allows that; left out: the community's space and its rooms."""


class Removal(Part):
    """How somebody is put out of the community: slowly, with notice, by those entitled. Never by silence."""

    propose: Key = "keyholders"
    """Who may ask for it: `keyholders`, or a rung (and deeper)."""
    of: Key = "keyholders"
    """Who decides: `anyone`, `keyholders`, or a rung (and deeper)."""
    share: Annotated[int, Field(ge=51, le=100)] = 75
    """Percent of all who are entitled that must say yes."""
    days: Annotated[int, Field(ge=5, le=60)] = 10
    """Working days that it takes at least; the person hears of it when it begins."""


class Pause(Part):
    """How two people can close the community's doors to somebody for a few days, when it cannot wait."""

    days: Annotated[int, Field(ge=1, le=30)] = 7
    """Days at most; then it ends by itself."""
    review_days: Annotated[int, Field(ge=1, le=30)] = 3
    """Days after which those who paused are asked to review it."""


class Changes(Part):
    """How this charter is changed in chat."""

    propose: Key = "keyholders"
    """Who may propose a change: `keyholders`, or a rung (and deeper)."""
    of: Key = "keyholders"
    """Who decides: `anyone`, `keyholders`, or a rung (and deeper)."""
    others: Annotated[int, Field(ge=0, le=20)] = 1
    """How many others must say yes; where fewer are entitled, all of those."""
    days: Annotated[int, Field(ge=0, le=30)] = 3
    """Working days in which anybody entitled may object; with all in favour it ends at once."""


class Leaf(Part):
    """A leaf of a crew's charter, such as `work`, `pot` or `house`: consent opens it, anybody closes it."""

    key: Key
    """Short name, said in `!open KEY`; never changes."""
    name: Name
    """What people call it."""
    asks: Text = ""
    """What saying yes to it means."""
    rooms: tuple[Place, ...] = ()
    """Rooms of the crew's own that it opens, in the crew's own space."""
    may: tuple[Right, ...] = ()
    """What the crew's members may do in the community's space and rooms and in the crews' space."""
    post: tuple[Key, ...] = ()
    """Rooms of the community in which its members may then write, by key."""


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
    leaves: tuple[Leaf, ...] = Field(default=(), max_length=9)
    """How crews can deepen, in order; each is opened by all present members, after those before it."""
    leaf_days: Annotated[int, Field(ge=1, le=90)] = 14
    """Days in which all members must have said yes to a leaf; after that the question is closed."""


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
    people: Annotated[int, Field(ge=1)] = 12
    """A plan that invites, removes or changes the level of more people than this is asked about first."""


class Drift(Part):
    """What the keeper does about changes made by hand."""

    powers: Literal["respect", "ask", "restore"] = "respect"
    """Levels that people gave to others: leave them, ask what shall be, or take them back."""
    doors: Literal["respect", "ask", "restore"] = "restore"
    """Join rules, history visibility and guest access."""
    people: Literal["respect", "ask", "restore"] = "respect"
    """Somebody removed by hand from a room that their standing opens: leave it, ask, or invite them again."""
    tools: tuple[Person, ...] = Field(default=(), max_length=20)
    """Moderation tools: what they change is never put back."""
