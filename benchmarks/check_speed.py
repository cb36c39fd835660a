"""Time the check of a workbook, in units of reading the same workbook by the library alone.

    python benchmarks/check_speed.py [REPEATS]
    python benchmarks/check_speed.py --against 48ac5ce [ROUNDS]

The promise: a check takes no longer than reading the workbook twice with openpyxl (exit code 1 where not).
The least time of several repeats is taken for a full template of five years, an enterprise list of 1,000 rows, a
template in which every value is a formula, and a bare copy without any format, whose reading is next to nothing.

With ``--against`` the whole command ``pathways check`` is timed, from the start of Python to its end, beside that of
another revision (48ac5ce is version 0.2.0), in turns: processor time, least and median of the rounds.  The promise
there: at most 1.1 times that of the other, by the medians.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from workbook_maker import PARK, YEARS, Filled, fill_template, grown  # noqa: E402

from pathway_models.intake.examination import examine_workbook  # noqa: E402

#: No format, comment or drop-down to read, so that nearly all that is left is the check itself.
BARE = "bare copy of 8 kB"


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the least time of a piece of work."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def workbooks(folder: Path) -> dict[str, Path]:
    """Make the workbooks that are timed."""
    full = {year: grown(2018) for year in range(2016, 2021)}
    made = {"full template": fill_template(folder / "full.xlsx", {**PARK, "first_year": 2016}, full)}
    many = Filled()
    gas = {year: many.lines[year]["natural_gas"]["value"] for year in YEARS}
    many.lists["主要企业"] = [
        {"year": year, "name": f"企业{at}", "entry": "天然气", "value": gas[year] / 334, "unit": "10^4 Nm3"}
        for year in YEARS
        for at in range(334)
    ]
    made["1,000 enterprise rows"] = many.write(folder / "many.xlsx")
    sums = {
        year: {key: {**line, "value": f"={line['value']}+0"} for key, line in lines.items()}
        for year, lines in full.items()
    }
    made["formulas throughout"] = fill_template(folder / "sums.xlsx", {**PARK, "first_year": 2016}, sums)
    made[BARE] = Filled().write(folder / "plain.xlsx")
    return made


def against(revision: str, rounds: int) -> int:
    """Print the times of the whole command beside those of another revision; return 1 where the promise is not kept."""
    worst = 0.0
    with TemporaryDirectory() as name:
        other, cache = Path(name) / "other", Path(name) / "cache"
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", other, revision], cwd=ROOT, check=True)
        try:
            samples = sorted((ROOT / "data" / "samples").glob("*.xlsx"))
            for path in [*workbooks(Path(name)).values(), *samples]:
                # The first round compiles the modules.
                times = [(_whole(other, path, cache), _whole(ROOT, path, cache)) for _ in range(rounds + 1)][1:]
                before, now = zip(*times, strict=True)
                least, middle = min(now) / min(before), statistics.median(now) / statistics.median(before)
                worst = max(worst, middle)
                told = f"{min(before):.3f} -> {min(now):.3f} s   ratio of least {least:.2f}, of medians {middle:.2f}"
                print(f"{path.name:<28} {told}", flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", other], cwd=ROOT, check=True)
    return 0 if worst <= 1.1 else 1


def _whole(root: Path, workbook: Path, cache: Path) -> float:
    """Return the processor time of the check command with the code of a folder, seconds."""
    with (root / "pyproject.toml").open("rb") as settings:
        module, function = tomllib.load(settings)["project"]["scripts"]["pathways"].split(":")
    copy = shutil.copy(workbook, cache.with_name("workbook.xlsx"))
    env = {**os.environ, "PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": str(cache)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    call = [sys.executable, "-c", f"from {module} import {function}; {function}()", "check", copy]
    process = subprocess.Popen(call, cwd=root, env=env, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):  # 1: it has errors, as one of formulas without results has
        raise SystemExit(f"{workbook.name}: the check of {root} ended with {status}")
    return used.ru_utime + used.ru_stime


def main(repeats: int) -> int:
    """Print the table; return 1 where the promise is not kept."""
    worst = 0.0
    with TemporaryDirectory() as name:
        for what, path in workbooks(Path(name)).items():
            examine_workbook(path)
            reading = seconds(lambda path=path: openpyxl.load_workbook(path), repeats)
            checking = seconds(lambda path=path: examine_workbook(path), repeats)
            worst = max(worst, checking / reading)
            times = f"read {reading * 1e3:7.1f} ms   check {checking * 1e3:7.1f} ms"
            print(f"{what:<24} {times}   ratio {checking / reading:.2f}")
    return 0 if worst <= 2.0 else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("repeats", type=int, nargs="?", default=10)
    asked.add_argument("--against", metavar="REVISION")
    given = asked.parse_args()
    sys.exit(against(given.against, given.repeats) if given.against else main(given.repeats))
