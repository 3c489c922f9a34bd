"""Decides how a pause is looked at again, and its end: by itself, or by one keyholder at any time."""

from datetime import datetime
from typing import Final

from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.ladder import called, space_of
from crewhall.ground.talk import (
    Answer,
    Arguments,
    Asked,
    Card,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.safety.facts import PauseEnded, PauseKept, PauseReviewAsked
from crewhall.life.safety.pausing import unasked
from crewhall.life.safety.privacy import confided
from crewhall.life.safety.questions import SAFETY, Pause, pause_asked, running_about, writes

END: Final = "!pause end @person"
REVIEW: Final = "safety.review"
KEEP: Final = "⏸️"
LIFT: Final = "▶️"
_SELECTOR = "\ufe0f"


def end(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """End a pause at once, or take back that one asked for it."""
    if len(given.people) != 1 or given.words:
        return Usage(END)
    person = given.people[0]
    running, waiting = running_about(hall, person), pause_asked(hall, person, asked.at)
    if running is not None and _may_end(hall, running, asked.person):
        decision = ended(hall, running, asked.person)
        said = Sentence("safety-pause-ended", {"person": PersonLink(person)})
    elif waiting is not None and asked.person == waiting.by:
        decision = unasked(hall, waiting, asked.person)
        said = Sentence("safety-pause-unasked", {"person": PersonLink(person)})
    else:
        return confided(asked, Refusal(Sentence("safety-no-pause", {"person": PersonLink(person)})))
    says = (Say(Reply(), said), *decision.says)
    return confided(asked, Decision(facts=decision.facts, says=says, ack="✅"))


def reviewed(hall: Hall, reacted: Answer, mark: str) -> Decision | None:
    """Take a reaction to the review: leave it as it is, or end it now."""
    pause = SAFETY.of(hall).pauses.get(mark)
    if pause is None or reacted.person not in pause.reviewed or pause.ended is not None:
        return None
    if not _may_end(hall, pause, reacted.person):
        return None
    choice = reacted.choice.replace(_SELECTOR, "")
    if choice == LIFT.replace(_SELECTOR, ""):
        return ended(hall, pause, reacted.person)
    if choice == KEEP.replace(_SELECTOR, "") and reacted.person not in pause.kept:
        return Decision(facts=writes(hall, PauseKept(mark, reacted.person)))
    return None


def review(hall: Hall, pause: Pause) -> Decision:
    """Ask those who paused, and the other keyholders, to look at it again."""
    asked = _reviewers(hall, pause)
    person, people = PersonLink(pause.person), tuple(PersonLink(one) for one in pause.by)
    words = Sentence(
        "safety-review-card",
        {"person": person, "people": people, "since": pause.here.since, "until": pause.until},
    )
    says = tuple(Say(ToPerson(one), words, must=True, card=_card(hall, pause)) for one in asked)
    return Decision(facts=writes(hall, PauseReviewAsked(pause.mark, asked)), says=says)


def ended(hall: Hall, pause: Pause, by: UserId | None = None) -> Decision:
    """End a pause; the person is invited again to where they were."""
    spaces = tuple(RoomLink(space_of(hall, rung), called(hall, rung)) for rung in pause.rungs)
    told = Sentence("safety-pause-over", {"community": hall.charter.name, "spaces": spaces})
    outcome = Sentence("safety-review-card-over", {"person": PersonLink(pause.person)})
    card = _card(hall, pause) if pause.reviewed else None
    says = (Say(ToPerson(one), outcome, card=card) for one in pause.reviewed or _reviewers(hall, pause))
    return Decision(
        facts=writes(hall, PauseEnded(pause.mark, pause.person, by)),
        says=(Say(ToPerson(pause.person), told, must=True), *says),
    )


def is_over(pause: Pause, now: datetime) -> bool:
    """Return whether its time has come."""
    return now >= pause.until


def is_to_review(pause: Pause, now: datetime) -> bool:
    """Return whether it has to be looked at again, and was not."""
    return not pause.reviewed and pause.review <= now < pause.until


def _reviewers(hall: Hall, pause: Pause) -> tuple[UserId, ...]:
    return tuple(sorted({*pause.by, *hall.keyholders} - set(hall.shut_out)))


def _may_end(hall: Hall, pause: Pause, person: UserId) -> bool:
    return person in hall.keyholders or (person in pause.by and person not in hall.shut_out)


def _card(hall: Hall, pause: Pause) -> Card:
    return Card(REVIEW, f"{hall.key}/pause/{pause.mark}", (KEEP, LIFT))
