"""Next year's targets: what it looks like in the members of a plan that work (``docs/tracking.md``, section 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.engine.accounts import POWER
from pathway_models.engine.chain import PackageCase
from pathway_models.engine.package_tree import BatchEvaluator
from pathway_models.engine.projecting import ECONOMIES, assumed_by, memo_item_names, runs
from pathway_models.inventory.account import take_inventory
from pathway_models.kernels.quantiles import latest_on_course, weighted_quantiles
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Quantities a target is set for, their unit, and whether less is better.
QUANTITIES = {
    "emissions": ("tCO2/yr", True),
    "emissions_per_activity": ("tCO2 per unit of activity", True),
    "energy_per_activity": ("TJ per unit of activity", True),
    "coal_share": ("share of energy", True),
    "green_power_share": ("share of purchased power", False),
}


@dataclass(frozen=True)
class NextYearTarget:
    """A target for the coming year.

    Parameters
    ----------
    quantity, unit : str
        One of `QUANTITIES`.
    year : int
    reported : float
        Value of the last year on record.
    target : float
        Median over the members of the plan that peak in time; NaN where none does.
    latest : float
        The farthest value still on course; NaN where there is none.
    """

    quantity: str
    unit: str
    year: int
    reported: float
    target: float
    latest: float


def next_targets(
    later: Park,
    forecast: Park,
    plan: Scenario,
    draws: Draws,
    pathways: Pathways,
    peaks: Peaks,
    weights: np.ndarray,
    before: int,
    probability: float,
) -> tuple[NextYearTarget, ...]:
    """Targets for the year after the record.

    Parameters
    ----------
    later : Park
        With the newest year.
    forecast : Park
        The record the draws were made for.
    plan : Scenario
    draws : Draws
    pathways, peaks
        Of the draws; the plan is the last scenario.
    weights : (member,)
    before : int
    probability : float
    """
    known = later.last_observed_year
    reported, now, then = reported_values(later), *_values(forecast, plan, draws, pathways, known)
    succeeds = (peaks.year[-1] < before) & ~peaks.censored()[-1]
    found = []
    for name, (unit, less) in QUANTITIES.items():
        if np.isnan(reported[name]):
            continue
        # The foreseen change goes on from what was reported: of amounts as a ratio, of shares as a difference.
        if name.endswith("_share"):
            values = np.clip(reported[name] + then[name] - now[name], 0.0, 1.0)
        else:
            values = reported[name] * then[name] / now[name]
        target, latest = _aims(values, succeeds, weights, probability, less)
        if reported[name] == 0 and not values.any():
            continue  # no coal to do without, no green power in sight
        found.append(NextYearTarget(name, unit, known + 1, reported[name], target, latest))
    return tuple(found)


def _aims(
    values: np.ndarray, succeeds: np.ndarray, weights: np.ndarray, probability: float, less: bool
) -> tuple[float, float]:
    """Median of the members that succeed, and the farthest value still on course."""
    won = weights * succeeds
    if won.sum() <= 0:
        return float("nan"), float("nan")
    target = float(weighted_quantiles(values, won / won.sum(), (0.5,))[0])
    sign = 1.0 if less else -1.0
    return target, sign * latest_on_course(sign * values, succeeds, weights, probability)


def reported_values(park: Park) -> dict[str, float]:
    """`QUANTITIES` of the last year on record; NaN where there is no purchased power to have a share of."""
    use = dict.fromkeys(park.groups, 0.0)
    for c, group in enumerate(park.groups):
        use[group] += float(park.energy[:, c, -1].sum())
    total, energy = float(take_inventory(park).total()[-1]), sum(use.values())
    activity = float(park.activity[counted_sectors(park), -1].sum())
    power = sum(use.get(group, 0.0) for group in POWER)
    return {
        "emissions": total,
        "emissions_per_activity": total / activity,
        "energy_per_activity": energy / activity,
        "coal_share": use.get("coal", 0.0) / energy if energy > 0 else np.nan,
        "green_power_share": use.get("green_electricity", 0.0) / power if power > 0 else np.nan,
    }


def counted_sectors(park: Park) -> list[bool]:
    """Sectors whose activity is counted: as `Pathways` tells the economy apart where that can be done."""
    return (
        [kind in ECONOMIES for kind in park.activity_kinds]
        if "economy" in memo_item_names(park)
        else [True] * len(park.sectors)
    )


def _values(
    park: Park, plan: Scenario, draws: Draws, pathways: Pathways, known: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """`QUANTITIES` of each member in the last known year and in the one after it: (member,) each."""
    both = [_of_year(pathways, year) for year in (known, known + 1)]
    for _, batch, case in runs(park, [plan], draws, known + 1, assumed_by(draws, None)):
        for values, year in zip(both, (known, known + 1), strict=True):
            use = _energy_in(batch, case, year - park.last_observed_year, ("coal", *POWER))
            power = use["electricity"] + use["green_electricity"]
            values["coal_share"][batch.members] = use["coal"] / values["energy"][batch.members]
            np.divide(use["green_electricity"], power, out=values["green_power_share"][batch.members], where=power > 0)
    return both[0], both[1]


def _of_year(pathways: Pathways, year: int) -> dict[str, np.ndarray]:
    """What the pathways themselves say of a year under the plan, and room for the shares."""
    at = int(year - pathways.years[0])
    total = pathways.emissions[-1, :, :, at].sum(axis=-1)
    activity = pathways.memo_items["economy" if "economy" in pathways.memo_items else "activity"][-1, :, at]
    energy = pathways.memo_items["energy"][-1, :, at]
    return {
        "emissions": total,
        "emissions_per_activity": total / activity,
        "energy_per_activity": energy / activity,
        "energy": energy,
        "coal_share": np.zeros(total.size),
        "green_power_share": np.zeros(total.size),
    }


def _energy_in(batch: BatchEvaluator, case: PackageCase, ahead: int, groups: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Energy of some groups so many years after the record, or in it where that is zero or less: (member,) each, TJ."""
    past = ahead <= 0
    books = batch.past if past else batch.accounts
    row = ahead - 1  # rows of the past are counted from its end
    found = {}
    for group in groups:
        use = books.both(books.energy, (group,), 1.0) if past else case.energy((group,))
        use = np.broadcast_to(use, books.zero.shape)
        found[group] = use[row] if group in books.groups else np.zeros(use.shape[1])
    return found
