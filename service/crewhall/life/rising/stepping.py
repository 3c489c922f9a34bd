"""Decides ``!step down``: at once, unannounced, asked back only when deeper rungs would go with it."""

from crewhall.ground.hall import ANYONE, Hall
from crewhall.ground.ladder import called, deeper, meant, stands
from crewhall.ground.talk import Arguments, Asked, Decision, Outcome, Refusal, Reply, Say, Sentence, Usage
from crewhall.life.rising.facts import SteppedDown
from crewhall.life.rising.proposal import writes
from crewhall.life.rising.proposing import unknown

DOWN = "!step down [from RUNG]"
_ALL = "all"


def step_down(hall: Hall, asked: Asked, given: Arguments) -> Outcome:
    """Step down from the deepest rung, or from the named one and all that are deeper."""
    if given.people:
        return Usage(DOWN)
    words = tuple(word for n, word in enumerate(given.words) if n or word.casefold() != "from")
    everything = len(words) > 1 and words[-1].casefold() == _ALL
    rung = meant(hall, words[:-1] if everything else words) if words else hall.rung_of(asked.person)
    if rung is None and words:
        return Refusal(unknown(hall, words))
    if rung == ANYONE:
        return Refusal(Sentence("step-leave-space", {"community": hall.charter.name}))
    if rung is None:
        return Refusal(Sentence("step-nowhere", {"community": hall.charter.name}))
    name = called(hall, rung)
    if stands(hall, asked.person, rung) is None:
        return Refusal(Sentence("step-not-there", {"rung": name}))
    beyond = deeper(hall, asked.person, rung)
    if beyond and not everything:
        others = tuple(called(hall, key) for key in beyond)
        return Refusal(Sentence("step-deeper", {"rung": name, "others": others}))
    gone = (rung, *beyond)
    names = tuple(called(hall, key) for key in gone)
    return Decision(
        facts=writes(hall, SteppedDown(asked.person, gone)),
        says=(Say(Reply(), Sentence("step-down", {"rungs": names})),),
        ack="✅",
    )
