"""Three kinds of trouble, named by what to do about them.

::

    Trouble
    |- TryLater        the other side is busy, slow or away: the same act may work later
    |- Denied          the homeserver said no for good: repeating it is useless
    |  |- NotThere     what was named does not exist (any more)
    |  |- Taken        the alias or name is somebody's already
    |  `- TokenRefused our own token is not accepted: an operator must look
    |- Stale           somebody else wrote to the ledger first: fold again and decide again
    `- Misconfigured   a file or setting is wrong: one sentence to the operator

A refusal to a person is not an error but a value (`crewhall.ground.talk.Refusal`).
Everything else that is raised is a bug.
"""

from datetime import timedelta


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
