"""Says how long is kept who said what to a change of the charter."""

from crewhall.ground.matter import Matter
from crewhall.life.amending.facts import (
    ChangeAgreed,
    ChangeDropped,
    ChangeProposed,
    ChangeSaid,
    ChangeWithdrawn,
    ChangeWordTakenBack,
)

MATTERS = (
    Matter(
        facts=(ChangeProposed, ChangeSaid, ChangeWordTakenBack),
        over=(ChangeWithdrawn, ChangeDropped),
        binds=(ChangeAgreed,),
    ),
    Matter(facts=(ChangeSaid, ChangeWordTakenBack), closed=(ChangeAgreed,)),
)
