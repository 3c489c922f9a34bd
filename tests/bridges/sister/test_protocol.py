"""Promises of the written protocol: the page is what the code does, and old statements stay readable."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crewhall.charter.model import Charter
from crewhall.ground.ids import UserId
from crewhall_bridges.sister import protocol, wire
from crewhall_bridges.sister.bond import flows_open, state_of, statement
from crewhall_bridges.sister.cards import ASK, YES
from crewhall_bridges.sister.terms import compose, read_offer, read_terms
from crewhall_bridges.sister.testing import Town, meet, with_content

PAGE = protocol.PAGE.read_text(encoding="utf-8")
FIRST = sorted((Path(__file__).parent / "wire-v1").glob("*.json"))
EXAMPLES = {
    name: json.loads(body) for name, body in re.findall(r"```json (\S+)\n(.*?)\n```", PAGE, flags=re.DOTALL)
}
HERE, DALE = UserId("@keeper:here.example"), UserId("@keeper:dale.example")


def person(name: str, server: str) -> UserId:
    return UserId(f"@{name}:{server}.example")


def two() -> tuple[Town, Town]:
    rivendell = {
        "key": "rivendell",
        "name": "Rivendell",
        "founders": [person("ada", "here"), person("bea", "here")],
        "sisters": {"agreements": "We ask before we share what was said."},
    }
    dale = {
        "key": "dale",
        "name": "Dale",
        "founders": [person("di", "dale"), person("eve", "dale")],
        "sisters": {"flows": ["guests"]},
    }
    return (
        Town(Charter.model_validate(rivendell), HERE, inside=rivendell["founders"]),  # type: ignore[arg-type]
        Town(Charter.model_validate(dale), DALE, inside=dale["founders"]),  # type: ignore[arg-type]
    )


def stated(one: Town) -> dict[str, Any]:
    return dict(json.loads(json.dumps(dict(statement(one.link)))))


def linked() -> tuple[Town, Town]:
    here, dale = two()
    here.tell(person("ada", "here"), "link with", DALE)
    dale.tell(person("di", "dale"), "link with", HERE)
    meet(here, dale)
    here.react_to(here.card(ASK), person("bea", "here"), YES)
    dale.react_to(dale.card(ASK), person("eve", "dale"), YES)
    meet(here, dale)
    return here, dale


def test_the_schemas_on_the_page_are_those_of_the_models() -> None:
    assert protocol.page(PAGE) == PAGE


def test_the_examples_are_what_two_communities_state() -> None:
    here, dale = two()
    here.tell(person("ada", "here"), "link with", DALE)
    assert stated(here) == EXAMPLES["1-offer"]
    dale.tell(person("di", "dale"), "link with", HERE)
    meet(here, dale)
    here.react_to(here.card(ASK), person("bea", "here"), YES)
    assert stated(here) == EXAMPLES["2-agreed"]
    meet(here, dale)
    dale.react_to(dale.card(ASK), person("eve", "dale"), YES)
    meet(here, dale)
    assert stated(dale) == EXAMPLES["3-agreed-too"]
    assert here.link.terms is not None
    assert here.link.terms.digest in PAGE
    dale.tell(person("di", "dale"), "link close guests to rivendell")
    meet(here, dale)
    assert stated(dale) == EXAMPLES["4-closed"]
    here.tell(person("ada", "here"), "link open recipes with dale")
    here.react_to(here.card(ASK), person("bea", "here"), YES)
    assert stated(here) == EXAMPLES["5-wider"]
    dale.tell(person("di", "dale"), "unlink rivendell")
    assert stated(dale) == EXAMPLES["6-ended"]


@pytest.mark.parametrize("path", FIRST, ids=[path.stem for path in FIRST])
def test_what_was_stated_first_can_still_be_read(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    kind = path.stem.partition("-")[0]
    assert kind in wire.KINDS
    found = wire.read(kind, content)
    assert not isinstance(found, wire.Unreadable)
    assert json.loads(found.model_dump_json(exclude_none=True)) == content


def test_all_kinds_were_stated_first() -> None:
    assert {path.stem.partition("-")[0] for path in FIRST} == set(wire.KINDS)


def test_the_terms_follow_from_both_offers_whoever_composes_them() -> None:
    one = read_offer(HERE, wire.Offer.model_validate(EXAMPLES["2-agreed"]["offer"]))
    other = read_offer(DALE, wire.Offer.model_validate(EXAMPLES["3-agreed-too"]["offer"]))
    assert compose(one, other) == compose(other, one)
    told = wire.Terms.model_validate(EXAMPLES["2-agreed"]["agreed"][0])
    assert compose(one, other) == read_terms(told)
    assert compose(one, other).digest in PAGE


def test_a_newer_sister_works_for_what_both_know() -> None:
    """It opens a flow that we do not know and says more everywhere; what both know holds."""
    here, dale = linked()
    before = flows_open(here.link, here.now)
    newer = stated(dale) | {"v": 2, "seq": stated(dale)["seq"] + 1, "mood": {"sunny": [True, None, 3]}}
    newer["offer"] |= {"flows": ["guests", "moonlight"], "colour": "green"}
    newer["agreed"][0] |= {"weather": "fine"}
    newer["agreed"][0]["flows"][DALE] = ["moonlight", "guests"]
    here.look(with_content(dale.box(dale.link), newer))
    assert here.link.health.trouble is None
    assert state_of(here.link, here.now) == "holds"
    assert flows_open(here.link, here.now) == before


def test_a_letterbox_says_what_it_is_and_one_from_before_is_read() -> None:
    here, dale = linked()
    seen = dale.box(dale.link)
    assert seen.kind == wire.LETTERBOX
    assert f"`{wire.LETTERBOX}`" in PAGE
    here.look(replace(with_content(seen, stated(dale) | {"seq": stated(dale)["seq"] + 1}), kind=""))
    assert here.link.health.trouble is None
    assert here.link.theirs is not None
    assert here.link.theirs.seq == stated(dale)["seq"] + 1


def test_what_is_not_known_is_kept_as_it_came() -> None:
    content = EXAMPLES["1-offer"] | {"mood": {"sunny": [True, None, 3]}}
    found = wire.treaty(content)
    assert isinstance(found, wire.Treaty)
    assert wire.content_of(found)["mood"] == {"sunny": [True, None, 3]}


def test_an_older_sister_that_says_less_works_for_what_it_says() -> None:
    here, dale = linked()
    older = stated(dale)
    for key in ("contacts", "closed", "ended", "last"):
        del older[key]
    older["seq"] += 1
    here.look(with_content(dale.box(dale.link), older))
    assert state_of(here.link, here.now) == "holds"
