"""Who may have a seat, which crew somebody means, and who may know that a crew exists."""

from collections.abc import Iterable, Sequence

from crewhall.ground import ids, names
from crewhall.ground.hall import Hall
from crewhall.ground.ids import UserId
from crewhall.ground.talk import Asked, PersonLink, Refusal, RoomLink, Sentence
from crewhall.ground.welcome import called
from crewhall.life.crews.crew import CREWS, Crew, crew_at

_SHOWN = 60


def eligible(hall: Hall, person: UserId, keeper: UserId) -> bool:
    """Return whether the charter allows `person` a seat in a crew of this community."""
    charter = hall.charter
    if not charter.federate and ids.server(person) != ids.server(keeper):
        return False
    return charter.crews.seats_for == "anyone" or person in hall.inside


def free(hall: Hall, crew: Crew) -> int:
    """Return how many seats are neither taken nor held for somebody."""
    return hall.charter.crews.most - crew.held


def misfit(hall: Hall, people: Sequence[UserId], asker: UserId, keeper: UserId) -> Sentence | None:
    """Return what is wrong with offering these people seats, None if nothing is."""
    if keeper in people:
        return Sentence("person-is-keeper", {"keeper": PersonLink(keeper)})
    if asker in people:
        return Sentence("person-is-you")
    away = [p for p in people if not eligible(hall, p, keeper)]
    if not away:
        return None
    if hall.charter.crews.seats_for == "anyone":
        return Sentence("person-elsewhere", {"people": persons(away), "community": hall.charter.name})
    return Sentence("person-outside", {"people": persons(away), "community": hall.charter.name})


def malformed(words: Iterable[str]) -> Sentence | None:
    """Return a sentence on the first word that should name a person and does not."""
    wrong = next((word for word in words if word.startswith("@")), None)
    return Sentence("person-malformed", {"text": wrong[:_SHOWN]}) if wrong is not None else None


def own(hall: Hall, person: UserId) -> tuple[Crew, ...]:
    """Return the living crews in which `person` has, is offered, or asks for a seat, by name."""
    crews = CREWS.of(hall)
    found = (crews.all[key] for key in crews.of.get(person, ()))
    return tuple(sorted(found, key=lambda crew: (crew.name.casefold(), crew.key)))


def visible(hall: Hall, person: UserId, name: str) -> tuple[Crew, ...]:
    """Return the living crews of this name that `person` may know of, their own first."""
    crews, name = CREWS.of(hall), names.spoken(name)
    if len(name) > names.LONGEST:
        return ()
    same = [crews.all[key] for key in sorted(crews.named.get(names.looks(name), ()))]
    known = [crew for crew in same if crew.listed or knows(crew, person)]
    return tuple(sorted(known, key=lambda crew: (person not in crew.seats, not knows(crew, person))))


def askable(hall: Hall, asked: Asked, name: str) -> tuple[Crew, ...]:
    """Return the living crews of this name that somebody may ask for a seat: also those that call them."""
    crews = visible(hall, asked.person, name)
    calling = called(hall, asked.person, asked.at)
    same = CREWS.of(hall).named.get(names.looks(names.spoken(name)), ()) if calling else ()
    found = (CREWS.of(hall).all[key] for key in sorted(same))
    known = {crew.key for crew in crews}
    return (*crews, *(crew for crew in found if crew.room in calling and crew.key not in known))


def knows(crew: Crew, person: UserId) -> bool:
    """Return whether `person` has to do with a crew, so that it is no secret to them."""
    return person in crew.seats or person in crew.offers or person in crew.asks


def meant(hall: Hall, asked: Asked, words: Sequence[str]) -> Crew | Refusal:
    """Return the crew that is meant: the named one, the room's, or the asker's only one.

    Where others listen, a name that was not said and is not listed is not said either.
    """
    if words:
        name = names.spoken(" ".join(words))
        found = visible(hall, asked.person, name)
        return found[0] if found else unknown(name)
    here = crew_at(hall, asked.place)
    if here is not None:
        return here if here.ended is None else Refusal(Sentence("crew-is-over", {"crew": here.name}))
    mine = own(hall, asked.person)
    seated = [crew for crew in mine if asked.person in crew.seats]
    match seated or mine:
        case []:
            return Refusal(Sentence("crew-none"))
        case [only] if asked.place is None or only.listed:
            return only
        case several if asked.place is None:
            return Refusal(Sentence("crew-which", {"crews": tuple(crew.name for crew in several)}))
        case _:
            return Refusal(Sentence("crew-which-here"))


def unknown(name: str) -> Refusal:
    """Return the one answer for crews that do not exist and for those one may not know of."""
    return Refusal(Sentence("crew-unknown", {"name": name[:_SHOWN]}))


def across(hall: Hall, crew: Crew) -> Iterable[Sentence]:
    """Return what holds in a crew that called sisters: its agreements, and who takes care on each side."""
    welcome = hall.welcome.get(crew.room)
    if welcome is not None and welcome.agreements:
        yield Sentence("crew-agreements", {"text": welcome.agreements})
    if welcome is not None and welcome.care:
        yield Sentence("crew-care", {"people": persons(welcome.care)})


def persons(people: Iterable[UserId]) -> tuple[PersonLink, ...]:
    """Return people to be named with links."""
    return tuple(PersonLink(person) for person in people)


def link(crew: Crew) -> RoomLink:
    """Return the crew's name with a link to its room."""
    return RoomLink(crew.room, crew.name)
