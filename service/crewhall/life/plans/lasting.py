"""Says how long a plan is kept that was done, or is no longer so."""

from crewhall.ground.matter import Matter
from crewhall.life.plans.facts import (
    PlanAllowed,
    PlanAnswerTakenBack,
    PlanDone,
    PlanGone,
    PlanPutOff,
    PlanReminded,
    PlanShown,
)

MATTERS = (
    Matter(
        facts=(PlanShown, PlanAllowed, PlanPutOff, PlanAnswerTakenBack, PlanReminded),
        over=(PlanDone, PlanGone),
    ),
)
