"""How people on the stage find their way: rooms by name, the keeper's answers, what a space lists."""

from collections.abc import Callable

from crewhall.demo.scene import insist
from crewhall.demo.stage import Stage
from crewhall.lab.people import Person
from crewhall.lab.sight import Invitation, Seen

WITHIN = 30.0
CHAT = "chat with the keeper"
SPACE = "community"
LOBBY = "lobby"
STARTERS = "rung of those who start crews"


async def asked_into(person: Person, name: str, within: float = WITHIN) -> Invitation:
    """Wait until an invitation to a room of this name is there."""
    return await person.invited(lambda one: one.name == name, f"to {name}", within)


async def enter_listed(person: Person, space: str, name: str) -> str:
    """Join a room that a space lists for this person; return it."""
    listed = await person.inside(space)
    room = next((str(one["room_id"]) for one in listed if one.get("name") == name), "")
    insist(room, f"{person.shown}'s list of the space does not show {name}")
    return await person.join(room)


async def answer(
    stage: Stage,
    person: Person,
    room: str,
    text: str,
    *hints: str,
    to: tuple[Person, ...] = (),
    within: float = WITHIN,
) -> Seen:
    """Say a command and wait for the keeper's reply to it, which must hold all of the hints."""
    after = person.mark
    command = await person.say(room, text, to=to)
    reply = await person.saw(
        room,
        lambda seen: seen.sender == stage.keeper and seen.replies_to == command,
        f"an answer to {text}",
        after=after,
        within=within,
    )
    for hint in hints:
        insist(hint.casefold() in reply.text.casefold(), f"the answer to {text} was: {reply.text}")
    return reply


def first_line(seen: Seen) -> str:
    """Return the first line of what was said, without the mark of a list."""
    return seen.text.splitlines()[0].removeprefix("• ")


def by_keeper(stage: Stage, *hints: str) -> Callable[[Seen], bool]:
    """Match words of the keeper that hold all of the hints."""
    return lambda seen: (
        seen.sender == stage.keeper
        and bool(seen.text)
        and all(hint.casefold() in seen.text.casefold() for hint in hints)
    )


def chat_of(stage: Stage, person: Person) -> str:
    """Return the room of a person's private chat with the keeper."""
    return stage.notes[f"{CHAT} {person.name}"]


def has_chat(stage: Stage, person: Person) -> bool:
    """Return whether somebody has come to a private chat with the keeper."""
    return f"{CHAT} {person.name}" in stage.notes


async def come_to_chat(stage: Stage, person: Person) -> str:
    """Accept the private chat that the keeper has opened because it had something to say."""
    invitation = await person.invited(
        lambda one: one.inviter == stage.keeper and one.direct, "to a private chat"
    )
    await person.accept(invitation.room)
    stage.notes[f"{CHAT} {person.name}"] = invitation.room
    return invitation.room


async def open_chat(stage: Stage, person: Person, *, encrypted: bool) -> str:
    """Write to the keeper as Element does, and come to the plain chat that it answers with."""
    own = await person.start_chat(stage.keeper, encrypted=encrypted)
    invitation = await person.invited(
        lambda one: one.inviter == stage.keeper and one.direct and one.room != own, "to a plain private chat"
    )
    insist(not invitation.encrypted, "the keeper's private chat is encrypted")
    await person.accept(invitation.room)
    stage.notes[f"{CHAT} {person.name}"] = invitation.room
    return invitation.room
