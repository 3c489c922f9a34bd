"""Calendars: others' are told in a room; the community's own gatherings are published as one."""

from crewhall.door import Capability, Verb
from crewhall_bridges.calendar.errand import Following
from crewhall_bridges.calendar.facts import ALL
from crewhall_bridges.calendar.fold import evolve
from crewhall_bridges.calendar.gatherings import (
    ADD,
    CALENDAR,
    CANCEL,
    LIST,
    MOVE,
    RENEW,
    add,
    calendar,
    cancel,
    listed,
    move,
    renew,
    withdraw,
)
from crewhall_bridges.calendar.serving import Serving
from crewhall_bridges.calendar.told import CALENDARS, calendars

_TOPIC = "gatherings"

capability = Capability(
    name="calendar",
    facts=ALL,
    verbs=(
        Verb(("gatherings",), LIST, _TOPIC, "See the gatherings ahead.", listed),
        Verb(("gathering", "add"), ADD, _TOPIC, "Announce a gathering.", add),
        Verb(("gathering", "move"), MOVE, _TOPIC, "Give a gathering another time.", move),
        Verb(("gathering", "cancel"), CANCEL, _TOPIC, "Call a gathering off.", cancel),
        Verb(("calendar",), CALENDAR, _TOPIC, "Have the gatherings in your own calendar.", calendar),
        Verb(("calendar", "renew"), RENEW, _TOPIC, "End the calendar's address for another.", renew),
        Verb(("calendars",), CALENDARS, "outside", "See which calendars are followed.", calendars),
    ),
    evolve=evolve,
    withdraw=withdraw,
)
"""What is decided about gatherings and calendars."""

errand = Following
"""Who goes and looks at others' calendars."""
serving = Serving
"""Who serves the community's own."""
