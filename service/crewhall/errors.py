"""Three kinds of trouble, named by what to do about them.

::

    Trouble
    |- TryLater        the other side is busy, slow or away: the same act may work later
    |  `- NoRoom       the disk is full or fails: somebody has to make room
    |- Denied          the homeserver said no for good: repeating it is useless
    |  |- NotThere     what was named does not exist (any more)
    |  |- Taken        the alias or name is somebody's already
    |  `- TokenRefused our own token is not accepted: an operator must look
    |- Stale           somebody else wrote to the ledger first: fold again and decide again
    `- Misconfigured   a file or setting is wrong: one sentence to the operator
       |- Missing      what was named is not there
       |- Unreadable   it is there and cannot be read
       |- Damaged      half of it is missing, or it is something else
       |- Newer        a newer Crewhall wrote it
       |- InTheWay     something is there already that is never overwritten, or nothing may be written there
       |- Occupied     another copy of the service, or another program, is at it
       |- NotOurs      what answers as our homeserver is somebody else's, or none
       `- NotYet       somebody has to do or say something first

A refusal to a person is not an error but a value (`crewhall.ground.talk.Refusal`).
Everything else that is raised is a bug.
"""

import errno
from datetime import timedelta
from pathlib import Path

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class Trouble(Exception):
    """Something outside of our code went wrong in a way that was foreseen."""


class TryLater(Trouble):
    """The same act may succeed after a while.

    `after` is how long the other side asked us to wait, or None if it did not say.
    """

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after = after


class Beyond(TryLater):
    """Our homeserver is well, but could not get through to somebody else: asking at once again only harms."""


class NoRoom(TryLater):
    """The disk is full, or fails."""


class Denied(Trouble):
    """The homeserver refused; `code` is its Matrix error code, such as ``M_FORBIDDEN``."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code
        self.why = why


class NotThere(Denied):
    """What was named does not exist."""


class Taken(Denied):
    """The alias or user name is in use."""


class TokenRefused(Denied):
    """The homeserver does not accept our token."""


class Stale(Trouble):
    """A stream of the ledger has grown since it was read."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(f"{stream} is at {found}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.found = found


class Misconfigured(Trouble):
    """A file or a setting is wrong; the message is one sentence for the operator."""


class Missing(Misconfigured):
    """What was named is not there."""


class Unreadable(Misconfigured):
    """What was named is there, and cannot be read."""


class Damaged(Misconfigured):
    """A file is half-written, damaged, or of something else."""


class Newer(Misconfigured):
    """A file was written by a newer Crewhall."""


class InTheWay(Misconfigured):
    """Nothing can be written there: something is there that is not overwritten, or it is not allowed."""


class Occupied(Misconfigured):
    """Another copy of the service, or another program, has what is needed."""


class NotOurs(Misconfigured):
    """What answers in place of our homeserver is another one, or none."""


class NotYet(Misconfigured):
    """Somebody has to do or say something first; nothing was done."""


def unread(path: Path, error: OSError) -> Misconfigured:
    """Return what it means that a file could not be read."""
    if isinstance(error, FileNotFoundError):
        return Missing(f"There is no file {path}.")
    return Unreadable(f"{path} cannot be read: {error.strerror}.")


def unwritten(path: Path, error: OSError) -> Trouble:
    """Return what it means that a file could not be written."""
    if error.errno in _NO_ROOM:
        return NoRoom(f"{path} cannot be written: {error.strerror}. Make room on its disk.")
    return InTheWay(f"{path} cannot be written: {error.strerror}.")
