"""Feeds: podcasts and blogs told in a room of the community's, quietly: one message an item, never many."""

from crewhall.door import Capability, Verb
from crewhall_bridges.feed.errand import Following
from crewhall_bridges.feed.facts import ALL
from crewhall_bridges.feed.fold import evolve
from crewhall_bridges.feed.told import FEEDS, feeds

capability = Capability(
    name="feed",
    facts=ALL,
    verbs=(Verb(("feeds",), FEEDS, "outside", "See which podcasts and blogs are followed.", feeds),),
    evolve=evolve,
)
"""What is decided about feeds."""

errand = Following
"""Who goes and looks."""
