"""Renewal and seasons: one question now and then, asked gently; silence is rest, and an open door."""

from crewhall.ground.capability import Capability, Verb
from crewhall.life.seasons.answering import USAGE, answer, season, withdraw
from crewhall.life.seasons.due import due
from crewhall.life.seasons.facts import ALL
from crewhall.life.seasons.fold import evolve
from crewhall.life.seasons.lasting import MATTERS, lasting
from crewhall.life.seasons.told import own

capability = Capability(
    name="seasons",
    facts=ALL,
    matters=MATTERS,
    lasting=lasting,
    verbs=(Verb(("season",), USAGE, "commitment", "How you are in for now, and what season it is.", season),),
    evolve=evolve,
    answer=answer,
    withdraw=withdraw,
    tick=due,
    me=own,
)
"""How people are in, season by season; nothing of it changes a room or a level."""
