"""Decides on ``!introduce me to``: what we would state is shown first, exactly; the person's ✅ makes it.

What is stated names nobody who did not say yes: a hash binds a carried word to the person who carries it.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from crewhall.door import (
    Answer,
    Arguments,
    Asked,
    Card,
    Content,
    Decision,
    Fact,
    Hall,
    Outcome,
    PersonLink,
    Recorded,
    Refusal,
    Reply,
    Say,
    Sentence,
    ToPerson,
    Usage,
    UserId,
    ids,
    names,
)
from crewhall_bridges.sister import wire
from crewhall_bridges.sister.bond import Link, is_open
from crewhall_bridges.sister.naming import named
from crewhall_bridges.sister.visiting.book import (
    BOOK,
    DRAFT,
    Introduction,
    link_of,
    proof_of,
    stream_of,
    writes,
)
from crewhall_bridges.sister.visiting.facts import (
    IntroductionAsked,
    IntroductionMade,
    IntroductionOver,
    SpeakerAgreed,
    SpeakerStopped,
)

INTRODUCE: Final = "!introduce me to NAME [speaks @person]"
BACK: Final = "!introduction back NAME"
MAKE: Final = "sister.introduce"
SPEAK: Final = "sister.speak"
YES: Final = "✅"
MOST_OPEN: Final = 100
"""Introductions to one sister that hold, or are about to, at a time."""
NO_PROOF: Final = "0" * 64
"""What stands in the place of a proof once an introduction holds no longer: no word fits it."""


def introduce(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Show somebody what would be stated of them, and ask whoever shall speak for them."""
    words = [word for word in given.words if word.casefold() != "speaks"]
    if not words or len(given.people) > 1:
        return Usage(INTRODUCE)
    if (wrong := _not_ours(hall, asked.person, asked)) is not None:
        return Refusal(wrong)
    link = named(hall, " ".join(words), ())
    if isinstance(link, Sentence):
        return Refusal(link)
    speaker = given.people[0] if given.people else None
    if (wrong := _cannot(hall, link, asked.person, speaker, asked.at)) is not None:
        return Refusal(wrong)
    mark = names.digest(f"introduction:{asked.cause}")
    fact = IntroductionAsked(mark, link.mark, asked.person, speaker)
    shown = Introduction(mark, link.mark, asked.person, asked.at, speaker)
    says = [_card(hall, link, shown)]
    if speaker is not None:
        text = Sentence("visit-speak-card", {"person": PersonLink(asked.person), "sister": link.called})
        says.append(Say(ToPerson(speaker), text, card=_speak(hall, mark)))
    return Decision(writes(hall, fact), tuple(says), ack="✅")


def take_back(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Take an introduction back, at once."""
    if not given.words:
        return Usage(BACK)
    link = named(hall, " ".join(given.words), ())
    if isinstance(link, Sentence):
        return Refusal(link)
    known = open_of(hall, link.mark, asked.person, asked.at)
    if known is None:
        return Refusal(Sentence("visit-no-introduction", {"sister": link.called}))
    said = Sentence("visit-introduction-back", {"sister": link.called})
    return Decision(writes(hall, IntroductionOver(known.mark)), (Say(Reply(), said),), ack="✅")


def answer(hall: Hall, reacted: Answer) -> Decision | None:
    """Make the introduction by the person's yes, or note that somebody speaks for them."""
    if reacted.card.kind not in {MAKE, SPEAK} or reacted.choice != YES:
        return None
    known = BOOK.of(hall).introductions.get(reacted.card.subject.rpartition("/")[2])
    if known is None or known.seq or known.over is not None or reacted.at - known.at >= DRAFT:
        return None
    link = link_of(hall, known.link)
    if link is None:
        return None
    if reacted.card.kind == SPEAK:
        return _speaks(hall, link, known, reacted.person)
    if reacted.person != known.person:
        return None
    if not is_open(link, "out", "introductions", reacted.at) or not _is_ours(hall, known.person):
        said = Sentence("visit-not-open", {"sister": link.called, "community": hall.charter.name})
        return Decision(says=(Say(ToPerson(known.person), said),))
    word = _word(known.mark, reacted.cause)
    until = reacted.at.date() + timedelta(days=hall.charter.sisters.introduction_days)
    made = IntroductionMade(known.mark, proof_of(word, known.person), _since(hall, known.person), until)
    text = Sentence("visit-made-card", {"sister": link.called, "lines": _lines(hall, known, reacted.at)})
    carried = Sentence(
        "visit-word",
        {
            "sister": link.called,
            "keeper": link.keeper,
            "line": f"!introduced {word}",
            "day": until.isoformat(),
        },
    )
    says = (
        Say(ToPerson(known.person), text, card=_make(hall, known.mark)),
        Say(ToPerson(known.person), carried, must=True),
    )
    return Decision(writes(hall, made), says)


def withdraw(hall: Hall, taken_back: Recorded, asked: Asked) -> Decision | None:
    """Stop speaking for somebody because the yes was taken back; what is stated changes at once."""
    fact = taken_back.fact
    if taken_back.stream != stream_of(hall) or not isinstance(fact, SpeakerAgreed):
        return None
    known = BOOK.of(hall).introductions.get(fact.mark)
    if known is None or known.over is not None or not known.speaks or fact.by != asked.person:
        return None
    return Decision(writes(hall, SpeakerStopped(known.mark, fact.by)))


def states(hall: Hall, link: Link) -> dict[tuple[str, str], Content]:
    """Return what stands in our letterbox of all introductions to a sister, also of those that are over."""
    type_ = wire.event_type("introduction")
    return {
        (type_, one.mark): _stated(link, one)
        for one in BOOK.of(hall).introductions.values()
        if one.link == link.mark and one.seq
    }


def due(hall: Hall, now: datetime) -> list[tuple[str, Fact]]:
    """Return introductions whose last day is past, that nobody said yes to, or whose person has gone."""
    found: list[tuple[str, Fact]] = []
    for one in BOOK.of(hall).introductions.values():
        late = one.until < now.date() if one.seq else now - one.at >= DRAFT
        if one.over is None and (late or not _is_ours(hall, one.person)):
            found.append((f"visit:{hall.key}:{one.mark}:over", IntroductionOver(one.mark)))
    return found


def open_of(hall: Hall, link: str, person: UserId, now: datetime) -> Introduction | None:
    """Return somebody's introduction to a sister that holds, or that they are asked about."""
    return next((one for one in _open(hall, link, now) if one.person == person), None)


def _open(hall: Hall, link: str, now: datetime) -> list[Introduction]:
    return [
        one
        for one in BOOK.of(hall).introductions.values()
        if one.link == link
        and one.over is None
        and (one.until >= now.date() if one.seq else now - one.at < DRAFT)
    ]


def _not_ours(hall: Hall, person: UserId, asked: Asked) -> Sentence | None:
    if asked.place is not None:
        return Sentence("visit-in-private")
    if not _is_ours(hall, person):
        return Sentence("visit-not-known", {"community": hall.charter.name})
    return None


def _is_ours(hall: Hall, person: UserId) -> bool:
    return person in hall.inside and person not in hall.shut_out and person not in hall.guests


def _cannot(hall: Hall, link: Link, person: UserId, speaker: UserId | None, now: datetime) -> Sentence | None:
    if not is_open(link, "out", "introductions", now):
        return Sentence("visit-not-open", {"sister": link.called, "community": hall.charter.name})
    if open_of(hall, link.mark, person, now) is not None:
        line = f"!introduction back {ids.server(link.keeper)}"
        return Sentence("visit-introduced-already", {"sister": link.called, "line": line})
    if len(_open(hall, link.mark, now)) >= MOST_OPEN:
        return Sentence("visit-too-many", {"sister": link.called, "most": MOST_OPEN})
    if speaker is not None and (speaker == person or not _is_ours(hall, speaker)):
        return Sentence("visit-no-speaker", {"community": hall.charter.name})
    return None


def _speaks(hall: Hall, link: Link, known: Introduction, person: UserId) -> Decision | None:
    if person != known.speaker or known.speaks or not _is_ours(hall, person):
        return None
    spoken = Introduction(known.mark, known.link, known.person, known.at, known.speaker, speaks=True)
    said = Sentence("visit-speak-card-yes", {"person": PersonLink(known.person), "sister": link.called})
    says = (Say(ToPerson(person), said, card=_speak(hall, known.mark)), _card(hall, link, spoken))
    return Decision(writes(hall, SpeakerAgreed(known.mark, person)), says)


def _word(mark: str, cause: str) -> str:
    """Return the word to carry: the mark, and what only those in that private chat can know."""
    secret = hashlib.sha256(f"introduced:{mark}:{cause}".encode()).hexdigest()[:32]
    return f"{mark}-{secret}"


def _since(hall: Hall, person: UserId) -> str:
    """Return since which month somebody is here: never the day."""
    return hall.inside[person].since.strftime("%Y-%m")


def _stated(link: Link, one: Introduction) -> Content:
    frame = {"v": wire.VERSION, "seq": one.seq, "to": link.keeper, "until": one.until.isoformat()}
    if one.over is not None:
        return {**frame, "proof": NO_PROOF, "taken_back": True}
    return {
        **frame,
        "proof": one.proof,
        "known_since": one.since,
        "keeps_agreements": True,
        "speaks": list(one.speakers),
    }


def _card(hall: Hall, link: Link, one: Introduction) -> Say:
    text = Sentence("visit-introduce-card", {"sister": link.called, "lines": _lines(hall, one, one.at)})
    return Say(ToPerson(one.person), text, card=_make(hall, one.mark))


def _lines(hall: Hall, one: Introduction, at: datetime) -> tuple[Sentence, ...]:
    until = at.date() + timedelta(days=hall.charter.sisters.introduction_days)
    name = hall.charter.name
    lines = [
        Sentence("visit-states-since", {"community": name, "month": _since(hall, one.person)}),
        Sentence("visit-states-keeps", {"community": name}),
    ]
    if one.speakers:
        lines.append(Sentence("visit-states-speaks", {"person": PersonLink(one.speakers[0])}))
    elif one.speaker is not None:
        lines.append(Sentence("visit-states-waits", {"person": PersonLink(one.speaker)}))
    return (*lines, Sentence("visit-states-until", {"day": until.isoformat()}))


def _make(hall: Hall, mark: str) -> Card:
    return Card(MAKE, f"{hall.key}/sister/introduction/{mark}", (YES,))


def _speak(hall: Hall, mark: str) -> Card:
    return Card(SPEAK, f"{hall.key}/sister/introduction/{mark}", (YES,))
