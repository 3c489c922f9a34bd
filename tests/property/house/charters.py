"""The charters that the machine lives under: one ladder, with other doors and policies."""

from collections.abc import Mapping
from typing import Any

from crewhall.charter.model import Charter

FOUNDERS = ("@ann:hall.test", "@ben:hall.test")
NAMES = ("ann", "ben", "cleo", "dan", "eve", "gil", "@fay:away.test")

_CHARTER: Mapping[str, Any] = {
    "key": "rivendell",
    "name": "Rivendell",
    "founders": FOUNDERS,
    "door": {"join": "public"},
    "places": [
        {"key": "lobby", "name": "Lobby"},
        {"key": "board", "name": "Board", "post": "partners"},
    ],
    "rungs": [
        {
            "key": "friends",
            "name": "Friends",
            "may": ["pin"],
            "may_everywhere": ["pin"],
            "rooms": [{"key": "commons", "name": "Commons"}],
            "door": {
                "propose": "anyone",
                "vouches": {"count": 1},
                "by_hand": True,
                "invitation_days": 5,
            },
        },
        {
            "key": "partners",
            "name": "Partners",
            "level": 40,
            "may": ["invite"],
            "may_everywhere": ["invite"],
            "rooms": [{"key": "hearth", "name": "Hearth"}],
            "door": {
                "propose": "friends",
                "vouches": {"count": 1, "of": "friends"},
                "consent": {"of": "partners", "days": 1},
                "private": True,
                "invitation_days": 5,
                "keep": {"vouches": 1, "dwell_days": 2, "ask_days": 2},
            },
        },
    ],
    "hats": [
        {
            "key": "greeter",
            "name": "Greeter",
            "needs": "friends",
            "term_months": 1,
            "may": ["moderate"],
            "given": {"by": "anyone", "consent": {"of": "partners", "days": 1}},
        },
        {
            "key": "scribe",
            "name": "Scribe",
            "most": 2,
            "given": {"by": "friends"},
            "may": ["invite"],
            "where": ["friends"],
        },
    ],
    "crews": {
        "fewest": 2,
        "usual": 3,
        "most": 4,
        "open": True,
        "leaf_days": 5,
        "ending_days": 3,
        "leaves": [
            {
                "key": "work",
                "name": "Work",
                "rooms": [{"key": "desk", "name": "Desk"}],
                "may": ["rooms"],
                "post": ["board"],
            },
            {"key": "pot", "name": "Pot", "rooms": [{"key": "till", "name": "Till"}], "may": ["invite"]},
        ],
    },
    "renewal": {"first_months": 1, "then_months": 1, "answer_days": 3},
    "seasons": {"starts": ["03-20", "06-20"], "gap_days": 3},
    "removal": {"of": "friends", "share": 51, "days": 5},
    "pause": {"days": 5, "review_days": 2},
    "changes": {"others": 1, "days": 0},
}
_ASKED = {"join": "invite", "rule": {"propose": "anyone", "by_hand": True, "invitation_days": 7}}
_VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "restore": {"drift": {"powers": "restore", "doors": "restore"}},
    "respect": {"drift": {"powers": "respect", "doors": "restore"}, "door": _ASKED, "care": {"people": 2}},
    "ask": {"drift": {"powers": "ask", "doors": "restore"}, "door": {"join": "knock"}},
}
POLICIES = tuple(_VARIANTS)
CHANGES = (
    "set rungs.friends.level to 10",
    "set rungs.partners.level to 45",
    "set rungs.friends.may to post",
    "set hats.greeter.may to pin",
    "set hats.greeter.needs to partners",
    "set hats.scribe.where to partners",
    "set places.board.post to friends",
    "set keyholders.level to 99",
    "unset rungs.partners.door",
    "drop hats.scribe",
    "drop rungs.partners.rooms.hearth",
    "set places.board.post to friends; unset hats.greeter.given.consent; drop rungs.partners",
    "drop crews.leaves.work",
    "add places den as Den",
)


def charter(policy: str) -> Charter:
    """Return the charter under one policy for what people change by hand."""
    return Charter.model_validate({**_CHARTER, **_VARIANTS[policy]})
