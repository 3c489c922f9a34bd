"""What a charter says of the outside: how the community links with sisters."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crewhall.charter.kinds import Key, Part, Text

Flow = Literal["introductions", "guests", "crews", "recipes", "diary"]
"""What a community can open towards a sister: introductions of its own people, room for guests, seats in
crews and rounds, its recipes, its diary."""


class Sisters(Part):
    """How the community links with sisters: communities of their own, on their own servers."""

    propose: Key = "keyholders"
    """Who may propose a link, close a flow or end a link: `keyholders`, or a rung (and deeper)."""
    of: Key = "keyholders"
    """Who decides on a link, and on its review: `anyone`, `keyholders`, or a rung (and deeper)."""
    others: Annotated[int, Field(ge=0, le=20)] = 1
    """How many others must say yes; where fewer are entitled, all of those."""
    days: Annotated[int, Field(ge=0, le=30)] = 3
    """Working days in which anybody entitled may object; with all in favour it ends at once."""
    place: Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=81)] = ""
    """Where links are proposed and decided: a room's key, or `rung/room`; left out: in private chats."""
    flows: tuple[Flow, ...] = ("introductions", "guests")
    """What a new link would open from this side: `introductions` of its own people, `guests` who visit, seats
    in `crews`, `recipes`, the `diary`."""
    agreements: Text = ""
    """Which agreements hold for guests; sisters read it before they say yes."""
    review_months: Annotated[int, Field(ge=1, le=24)] = 6
    """Months after which it is asked whether a link shall go on; silence lets it rest."""
    diary: Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=81)] = ""
    """Where diaries of sisters are shown, a message a month each: a room's key, or `rung/room`."""
    calls: Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+(/[a-z0-9-]+)?)?$", max_length=81)] = ""
    """Where it is told that a crew of a sister offers seats, once each: a room's key, or `rung/room`; left
    out: the first place in which everybody may write."""
    open: bool = False
    """Whether a sister that nobody here has named may ask; those who may propose are told once."""
    hosts: Key = "keyholders"
    """Who may host guests from sisters: `keyholders`, `anyone`, a rung (and deeper) or a hat."""
    guests_to: Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]+)?$", max_length=40)] = ""
    """The rung that guests are let on to; left out: the community's space and its rooms only."""
    guest_days: Annotated[int, Field(ge=1, le=180)] = 30
    """Days that a guest stays at most; a host can let them stay as long again."""
    introduction_days: Annotated[int, Field(ge=1, le=90)] = 30
    """Days within which an introduction of our own people can be handed over."""
