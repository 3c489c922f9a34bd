"""What people do and what they are told: gestures, commands, answers; sentences, cards, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from crewhall.ground.facts import Writing
from crewhall.ground.ids import EventId, RoomId, RoomKey, UserId
from crewhall.ground.rooms import Membership

Value: TypeAlias = (
    "str | int | datetime | UserId | RoomLink | PersonLink | Verbatim | tuple[Value, ...] | Sentence"
)
"""What a sentence may be filled with."""


@dataclass(frozen=True, slots=True)
class RoomLink:
    """A room to be named with a link; `name` is what people call it."""

    key: RoomKey
    name: str


@dataclass(frozen=True, slots=True)
class PersonLink:
    """A person to be named with a link."""

    person: UserId


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines to be shown as they stand, their indentation too: a piece of a charter."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its name in the text files, and what fills it."""

    id: str
    args: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """A message whose reactions mean something.

    `kind` and `subject` say what about: for example ``crew.ask`` and ``rivendell/crew/lantern/<cause>``.
    `choices` are the reactions that count (without variation selector), shown by the keeper reacting
    first. Saying a card of the same kind and subject again to the same target edits the message.
    """

    kind: str
    subject: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """To where the command came from, as a reply to it."""


@dataclass(frozen=True, slots=True)
class ToPerson:
    """To somebody's private chat, opened if there is none."""

    person: UserId


@dataclass(frozen=True, slots=True)
class ToRoom:
    """Into a managed room that the keeper may write in (never an encrypted one)."""

    key: RoomKey


@dataclass(frozen=True, slots=True)
class Say:
    """Something to be said.

    `must`: an ``m.text`` with a mention, for what may not be missed; otherwise a quiet ``m.notice``.
    `after`: held back until this room exists, so that the sentence can link to it.
    """

    to: Reply | ToPerson | ToRoom
    text: Sentence
    must: bool = False
    after: RoomKey | None = None
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The frame of a command: who, where, because of which event, when.

    `place` is the managed room it was said in, None in a private chat. `operator`: named in the
    configuration. `me` is the keeper.
    """

    person: UserId
    room: RoomId
    place: RoomKey | None
    cause: EventId
    at: datetime
    me: UserId
    operator: bool = False


@dataclass(frozen=True, slots=True)
class Arguments:
    """What followed the words of a command, made safe: no control characters, straight quotes.

    `words` are the plain words (a quoted run is one word), `people` the mentions, as pills or plain ids,
    in order.
    `text` is the plain rest of the line without the people.
    """

    words: tuple[str, ...] = ()
    people: tuple[UserId, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Gesture:
    """Somebody's membership in a managed room became `membership`; `by` made it so.

    `was` is what the membership was before, if the event told. `cause` is the member event.
    """

    place: RoomKey
    person: UserId
    membership: Membership
    by: UserId
    cause: EventId
    at: datetime
    me: UserId
    was: Membership | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """The keeper was asked into a room that is none of ours. What the invitation says of it may be a lie."""

    room: RoomId
    by: UserId
    cause: EventId
    at: datetime
    me: UserId


@dataclass(frozen=True, slots=True)
class Answer:
    """A reaction to one of our cards."""

    card: Card
    person: UserId
    choice: str
    cause: EventId
    at: datetime
    me: UserId


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall be written down and said. `ack`: a reaction on the command as acknowledgement."""

    facts: tuple[Writing, ...] = ()
    says: tuple[Say, ...] = ()
    ack: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no with its reason: one sentence that says what is so and what to do."""

    text: Sentence


@dataclass(frozen=True, slots=True)
class Usage:
    """The command was half or wrong: the line that was probably meant."""

    line: str


Outcome: TypeAlias = Decision | Refusal | Usage
