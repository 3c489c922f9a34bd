"""Says how long asks for seats, and answers to ends and leaves, are kept once they are closed."""

from crewhall.ground.matter import Matter
from crewhall.life.crews.facts import (
    AskAnswered,
    AskWithdrawn,
    CrewEnded,
    EndAnswered,
    EndAsked,
    EndWithdrawn,
    LeafAgreed,
    LeafAsked,
    LeafClosed,
    LeafLapsed,
    LeafOpened,
    SeatAdmitted,
    SeatAsked,
    SeatOffered,
    SeatTaken,
)

MATTERS = (
    Matter(
        facts=(SeatAsked, AskAnswered),
        closed=(SeatAdmitted, SeatOffered, SeatTaken, AskWithdrawn),
        by=("person",),
    ),
    Matter(facts=(EndAsked, EndAnswered), over=(EndWithdrawn,), closed=(CrewEnded,), by=(), private=True),
    Matter(facts=(LeafAsked, LeafAgreed), over=(LeafLapsed,), closed=(LeafOpened, LeafClosed), by=("leaf",)),
)
