"""Standing: being in a rung's space IS the standing. Learned from gestures, told on request."""

from crewhall.ground.capability import Capability
from crewhall.life.standing.facts import Arrived, Departed, LeftRung, Stood
from crewhall.life.standing.fold import evolve, touched
from crewhall.life.standing.gestures import gesture
from crewhall.life.standing.told import me, why

capability = Capability(
    name="standing",
    facts=(Arrived, Departed, Stood, LeftRung),
    evolve=evolve,
    gesture=gesture,
    touched=touched,
    me=me,
    why=why,
)
"""The ladder."""
