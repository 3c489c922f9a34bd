"""The outbox: what waits to be said, and where our cards stand. Runs in the writer's transaction."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlite_utils import Database

from crewhall.adapters.codec import instant
from crewhall.adapters.people_table import People
from crewhall.adapters.sayings import read_card, read_say, write_choices, write_say
from crewhall.ground.ids import EventId, RoomId, UserId
from crewhall.ground.talk import Card, Reply, Say, Sentence, ToPerson, ToRoom
from crewhall.ports import Entry, Outgoing, Posted

NOTHING = Say(Reply(), Sentence(""))
"""What an acknowledgement says besides its reaction."""

_TARGETS = {Reply: "reply", ToPerson: "person", ToRoom: "room"}
_STANDING = "SELECT card_kind, card_subject, card_choices, sent_room, sent FROM outbox"


def speak(db: Database, entry: Entry, people: People) -> None:
    """Put an entry's acknowledgement and sayings in line."""
    acks = [(NOTHING, entry.ack)] if entry.ack else []
    for part, (say, ack) in enumerate([*acks, *((say, "") for say in entry.says)]):
        card = say.card
        db.execute(
            "INSERT INTO outbox (cause, part, at, target, person, asker, room, event, ack, say,"
            " card_kind, card_subject, card_choices) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.cause,
                part,
                instant(entry.at),
                _TARGETS[type(say.to)],
                people.token(say.to.person) if isinstance(say.to, ToPerson) else None,
                people.token(entry.asker) if entry.asker is not None else None,
                entry.room,
                entry.event,
                ack,
                None if ack else write_say(say, people.token),
                *((card.kind, card.subject, write_choices(card)) if card else (None, None, None)),
            ),
        )


def unsaid(db: Database, limit: int, after: int = 0) -> list[Outgoing]:
    """Return what waits to be said, oldest first: what is behind the row `after`."""
    people = People(db)
    rows = db.execute(
        "SELECT row, cause, part, at, asker, room, event, ack, say, card_kind, card_subject, card_choices"
        " FROM outbox WHERE sent IS NULL AND given_up = 0 AND row > ? ORDER BY row LIMIT ?",
        (after, limit),
    )
    waiting = []
    for row, cause, part, at, asker, room, event, ack, say, kind, subject, choices in rows:
        card = read_card(kind, subject, choices) if kind is not None else None
        waiting.append(
            Outgoing(
                row=row,
                cause=cause,
                say=read_say(say, card, people.name) if say is not None else NOTHING,
                room=RoomId(room) if room is not None else None,
                event=EventId(event) if event is not None else None,
                asker=UserId(people.name(asker)) if asker is not None else None,
                at=datetime.fromisoformat(at),
                part=part,
                ack=ack,
            )
        )
    return waiting


def count(db: Database) -> int:
    """Return how much waits to be said."""
    told = db.execute("SELECT count(*) FROM outbox WHERE sent IS NULL AND given_up = 0")
    return int(told.fetchone()[0])


def said(db: Database, row: int, room: RoomId, event: EventId) -> None:
    """Note where a saying stands, and erase its words."""
    db.execute("UPDATE outbox SET sent_room = ?, sent = ?, say = NULL WHERE row = ?", (room, event, row))


def unsay(db: Database, row: int) -> None:
    """Give a saying up and erase its words, unless it was said."""
    db.execute("UPDATE outbox SET given_up = 1, say = NULL WHERE row = ? AND sent IS NULL", (row,))


def card(db: Database, room: RoomId, event: EventId) -> Posted | None:
    """Return our card that this message carries, as it was said last."""
    rows = db.execute(
        f"{_STANDING} WHERE card_kind IS NOT NULL AND sent_room = ? AND sent = ? ORDER BY row DESC LIMIT 1",
        (room, event),
    )
    return next(_posted(rows), None)


def posted(db: Database, card: Card) -> list[Posted]:
    """Return where a card of this kind and subject stands, each message once, as it was said last."""
    rows = db.execute(
        f"{_STANDING} WHERE card_subject = ? AND card_kind = ? AND sent IS NOT NULL ORDER BY row",
        (card.subject, card.kind),
    )
    return list({(one.room, one.event): one for one in _posted(rows)}.values())


def prune(db: Database, before: datetime) -> None:
    """Drop what was said or given up before then; a card that stands stays."""
    db.execute(
        "DELETE FROM outbox WHERE at < ? AND (given_up = 1 OR (sent IS NOT NULL AND card_kind IS NULL))",
        (instant(before),),
    )


def _posted(rows: Iterable[tuple[str, str, str, str, str]]) -> Iterator[Posted]:
    for kind, subject, choices, room, event in rows:
        yield Posted(read_card(kind, subject, choices), RoomId(room), EventId(event))
