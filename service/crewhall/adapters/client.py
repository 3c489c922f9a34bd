"""The homeserver over HTTP, as one of its users.

Endpoints: Matrix specification v1.19, client-server API; speaking as a user of ours (``user_id``):
application service API, "Identity assertion".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crewhall.adapters.answers import text_in, texts_in
from crewhall.adapters.calling import MIB, Call, Caller, Query
from crewhall.errors import Denied, NotThere, Taken, TokenRefused, TryLater
from crewhall.ground.ids import EventId, RoomId, UserId, local
from crewhall.ground.rooms import Content, NewRoom, RoomSeen
from crewhall.ground.seen import read_state

FORBIDDEN = "M_FORBIDDEN"
MEMBER = "m.room.member"
MOST_STATE = 128 * MIB
MOST_ROOMS = 16 * MIB


class Client:
    """A `crewhall.ports.Homeserver` as one user. Made by `crewhall.adapters.connection`."""

    def __init__(self, caller: Caller, me: UserId, query: Query, device: str = "") -> None:
        self._caller = caller
        self._me = me
        self._query = query
        self._device = device

    @property
    def me(self) -> UserId:
        """Who speaks."""
        return self._me

    async def create_room(self, new: NewRoom) -> RoomId:
        """Make a room, closed to all but those invited unless its state says otherwise.

        Raises `Taken` also if an earlier request made the room and its answer was lost: find it by its alias.
        """
        kind = "m.space" if new.space else new.kind
        creation: dict[str, object] = {"type": kind} if kind else {}
        if not new.federate:
            creation["m.federate"] = False
        if new.predecessor is not None:
            creation["predecessor"] = {"room_id": new.predecessor}
        body: dict[str, object] = {
            # Of the presets, trusted_private_chat would make everybody invited a creator for ever.
            "preset": "private_chat",
            "visibility": "private",
            "room_version": new.version,
            "room_alias_name": new.alias,
            "power_level_content_override": new.powers,
            "initial_state": [
                {"type": put.type, "state_key": put.key, "content": put.content} for put in new.state
            ],
        }
        optional = {
            "creation_content": creation,
            "name": new.name,
            "topic": new.topic,
            "is_direct": new.direct,
            "invite": new.invite,
        }
        body |= {key: value for key, value in optional.items() if value}
        return RoomId(text_in(await self._ask("POST", "/v3/createRoom", body=body), "room_id"))

    async def find(self, alias: str) -> RoomId | None:
        """Return the room behind a full alias, None if there is none."""
        answer = await self._if_there(_ALIAS, alias=alias)
        return None if answer is None else RoomId(text_in(answer, "room_id"))

    async def readdress(self, alias: str, room: RoomId) -> None:
        """Let a full alias lead to this room. Raises `Taken` if somebody gave it elsewhere just now."""
        there = await self.find(alias)
        if there == room:
            return
        if there is not None:
            await self.unaddress(alias)
        try:
            await self._ask("PUT", _ALIAS, body={"room_id": room}, alias=alias)
        except Taken:
            if await self.find(alias) != room:
                raise

    async def unaddress(self, alias: str) -> None:
        """Let a full alias lead nowhere."""
        try:
            await self._ask("DELETE", _ALIAS, alias=alias)
        except NotThere as no:
            if no.code != "M_NOT_FOUND":
                raise

    async def look(self, room: RoomId) -> RoomSeen:
        """Read the whole state of a room; raise `Denied` if not in it (a room that was left is not seen)."""
        answer = await self._ask("GET", "/v3/rooms/{room}/state", most=MOST_STATE, room=room)
        if not isinstance(answer, list):
            raise TryLater("The homeserver answered without the room's state.")
        seen = read_state(room, (event for event in answer if isinstance(event, Mapping)))
        mine = seen.members.get(self._me)
        if mine is None or mine.membership != "join":
            raise Denied(FORBIDDEN, f"{self._me} is not in {room}")
        return seen

    async def state(self, room: RoomId, kind: str, key: str = "") -> Content | None:
        """Read one state event's content, None if there is none."""
        answer = await self._if_there(_state_path(key), room=room, kind=kind, key=key)
        if answer is not None and not isinstance(answer, Mapping):
            raise TryLater("The homeserver answered without the event's content.")
        return answer

    async def put_state(self, room: RoomId, kind: str, key: str, content: Content) -> EventId:
        """Write one state event. Identical content gives the existing event."""
        answer = await self._ask("PUT", _state_path(key), body=content, room=room, kind=kind, key=key)
        return EventId(text_in(answer, "event_id"))

    async def send(self, room: RoomId, kind: str, content: Content, txn: str) -> EventId:
        """Send an event once per `txn` (see `crewhall.ground.once`)."""
        path = "/v3/rooms/{room}/send/{kind}/{txn}"
        answer = await self._once(path, content, room=room, kind=kind, txn=txn)
        return EventId(text_in(answer, "event_id"))

    async def redact(self, room: RoomId, event: EventId, txn: str) -> None:
        """Take an event back."""
        path = "/v3/rooms/{room}/redact/{event}/{txn}"
        await self._once(path, {}, room=room, event=event, txn=txn)

    async def invite(self, room: RoomId, person: UserId, *, direct: bool = False) -> None:
        """Invite, `direct` to a private chat; a person who is already in or invited is no error.

        Only the membership itself can say to a later guest that a chat is direct (specification v1.19,
        client-server API, "Direct Messaging"). Raises `TryLater` without a second try if the person's
        server cannot be reached: a dead server and one that has had too many invitations answer the same
        (Synapse 1.163: 502).
        """
        try:
            if direct:
                path, body = _state_path(person), {"membership": "invite", "is_direct": True}
                await self._ask("PUT", path, body=body, far=True, room=room, kind=MEMBER, key=person)
            else:
                body = {"user_id": person}
                await self._ask("POST", "/v3/rooms/{room}/invite", body=body, far=True, room=room)
        except Denied as no:
            if await self._membership(room, person, no) not in {"join", "invite"}:
                raise

    async def remove(self, room: RoomId, person: UserId, reason: str) -> None:
        """Remove somebody, refuse a knock, or take an invitation back; no error if they are not in."""
        body = {"user_id": person} | ({"reason": reason} if reason else {})
        try:
            await self._ask("POST", "/v3/rooms/{room}/kick", body=body, room=room)
        except Denied as no:
            if await self._membership(room, person, no) in {"join", "invite", "knock"}:
                raise

    async def join(self, room: str, via: Sequence[str] = ()) -> RoomId:
        """Enter a room by id or alias; `via` are servers that may be asked for it."""
        # `via` since v1.12, `server_name` before: each server takes what it knows.
        query = tuple((name, server) for server in via for name in ("via", "server_name"))
        answer = await self._ask("POST", "/v3/join/{room}", query=query, body={}, far=True, room=room)
        return RoomId(text_in(answer, "room_id"))

    async def leave(self, room: RoomId) -> None:
        """Leave a room or decline an invitation; no error if not in it."""
        try:
            await self._ask("POST", "/v3/rooms/{room}/leave", body={}, room=room)
        except Denied as no:
            if not isinstance(no, NotThere) and no.code != FORBIDDEN:
                raise
            if room in await self.joined():
                raise

    async def joined(self) -> frozenset[RoomId]:
        """Return the rooms `me` is in."""
        answer = await self._ask("GET", "/v3/joined_rooms", most=MOST_ROOMS)
        return frozenset(RoomId(room) for room in texts_in(answer, "joined_rooms"))

    async def ensure_profile(self, name: str, avatar: str = "") -> None:
        """Take a display name and an avatar (``mxc://...``) where none is set; what people see stays theirs.

        The local part of the user id counts as unset: Synapse fills it in.
        """
        standing = await self._if_there("/v3/profile/{user}", user=self._me)
        told = standing if isinstance(standing, Mapping) else {}
        shown = told.get("displayname")
        if name and name != shown and shown in {None, "", local(self._me)}:
            await self._ask("PUT", _PROFILE + "displayname", body={"displayname": name}, user=self._me)
        if avatar and not told.get("avatar_url"):
            await self._ask("PUT", _PROFILE + "avatar_url", body={"avatar_url": avatar}, user=self._me)

    async def _once(self, path: str, content: Content, **parts: str) -> object:
        """Put what has a transaction id, by a device: of those Synapse remembers them through a restart.

        Source: Matrix specification v1.19, application service API, "Identity assertion" and "Device
        management". Where services have no devices it is put without.
        """
        bare = Call("PUT", path, parts, self._query, content)
        if self._device:
            by_device = replace(bare, query=(("device_id", self._device), *self._query))
            try:
                return await self._caller.ask(by_device)
            except Denied as no:
                if no.code != "M_UNKNOWN_DEVICE":
                    raise
            if await self._has_device():
                return await self._caller.ask(by_device)
            self._device = ""
        return await self._caller.ask(bare)

    async def _has_device(self) -> bool:
        """Make our device; return whether there is one now. It has no keys, so that nobody shares any."""
        try:
            await self._ask("PUT", "/v3/devices/{device}", body={}, device=self._device)
        except TokenRefused:
            raise
        except Denied:
            return False
        return True

    async def _membership(self, room: RoomId, person: UserId, no: Denied) -> object:
        """Return somebody's membership; raise the refusal `no` if we may not know it."""
        try:
            content = await self.state(room, MEMBER, person)
        except Denied:
            raise no from None
        return None if content is None else content.get("membership")

    async def _if_there(self, path: str, **parts: str) -> object:
        """Return the answer, None if what is named does not exist."""
        try:
            return await self._caller.ask(Call("GET", path, parts, self._query))
        except NotThere as no:
            # Any other 404 comes from a proxy that leads elsewhere, and says nothing about what exists.
            if no.code != "M_NOT_FOUND":
                raise
            return None

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        body: Content | None = None,
        far: bool = False,
        most: int = MIB,
        **parts: str,
    ) -> object:
        call = Call(method, path, parts, query + self._query, body, far, most)
        return await self._caller.ask(call)


_ALIAS = "/v3/directory/room/{alias}"
_PROFILE = "/v3/profile/{user}/"


def _state_path(key: str) -> str:
    return "/v3/rooms/{room}/state/{kind}/{key}" if key else "/v3/rooms/{room}/state/{kind}"
