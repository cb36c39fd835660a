"""Print the report card of the baseline, and with ``--write`` renew ``data/hindcast_summary.csv``; seeded.

Run ``python benchmarks/calibration.py``; takes some minutes.  ``--quick`` leaves out the records of 8 and
12 years and the hidden future of countries.  The tables of ``docs/baseline.md`` come from here.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import product

import pandas as pd

from pathway_models.forecasting.driver_chain import DriverLaw
from pathway_models.forecasting.hindcast import HOLDOUTS, Hindcast
from pathway_models.forecasting.peak_skill import prior_sensitivity
from pathway_models.forecasting.report_card import (
    driver_table,
    far_table,
    hindcasts,
    peak_tables,
    summary,
    synthetic_table,
)
from pathway_models.intake.panels import PANELS
from pathway_models.intake.paths import data_folder
from pathway_models.intake.trend_parameters import read_baselines

SEED = 20_240_601
SHOWN = (1, 3, 5, 10, 15)
LAWS = ("own", "parks")
RECORDS = (5, 8, 12)


def cases(quick: bool) -> Iterator[tuple[str, str, str, int]]:
    """What is hindcast: law, holdout, panel, record."""
    for law, holdout, panel, record in product(LAWS, HOLDOUTS, PANELS, RECORDS):
        # The future is hidden from five-year records only: every origin needs a fit of its own.
        if record > 5 and (quick or holdout == "future"):
            continue
        if quick and holdout == "future" and panel == "countries":
            continue
        yield law, holdout, panel, record


def show(title: str, table: pd.DataFrame) -> None:
    """Print a table under a heading."""
    print(f"\n## {title}\n")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3f}"), flush=True)


def main() -> None:
    """Compute, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--quick", action="store_true", help="five-year records only, no hidden future of countries")
    parser.add_argument("--write", action="store_true", help="renew data/hindcast_summary.csv")
    arguments = parser.parse_args()
    began = time.perf_counter()
    baselines = read_baselines()
    tables, peaks = [], []
    for law, holdout, panel, record in cases(arguments.quick):
        cast = hindcasts(panel, law, holdout, record, arguments.seed)
        table = summary(cast, law, panel, holdout)
        tables.append(table)
        show(f"{panel}, law {law}, {holdout} held out, {record} years", _shown(table))
        if record == 5:
            peaks.append(_peaks(cast, law, panel, holdout, arguments.seed))
    show("Probability of having peaked, Brier score against the base rate", pd.concat(peaks, ignore_index=True))
    emissions = baselines.trends["emissions"]
    drivers = DriverLaw(
        baselines.trends["activity"],
        baselines.trends["intensity"],
        baselines.correlation["innovation"],
        baselines.correlation["slope"],
    )
    for title, table in {
        "Totals from activity times intensity": driver_table(emissions, arguments.seed),
        "Synthetic parks": synthetic_table(emissions, drivers, arguments.seed),
    }.items():
        show(title, table[table.horizon.isin((*SHOWN, 20))])
    show("Law for parks on countries, far ahead", far_table(emissions))
    table = prior_sensitivity(emissions, lambda years: baselines.prior_path("emissions", years), seed=arguments.seed)
    show("Peak of a five-year record ending in 2020 by its growth and by a shift of the long-run growth", table)
    if arguments.write:
        whole = pd.concat(tables, ignore_index=True)
        whole.insert(0, "version", baselines.version)
        path = data_folder() / "hindcast_summary.csv"
        whole.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")
        print(f"\nwritten: {path.name}")
    print(f"\n{time.perf_counter() - began:.0f} s")


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table.horizon.isin(SHOWN)].drop(columns=["law", "panel", "holdout", "record"])


def _peaks(cast: Hindcast, law: str, panel: str, holdout: str, seed: int) -> pd.DataFrame:
    scores, reliability = peak_tables(cast, panel, seed)
    show(f"Reliability of P(peaked): {panel}, law {law}, {holdout} held out", reliability)
    scores.insert(0, "case", f"{panel}, {law}, {holdout}")
    return scores


if __name__ == "__main__":
    main()
