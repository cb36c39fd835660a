"""Whether an inventory closes: every sum that must agree, with how far it does.

What a table does not tell, and what that costs: the same park told more coarsely, run through the ensemble.

The cost is measured, not assumed: a park that has the detail is stripped of it, and the bands of emissions and of the
peak year of the stripped park stand beside those of the park as it is. Same draws, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.factors.tables import SOLD
from pathway_models.intake.plausible_ranges import read_plausible
from pathway_models.inventory.account import ledger_rows, take_inventory
from pathway_models.inventory.decomposition import ECONOMIC, decompose_past
from pathway_models.inventory.indicators import summed_energy
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.levers import Scenario
from pathway_models.records.park import NEEDED_CARRIERS, Park

#: Sums of the same numbers may differ by rounding only.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Closing:
    """One sum that must agree with another.

    Parameters
    ----------
    key : str
        ``ledger``, ``scopes``, ``sectors``, ``drivers``, ``stated_energy`` or ``stated_shares``.
    year : int
        The year in which they differ most.
    found, expected : float
    unit : str
    allowed : float
        Largest relative difference that counts as closed.
    """

    key: str
    year: int
    found: float
    expected: float
    unit: str
    allowed: float

    @property
    def difference(self) -> float:
        """Relative difference."""
        return abs(self.found - self.expected) / abs(self.expected) if self.expected else abs(self.found)

    @property
    def closes(self) -> bool:
        """Whether it is within what is allowed."""
        return self.difference <= self.allowed


def closure(park: Park) -> list[Closing]:
    """Every sum of a park that can be held against another one.

    Parameters
    ----------
    park : Park

    Returns
    -------
    list of Closing
        Sums the table states itself come last, where it states any.
    """
    inventory = take_inventory(park)
    total = inventory.total()
    by_year = dict.fromkeys(map(int, park.years), 0.0)
    for line in ledger_rows(park):
        by_year[int(line["year"])] += float(line["emissions_tco2"])
    found = [
        _worst("ledger", park, np.array(list(by_year.values())), total),
        _worst("scopes", park, inventory.scope(1) + inventory.scope(2), total),
    ]
    if len(park.sectors) > 1:
        found.append(_worst("sectors", park, sum(inventory.by_sector().values()), total))
    effects = decompose_past(park)
    moved = total[0] + np.concatenate([[0.0], effects.values.sum(axis=0).cumsum()])
    return [*found, _worst("drivers", park, moved, total), *_stated(park)]


def _carriers(park: Park) -> dict[int, float]:
    """Carriers with feedstock and power made on site, less what is sold beyond the purchases, TJ by year."""
    made = park.memo_items.get(("generation", "park", "renewable"), {})
    sold = [j for j, process in enumerate(park.processes) if process.name.startswith(SOLD)]
    beyond = dict(zip(map(int, park.years), park.outputs[sold].sum(axis=0), strict=True))
    return {
        year: tj + made.get(year, 0.0) * TJ_PER_MWH - float(beyond[year]) for year, tj in summed_energy(park).items()
    }


def _worst(key: str, park: Park, found: np.ndarray, expected: np.ndarray) -> Closing:
    off = np.abs(found / expected - 1)
    # Rounding has no worst year: which one it is depends on the processor.
    at = int(off.argmax()) if off.max() > ROUNDING else -1
    return Closing(key, int(park.years[at]), float(found[at]), float(expected[at]), "tCO2", ROUNDING)


def _stated(park: Park) -> list[Closing]:
    """What the table states as totals of its own."""
    bounds, closings = read_plausible().bounds, []
    stated, summed = park.memo_items.get(("total_energy", "park", ""), {}), _carriers(park)
    pairs = {year: (summed[year], stated[year]) for year in stated if year in summed and stated[year] > 0}
    if pairs:
        year = max(pairs, key=lambda year: abs(pairs[year][0] / pairs[year][1] - 1))
        one, other = (value / TJ_PER_TCE for value in pairs[year])
        closings.append(Closing("stated_energy", year, one, other, "tce", bounds["closure"].high - 1))
    shares = [values for (quantity, *_), values in park.memo_items.items() if quantity == "energy_share"]
    sums = {year: sum(values.get(year, 0.0) for values in shares) for year in (shares[0] if shares else ())}
    if sums and len(shares) == 5:
        year = max(sums, key=lambda year: abs(sums[year] - 1))
        closings.append(Closing("stated_shares", year, sums[year], 1.0, "share", bounds["shares"].high - 1))
    return closings


#: Carrier and group of a park of which only totals are known.
WHOLE, WHOLE_GROUP = "other_energy", "other_fuel"
#: Quantiles of a band.
BAND = (0.05, 0.5, 0.95)


def without_sectors(park: Park) -> Park:
    """The park as a table without sectors would tell it: sums by carrier, mean factors weighted by use."""
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
    )


def totals_only(park: Park, shipped: Mapping[str, float]) -> Park:
    """The park as a table of totals would tell it: one average carrier with all emissions, nothing else."""
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
    """Size of the joint error of factors and activity data, groups weighted by what they emit in the last year."""
    sizes = errors_by_group(park, shipped)
    weights = [row[2] for row in sizes.values()]
    return float(np.average([np.hypot(*row[:2]) for row in sizes.values()], weights=weights))


def errors_by_group(park: Park, shipped: Mapping[str, float]) -> dict[str, tuple[float, float, float]]:
    """Size of the factor error, of the activity error, and share of gross emissions, by group with emissions.

    ``shipped`` are the sizes of factor errors that the park does not state (`Uncertainties.factor_errors`).
    """
    emitted = (park.energy[..., -1] * park.factors[..., -1]).sum(axis=0)
    by_group = {name: float(emitted[np.isin(park.groups, name)].sum()) for name in shipped if name != "process"}
    technical = np.array([not process.is_balance for process in park.processes], dtype=bool)
    by_group["process"] = float((park.outputs[technical, -1] * park.process_factors[technical, -1]).sum())
    total = sum(by_group.values())
    return {
        name: (park.factor_errors.get(name, shipped[name]), park.activity_errors.get(name, 0.0), amount / total)
        for name, amount in by_group.items()
        if amount > 0
    }


def graded(park: Park, grade: str, groups: Iterable[str]) -> Park:
    """The park with every value of its activity data at one quality grade."""
    sd = read_plausible().grades[grade]
    return replace(park, activity_errors=dict.fromkeys(groups, sd))


def _kind(park: Park) -> str:
    kinds = [kind for kind in park.activity_kinds if kind in ECONOMIC]
    return kinds[0] if kinds else "energy_index"


def _activity(park: Park) -> np.ndarray:
    """Value added of all sectors that have it, else all energy: (1, year)."""
    economic = np.isin(park.activity_kinds, ECONOMIC)
    return (park.activity[economic] if economic.any() else park.energy.sum(axis=1)).sum(axis=0, keepdims=True)


@dataclass(frozen=True)
class Told:
    """What the ensemble says of a park told in one way.

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
    """

    key: str
    now: np.ndarray
    then: np.ndarray
    peak: tuple[str, str, str]
    p_before: float

    def width(self, name: str) -> float:
        """Width of a band as a share of its median."""
        low, middle, high = getattr(self, name)
        return float((high - low) / middle)


def told_coarsely(
    park: Park,
    scenario: Scenario,
    *,
    members: int = 400,
    seed: int,
    before: int = 2030,
    until: int = 2060,
    assumptions: Assumptions | None = None,
) -> list[Told]:
    """Run a park as it is told, and as poorer or differently graded tables would tell it.

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
    list of Told
        As given first; tiers the park does not have itself; then the four grades.
    """
    assumed, ways = assumptions or read_assumptions(), {"as_given": park}
    sizes = assumed.uncertainties.factor_errors
    if len(park.sectors) > 1:
        ways["without_sectors"] = without_sectors(park)
    if park.tier != "poor":
        ways["totals_only"] = totals_only(park, sizes)
    ways |= {f"grade_{grade}": graded(park, grade, sizes) for grade in "ABCD"}
    return [
        _told(key, one, scenario, before, members=members, seed=seed, until=until, assumptions=assumed)
        for key, one in ways.items()
    ]


def _told(key: str, park: Park, scenario: Scenario, before: int, **drawn: Any) -> Told:
    draws = sample(park, [scenario], **drawn)
    pathways = project(park, [scenario], draws)
    total, years = pathways.total()[0], pathways.years.tolist()
    now, then = (np.quantile(total[:, years.index(year)], BAND) for year in (park.last_observed_year, before))
    row = find_peaks(pathways).summary(before)[0]
    peak = tuple(str(row[f"peak_year_{name}"]) for name in ("p05", "p50", "p95"))
    return Told(key, now, then, peak, float(row[f"p_peak_before_{before}"]))


def missing(park: Park) -> dict[str, bool]:
    """What a full table tells, and whether this one does."""
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
        "stated_total": "total_energy" in memo_items,
        "sinks": bool(park.sinks.any()),
        "pollutants": bool(park.pollutants),
    }
