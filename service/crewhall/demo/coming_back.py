"""The story of a second run: the same community, people and crews are there, and nothing is written."""

from crewhall.demo.places import LOBBY, SPACE, answer, chat_of, first_line
from crewhall.demo.scene import Scene, insist
from crewhall.demo.stage import Stage
from crewhall.demo.story import CAST, FOUNDER, OPEN, PRIVATE, nothing_to_do
from crewhall.lab.sight import says

GREETING = "Good to be back here."


async def all_is_there(stage: Stage) -> str:
    """Each person's client shows the rooms they left."""
    stage.notes |= stage.home.notes()
    for name, rooms in {
        "ada": (SPACE, LOBBY),
        "ben": (SPACE, LOBBY, PRIVATE),
        "cleo": (SPACE, LOBBY, PRIVATE),
        "dara": (SPACE, LOBBY, OPEN),
        "eli": (SPACE, LOBBY, OPEN),
        "fay": (SPACE, LOBBY, OPEN),
    }.items():
        missing = [room for room in rooms if stage.notes[room] not in stage.people[name].sight.joined]
        insist(not missing, f"{CAST[name]} is no longer in: {', '.join(missing)}")
    listed = [str(room.get("name")) for room in await stage.people[FOUNDER].inside(stage.notes[SPACE])]
    return f"Ada's list shows {', '.join(listed[1:])}"


async def nothing_was_written(stage: Stage) -> str:
    """Find that nothing differs from what was decided, and that nobody saw the service change anything."""
    await nothing_to_do(stage)
    written = {
        f"{seen.kind} in {person.sight.names.get(seen.room, seen.room)}"
        for person in stage.people.values()
        for seen in person.sight.since(stage.marks[person.name])
        if seen.sender == stage.keeper and seen.key is not None
    }
    insist(not written, f"the keeper wrote {', '.join(sorted(written))}")
    return "crewhall plan: nothing would change; nobody saw the keeper change anything"


async def secrets_go_on(stage: Stage) -> str:
    """Ben speaks encrypted in the private crew and Cleo reads it, with the devices they had."""
    room = stage.notes[PRIVATE]
    await stage.people["ben"].say_encrypted(room, GREETING)
    heard = await stage.people["cleo"].saw(room, says(GREETING), "what Ben said")
    insist(heard.secret, "it was not encrypted")
    return ""


async def the_keeper_remembers(stage: Stage) -> str:
    """Ben asks where he stands in the chat that he had; the open crew's room answers too."""
    ben, eli = stage.people["ben"], stage.people["eli"]
    told = await answer(stage, ben, chat_of(stage, ben), "!me", PRIVATE)
    await answer(stage, eli, stage.notes[OPEN], "!crew", OPEN)
    return f"the keeper tells Ben: {first_line(told)}"


STORY = (
    Scene("Everybody finds the rooms they left", all_is_there),
    Scene(f"{PRIVATE} goes on talking encrypted, with the same devices", secrets_go_on),
    Scene("The keeper remembers who is who", the_keeper_remembers),
    Scene("The service has looked at everything and written nothing", nothing_was_written),
)
