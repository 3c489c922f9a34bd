"""Plans and reports as tables for a terminal."""

from collections import Counter

from rich.table import Table
from rich.text import Text

from crewhall.flows.report import Report
from crewhall.ground.steps import (
    Close,
    Create,
    Enter,
    Invite,
    Link,
    Plan,
    Put,
    Remove,
    Step,
    Unlink,
)


def plan_table(plan: Plan, reasons: tuple[str, ...]) -> Table | Text:
    """Return what would change, room by room, with the counts and the fingerprint below."""
    if not plan.steps and not plan.blocked:
        return Text("Nothing would change.")
    table = Table("Room", "What would be done", box=None, pad_edge=False)
    for step in plan.steps:
        table.add_row(step.key, in_words(step))
    for blocked in plan.blocked:
        table.add_row(blocked.key, f"[yellow]cannot:[/] {blocked.what} - {blocked.remedy}")
    counts = ", ".join(f"{n} {kind}" for kind, n in sorted(plan.counts.items())) or "nothing"
    table.caption = f"{counts}. Fingerprint {plan.fingerprint}."
    if reasons:
        table.caption += f"\nWaits for a yes: {'; '.join(reasons)}."
    table.caption_justify = "left"
    return table


def in_words(step: Step) -> str:
    """Return a step as a few plain words."""
    match step:
        case Create(wish=wish):
            kind = "space" if wish.space else "room"
            return f"make the {kind} {wish.name}" if wish.name else f"make the {kind}"
        case Put(why=why):
            return f"set {why}"
        case Link(space=space):
            return f"list it in {space}"
        case Unlink(space=space):
            return f"take it out of {space}"
        case Invite(person=person):
            return f"invite {person}"
        case Remove(person=person, reason=reason):
            return f"remove {person} ({reason})"
        case Enter():
            return "enter by the invitation"
        case Close():
            return "leave it for good"


def report_table(report: Report) -> Table | Text:
    """Return what came of a plan: how much was done, and all that was not."""
    done = Counter(type(step).__name__.lower() for step in report.done)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(done.items()))
    summary = f"Done: {told}." if told else "There was nothing to do."
    if report.whole:
        return Text(summary)
    table = Table("Room", "What is not done", box=None, pad_edge=False, caption=summary)
    table.caption_justify = "left"
    for refused in report.refused:
        table.add_row(refused.step.key, f"{in_words(refused.step)}: refused, {refused.why}")
    for step in report.later:
        table.add_row(step.key, f"{in_words(step)}: later, at the next look")
    for blocked in report.blocked:
        table.add_row(blocked.key, f"{blocked.what} - {blocked.remedy}")
    for waiting in report.waiting:
        reasons = "; ".join(waiting.reasons)
        table.add_row("", f"waits for a yes: {reasons} (crewhall apply --yes {waiting.fingerprint})")
    return table
