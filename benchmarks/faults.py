"""Fault campaign: 40 parks with every fault, stopped at random moments, resumed, and held against an undisturbed run.

    python benchmarks/faults.py               # 40 parks, 8 random interruptions
    python benchmarks/faults.py --quick       # 10 parks, 2 interruptions
    python benchmarks/faults.py --smallest    # 1 park, not interrupted: whether everything works

Exit code 0 when no park was lost, nothing was half-written, and every table has the bytes of the undisturbed run.
"""

from __future__ import annotations

import argparse
import csv
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]
from fault_runs import FAULTS, command, half_written, held, make_campaign, mend, stopped_after  # noqa: E402
from small_runs import tables  # noqa: E402


def statuses(out: Path) -> dict[str, str]:
    """Return the status of every park from the run's table."""
    with (out / "status.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["park_id"]: row["status"] for row in csv.DictReader(file)}


def expect(holds: bool, what: str) -> None:
    """Print a finding; end the campaign where it does not hold."""
    print(f"{'holds' if holds else 'FAILS'}: {what}", flush=True)
    if not holds:
        sys.exit(1)


def finish(words: list[str]) -> int:
    """Run a command to its end."""
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    count, stops = (1, 0) if given.smallest else (10, 2) if given.quick else (40, 8)
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="pathways-faults-") as name:
        folder = Path(name)
        parks, notebook = make_campaign(folder, count)
        out = folder / "run"
        begin = time.perf_counter()
        code = finish(command(parks, notebook, out))
        ends = statuses(out)
        wrong = {park: end for park, end in ends.items() if end != FAULTS[park.split("-")[0]][1]}
        expect(
            code == 1 and not wrong, f"every fault costs its park alone: {dict(Counter(ends.values()))} {wrong or ''}"
        )
        expect(half_written(out) == [], "nothing is half-written")
        print(f"  {count} parks in {time.perf_counter() - begin:.0f} s")
        if stops:
            _stop(parks, notebook, folder, out, stops, chance)
        mend(folder)
        expect(finish(command(parks, notebook, out, "--retry-failed")) == 0, "mended, the resumed run completes")
        calm = folder / "undisturbed"
        expect(finish(command(parks, notebook, calm)) == 0, "an undisturbed run completes")
        expect(tables(out) == tables(calm) and len(tables(out)) == count, f"{count} tables have the same bytes in both")
    return 0


def _stop(parks: tuple[str, ...], notebook: Path, folder: Path, out: Path, stops: int, chance: random.Random) -> None:
    """Interrupt runs at random moments, and start two at once."""
    for at in range(stops):
        seconds = chance.uniform(0.5, 12)
        number = chance.choice([signal.SIGINT, signal.SIGTERM])
        _, errors = stopped_after(seconds, command(parks, notebook, out, "--force"), number)
        sound = "Traceback" not in errors and half_written(out) == []
        expect(sound, f"{number.name} after {seconds:.1f} s leaves whole folders only ({at + 1} of {stops})")
    words = command(parks, notebook, folder / "two")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        with held(first, folder / "two"):
            code = finish(words)
        expect(code == 2, "a second run into the same folder is refused")
        first.wait()
    expect(half_written(folder / "two") == [], "and the first is not disturbed")


if __name__ == "__main__":
    sys.exit(main())
