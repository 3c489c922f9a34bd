"""The story of commitment: asked deeper in, vouched for, a yes, a door that opens, and back."""

from crewhall.charter.model import Place, Rung
from crewhall.demo.places import (
    SPACE,
    answer,
    asked_into,
    by_keeper,
    chat_of,
    come_to_chat,
    first_line,
    has_chat,
    open_chat,
)
from crewhall.demo.scene import Scene, insist
from crewhall.demo.stage import Stage
from crewhall.errors import Denied
from crewhall.lab.people import Person
from crewhall.lab.sight import becomes

FOUNDER, FIRST, SECOND = "ada", "ben", "cleo"
VOUCH = "👍"


async def the_first_is_asked(stage: Stage) -> str:
    """Ada proposes Ben, rung by rung; nobody else is there who could be asked, so his own yes decides."""
    ada, ben = stage.people[FOUNDER], stage.people[FIRST]
    await open_chat(stage, ada, encrypted=False)
    for rung in stage.charter.rungs:
        if not _stands(ada, rung):
            await ada.accept((await asked_into(ada, rung.name)).room)
    steps = _steps(stage)
    for rung in steps:
        if not _stands(ben, rung):
            await _propose(stage, ben, rung, "is invited")
            await _accept(stage, ben, rung)
    told = await answer(stage, ben, chat_of(stage, ben), "!me", steps[-1].name)
    return f"the keeper tells Ben: {first_line(told)}"


async def the_second_is_vouched_for(stage: Stage) -> str:
    """Ada proposes Cleo; Ben reacts to the keeper's question, and only then is she invited."""
    ben, cleo = stage.people[FIRST], stage.people[SECOND]
    rung = _vouched(stage)
    for before in stage.charter.rungs[: stage.charter.rungs.index(rung)]:
        if not _stands(cleo, before):
            await _propose(stage, cleo, before, "is invited")
            await _accept(stage, cleo, before)
    after = ben.mark
    await _propose(stage, cleo, rung, "is proposed")
    asks = by_keeper(stage, "proposes", SECOND)
    card = await ben.finds(
        lambda: next(filter(asks, ben.sight.since(after)), None),
        "the question about Cleo, in a chat or a room",
    )
    insist(all(one.name != rung.name for one in cleo.invitations().values()), "Cleo was invited too early")
    await ben.react(card.room, card.id, VOUCH)
    invitation = await asked_into(cleo, rung.name)
    insist(invitation.inviter == stage.keeper, "Cleo was not invited by the keeper")
    return f"the invitation says: {invitation.topic}"


async def a_door_opens(stage: Stage) -> str:
    """Cleo finds the rung's room shut, says yes to the invitation, and walks in."""
    cleo, rung = stage.people[SECOND], _vouched(stage)
    return await _through_the_door(stage, cleo, rung)


async def the_first_door_opens(stage: Stage) -> str:
    """Ben walks into the room that his yes has opened, where the other members of the community cannot."""
    return await _through_the_door(stage, stage.people[FIRST], _steps(stage)[-1])


async def one_steps_down(stage: Stage) -> str:
    """Who came last steps down by one word: out of the rung's room at once, and of nothing else."""
    person = stage.people[SECOND if _vouches(stage) else FIRST]
    rung = _vouched(stage) if _vouches(stage) else _steps(stage)[-1]
    room = stage.notes[_door(rung).name]
    if not has_chat(stage, person):
        await come_to_chat(stage, person)
    told = await answer(stage, person, chat_of(stage, person), f"!step down from {rung.name}")
    await person.saw(room, becomes(person.id, "leave"), f"the door of {_door(rung).name} closing")
    insist(stage.notes[SPACE] in person.sight.joined, f"{person.shown} lost more than the rung")
    return f"the keeper says: {first_line(told)}"


def scenes(stage: Stage) -> tuple[Scene, ...]:
    """Return what can be lived of it under this charter."""
    if not _steps(stage):
        return ()
    rung, room = _steps(stage)[-1].name, _door(_steps(stage)[-1]).name
    first = (
        Scene(f"Ada proposes Ben, who says yes and is in {rung}", the_first_is_asked),
        Scene(f"{room} opens to Ben, and to nobody who has not said yes", the_first_door_opens),
    )
    if not _vouches(stage):
        return (*first, Scene(f"Ben steps down from {rung} with a word", one_steps_down))
    rung, room = _vouched(stage).name, _door(_vouched(stage)).name
    return (
        *first,
        Scene(
            f"Ada proposes Cleo for {rung}; Ben's reaction vouches, and she is invited",
            the_second_is_vouched_for,
        ),
        Scene(f"Cleo accepts, and {room} opens to her", a_door_opens),
        Scene(f"Cleo steps down with a word, and {room} closes behind her", one_steps_down),
    )


def _stands(person: Person, rung: Rung) -> bool:
    return any(person.sight.names.get(room) == rung.name for room in person.sight.joined)


async def _propose(stage: Stage, person: Person, rung: Rung, hint: str) -> None:
    ada = stage.people[FOUNDER]
    met = f" met {rung.door.met[0]}" if rung.door is not None and rung.door.met else ""
    await answer(stage, ada, chat_of(stage, ada), f"!invite {person.id} to {rung.name}{met}", hint)


async def _accept(stage: Stage, person: Person, rung: Rung) -> None:
    invitation = await asked_into(person, rung.name)
    insist(invitation.inviter == stage.keeper, f"{person.shown} was not invited by the keeper")
    await person.accept(invitation.room)


async def _through_the_door(stage: Stage, person: Person, rung: Rung) -> str:
    door = _door(rung)
    alias = f"#_crewhall_{stage.charter.key}_rung_{rung.key}_{door.key}:{stage.synapse.name}"
    outsider = stage.people["fay"]
    if rung.name in [one.name for one in person.invitations().values()]:
        outsider = person
    try:
        await outsider.join(alias)
    except Denied as no:
        shut = no.code
    else:
        shut = ""
    insist(shut, f"{door.name} was open to {outsider.shown}")
    if outsider is person:
        await _accept(stage, person, rung)
    room = stage.notes[door.name] = await person.join(alias)
    await person.saw(room, becomes(person.id, "join"), f"{person.shown} in {door.name}")
    return f"before the yes the homeserver said {shut}"


def _steps(stage: Stage) -> tuple[Rung, ...]:
    """Return the rungs up to that of those who vouch; the first rung where nobody vouches."""
    charter = stage.charter
    if not _vouches(stage):
        return charter.rungs[:1]
    vouching = _vouched(stage).door
    keys = [rung.key for rung in charter.rungs]
    of = vouching.vouches.of if vouching is not None else "anyone"
    return charter.rungs[: keys.index(of) + 1] if of in keys else charter.rungs[:1]


def _vouches(stage: Stage) -> bool:
    return any(rung.door is not None and rung.door.vouches.count for rung in stage.charter.rungs)


def _vouched(stage: Stage) -> Rung:
    """Return the first rung for which somebody has to vouch."""
    return next(r for r in stage.charter.rungs if r.door is not None and r.door.vouches.count)


def _door(rung: Rung) -> Place:
    """Return the first room that a rung opens."""
    return rung.rooms[0]
