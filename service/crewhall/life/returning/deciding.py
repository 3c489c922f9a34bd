"""Decides whose yes has a table hold, and whom it asks back: nobody who has not come in by themselves.

It gives no keys and no hats, opens no leaf, and asks nobody on to a rung that they gave up here.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final, Literal

from crewhall.ground import ids, names
from crewhall.ground.facts import Recorded
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import may_come
from crewhall.ground.talk import Answer, Asked, Decision, Gesture, Say, Sentence, ToPerson
from crewhall.life.returning import cards
from crewhall.life.returning.facts import (
    AskedBack,
    Listed,
    TableAgreed,
    TableOver,
    TableSaid,
    TableShown,
    TableUnsaid,
)
from crewhall.life.returning.table import (
    ANSWERED_WITHIN,
    HOLDS,
    RETURNING,
    Table,
    against,
    in_favour,
    lacking,
    needed,
    open_table,
    stream_of,
    writes,
)

_WORDS: Final[dict[str, Literal["yes", "no"]]] = {cards.YES: "yes", cards.NO: "no"}
_AT_ONCE: Final = 20
"""How many people one minute asks back: those who came in before the yes."""


def due(hall: Hall, now: datetime) -> Iterable[tuple[str, Decision]]:
    """Show the table to keyholders who have come in; ask back who is inside; close what is over."""
    table = RETURNING.of(hall).table
    if table is None:
        return
    if now >= table.since + (HOLDS if table.agreed else ANSWERED_WITHIN):
        says = () if table.agreed else cards.tell(hall, table, cards.over(hall))
        yield f"table:over:{table.mark}", Decision(facts=writes(hall, TableOver(table.mark)), says=says)
    elif table.agreed:
        for fact in _asks(hall, table):
            yield _cause(fact), _back(hall, fact)
    elif new := tuple(sorted(p for p in hall.keyholders if p in hall.inside and p not in table.shown)):
        yield f"table:shown:{table.mark}:{RETURNING.of(hall).version}", _shown(hall, table, *new)


def gesture(hall: Hall, seen: Gesture) -> Decision | None:
    """Show the table to a keyholder who comes in; ask back who is listed, once it holds."""
    table, person = RETURNING.of(hall).table, seen.person
    comes = seen.membership == "join" and seen.place == ids.root(hall.key) and person not in hall.inside
    if table is None or not comes or not may_come(hall, person, ANYONE):
        return None
    if not table.agreed:
        keyholder = person in hall.keyholders and person not in table.shown
        return _shown(hall, table, person) if keyholder else None
    listed = table.people.get(person)
    if listed is None or person in table.back:
        return None
    fact = _asked_back(hall, table, listed, coming=True)
    return _back(hall, fact) if fact is not None else None


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Take a keyholder's word."""
    table, word = open_table(hall), _WORDS.get(reacted.choice)
    if table is None or word is None or not reacted.card.subject.endswith(f"/{table.mark}"):
        return None
    if reacted.person not in hall.keyholders or reacted.person in hall.shut_out:
        text = Sentence("returning-not-yours", {"community": hall.charter.name})
        return Decision(says=(Say(ToPerson(reacted.person), text),))
    said = TableSaid(table.mark, reacted.person, word)
    after = replace(table, said=table.said.set(reacted.person, (word, str(reacted.cause))))
    yes = in_favour(hall, after)
    if len(yes) >= needed(hall) and not against(hall, after):
        asks = tuple(_asks(hall, after))
        facts = writes(hall, said, TableAgreed(table.mark, yes), *asks)
        says = (*cards.tell(hall, after, cards.agreed(hall, yes)), *(_invitation(hall, one) for one in asks))
        return Decision(facts=facts, says=says)
    return Decision(facts=writes(hall, said), says=cards.tell(hall, after, cards.question(hall, after)))


def withdraw(hall: Hall, taken_back: Recorded, _asked: Asked) -> Decision | None:
    """Take a word back, as long as the table has not been agreed to."""
    table, fact = open_table(hall), taken_back.fact
    if table is None or taken_back.stream != stream_of(hall) or not isinstance(fact, TableSaid):
        return None
    if table.said.get(fact.by, ("", ""))[1] != taken_back.cause:
        return None
    after = replace(table, said=table.said.delete(fact.by))
    says = cards.tell(hall, after, cards.question(hall, after))
    return Decision(facts=writes(hall, TableUnsaid(table.mark, fact.by)), says=says)


def _shown(hall: Hall, table: Table, *new: UserId) -> Decision:
    says = cards.tell(hall, table, cards.question(hall, table), *new, must=True)
    return Decision(facts=writes(hall, TableShown(table.mark, new)), says=says)


def _asked_back(hall: Hall, table: Table, listed: Listed, *, coming: bool = False) -> AskedBack | None:
    rungs = lacking(hall, listed) if coming or listed.person in hall.inside else ()
    return AskedBack(table.mark, listed.person, rungs) if rungs else None


def _asks(hall: Hall, table: Table) -> Iterable[AskedBack]:
    """Return what asks back those who are inside already, a few at a time."""
    people = (one for _, one in sorted(table.people.items()) if one.person not in table.back)
    found = (fact for one in people if (fact := _asked_back(hall, table, one)) is not None)
    return islice(found, _AT_ONCE)


def _back(hall: Hall, fact: AskedBack) -> Decision:
    return Decision(facts=writes(hall, fact), says=(_invitation(hall, fact),))


def _invitation(hall: Hall, fact: AskedBack) -> Say:
    return cards.invitation(hall, fact.person, tuple(rung for rung, _ in fact.rungs))


def _cause(fact: AskedBack) -> str:
    return f"table:back:{names.digest(f'{fact.mark}:{fact.person}')}"
