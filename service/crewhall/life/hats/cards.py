"""What is asked about a hat: of those who can object, of whom it is offered to, of an understudy."""

from typing import Final

from crewhall.charter.model import Hat
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RungKey
from crewhall.ground.ladder import listening
from crewhall.ground.talk import Card, PersonLink, Say, Sentence, ToPerson, ToRoom
from crewhall.life.hats.days import day_of, said
from crewhall.life.hats.known import Offer, Request
from crewhall.life.hats.words import about, people

CONSENT: Final = "hats.consent"
OFFER: Final = "hats.offer"
UNDERSTUDY: Final = "hats.understudy"
YES: Final = "✅"
OBJECT: Final = "✋"
MOST_NAMED: Final = 30


def consent(hall: Hall, hat: Hat, offer: Offer, *, must: bool = False) -> tuple[Say, ...]:
    """Put an offer before those who can object, or bring their card to what holds now."""
    if offer.round is None:
        return ()
    card = Card(CONSENT, f"{hall.key}/hats/{offer.mark}", (OBJECT,))
    text = _consent(hall, hat, offer)
    rule = hat.given.consent
    room = listening(hall, RungKey(rule.of)) if rule is not None else None
    if room is not None:
        return (Say(ToRoom(room), text, must, room, card),)
    return tuple(Say(ToPerson(one), text, must, card=card) for one in sorted(offer.round.entitled))


def offered(hall: Hall, hat: Hat, offer: Offer) -> Say:
    """Ask the person whom a hat is offered to."""
    text = Sentence(
        "hat-offer-card",
        {
            "hat": hat.name,
            "by": PersonLink(offer.by),
            "lines": about(hall, hat),
            "until": said(day_of(hall.charter, offer.closes)),
        },
    )
    return _to_person(hall, offer, text, must=True)


def answered(hall: Hall, hat: Hat, offer: Offer, until: str) -> Say:
    """Bring the person's card to their yes."""
    return _to_person(hall, offer, Sentence("hat-offer-taken", {"hat": hat.name, "until": until}))


def closed(hall: Hall, hat: Hat, offer: Offer) -> Say:
    """Bring the person's card to its end."""
    return _to_person(hall, offer, Sentence("hat-offer-closed", {"hat": hat.name}))


def understudy(hall: Hall, hat: Hat, request: Request) -> Say:
    """Ask somebody whether they would be a hat's understudy."""
    text = Sentence(
        "hat-understudy-card",
        {
            "hat": hat.name,
            "by": PersonLink(request.by),
            "lines": about(hall, hat),
            "until": said(day_of(hall.charter, request.closes)),
        },
    )
    return Say(ToPerson(request.person), text, must=True, card=_request_card(hall, request))


def understudied(hall: Hall, hat: Hat, request: Request) -> Say:
    """Bring an understudy's card to their yes."""
    text = Sentence("hat-understudy-taken", {"hat": hat.name})
    return Say(ToPerson(request.person), text, card=_request_card(hall, request))


def _to_person(hall: Hall, offer: Offer, text: Sentence, *, must: bool = False) -> Say:
    return Say(ToPerson(offer.person), text, must, card=Card(OFFER, f"{hall.key}/hats/{offer.mark}", (YES,)))


def _request_card(hall: Hall, request: Request) -> Card:
    return Card(UNDERSTUDY, f"{hall.key}/hats/{request.mark}", (YES,))


def _consent(hall: Hall, hat: Hat, offer: Offer) -> Sentence:
    person = PersonLink(offer.person)
    match offer.state:
        case "open":
            head = Sentence(
                "hat-consent-card", {"hat": hat.name, "person": person, "by": PersonLink(offer.by)}
            )
            return Sentence("hat-consent-open", {"head": head, "lines": _lines(hall, offer)})
        case "asked" | "taken":
            return Sentence("hat-consent-passed", {"hat": hat.name, "person": person})
        case "withdrawn":
            return Sentence("hat-consent-withdrawn", {"hat": hat.name, "person": person})
        case "lapsed":
            return Sentence("hat-consent-closed", {"hat": hat.name, "person": person})


def _lines(hall: Hall, offer: Offer) -> tuple[Sentence, ...]:
    if offer.round is None:
        return ()
    until = said(day_of(hall.charter, offer.closes))
    entitled = sorted(offer.round.entitled)
    named = people(entitled[:MOST_NAMED])
    if offer.round.no:
        first = Sentence("hat-consent-held", {"until": until})
    else:
        first = Sentence("hat-consent-until", {"person": PersonLink(offer.person), "until": until})
    return (first, Sentence("hat-consent-who", {"count": len(entitled), "people": named}))
