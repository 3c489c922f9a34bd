"""Says in the community's words how one comes on to a rung, or into the community."""

from crewhall.charter.model import Rule
from crewhall.ground.groups import group
from crewhall.ground.hall import Hall
from crewhall.ground.ids import RungKey
from crewhall.ground.ladder import called
from crewhall.ground.talk import Sentence


def in_words(hall: Hall, rung: RungKey, rule: Rule) -> tuple[Sentence, ...]:
    """Return the rule in the community's words."""
    lines = [Sentence("rise-rule-propose", {"who": group(hall, rule.propose), "rung": called(hall, rung)})]
    if rule.met:
        lines.append(Sentence("rise-rule-met", {"ways": rule.met}))
    if rule.vouches.count:
        of = group(hall, rule.vouches.of)
        lines.append(Sentence("rise-rule-vouches", {"count": rule.vouches.count, "who": of}))
    if rule.consent is not None and rule.consent.days:
        of = group(hall, rule.consent.of)
        lines.append(Sentence("rise-rule-consent", {"days": rule.consent.days, "who": of}))
    lines.append(Sentence("rise-rule-yes"))
    return tuple(lines)
