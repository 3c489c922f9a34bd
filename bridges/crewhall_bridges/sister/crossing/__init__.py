"""Crews across sisters: seats that a crew offers to people of sisters, and hosts who meet at one table."""

from typing import Final

from crewhall.door import Verb
from crewhall_bridges.sister.crossing import calling, fold, question, stating, table, told
from crewhall_bridges.sister.crossing import due as times
from crewhall_bridges.sister.crossing.facts import ALL

FACTS: Final = ALL
_TOPIC: Final = "sisters"
VERBS: Final = (
    Verb(
        ("crew", "open"),
        calling.OPEN,
        "crews",
        "Offer your crew's seats to sisters' people.",
        calling.open_to,
    ),
    Verb(("calls",), told.CALLS_SHOWN, _TOPIC, "Crews of our sisters that offer seats.", told.show),
    Verb(("calls", "ask"), told.ASK, _TOPIC, "How to ask for such a seat.", told.how),
    Verb(("link", "table"), table.TABLE, _TOPIC, "A crew with hosts of linked communities.", table.table),
)

answer = question.answer
due = times.due
evolve = fold.evolve
heard = stating.heard
states = stating.calls
touched = stating.touched
withdraw = question.withdraw
