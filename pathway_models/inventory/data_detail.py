"""Data detail of a park, and the loss of precision without it: the same park at coarser detail through the ensemble.

The loss is measured, not assumed: a park that has the detail is stripped of it, and the bands of emissions and of the
peak year of the stripped park stand beside those of the park as it is. Same draws, so that differences are paired.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.plausible_ranges import read_plausible
from pathway_models.inventory.account import take_inventory
from pathway_models.inventory.decomposition import ECONOMIC
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.levers import Scenario
from pathway_models.records.park import NEEDED_CARRIERS, Park

#: Carrier and group of a park of which only totals are known.
WHOLE, WHOLE_GROUP = "other_energy", "other_fuel"
#: Quantiles of a band.
BAND = (0.05, 0.5, 0.95)


def without_sectors(park: Park) -> Park:
    """Sum a park over its sectors: use by carrier, mean factors weighted by use."""
    energy = park.energy.sum(axis=0, keepdims=True)
    emitted = (park.energy * park.factors).sum(axis=0, keepdims=True)
    factors = np.divide(emitted, energy, out=park.factors.mean(axis=0, keepdims=True), where=energy > 0)
    return replace(
        park,
        sectors=("park",),
        activity=_activity(park),
        activity_kinds=(_kind(park),),
        energy=energy,
        factors=factors,
        processes=tuple(replace(process, sector=0) for process in park.processes),
        uses={},
        follows={},
    )


def totals_only(park: Park, shipped: Mapping[str, float]) -> Park:
    """Reduce a park to its totals: one average carrier with all emissions, nothing else."""
    whole = without_sectors(park)
    use, total = whole.energy.sum(axis=(0, 1)), take_inventory(park).total()
    kept = [whole.carriers.index(name) for name in NEEDED_CARRIERS]
    energy, factors = np.zeros((2, 1, 1 + len(kept), park.years.size))
    energy[0, 0], factors[0, 0], factors[0, 1:] = use, total / use, whole.factors[0, kept]
    return replace(
        whole,
        carriers=(WHOLE, *NEEDED_CARRIERS),
        groups=(WHOLE_GROUP, *(whole.groups[at] for at in kept)),
        energy=energy,
        factors=factors,
        processes=(),
        outputs=np.zeros((0, park.years.size)),
        process_factors=np.zeros((0, park.years.size)),
        factor_errors={**park.factor_errors, WHOLE_GROUP: mean_error(park, shipped)},
        activity_errors={},
    )


def mean_error(park: Park, shipped: Mapping[str, float]) -> float:
    """Average the joint error of factors and activity data over groups by emissions of the last year."""
    sizes = errors_by_group(park, shipped)
    weights = [row[2] for row in sizes.values()]
    return float(np.average([np.hypot(*row[:2]) for row in sizes.values()], weights=weights))


def errors_by_group(park: Park, shipped: Mapping[str, float]) -> dict[str, tuple[float, float, float]]:
    """Return factor error, activity error and share of gross emissions of every group with emissions.

    ``shipped`` are the sizes of factor errors that the park does not state (`Uncertainties.factor_errors`).
    """
    emitted = (park.energy[..., -1] * park.factors[..., -1]).sum(axis=0)
    by_group = {name: float(emitted[np.isin(park.groups, name)].sum()) for name in shipped if name != "process"}
    technical = np.array([not (one.is_balance or one.is_undivided) for one in park.processes], dtype=bool)
    by_group["process"] = float((park.outputs[technical, -1] * park.process_factors[technical, -1]).sum())
    total = sum(by_group.values())
    return {
        name: (park.factor_errors.get(name, shipped[name]), park.activity_errors.get(name, 0.0), amount / total)
        for name, amount in by_group.items()
        if amount > 0
    }


def graded(park: Park, grade: str, groups: Iterable[str]) -> Park:
    """Put every value of a park's activity data at one quality grade."""
    sd = read_plausible().grades[grade]
    return replace(park, activity_errors=dict.fromkeys(groups, sd))


def _kind(park: Park) -> str:
    kinds = [kind for kind in park.activity_kinds if kind in ECONOMIC]
    return kinds[0] if kinds else "energy_index"


def _activity(park: Park) -> np.ndarray:
    """Sum the value added of all sectors that have it, else all energy: (1, year)."""
    economic = np.isin(park.activity_kinds, ECONOMIC)
    return (park.activity[economic] if economic.any() else park.energy.sum(axis=1)).sum(axis=0, keepdims=True)


@dataclass(frozen=True)
class DetailBands:
    """Bands of emissions and of the peak year of a park at one level of data detail.

    Parameters
    ----------
    key : str
        ``as_given``, ``without_sectors``, ``totals_only``, or ``grade_A`` to ``grade_D``.
    now, then : (3,) float
        p05, p50, p95 of emissions in the last observed year and in a later one, tCO2/yr.
    peak : (3,) str
        p05, p50, p95 of the peak year; ">2060" beyond the horizon.
    p_before : float
        Probability of a peak before the year asked for.
    parts : str
        Separate parts of the peak years with their shares, told instead of a median; empty where there is one part.
    """

    key: str
    now: np.ndarray
    then: np.ndarray
    peak: tuple[str, str, str]
    p_before: float
    parts: str = ""

    def width(self, name: str) -> float:
        """Return the width of a band as a share of its median."""
        low, middle, high = getattr(self, name)
        return float((high - low) / middle)


def detail_loss(
    park: Park,
    scenario: Scenario,
    *,
    members: int = 400,
    seed: int,
    before: int = 2030,
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> list[DetailBands]:
    """Run a park as its table has it, and as poorer or differently graded tables would have it.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    members, seed, until : int
    before : int
        Year before which the peak is wanted, and the later year of the bands.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    list of DetailBands
        As given first; tiers the park does not have itself; then the four grades.  As given alone where the table
        holds emissions only: there is no use of energy to be told more coarsely or graded.
    """
    assumed, levels = assumptions or read_assumptions(), {"as_given": park}
    sizes = assumed.uncertainties.factor_errors
    has_energy = bool(park.energy.any())
    if has_energy and len(park.sectors) > 1:
        levels["without_sectors"] = without_sectors(park)
    if has_energy and park.tier != "poor":
        levels["totals_only"] = totals_only(park, sizes)
    if has_energy:
        levels |= {f"grade_{grade}": graded(park, grade, sizes) for grade in "ABCD"}
    return [
        _bands(key, one, scenario, before, members=members, seed=seed, until=until, assumptions=assumed)
        for key, one in levels.items()
    ]


def _bands(key: str, park: Park, scenario: Scenario, before: int, **drawn: Any) -> DetailBands:
    draws = sample(park, [scenario], **drawn)
    pathways = project(park, [scenario], draws)
    total, years = pathways.total()[0], pathways.years.tolist()
    now, then = (np.quantile(total[:, years.index(year)], BAND) for year in (park.last_observed_year, before))
    row = find_peaks(pathways).summary(before)[0]
    peak = tuple(str(row[f"peak_year_{name}"]) for name in ("p05", "p50", "p95"))
    return DetailBands(key, now, then, peak, float(row[f"p_peak_before_{before}"]), str(row["peak_parts"]))


def missing(park: Park) -> dict[str, bool]:
    """Tell for each part of a full table whether this one has it."""
    memo_items = {quantity for quantity, *_ in park.memo_items}
    own = any(quantity == "factor" and any(places.values()) for (quantity, *_), places in park.origins.items())
    return {
        "sectors": len(park.sectors) > 1,
        "carriers": park.tier != "poor",
        "economy": any(kind in ECONOMIC for kind in park.activity_kinds),
        "grades": bool(park.activity_errors),
        "own_factors": own,
        "own_grid_factor": park.grid_factor == "table",
        "processes": any(not process.is_balance for process in park.processes),
        "feedstock": "feedstock" in memo_items,
        "uses": bool(park.uses),
        "stated_total": "total_energy" in memo_items,
        "sinks": bool(park.sinks.any()),
        "pollutants": bool(park.pollutants),
    }


#: Name of `detail_loss` before 0.3, kept for one release.
told_coarsely = detail_loss
