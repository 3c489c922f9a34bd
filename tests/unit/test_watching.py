"""What can be watched has documented names, a few known labels, and nobody's name in it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crewhall.flows.report import Refused, Report, Waiting
from crewhall.ground.facts import Recorded, Stream
from crewhall.ground.ids import RoomKey, UserId
from crewhall.ground.rooms import StatePut
from crewhall.ground.steps import Blocked, Invite, Plan, Put
from crewhall.life.drift.facts import DriftRestored
from crewhall.watching.metrics import Depths, Obstacles, Watch

DEPLOY = Path(__file__).parents[2] / "deploy"
NOW = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)
ROOT, LOBBY = RoomKey("rivendell"), RoomKey("rivendell/place/lobby")
PUT = Put(LOBBY, StatePut("m.room.join_rules", "", {}), "doors")
INVITE = Invite(LOBBY, UserId("@ann:hall.test"))


def value(watch: Watch, name: str, **labels: str) -> float | None:
    return watch.registry.get_sample_value(name, labels)


def names(watch: Watch) -> dict[str, tuple[str, frozenset[str]]]:
    """Return each metric as Prometheus knows it, with its kind and labels."""
    found = {}
    for metric in watch.registry.collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        found[name] = metric.type
    declared: Any = watch.registry._collector_to_names
    labels = {name: frozenset(getattr(c, "_labelnames", ())) for c, all_ in declared.items() for name in all_}
    return {name: (kind, labels.get(name, frozenset())) for name, kind in found.items()}


def documented() -> dict[str, tuple[str, frozenset[str]]]:
    text = (DEPLOY / "METRICS.md").read_text(encoding="utf-8")
    table = text.partition("## Metrics")[2].partition("## What to be woken")[0]
    found = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and cells[0].startswith("`"):
            labels = frozenset(re.findall(r"(?:^|[,;] )`(method|path|status|\w+)`(?=[:,]|$)", cells[2]))
            found[cells[0].strip("`")] = (cells[1], labels)
    return found


def test_the_page_for_operators_names_exactly_what_there_is() -> None:
    code, page = names(Watch()), documented()
    assert page.keys() == code.keys()
    assert {name: kind for name, (kind, _) in page.items()} == {
        name: kind for name, (kind, _) in code.items()
    }
    for name, (_, labels) in code.items():
        assert labels <= page[name][1], name


def test_no_label_is_for_a_person_a_room_a_crew_or_a_community() -> None:
    labels = {label for _, some in names(Watch()).values() for label in some}
    assert labels == {"outcome", "method", "path", "status", "kind", "capability", "bridge", "version"}


def test_the_board_uses_only_what_exists() -> None:
    board = json.loads((DEPLOY / "grafana" / "crewhall.json").read_text(encoding="utf-8"))
    known = set()
    for name, (kind, _) in names(Watch()).items():
        known |= {f"{name}_{end}" for end in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    queries += [one["query"] for one in board["templating"]["list"]]
    used = {name for query in queries for name in re.findall(r"\b(?:crewhall|process)_\w+", query)}
    assert used <= known
    assert {name for name in documented() if name.startswith("crewhall_")} - used == {
        name
        for name, (kind, _) in names(Watch()).items()
        if kind == "histogram" and name.startswith("crewhall_")
    }
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))


def test_the_alarms_of_the_page_use_only_what_exists() -> None:
    text = (DEPLOY / "METRICS.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bcrewhall_[a-z_]+[a-z]", text)) <= {*names(Watch())}


@pytest.mark.parametrize(
    ("status", "told"),
    [(200, "2xx"), (302, "3xx"), (403, "4xx"), (404, "4xx"), (429, "429"), (502, "5xx"), (0, "none")],
)
def test_answers_are_counted_by_class(status: int, told: str) -> None:
    watch = Watch()
    watch.called("PUT", "/v3/rooms/{room}/state/{kind}", status, 0.2)
    labels = {"method": "PUT", "path": "/v3/rooms/{room}/state/{kind}"}
    assert value(watch, "crewhall_homeserver_calls_total", status=told, **labels) == 1
    assert value(watch, "crewhall_homeserver_call_seconds_sum", **labels) == 0.2


def test_the_lag_of_a_transaction_is_the_age_of_its_newest_event() -> None:
    watch = Watch()
    stamp = int(NOW.timestamp() * 1000)
    events = [{"origin_server_ts": stamp - 90_000}, {"origin_server_ts": stamp - 3_000}, "junk", {}]
    watch.took("taken", 0.01, events, NOW)
    assert value(watch, "crewhall_transaction_lag_seconds_sum") == pytest.approx(3)
    assert value(watch, "crewhall_events_total", outcome="received") == 4
    watch.took("failed", 0.01, [{"origin_server_ts": stamp + 60_000}], NOW)
    assert value(watch, "crewhall_transaction_lag_seconds_sum") == pytest.approx(3)
    assert value(watch, "crewhall_transactions_total", outcome="failed") == 1


@pytest.mark.parametrize("stamp", [True, "x", None, 1.5, [], {}])
def test_a_strange_stamp_is_no_age(stamp: object) -> None:
    watch = Watch()
    watch.took("taken", 0.01, [{"origin_server_ts": stamp}], NOW)
    assert value(watch, "crewhall_transaction_lag_seconds_count") == 0


def test_steps_are_counted_by_kind_and_by_what_came_of_them() -> None:
    watch = Watch()
    watch.conducted((), Report())
    report = Report(done=(PUT,), refused=(Refused(INVITE, "no"),), later=(INVITE, INVITE))
    watch.conducted((PUT, INVITE, INVITE, INVITE), report)
    assert value(watch, "crewhall_plan_steps_count") == 1
    assert value(watch, "crewhall_plan_steps_sum") == 4
    assert value(watch, "crewhall_steps_total", kind="put", outcome="done") == 1
    assert value(watch, "crewhall_steps_total", kind="invite", outcome="refused") == 1
    assert value(watch, "crewhall_steps_total", kind="invite", outcome="later") == 2


def test_what_is_put_back_is_counted_and_nobody_named() -> None:
    watch = Watch()
    fact = DriftRestored(LOBBY, "doors", "digest", UserId("@ann:hall.test"))
    watch.witnessed(Recorded(1, Stream("rivendell/drift"), 1, "$x", NOW, fact))
    assert value(watch, "crewhall_drift_total", kind="doors", outcome="restored") == 1
    assert b"ann" not in watch.text()


def test_two_watches_do_not_count_together() -> None:
    one, other = Watch(), Watch()
    one.kept(3)
    assert value(one, "crewhall_events_total", outcome="kept") == 3
    assert value(other, "crewhall_events_total", outcome="kept") is None


def test_how_things_stand_is_set_anew() -> None:
    watch = Watch()
    watch.stands(Depths(inbox=7, ready=True, ailments={"hats": 2}))
    watch.stands(Depths(inbox=1, ailments={"hats": 0}))
    assert value(watch, "crewhall_inbox_waiting") == 1
    assert value(watch, "crewhall_ready") == 0
    assert value(watch, "crewhall_ailments", capability="hats") == 0


def test_a_room_is_blocked_until_a_look_finds_nothing_in_the_way() -> None:
    met = Obstacles()
    met.met(ROOT)
    met.met(LOBBY)
    assert len(met) == 2
    met.looked(lambda key: key == LOBBY, Report(waiting=(Waiting("x", Plan(), ()),)))
    assert len(met) == 2
    met.looked(lambda _: True, Report(blocked=(Blocked(ROOT, "x", "y"),)))
    assert len(met) == 1
    met.looked(lambda key: key == LOBBY, Report())
    assert len(met) == 1
    met.looked(lambda key: key == ROOT, Report())
    assert len(met) == 0
