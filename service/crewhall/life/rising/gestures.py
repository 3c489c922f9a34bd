"""Reads invitations by hand as proposals, and takes back what is past the rule."""

from immutables import Map

from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey
from crewhall.ground.ladder import called, is_awaited, may_come, rule_of, rung_at, stands
from crewhall.ground.talk import Decision, Gesture, PersonLink, Say, Sentence, ToPerson
from crewhall.life.rising.cards import invitation, tell
from crewhall.life.rising.facts import BroughtIn, InvitationGiven, TurnedAway
from crewhall.life.rising.proposal import RISING, Asking, writes
from crewhall.life.rising.proposing import cannot_propose, opening
from crewhall.life.rising.rule import given, is_open_for


def gesture(hall: Hall, seen: Gesture) -> Decision | None:
    """Return what follows from an invitation, or from coming in unasked."""
    rung = rung_at(hall, seen.place)
    if rung is None or seen.person == seen.me:
        return None
    match seen.membership:
        case "invite" if seen.by != seen.me:
            return _invited(hall, rung, seen)
        case "join":
            return _came(hall, rung, seen)
        case _:
            return None


def _came(hall: Hall, rung: RungKey, seen: Gesture) -> Decision | None:
    person, place = seen.person, (rung, seen.person)
    if stands(hall, person, rung) or may_come(hall, person, rung):
        return None
    rising = RISING.of(hall)
    if place in rising.going or person in hall.shut_out:
        return None  # on the way out, and told
    if place in rising.backing:  # asked by the rule once, and no longer
        said = Sentence("rise-came-late", {"rung": called(hall, rung)})
    else:
        said = Sentence("rise-came-unasked", {"rung": called(hall, rung)})
    return Decision(facts=writes(hall, TurnedAway(rung, person, person)), says=(Say(ToPerson(person), said),))


def _invited(hall: Hall, rung: RungKey, seen: Gesture) -> Decision | None:
    person, by = seen.person, seen.by
    if stands(hall, person, rung) or is_awaited(hall, person, rung):
        return None
    rule = rule_of(hall, rung)
    if rule is None:
        return _by_hand(hall, rung, seen)
    if _is_known(hall, rung, seen):
        return None
    who, name = PersonLink(person), called(hall, rung)
    back = TurnedAway(rung, person, by)
    if is_open_for(hall, rung, person) is None:
        asking = Asking(rung, person, by, seen.cause, seen.at, seen.me)
        wrong = cannot_propose(hall, asking)
        if wrong is None:
            proposal, facts = opening(hall, asking)
            if isinstance(facts[-1], InvitationGiven):
                return Decision(facts=writes(hall, *facts), says=(invitation(hall, proposal),))
            if rule.met:
                said = Sentence("rise-early-met", {"person": who, "rung": name, "ways": rule.met})
            else:
                said = Sentence("rise-early", {"person": who, "rung": name, "until": proposal.closes})
            return Decision(
                facts=writes(hall, *facts, back),
                says=(Say(ToPerson(by), said), *tell(hall, proposal, must=True)),
            )
    else:
        wrong = Sentence("rise-early-again", {"person": who, "rung": name})
    said = Sentence("rise-taken-back", {"person": who, "rung": name, "why": wrong})
    return Decision(facts=writes(hall, back), says=(Say(ToPerson(by), said),))


def _by_hand(hall: Hall, rung: RungKey, seen: Gesture) -> Decision | None:
    """Take an invitation where no rule is in its way: who brought whom, and that somebody may come again."""
    person, by = seen.person, seen.by
    if rung == ANYONE and by in hall.inside:
        known = by in RISING.of(hall).brought.get(person, ())
        return None if known else Decision(facts=writes(hall, BroughtIn(person, by)))
    if person in hall.shut_out:
        return None
    if person in hall.unwelcome.get(rung, ()) and by in hall.keyholders and not _is_known(hall, rung, seen):
        proposal, facts = opening(hall, Asking(rung, person, by, seen.cause, seen.at, seen.me))
        return Decision(facts=writes(hall, *facts, given(hall, proposal)))
    return None


def _is_known(hall: Hall, rung: RungKey, seen: Gesture) -> bool:
    """Return whether this very invitation has been turned back."""
    turned = hall.unwelcome.get(rung, Map()).get(seen.person)
    return turned is not None and turned.cause == seen.cause
