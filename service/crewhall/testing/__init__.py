"""For our tests and for bridge authors: a homeserver that obeys the rules, a told clock, laws.

::

    world = World()                          # one homeserver's memory; room versions 11 and 12
    keeper = FakeHomeserver(world)           # the service's port, in this process
    ann = Person(world, "ann")               # somebody with a client of their own
    keeper.faults.lose_every = 3             # every third answer is lost after the work was done
    assert keeper.calls.writes == 0          # what it was asked

`crewhall.testing.wire` puts the same world behind real HTTP, and pushes transactions like Synapse does.
`crewhall.testing.contracts` holds the promises that the fake and a real Synapse both keep.
"""

from crewhall.testing.clock import ToldClock
from crewhall.testing.faults import Faults, Mishap
from crewhall.testing.homeserver import FakeHomeserver
from crewhall.testing.people import Person
from crewhall.testing.world import World

__all__ = ["FakeHomeserver", "Faults", "Mishap", "Person", "ToldClock", "World"]
