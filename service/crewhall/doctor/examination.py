"""The whole examination, as an operator asks for it: it works on a copy of the ledger and writes nothing.

::

    papers -> machine -> homeserver -> ledger (copied, then read) -> communities, room by room -> the service
"""

import random
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from crewhall import checking
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.adapters.copying import copy_ledger
from crewhall.adapters.migrations import form_of
from crewhall.doctor import beside
from crewhall.doctor.finding import Finding
from crewhall.doctor.halls import communities
from crewhall.errors import TokenRefused, Trouble
from crewhall.registration import Registration
from crewhall.settings import Settings
from crewhall.works import Works, works

_NO_BACKUP = "when a backup was last made is not known here"


async def examine(config: Path, environ: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Return all there is to say. Never raises what an operator can put right."""
    papers, settings, registration = checking.check_papers(config, environ)
    found = [_told("papers", one) for one in papers]
    if settings is None:
        return tuple(found)
    found.append(beside.disk(settings.ledger))
    reached = False
    if registration is not None:
        other = await _other_side(settings, registration)
        found += other
        reached = all(one.level == "fine" for one in other)
    found += await _inside(config, settings, registration, look=reached)
    found.append(await beside.running(settings.watch.listen, settings.keeper, SystemClock().now))
    return tuple(found)


async def _other_side(settings: Settings, registration: Registration) -> tuple[Finding, ...]:
    chance, clock = random.Random(), SystemClock()  # noqa: S311 - jitter, not a secret
    token, address = registration.as_token.get_secret_value(), settings.homeserver.address
    async with Connection(address, token, clock=clock, chance=chance) as connection:
        told = await checking.check_homeserver(settings, registration, connection)
    found = [_told("homeserver", one) for one in told]
    clocks = await beside.clocks(address, clock.now) if told[0].ok else None
    return (*found, clocks) if clocks is not None else tuple(found)


async def _inside(
    config: Path, settings: Settings, registration: Registration | None, *, look: bool
) -> tuple[Finding, ...]:
    """Look at the ledger and at what it knows."""
    if not settings.ledger.is_file():
        return (
            Finding("fine", "ledger", f"there is no ledger at {settings.ledger} yet", "a start makes it"),
        )
    found: list[Finding] = []
    try:
        async with _copied(settings) as copy:
            match form_of(copy):
                case "newer":
                    what = f"{settings.ledger} was written by a newer Crewhall"
                    return (Finding("wrong", "ledger", what, "use that version"),)
                case "foreign":
                    what = f"{settings.ledger} is a database of something else"
                    return (Finding("wrong", "ledger", what, "name another file under ledger"),)
                case "older":
                    found.append(_older(settings))
                case "current":
                    found.append(Finding("fine", "ledger", f"{settings.ledger} is whole"))
            found.append(Finding("fine", "ledger", _NO_BACKUP, f"crewhall backup -c {config} FILE makes one"))
            if registration is not None:
                own = settings.model_copy(update={"ledger": copy})
                async with works(own, registration) as built:
                    found += await _known(built, look=look)
    except TokenRefused as refused:
        found.append(Finding("wrong", "homeserver", f"our token is refused: {refused}", checking.RESTART))
    except (Trouble, OSError) as trouble:
        remedy = "restore your latest backup if it is damaged; otherwise try again"
        found.append(Finding("wrong", "ledger", str(trouble).rstrip("."), remedy))
    return tuple(found)


async def _known(built: Works, *, look: bool) -> tuple[Finding, ...]:
    return (
        *await beside.queues(built.ledger, built.clock.now()),
        *await communities(built, look=look),
    )


@asynccontextmanager
async def _copied(settings: Settings) -> AsyncIterator[Path]:
    """Yield a copy that only we can read, and take it away afterwards."""
    with tempfile.TemporaryDirectory(prefix="crewhall-doctor-") as folder:
        copy = Path(folder, "crewhall.db")
        copy_ledger(settings.ledger, copy)
        yield copy


def _older(settings: Settings) -> Finding:
    what = f"{settings.ledger} is whole, and of an older version"
    return Finding("fine", "ledger", what, "the next start brings it up to date, and keeps a copy")


def _told(about: str, one: checking.Finding) -> Finding:
    return Finding("fine" if one.ok else "wrong", about, one.what, one.remedy)
