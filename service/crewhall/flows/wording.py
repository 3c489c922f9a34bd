"""Makes the content of what the keeper sends: messages, edits of them, reactions.

Sources: Matrix specification v1.19, client-server API, "m.room.message msgtypes", "Rich replies",
"Threading", "Event replacements", "User and room mentions", "Event annotations and reactions".
"""

from collections.abc import Mapping

from crewhall.ground.hall import Opened
from crewhall.ground.ids import EventId, RoomKey
from crewhall.ground.rooms import Content
from crewhall.ground.talk import Reply, ToPerson
from crewhall.ports import Outgoing
from crewhall.text import render


def content_of(out: Outgoing, rooms: Mapping[RoomKey, Opened], via: str, root: EventId | None) -> Content:
    """Return the content of a message; `root` is the thread that a reply belongs to.

    What must not be missed is ``m.text`` and mentions whom it is for; all else is a quiet ``m.notice``.
    Raises KeyError for a sentence without words.
    """
    words = render(out.say.text, rooms, via)
    content: dict[str, object] = {
        "msgtype": "m.text" if out.say.must else "m.notice",
        "body": words.plain,
        "format": "org.matrix.custom.html",
        "formatted_body": words.html,
        "m.mentions": _mentions(out),
    }
    if isinstance(out.say.to, Reply) and out.event is not None:
        relation: dict[str, object] = {"m.in_reply_to": {"event_id": out.event}}
        if root is not None:
            relation |= {"rel_type": "m.thread", "event_id": root, "is_falling_back": False}
        content["m.relates_to"] = relation
    return content


def edit_of(content: Content, event: EventId) -> Content:
    """Return the content that replaces an earlier message by this one; nobody is called again for it."""
    new = {name: value for name, value in content.items() if name != "m.relates_to"}
    return {
        **new,
        "body": f"* {content['body']}",
        "formatted_body": f"* {content['formatted_body']}",
        "m.mentions": {},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event},
    }


def reaction_of(event: EventId, choice: str) -> Content:
    """Return the content of a reaction."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": choice}}


def _mentions(out: Outgoing) -> Content:
    if not out.say.must:
        return {}
    match out.say.to:
        case ToPerson(person=person):
            return {"user_ids": [person]}
        case Reply() if out.asker is not None:
            return {"user_ids": [out.asker]}
        case _:
            return {}
