"""Says in the community's words how one comes on to a rung, or into the community."""

from crewhall.charter.model import Rule
from crewhall.ground.groups import group
from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ids import RungKey
from crewhall.ground.ladder import below, called
from crewhall.ground.talk import Sentence


def in_words(hall: Hall, rung: RungKey, rule: Rule) -> tuple[Sentence, ...]:
    """Return the rule in the community's words."""
    lines = [Sentence("rise-rule-propose", {"who": group(hall, rule.propose), "rung": called(hall, rung)})]
    if rule.after_days and rung != ANYONE:
        before = called(hall, below(hall, rung))
        lines.append(Sentence("rise-rule-after", {"days": rule.after_days, "before": before}))
    if rule.met:
        lines.append(Sentence("rise-rule-met", {"ways": rule.met}))
    if rule.vouches.count:
        of = group(hall, rule.vouches.of)
        lines.append(Sentence("rise-rule-vouches", {"count": rule.vouches.count, "who": of}))
    if rule.consent is not None and rule.consent.days:
        of = group(hall, rule.consent.of)
        lines.append(Sentence("rise-rule-consent", {"days": rule.consent.days, "who": of}))
    lines.append(Sentence("rise-rule-yes"))
    if (count := min(rule.keep.vouches, rule.vouches.count)) and rung != ANYONE:
        days, ask = rule.keep.dwell_days, rule.keep.ask_days
        lines.append(Sentence("rise-rule-keep", {"count": count, "days": days, "ask": ask}))
    return tuple(lines)
