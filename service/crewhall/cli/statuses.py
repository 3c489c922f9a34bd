"""Which exit status means what: one for each kind of trouble, so that scripts can tell them apart.

From 64 on they are those of ``sysexits.h``, which systemd shows by name.
"""

from dataclasses import dataclass
from typing import Final

from crewhall import errors


@dataclass(frozen=True, slots=True)
class Status:
    """An exit status: what it means, and the kinds of trouble that end with it."""

    number: int
    means: str
    kinds: tuple[type[errors.Trouble], ...] = ()


STATUSES: Final = (
    Status(0, "Done; or looked at, and all is well."),
    Status(
        1,
        "Somebody has to do or say something first: the sentence says what. Of `check` and `doctor`: "
        "something is wrong. Of `found`, `apply`, `import`, `retire` and `upgrade`: not everything was done.",
        (errors.NotYet,),
    ),
    Status(2, "`plan`, `retire` and `upgrade` show what they would do; `doctor` has warnings only."),
    Status(64, "The command line is wrong."),
    Status(65, "A file is half-written, damaged, or of something else.", (errors.Damaged,)),
    Status(66, "What was named is not there: a file, or a community.", (errors.Missing,)),
    Status(68, "What answers as the homeserver is another one, or none, or knows us not.", (errors.NotOurs,)),
    Status(
        69, "No homeserver answers, or not yet: the same may work later.", (errors.TryLater, errors.Stale)
    ),
    Status(70, "A bug of ours. Please report what is shown; it holds no words of people, and no tokens."),
    Status(72, "A file is there, and cannot be read.", (errors.Unreadable,)),
    Status(
        73, "Nothing can be written there: what is there is kept, or it is not allowed.", (errors.InTheWay,)
    ),
    Status(74, "The disk is full, or fails.", (errors.NoRoom,)),
    Status(75, "Another copy of the service, or another program, has what is needed.", (errors.Occupied,)),
    Status(76, "A newer Crewhall wrote the file.", (errors.Newer,)),
    Status(77, "The homeserver refused what was asked.", (errors.Denied,)),
    Status(
        78, "Configuration, registration, charter or options say what cannot be.", (errors.Misconfigured,)
    ),
    Status(130, "Interrupted."),
)
"""Every exit status there is, in order."""

USAGE, BUG, INTERRUPTED = 64, 70, 130
_BY_KIND: Final = {kind: status.number for status in STATUSES for kind in status.kinds}


def status_of(trouble: errors.Trouble) -> int:
    """Return the exit status of a trouble: that of its kind, or of the kind it is one of."""
    return next((_BY_KIND[kind] for kind in type(trouble).__mro__ if kind in _BY_KIND), 1)
