"""Decides which events of a transaction concern us, before anything is stored, and what of them is kept.

What people say to each other is never stored: of messages only what can be a command is kept, or what is
said in a private chat with the keeper. Everything kept is reduced to the fields that somebody reads.

Two flags of Synapse mark events that its users never see, and that are pushed to us all the same:
``io.element.synapse.soft_failed`` and ``io.element.synapse.policy_server_spammy`` in ``unsigned``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crewhall.ground.hall import House
from crewhall.ground.hearsay import MEMBER, mapping, membership_of
from crewhall.ground.ids import MOST_BYTES, RoomId, UserId, local
from crewhall.ground.markup import clean
from crewhall.ground.rooms import LOCATOR, OURS, Content

UNSEEN = ("io.element.synapse.soft_failed", "io.element.synapse.policy_server_spammy")
"""Flags in ``unsigned`` of an event that no user of the homeserver sees."""
LONGEST = 10_000
"""Characters that are kept of any one text; a command is far shorter."""
MOST_NAMED = 50
"""Entries that are kept of a list, such as the people a message mentions."""

_STATE: Mapping[str, tuple[str, ...]] = {
    LOCATOR: (),
    "m.room.encryption": ("algorithm",),
    "m.room.power_levels": (),
    "m.room.join_rules": (),
    "m.room.history_visibility": (),
    "m.room.guest_access": (),
    "m.room.name": (),
    "m.room.canonical_alias": (),
    "m.space.child": (),
    "m.space.parent": (),
    "m.room.tombstone": ("replacement_room",),
}
_STRIPPED = {"m.room.create": ("type", "room_version"), "m.room.encryption": ("algorithm",)}
_COMMAND = re.compile(r"\s*[!\uff01]\s*(?:\w|\Z)")
_ADDRESSED = re.compile(r"[^!\uff01\n]{1,100}?[\s:,][!\uff01]\s*\w")
_OPENING = 300
"""Characters of a text with a mark in it that are cleaned to see whether it begins with one."""
_FALLBACK = re.compile(r"(?:>[^\n]*\n)+\n?")
_WILD = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_HALVES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Us:
    """Who we are: the keeper, and all our users (the keeper and the registration's sender among them)."""

    keeper: UserId
    all: frozenset[UserId]


def sift(events: Iterable[object], house: House, us: Us) -> tuple[Mapping[str, object], ...]:
    """Return what is to be stored, reduced, in the same order. Nothing in `events` is trusted."""
    return tuple(kept for event in events if (kept := _sifted(event, house, us)) is not None)


def _sifted(event: object, house: House, us: Us) -> dict[str, object] | None:
    if not isinstance(event, Mapping):
        return None
    frame = _frame(event)
    if frame is None:
        return None
    unsigned, content = mapping(event.get("unsigned")), mapping(event.get("content"))
    if any(unsigned.get(flag) for flag in UNSEEN):
        return None
    if frame["sender"] in us.all and (frame["type"], frame.get("state_key")) != (MEMBER, us.keeper):
        return None
    kept = _content(event, frame, content, house, us)
    if kept is None:
        return None
    frame["content"] = kept
    match frame["type"]:
        case "m.room.member":
            more = _unsigned(event, unsigned, invites_keeper=frame["state_key"] == us.keeper)
            frame.update({"unsigned": more} if more else {})
        case "m.room.redaction":
            frame["redacts"] = event.get("redacts") or content.get("redacts")
        case _:
            pass
    return frame


def _frame(event: Mapping[str, object]) -> dict[str, object] | None:
    """Return what every event has, None if it has not."""
    frame: dict[str, object] = {}
    for name, sigil in (("type", ""), ("event_id", "$"), ("room_id", "!"), ("sender", "@")):
        value = event.get(name)
        if not _is_name(value, sigil):
            return None
        frame[name] = value
    at = event.get("origin_server_ts")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < 2**53:
        return None
    frame["origin_server_ts"] = at
    if "state_key" in event:
        key = event["state_key"]
        if key != "" and not _is_name(f"={key}" if isinstance(key, str) else key, ""):
            return None
        frame["state_key"] = key
    return frame


def _content(
    event: Content, frame: Mapping[str, object], content: Content, house: House, us: Us
) -> dict[str, object] | None:
    """Return what is kept of an event's content, None if the event does not concern us."""
    room = RoomId(str(frame["room_id"]))
    state = "state_key" in frame
    match frame["type"]:
        case "m.room.member" if _is_name(frame.get("state_key"), "@"):
            kept = _texts(content, ("membership", "reason"))
            if content.get("is_direct") is True:
                kept["is_direct"] = True
            return kept if membership_of(kept.get("membership")) is not None else None
        case "m.reaction" if not state:
            relation = _texts(mapping(content.get("m.relates_to")), ("rel_type", "event_id", "key"))
            return {"m.relates_to": relation} if len(relation) == 3 else None  # noqa: PLR2004 - all of them
        case "m.room.redaction" if not state:
            return {} if _is_name(event.get("redacts") or content.get("redacts"), "$") else None
        case "m.room.message" if not state:
            return _message(content) if _is_for_us(room, content, house, us) else None
        case str(kind) if state and kind in _STATE and room in house.keys:
            return _texts(content, _STATE[kind])
        case str(kind) if state and kind.startswith(OURS) and room not in house.keys:
            return {}  # a hint that something is to be read there
        case _:
            return None


def _is_for_us(room: RoomId, content: Content, house: House, us: Us) -> bool:
    """Return whether a message is no chatter: a new plain text that is a command or said to the keeper."""
    body, relation = content.get("body"), mapping(content.get("m.relates_to"))
    if content.get("msgtype") != "m.text" or relation.get("rel_type") == "m.replace":
        return False
    if not isinstance(body, str):
        return False
    key = house.keys.get(room)
    return key in house.people or is_command(body, content, us.keeper)


def is_command(body: str, content: Content, keeper: UserId) -> bool:
    """Return whether a text begins with ``!``, after the quote of a reply and a mention of the keeper."""
    said = _FALLBACK.sub("", body[:LONGEST], count=1) if body.startswith(">") else body[:LONGEST]
    if _COMMAND.match(said):
        return True
    opening = said[:_OPENING]
    if not opening.isascii() and ("!" in opening or "\uff01" in opening):
        said = clean(opening)
        if _COMMAND.match(said):
            return True
    mentioned = mapping(content.get("m.mentions")).get("user_ids")
    formatted = content.get("formatted_body")
    named = (
        said.lstrip().lower().startswith((keeper.lower(), local(keeper).lower(), f"@{local(keeper)}".lower()))
    )
    pilled = isinstance(formatted, str) and (keeper in formatted or keeper.replace("@", "%40") in formatted)
    told = named or pilled or (isinstance(mentioned, list) and keeper in mentioned)
    return told and _ADDRESSED.match(said) is not None


def _message(content: Content) -> dict[str, object]:
    kept = _texts(content, ("msgtype", "body", "format", "formatted_body"))
    mentioned = mapping(content.get("m.mentions")).get("user_ids")
    if isinstance(mentioned, list):
        names = [name for name in mentioned[:MOST_NAMED] if _is_name(name, "@")]
        kept["m.mentions"] = {"user_ids": names}
    relation = mapping(content.get("m.relates_to"))
    related: dict[str, object] = _texts(relation, ("rel_type", "event_id"))
    answered = _texts(mapping(relation.get("m.in_reply_to")), ("event_id",))
    if answered:
        related["m.in_reply_to"] = answered
    if related:
        kept["m.relates_to"] = related
    return kept


def _shown(content: Content, kind: str) -> dict[str, object]:
    """Return what is kept of a room's state that an invitation shows: also which room it continues."""
    kept: dict[str, object] = _texts(content, _STRIPPED[kind])
    if before := _texts(mapping(content.get("predecessor")), ("room_id",)):
        kept["predecessor"] = before
    return kept


def _unsigned(event: Content, unsigned: Content, *, invites_keeper: bool) -> dict[str, object]:
    """Return what the member was before; for an invitation of the keeper also what kind of room it is to."""
    kept: dict[str, object] = _texts(unsigned, ("replaces_state",))
    before = _texts(mapping(unsigned.get("prev_content") or event.get("prev_content")), ("membership",))
    if before:
        kept["prev_content"] = before
    stripped = unsigned.get("invite_room_state") or event.get("invite_room_state")
    if invites_keeper and isinstance(stripped, list):
        kept["invite_room_state"] = [
            {"type": kind, "state_key": "", "content": _shown(mapping(one.get("content")), kind)}
            for one in stripped[:MOST_NAMED]
            if isinstance(one, Mapping) and isinstance(kind := one.get("type"), str) and kind in _STRIPPED
        ]
    return kept


def _texts(content: Content, names: Iterable[str]) -> dict[str, object]:
    """Return those fields that are texts, each cut to what is kept."""
    return {
        name: _HALVES.sub("\ufffd", value[:LONGEST])
        for name in names
        if isinstance(value := content.get(name), str)
    }


def _is_name(value: object, sigil: str) -> bool:
    """Return whether a value can be an id: begun by its sigil, short, without blanks or half characters."""
    return (
        isinstance(value, str)
        and value.startswith(sigil)
        and not _WILD.search(value)
        and 1 < len(value.encode()) <= MOST_BYTES
    )
