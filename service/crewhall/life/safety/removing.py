"""Decides ``!remove``: a slow question with notice to the person concerned, taken back at any time."""

from datetime import datetime, timedelta
from typing import Final

from crewhall.ground import names, rounds, workdays
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
from crewhall.life.safety.cards import named, removal_ends, removal_opens
from crewhall.life.safety.doors import places
from crewhall.life.safety.electorate import voices
from crewhall.life.safety.facts import RemovalAsked, RemovalWithdrawn
from crewhall.life.safety.privacy import cannot_concern, confided, malformed, reasoned
from crewhall.life.safety.questions import (
    SAFETY,
    Removal,
    open_about,
    removal_about,
    removal_begun,
    running_about,
    writes,
)

REMOVE: Final = "!remove @person because REASON"
WITHDRAW: Final = "!remove withdraw @person"
AGAIN: Final = timedelta(days=30)
"""How long the same is not asked again after a no."""
_FEWEST = 2
_SLIP = timedelta(hours=1)  # a question taken back within it was a slip, and can be asked again at once


def remove(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Ask whether somebody shall be put out."""
    head, reason = reasoned(given)
    if (wrong := malformed(head)) is not None:
        return confided(asked, Refusal(wrong))
    if not given.people or head or not reason:
        return Usage(REMOVE)
    return confided(asked, _asked(hall, asked, given.people[0], reason))


def withdraw(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Take the question back."""
    if len(given.people) != 1 or given.words:
        return Usage(WITHDRAW)
    person = given.people[0]
    removal = open_about(hall, person)
    if removal is None or not _may_withdraw(hall, removal, asked.person):
        return confided(asked, Refusal(Sentence("safety-nothing-asked", {"person": PersonLink(person)})))
    said = Sentence("safety-removal-withdrawn", {"person": PersonLink(person)})
    decision = withdrawn(hall, removal, asked.person)
    says = (Say(Reply(), said), *decision.says)
    return confided(asked, Decision(facts=decision.facts, says=says, ack="✅"))


def withdrawn(hall: Hall, removal: Removal, by: UserId) -> Decision:
    """Close the question without an answer; the person hears of it."""
    outcome = Sentence("safety-removal-card-withdrawn", {"person": PersonLink(removal.person)})
    told = Sentence("safety-removal-over", {"community": hall.charter.name})
    says = removal_ends(hall, removal, outcome, told)
    return Decision(facts=writes(hall, RemovalWithdrawn(removal.mark, by)), says=says)


def again_from(hall: Hall, person: UserId, now: datetime) -> datetime | None:
    """Return from when on it can be asked again, None if it can now."""
    last = removal_about(hall, person)
    if last is None or last.ended is None or last.state not in {"failed", "withdrawn"}:
        return None
    if last.state == "withdrawn" and last.ended - last.round.opened <= _SLIP:
        return None
    return last.ended + AGAIN if now < last.ended + AGAIN else None


def last_key(hall: Hall, person: UserId) -> bool:
    """Return whether nobody else holds the key."""
    return not set(hall.keyholders) - {person}


def _asked(hall: Hall, asked: Asked, person: UserId, reason: str) -> Outcome:
    if (wrong := _cannot_remove(hall, asked, person)) is not None:
        return Refusal(wrong)
    terms = hall.charter.removal
    entitled = voices(hall, terms.of, person)
    fact = RemovalAsked(
        names.digest(f"removal:{asked.cause}:{person}"),
        person,
        asked.person,
        terms.of,
        entitled,
        rounds.share(entitled, terms.share),
        workdays.after(hall.charter.calendar, asked.at, terms.days, hall.charter.seasons),
    )
    removal = removal_begun(fact, asked.at)
    said = Sentence(
        "safety-removal-asked",
        {
            "person": PersonLink(person),
            "people": named(entitled),
            "count": len(entitled),
            "needed": fact.needed,
            "until": fact.closes,
        },
    )
    says = (Say(Reply(), said), *removal_opens(hall, removal, reason))
    return Decision(facts=writes(hall, fact), says=says, ack="✅")


def _cannot_remove(hall: Hall, asked: Asked, person: UserId) -> Sentence | None:
    terms, who, name = hall.charter.removal, PersonLink(person), hall.charter.name
    if not belongs(hall, asked.person, terms.propose):
        return Sentence("safety-removal-not-yours", {"who": group(hall, terms.propose)})
    if (wrong := cannot_concern(hall, asked, person)) is not None:
        return wrong
    if person in SAFETY.of(hall).out:
        return Sentence("safety-removed-already", {"person": who, "community": name})
    if not places(hall, person) and running_about(hall, person) is None:
        return Sentence("safety-not-inside", {"person": who, "community": name})
    if (standing := open_about(hall, person)) is not None:
        return Sentence("safety-removal-open-already", {"person": who, "until": standing.round.closes})
    if (since := again_from(hall, person, asked.at)) is not None:
        return Sentence("safety-removal-not-again", {"person": who, "since": since})
    if last_key(hall, person):
        return Sentence("safety-removal-last-key", {"person": who, "community": name})
    if len(voices(hall, terms.of, person)) < _FEWEST:
        return Sentence("safety-removal-too-few", {"who": group(hall, terms.of)})
    return None


def _may_withdraw(hall: Hall, removal: Removal, person: UserId) -> bool:
    """Return whether somebody may: who asked, and once they no longer could, whoever could."""
    if person == removal.by:
        return True
    propose = hall.charter.removal.propose
    may = person != removal.person and belongs(hall, person, propose)
    return may and not belongs(hall, removal.by, propose)
