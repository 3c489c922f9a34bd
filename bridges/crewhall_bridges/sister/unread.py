"""Decides what follows when a sister's room cannot be read at all. Pure."""

from crewhall.door import Decision, Hall, RoomId, Say, Sentence, ToPerson
from crewhall_bridges.sister.asking import contacts
from crewhall_bridges.sister.bond import Link, writes
from crewhall_bridges.sister.facts import LetterboxRefused, LetterboxTroubled, Trouble
from crewhall_bridges.sister.page import trouble


def unread(hall: Hall, link: Link, room: RoomId, what: Trouble) -> Decision | None:
    """Return that the letterbox cannot be read, told once; of a room that was offered, that it is none."""
    if room in link.offered:
        return Decision(writes(hall, LetterboxRefused(link.mark, room, what)))
    if room != link.room or link.health.trouble == what or (link.theirs is not None and link.theirs.ended):
        return None
    line = f"!link with {link.keeper}"
    text = Sentence("sister-trouble", {"sister": link.called, "what": trouble(what), "line": line})
    told = contacts(hall, link.ours.contacts or (link.named_by,))
    return Decision(
        writes(hall, LetterboxTroubled(link.mark, what)),
        tuple(Say(ToPerson(person), text) for person in told),
    )
