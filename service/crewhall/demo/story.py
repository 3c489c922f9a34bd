"""The first story: a community is founded, and a handful of people begin to live in it."""

import asyncio
import time

from crewhall.demo import climbing
from crewhall.demo.places import (
    LOBBY,
    SPACE,
    STARTERS,
    answer,
    asked_into,
    by_keeper,
    chat_of,
    enter_listed,
    first_line,
    open_chat,
)
from crewhall.demo.scene import Scene, insist
from crewhall.demo.stage import Stage
from crewhall.demo.together import together
from crewhall.errors import Misconfigured
from crewhall.lab.people import Person
from crewhall.lab.sight import becomes, says

FOUNDER = "ada"
CAST = {"ada": "Ada", "ben": "Ben", "cleo": "Cleo", "dara": "Dara", "eli": "Eli", "fay": "Fay"}
STEP_UP = ("ben", "eli")
PRIVATE = "Lantern"
OPEN = "Tidepool"
UNDER_WAY = 15.0
"""Seconds that what was decided may take until it is done in all rooms."""
SECRETS = ("We begin with a round of listening, nobody fixes anything.", "I will bring the soup on Thursday.")


async def founder_comes(stage: Stage) -> str:
    """Ada accepts the keeper's invitation to the community's space."""
    ada = stage.people[FOUNDER]
    invitation = await asked_into(ada, stage.charter.name)
    insist(invitation.space and invitation.inviter == stage.keeper, "the invitation is not to the space")
    await ada.accept(invitation.room)
    stage.notes[SPACE] = invitation.room
    stage.notes[LOBBY] = await enter_listed(ada, invitation.room, stage.lobby)
    listed = [str(room.get("name")) for room in await ada.inside(invitation.room)]
    return f"Ada's list shows {', '.join(listed[1:])}"


async def others_come(stage: Stage) -> str:
    """Ada invites the others in Element; each accepts and joins the lobby."""
    ada = stage.people[FOUNDER]
    others = [person for person in stage.people.values() if person is not ada]
    await together(_comes(stage, ada, person) for person in others)
    return f"{len(others)} people came in"


async def _comes(stage: Stage, ada: Person, person: Person) -> None:
    space = stage.notes[SPACE]
    await ada.invite(space, person.id)
    invitation = await asked_into(person, stage.charter.name)
    insist(invitation.inviter == ada.id, f"{person.shown} was not invited by Ada")
    await person.accept(space)
    await enter_listed(person, space, stage.lobby)
    await ada.saw(stage.notes[LOBBY], becomes(person.id, "join"), f"{person.shown} in the lobby")


async def some_step_up(stage: Stage) -> str:
    """Ada asks Ben and Eli to the rung from which on crews are started; they accept."""
    ada = stage.people[FOUNDER]
    rung = stage.notes[STARTERS] = (await asked_into(ada, stage.starters)).room
    await ada.accept(rung)
    for name in STEP_UP:
        person = stage.people[name]
        await ada.invite(rung, person.id)
        invitation = await asked_into(person, stage.starters)
        insist(invitation.topic, f"the invitation to {stage.starters} does not say what is asked")
        await person.accept(invitation.room)
        await ada.saw(rung, becomes(person.id, "join"), f"{person.shown} on the rung")
    return f"the invitation says: {await _topic(ada, rung)}"


async def _topic(person: Person, room: str) -> str:
    """Return a room's topic."""
    return str((await person.state(room, "m.room.topic")).get("topic"))


async def chat_opens(stage: Stage) -> str:
    """Ben writes to the keeper encrypted, is answered by a plain chat, and asks for help."""
    ben = stage.people["ben"]
    room = await open_chat(stage, ben, encrypted=True)
    await answer(stage, ben, room, "!help", "!crew")
    return "the keeper cannot read encrypted words, says so by its invitation, and answers !help"


async def private_crew(stage: Stage) -> str:
    """Ben starts a private crew with Cleo and Dara; all three come in, and the keeper cannot read there."""
    ben, cleo, dara = (stage.people[name] for name in ("ben", "cleo", "dara"))
    how = " private" if stage.charter.crews.open else ""
    command = f"!crew start {PRIVATE} {cleo.id} {dara.id}{how}"
    await answer(stage, ben, chat_of(stage, ben), command, PRIVATE, to=(cleo, dara))
    rooms = await together(_sits_down(stage, person, PRIVATE) for person in (ben, cleo, dara))
    room = stage.notes[PRIVATE] = rooms[0]
    insist(set(rooms) == {room}, "they were invited to different rooms")
    for person in (ben, cleo, dara):
        for other in (ben, cleo, dara):
            await person.saw(room, becomes(other.id, "join"), f"{other.shown} coming in")
        insist(person.encrypted(room), f"{PRIVATE} is not encrypted for {person.shown}")
    return f"its topic: {await _topic(ben, room)}"


async def _sits_down(stage: Stage, person: Person, name: str) -> str:
    invitation = await asked_into(person, name)
    insist(invitation.inviter == stage.keeper, f"{person.shown} was not invited by the keeper")
    await person.accept(invitation.room)
    return invitation.room


async def secret_talk(stage: Stage) -> str:
    """Ben and Cleo talk encrypted; each of the three reads it, and no file of the service holds it."""
    room = stage.notes[PRIVATE]
    talkers = [stage.people[name] for name in ("ben", "cleo")]
    listeners = [stage.people[name] for name in ("ben", "cleo", "dara")]
    for talker, words in zip(talkers, SECRETS, strict=True):
        event = await talker.say_encrypted(room, words)
        for listener in listeners:
            heard = await listener.saw(room, says(words, by=talker.id), f"what {talker.shown} said")
            insist(heard.id == event and heard.secret, f"{listener.shown} did not get it encrypted")
    found = await asyncio.to_thread(_files_with, stage, SECRETS)
    insist(not found, f"the words are readable in {', '.join(found)}")
    return "read by the three; in no log and no database"


def _files_with(stage: Stage, words: tuple[str, ...]) -> list[str]:
    """Return the files of service and homeserver that hold any of the words."""
    home = stage.home
    ours = [path for path in home.path.iterdir() if path.is_file()]
    for folder in (home.logs, home.homeserver):
        ours += [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in ours if any(word.encode() in path.read_bytes() for word in words)]


async def open_crew(stage: Stage) -> str:
    """Eli starts an open crew with Fay in the lobby; in its room the keeper hears and answers."""
    eli, fay = stage.people["eli"], stage.people["fay"]
    command = f"!crew start {OPEN} {fay.id} open"
    await answer(stage, eli, stage.notes[LOBBY], command, OPEN, to=(fay,))
    room, _ = await together(_sits_down(stage, person, OPEN) for person in (eli, fay))
    stage.notes[OPEN] = room
    await eli.saw(room, becomes(fay.id, "join"), "Fay coming in")
    insist(not fay.encrypted(room), f"{OPEN} is encrypted although it is open")
    await answer(stage, fay, room, "!crew", OPEN)
    told = await answer(stage, eli, room, "!me", OPEN)
    crews = await enter_listed(eli, stage.notes[SPACE], stage.charter.crews.name)
    await eli.saw(crews, lambda seen: seen.kind == "m.space.child" and seen.key == room, f"{OPEN} listed")
    listed = [child.get("room_id") for child in await eli.inside(stage.notes[SPACE])]
    insist(room in listed, f"Eli's list of {stage.charter.crews.name} does not show {OPEN}")
    return f"the keeper tells Eli: {first_line(told)}"


async def a_seat_is_asked_for(stage: Stage) -> str:
    """Dara asks for a seat; Eli's reaction lets her in, and Fay's if the charter wants everybody's."""
    dara, eli, fay = (stage.people[name] for name in ("dara", "eli", "fay"))
    room = stage.notes[OPEN]
    await answer(stage, dara, stage.notes[LOBBY], f"!crew ask {OPEN}")
    card = await eli.saw(room, by_keeper(stage, "Dara"), "the question whether Dara may come in")
    offered = await eli.saw(
        room, lambda seen: seen.sender == stage.keeper and seen.reacts_to == card.id, "something to click"
    )
    for member in (eli,) if stage.charter.crews.admit == "one" else (eli, fay):
        await member.react(room, card.id, offered.reaction)
    insist(await _sits_down(stage, dara, OPEN) == room, "Dara was invited elsewhere")
    for person in (eli, fay):
        await person.saw(room, becomes(dara.id, "join"), "Dara coming in")
    return f"Eli clicked {offered.reaction}"


async def one_leaves(stage: Stage) -> str:
    """Dara leaves the private crew; the others see it, and she loses nothing else."""
    dara = stage.people["dara"]
    room = stage.notes[PRIVATE]
    chat = await open_chat(stage, dara, encrypted=False)
    await dara.leave(room)
    for name in ("ben", "cleo"):
        await stage.people[name].saw(room, becomes(dara.id, "leave"), "Dara leaving")
    insist({stage.notes[SPACE], stage.notes[OPEN]} <= dara.sight.joined, "Dara lost more than the crew")
    told = await answer(stage, dara, chat, f"!why {PRIVATE}")
    return f"!why says: {first_line(told)}"


async def nothing_to_do(stage: Stage) -> str:
    """All rooms are as they were decided: a plan finds no difference, once what is under way is done."""
    ends = time.monotonic() + UNDER_WAY
    while True:
        try:
            await stage.crewhall("plan")
            break
        except Misconfigured:
            if time.monotonic() > ends:
                raise
    return "crewhall plan: nothing would change"


def story(stage: Stage) -> tuple[Scene, ...]:
    """Return the story in a community of this charter."""
    step_up = Scene(f"Ada asks Ben and Eli to be {stage.starters}; they accept", some_step_up)
    first, *others = LIFE
    return (*ARRIVAL, *([step_up] if stage.starters else []), first, *climbing.scenes(stage), *others)


ARRIVAL = (
    Scene("The keeper founds the community and asks Ada in", founder_comes),
    Scene("Ada invites the others; they come in and meet in the lobby", others_come),
)
LIFE = (
    Scene("Ben's encrypted chat with the keeper is answered by a plain one", chat_opens),
    Scene(f"Ben starts the private crew {PRIVATE} with Cleo and Dara", private_crew),
    Scene("They talk encrypted, and nobody else can read it", secret_talk),
    Scene(f"Eli starts the open crew {OPEN} with Fay and uses it in the room", open_crew),
    Scene(f"Dara asks {OPEN} for a seat and a member's reaction lets her in", a_seat_is_asked_for),
    Scene(f"Dara leaves {PRIVATE} and loses nothing else", one_leaves),
    Scene("Everything is as it was decided", nothing_to_do),
)
