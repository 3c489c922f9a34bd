"""Opens what a configuration names: settings, registration, charters, and all that works on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from crewhall.adapters.calling import OnCall
from crewhall.charter.model import Charter
from crewhall.charter.reading import read_charter
from crewhall.checking import read_charters
from crewhall.log import configure
from crewhall.registration import of as registration_of
from crewhall.settings import Settings, load
from crewhall.works import Works, works
from crewhall_config import charters as shipped

_log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def opened(config: Path, on_call: OnCall | None = None, *, met: bool = True) -> AsyncIterator[Works]:
    """Open what `config` names, once our own homeserver answers (unless not `met`).

    Raises `Misconfigured`, and `TryLater` if no homeserver answers.
    """
    settings = load(config)
    configure(settings.log)
    registration = registration_of(settings)
    async with works(settings, registration, shelf(settings), on_call=on_call, met=met) as built:
        yield built


def shelf(settings: Settings) -> dict[str, Charter]:
    """Return the charters that can be founded: those that ship, and the operator's own above them.

    One that cannot be read is told and left out: a draft must not stop communities that stand already.
    """
    own, faults = read_charters(settings.charters)
    for fault in faults:
        _log.warning("charter.left_out", why=fault, remedy="see `crewhall check`")
    return {name: read_charter(text, f"{name}.yaml") for name, text in shipped().items()} | own
