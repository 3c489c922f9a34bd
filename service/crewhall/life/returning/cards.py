"""What a table that was brought along looks like to keyholders, and what those hear whom it asks back."""

from typing import Final

from crewhall.ground.hall import Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import called, keys, space_of
from crewhall.ground.talk import Card, PersonLink, RoomLink, Say, Sentence, ToPerson
from crewhall.life.returning.table import Table, against, in_favour, needed

ASK: Final = "returning.ask"
YES: Final = "✅"
NO: Final = "✋"
_MOST_NAMED: Final = 100


def tell(hall: Hall, table: Table, text: Sentence, *also: UserId, must: bool = False) -> tuple[Say, ...]:
    """Bring the card of everybody who has it to these words, and show it to others."""
    card = Card(ASK, f"{hall.key}/table/{table.mark}", (YES, NO))
    people = sorted(table.shown | frozenset(also))
    return tuple(Say(ToPerson(person), text, must and person in also, card=card) for person in people)


def question(hall: Hall, table: Table) -> Sentence:
    """Return the open question: who stood where, and what a yes means."""
    lines = [_rung(hall, table, rung) for rung in keys(hall)]
    others = sum(not one.rungs for one in table.people.values())
    if others:
        lines.append(Sentence("returning-others", {"count": others}))
    lines.append(Sentence("returning-not"))
    lines.append(Sentence("returning-how", {"needed": needed(hall)}))
    if yes := in_favour(hall, table):
        lines.append(Sentence("returning-sofar", {"people": tuple(map(PersonLink, yes))}))
    if no := against(hall, table):
        lines.append(Sentence("returning-held", {"people": tuple(map(PersonLink, no))}))
    return Sentence("returning-card", {"community": hall.charter.name, "at": table.at, "lines": tuple(lines)})


def agreed(hall: Hall, by: tuple[UserId, ...]) -> Sentence:
    """Return the card once enough have said yes."""
    return Sentence(
        "returning-agreed", {"community": hall.charter.name, "people": tuple(map(PersonLink, by))}
    )


def over(hall: Hall) -> Sentence:
    """Return the card once nothing comes of it any more."""
    return Sentence("returning-over", {"community": hall.charter.name})


def invitation(hall: Hall, person: UserId, rungs: tuple[RungKey, ...]) -> Say:
    """Return what somebody hears who is asked back."""
    links = tuple(RoomLink(space_of(hall, rung), called(hall, rung)) for rung in rungs)
    text = Sentence("returning-asked", {"community": hall.charter.name, "rungs": links})
    return Say(ToPerson(person), text, must=True, after=space_of(hall, rungs[0]))


def _rung(hall: Hall, table: Table, rung: RungKey) -> Sentence:
    people = sorted(p for p, listed in table.people.items() if rung in dict(listed.rungs))
    name = called(hall, rung)
    return Sentence("returning-rung", {"rung": name, "count": len(people), "people": _people(people)})


def _people(people: list[UserId]) -> tuple[PersonLink | Sentence, ...]:
    named = tuple(map(PersonLink, people[:_MOST_NAMED]))
    more = len(people) - len(named)
    return (*named, Sentence("returning-more", {"count": more})) if more else named
