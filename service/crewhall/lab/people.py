"""Ordinary people: each a matrix-nio client with a device, a store and a sync loop of their own.

They do what people do in Element, through the same calls, and see what their own client shows them.

What matrix-nio 0.26 does not know of room version 12 (joining ``via``, creators, some state that it calls
bad) goes around it: state is read from the raw events, and gestures take the bare line.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar

import aiohttp
from nio import (
    AsyncClient,
    AsyncClientConfig,
    BadEvent,
    Event,
    LoginResponse,
    MegolmEvent,
    RoomSendResponse,
    SyncResponse,
)
from nio.exceptions import EncryptionError
from nio.store import SqliteStore

from crewhall.errors import Denied, TryLater
from crewhall.lab.gestures import Gestures, message
from crewhall.lab.line import Line, transaction
from crewhall.lab.papers import write_secret
from crewhall.lab.sight import Invitation, Seen, Sight, Test, seen
from crewhall.lab.synapse import Synapse

T = TypeVar("T")
WITHIN = 20.0
POLL = 15_000
FAILURES = 20
PAUSE = 0.5
DEVICE = "Element (played)"
FILTER = {"room": {"timeline": {"limit": 500}}, "presence": {"types": []}}
LOGIN = "login.json"


class Person(Gestures):
    """Somebody with an account and a device.

    `name` is the local part of the user id; `sight` is all they have seen.
    """

    def __init__(self, client: AsyncClient, name: str, shown: str) -> None:
        super().__init__(str(client.user_id), shown, Line(client.homeserver, client.access_token))
        self.client = client
        self.name = name
        self.sight = Sight(who=self.id)
        self._unread: list[tuple[str, MegolmEvent]] = []
        self._loop: asyncio.Task[None] | None = None
        self._fresh = True

    @classmethod
    async def enter(
        cls,
        synapse: Synapse,
        name: str,
        password: str,
        store: Path,
        *,
        shown: str = "",
        secrets: bool = True,
        listens: bool = True,
    ) -> Self:
        """Log in, or come back to the login that `store` keeps, and begin to listen.

        shown     display name, taken at the first login
        secrets   whether they can read and write encrypted
        listens   whether their sync loop runs at once; otherwise `listen` starts it

        Raises `Denied` if the password is wrong.
        """
        client = _client(synapse, name, store, secrets=secrets)
        try:
            new = await _log_in(client, password, store / LOGIN)
        except BaseException:
            await _close(client)
            raise
        person = cls(client, name, shown or name)
        try:
            if shown and new:
                await person.take_name(shown)
            if listens:
                await person.listen()
        except BaseException:
            await person.close()
            raise
        return person

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Go: the login stays."""
        await self.rest()
        await self.line.close()
        await _close(self.client)

    async def listen(self) -> None:
        """Look once, then keep looking in a task that this person owns."""
        await self.look()
        if self._loop is None:
            self._loop = asyncio.create_task(self._keep_looking(), name=f"{self.name} listens")

    async def rest(self) -> None:
        """Stop listening; what was seen stays."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None

    # What they do.

    async def join(self, room: str, via: Sequence[str] = ()) -> str:
        """Enter a room by id or alias and wait until the client shows it; return its id."""
        joined = await self.enter_room(room, via)
        if self._loop is not None:
            await self.finds(lambda: joined in self.sight.joined or None, f"themselves in {joined}")
        return joined

    async def accept(self, room: str) -> None:
        """Accept an invitation and wait until the client shows the room."""
        await self.join(room)

    async def say(self, room: str, text: str, *, to: Sequence[Gestures] = ()) -> str:
        """Say something, encrypted if the room is; ids of people in `to` become pills. Return the event."""
        content = message(text, to)
        return await (self._say_secret if self.encrypted(room) else self.say_plain)(room, content)

    async def say_encrypted(self, room: str, text: str) -> str:
        """Say something in an encrypted room; raise `Denied` if it is not encrypted."""
        if not self.encrypted(room):
            raise Denied("M_FORBIDDEN", f"{room} is not encrypted for {self.name}")
        return await self._say_secret(room, message(text))

    # What they see.

    def encrypted(self, room: str) -> bool:
        """Whether their client shows the room as encrypted."""
        known = self.client.rooms.get(room)
        return known is not None and bool(known.encrypted)

    @property
    def mark(self) -> int:
        """Here and now, to look only at what comes after."""
        return len(self.sight.events)

    def invitations(self) -> dict[str, Invitation]:
        """Return the invitations that wait, by room."""
        return dict(self.sight.invited)

    async def invited(
        self, test: Callable[[Invitation], bool], what: str, within: float = WITHIN
    ) -> Invitation:
        """Wait for an invitation."""
        return await self.finds(
            lambda: next(filter(test, self.sight.invited.values()), None), f"an invitation {what}", within
        )

    async def saw(
        self, room: str | None, test: Test, what: str, *, after: int = 0, within: float = WITHIN
    ) -> Seen:
        """Wait for an event, in one room or any; `after` is a `mark`, `what` names it in words."""
        return await self.finds(lambda: next(filter(test, self.sight.since(after, room)), None), what, within)

    async def finds(self, look: Callable[[], T | None], what: str, within: float = WITHIN) -> T:
        """Wait until `look` finds something in what was seen; raise `TryLater` if it does not."""
        return await self.sight.until(look, within, what)

    # How they see it.

    async def look(self, wait: int = 0) -> None:
        """Sync once, waiting at most `wait` milliseconds for news."""
        answer = await self.client.sync(timeout=wait, sync_filter=FILTER, full_state=self._fresh)
        if not isinstance(answer, SyncResponse):
            raise TryLater(f"{self.name} cannot sync: {answer.message}")
        self._fresh = False
        raw = await answer.transport_response.json()  # nio writes defaults into what it parses
        clear = self._clear(answer)
        for room, event in self._unread[:]:
            with suppress(EncryptionError):
                opened = self.client.decrypt_event(event)
                self._unread.remove((room, event))
                self.sight.take(seen(room, opened.source, secret=True))
        self.sight.take_sync(raw, clear)
        await self._tend_keys()
        self.sight.changed()

    def _clear(self, answer: SyncResponse) -> dict[str, Mapping[str, object]]:
        """Return what was decrypted in this sync, by event; remember what could not be, for later keys."""
        clear: dict[str, Mapping[str, object]] = {}
        for room, info in answer.rooms.join.items():
            for event in info.timeline.events:
                if isinstance(event, MegolmEvent):
                    event.room_id = room
                    self._unread.append((room, event))
                elif isinstance(event, Event | BadEvent) and event.decrypted:
                    clear[event.event_id] = event.source
        return clear

    async def _tend_keys(self) -> None:
        """Do what encryption needs between two looks."""
        if self.client.olm is None:
            return
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        await self._learn_devices()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()

    async def _learn_devices(self) -> None:
        if self.client.should_query_keys:
            await self.client.keys_query()

    async def _say_secret(self, room: str, content: Mapping[str, object]) -> str:
        await self._learn_devices()
        sent = await self.client.room_send(
            room, "m.room.message", dict(content), tx_id=transaction(), ignore_unverified_devices=True
        )
        if not isinstance(sent, RoomSendResponse):
            raise Denied(str(sent.status_code), f"{self.name} cannot speak in {room}: {sent.message}")
        return str(sent.event_id)

    async def _keep_looking(self) -> None:
        failures = 0
        while True:
            try:
                await self.look(POLL)
                failures = 0
            except (TryLater, aiohttp.ClientError, TimeoutError) as trouble:
                failures += 1
                if failures > FAILURES:
                    return self._go_blind(trouble)
                await asyncio.sleep(PAUSE)
            except Exception as bug:
                self._go_blind(bug)
                raise

    def _go_blind(self, trouble: Exception) -> None:
        self.sight.trouble = trouble
        self.sight.changed()


def _client(synapse: Synapse, name: str, store: Path, *, secrets: bool) -> AsyncClient:
    store.mkdir(parents=True, exist_ok=True)
    config = AsyncClientConfig(
        store=SqliteStore,
        store_name="keys.db",
        encryption_enabled=secrets,
        store_sync_tokens=secrets,
        max_timeouts=3,
        max_limit_exceeded=5,
        request_timeout=30,
    )
    return AsyncClient(synapse.address, f"@{name}:{synapse.name}", store_path=str(store), config=config)


async def _log_in(client: AsyncClient, password: str, paper: Path) -> bool:
    """Log in, or come back to the login that was kept; return whether it is a new one."""
    kept = _kept(paper)
    if kept:
        client.restore_login(**kept)
        return False
    login = await client.login(password, device_name=DEVICE)
    if not isinstance(login, LoginResponse):
        raise Denied(str(login.status_code), f"{client.user} cannot log in: {login.message}")
    kept = {"user_id": login.user_id, "device_id": login.device_id, "access_token": login.access_token}
    write_secret(paper, json.dumps(kept))
    return True


def _kept(paper: Path) -> dict[str, str]:
    return dict(json.loads(paper.read_text())) if paper.exists() else {}


async def _close(client: AsyncClient) -> None:
    await client.close()
    if client.store is not None:
        client.store.database.close()
