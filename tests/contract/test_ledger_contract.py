"""Both ledgers keep what a ledger promises; the real one also through a second process and a newer file."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crewhall import house
from crewhall.adapters.ledger import SqliteLedger
from crewhall.adapters.migrations import m001_ledger, migrate
from crewhall.errors import Misconfigured, TryLater
from crewhall.ground.facts import HOUSE, ChatNamed, RoomOpened, Writing
from crewhall.ground.ids import EventId, RoomKey, UserId
from crewhall.ground.talk import PersonLink, Reply, Say, Sentence, ToPerson
from crewhall.ports import Entry, Ledger
from crewhall.testing.ledger import MemoryLedger
from crewhall.testing.ledger_contract import PROMISES, Promise
from crewhall.testing.ledger_values import ANN, AT, BEN, LOBBY, OPENED, event


@pytest.fixture(params=["memory", "sqlite"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    async with SqliteLedger.open(tmp_path / "ledger.db", house.FACTS) as real:
        yield real


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: p.__name__)
async def test_every_ledger_keeps_its_promises(ledger: Ledger, promise: Promise) -> None:
    await promise(ledger)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


async def test_what_was_written_is_there_after_closing(path: Path) -> None:
    say = Say(ToPerson(ANN), Sentence("hello"))
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        written = await ledger.commit(Entry("$one", AT, (Writing(HOUSE, OPENED),), (say,)))
        taken = await ledger.take_in([event("$two")], AT)
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        assert await ledger.since(0) == list(written)
        assert await ledger.waiting() == taken
        assert [out.say for out in await ledger.unsaid()] == [say]
    _check_it_is_one_private_file(path)


def _check_it_is_one_private_file(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["ledger.db"]


async def test_two_processes_write_to_one_file(path: Path) -> None:
    async with SqliteLedger.open(path, house.FACTS) as one, SqliteLedger.open(path, house.FACTS) as two:
        entries = [
            Entry(f"${n}", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey(f"chat/{n}"))),)) for n in range(40)
        ]
        await asyncio.gather(*(ledger.commit(e) for ledger in (one, two) for e in entries))
        assert [r.seq for r in await one.since(0)] == list(range(1, 41))
        assert await one.since(0) == await two.since(0)
        await two.forget(ANN)
        (again,) = await one.commit(Entry("$again", AT, (Writing(HOUSE, ChatNamed(ANN, RoomKey("chat"))),)))
        assert (await two.since(40)) == [again]


async def test_no_byte_of_somebody_forgotten_stays_on_disk(path: Path) -> None:
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        for n in range(200):
            await ledger.commit(
                Entry(
                    f"tick:renew/{ANN}/{n}",
                    AT,
                    (
                        Writing(HOUSE, ChatNamed(ANN, RoomKey(f"chat/{n}"))),
                        Writing(HOUSE, RoomOpened(RoomKey(f"chat/{ANN}"), LOBBY, "12")),
                    ),
                    (
                        Say(
                            ToPerson(ANN),
                            Sentence("hello", {"who": PersonLink(ANN), "text": f"hi\n{ANN}: hello"}),
                        ),
                        Say(ToPerson(BEN), Sentence("hello", {"who": ANN, "text": f"about {ANN}"})),
                    ),
                    asker=ANN,
                )
            )
        await ledger.take_in([event(f"${n}") for n in range(200)], AT)
        near = UserId(f"{ANN}:8448")
        await ledger.take_in([event("$near", sender=near)], AT)
        assert any(ANN.encode() in p.read_bytes() for p in path.parent.iterdir())
        await ledger.forget(ANN)
        for file in path.parent.iterdir():
            assert file.read_bytes().replace(near.encode(), b"").count(ANN.encode()) == 0, file
        assert [i.id for i in await ledger.waiting()] == ["$near"]
        assert len(await ledger.since(0)) == 400


async def test_a_file_of_a_newer_crewhall_is_refused(path: Path) -> None:
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        await ledger.commit(Entry("$one", AT, (Writing(HOUSE, OPENED),)))
    async with SqliteLedger.open(path, ()) as ledger:
        with pytest.raises(Misconfigured, match="newer Crewhall: it holds a fact of the kind RoomOpened"):
            await ledger.since(0)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('crewhall', 'm999_later')")
        db.commit()
    with pytest.raises(Misconfigured, match="newer"):
        async with SqliteLedger.open(path, house.FACTS):
            pass


def _letter(path: Path) -> None:
    path.write_text("a letter, not a database" * 100)


def _photos(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE photos (id)")


@pytest.mark.parametrize(
    ("lay", "told"),
    [
        (_letter, "not a ledger"),
        (_photos, "something else"),
        (Path.mkdir, "cannot be opened: Is a directory"),
        (lambda path: path.parent.rmdir(), "cannot be opened: No such file or directory"),
    ],
)
async def test_what_is_no_ledger_is_refused(path: Path, lay: Callable[[Path], None], told: str) -> None:
    lay(path)
    with pytest.raises(Misconfigured, match=told):
        async with SqliteLedger.open(path, house.FACTS):
            pass
    if lay is _letter:
        assert b"a letter" in await asyncio.to_thread(path.read_bytes)


def test_an_older_file_is_copied_before_it_is_changed(path: Path) -> None:
    later = Migrations("crewhall")
    later(name="m001_ledger")(m001_ledger)

    @later()
    def m002_breaks(db: Database) -> None:
        db.execute("DROP TABLE facts")
        raise RuntimeError

    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        db = Database(conn)
        migrate(db, path)
        with pytest.raises(RuntimeError):
            migrate(db, path, later)
        assert "facts" in db.table_names()
    with closing(sqlite3.connect(path.with_name("ledger.db.before-m002_breaks"))) as copy:
        assert "facts" in Database(copy).table_names()


async def test_a_busy_file_is_told_as_such_and_the_next_try_works(path: Path) -> None:
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await ledger._writer.alone(lambda db: db.execute("PRAGMA busy_timeout = 50"))
            with pytest.raises(TryLater, match="locked"):
                await ledger.take_in([event("$one")], AT)
            assert await ledger.since(0) == []
            other.execute("ROLLBACK")
        assert len(await ledger.take_in([event("$one")], AT)) == 1


async def test_a_closed_ledger_says_so(path: Path) -> None:
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        waiting = [asyncio.create_task(ledger.handled(n)) for n in range(3)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    with pytest.raises(TryLater, match="closed"):
        await ledger.said(1, LOBBY, EventId("$one"))


async def test_who_stops_waiting_disturbs_nobody(path: Path) -> None:
    async with SqliteLedger.open(path, house.FACTS) as ledger:
        gone = asyncio.create_task(ledger.commit(Entry("$one", AT, says=(Say(Reply(), Sentence("a")),))))
        await asyncio.sleep(0)
        gone.cancel()
        await ledger.commit(Entry("$two", AT))
        assert len(await ledger.unsaid()) == 1
