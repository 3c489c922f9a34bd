"""Looks at everything the service needs and says what to mend: `crewhall check`."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from crewhall.adapters.connection import Connection
from crewhall.adapters.transactions import build, listening
from crewhall.charter.model import Charter
from crewhall.charter.reading import read_charter
from crewhall.errors import Misconfigured, TokenRefused, Trouble
from crewhall.ground.ids import UserId
from crewhall.registration import Registration
from crewhall.registration import read as read_registration
from crewhall.settings import Settings
from crewhall.settings import load as load_settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do if it is not in order."""

    ok: bool
    what: str
    remedy: str = ""


def read_charters(folder: Path) -> tuple[dict[str, Charter], tuple[str, ...]]:
    """Return a folder's charters by file name, and the faults of those that cannot be read."""
    found: dict[str, Charter] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        try:
            found[path.stem] = read_charter(path.read_bytes(), str(path))
        except Misconfigured as error:
            faults += str(error).splitlines()
        except OSError as error:
            faults.append(f"{path}: cannot be read: {error.strerror}.")
    return found, tuple(faults)


def check_papers(config: Path) -> tuple[tuple[Finding, ...], Settings | None, Registration | None]:
    """Look at what is written: configuration, registration, charters."""
    try:
        settings = load_settings(config)
    except Misconfigured as error:
        return tuple(Finding(ok=False, what=line) for line in str(error).splitlines()), None, None
    findings = [Finding(ok=True, what=f"configuration {config}")]
    registration: Registration | None = None
    try:
        registration = read_registration(settings.registration)
        findings += _agree(settings, registration)
    except Misconfigured as error:
        findings.append(Finding(ok=False, what=str(error)))
    charters, faults = read_charters(settings.charters)
    findings += (Finding(ok=False, what=fault) for fault in faults)
    if charters:
        findings.append(Finding(ok=True, what=f"charters: {', '.join(charters)}"))
    return tuple(findings), settings, registration


async def check_homeserver(
    settings: Settings, registration: Registration, connection: Connection
) -> tuple[Finding, ...]:
    """Look at the other side: is it there, does it know us, does it find the way back."""
    address = settings.homeserver.address
    if not await connection.reachable():
        remedy = "start the homeserver, or mend homeserver.address"
        return (Finding(ok=False, what=f"no homeserver answers at {address}", remedy=remedy),)
    findings = [Finding(ok=True, what=f"homeserver at {address}")]
    try:
        who = await connection.whoami()
    except TokenRefused:
        remedy = "name the registration in the homeserver's configuration and restart it"
        return (*findings, Finding(ok=False, what="the homeserver does not know our token", remedy=remedy))
    except Trouble as trouble:
        return (*findings, Finding(ok=False, what=str(trouble), remedy="look into the homeserver's log"))
    sender = f"@{registration.sender_localpart}:{settings.homeserver.name}"
    if who != sender:
        remedy = "mend homeserver.name, or take the homeserver's copy of the registration"
        findings.append(Finding(ok=False, what=f"our token is {who}'s, not {sender}'s", remedy=remedy))
    else:
        findings.append(Finding(ok=True, what=f"our token is accepted as {who}"))
    findings += await _keeper(settings, connection)
    findings.append(await _ping(settings, registration, connection))
    return tuple(findings)


def _agree(settings: Settings, registration: Registration) -> Iterable[Finding]:
    yield Finding(ok=True, what=f"registration {settings.registration}")
    pairs = (
        ("service.id", settings.service.id, registration.id),
        ("service.sender", settings.service.sender, registration.sender_localpart),
        ("service.address", settings.service.address, (registration.url or "").rstrip("/")),
    )
    for name, ours, theirs in pairs:
        if ours != theirs:
            what = f"{name} is {ours}, but the registration says {theirs or 'nothing'}"
            yield Finding(ok=False, what=what, remedy="make them the same and restart the homeserver")


async def _keeper(settings: Settings, connection: Connection) -> Iterable[Finding]:
    keeper = UserId(settings.keeper)
    try:
        await connection.ensure_user(keeper)
        await connection.as_user(keeper).joined()
    except Trouble as trouble:
        remedy = "the registration's namespace must hold the keeper: generate a new one"
        return (Finding(ok=False, what=f"{keeper} cannot speak: {trouble}", remedy=remedy),)
    return (Finding(ok=True, what=f"we speak as {keeper}"),)


async def _ping(settings: Settings, registration: Registration, connection: Connection) -> Finding:
    async with _ears(settings, registration):
        try:
            took = await connection.ping(registration.id, "check")
        except Trouble as trouble:
            remedy = f"the homeserver must reach {settings.service.address}"
            return Finding(ok=False, what=f"no way back from the homeserver: {trouble}", remedy=remedy)
    return Finding(ok=True, what=f"a ping came back in {took:.0f} ms")


@asynccontextmanager
async def _ears(settings: Settings, registration: Registration) -> AsyncIterator[None]:
    """Listen for the ping, unless the running service does."""
    host, _, port = settings.service.listen.rpartition(":")
    app = build(_not_now, _nobody, _nobody, registration.hs_token.get_secret_value())
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(listening(app, host.strip("[]"), int(port)))
        except Misconfigured:
            await asyncio.sleep(0)
        yield


async def _not_now(_events: object) -> None:
    """Take no transaction in: the homeserver keeps it for the service."""
    raise Misconfigured("only checking")


def _nobody(_name: str) -> bool:
    return False
