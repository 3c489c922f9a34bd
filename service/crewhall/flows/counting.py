"""Counts what names somebody, when they ask what is kept about them."""

from crewhall.flows.keeping import Keeping
from crewhall.ground.grammar import Line, Match, choose
from crewhall.ground.hall import Naming
from crewhall.ground.talk import Asked, ToPerson
from crewhall.house.counsel import VERBS
from crewhall.house.knowing import what

_MOST = 1_000


async def count(keeping: Keeping, line: Line, asked: Asked) -> None:
    """Count, if this line asks for it. Raises `TryLater`."""
    match choose(line, VERBS):
        case Match(verb=verb) if verb.run_house is what:
            records = await keeping.ledger.naming(asked.person)
            unsaid = await keeping.ledger.unsaid(_MOST)
            waiting = sum(out.say.to == ToPerson(asked.person) for out in unsaid)
            keeping.counted(asked.person, Naming(records, waiting))
        case _:
            return
