"""Decides what becomes of proposals of somebody who wants to be forgotten: they are taken back."""

from crewhall.ground.capability import Going
from crewhall.ground.hall import Hall
from crewhall.ground.talk import Decision
from crewhall.life.rising.proposal import open_for
from crewhall.life.rising.proposing import withdrawn


def leaves(hall: Hall, going: Going) -> Decision | None:
    """Take the first open proposal of them back."""
    proposal = next(iter(open_for(hall, going.person)), None)
    return withdrawn(hall, proposal, going.person) if proposal is not None else None
