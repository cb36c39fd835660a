"""Coverage of the band of a fleet's total, with and without shared uncertainty (``docs/fleet.md``).

The parks are INVENTED: copies of one, so that none dominates, each with its own draws of park-specific inputs.  The
outcomes are a second ensemble with another seed: national futures, each shared by all parks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pathway_models.core import PathwayError
from pathway_models.engine import projecting, sampling
from pathway_models.fleet import fleet_results, totals
from pathway_models.records import Assumptions, Park, Pathways, Scenario

#: Ends of the bands.
ENDS = (0.05, 0.95)


def independent_total(pathways: Sequence[Pathways], seed: int = 1) -> np.ndarray:
    """Add parks up with the members of each shuffled, as if they were independent: (scenario, member, year).

    For comparison only.
    """
    joined = totals.fleet_total(pathways)
    rng = np.random.Generator(np.random.Philox(seed))
    total = np.zeros_like(joined.total)
    for one in pathways:
        begin = int(joined.years[0] - one.years[0])
        total += one.total()[:, rng.permutation(one.members), begin : begin + joined.years.size]
    return total


def band_coverage(
    model: Park,
    scenario: Scenario,
    *,
    count: int = 40,
    members: int = 400,
    seed: int = 1,
    until: int = 2040,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Measure coverage and width of three 90 % bands of the total of equal, invented parks.

    Parameters
    ----------
    model : Park
        Park that is copied.
    scenario : Scenario
    count : int
        Parks, at least 2.
    members : int
        Of the ensemble, and number of futures it is tested on.
    seed : int
        Of the ensemble; the futures have the next one.
    until : int
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    DataFrame
        One row a year and band of `BANDS`: year, band, low, high (tCO2/yr), coverage (share of the futures inside),
        standard_error (of a coverage of 0.90, both ensembles being samples).

    Raises
    ------
    PathwayError
        Fewer than two parks or fewer than twenty members.
    """
    if count < 2 or members < 20:
        raise PathwayError(f"{count} parks and {members} members: expected at least 2 and 20")
    drawn = {"members": members, "until": until, "assumptions": assumptions}
    parks = list(_copies(model, scenario, count, seed, drawn))
    joined = totals.fleet_total(parks)
    truth = totals.fleet_total(_copies(model, scenario, count, seed + 1, drawn)).total[0]
    bands = {
        "shared": np.quantile(joined.total[0], ENDS, axis=0),
        "independent": np.quantile(independent_total(parks, seed)[0], ENDS, axis=0),
        "summed": np.sum([np.quantile(one.total()[0], ENDS, axis=0) for one in parks], axis=0),
    }
    ahead = joined.years > joined.last_observed_year
    tables = [
        pd.DataFrame(
            {
                "year": joined.years[ahead],
                "band": name,
                "low": low[ahead],
                "high": high[ahead],
                "coverage": ((truth >= low) & (truth <= high)).mean(axis=0)[ahead],
                "standard_error": float(np.sqrt(2 * fleet_results.CLAIMED * (1 - fleet_results.CLAIMED) / members)),
            }
        )
        for name, (low, high) in bands.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _copies(model: Park, scenario: Scenario, count: int, seed: int, drawn: Mapping[str, Any]) -> Iterator[Pathways]:
    """Project copies of one park under different names, each with its own draws and the shared ones."""
    chosen = {scenario.scenario_id: scenario}
    for number in range(count):
        park = replace(model, park_id=f"{model.park_id}-copy-{number}", invented=True)
        yield projecting.project(park, chosen, sampling.sample(park, chosen, seed=seed, **drawn))
