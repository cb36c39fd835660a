"""Compare processor time and memory of the package with those of an older version, place by place in turn.

    git worktree add --detach OLDER 48ac5ce          # version 0.2.0
    python benchmarks/older_version.py OLDER [--members 1000] [--places 5] [--repeats 2]
    python benchmarks/older_version.py OLDER --reports [--members 1000] [--repeats 3]

Each version is one process that answers the older one's tables (``OLDER/data/parks``) under the older one's ten
scenarios and levers: read, sample, project, peaks and probabilities.  Reported separately: the second reading, which
the older version lacks, and today's scenarios of the same names, which hold more levers.  The processes work in turn,
so that other load slows all; the least of the repeats counts.  Today's processes keep freed memory, as commands and
workers of a run do; a notebook on a kernel of its own does not, and takes a few per cent more.

With ``--reports`` the older version's Word, web page and audit workbook of one park, each by a command of its own as it
had to be, are set beside today's three of one command: the first time, and again with the search that the run keeps.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_240_401
#: One thread for the linear algebra, in both.
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
#: What each process does with the tables named on its standard input; works with 0.2.0 and later.
WORKER = """
import inspect, json, resource, sys, time
from pathlib import Path
import pathway_models as pw

members, seed, folder, names = json.loads(sys.stdin.readline())
folder = Path(folder)
scenarios = pw.read_scenarios(folder / "scenarios.yml", folder / "levers.yml")
scenarios = {name: scenarios[name] for name in names}
is_new = hasattr(pw, "headline")
if is_new:  # as the commands and the workers of a run do
    from pathway_models.core import keep_freed_memory
    keep_freed_memory()

def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))

for line in sys.stdin:
    began = time.process_time()
    park = pw.read_park(Path(line.strip()))
    draws = pw.sample(park, scenarios, members=members, seed=seed)
    paths = pw.project(park, scenarios, draws)
    peaks = pw.headline(paths) if is_new else pw.find_peaks(paths)
    first, both = time.process_time() - began, None
    if is_new:
        held = pw.project(park, scenarios, draws, drivers="hold", keep="totals")
        pw.headline(paths, held=held)
        both = time.process_time() - began
    del park, draws, paths, peaks
    print(json.dumps([first, both, memory()]), flush=True)
"""


#: Runs a park for its reports; works with 0.2.0 and later.
RUN = "import pathway_models as pw; pw.run_tables([{park!r}], {folder!r}, members={members})"
REPORTED, FORMATS = "demo-steel", ("docx", "html", "xlsx")


def of_reports(older: Path, members: int, repeats: int) -> None:
    """Print the processor time of an older version's documents, one by one, and of today's together."""
    with TemporaryDirectory() as name:
        places = {"older": older, "new": ROOT}
        for version, root in places.items():
            code = RUN.format(park=REPORTED, folder=f"{name}/{version}", members=members)
            _command(root, name, [sys.executable, "-c", code])
        calls = {("older", form): [form] for form in FORMATS} | {
            ("new", when): list(FORMATS) for when in ("the first time", "again")
        }
        least: dict[tuple[str, str], float] = dict.fromkeys(calls, float("inf"))
        for again in range(repeats + 1):
            for call, forms in calls.items():
                version, when = call
                if when == "the first time":
                    Path(name, version, REPORTED, "search.npz").unlink(missing_ok=True)
                words = ["report", f"{name}/{version}", REPORTED, "--out", f"{name}/documents"]
                words += [word for form in forms for word in ("--format", form)]
                spent = _command(places[version], name, [sys.executable, "-c", _entry(places[version]), *words])
                # The first round compiles the modules; it counts only where there is no other.
                least[call] = min(least[call], spent) if again or not repeats else least[call]
    one = np.mean([spent for (version, _), spent in least.items() if version == "older"])
    for (version, when), spent in least.items():
        print(f"{version:<6} {when:<16} {spent:6.2f} s   {spent / one:.2f} of one of the older ones")


def _entry(root: Path) -> str:
    """Return the code that the command ``pathways`` of a folder runs."""
    with (root / "pyproject.toml").open("rb") as settings:
        module, function = tomllib.load(settings)["project"]["scripts"]["pathways"].split(":")
    return f"from {module} import {function}; {function}()"


def _command(root: Path, cache: str, command: list[str]) -> float:
    """Run a command with the code of a folder; return its seconds of processor time."""
    environment = {**os.environ, **THREADS, "PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": f"{cache}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{root}: a command ended with {status}")
    return used.ru_utime + used.ru_stime


class Version:
    """A process that works with one version."""

    def __init__(self, folder: Path, members: int, data: Path, scenarios: list[str]) -> None:
        command = [sys.executable, "-c", WORKER]
        environment = {**os.environ, **THREADS, "PYTHONPATH": str(folder)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=folder, env=environment)
        print(json.dumps([members, SEED, str(data), scenarios]), file=self.process.stdin, flush=True)

    def answer(self, table: Path) -> tuple[float, float | None, float]:
        """Processor seconds of the answer and of both readings, and the most memory so far in MB."""
        print(table, file=self.process.stdin, flush=True)
        told = self.process.stdout.readline()
        if not told:
            raise SystemExit(f"{table}: a version ended; see above")
        return tuple(json.loads(told))

    def end(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait(timeout=60)


def main() -> None:
    """Measure both versions in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("older", type=Path, help="checkout of the older version")
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--places", type=int, help="only the first places")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--reports", action="store_true", help="documents of one park instead of answers")
    arguments = parser.parse_args()
    older = arguments.older.resolve()
    if arguments.reports:
        of_reports(older, arguments.members, arguments.repeats)
        return
    tables = sorted((older / "data" / "parks").glob("*.csv"))
    tables = [path for path in tables if path.with_suffix(".yml").exists()][: arguments.places]
    import pathway_models as pw

    data = older / "data"
    scenarios = list(pw.read_scenarios(data / "scenarios.yml", data / "levers.yml"))
    places = {"older": (older, data), "new": (ROOT, data), "new, scenarios of today": (ROOT, ROOT / "data")}
    both = {name: Version(folder, arguments.members, of, scenarios) for name, (folder, of) in places.items()}
    for version in both.values():
        version.answer(tables[0])  # imports and caches are not compared
    times = {name: np.full((arguments.repeats, len(tables), 2), np.nan) for name in both}
    memory = dict.fromkeys(both, 0.0)
    for at, table in enumerate(tables):
        for again in range(arguments.repeats):
            for name, version in both.items():
                first, second, memory[name] = version.answer(table)
                times[name][again, at] = first, first if second is None else second
    for version in both.values():
        version.end()
    least = {name: found.min(axis=0) for name, found in times.items()}
    total = {name: found.sum(axis=0) for name, found in least.items()}
    ratio = least["new"][:, 0] / least["older"][:, 0]
    print(f"{len(tables)} places x {len(scenarios)} scenarios x {arguments.members} members, processor time in turn")
    for name, found in total.items():
        times_older = found / total["older"][0]
        row = f"{name:<24} {found[0]:7.1f} s   ratio {times_older[0]:.2f}   most memory {memory[name]:5.0f} MB"
        print(row if name == "older" else f"{row}   with the second reading {times_older[1]:.2f}")
    worst = int(ratio.argmax())
    print(f"by place: median ratio {np.median(ratio):.2f}, most {ratio[worst]:.2f} ({tables[worst].stem})")


if __name__ == "__main__":
    main()
