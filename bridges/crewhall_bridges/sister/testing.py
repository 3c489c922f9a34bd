"""Two communities that live from facts alone, and what passes between them. For tests of rules."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from crewhall.door import (
    Answer,
    Arguments,
    Asked,
    Card,
    Charter,
    Content,
    Decision,
    EventId,
    Gesture,
    Invitation,
    Outcome,
    RoomId,
    RoomKey,
    RoomSeen,
    Statement,
    UserId,
)
from crewhall.testing.story import Story
from crewhall_bridges.sister import linking
from crewhall_bridges.sister.bond import Link, letterbox, links
from crewhall_bridges.sister.letterbox import wish
from crewhall_bridges.sister.reading import learn, read
from crewhall_bridges.sister.visiting.presenting import judge


class Town(Story):
    """A community with a keeper of its own."""

    def __init__(self, charter: Charter, me: UserId, *, inside: Iterable[UserId] = ()) -> None:
        super().__init__(charter, inside=inside)
        self.me = me

    @property
    def link(self) -> Link:
        """The only link."""
        (found,) = links(self.hall)
        return found

    def tell(self, person: UserId, line: str, *people: UserId, place: RoomKey | None = None) -> Outcome:
        """Say a command of links (without the ``!``), heard by this community's own keeper."""
        words = line.split()
        verb = max(
            (verb for verb in linking.capability.verbs if verb.words == tuple(words[: len(verb.words)])),
            key=lambda found: len(found.words),
        )
        rest = tuple(words[len(verb.words) :])
        asked = Asked(person, RoomId("!said"), place, self.event(), self.now, self.me)
        given = Arguments(rest, people, " ".join(rest))
        if verb.run_house is not None:
            outcome = verb.run_house(self.house, asked, given)
        elif verb.run is not None:
            outcome = verb.run(self.hall, asked, given)
        else:
            raise AssertionError(verb)
        if isinstance(outcome, Decision):
            self.act(asked.cause, outcome)
        return outcome

    def react_to(self, card: Card, person: UserId, choice: str) -> Decision | None:
        """React to a card of links."""
        given = Answer(card, person, choice, self.event(), self.now, self.me)
        return self.act(given.cause, linking.capability.answer(self.hall, given))

    def boxes(self) -> Mapping[RoomId, RoomSeen]:
        """Return our letterboxes as anybody would see them who is in them."""
        there = (link for link in links(self.hall) if not link.shut)
        return {box_of(letterbox(self.hall, link)): self.box(link) for link in there}

    def box(self, link: Link) -> RoomSeen:
        """Return one letterbox of ours as it stands."""
        room = wish(self.hall, letterbox(self.hall, link))
        if room is None:
            raise AssertionError(link)
        return room_seen(box_of(room.key), self.me, room.statements, kind=room.kind)

    def asked_in(self, by: UserId, room: RoomId) -> bool:
        """Have our keeper asked into a room of another keeper; return whether it goes there."""
        invitation = Invitation(room, by, self.event(), self.now, self.me)
        return self.act(invitation.cause, linking.capability.invited(self.house, invitation)) is not None

    def look(self, seen: RoomSeen) -> None:
        """Look into a room of another keeper: for each link that it may concern."""
        for mark in [link.mark for link in links(self.hall)]:
            self.act(self.event(), read(self.house, (self.key, mark), seen, self.now))
            self.act(self.event(), judge(self.house, (self.key, mark), seen, self.now))
            self.act(self.event(), learn(self.house, (self.key, mark), seen, self.now))

    def answered(self, link: Link, membership: str) -> None:
        """Have the sister's keeper come into our letterbox (``join``), or decline it (``leave``)."""
        came = "join" if membership == "join" else "leave"
        place = letterbox(self.hall, link)
        seen = Gesture(place, link.keeper, came, link.keeper, self.event(), self.now, self.me)  # type: ignore[arg-type]
        self.act(seen.cause, linking.capability.gesture(self.hall, seen))


def box_of(key: RoomKey) -> RoomId:
    """Return the id of the room that has this key."""
    return RoomId(f"!{key.replace('/', '-')}")


def room_seen(
    room: RoomId,
    keeper: UserId,
    statements: Mapping[tuple[str, str], Content],
    version: str = "12",
    *,
    kind: str = "",
) -> RoomSeen:
    """Return a letterbox as a reader sees it."""
    return RoomSeen(
        room=room,
        version=version,
        creators=frozenset({keeper}),
        space=False,
        locator=None,
        members={},
        powers={"state_default": 100, "users_default": 0, "users": {}, "events": {}},
        joins={"join_rule": "invite"},
        statements={
            at: Statement(content, keeper, EventId(f"${n}"))
            for n, (at, content) in enumerate(statements.items())
        },
        kind=kind,
    )


def with_content(seen: RoomSeen, content: Content, *, sender: UserId | None = None) -> RoomSeen:
    """Return a letterbox in which the treaty's slot holds something else."""
    ((at, slot),) = ((at, slot) for at, slot in seen.statements.items() if at[0].endswith(".treaty"))
    other = Statement(content, sender or slot.sender, slot.event)
    return replace(seen, statements={**seen.statements, at: other})


def meet(one: Town, other: Town) -> None:
    """Let both keepers ask each other in, come or decline, and look, until nothing is new."""
    before = (-1, -1)
    while before != (now := (len(one.records), len(other.records))):
        before = now
        for host, guest in ((one, other), (other, one)):
            enter(host, guest)
            for link in links(host.hall):
                if link.here and not link.shut:
                    guest.look(host.box(link))


def is_gone(link: Link) -> bool:
    """Return whether a keeper has left the sister's letterbox, whatever was decided since."""
    return link.ours.ended or (link.room is None and not link.offered)


def enter(host: Town, guest: Town) -> None:
    """Let the guest's keeper answer the invitations into the host's letterboxes, and leave what it ended."""
    for link in links(host.hall):
        if link.here and any(is_gone(one) for one in links(guest.hall) if one.keeper == host.me):
            host.answered(link, "leave")
            continue
        room = wish(host.hall, letterbox(host.hall, link))
        if link.here is None and room is not None and guest.me in room.invited:
            comes = guest.asked_in(host.me, box_of(room.key))
            host.answered(link, "join" if comes else "leave")
