"""What is stored of what the homeserver pushes: as little as will do, and never what people chat about."""

import copy
import json
from typing import Any

import pytest
from immutables import Map

from crewhall.ground.hall import House
from crewhall.ground.ids import RoomId, RoomKey, UserId
from crewhall.ground.sifting import LONGEST, Us, is_command, sift

KEEPER, SENDER, ANN = (
    UserId("@keeper:example.org"),
    UserId("@_crewhall:example.org"),
    UserId("@ann:other.org"),
)
US = Us(KEEPER, frozenset({KEEPER, SENDER}))
LOBBY, CHAT, STRANGE = RoomId("!lobby"), RoomId("!chat:example.org"), RoomId("!strange:other.org")
HOUSE = House(
    keys=Map({LOBBY: RoomKey("rivendell/place/lobby"), CHAT: RoomKey("chat/5f3a")}),
    people=Map({RoomKey("chat/5f3a"): ANN}),
)


def event(kind: str = "m.room.message", room: str = LOBBY, **more: Any) -> dict[str, Any]:
    content = {"msgtype": "m.text", "body": "!help"} if kind == "m.room.message" else {}
    return {
        "type": kind,
        "event_id": "$one",
        "room_id": room,
        "sender": ANN,
        "origin_server_ts": 1,
        "content": content,
        "age": 5,
        "user_id": ANN,
        **more,
    }


def text(body: str, room: str = LOBBY, **more: Any) -> dict[str, Any]:
    return event(room=room, content={"msgtype": "m.text", "body": body, **more})


def member(person: str = ANN, membership: str = "join", **more: Any) -> dict[str, Any]:
    return event(
        "m.room.member", state_key=person, content={"membership": membership, "displayname": "Ann"}, **more
    )


REACTION = {"rel_type": "m.annotation", "event_id": "$card", "key": "✅"}


def named(*events: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(e, id=f"{n}-{json.dumps([e['type'], e['content']])[:60]}") for n, e in enumerate(events)
    ]


@pytest.mark.parametrize(
    "kept",
    named(
        text("!help"),
        text("  !crew start “Lantern”"),
        text("!"),
        text("> <@ben:example.org> hello\n> more\n\n!crew"),
        text("@keeper:example.org: !help"),
        text("keeper !help"),
        text("The Keeper of All: !help", **{"m.mentions": {"user_ids": [KEEPER]}}),
        text("Crewhall !help", formatted_body=f'<a href="https://matrix.to/#/{KEEPER}">Crewhall</a> !help'),
        text("good morning", room=CHAT),
        text("!help", room=STRANGE),
        member(),
        member(room=STRANGE),
        member(KEEPER, "invite"),
        member(KEEPER, sender=KEEPER),
        event("m.reaction", content={"m.relates_to": REACTION}),
        event("m.room.redaction", redacts="$one"),
        event("m.room.redaction", content={"redacts": "$one", "reason": "oops"}),
        event("m.room.power_levels", state_key="", content={"users": {ANN: 100}}),
        event("m.space.child", state_key="!room", content={}),
        event("m.room.encryption", state_key="", content={"algorithm": "m.megolm.v1.aes-sha2"}),
        event(unsigned=None),
        event(unsigned={"io.element.synapse.soft_failed": False}),
    ),
)
def test_what_concerns_us_is_kept(kept: dict[str, Any]) -> None:
    before = copy.deepcopy(kept)
    (stored,) = sift([kept], HOUSE, US)
    assert kept == before
    assert stored["event_id"] == "$one"
    assert not {"age", "user_id"} & stored.keys()
    assert "displayname" not in json.dumps(stored)
    assert sift([stored], HOUSE, US) == (stored,)


@pytest.mark.parametrize(
    "dropped",
    named(
        text("good morning"),
        text("good morning", room=STRANGE),
        text("wow !!! that was great"),
        text("!!!"),
        text("> !help"),
        text("the keeper said !help"),
        text("keeper seems nice !"),
        text("hello all, @keeper:example.org is odd", **{"m.mentions": {"user_ids": [KEEPER]}}),
        text("* !help", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}}),
        event(room=CHAT, content={"msgtype": "m.notice", "body": "!help"}),
        event(room=CHAT, content={"msgtype": "m.image", "body": "!help"}),
        event(room=CHAT, content={"msgtype": "m.text", "body": None}),
        event(room=CHAT, content={}),
        event("m.room.encrypted", room=CHAT, content={"ciphertext": "secret"}),
        event(sender=KEEPER),
        event(sender=SENDER),
        member(ANN, "invite", sender=KEEPER),
        member(ANN, ""),
        member("nobody"),
        event("m.room.member", content={"membership": "join"}),
        event("m.room.power_levels", room=STRANGE, state_key=""),
        event("m.room.power_levels"),
        event("m.room.topic", state_key=""),
        event("m.reaction", content={"m.relates_to": {"rel_type": "m.annotation", "event_id": "$card"}}),
        event("m.room.redaction"),
        event("m.typing"),
        event(unsigned={"io.element.synapse.soft_failed": True}),
        event(unsigned={"io.element.synapse.policy_server_spammy": True}),
    ),
)
def test_what_does_not_concern_us_is_never_stored(dropped: dict[str, Any]) -> None:
    assert sift([dropped], HOUSE, US) == ()


def test_what_is_malformed_is_dropped_and_the_rest_goes_on() -> None:
    wrong: list[Any] = [None, 3, "event", [], {}, {"event_id": "$one"}]
    for name in ("type", "event_id", "room_id", "sender", "origin_server_ts"):
        wrong += [
            event(**{name: bad}) for bad in (None, 3.5, "", {}, [], "x" * 300, "$\ud800", "! @", True, -1)
        ]
        wrong.append({key: value for key, value in event().items() if key != name})
    wrong += [event(content=bad) for bad in (None, "text", [], 3)]
    wrong += [
        event("m.room.member", state_key=bad, content={"membership": "join"}) for bad in (None, 3, {}, "@\0")
    ]
    wrong += [event("m.reaction", content={"m.relates_to": bad}) for bad in (None, [], {"key": {}})]
    wrong += [event("m.room.redaction", redacts=bad) for bad in (None, 3, "one", {})]
    assert sift([*wrong, event()], HOUSE, US)[:-1] == ()


def test_what_is_long_or_odd_is_cut_to_what_can_be_stored() -> None:
    odd = text(
        "!help " + "x" * 60_000,
        formatted_body="y" * 60_000,
        **{
            "m.mentions": {"user_ids": [ANN, 3, None, "x", *[KEEPER] * 1000]},
            "m.relates_to": {"event_id": "$r"},
        },
    )
    (stored,) = sift([odd], HOUSE, US)
    assert len(json.dumps(stored)) < 3 * LONGEST
    (halved,) = sift([text("!help \ud83d")], HOUSE, US)
    assert json.dumps(halved, ensure_ascii=False).encode()


def test_an_invitation_of_the_keeper_tells_what_kind_of_room_it_is_to() -> None:
    stripped = [
        {
            "type": "m.room.encryption",
            "state_key": "",
            "sender": ANN,
            "content": {"algorithm": "m.megolm.v1"},
        },
        {"type": "m.room.create", "content": {"type": "m.space", "room_version": "12"}},
        {"type": "m.room.name", "content": {"name": "secret plans"}},
        {"type": []},
        None,
    ]
    (stored,) = sift([member(KEEPER, "invite", unsigned={"invite_room_state": stripped})], HOUSE, US)
    assert stored["unsigned"] == {
        "invite_room_state": [
            {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1"}},
            {"type": "m.room.create", "state_key": "", "content": {"type": "m.space", "room_version": "12"}},
        ]
    }


def test_a_member_keeps_what_they_were_before() -> None:
    unsigned = {
        "prev_content": {"membership": "invite", "reason": "x"},
        "replaces_state": "$before",
        "age": 3,
    }
    (stored,) = sift([member(unsigned=unsigned)], HOUSE, US)
    assert stored["unsigned"] == {"replaces_state": "$before", "prev_content": {"membership": "invite"}}


def test_a_long_line_is_judged_at_once() -> None:
    assert not is_command("> \n" * 3000 + "x" * 60_000, {}, KEEPER)
    assert not is_command("keeper " + ", " * 30_000, {}, KEEPER)


@pytest.mark.parametrize(
    "said", ["\uff01crew", "\u200b!crew", "\u2066!crew\u2069", "\ufeff ! crew", "\uff01 help"]
)
def test_a_mark_is_a_mark_however_it_is_typed(said: str) -> None:
    assert is_command(said, {}, KEEPER)


def test_a_mark_later_in_a_line_is_no_command() -> None:
    assert not is_command("grüezi mitenand! wie gahts", {}, KEEPER)
    assert not is_command("みんな\uff01crew", {}, KEEPER)
