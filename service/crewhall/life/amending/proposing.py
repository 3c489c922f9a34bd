"""Decides ``!charter set``, ``unset``, ``add``, ``drop``, ``withdraw``: a change is asked about, or not."""

from dataclasses import replace
from typing import Final

from crewhall.charter.model import Charter
from crewhall.charter.parts import Act, changed
from crewhall.ground import names
from crewhall.ground.difference import Rehearsal
from crewhall.ground.groups import belongs, group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    Say,
    Sentence,
    Usage,
)
from crewhall.life.amending.cards import ended, tell
from crewhall.life.amending.change import AMENDING, Change, begun, writes
from crewhall.life.amending.clauses import clauses
from crewhall.life.amending.facts import ChangeWithdrawn
from crewhall.life.amending.told import show
from crewhall.life.amending.verdict import deciders, proposers, question

USAGE: Final[dict[Act, str]] = {
    "set": "!charter set PART to VALUE",
    "unset": "!charter unset PART",
    "add": "!charter add PART KEY as NAME",
    "drop": "!charter drop PART",
}
WITHDRAW: Final = "!charter withdraw"
_MOST_FAULTS: Final = 3


def heard(rehearse: Rehearsal, hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Show the charter; but where people say `remove`, they mean to drop something.

    It is no command of its own, for it is a slip away from `removal`, a part of every charter.
    """
    if given.words[:1] and given.words[0].casefold() == "remove":
        return propose(rehearse, "drop", hall, asked, replace(given, words=given.words[1:]))
    return show(hall, asked, given)


def propose(rehearse: Rehearsal, act: Act, hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Put a change of the charter before those who decide, with all that it means."""
    said = clauses(act, given)
    if not said:
        return Usage(USAGE[act])
    if (wrong := _cannot(hall, asked.person)) is not None:
        return Refusal(wrong)
    new = changed(hall.charter, said)
    if not isinstance(new, Charter):
        return Refusal(Sentence("amend-wrong", {"what": " ".join(new[:_MOST_FAULTS])}))
    if new == hall.charter:
        return Refusal(Sentence("amend-no-difference", {"community": hall.charter.name}))
    mark = names.digest(f"change:{asked.cause}")
    fact = question(hall, new, asked.person, asked.at, mark)
    if fact is None:
        return Refusal(Sentence("amend-nobody-decides", {"who": group(hall, deciders(hall))}))
    change = begun(fact, asked.at)
    says = tell(rehearse, hall, change, asked.at, must=True)
    return Decision(facts=writes(hall, fact), says=(Say(Reply(), _proposed(change)), *says), ack="✅")


def withdraw(hall: Hall, asked: Asked, _given: Arguments) -> Outcome:
    """Take back what one proposed; where its proposer may propose no longer, others who may can."""
    change = AMENDING.of(hall).open
    if change is None:
        return Refusal(Sentence("amend-nothing-open", {"community": hall.charter.name}))
    may = proposers(hall)
    orphaned = not belongs(hall, change.by, may) and belongs(hall, asked.person, may)
    if asked.person != change.by and not orphaned:
        return Refusal(Sentence("amend-not-your-proposal", {"by": PersonLink(change.by)}))
    decision = withdrawn(hall, change, asked.person)
    said = Sentence("amend-withdrawn", {"community": hall.charter.name})
    return replace(decision, says=(Say(Reply(), said), *decision.says), ack="✅")


def withdrawn(hall: Hall, change: Change, by: UserId) -> Decision:
    """Close the question."""
    return Decision(
        facts=writes(hall, ChangeWithdrawn(change.mark, by)), says=ended(hall, change, "withdrawn")
    )


def _cannot(hall: Hall, person: UserId) -> Sentence | None:
    may = proposers(hall)
    if not belongs(hall, person, may):
        return Sentence("amend-not-yours", {"community": hall.charter.name, "who": group(hall, may)})
    if (open_ := AMENDING.of(hall).open) is not None:
        return Sentence("amend-open-already", {"by": PersonLink(open_.by), "until": open_.round.closes})
    return None


def _proposed(change: Change) -> Sentence:
    if change.alone:
        return Sentence("amend-proposed-alone")
    return Sentence("amend-proposed", {"count": len(change.round.entitled), "until": change.round.closes})
