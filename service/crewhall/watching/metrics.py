"""Counts what the service does: the one place where metrics have their names. See deploy/METRICS.md.

No label ever names a person, a room, a crew or a community: each takes one of a few known values.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from crewhall import __version__
from crewhall.flows.report import Report
from crewhall.ground.facts import Recorded
from crewhall.ground.ids import RoomKey
from crewhall.ground.steps import Step
from crewhall.life.drift.facts import DriftAsked, DriftRestored, DriftSettled

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
disable_created_metrics()  # type: ignore[no-untyped-call]  # when each count began tells nothing

_SECONDS: Final = (0.005, 0.02, 0.1, 0.5, 2, 10, 60)
_LAG: Final = (0.1, 0.5, 2, 10, 60, 600, 3600, 86400)
_STEPS: Final = (1, 3, 10, 30, 100, 300, 1000)
_LIMITED: Final = 429


@dataclass(frozen=True, slots=True)
class Depths:
    """How things stand now. Whatever concerns people is a sum over everything."""

    inbox: int = 0
    held: int = 0
    inbox_rooms_resting: int = 0
    outbox: int = 0
    outbox_rooms_resting: int = 0
    rooms_due: int = 0
    rooms_resting: int = 0
    rooms_blocked: int = 0
    plans_waiting: int = 0
    tick_lag: float = 0.0
    facts: int = 0
    ledger_bytes: int = 0
    communities: int = 0
    people: int = 0
    crews: int = 0
    ready: bool = False
    ailments: dict[str, int] = field(default_factory=dict)


class Watch:
    """All counts of one service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        ProcessCollector(registry=own)

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"crewhall_{name}", what, labels, registry=own)

        def gauge(name: str, what: str, *labels: str) -> Gauge:
            return Gauge(f"crewhall_{name}", what, labels, registry=own)

        def histogram(name: str, what: str, buckets: Sequence[float], *labels: str) -> Histogram:
            return Histogram(f"crewhall_{name}", what, labels, buckets=buckets, registry=own)

        self._transactions = counter("transactions", "Transactions of the homeserver, by outcome.", "outcome")
        self._lag = histogram("transaction_lag_seconds", "Age of a transaction's newest event.", _LAG)
        self._stored = histogram("transaction_seconds", "Time to store a transaction.", _SECONDS)
        self._events = counter("events", "Events that came, and those that concern us.", "outcome")
        self._calls = counter(
            "homeserver_calls", "Calls to the homeserver, by class of answer.", "method", "path", "status"
        )
        self._took = histogram(
            "homeserver_call_seconds", "Time of calls to the homeserver.", _SECONDS, "method", "path"
        )
        self._plans = histogram("plan_steps", "Sizes of plans that were carried out.", _STEPS)
        self._steps = counter("steps", "Steps of plans, by kind and what came of them.", "kind", "outcome")
        self._drift = counter("drift", "Changes by hand: asked about, settled, put back.", "kind", "outcome")
        self._troubles = counter("bridge_troubles", "Trouble of bridges' errands outside.", "bridge")
        self._gauges = {
            "inbox": gauge("inbox_waiting", "Events that wait to be heard."),
            "held": gauge("inbox_held", "Events kept in memory."),
            "inbox_rooms_resting": gauge("inbox_rooms_resting", "Rooms heard again later, after trouble."),
            "outbox": gauge("outbox_waiting", "Messages that wait to be said."),
            "outbox_rooms_resting": gauge("outbox_rooms_resting", "Rooms spoken to again later."),
            "rooms_due": gauge("rooms_due", "Rooms that are looked at or wait for it."),
            "rooms_resting": gauge("rooms_resting", "Rooms looked at again later, after trouble."),
            "rooms_blocked": gauge("rooms_blocked", "Rooms in which something is in the way."),
            "plans_waiting": gauge("plans_waiting", "Plans that wait for somebody's yes."),
            "tick_lag": gauge("tick_lag_seconds", "How late the clock's last or next beat is."),
            "facts": gauge("ledger_facts", "Facts in the ledger."),
            "ledger_bytes": gauge("ledger_bytes", "Size of the ledger's files."),
            "communities": gauge("communities", "Communities."),
            "people": gauge("people", "People inside communities, each once, all communities together."),
            "crews": gauge("crews", "Crews that go on, all communities together."),
            "ready": gauge("ready", "1 once the homeserver reaches us and what waited was heard."),
        }
        self._ailments = gauge("ailments", "What is amiss, by the part that says so.", "capability")
        gauge("build_info", "Always 1; the version is in the label.", "version").labels(__version__).set(1)

    def called(self, method: str, path: str, status: int, seconds: float) -> None:
        """Count a call; `path` is a template, `status` 0 if no answer came."""
        self._calls.labels(method, path, _class_of(status)).inc()
        self._took.labels(method, path).observe(seconds)

    def took(self, outcome: str, seconds: float, events: Sequence[object], now: datetime) -> None:
        """Count a transaction: ``taken``, or ``failed`` and to be sent again."""
        self._transactions.labels(outcome).inc()
        self._stored.observe(seconds)
        self._events.labels("received").inc(len(events))
        if (newest := _newest(events)) is not None:
            self._lag.observe(max(now.timestamp() - newest, 0.0))

    def kept(self, count: int) -> None:
        """Count new events that concern us."""
        self._events.labels("kept").inc(count)

    def conducted(self, steps: Sequence[Step], report: Report) -> None:
        """Count a plan that was carried out, and what came of it."""
        if steps:
            self._plans.observe(len(steps))
        refused = [one.step for one in report.refused]
        for outcome, some in (("done", report.done), ("refused", refused), ("later", report.later)):
            for step in some:
                self._steps.labels(type(step).__name__.lower(), outcome).inc()

    def witnessed(self, recorded: Recorded) -> None:
        """Count what the ledger learns of changes by hand."""
        match recorded.fact:
            case DriftAsked(kind=kind):
                self._drift.labels(kind, "asked").inc()
            case DriftSettled(kind=kind):
                self._drift.labels(kind, "settled").inc()
            case DriftRestored(kind=kind):
                self._drift.labels(kind, "restored").inc()
            case _:
                pass

    def troubled(self, bridge: str) -> None:
        """Count what ailed a bridge's errand."""
        self._troubles.labels(bridge).inc()

    def stands(self, depths: Depths) -> None:
        """Set what is so now."""
        for name, gauge in self._gauges.items():
            gauge.set(getattr(depths, name))
        for capability, count in depths.ailments.items():
            self._ailments.labels(capability).set(count)

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self.registry)


class Obstacles:
    """In which rooms something is in the way, as of the latest look at each."""

    def __init__(self) -> None:
        self._keys: set[RoomKey] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def met(self, key: RoomKey) -> None:
        """Note a room."""
        self._keys.add(key)

    def looked(self, belongs: Callable[[RoomKey], bool], report: Report) -> None:
        """Forget those rooms of a look in which nothing is in the way any more."""
        if not report.waiting:
            here = {one.key for one in report.blocked}
            self._keys = {key for key in self._keys if key in here or not belongs(key)}


def _class_of(status: int) -> str:
    if status in {0, _LIMITED}:
        return str(status) if status else "none"
    return f"{status // 100}xx"


def _newest(events: Sequence[object]) -> float | None:
    stamps = (event.get("origin_server_ts") for event in events if isinstance(event, dict))
    found = [stamp for stamp in stamps if isinstance(stamp, int) and not isinstance(stamp, bool)]
    return max(found) / 1000 if found else None
