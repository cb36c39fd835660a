"""Time the decision layer: packages per second against a straightforward loop, and a whole decision.

    python benchmarks/decisions.py [--smallest] [PARK ...]
    python benchmarks/decisions.py --frozen [--against REVISION] [PARK ...]

The loop projects each package with ``project`` on arrays of all members and finds its peaks, one package after the
other, with the baseline computed once for all: a program that shares nothing between packages.
Ratios are of CPU time of one process, so that a busy machine does not change them.  ``--smallest`` shows that all of
it works with a few members and two levers; its figures say nothing about speed.

``--frozen`` searches the grid of version 0.2.0, whose levers and costs stand in ``frozen_0_2_0``, and the default grid
of today; beside it every package of the frozen grid one by one, and whether both find the same optimum.  ``--against``
runs `decide` of a revision, such as 48ac5ce (0.2.0), in a process of its own, and prints the ratio of whole processes.
"""

import argparse
import io
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

import pathway_models as pw
from pathway_models.decisions.attribution import attribute
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.decisions.package_cost import draw_rates
from pathway_models.decisions.priced_grid import PricedGrid, measure_blocks
from pathway_models.engine.packages import PackageEngine
from pathway_models.intake.costs import read_costs
from pathway_models.records.levers import lever_grid

MEMBERS, LOOPED = 500, 40
SEVEN = (
    "low_carbon_industries",
    "energy_efficiency",
    "energy_management",
    "electrification",
    "green_power",
    "process_change",
    "ccus",
)


def seconds(job):
    """Return CPU seconds, wall seconds and the result of a job."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = job()
    return time.process_time() - cpu, time.perf_counter() - wall, result


def report(park_id, members=MEMBERS, looped=LOOPED, chosen=SEVEN):
    """Print the figures of one park."""
    park, levers, costs = pw.read_park(park_id), pw.read_levers(), read_costs()
    grid = lever_grid(levers, {name: (name,) for name in chosen}, delays=(0, 5))
    draws = pw.sample(park, [grid.everything()], members=members, seed=1)
    picked = np.random.default_rng(1).choice(grid.size, looped, replace=False)
    packages = [replace(grid.scenario(code), scenario_id=str(at)) for at, code in enumerate(grid.codes()[picked])]
    loop, _, _ = seconds(lambda: [pw.find_peaks(pw.project(park, packages, draws))])
    rates = draw_rates(costs, levers, draws)
    engine = PackageEngine(park, grid.everything(), draws, rates=rates)
    fast, _, _ = seconds(lambda: engine.survey(grid))
    ratio = (loop / looped) / (fast / grid.size)
    print(f"{park_id}: {grid.size:,} packages x {members} members to 2060")
    print(f"  packages a CPU second: loop {looped / loop:,.0f}, fast {grid.size / fast:,.0f}, ratio {ratio:,.0f}")
    cpu, wall, found = seconds(lambda: cheapest_package(park, 2030, 0.9, grid=grid, members=members))
    print(f"  whole decision with fresh draws, alternatives and front: {wall:.1f} s wall, {cpu:.1f} s CPU")
    cpu, wall, found = seconds(lambda: cheapest_package(park, 2030, 0.9, members=members))
    print(f"  the default grid, {found.packages:,} packages: {wall:.1f} s wall, {cpu:.1f} s CPU")
    deep = pw.read_scenarios()["deep"]
    draws = pw.sample(park, [deep], members=members, seed=1)
    cpu, wall, _ = seconds(lambda: attribute(park, deep, draws))
    print(f"  Shapley shares over 128 coalitions: {wall:.2f} s wall, {cpu:.2f} s CPU")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  largest memory of the process so far: {peak:,.0f} MB")


def frozen_grid():
    """Lay out the packages of version 0.2.0: its levers as they were, and its costs."""
    folder = Path(__file__).with_name("frozen_0_2_0")
    names = yaml.safe_load((folder / "levers.yml").read_text(encoding="utf-8"))["levers"]
    levers = {name: lever for name, lever in pw.read_levers(folder / "levers.yml").items() if name in names}
    return lever_grid(levers, measure_blocks(levers)), read_costs(folder / "costs.yml")


def frozen(park_id, members=MEMBERS):
    """Time the search on the frozen grid and on today's; hold the first against every package, one by one."""
    park, (grid, costs) = pw.read_park(park_id), frozen_grid()
    fast, _, found = seconds(lambda: cheapest_package(park, 2030, 0.9, grid=grid, costs=costs, members=members))
    print(f"{park_id}, {members} members, processor seconds of the search")
    print(f"  grid of 0.2.0, {found.packages:,} packages: {fast:.1f}")
    slow, _, best = seconds(lambda: by_brute_force(park, found, costs, members))
    print(f"  every package one by one: {slow:.1f}, ratio {slow / fast:.1f}")
    same = best is None if not found.reached else best == found.closest.code
    print(f"  same optimum: {'yes' if same else 'NO'} ({found.closest.label})")
    now, _, found = seconds(lambda: cheapest_package(park, 2030, 0.9, members=members))
    print(f"  default grid of today, {found.packages:,} packages: {now:.1f}")
    return same


def by_brute_force(park, found, costs, members):
    """Find the optimum by a survey of every package to 2060: code, or None where none reaches the target."""
    draws = pw.sample(park, [found.grid.everything()], members=members, seed=found.seed)
    priced = PricedGrid(park, found.grid, costs, draws, 2060, None)
    codes = found.grid.codes()
    survey = priced.engine.survey(found.grid, codes)
    fine = np.flatnonzero(survey.p_before(2030) >= 0.9 - 1e-9)
    if not fine.size:
        return None
    rank = np.lexsort((survey.package_cost()[fine], priced.steps_of(codes[fine])))
    return tuple(int(number) for number in codes[fine[rank[0]]])


def whole_process(arguments, folder):
    """Return the processor seconds of a Python process with its own version of the package."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    places = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=places, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:  # 1 alone: nothing reaches the target
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


#: Program run by both versions in `against`, on the grid of the older one.
OF_TODAY = """\
import sys; sys.path.insert(0, {benchmarks!r})
import decisions, pathway_models as pw
grid, costs = decisions.frozen_grid()
decisions.cheapest_package(pw.read_park({park!r}), 2030, 0.9, grid=grid, costs=costs, members={members})
"""


def against(park_id, revision, members=MEMBERS):
    """Time `decide` of a revision, whole process, beside this version on the grid of 0.2.0."""
    here = Path(__file__).resolve().parents[1]
    packed = subprocess.run(
        ["git", "-C", here, "archive", revision, "pathway_models", "data", "pyproject.toml"],
        capture_output=True,
        check=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        script = tomllib.loads((Path(folder) / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]["pathways"]
        module, function = script.split(":")
        called = f"from {module} import {function}; {function}()"
        words = ["decide", park_id, "--before", "2030", "--probability", "0.9", "--members", str(members)]
        old = whole_process(["-c", called, *words], folder)
    today = OF_TODAY.format(benchmarks=str(here / "benchmarks"), park=park_id, members=members)
    new = whole_process(["-c", today], here)
    print(f"{park_id}, whole processes, same grid: {revision} {old:.1f} s, today {new:.1f} s, {old / new:.1f} times")


def main():
    """Report on the parks named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parks", nargs="*", default=["demo-steel", "demo-cement", "region-d"], metavar="PARK")
    parser.add_argument("--smallest", action="store_true", help="20 members, two levers, the first park")
    parser.add_argument("--frozen", action="store_true", help="the search on the grid of version 0.2.0")
    parser.add_argument("--against", metavar="REVISION", help="with --frozen: decide of that revision as well")
    given = parser.parse_args()
    if given.frozen:
        parks = given.parks if given.parks != parser.get_default("parks") else ["demo-steel"]
        members = 20 if given.smallest else MEMBERS
        same = [frozen(name, members) for name in parks]
        for name in parks if given.against else ():
            against(name, given.against, members)
        sys.exit(0 if all(same) else 1)
    if given.smallest:
        report(given.parks[0], members=20, looped=2, chosen=SEVEN[:2])
        return
    for name in given.parks:
        report(name)


if __name__ == "__main__":
    main()
