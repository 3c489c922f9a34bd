"""Our own HTTP side is what its document says: every route, and no answer that it does not name."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from crewhall.adapters import transactions
from crewhall.adapters.listening import listening
from crewhall.watching import probe

TOKEN = "the-token-of-the-homeserver"
METHODS = {"get", "put", "post", "delete", "patch", "head"}


@pytest.fixture(scope="module")
def document(deploy: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((deploy / "openapi.yaml").read_text())
    return told


async def _accept(_events: Sequence[object]) -> None:
    """Take everything."""


async def _numbers() -> bytes:
    return b"crewhall_up 1\n"


def _ours(name: str) -> bool:
    return len(name) % 2 == 0


def _door() -> web.Application:
    return transactions.build(_accept, _ours, _ours, TOKEN, patience=5.0)


def _watch(why_not: str = "") -> web.Application:
    return probe.build("crewhall", lambda: why_not, _numbers)


APPS: dict[str, Callable[[], web.Application]] = {"door": _door, "watch": _watch}
AWAY = "the homeserver is away"
SERVED = APPS | {"away": lambda: _watch(AWAY)}


@pytest.fixture(params=sorted(SERVED))
async def served(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, str]]:
    """One listener after the other: its name and address."""
    async with listening(SERVED[request.param](), "127.0.0.1", 0) as port:
        yield request.param, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("side", sorted(APPS))
def test_the_document_has_every_route_and_no_other(side: str, document: dict[str, Any]) -> None:
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in APPS[side]().router.routes()
        if route.resource is not None and not (side == "watch" and route.method == "HEAD")
    }
    told = {
        (method, path)
        for path, item in document["paths"].items()
        for method, what in item.items()
        if method in METHODS and side in what["tags"]
    }
    assert told == routes


def test_every_path_behind_the_lock_says_so(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for what in item.values():
            locked = "door" in what["tags"]
            assert (what.get("security") == [{"homeserver": []}]) is locked, path
            assert ({"401", "403"} <= set(what["responses"])) is locked, path


@pytest.mark.parametrize("words", [{"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer no"}, {}])
async def test_no_answer_is_one_that_the_document_does_not_name(
    served: tuple[str, str], document: dict[str, Any], words: dict[str, str]
) -> None:
    pytest.importorskip("schemathesis")
    name, base = served
    side = "door" if name == "door" else "watch"
    seen = await asyncio.to_thread(_drive, document, side, base, words)
    assert seen, "nothing was asked"
    assert 500 not in seen
    if side == "door":
        expected = {"Bearer no": {403}}.get(words.get("Authorization", ""), None if words else {401})
        # A path that is no longer ours (a slash in a name) is told so before the token is looked at.
        assert expected is None or seen - {404} == expected
        assert expected is not None or {200, 400, 404} <= seen
    else:
        assert seen == ({200} if name == "watch" else {200, 503})


def _drive(document: dict[str, Any], side: str, base: str, words: dict[str, str]) -> set[int]:
    """Ask whatever the document allows, and what it does not, within bounds; return the statuses seen."""
    import schemathesis  # noqa: PLC0415 - only where it is installed
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    wanted = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    seen: set[int] = set()
    found: Any
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        if side not in operation.definition.raw["tags"]:
            continue
        for mode in modes[: 1 if side == "watch" else 2]:
            strategy = operation.as_strategy(generation_mode=mode)

            @settings(
                max_examples=15,
                database=None,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def ask(case: Any) -> None:
                case.headers = {k: v for k, v in (case.headers or {}).items() if k != "Authorization"} | words
                answer = case.call(base_url=base, timeout=20)
                seen.add(answer.status_code)
                case.validate_response(answer, checks=wanted)

            ask()
    return seen
