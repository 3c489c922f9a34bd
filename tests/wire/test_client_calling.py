"""One call over real sockets: asked again while it may help, given up in time, confused by no answer."""

import asyncio
import gzip
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from crewhall.adapters.calling import Patience
from crewhall.adapters.clock import SystemClock
from crewhall.adapters.connection import Connection
from crewhall.errors import Beyond, Denied, Misconfigured, NotThere, Taken, TokenRefused, TryLater
from crewhall.ground.ids import RoomId, UserId
from crewhall.testing.clock import START, ToldClock
from crewhall.testing.scripted import Answer, Scripted

KEEPER = UserId("@keeper:hall.test")
ROOM = RoomId("!room:hall.test")
ME = Answer(body={"user_id": KEEPER})
LIMITED = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}


def chance() -> random.Random:
    return random.Random(7)  # noqa: S311 - jitter


async def soon(test: Callable[[], bool]) -> None:
    while not test():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.001)


def limited(milliseconds: int | None = None, header: str = "") -> Answer:
    body = LIMITED | ({} if milliseconds is None else {"retry_after_ms": milliseconds})
    return Answer(429, body, {"Retry-After": header} if header else {})


@dataclass
class Line:
    """A connection to a scripted server, with the clock that its pauses are slept on."""

    server: Scripted
    clock: ToldClock
    connection: Connection = field(init=False)
    heard: list[tuple[str, str, int]] = field(default_factory=list)

    def another(self, patience: Patience) -> Connection:
        """Return one that waits otherwise, to be opened."""

        def told(method: str, path: str, status: int, _: float) -> None:
            self.heard.append((method, path, status))

        return Connection(
            self.server.url,
            "secret",
            clock=self.clock,
            chance=chance(),
            patience=patience,
            connections=4,
            on_call=told,
        )

    @property
    def pauses(self) -> list[float]:
        return [span.total_seconds() for span in self.clock.slept]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with Scripted(ME) as server:
        line = Line(server, ToldClock(hurried=True))
        async with line.another(Patience()) as line.connection:
            yield line


PASSING = {
    "a broken homeserver": Answer(500, {"errcode": "M_UNKNOWN", "error": "Internal server error"}),
    "a proxy's page": Answer(502, b"<html>Bad Gateway</html>", kind="text/html"),
    "a restart": Answer(503, b""),
    "a proxy that lost patience": Answer(504, b"upstream timed out", kind="text/plain"),
    "a limit": limited(),
    "a limit without words": Answer(429, b""),
    "a page where JSON should be": Answer(200, b"<html>Welcome to nginx!</html>", kind="text/html"),
    "nothing where JSON should be": Answer(200, b""),
    "no content": Answer(204, b""),
    "half of the JSON": Answer(200, b'{"user_id": "@kee'),
    "half of a no": Answer(400, b'{"errcode": "M_USER_IN_'),
    "half of the body": Answer(200, b'{"user_id": "@kee', claims=400),
    "JSON without end": Answer(200, b"[" * 100_000),
    "bytes": Answer(200, b"\xff\x00\xfe"),
    "a cut connection": Answer(raw=b""),
    "half of the head": Answer(raw=b"HTTP/1.1 200 O"),
    "no HTTP": Answer(raw=b"220 mail.example.org ESMTP\r\n\r\n"),
    "a wrong length": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    "broken chunks": Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
    "broken compression": Answer(200, b"not gzip at all", {"Content-Encoding": "gzip"}),
}
SILENT = {
    "silence": Answer(never=True),
    "a silent body": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"),
}
CUT = (PASSING["a cut connection"], PASSING["half of the head"])


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING.keys())
async def test_what_may_pass_is_asked_again(answer: Answer, line: Line) -> None:
    line.server.will(answer, answer)
    assert await line.connection.whoami() == KEEPER
    assert len(line.server.asked) == 3
    assert [status for *_, status in line.heard][-1] == 200


@pytest.mark.parametrize("answer", SILENT.values(), ids=SILENT.keys())
async def test_an_answer_that_does_not_come_in_time_is_asked_for_again(answer: Answer, line: Line) -> None:
    line.server.will(answer, answer)
    async with line.another(Patience(answer=timedelta(seconds=1))) as connection:
        assert await connection.whoami() == KEEPER
    assert len(line.server.asked) == 3
    assert [status for *_, status in line.heard] == [0, 0, 200]


@pytest.mark.parametrize("answer", SILENT.values(), ids=SILENT.keys())
async def test_silence_is_given_up(answer: Answer, line: Line) -> None:
    line.server.usual = answer
    async with line.another(Patience(tries=3, answer=timedelta(seconds=0.5))) as connection:
        with pytest.raises(TryLater):
            await connection.whoami()
    assert len(line.pauses) == 2
    assert len(line.server.asked) == 3
    assert [status for *_, status in line.heard] == [0, 0, 0]


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING.keys())
async def test_what_does_not_pass_is_given_up(answer: Answer, line: Line) -> None:
    line.server.usual = answer
    async with line.another(Patience(tries=3)) as connection:
        with pytest.raises(TryLater):
            await connection.whoami()
    assert len(line.pauses) == 2
    # Over a connection that was cut aiohttp itself asks once more.
    assert len(line.server.asked) in ({6} if answer in CUT else {3})


async def test_pauses_grow_and_differ(line: Line) -> None:
    line.server.usual = Answer(500)
    with pytest.raises(TryLater):
        await line.connection.whoami()
    assert len(line.server.asked) == 6
    for pause, most in zip(line.pauses, (0.5, 1, 2, 4, 8), strict=True):
        assert most / 2 <= pause <= most
    first = list(line.pauses)
    with pytest.raises(TryLater):
        await line.connection.whoami()
    assert line.pauses[5:] != first


async def test_a_homeserver_that_is_away_is_waited_for_and_given_up() -> None:
    async with Scripted() as gone:
        url = gone.url
    clock = ToldClock(hurried=True)
    async with Connection(url, "t", clock=clock, chance=chance()) as connection:
        with pytest.raises(TryLater, match="got no answer"):
            await connection.whoami()
        assert len(clock.slept) == 5
        assert not await connection.reachable()
        assert len(clock.slept) == 5


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        (limited(2500), 2.5),
        (limited(header="7"), 7),
        (limited(2500, "7"), 7),
        (limited(7000, "2"), 7),
        (limited(header="Mon, 02 Mar 2026 09:00:20 GMT"), 20),
        (limited(1), 0.25),
        (Answer(503, b"", {"Retry-After": "4"}), 4),
    ],
)
async def test_a_wait_that_was_asked_for_is_kept(answer: Answer, least: float, line: Line) -> None:
    assert line.clock.now() == START == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    line.server.will(answer)
    assert await line.connection.whoami() == KEEPER
    (pause,) = line.pauses
    assert least <= pause <= least + 0.5


@pytest.mark.parametrize(
    ("answer", "after"),
    [(limited(30_001), 30.001), (limited(header="3600"), 3600), (limited(10**300), 86400)],
)
async def test_a_wait_too_long_is_handed_on_at_once(answer: Answer, after: float, line: Line) -> None:
    line.server.will(answer)
    with pytest.raises(TryLater) as later:
        await line.connection.whoami()
    assert later.value.after == timedelta(seconds=after)
    assert (len(line.server.asked), line.pauses) == (1, [])


async def test_the_last_wait_is_handed_on(line: Line) -> None:
    line.server.usual = limited(9000)
    with pytest.raises(TryLater) as later:
        await line.connection.whoami()
    assert later.value.after == timedelta(seconds=9)
    assert len(line.server.asked) == 6


async def test_all_tries_together_have_a_limit(line: Line) -> None:
    line.server.usual = limited(29_000)
    async with Connection(
        line.server.url,
        "t",
        clock=line.clock,
        chance=chance(),
        patience=Patience(tries=1000, total=timedelta(minutes=2)),
    ) as connection:
        with pytest.raises(TryLater):
            await connection.whoami()
    assert len(line.server.asked) == 5
    assert sum(line.pauses) <= 120


REFUSALS = [
    (Answer(403, {"errcode": "M_FORBIDDEN", "error": "No."}), Denied),
    (Answer(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Who?", "soft_logout": True}), TokenRefused),
    (Answer(404, {"errcode": "M_NOT_FOUND", "error": "Where?"}), NotThere),
    (Answer(400, {"errcode": "M_ROOM_IN_USE", "error": "Here."}), Taken),
    (Answer(404, b"<html>nginx</html>", kind="text/html"), NotThere),
    (Answer(403, b"", kind=""), Denied),
    (Answer(413, b"too large", kind="text/plain"), Denied),
    (Answer(301, b"", {"Location": "https://elsewhere.test/"}), Denied),
]


@pytest.mark.parametrize(("answer", "kind"), REFUSALS)
async def test_a_no_is_not_asked_again(answer: Answer, kind: type[Denied], line: Line) -> None:
    line.server.will(answer)
    with pytest.raises(Denied) as no:
        await line.connection.whoami()
    assert type(no.value) is kind
    assert (len(line.server.asked), line.pauses) == (1, [])


async def test_a_token_is_not_carried_elsewhere(line: Line) -> None:
    async with Scripted(ME) as elsewhere:
        line.server.will(Answer(307, b"", {"Location": f"{elsewhere.url}/_matrix/client/v3/account/whoami"}))
        with pytest.raises(Denied):
            await line.connection.whoami()
        assert elsewhere.asked == []


async def test_json_under_any_name_is_read(line: Line) -> None:
    for kind in ("text/html", "", "application/octet-stream", "application/json; charset=latin-1"):
        line.server.will(Answer(body={"user_id": "@ä:hall.test"}, kind=kind))
        assert await line.connection.whoami() == "@ä:hall.test"
    packed = gzip.compress(b'{"user_id": "@keeper:hall.test"}')
    line.server.will(Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    assert await line.connection.whoami() == KEEPER
    assert line.pauses == []


@pytest.mark.parametrize("body", [[], "text", 7, True, {}, {"user_id": None}, {"user_id": ["@a:b"]}])
async def test_json_of_another_shape_is_trouble_that_passes(body: object, line: Line) -> None:
    line.server.usual = Answer(body=body)
    with pytest.raises(TryLater):
        await line.connection.whoami()


async def test_an_answer_has_a_largest_size(line: Line) -> None:
    padded = b'{"user_id": "@keeper:hall.test"}' + b" " * (1 << 20)
    line.server.will(Answer(body=padded))
    with pytest.raises(Denied, match="M_TOO_LARGE"):
        await line.connection.whoami()
    bomb = gzip.compress(b" " * (64 << 20))
    line.server.will(Answer(body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(Denied, match="M_TOO_LARGE"):
        await line.connection.whoami()
    line.server.will(Answer(403, padded))
    with pytest.raises(Denied):
        await line.connection.whoami()
    assert await line.connection.whoami() == KEEPER


async def test_a_rooms_state_may_be_large(line: Line) -> None:
    member = {"type": "m.room.member", "state_key": KEEPER, "content": {"membership": "join"}}
    topic = {"type": "m.room.topic", "state_key": "", "content": {"topic": "x" * (4 << 20)}}
    line.server.will(Answer(body=[member, topic, "rubbish", None]))
    seen = await line.connection.as_user(KEEPER).look(ROOM)
    assert len(seen.topic or "") == 4 << 20


async def test_a_third_party_that_is_away_is_not_pressed(line: Line) -> None:
    away = Answer(502, {"errcode": "M_UNKNOWN", "error": "Can't connect to server b.test"})
    line.server.usual = away
    keeper = line.connection.as_user(KEEPER)
    with pytest.raises(Beyond):
        await keeper.invite(ROOM, UserId("@ann:b.test"))
    with pytest.raises(TryLater):
        await keeper.join("#hall:b.test", ["b.test"])
    with pytest.raises(TryLater):
        await line.connection.ping("crewhall", "t")
    assert (len(line.server.asked), line.pauses) == (3, [])


@pytest.mark.parametrize("what", ["AlreadyCalled", "AlreadyCancelled"])
async def test_a_ping_that_meets_the_homeservers_own_retry_is_repeated(line: Line, what: str) -> None:
    error = {"errcode": "M_CONNECTION_FAILED", "error": f"{what}: Tried to cancel an event."}
    line.server.will(Answer(502, error), Answer(502, error), Answer(body={"duration_ms": 7}))
    assert await line.connection.ping("crewhall", "t") == 7
    line.server.usual = Answer(502, error)
    with pytest.raises(TryLater):
        await line.connection.ping("crewhall", "t")
    assert len(line.server.asked) == 6


async def test_each_request_is_told_with_its_template(line: Line) -> None:
    line.server.will(Answer(500), Answer(raw=b"no HTTP"), Answer(404, {"errcode": "M_NOT_FOUND"}))
    assert await line.connection.as_user(KEEPER).state(ROOM, "m.room.name") is None
    path = "/v3/rooms/{room}/state/{kind}"
    assert line.heard == [("GET", path, 500), ("GET", path, 0), ("GET", path, 404)]


async def test_requests_beyond_the_limit_wait_their_turn_without_losing_time(line: Line) -> None:
    line.server.usual = replace(ME, after=0.05)
    less = timedelta(seconds=1.5)  # than all of them take
    async with line.another(Patience(answer=less)) as connection:
        names = await asyncio.gather(*(connection.whoami() for _ in range(200)))
    assert set(names) == {KEEPER}
    assert line.server.most <= 4
    assert line.pauses == []


async def test_a_caller_that_goes_away_leaves_nothing_behind(line: Line) -> None:
    before = asyncio.all_tasks()
    line.server.will(*(Answer(never=True) for _ in range(4)))
    async with Connection(line.server.url, "t", clock=SystemClock(), chance=chance()) as slow:
        calls = [asyncio.create_task(slow.whoami()) for _ in range(4)]
        await soon(lambda: len(line.server.asked) == 4)
        for call in calls:
            call.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(end) for end in ended} == {asyncio.CancelledError}
        assert await slow.whoami() == KEEPER
    ours = {task for task in asyncio.all_tasks() - before if "Scripted" not in str(task.get_coro())}
    assert ours == set()


async def test_a_caller_that_goes_away_during_a_pause_goes_at_once(line: Line) -> None:
    clock = ToldClock()
    line.server.usual = Answer(500)
    async with Connection(line.server.url, "t", clock=clock, chance=chance()) as slow:
        call = asyncio.create_task(slow.whoami())
        await soon(lambda: clock.sleepers == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert clock.sleepers == 0
    assert len(line.server.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hall.test",
        "127.0.0.1:8008",
        "ftp://hall.test",
        "http://",
        "http://h?x=1",
        "http://h#x",
        "http://[1",
    ],
)
def test_an_address_that_is_none_is_told_to_the_operator(address: str) -> None:
    with pytest.raises(Misconfigured, match="address"):
        Connection(address, "t", clock=SystemClock(), chance=chance())


async def test_an_address_may_have_a_path_and_a_slash_at_its_end(line: Line) -> None:
    async with Connection(f"{line.server.url}/hall/", "t", clock=line.clock, chance=chance()) as connection:
        assert await connection.whoami() == KEEPER
    assert line.server.asked[0].path == "/hall/_matrix/client/v3/account/whoami"
    assert line.server.asked[0].token == "Bearer t"


async def test_the_machines_clock_is_aware_and_sleeps() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    before = clock.now()
    await clock.sleep(timedelta(milliseconds=5))
    await clock.sleep(timedelta(seconds=-5))
    assert timedelta(milliseconds=4) <= clock.now() - before < timedelta(seconds=5)


async def test_using_a_connection_that_is_not_open_is_a_bug() -> None:
    connection = Connection("http://127.0.0.1:9", "t", clock=SystemClock(), chance=chance())
    with pytest.raises(RuntimeError):
        await connection.whoami()
    await connection.__aexit__()


@pytest.mark.parametrize("content", [{"a": {1, 2}}, {"a": float("nan")}])
async def test_saying_what_is_no_json_is_a_bug(content: dict[str, object], line: Line) -> None:
    with pytest.raises((TypeError, ValueError)):
        await line.connection.as_user(KEEPER).send(ROOM, "m.room.message", content, "t")
    assert line.server.asked == []
