"""An operator's desk for tests: papers, a ledger that was lived in, and a server that answers all alike."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import yaml

from crewhall.adapters.ledger import SqliteLedger
from crewhall.charter.model import Charter
from crewhall.ground.facts import Stream, Writing
from crewhall.ground.ids import UserId
from crewhall.house import FACTS
from crewhall.lab.ports import LOOPBACK, free_port
from crewhall.life.community.facts import Founded
from crewhall.ports import Entry

OURS: Final = (200, b'{"user_id": "@_crewhall:hall.test", "versions": ["v1.1"]}')
"""What a homeserver answers that knows us."""
AT: Final = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)
CHARTER: Final = Charter.model_validate(
    {"key": "dale", "name": "Dale", "places": [{"key": "hall", "name": "Hall"}], "founders": []}
)


class _Answers(BaseHTTPRequestHandler):
    status, said = 200, b""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)

    do_POST = do_PUT = do_GET  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def answering(status: int, said: bytes) -> Iterator[str]:
    """Have a server answer every question alike, in a thread of its own; yield its address."""
    kind = type("Own", (_Answers,), {"status": status, "said": said})
    with ThreadingHTTPServer((LOOPBACK, 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def write_config(folder: Path, address: str, **log: str) -> None:
    """Write a configuration beside a homeserver at this address."""
    told = {
        "homeserver": {"address": address, "name": "hall.test"},
        "service": {"listen": f"{LOOPBACK}:{free_port()}"},
        "watch": {"listen": ""},
        "log": log,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(told))


async def live_in(ledger: Path) -> None:
    """Have a community be founded in a ledger."""
    async with SqliteLedger.open(ledger, FACTS) as made:
        founded = Writing(Stream("dale"), Founded(CHARTER, (UserId("@ann:hall.test"),)), 0)
        await made.commit(Entry("test:founded", AT, (founded,)))


def everything(folder: Path) -> dict[str, bytes]:
    """Return every file with its bytes, and every folder; what SQLite leaves of reading is nothing."""
    found = {str(path.relative_to(folder)): b"" for path in folder.rglob("*")}
    found |= {name: (folder / name).read_bytes() for name in found if (folder / name).is_file()}
    if not found.get("crewhall.db-wal"):
        found.pop("crewhall.db-wal", None)
        found.pop("crewhall.db-shm", None)
    return found


@contextmanager
def no_room() -> Iterator[None]:
    """Let no file of this process grow: what a full disk does, for root too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
