"""Decides ``!crew start`` and ``!crew invite``: who is offered a seat, all of them or none."""

from crewhall.ground import ids, names
from crewhall.ground.hall import Hall
from crewhall.ground.ids import CrewKey, UserId
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    Refusal,
    Reply,
    RoomLink,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.crews.crew import CREWS, Crew, writes
from crewhall.life.crews.facts import CrewStarted, SeatOffered
from crewhall.life.crews.seats import free, malformed, meant, misfit, persons, visible

START = "!crew start NAME @person… [open|private] [listed|unlisted]"
INVITE = "!crew invite [NAME] @person…"
_OPTIONS = {
    "open": ("private", False),
    "private": ("private", True),
    "listed": ("listed", True),
    "unlisted": ("listed", False),
}
_SLUG = 23  # leaves room for the mark within the 40 characters of a key
_SHORT_MARK = 8


def start(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Start a crew: its facts name everybody who is offered a seat, who starts it included."""
    words, options = _options(given.words)
    people = tuple(dict.fromkeys(given.people))
    if (wrong := malformed(words)) is not None:
        return Refusal(wrong)
    if not words or options is None:
        return Usage(START)
    rule, name = hall.charter.crews, names.spoken(" ".join(words))
    if (wrong := _may_not_start(hall, asked)) is not None:
        return Refusal(wrong)
    if len(people) + 1 > rule.most:
        return Refusal(Sentence("crew-start-too-many", {"most": rule.most}))
    if (
        wrong := misfit(hall, people, asked.person, asked.me) or _unfit(hall, asked.person, name)
    ) is not None:
        return Refusal(wrong)
    return _with_options(hall, asked, name, people, options)


def begin(hall: Hall, asked: Asked, name: str, people: tuple[UserId, ...]) -> Outcome:
    """Start a crew with people from elsewhere; whoever calls this has made sure that they may be asked."""
    name, most = names.spoken(name), hall.charter.crews.most
    if len(people) + 1 > most:
        return Refusal(Sentence("crew-start-too-many", {"most": most}))
    if (wrong := _may_not_start(hall, asked) or _unfit(hall, asked.person, name)) is not None:
        return Refusal(wrong)
    return _with_options(hall, asked, name, people, {})


def invite(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Offer seats in a crew of one's own."""
    people = tuple(dict.fromkeys(given.people))
    if (wrong := malformed(given.words)) is not None:
        return Refusal(wrong)
    if not people:
        return Usage(INVITE)
    crew = meant(hall, asked, given.words)
    if isinstance(crew, Refusal):
        return crew
    if (wrong := cannot_offer(hall, crew, people, asked.person, asked.me)) is not None:
        return Refusal(wrong)
    said = Sentence("crew-invited", {"crew": crew.name, "people": persons(people)})
    to = Reply() if asked.place is None or crew.holds(asked.place) or crew.listed else ToPerson(asked.person)
    return Decision(
        facts=crew.writes(*(SeatOffered(person, asked.person) for person in people)),
        says=(Say(to, said),),
        ack="✅",
    )


def cannot_offer(
    hall: Hall, crew: Crew, people: tuple[UserId, ...], by: UserId, keeper: UserId
) -> Sentence | None:
    """Return why `by` cannot offer these people seats, None if they can."""
    if by not in crew.seats:
        return Sentence("crew-members-only", {"crew": crew.name})
    if len(people) > hall.charter.crews.most:  # before anybody is named: a message may hold hundreds
        return Sentence("crew-too-full", {"crew": crew.name, "most": hall.charter.crews.most})
    if (wrong := misfit(hall, people, by, keeper)) is not None:
        return wrong
    if seated := [p for p in people if p in crew.seats]:
        return Sentence("crew-seated-already", {"crew": crew.name, "people": persons(seated)})
    if waiting := [p for p in people if p in crew.offers]:
        return Sentence("crew-offered-already", {"crew": crew.name, "people": persons(waiting)})
    if len(people) > free(hall, crew):
        return Sentence("crew-too-full", {"crew": crew.name, "most": hall.charter.crews.most})
    return None


def _options(words: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, bool] | None]:
    """Return the words of the name and the options after it; None for options that contradict."""
    options: dict[str, bool] = {}
    rest = list(words)
    while len(rest) > 1 and (option := _OPTIONS.get(rest[-1].casefold())) is not None:
        what, value = option
        if options.get(what, value) is not value:
            return tuple(rest), None
        options[what] = value
        rest.pop()
    return tuple(rest), options


def _with_options(
    hall: Hall, asked: Asked, name: str, people: tuple[UserId, ...], options: dict[str, bool]
) -> Decision:
    rule = hall.charter.crews
    private, listed = options.get("private", not rule.open), options.get("listed", rule.listed)
    mark = names.digest(f"crew:{asked.cause}")
    fact = CrewStarted(
        _key(hall, name, mark, listed=listed), name, asked.person, private, listed, mark, asked.me
    )
    return _started(hall, asked, fact, people)


def _may_not_start(hall: Hall, asked: Asked) -> Sentence | None:
    needed = hall.charter.crews.start
    if asked.person not in hall.inside:
        return Sentence("not-inside", {"community": hall.charter.name})
    if hall.reaches(asked.person, needed):
        return None
    rung = next((rung.name for rung in hall.charter.rungs if rung.key == needed), needed)
    return Sentence("crew-start-rung", {"rung": rung})


def _unfit(hall: Hall, person: UserId, name: str) -> Sentence | None:
    if names.nameless(name) or len(name) > names.LONGEST:
        return Sentence("crew-name-unfit", {"most": names.LONGEST})
    same = visible(hall, person, name)
    return Sentence("crew-name-taken", {"name": same[0].name}) if same else None


def _key(hall: Hall, name: str, mark: str, *, listed: bool) -> CrewKey:
    """Return the crew's short name; that of an unlisted crew cannot be guessed."""
    short = names.slug(name)
    if not listed:
        return CrewKey(f"{short[:_SLUG].rstrip('-')}-{mark}")
    if CrewKey(short) in CREWS.of(hall).all:
        return CrewKey(f"{short}-{mark[:_SHORT_MARK]}")
    return CrewKey(short)


def _started(hall: Hall, asked: Asked, fact: CrewStarted, people: tuple[UserId, ...]) -> Decision:
    offers = (SeatOffered(person, asked.person) for person in people)
    room = ids.crew_room(hall.key, fact.key)
    kind = Sentence("crew-kind-private") if fact.private else Sentence("crew-kind-open")
    crew = RoomLink(room, fact.name)
    if people:
        invited = persons((asked.person, *people))
        said = Sentence("crew-started", {"crew": crew, "people": invited, "kind": kind})
    else:
        said = Sentence("crew-started-alone", {"crew": crew, "kind": kind})
    to = Reply() if asked.place is None or fact.listed else ToPerson(asked.person)
    return Decision(
        facts=writes(hall.key, fact.key, 0, fact, *offers),
        says=(Say(to, said, after=room),),
        ack="✅",
    )
