"""Decides what follows when a sister's room cannot be read at all. Pure."""

from crewhall.door import Decision, Hall, RoomId
from crewhall_bridges.sister.bond import Link, writes
from crewhall_bridges.sister.facts import LetterboxRefused, Trouble
from crewhall_bridges.sister.heard import troubled


def unread(hall: Hall, link: Link, room: RoomId, what: Trouble) -> Decision | None:
    """Return that the letterbox cannot be read, told once; of a room that was offered, that it is none."""
    if room in link.offered:
        return Decision(writes(hall, LetterboxRefused(link.mark, room, what)))
    if room != link.room or (link.theirs is not None and link.theirs.ended):
        return None
    return troubled(hall, link, what)
