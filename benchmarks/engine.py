"""Time the ensemble engine, as ratios against named baselines measured in the same run.

    python benchmarks/engine.py [--quick | --smallest] [--park ID] [--kaya-python PATH | --without-kaya] [--without-ema]
    python benchmarks/engine.py --parks [250 1000 2500] [--members 1000] [--workers 2]

The first form prints seconds of CPU a path (one member of one scenario) and the ratios; runs are interleaved and
medians taken, so that other load affects all alike.  EMA Workbench is left out where it is not installed.  With
``--smallest`` everything that needs no other environment is done once, to see that it works.

The second form sends synthetic parks, INVENTED, through ``pw.run_tables`` and prints time by number of parks and the
largest memory of any process.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
from engine_parks import synthetic_parks
from engine_rivals import Model, one_member_in_pandas, year_by_year

import pathway_models as pw
from pathway_models.decisions.sensitivity import Ensemble
from pathway_models.kernels.decomposition import lmdi

SEED = 20240401
#: Goals, as ratios: at most for the first, at least for the others.
GOALS = {"loop": 1.5, "pandas": 1000, "ema": 20, "lmdi": 100}
#: Largest relative difference of the rivals' totals from the engine's: rounding.
SAME = 1e-9
#: Regions and years of the decomposition, and its factors: those of kaya-decomposition's identity.
REGIONS, YEARS, FACTORS = 1000, 45, 6
#: Numbers in an array that no cache holds.
LARGE = 2**24


def interleaved(works, repeats):
    """Return the median CPU seconds of each piece of work, one after the other in every round."""
    spent = {name: [] for name in works}
    for _ in range(repeats + 1):
        for name, work in works.items():
            begin = time.process_time()
            work()
            spent[name].append(time.process_time() - begin)
    return {name: float(np.median(times[1:])) for name, times in spent.items()}


def told(what, ratio, goal, at_most=False):
    """Return one line with its verdict."""
    verdict = "kept" if (ratio <= goal if at_most else ratio >= goal) else "NOT KEPT"
    print(f"  {what:<66} {ratio:>9,.2f}x   goal {'<=' if at_most else '>='} {goal:,}x: {verdict}")


def chosen_scenarios(count=5):
    """Return the scenario without measures and those with most, their levers on all uses of their carriers."""
    by_measures = sorted(pw.read_scenarios().values(), key=lambda one: -len(one.measures))
    return {one.scenario_id: without_limits(one) for one in (by_measures[-1], *by_measures[: count - 1])}


def without_limits(scenario):
    """Return a scenario without limits of levers to sectors or uses, which the rivals do not have."""
    free = [replace(one, lever=replace(one.lever, sectors=(), uses=())) for one in scenario.measures]
    return replace(scenario, measures=tuple(free))


def engine_against_loops(park_id, members, repeats):
    """Time the engine, the year-by-year loop over the same paths, single members in pandas, and memory access."""
    park, scenarios = pw.read_park(park_id), chosen_scenarios()
    # The loops it is measured against follow the law of 0.2 in every year, and know no limit to what is captured.
    assumed = replace(pw.with_law(pw.read_assumptions(), "parks_0_2"), capture=None, nowcast=None)
    drawn = {"members": members, "seed": SEED, "assumptions": assumed}
    draws = pw.sample(park, scenarios, **drawn)
    paths = members * len(scenarios)
    totals = np.empty((len(scenarios), draws.years.size, members))
    year_by_year(Model(park, scenarios, draws), totals)
    ours = pw.project(park, scenarios, draws, keep="totals")
    known = park.years.size
    apart = np.abs(totals.transpose(0, 2, 1) / ours.total()[..., known:] - 1.0).max()
    model = Model(park, scenarios, draws)
    single = one_member_in_pandas(model, 0, len(scenarios) - 1).to_numpy()
    apart_single = np.abs(single / ours.total()[-1, 0, known:] - 1.0).max()
    if not max(apart, apart_single) < SAME:
        sys.exit(
            f"{park_id}: the rivals are another model: {apart:.1e}, {apart_single:.1e} (relative); nothing is timed"
        )
    source, target, row = np.ones(LARGE), np.ones(LARGE), np.ones(members)
    spent = interleaved(
        {
            "loop": lambda: year_by_year(Model(park, scenarios, draws), totals),
            "engine": lambda: pw.survey(park, scenarios, draws, probabilities=()),
            "sources": lambda: pw.project(park, scenarios, draws),
            "quantiles": lambda: pw.survey(park, scenarios, draws),
            "sample": lambda: pw.sample(park, scenarios, **drawn),
            "pandas": lambda: [one_member_in_pandas(model, 0, at) for at in range(len(scenarios))],
            "copy": lambda: np.copyto(target, source),
            "in_place": lambda: [np.multiply(row, 1.0, out=row) for _ in range(20 * totals.size // members)],
        },
        repeats,
    )
    print(f"{park_id}: {len(scenarios)} scenarios x {members:,} members x {ours.years.size} years, {paths:,} paths")
    print(f"  largest difference from the loop {apart:.1e}, from pandas {apart_single:.1e} (relative)")
    for name, what in {
        "engine": "engine: totals, peak year and value, cumulative",
        "loop": "the same, year by year in place in NumPy",
        "quantiles": "engine with five quantiles by year",
        "sources": "engine with emissions by source and what stands beside",
        "sample": "drawing the ensemble",
    }.items():
        print(f"  {what:<66} {spent[name] / paths:.1e} s a path")
    print(f"  {'pandas, one member at a time':<66} {spent['pandas'] / len(scenarios):.1e} s a path")
    bandwidth, passes = 16 * LARGE / spent["copy"], 20 * spent["engine"] / spent["in_place"]
    moved = spent["engine"] * bandwidth / totals.nbytes
    print(f"  {'memory bandwidth, NumPy copying 128 MB, read and written':<66} {bandwidth / 1e9:.1f} GB/s")
    print(
        f"  the engine takes as long as {passes:.0f} in-place products of (member,) vectors for each year of each path,"
    )
    print(f"  or as moving its totals {moved:.0f} times between memory and processor")
    told("engine over year-by-year loop", spent["engine"] / spent["loop"], GOALS["loop"], at_most=True)
    told("one member at a time in pandas over engine", spent["pandas"] * members / spent["engine"], GOALS["pandas"])


def against_ema(park_id, members, experiments, repeats):
    """Time the same ensemble as experiments of EMA Workbench, one process."""
    if importlib.util.find_spec("ema_workbench") is None:
        print("EMA Workbench is not installed and left out: pip install ema-workbench")
        return
    os.environ["TQDM_DISABLE"] = "1"
    warnings.filterwarnings("ignore", message="ipyparallel not installed")
    import ema_workbench

    logging.getLogger("EMA").setLevel(logging.ERROR)
    park, scenario = pw.read_park(park_id), list(chosen_scenarios(2).values())[-1]
    ensemble = Ensemble(park, scenario)
    ranks, model = ensemble.random(members, SEED), pw.to_ema(ensemble)
    spent = interleaved(
        {
            "engine": lambda: ensemble.evaluate(ranks),
            "ema": lambda: ema_workbench.perform_experiments(model, scenarios=experiments),
        },
        repeats,
    )
    print(f"EMA Workbench {ema_workbench.__version__}, {experiments} experiments, against {members:,} members")
    told(
        "EMA Workbench over engine, an experiment", spent["ema"] / experiments / spent["engine"] * members, GOALS["ema"]
    )


def throw_away_python(folder):
    """Make a fresh environment with kaya-decomposition; its newest companions do not work with SQLAlchemy 2.1."""
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [python, "-m", "pip", "install", "--quiet", "kaya-decomposition==0.4.0", "sqlalchemy<2.1"]
    for command in ([sys.executable, "-m", "venv", folder], install):
        if subprocess.run(command, check=False).returncode:
            raise SystemExit("kaya-decomposition could not be installed: --without-kaya measures without it")
    return python


def against_kaya(python, regions, repeats):
    """Time LMDI of many regions: ours on all, kaya-decomposition on a few, factors of one sign and of mixed signs."""
    rng = np.random.default_rng(SEED)
    factors = np.exp(rng.normal(0.0, 0.03, (FACTORS, REGIONS, YEARS)).cumsum(axis=-1))
    mixed = factors.copy()
    mixed[-1] *= np.linspace(1.0, -0.5, YEARS)  # capture takes more than is emitted from some year on
    print(f"LMDI of {REGIONS:,} regions x {YEARS} years, {FACTORS} factors")
    for name, given in (("of one sign", factors), ("of mixed signs", mixed)):
        spent = interleaved({"ours": lambda given=given: lmdi(given[:, None, :, :1], given[:, None])}, repeats)
        effects, total = lmdi(given[:, None, :, :1], given[:, None]), given.prod(axis=0)
        left = np.abs(effects.sum(axis=0) - (total - total[:, :1])).max() / np.abs(total).max()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "factors.npz"
            np.savez(path, factors=given[:, :regions], years=np.arange(2016, 2016 + YEARS))
            rival = Path(__file__).with_name("kaya_rival.py")
            # A separate cache: pint stores paths of environments that may be gone.
            env = {**os.environ, "XDG_CACHE_HOME": folder}
            command = [python, rival, path]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env, check=False)
            if done.returncode:
                raise SystemExit(done.stderr)
        theirs = json.loads(done.stdout.strip().splitlines()[-1])
        print(
            f"  factors {name}: largest share left over, ours {left:.0e}, kaya-decomposition {theirs['residual']:.0e}"
        )
        told("kaya-decomposition over ours, a region", theirs["seconds"] * REGIONS / spent["ours"], GOALS["lmdi"])


def many_parks(counts, members, workers, keep_members):
    """Measure time and memory of synthetic parks through `run_tables`."""
    scenarios, rows = chosen_scenarios(), []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            begin, ends = time.perf_counter(), []
            run = pw.run_tables(
                synthetic_parks(count, SEED),
                Path(folder) / "run",
                scenarios,
                members=members,
                workers=workers,
                keep_members=keep_members,
                report=lambda _, ends=ends: ends.append(time.perf_counter()),
            )
            # From the first park on: the start of the workers is timed separately.
            started, seconds, done = ends[0] - begin, ends[-1] - ends[0], len(run)
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        rows.append((count - 1, seconds))
        print(f"{count:>6,} parks x {members:,} members x {len(scenarios)} scenarios, {done:,} done")
        print(
            f"  {started:.1f} s to the first, {seconds:.1f} s from it on: {1e3 * seconds / (count - 1):.1f} ms a park"
        )
        print(f"  peak memory {peaks[0]:.0f} MB caller, {peaks[1]:.0f} MB a worker; {size / count / 1e3:.0f} kB a park")
        sys.stdout.flush()
    if len(rows) > 1:
        parks, seconds = np.log(np.array(rows)).T
        print(f"  time grows with parks to the power {np.polyfit(parks, seconds, 1)[0]:.2f} (1 is linear)")


def main():
    """Print the measurements requested."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repeats and experiments")
    parser.add_argument("--smallest", action="store_true", help="everything once for one park and a few members")
    parser.add_argument("--park", action="append", help="demo-steel, demo-cement and demo-textile-dyeing by default")
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--kaya-python", type=Path, help="a Python that has kaya-decomposition; else one is made")
    parser.add_argument("--without-kaya", action="store_true")
    parser.add_argument("--without-ema", action="store_true")
    parser.add_argument("--parks", type=int, nargs="*", help="synthetic parks instead; 250 1000 2500 by default")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep-members", action="store_true", help="write members.parquet of each park")
    given = parser.parse_args()
    if given.parks is not None:
        many_parks(given.parks or [250, 1000, 2500], given.members, given.workers, given.keep_members)
        return
    repeats, experiments, regions = (5, 50, 3) if given.quick else (15, 500, 20)
    if given.smallest:
        given.park, given.members, given.without_kaya, repeats, experiments = ["demo-steel"], 20, True, 1, 2
    for park_id in given.park or ("demo-steel", "demo-cement", "demo-textile-dyeing"):
        engine_against_loops(park_id, given.members, repeats)
    if not given.without_ema:
        against_ema("demo-steel", given.members, experiments, min(repeats, 3))
    if not given.without_kaya:
        with tempfile.TemporaryDirectory() as folder:
            python = given.kaya_python or throw_away_python(Path(folder) / "kaya")
            against_kaya(python, regions, repeats)


if __name__ == "__main__":
    main()
