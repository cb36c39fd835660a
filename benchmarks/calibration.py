"""Print the scores of the baseline and the peak rules beside the first yardstick; seeded.

Run ``python benchmarks/calibration.py``; a quarter of an hour.  The law in levels comes first (docs/law_in_levels.md;
``--levels`` stops after it), with what it says of China, provinces and levers (``benchmarks/level_outlook.py``).
``--quick`` leaves out the records of 8 and 12 years, the pools and the hidden future of countries; ``--stored`` prints
the stored report card instead of measuring (seconds); ``--store`` renews it, as ``pathways hindcast --write`` does.
The tables of ``docs/baseline.md`` come from here; those of synthetic parks through the whole model from
``benchmarks/synthetic_chain.py``.
"""

from __future__ import annotations

import argparse
import time

import pandas as pd
from level_outlook import outlook
from observed_peak_rates import declining_series, level_series, share_peaked, share_peaked_by_rule
from yardsticks import far_table, prior_sensitivity, size_table, yardstick

from pathway_models.core.errors import InputError
from pathway_models.hindcast.command import at_horizons, show, show_levels, show_scores, write_tables
from pathway_models.hindcast.event_scores import measure_levels
from pathway_models.hindcast.report import SEED, chain_table, joined, measure, report_cases
from pathway_models.intake.assumptions import read_baselines
from pathway_models.intake.panels import REGIONS, hindcast_files, read_hindcasts
from pathway_models.reproduction.register import reproduce

#: The first yardstick as it was set for this project: the pooled regression of `yardsticks`, one third of
#: regions held out, by panel: coverage of 90 % bands at 1 / 5 / 10 years; skill against log-trend and persistence at
#: 3 / 5 / 10 years.
GIVEN = {
    "provinces": ((0.85, 0.85, 0.81), (-0.07, 0.16, 0.54), (-0.15, 0.03, 0.04)),
    "cities": ((0.92, 0.92, 0.89), (0.29, 0.32, 0.47), (0.01, 0.01, -0.01)),
    "countries": ((0.88, 0.87, 0.88), (0.20, 0.27, 0.36), (0.03, 0.01, 0.05)),
}
COVERED, SKILLED = (1, 5, 10), (3, 5, 10)
#: Level series of the observed-peak test: years, noise, autocorrelation; declines a year.
LENGTH, NOISES, MEMORIES, DECLINES = 20, (0.02, 0.05, 0.08), (0.0, 0.3, 0.6), (0.01, 0.02, 0.03)


def main() -> None:
    """Measure or read, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--quick", action="store_true", help="shortest records only, no pools")
    parser.add_argument("--levels", action="store_true", help="only the law in levels: league, sums, events")
    parser.add_argument("--stored", action="store_true", help="print the stored report card")
    parser.add_argument("--store", action="store_true", help="renew the report card that is shipped")
    parser.add_argument("--count", type=int, default=2000, help="series a cell of the observed-peak test")
    arguments = parser.parse_args()
    if arguments.store and (arguments.quick or arguments.stored):
        parser.error("--store renews what is measured in full: no --quick, --stored")
    began = time.perf_counter(), time.process_time()
    if arguments.stored:
        show_levels()
        tables = {name: read_hindcasts(name) for name in hindcast_files()}
    else:
        tables = measure_levels(arguments.seed, show_scores) | {"outlook": outlook()}
        if not arguments.levels:
            tables |= report_card(arguments.seed, arguments.quick)
        if arguments.store:
            write_tables(None, tables, hindcast_files())
    if not arguments.levels:
        show_report_card(tables, arguments.seed, arguments.count)
    wall, used = time.perf_counter() - began[0], time.process_time() - began[1]
    print(f"\n{wall:.0f} s, of the processor {used:.0f} s")


def report_card(seed: int, quick: bool) -> dict[str, pd.DataFrame]:
    """Measure the hindcasts of parks' laws on regions (sites have their own level); name what cannot be measured."""
    parts = []
    for case in report_cases(REGIONS, quick=quick):
        try:
            parts.append(measure(case, seed, quick=quick))
        except InputError as error:
            print(f"\nleft out: {case}", *(f"  * {fault}" for fault in error.faults), sep="\n")
    return joined([*parts, {"chain": chain_table(seed)}], read_baselines().version)


def show_report_card(tables: dict[str, pd.DataFrame], seed: int, count: int) -> None:
    """Print the hindcasts, the first yardstick beside them, and the rates of the observed-peak test."""
    for (law, holdout), rows in tables["summary"].groupby(["law", "holdout"], sort=False):
        keep = ("panel", "record")
        show(f"Coverage and skill: law {law}, {holdout} held out", at_horizons(rows, keep))
    show_beside_yardstick(tables, seed)
    show("Probability of having peaked: Brier score against base rates", tables["peaks"])
    show("Its reliability, with counts", tables["reliability"])
    show("Drivers, and synthetic parks", at_horizons(tables["chain"], ("law", "panel", "record")))
    show_growth(seed)
    show_observed_peaks(count)


def show_beside_yardstick(tables: dict[str, pd.DataFrame], seed: int) -> None:
    """Print our coverage and skill beside the first yardstick, as published and as measured again."""
    again = pd.concat([yardstick(panel, seed=seed) for panel in REGIONS]).set_index(["panel", "horizon"])
    card = tables["summary"].query("law == 'own' and record == 5").set_index(["holdout", "panel", "horizon"])
    parks = tables["summary"].query("law == 'parks_0_2' and record == 5").set_index(["holdout", "panel", "horizon"])
    rows = [
        (
            panel,
            horizon,
            card.coverage_90["region", panel, horizon],
            card.coverage_90.get(("future", panel, horizon)),
            parks.coverage_90.get(("future", panel, horizon)),
            GIVEN[panel][0][at],
            again.coverage_90[panel, horizon],
        )
        for panel in REGIONS
        for at, horizon in enumerate(COVERED)
    ]
    head = ["panel", "horizon", "ours", "future held out", "law for parks, future", "first yardstick", "measured again"]
    show("Coverage of 90 % bands (asked: .86-.94)", pd.DataFrame(rows, columns=head))
    pool = tables.get("combination")
    pool = None if pool is None else pool.query("taught_by == 'own'").set_index(["panel", "horizon"])
    for place, rival in ((1, "log_trend"), (2, "persistence")):
        rows = [
            (
                panel,
                horizon,
                card[f"skill_{rival}"]["region", panel, horizon],
                None if pool is None else pool[f"pool_vs_{rival}"][panel, horizon],
                GIVEN[panel][place][at],
                again[f"skill_{rival}"][panel, horizon],
            )
            for panel in REGIONS
            for at, horizon in enumerate(SKILLED)
        ]
        head = ["panel", "horizon", "ours", "pooled by skill", "first yardstick", "measured again"]
        show(f"CRPS skill against {rival}, regions held out", pd.DataFrame(rows, columns=head))
    if "combination" in tables:
        keep = ("panel",)
        show("Law and rivals pooled by skill", at_horizons(tables["combination"], keep))


def show_growth(seed: int) -> None:
    """Print coverage of the law far ahead, and the dependence of the peak on the assumed long-run growth."""
    baselines = read_baselines()
    emissions = baselines.trends["emissions"]
    show("Law for parks on countries, far ahead", far_table(emissions))
    show("Law for parks by emissions of the last year of the record", size_table(emissions))
    table = prior_sensitivity(emissions, lambda years: baselines.prior_path("emissions", years), seed=seed)
    show("Peak of a five-year record ending in 2020 by its growth and by a shift of the long-run growth", table)


def show_observed_peaks(count: int) -> None:
    """Print false alarms and misses of the observed-peak test, the 81 p-values, and the peak that did not hold."""
    rows = [
        (memory, noise, share_peaked(level_series(LENGTH, memory, noise, count)),
         share_peaked_by_rule("c40", level_series(LENGTH, memory, noise, count // 4)),
         *(1 - share_peaked(declining_series(LENGTH, memory, noise, decline, count)) for decline in DECLINES))
        for memory in MEMORIES
        for noise in NOISES
    ]  # fmt: skip
    head = ["AR(1)", "noise", "false alarm", "C40 rule", *(f"missed at {decline:.0%} a year" for decline in DECLINES)]
    show(f'Level series of {LENGTH} years called "peaked" (asked: at most .05)', pd.DataFrame(rows, columns=head))
    print("\n## Published p-values and the peak that did not hold\n")
    for study in ("grant2026", "guan2018"):
        result = reproduce(study)
        print(result.finding())
        for sentence in result.sentences.values():
            print(sentence)
    verdicts = result.tables["verdicts"].pivot(index="rule", columns="as_of", values="verdict")
    print(verdicts.to_string())


if __name__ == "__main__":
    main()
