"""The community itself: its founding, its spaces and rooms, and who holds which level in them."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.community.facts import CharterChanged, Founded, Retired
from crewhall.life.community.fold import begin, evolve
from crewhall.life.community.founding import found
from crewhall.life.community.rooms import rooms, touched, wish

capability = Capability(
    name="community",
    facts=(Founded, CharterChanged, Retired),
    verbs=(
        Verb(
            words=("found",),
            usage="!found NAME [as CHARTER]",
            topic="community",
            about="Found a community; for the operators of this service.",
            run_house=found,
            operators=True,
        ),
    ),
    begin=begin,
    evolve=evolve,
    rooms=rooms,
    wish=wish,
    touched=touched,
)
"""The community and its rooms."""
