"""Decides ``!invite @somebody to RUNG`` and ``!withdraw``: the question opens, or is taken back."""

from dataclasses import replace

from crewhall.charter.model import Rule
from crewhall.ground import names
from crewhall.ground.facts import Fact
from crewhall.ground.groups import belongs, group
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey, UserId
from crewhall.ground.ladder import called, keys, meant, rule_of
from crewhall.ground.talk import (
    Arguments,
    Asked,
    Decision,
    Outcome,
    PersonLink,
    Refusal,
    Say,
    Sentence,
    ToPerson,
    Usage,
)
from crewhall.life.rising.cards import ended, given_says, invitation, quietly, tell
from crewhall.life.rising.facts import InvitationGiven, MetStated, ProposalWithdrawn
from crewhall.life.rising.proposal import Asking, Proposal, begun, latest, open_for, writes
from crewhall.life.rising.rule import (
    asked_already,
    cannot_rise,
    given,
    is_met,
    is_open_for,
    may_propose,
    question,
    shut_out,
)

INVITE = "!invite @person to RUNG [met CONDITION]"
WITHDRAW = "!withdraw @person [from RUNG]"
_SHOWN = 60


def invite(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Propose somebody; said again with how they were met, add that."""
    split = _split(given_.words)
    if (wrong := malformed(given_.words)) is not None:
        return Refusal(wrong)
    if split is None or len(given_.people) != 1:
        return Usage(INVITE)
    words, way = split
    rung, person = meant(hall, words), given_.people[0]
    if rung is None:
        return Refusal(unknown(hall, words))
    rule = rule_of(hall, rung)
    if rule is None:
        return Refusal(Sentence("rise-by-hand", {"rung": called(hall, rung)}))
    outcome = _proposed(hall, asked, rung, person, way)
    return confided(hall, rung, asked, outcome)


def withdraw(hall: Hall, asked: Asked, given_: Arguments) -> Outcome:
    """Take back what one proposed, as long as it is not answered."""
    if len(given_.people) != 1:
        return Usage(WITHDRAW)
    words = tuple(word for n, word in enumerate(given_.words) if n or word.casefold() != "from")
    person = given_.people[0]
    rung = meant(hall, words) if words else None
    if words and rung is None:
        return Refusal(unknown(hall, words))
    mine = [
        one
        for key in ((rung,) if rung is not None else (ANYONE, *keys(hall)))
        if (one := pending(hall, key, person)) is not None and _may_withdraw(hall, one, asked.person)
    ]
    if len(mine) != 1:
        return Refusal(Sentence("rise-nothing-to-withdraw", {"person": PersonLink(person)}))
    decision = withdrawn(hall, mine[0], asked.person)
    said = Sentence("rise-withdrawn", {"person": PersonLink(person), "rung": called(hall, mine[0].rung)})
    to = quietly(hall, mine[0].rung, asked.place, asked.person)
    return replace(decision, says=(*decision.says, Say(to, said)), ack="✅")


def withdrawn(hall: Hall, proposal: Proposal, by: UserId) -> Decision:
    """Close the question, or take the invitation back."""
    return Decision(
        facts=writes(hall, ProposalWithdrawn(proposal.mark, by)), says=ended(hall, proposal, "withdrawn")
    )


def pending(hall: Hall, rung: RungKey, person: UserId) -> Proposal | None:
    """Return the proposal that is open, or whose invitation waits for an answer."""
    last = latest(hall, rung, person)
    if last is None or last.state == "open":
        return last
    return last if last.state == "given" and person in hall.asked.get(rung, ()) else None


def cannot_propose(hall: Hall, asking: Asking) -> Sentence | None:
    """Return why somebody cannot propose this person, None if they can."""
    rung, person = asking.rung, asking.person
    if (closed := shut_out(hall, asking.by)) is not None:
        return closed
    rule, name, who = rule_of(hall, rung) or Rule(), called(hall, rung), PersonLink(person)
    if person == asking.by:
        return Sentence("rise-not-oneself", {"rung": name, "who": group(hall, rule.propose)})
    if not may_propose(hall, asking.by, rule):
        return Sentence("rise-not-yours", {"rung": name, "who": group(hall, rule.propose)})
    if (since := asked_already(hall, rung, person, asking.at)) is not None:
        return Sentence("rise-asked-already", {"person": who, "rung": name, "since": since})
    if (wrong := cannot_rise(hall, asking)) is not None:
        return wrong
    if (standing := is_open_for(hall, rung, person)) is not None:
        return Sentence("rise-open-already", {"person": who, "rung": name, "until": standing.closes})
    return None


def opening(hall: Hall, asking: Asking, way: str = "") -> tuple[Proposal, tuple[Fact, ...]]:
    """Return the question with the facts that open it, and, if the rule is met at once, close it."""
    mark = names.digest(f"rise:{asking.cause}:{asking.rung}:{asking.person}")
    fact = question(hall, asking, mark)
    proposal = replace(begun(fact, asking.at, asking.cause), met=way)
    facts: list[Fact] = [fact]
    if way:
        facts.append(MetStated(mark, asking.by, way))
    if is_met(hall, proposal, asking.at):
        facts.append(given(hall, proposal))
    return proposal, tuple(facts)


def malformed(words: tuple[str, ...]) -> Sentence | None:
    """Return a sentence on the first word that should name a person and does not."""
    wrong = next((word for word in words if word.startswith("@")), None)
    return Sentence("person-malformed", {"text": wrong[:_SHOWN]}) if wrong is not None else None


def unknown(hall: Hall, words: tuple[str, ...]) -> Sentence:
    """Return what to say to a rung that the charter does not know (any more)."""
    rungs = tuple(rung.name for rung in hall.charter.rungs)
    if not rungs:
        return Sentence("rise-no-rungs", {"community": hall.charter.name})
    return Sentence("rise-unknown-rung", {"name": " ".join(words)[:_SHOWN], "rungs": rungs})


def confided(hall: Hall, rung: RungKey, asked: Asked, outcome: Outcome) -> Outcome:
    """Return a refusal as private words where the rung's matters are private and others listen."""
    if isinstance(outcome, Refusal) and isinstance(quietly(hall, rung, asked.place, asked.person), ToPerson):
        return Decision(says=(Say(ToPerson(asked.person), outcome.text),), ack="✅")
    return outcome


def _proposed(hall: Hall, asked: Asked, rung: RungKey, person: UserId, said_way: tuple[str, ...]) -> Outcome:
    rule = rule_of(hall, rung) or Rule()
    way = _way(rule, said_way)
    standing = is_open_for(hall, rung, person)
    if standing is not None and way and not standing.met and may_propose(hall, asked.person, rule):
        return _met(hall, asked, standing, way)
    asking = Asking(rung, person, asked.person, asked.cause, asked.at, asked.me)
    wrong = cannot_propose(hall, asking)
    if wrong is not None:
        return Refusal(wrong)
    if rule.met and not way:
        return Refusal(Sentence("rise-met-how", {"person": PersonLink(person), "ways": rule.met}))
    if said_way and not way:
        return Usage(INVITE)
    proposal, facts = opening(hall, asking, way)
    to = quietly(hall, rung, asked.place, asked.person)
    if isinstance(facts[-1], InvitationGiven):
        told = Sentence("rise-given", {"person": PersonLink(person), "rung": called(hall, rung)})
        return Decision(
            facts=writes(hall, *facts), says=(Say(to, told), invitation(hall, proposal)), ack="✅"
        )
    return Decision(
        facts=writes(hall, *facts),
        says=(Say(to, proposed_text(hall, proposal)), *tell(hall, proposal, must=True)),
        ack="✅",
    )


def proposed_text(hall: Hall, proposal: Proposal) -> Sentence:
    """Return what who proposes is told: who is asked, until when."""
    return Sentence(
        "rise-proposed",
        {
            "person": PersonLink(proposal.person),
            "rung": called(hall, proposal.rung),
            "count": len(proposal.electorate),
            "until": proposal.closes,
        },
    )


def _met(hall: Hall, asked: Asked, proposal: Proposal, way: str) -> Decision:
    fact = MetStated(proposal.mark, asked.person, way)
    proposal = replace(proposal, met=way)
    to = quietly(hall, proposal.rung, asked.place, asked.person)
    if is_met(hall, proposal, asked.at):
        return Decision(
            facts=writes(hall, fact, given(hall, proposal)), says=given_says(hall, proposal), ack="✅"
        )
    says = (Say(to, proposed_text(hall, proposal)), *tell(hall, proposal))
    return Decision(facts=writes(hall, fact), says=says, ack="✅")


def _split(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the words of the rung and those of how somebody was met; None if no rung is named."""
    lowered = [word.casefold() for word in words]
    if not lowered or lowered[0] != "to":
        return None
    at = lowered.index("met") if "met" in lowered[2:] else len(words)
    return (words[1:at], words[at + 1 :]) if at > 1 else None


def _way(rule: Rule, words: tuple[str, ...]) -> str:
    said = names.looks(names.spoken(" ".join(words)))
    return next((label for label in rule.met if said and names.looks(label).endswith(said)), "")


def _may_withdraw(hall: Hall, proposal: Proposal, person: UserId) -> bool:
    if person == proposal.by:
        return True
    rule = rule_of(hall, proposal.rung) or Rule()
    return not belongs(hall, proposal.by, ANYONE) and may_propose(hall, person, rule)


def open_of(hall: Hall, person: UserId, words: tuple[str, ...]) -> Proposal | None:
    """Return the open question about somebody: for the named rung, or their only one."""
    found = open_for(hall, person)
    if words:
        rung = meant(hall, words)
        found = tuple(one for one in found if one.rung == rung)
    return found[0] if len(found) == 1 else None
