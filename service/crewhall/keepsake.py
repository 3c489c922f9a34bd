"""Everything a community cannot do without in one file, and back from it into an empty place.

The file is a zip archive: ``about.json`` (what is in it, with SHA-256 sums), the ledger, the registration
with its tokens, the operator's charters. With a key it is encrypted as a whole, in the age format
(age-encryption.org/v1), so that the `age` tool opens it too.
"""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import pyrage

from crewhall import __version__
from crewhall.adapters.copying import copy_ledger, look_over
from crewhall.adapters.migrations import form_of
from crewhall.adapters.whole_files import write_new
from crewhall.errors import Damaged, InTheWay, Newer, NotYet, unread, unwritten
from crewhall.settings import Settings

LEDGER: Final = "crewhall.db"
REGISTRATION: Final = "registration.yaml"
CHARTERS: Final = "charters/"
ABOUT: Final = "about.json"
FORM: Final = 1
"""Version of the file's form; a newer one is refused."""
_AGE: Final = b"age-encryption.org/v1"
_MOST: Final = 4 << 30  # a ledger of four gigabytes is no community's
_SECRET, _PUBLIC = "AGE-SECRET-KEY-", "age1"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds: when it was made, by which version, the names of its files."""

    at: str
    version: str
    files: tuple[str, ...]
    encrypted: bool


def keep(settings: Settings, target: Path, at: datetime, key: Path | None = None) -> Kept:
    """Write a backup of a service that may be running. Nothing is overwritten.

    `key` is a file with an age recipient (``age1…``) or identity (``AGE-SECRET-KEY-…``). Raises
    `Misconfigured` and `TryLater` with one sentence; then there is no file.
    """
    if target.exists():
        raise InTheWay(f"{target} is there already: it is not overwritten. Choose another name.")
    recipient = _recipient(key) if key is not None else None
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            copy = Path(folder, LEDGER)
            copy_ledger(settings.ledger, copy)
            _see_form(settings.ledger, copy)
            files = {LEDGER: copy.read_bytes(), **_papers(settings)}
            about = {
                "form": FORM,
                "crewhall": __version__,
                "at": at.isoformat(timespec="seconds"),
                "sha256": {name: _sum(data) for name, data in files.items()},
            }
            packed = _packed({ABOUT: json.dumps(about, indent=1).encode(), **files})
            if recipient is not None:
                packed = pyrage.encrypt(packed, [recipient])
            write_file(target, packed, Path(folder, "whole"))
    except OSError as error:
        raise unwritten(target, error) from error
    return Kept(str(about["at"]), __version__, tuple(files), recipient is not None)


def bring_back(settings: Settings, source: Path, key: Path | None = None) -> Kept:
    """Put a backup where the configuration says; only into an empty place. A paper that is there stays.

    Raises `Misconfigured` with one sentence, with nothing changed: no such file, another file, damaged,
    encrypted and no key, the wrong key, a newer form, a ledger that is there already.
    """
    for there in (settings.ledger, _beside(settings.ledger, "-wal")):
        if there.exists():
            told = "a restore goes into an empty place only. Move it away, and be sure that no service runs"
            raise InTheWay(f"There is a ledger at {there}: {told}.")
    data, encrypted = _opened(source, key)
    files, about = _unpacked(data, source)
    papers = {settings.registration: files.get(REGISTRATION)} | {
        settings.charters / name.removeprefix(CHARTERS): text
        for name, text in files.items()
        if name.startswith(CHARTERS)
    }
    with _undone() as made:
        try:
            _make_folder(settings.ledger.parent, made)
            with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.ledger.parent) as folder:
                ledger = Path(folder, LEDGER)
                ledger.write_bytes(files[LEDGER])
                look_over(ledger)
                _see_form(source, ledger)
                written = []
                for path, text in papers.items():
                    if text is not None and not path.exists():
                        _make_folder(path.parent, made)
                        write_new(path, text)
                        made.append(path)
                        written.append(path.name)
                write_file(settings.ledger, files[LEDGER], Path(folder, "whole"))  # last: it is the mark
        except OSError as error:
            raise unwritten(settings.ledger, error) from error
    return Kept(str(about["at"]), str(about["crewhall"]), (LEDGER, *written), encrypted)


@contextmanager
def _undone() -> Iterator[list[Path]]:
    """Yield a list of what is being made, in order; if it comes to nothing, all of it is taken away."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path, made: list[Path]) -> None:
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(new):
        one.mkdir()
        made.append(one)


def _see_form(ledger: Path, copy: Path) -> None:
    match form_of(copy):
        case "newer":
            raise Newer(f"The ledger {ledger} was written by a newer Crewhall. Use that version.")
        case "foreign":
            raise Damaged(f"{ledger} is a database of something else, not a ledger.")
        case "older" | "current":
            return


def _papers(settings: Settings) -> dict[str, bytes]:
    papers = {REGISTRATION: settings.registration} if settings.registration.is_file() else {}
    if settings.charters.is_dir():
        papers |= {f"{CHARTERS}{path.name}": path for path in sorted(settings.charters.glob("*.yaml"))}
    return {name: path.read_bytes() for name, path in papers.items()}


def _recipient(key: Path) -> pyrage.x25519.Recipient:
    text = _key_line(key, (_PUBLIC, _SECRET))
    try:
        if text.startswith(_PUBLIC):
            return pyrage.x25519.Recipient.from_str(text)
        return pyrage.x25519.Identity.from_str(text).to_public()
    except (pyrage.RecipientError, pyrage.IdentityError):
        raise Damaged(f"{key} holds no whole age key: make one with age-keygen.") from None


def _identity(key: Path) -> pyrage.x25519.Identity:
    text = _key_line(key, (_SECRET,))
    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Damaged(f"{key} holds no whole age key: use the one that the backup was made for.") from None


def _key_line(key: Path, starts: tuple[str, ...]) -> str:
    try:
        lines = key.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise unread(key, error) from error
    found = next((line.strip() for line in lines if line.strip().startswith(starts)), "")
    if not found:
        wanted = " or ".join(f"{start}…" for start in starts)
        raise Damaged(f"{key} holds no line that begins with {wanted}: make a key with age-keygen.")
    return found


def _opened(source: Path, key: Path | None) -> tuple[bytes, bool]:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise unread(source, error) from error
    if not data.startswith(_AGE):
        return data, False
    if key is None:
        raise NotYet(f"{source} is encrypted: name its key with --key.")
    try:
        return pyrage.decrypt(data, [_identity(key)]), True
    except pyrage.DecryptError:
        told = "it was made for another key, or is damaged"
        raise Damaged(f"{source} cannot be opened with {key}: {told}.") from None


def _unpacked(data: bytes, source: Path) -> tuple[dict[str, bytes], Mapping[str, object]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST:
                raise Damaged(f"{source} holds more than a backup can.")
            files = {name: archive.read(name) for name in archive.namelist()}
        about = json.loads(files.pop(ABOUT))
        sums = about["sha256"]
        form, known = about["form"], {"at", "crewhall", "form", "sha256"} <= about.keys()
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError):
        raise Damaged(f"{source} is no backup of Crewhall, or only a part of one.") from None
    if not known or not isinstance(form, int) or form > FORM:
        raise Newer(f"{source} was made by a newer Crewhall. Use that version.")
    names = {LEDGER, REGISTRATION}
    strange = [n for n in files if n not in names and not _is_charter(n)]
    if LEDGER not in files or strange or sums != {name: _sum(text) for name, text in files.items()}:
        raise Damaged(f"{source} is damaged: what it holds is not what was put into it.")
    return files, about


def _is_charter(name: str) -> bool:
    own = name.removeprefix(CHARTERS)
    return name.startswith(CHARTERS) and own.endswith(".yaml") and own == Path(own).name


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def write_file(target: Path, data: bytes, draft: Path) -> None:
    """Write a file for its owner alone, all or nothing, and never over another one."""
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)
    finally:
        draft.unlink()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
