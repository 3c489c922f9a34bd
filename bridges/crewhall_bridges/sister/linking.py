"""Links with sisters as a room of the house: what people can say about them, and what follows."""

from crewhall.door import Answer, Capability, Decision, Hall, Verb
from crewhall_bridges.sister import asking, changing, due, letterbox, naming, told
from crewhall_bridges.sister.facts import ALL
from crewhall_bridges.sister.fold import evolve

_TOPIC = "sisters"


def _answer(hall: Hall, reacted: Answer) -> Decision | None:
    return asking.answer(hall, reacted) or due.answer(hall, reacted)


capability = Capability(
    name="sister",
    facts=ALL,
    verbs=(
        Verb(("links",), told.LINKS, _TOPIC, "Our sisters, and what flows.", told.show),
        Verb(("link", "with"), naming.WITH, _TOPIC, "Propose a link with a sister.", naming.link_with),
        Verb(("link", "terms"), told.TERMS, _TOPIC, "The one page that both agree to.", told.terms),
        Verb(("link", "close"), changing.CLOSE, _TOPIC, "Close a flow, at once.", changing.close),
        Verb(("link", "open"), changing.OPEN, _TOPIC, "Propose to open a flow.", changing.open_),
        Verb(("unlink",), changing.UNLINK, _TOPIC, "End a link, at once.", changing.unlink),
    ),
    evolve=evolve,
    gesture=letterbox.gesture,
    answer=_answer,
    withdraw=asking.take_back,
    invited=letterbox.invited,
    tick=due.due,
    rooms=letterbox.rooms,
    wish=letterbox.wish,
    touched=letterbox.touched,
)
"""Links with sisters."""
