"""The long form: ``tests/chaos/run [--faults 500] [--seed N] [--synapse 60] [--keep FOLDER]``.

It rages over fake homeservers until so many faults have struck, in storms of some minutes each, then over a
real Synapse, and prints for each storm its seed, the faults by kind, and what the judge found. The exit
status is 1 if anything was wrong. A seed draws the same faults and acts again; processes do not keep step.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from storm.play import over_fakes, over_synapse

A_STORM = 250
"""Faults of one storm; then everything is judged, and a new one begins over new halls."""
LONGEST = 900.0


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main() -> int:
    """Do as the command line says; return the exit status."""
    reads = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reads.add_argument("--faults", type=int, default=500, help="over the fake homeservers (500)")
    reads.add_argument("--synapse", type=int, default=60, help="over a real Synapse (60)")
    reads.add_argument("--seed", default=str(random.SystemRandom().randrange(1_000_000)), help="to draw from")
    reads.add_argument("--keep", type=Path, help="a folder to keep ledgers and logs in")
    asked = reads.parse_args()
    say(f"seed {asked.seed}")
    with tempfile.TemporaryDirectory(prefix="crewhall-chaos-") as made:
        folder = asked.keep or Path(made)
        left, storms = asked.faults, [(over_synapse, "synapse", asked.synapse)] if asked.synapse else []
        while left > 0:
            storms.insert(0, (over_fakes, "fake homeservers", min(left, A_STORM)))
            left -= A_STORM
        struck, bad = 0, 0
        for n, (over, name, faults) in enumerate(storms, 1):
            async with over(folder / str(n), f"{asked.seed}-{n}") as storm:
                await storm.rage(faults, LONGEST)
                outcome = await storm.verdict()
            say(f"\n{name}, {outcome.told()}")
            struck += outcome.counted.total
            bad += len(outcome.wrong)
            bad += outcome.counted.total < faults
    say(f"\n{struck} faults, {'nothing wrong' if not bad else f'{bad} WRONG'}; seed {asked.seed}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
