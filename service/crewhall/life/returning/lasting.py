"""Says how long a table that was brought along is kept: until it is over."""

from crewhall.ground.matter import Matter
from crewhall.life.returning.facts import (
    TableAgreed,
    TableBrought,
    TableOver,
    TableSaid,
    TableShown,
    TableUnsaid,
)

MATTERS = (Matter(facts=(TableBrought, TableShown, TableSaid, TableUnsaid, TableAgreed), over=(TableOver,)),)
