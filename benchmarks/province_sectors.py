"""Print how well provinces are forecast from their sectors, and from their total alone; one seed for all draws.

Run ``python benchmarks/province_sectors.py [--law parks_0_2]`` (two minutes).  Records are cut at 2009, 2011 and 2014,
the total without measures is forecast to 2019 and compared with what CEADs has.  Without the nowcast, which is made of
the very inventories that are hidden.  The tables of ``docs/methods.md``, section 2, come from here.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import pandas as pd

import pathway_models as pw
from pathway_models.inventory.decomposition import without_sectors
from pathway_models.kernels.scores import crps_ensemble
from pathway_models.records import Assumptions, Park
from pathway_models.tracking.records import up_to

ORIGINS, LAST = (2009, 2011, 2014), 2019
HORIZONS = (1, 3, 5, 8, 10)
BANDS = (0.5, 0.8, 0.9)
SEED = 1


def scores(park: Park, members: int, assumed: Assumptions) -> list[dict[str, float]]:
    """Score the forecasts of one province: a row an origin and horizon."""
    scenario, total, first = pw.read_scenarios().pick(["bau"]), pw.take_inventory(park).total(), int(park.years[0])
    rows = []
    for origin in ORIGINS:
        known = up_to(park, origin)
        draws = pw.sample(known, scenario, members=members, seed=SEED, until=LAST, assumptions=assumed)
        paths = np.log(pw.project(known, scenario, draws).total()[0])
        for horizon in HORIZONS:
            at = origin - first + horizon
            if origin + horizon <= LAST:
                change = paths[:, at] - paths[:, origin - first]
                outcome = float(np.log(total[at] / total[origin - first]))
                below = float((change < outcome).mean())
                inside = {f"coverage_{100 * band:.0f}": abs(below - 0.5) <= band / 2 for band in BANDS}
                error = float(np.median(change)) - outcome
                crps = float(crps_ensemble(outcome, change))
                rows.append({"horizon": horizon, **inside, "crps": crps, "bias": error})
    return rows


def main() -> None:
    """Score all provinces both ways and print means by horizon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parks", type=int, default=30)
    parser.add_argument("--members", type=int, default=400)
    parser.add_argument("--law", default="levels", help="a registered growth law")
    asked = parser.parse_args()
    assumed = replace(pw.with_law(pw.read_assumptions(), asked.law), nowcast=None)
    names = [one.park_id for one in pw.read_register() if one.has_data and one.park_id.startswith("region-")]
    parks = [pw.read_park(name) for name in names if name != "region-d"][: asked.parks]
    ways = {"by sector": parks, "total alone": [without_sectors(park) for park in parks]}
    for way, given in ways.items():
        table = pd.DataFrame([row for park in given for row in scores(park, asked.members, assumed)])
        print(f"{way}\n{table.groupby('horizon').mean().round(4).to_string()}\n")


if __name__ == "__main__":
    main()
