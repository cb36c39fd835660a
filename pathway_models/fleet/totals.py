"""Many parks as one: totals member by member, so that what parks have in common adds up (``docs/fleet.md``).

How often the band of a fleet holds what then happens: with what parks share kept, and with it lost.

The parks are INVENTED: copies of one, so that none outweighs what all have in common, each with its own draws of
what is its own.  What happens is another ensemble with a seed of its own: so many other national futures, in each of
which all parks live together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pathway_models.core.errors import PathwayError
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.peaks.finding import peaks_of
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Window of years that any park's record and horizon lie in.
EARLIEST, LATEST = 1950, 2100
#: Name that stands where one park's id would.
FLEET = "fleet"


@dataclass(frozen=True, eq=False)
class Fleet:
    """Total emissions of some parks.

    Parameters
    ----------
    parks, scenarios : tuple of str
    years : (Y,) int
        Years in which every park is on record or projected.
    last_observed_year : int
        Last year in which every park is on record.
    total : (scenario, member, year), tCO2/yr
    shares : (park, scenario, year)
        Each park's part of the mean total.
    seed : int
    """

    parks: tuple[str, ...]
    scenarios: tuple[str, ...]
    years: np.ndarray
    last_observed_year: int
    total: np.ndarray
    shares: np.ndarray
    seed: int

    def band(self, quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> np.ndarray:
        """Quantiles of the fleet's total: (quantile, scenario, year), tCO2/yr."""
        return np.quantile(self.total, quantiles, axis=1)

    def peaks(self) -> Peaks:
        """Peaks of the fleet's members, by the rule for single parks."""
        return peaks_of(
            self.total, self.years, self.last_observed_year, identity=FLEET, scenarios=self.scenarios, seed=self.seed
        )


def fleet_total(pathways: Iterable[Pathways]) -> Fleet:
    """Add parks up, member by member; one park's pathways are in memory at a time.

    Parameters
    ----------
    pathways : iterable of Pathways
        Made with one seed, one number of members, the same scenarios in the same order.

    Returns
    -------
    Fleet

    Raises
    ------
    PathwayError
        No pathways; or pathways of other seeds, members or scenarios, of one park twice, or without a common year:
        all faults together.
    """
    tally: _Tally | None = None
    for one in pathways:
        tally = tally or _Tally(one)
        tally.add(one)
    if tally is None:
        raise PathwayError("no park to add up")
    return tally.fleet()


class _Tally:
    """A running sum over a window of years that holds every park; what not all parks cover is cut off at the end."""

    def __init__(self, model: Pathways) -> None:
        self.model = model
        self.first = EARLIEST
        self.total = np.zeros((len(model.scenarios), model.members, LATEST - EARLIEST + 1))
        self.means: list[np.ndarray] = []
        self.parks: list[tuple[str, int, int, int]] = []
        self.wrong: list[str] = []

    def add(self, one: Pathways) -> None:
        """Add a park, or note why it cannot be added."""
        faults = self._faults(one)
        self.wrong += faults
        first, last = int(one.years[0]), int(one.years[-1])
        self.parks.append((one.park_id, first, one.last_observed_year, last))
        if not faults:
            own = np.zeros_like(self.total)
            own[..., first - self.first : last - self.first + 1] = one.total()
            self.total += own
            self.means.append(own.mean(axis=1))

    def _faults(self, one: Pathways) -> list[str]:
        compared = (
            ("seed", one.seed, self.model.seed),
            ("members", one.members, self.model.members),
            ("scenarios", ", ".join(one.scenarios), ", ".join(self.model.scenarios)),
        )
        faults = [
            f"{one.park_id} has {what} {here}, {self.model.park_id} has {there}"
            for what, here, there in compared
            if here != there
        ]
        if any(name == one.park_id for name, *_ in self.parks):
            faults.insert(0, f"{one.park_id} stands there twice")
        return faults

    def fleet(self) -> Fleet:
        """The sum over the years that all parks have."""
        names, firsts, observed, lasts = zip(*self.parks, strict=True)
        first, known, last = max(firsts), min(observed), min(lasts)
        if first > known:
            self.wrong.append(f"no year in which all are on record: one begins in {first}, another ends in {known}")
        if self.wrong:
            raise PathwayError("cannot be added up: " + "; ".join(self.wrong))
        common = slice(first - self.first, last - self.first + 1)
        means = np.stack(self.means)[..., common]
        whole = means.sum(axis=0)
        return Fleet(
            parks=names,
            scenarios=self.model.scenarios,
            years=np.arange(first, last + 1),
            last_observed_year=known,
            total=self.total[..., common].copy(),
            shares=np.divide(means, whole, out=np.zeros_like(means), where=whole != 0),
            seed=self.model.seed,
        )


def apart(pathways: Sequence[Pathways], seed: int = 1) -> np.ndarray:
    """What the total would be if parks had nothing in common: members of each park shuffled, (scenario, member, year).

    For comparison only: it is what one gets by adding independent bands.
    """
    joined = fleet_total(pathways)
    rng = np.random.Generator(np.random.Philox(seed))
    total = np.zeros_like(joined.total)
    for one in pathways:
        begin = int(joined.years[0] - one.years[0])
        total += one.total()[:, rng.permutation(one.members), begin : begin + joined.years.size]
    return total


#: Ways to come by a band of the total: member by member, parks drawn apart, and quantiles added.
BANDS = ("shared", "independent", "summed")
#: Coverage the bands claim, and their ends.
CLAIMED, ENDS = 0.9, (0.05, 0.95)


def band_coverage(
    model: Park, scenario: Scenario, *, count: int = 40, members: int = 400, seed: int = 1, until: int = 2040
) -> pd.DataFrame:
    """Coverage and width of three 90 % bands of the total of equal, invented parks.

    Parameters
    ----------
    model : Park
        What the parks are copies of.
    scenario : Scenario
    count : int
        Parks, at least 2.
    members : int
        Of the ensemble, and number of futures it is tried on.
    seed : int
        Of the ensemble; the futures have the next one.
    until : int

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
    parks = list(_alike(model, scenario, count, members, seed, until))
    joined = fleet_total(parks)
    truth = fleet_total(_alike(model, scenario, count, members, seed + 1, until)).total[0]
    bands = {
        "shared": np.quantile(joined.total[0], ENDS, axis=0),
        "independent": np.quantile(apart(parks, seed)[0], ENDS, axis=0),
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
                "standard_error": float(np.sqrt(2 * CLAIMED * (1 - CLAIMED) / members)),
            }
        )
        for name, (low, high) in bands.items()
    ]
    return pd.concat(tables, ignore_index=True)


def _alike(model: Park, scenario: Scenario, count: int, members: int, seed: int, until: int) -> Iterator[Pathways]:
    """Copies of one park under names of their own, each with its own draws and those that all share."""
    chosen = {scenario.scenario_id: scenario}
    for number in range(count):
        park = replace(model, park_id=f"{model.park_id}-copy-{number}", invented=True)
        yield project(park, chosen, sample(park, chosen, members=members, seed=seed, until=until))
