"""Coverage of the whole model on synthetic parks: records in, `sample`, `project`, totals against the truth.

Run ``python benchmarks/synthetic_chain.py [--law parks_0_2] [--bridge]``; about half a minute.  The parks are INVENTED
(``pathway_models/hindcast/driver_chain.py``), burn one fuel and have one to four sectors; what is tested is
that sectors, shocks and their correlations add up to honest bands of the park's total.  Years are not bridged unless
asked: the nowcast would give invented parks the real years of the nation.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd

import pathway_models as pw
from pathway_models.hindcast.driver_chain import SyntheticParks, make_synthetic_parks
from pathway_models.hindcast.evaluation import WIDTHS
from pathway_models.kernels.scores import coverage
from pathway_models.records.park import Park

SEED = 20_240_601
RECORD, HORIZON = 5, 15
FIRST_YEAR = 2016
#: Emission factor of the one fuel, tCO2/TJ; it cancels out.
FACTOR = 90.0
#: The fuel, and the electricity that every park record names.
CARRIERS = ("bituminous", "electricity", "green_electricity")


def park_of(parks: SyntheticParks, at: int) -> Park:
    """Return the observed years of one synthetic park as a park record."""
    present = np.flatnonzero(parks.value_added[at, :, 0] > 0)
    energy = np.zeros((present.size, len(CARRIERS), RECORD))
    energy[:, 0] = parks.emissions[at, present, :RECORD] / FACTOR
    return Park(
        park_id=f"synthetic-{at:04d}",
        name_zh="",
        name_en="synthetic park (invented)",
        kind="park",
        archetype="",
        province="",
        invented=True,
        years=FIRST_YEAR + np.arange(RECORD),
        sectors=tuple(f"sector_{k}" for k in present),
        carriers=CARRIERS,
        groups=("coal", "electricity", "green_electricity"),
        activity=parks.value_added[at, present, :RECORD],
        activity_kinds=("value_added",) * present.size,
        energy=energy,
        factors=np.full(energy.shape, FACTOR),
    )


def main() -> None:
    """Project every park without levers and print how often the truth lies in the bands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--parks", type=int, default=500)
    parser.add_argument("--members", type=int, default=300)
    parser.add_argument("--law", default="levels", help="a registered growth law")
    parser.add_argument("--bridge", action="store_true", help="bridge the years to the present by the nowcast")
    arguments = parser.parse_args()
    assumed = pw.with_law(pw.read_assumptions(), arguments.law)
    assumed = assumed if arguments.bridge else replace(assumed, nowcast=None)
    parks = make_synthetic_parks(arguments.parks, RECORD, HORIZON, seed=arguments.seed)
    bau = pw.read_scenarios().pick(["bau"])
    pit = np.empty((arguments.parks, HORIZON))
    for at in range(arguments.parks):
        park = park_of(parks, at)
        wanted = {"members": arguments.members, "seed": arguments.seed, "until": park.years[-1] + HORIZON}
        draws = pw.sample(park, bau, **wanted, assumptions=assumed)
        total = pw.project(park, bau, draws).total()[0]
        truth = parks.emissions[at].sum(axis=0)
        # Relative to the last observed year: the error of a constant factor is not the baseline's.
        below = total[:, RECORD:] / total[:, [RECORD - 1]] < truth[RECORD:] / truth[RECORD - 1]
        pit[at] = below.mean(axis=0)
    rows = [
        {"horizon": horizon}
        | {f"coverage_{100 * level:.0f}": float(coverage(pit[:, horizon - 1], level)) for level in WIDTHS}
        for horizon in (1, 3, 5, 10, 15)
    ]
    print(pd.DataFrame(rows).to_string(index=False, float_format=lambda value: f"{value:.3f}"))


if __name__ == "__main__":
    main()
