"""How fast the decision layer is: packages a second against a straightforward loop, and a whole decision.

    python benchmarks/decisions.py [--smallest] [PARK ...]

The loop projects each package with ``project`` on arrays of all members and finds its peaks, one package after the
other, with the baseline worked out once for all: what one would write without sharing anything between packages.
Ratios are of CPU time of one process, so that a busy machine does not change them.  ``--smallest`` shows that all of
it works with a few members and two levers; its figures say nothing about speed.
"""

import argparse
import resource
import time
from dataclasses import replace

import numpy as np

import pathway_models as pw
from pathway_models.decisions.attribution import attribute
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.decisions.costs import draw_rates
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
    """CPU seconds, wall seconds and the result of a job."""
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


def main():
    """Report on the parks that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parks", nargs="*", default=["demo-steel", "demo-cement", "region-d"], metavar="PARK")
    parser.add_argument("--smallest", action="store_true", help="20 members, two levers, the first park")
    given = parser.parse_args()
    if given.smallest:
        report(given.parks[0], members=20, looped=2, chosen=SEVEN[:2])
        return
    for name in given.parks:
        report(name)


if __name__ == "__main__":
    main()
