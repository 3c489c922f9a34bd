"""Looks at everything the service needs and says what to mend: `crewhall check`."""

import stat
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from crewhall import registration as registrations
from crewhall.adapters.connection import Connection
from crewhall.adapters.listening import listening
from crewhall.adapters.transactions import build
from crewhall.charter.faults import Fault, Faults
from crewhall.charter.model import Charter
from crewhall.charter.paper import MOST_BYTES
from crewhall.charter.reading import read_charter
from crewhall.errors import Denied, Misconfigured, TokenRefused, Trouble, unread
from crewhall.ground.ids import UserId, server
from crewhall.registration import Registration
from crewhall.settings import Settings, load

RESTART = (
    "name the registration under app_service_config_files in the homeserver's configuration, and restart it"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do if it is not in order."""

    ok: bool
    what: str
    remedy: str = ""


def read_charters(folder: Path) -> tuple[dict[str, Charter], tuple[str, ...]]:
    """Return a folder's charters by file name, and the faults of those that cannot be used."""
    found: dict[str, Charter] = {}
    faults: list[str] = []
    by_key: dict[str, str] = {}
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))) if folder.is_dir() else ():
        try:
            charter = read_charter_at(path)
        except Misconfigured as error:
            faults += str(error).splitlines()
            continue
        other = by_key.setdefault(charter.key, path.name)
        if other == path.name:
            found[path.stem] = charter
        else:
            said = f"`{charter.key}` is also the key of {other}: two communities need two keys."
            faults.append(str(Fault(str(path), 1, 1, "key", said)))
    return found, tuple(faults)


def read_charter_at(path: Path) -> Charter:
    """Return the charter of a file. Raises `Misconfigured`, for faults `CharterFaults`."""
    try:
        with path.open("rb") as file:
            return read_charter(file.read(MOST_BYTES + 1), str(path))
    except OSError as error:
        raise unread(path, error) from error


def check_papers(
    config: Path, environ: Mapping[str, str] | None = None
) -> tuple[tuple[Finding, ...], Settings | None, Registration | None]:
    """Look at what is written: configuration, registration, charters, and where the ledger goes."""
    try:
        settings = load(config, environ)
    except Misconfigured as error:
        return tuple(_told(error, "mend this first: nothing else can be looked at")), None, None
    findings = [Finding(ok=True, what=f"configuration {config}")]
    registration: Registration | None = None
    try:
        registration = registrations.of(settings)
    except Misconfigured as error:
        findings += _told(error, "correct it, or remove the file and have crewhall generate write a new one")
    else:
        findings.append(_registration(settings))
    charters, faults = read_charters(settings.charters)
    meanwhile = "correct this file; communities that stand go on meanwhile"
    findings += (Finding(ok=False, what=fault, remedy=meanwhile) for fault in faults)
    own = ", ".join(charters) if charters else "none besides those that ship"
    findings.append(Finding(ok=True, what=f"charters in {settings.charters}: {own}"))
    findings += _ledger(settings.ledger)
    return tuple(findings), settings, registration


async def check_homeserver(
    settings: Settings, registration: Registration, connection: Connection
) -> tuple[Finding, ...]:
    """Look at the other side: is it there, does it know us, does it find the way back."""
    address = settings.homeserver.address
    if not await connection.reachable():
        remedy = "start the homeserver, or correct homeserver.address"
        return (Finding(ok=False, what=f"no homeserver answers at {address}", remedy=remedy),)
    answers = Finding(ok=True, what=f"a homeserver answers at {address}")
    try:
        who = await connection.whoami()
    except TokenRefused:
        return answers, Finding(ok=False, what="the homeserver does not know our token", remedy=RESTART)
    except Trouble as trouble:
        remedy = "look into the homeserver's log"
        return answers, Finding(
            ok=False, what=f"the homeserver cannot say who we are: {trouble}", remedy=remedy
        )
    known = _sender(settings, registration, who)
    if not known.ok:
        return answers, known
    return (
        answers,
        known,
        await _keeper(settings, connection),
        await _ping(settings, registration, connection),
    )


def _told(error: Misconfigured, remedy: str) -> Iterable[Finding]:
    told = map(str, error.faults) if isinstance(error, Faults) else (str(error),)
    return (Finding(ok=False, what=line, remedy=remedy) for line in told)


def _registration(settings: Settings) -> Finding:
    path = settings.registration
    if settings.service.as_token is not None:
        return Finding(ok=True, what="tokens from the configuration")
    if path.stat().st_mode & stat.S_IROTH:
        what = f"everybody on this machine can read the tokens in {path}"
        return Finding(ok=False, what=what, remedy=f"chmod o= {path}")
    return Finding(ok=True, what=f"registration {path}")


def _ledger(path: Path) -> Iterable[Finding]:
    if path.is_dir():
        yield Finding(ok=False, what=f"{path} is a folder", remedy="name a file under ledger")
    elif path.exists():
        yield Finding(ok=True, what=f"ledger {path}")


def _sender(settings: Settings, registration: Registration, who: UserId) -> Finding:
    ours = UserId(f"@{registration.sender_localpart}:{settings.homeserver.name}")
    if who == ours:
        return Finding(ok=True, what=f"our token is accepted, as {who}")
    what = f"our token is that of {who}, not of {ours}"
    if server(who) != settings.homeserver.name:
        remedy = f"write {server(who)} as homeserver.name and generate a new registration"
    else:
        remedy = "give the homeserver this registration, and restart it"
    return Finding(ok=False, what=what, remedy=remedy)


async def _keeper(settings: Settings, connection: Connection) -> Finding:
    """Try to speak as the keeper, who is made if need be, as every start of the service does."""
    keeper = UserId(settings.keeper)
    try:
        await connection.ensure_user(keeper)
        await connection.as_user(keeper).joined()
    except Denied as no:
        what = f"the homeserver does not let us speak as {keeper}: {no.why}"
        remedy = "restart it, lest it knows an older registration; or choose another name as service.keeper"
        return Finding(ok=False, what=what, remedy=remedy)
    except Trouble as trouble:
        return Finding(ok=False, what=f"{keeper} got no answer: {trouble}", remedy="try again")
    return Finding(ok=True, what=f"we can speak as {keeper}")


async def _ping(settings: Settings, registration: Registration, connection: Connection) -> Finding:
    address = settings.service.address
    try:
        async with _ears(settings, registration):
            took = await connection.ping(registration.id, "check")
    except Misconfigured as error:
        return Finding(ok=False, what=str(error), remedy="set service.listen and service.address anew")
    except Denied as no:
        what = f"the homeserver does not ping us: {no.why}"
        return Finding(ok=False, what=what, remedy=RESTART)
    except Trouble as trouble:
        what = f"the homeserver does not get through to {address}: {trouble}"
        remedy = (
            "correct service.address and service.listen, generate a new registration, restart the homeserver"
        )
        return Finding(ok=False, what=what, remedy=remedy)
    return Finding(ok=True, what=f"a ping came back to {address} in {took:.0f} ms")


@asynccontextmanager
async def _ears(settings: Settings, registration: Registration) -> AsyncIterator[None]:
    """Listen for the ping; if the port is taken, whoever runs there must answer it."""
    host, _, port = settings.service.listen.rpartition(":")
    app = build(_not_now, _nobody, _nobody, registration.hs_token.get_secret_value())
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(listening(app, host.strip("[]"), int(port)))
        except Misconfigured as error:
            if "in use" not in str(error):
                raise
        yield


async def _not_now(_events: object) -> None:
    """Take no transaction in: the homeserver keeps it for the service."""
    raise Misconfigured("only checking")


def _nobody(_name: str) -> bool:
    return False
