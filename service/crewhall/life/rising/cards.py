"""What is asked and told about a proposal: one card for those who have a say, and its later words."""

from dataclasses import replace
from typing import Final

from crewhall.ground import ids
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import called, keys, listening, rule_of, rung_of, space_of
from crewhall.ground.talk import Card, PersonLink, Reply, RoomLink, Say, Sentence, ToPerson, ToRoom
from crewhall.life.rising.proposal import Proposal
from crewhall.life.rising.rule import counted, frozen

ASK: Final = "rising.ask"
VOUCH: Final = "👍"
OBJECT: Final = "✋"
MOST_NAMED: Final = 30


def card_of(hall: Hall, proposal: Proposal) -> Card:
    """Return the card by which people vouch, or say that they object."""
    choices = ((VOUCH,) if proposal.needed else ()) + ((OBJECT,) if proposal.consenters else ())
    return Card(ASK, f"{hall.key}/rise/{proposal.rung}/{proposal.mark}", choices)


def tell(hall: Hall, proposal: Proposal, *, must: bool = False) -> tuple[Say, ...]:
    """Put the question before those who have a say, or bring their card to what holds now."""
    if not proposal.electorate:
        return ()
    card, text = card_of(hall, proposal), words(hall, proposal)
    rule = rule_of(hall, proposal.rung)
    place = _place(hall, proposal.rung) if rule is not None and not rule.private else None
    if place is not None:
        return (Say(ToRoom(place), text, must, place, card),)
    return tuple(Say(ToPerson(person), text, must, card=card) for person in proposal.electorate)


def words(hall: Hall, proposal: Proposal) -> Sentence:
    """Return the card's words."""
    person, rung = PersonLink(proposal.person), called(hall, proposal.rung)
    match proposal.state:
        case "open":
            head = Sentence("rise-card", {"person": person, "rung": rung, "by": PersonLink(proposal.by)})
            return Sentence("rise-card-open", {"head": head, "lines": _lines(hall, proposal)})
        case "given":
            return Sentence("rise-card-given", {"person": person, "rung": rung})
        case "withdrawn":
            return Sentence("rise-card-withdrawn", {"person": person, "rung": rung})
        case "lapsed":
            return Sentence("rise-card-lapsed", {"person": person, "rung": rung})


def ended(hall: Hall, proposal: Proposal, state: str) -> tuple[Say, ...]:
    """Return the card's last words."""
    match state:
        case "given":
            return tell(hall, replace(proposal, state="given"))
        case "withdrawn":
            return tell(hall, replace(proposal, state="withdrawn"))
        case _:
            return tell(hall, replace(proposal, state="lapsed"))


def invitation(hall: Hall, proposal: Proposal) -> Say:
    """Return the private words with the invitation: who asks, what is asked, what opens, how to decline."""
    rung, key = rung_of(hall, proposal.rung), proposal.rung
    space = RoomLink(space_of(hall, key), called(hall, key))
    lines: list[Sentence] = []
    asks = hall.charter.purpose if key == ANYONE else rung.asks if rung is not None else ""
    if asks:
        lines.append(Sentence("rise-asked-asks", {"asks": asks}))
    rooms = (
        tuple(place.name for place in hall.charter.places)
        if key == ANYONE
        else tuple(room.name for room in rung.rooms)
        if rung is not None
        else ()
    )
    if rooms:
        lines.append(Sentence("rise-asked-opens", {"rooms": rooms}))
    lines.append(Sentence("rise-asked-how"))
    text = Sentence("rise-asked", {"rung": space, "by": PersonLink(proposal.by), "lines": tuple(lines)})
    return Say(ToPerson(proposal.person), text, must=True, after=space_of(hall, key))


def given_says(hall: Hall, proposal: Proposal) -> tuple[Say, ...]:
    """Return all that is said when the rule is met."""
    said = Sentence(
        "rise-given", {"person": PersonLink(proposal.person), "rung": called(hall, proposal.rung)}
    )
    return (
        *ended(hall, proposal, "given"),
        invitation(hall, proposal),
        Say(ToPerson(proposal.by), said),
    )


def quietly(hall: Hall, rung: RungKey, place: str | None, person: UserId) -> Reply | ToPerson:
    """Return where the answer to a command goes: not into a room if the rung's matters are private."""
    rule = rule_of(hall, rung)
    return ToPerson(person) if place is not None and rule is not None and rule.private else Reply()


def _lines(hall: Hall, proposal: Proposal) -> tuple[Sentence, ...]:
    lines: list[Sentence] = []
    if proposal.met:
        lines.append(Sentence("rise-line-met", {"by": PersonLink(proposal.by), "way": proposal.met}))
    elif proposal.wants_met:
        lines.append(Sentence("rise-line-not-met", {"by": PersonLink(proposal.by)}))
    if proposal.needed:
        so_far = len(counted(hall, proposal))
        lines.append(Sentence("rise-line-vouches", {"needed": proposal.needed, "sofar": so_far}))
        if any(frozen(hall, voucher, proposal.person) for voucher in proposal.vouches):
            lines.append(Sentence("rise-line-frozen"))
    if proposal.objections:
        lines.append(Sentence("rise-line-objection"))
    elif proposal.consenters:
        if set(proposal.consenters) <= set(proposal.vouchers):
            lines.append(Sentence("rise-line-unanimous", {"until": proposal.closes}))
        else:
            lines.append(Sentence("rise-line-consent", {"until": proposal.closes}))
    else:
        lines.append(Sentence("rise-line-until", {"until": proposal.closes}))
    people = tuple(PersonLink(person) for person in proposal.electorate[:MOST_NAMED])
    lines.append(Sentence("rise-line-electorate", {"count": len(proposal.electorate), "people": people}))
    return tuple(lines)


def _place(hall: Hall, rung: RungKey) -> ids.RoomKey | None:
    """Return the first listening room of the lightest group that has a say."""
    rule = rule_of(hall, rung)
    if rule is None:
        return None
    groups = [rule.vouches.of] if rule.vouches.count else []
    groups += [rule.consent.of] if rule.consent is not None and rule.consent.days else []
    order = (ANYONE, *keys(hall))
    known = [RungKey(one) for one in groups if one in order]
    return listening(hall, min(known, key=order.index)) if known else None
