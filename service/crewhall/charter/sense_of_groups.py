"""Decides whether each group that a charter names is one: everybody, those with keys, a rung, a hat. Pure."""

from collections.abc import Iterator
from typing import TypeAlias

from crewhall.charter.amiss import twice, unknown
from crewhall.charter.faults import Path
from crewhall.charter.grants import ANYONE, EVERYONE, KEYHOLDERS, KEYS
from crewhall.charter.model import Charter, Place, Rule

Named: TypeAlias = Iterator[tuple[Path, str, tuple[str, ...]]]
"""Where a group is named, its key, and the keys that can stand there."""


def rules(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return what contradicts itself in the rules by which one comes in, rises and stays."""
    door = charter.door
    if door.rule is not None and door.join != "invite":
        said = f"Where one may come in by `{door.join}`, nobody has to be proposed"
        yield ("door", "rule"), f"{said}: write `join: invite` or leave `rule` out."
    for path, rule in _rules(charter):
        yield from twice(((((*path, "met", n)), label.casefold()) for n, label in enumerate(rule.met)), "way")
        if rule.keep.vouches > rule.vouches.count:
            said = f"To stay takes {rule.keep.vouches} vouches, and coming takes {rule.vouches.count}"
            yield (*path, "keep", "vouches"), f"{said}: write at most {rule.vouches.count}."


def groups(charter: Charter) -> Iterator[tuple[Path, str]]:
    """Return every group that is named and that there is not."""
    for path, key, known in _named(charter):
        if key not in known:
            yield path, _unknown(charter, path, key, known)


def _unknown(charter: Charter, path: Path, key: str, known: tuple[str, ...]) -> str:
    choice = ", ".join(known)
    if key == KEYS and KEYHOLDERS in known:
        return f"Whoever wears the hat `{KEYS}` is called `{KEYHOLDERS}` here: write that."
    if any(hat.key == key for hat in charter.hats):
        return f"`{key}` is a hat, and `{path[-1]}` cannot be left to one: use one of {choice}."
    return unknown(key, known, "group")


def _named(charter: Charter) -> Named:
    rungs = tuple(rung.key for rung in charter.rungs)
    hats = tuple(hat.key for hat in charter.hats if hat.key != KEYS)
    ladder, holding = (ANYONE, *rungs), (KEYHOLDERS, *rungs)
    everybody = (ANYONE, *holding)
    for path, rule in _rules(charter):
        yield (*path, "propose"), rule.propose, everybody
        yield (*path, "vouches", "of"), rule.vouches.of, ladder
        if rule.consent is not None:
            yield (*path, "consent", "of"), rule.consent.of, ladder
    for path, place in _rooms(charter):
        yield (*path, "post"), place.post, (EVERYONE, *holding, *hats)
    if charter.renewal is not None:
        yield ("renewal", "of"), charter.renewal.of, ladder
    for n, hat in enumerate(charter.hats):
        yield ("hats", n, "needs"), hat.needs, ladder
        yield ("hats", n, "given", "by"), hat.given.by, (*everybody, *hats)
        if hat.given.consent is not None:
            yield ("hats", n, "given", "consent", "of"), hat.given.consent.of, ladder
    yield ("removal", "propose"), charter.removal.propose, holding
    yield ("removal", "of"), charter.removal.of, everybody
    yield ("changes", "propose"), charter.changes.propose, holding
    yield ("changes", "of"), charter.changes.of, everybody
    yield ("sisters", "propose"), charter.sisters.propose, holding
    yield ("sisters", "of"), charter.sisters.of, everybody
    yield ("sisters", "hosts"), charter.sisters.hosts, (*everybody, *hats)


def _rules(charter: Charter) -> Iterator[tuple[Path, Rule]]:
    if charter.door.rule is not None:
        yield ("door", "rule"), charter.door.rule
    for n, rung in enumerate(charter.rungs):
        if rung.door is not None:
            yield ("rungs", n, "door"), rung.door


def _rooms(charter: Charter) -> Iterator[tuple[Path, Place]]:
    yield from ((("places", n), place) for n, place in enumerate(charter.places))
    for n, rung in enumerate(charter.rungs):
        yield from ((("rungs", n, "rooms", m), room) for m, room in enumerate(rung.rooms))
