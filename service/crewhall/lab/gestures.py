"""What people do in Element, through the calls that Element makes."""

import html
from collections.abc import Mapping, Sequence

from crewhall.lab.line import Line, transaction

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}


class Gestures:
    """Somebody with an access token. `id` is the user id, `shown` what others call them."""

    def __init__(self, user: str, shown: str, line: Line) -> None:
        self.id = user
        self.shown = shown
        self.line = line

    async def call(
        self, method: str, *path: str, body: object = None, **query: str | int | list[str]
    ) -> dict[str, object]:
        """Call the client API, the first part of the path unquoted (``v3/rooms``); see `Line.call`."""
        head, *rest = path
        return await self.line.call(method, *head.split("/"), *rest, body=body, **query)

    async def take_name(self, shown: str) -> None:
        """Choose a display name."""
        self.shown = shown
        await self.call("PUT", "v3/profile", self.id, "displayname", body={"displayname": shown})

    async def start_chat(self, keeper: str, *, encrypted: bool = True) -> str:
        """Open a private chat as Element does; return the room."""
        state: list[dict[str, object]] = [
            {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "can_join"}}
        ]
        if encrypted:
            state.append({"type": "m.room.encryption", "state_key": "", "content": MEGOLM})
        body = {
            "preset": "trusted_private_chat",
            "visibility": "private",
            "is_direct": True,
            "invite": [keeper],
            "initial_state": state,
        }
        return str((await self.call("POST", "v3/createRoom", body=body))["room_id"])

    async def invite(self, room: str, person: str) -> None:
        """Invite somebody."""
        await self.call("POST", "v3/rooms", room, "invite", body={"user_id": person})

    async def enter_room(self, room: str, via: Sequence[str] = ()) -> str:
        """Join a room by id or alias, or accept its invitation; return its id."""
        return str((await self.call("POST", "v3/join", room, via=list(via)))["room_id"])

    async def leave(self, room: str) -> None:
        """Leave a room or decline an invitation."""
        await self.call("POST", "v3/rooms", room, "leave")

    async def say_plain(self, room: str, content: Mapping[str, object]) -> str:
        """Send a message as it is; return the event."""
        path = ("v3/rooms", room, "send", "m.room.message", transaction())
        return str((await self.call("PUT", *path, body=content))["event_id"])

    async def react(self, room: str, event: str, key: str) -> str:
        """React to an event; return the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        path = ("v3/rooms", room, "send", "m.reaction", transaction())
        return str((await self.call("PUT", *path, body={"m.relates_to": relation}))["event_id"])

    async def redact(self, room: str, event: str) -> None:
        """Take a message or reaction back."""
        await self.call("PUT", "v3/rooms", room, "redact", event, transaction())

    async def state(self, room: str, kind: str, key: str = "") -> dict[str, object]:
        """Read one state event's content; raise `Denied` if there is none."""
        return await self.call("GET", "v3/rooms", room, "state", kind, key)

    async def inside(self, space: str) -> list[Mapping[str, object]]:
        """Return what a space lists for them, the space itself first."""
        found: list[Mapping[str, object]] = []
        page: dict[str, str | int | list[str]] = {"limit": 50}
        while True:
            answer = await self.call("GET", "v1/rooms", space, "hierarchy", body=None, **page)
            rooms = answer.get("rooms")
            found += [room for room in rooms if isinstance(room, Mapping)] if isinstance(rooms, list) else []
            if "next_batch" not in answer:
                return found
            page["from"] = str(answer["next_batch"])


def message(text: str, to: Sequence[Gestures] = ()) -> dict[str, object]:
    """Return a message as Element writes it: ids of the people in `to` as pills, names in the plain text."""
    plain, rich = text, html.escape(text, quote=False)
    for person in to:
        plain = plain.replace(person.id, person.shown)
        link = f'<a href="https://matrix.to/#/{person.id}">{html.escape(person.shown)}</a>'
        rich = rich.replace(person.id, link)
    mentions = {"user_ids": [person.id for person in to]} if to else {}
    content: dict[str, object] = {"msgtype": "m.text", "body": plain, "m.mentions": mentions}
    if to:
        content |= {"format": "org.matrix.custom.html", "formatted_body": rich}
    return content
