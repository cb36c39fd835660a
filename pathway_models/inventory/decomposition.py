"""Drivers of a park's observed emissions: exact LMDI over the Kaya factors, and Tapio decoupling.

    emissions = sum activity x sector share x intensity x carrier share x factor  +  conversion balance

Ang, B.W. (2004) Energy Policy 32, 1131-1139, doi 10.1016/S0301-4215(03)00076-4; Tapio, P. (2005) Transport
Policy 12, 137-151, doi 10.1016/j.tranpol.2005.01.001 (both DOIs from background knowledge).

Data detail of a park, and the loss of precision without it: the same park at coarser detail through the ensemble.

The loss is measured, not assumed: a park that has the detail is stripped of it, and the bands of emissions and of the
peak year of the stripped park stand beside those of the park as it is.  All use the same draws, so that differences
are paired.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pathway_models.core import PathwayError, arrays
from pathway_models.engine import projecting, sampling
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.factors.ids import SCOPE_2
from pathway_models.intake.numbers import read_plausible
from pathway_models.inventory.accounts import take_inventory
from pathway_models.kernels.decomposition import lmdi
from pathway_models.peaks.finding import find_peaks
from pathway_models.records import Assumptions, Identified, Park, ParkIdentity, Scenario
from pathway_models.records.park import NEEDED_CARRIERS

#: Effects in the order of the chain; ``balance`` has no factors: the carbon balance of conversion, and credits for
#: power and heat sold.
EFFECTS = ("activity", "structure", "intensity", "mix", "fuel_factor", "grid_factor", "balance")
#: Activity kinds that measure an economy, in the order of preference.
ECONOMIC = ("value_added", "gdp")
#: Elasticities between which emissions move in step with activity (Tapio 2005).
COUPLED = (0.8, 1.2)
TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Decomposition(Identified):
    """Year-by-year effects of each driver on a park's observed emissions.

    Parameters
    ----------
    identity : ParkIdentity
    years : (H,) int
    effects : (E,) tuple of str
    values : (effect, H - 1), tCO2/yr
        Change from each year to the next that the driver accounts for.
    emissions : (H,), tCO2/yr
        Total of the inventory.
    """

    identity: ParkIdentity
    years: np.ndarray
    effects: tuple[str, ...]
    values: np.ndarray
    emissions: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        put = object.__setattr__
        put(self, "years", arrays.rising_years("years", self.years))
        shape = (len(self.effects), self.years.size - 1)
        put(self, "values", arrays.frozen_array("values", self.values, shape))
        put(self, "emissions", arrays.frozen_array("emissions", self.emissions, (self.years.size,)))

    def sums(self) -> dict[str, float]:
        """Sum the yearly effects of each driver over the whole record, tCO2/yr."""
        return dict(zip(self.effects, self.values.sum(axis=arrays.YEAR).tolist(), strict=True))

    def residual(self) -> float:
        """Return the largest yearly change that no effect accounts for, as a share of emissions; rounding only."""
        left = np.diff(self.emissions) - self.values.sum(axis=0)
        return float(np.abs(left).max(initial=0.0) / np.abs(self.emissions).max())

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {value / 1e4:+,.1f}" for name, value in self.sums().items())
        return f"<Decomposition {self.park_id}: {self.years[0]}-{self.years[-1]}, 万tCO2/yr\n  {parts}>"


def decompose_past(park: Park) -> Decomposition:
    """Decompose the observed change of a park's emissions by driver, year by year.

    Sectors whose activity has the same measure share one activity (say, value added) and have shares of it;
    residents with their population are an activity of their own.  Output of a process per activity counts
    as intensity, its factor with those of the fuels.  Where activity is measured by energy itself there is
    no intensity to change, and the whole change of use is activity.

    Returns
    -------
    Decomposition
        Effects add up to the change of the inventory's total.
    """
    drivers = _drivers(park)
    before, after = drivers[..., :-1].copy(), drivers[..., 1:].copy()
    for factor in (EFFECTS.index("fuel_factor"), EFFECTS.index("grid_factor")):
        # A carrier out of use has no factor: it takes that of the year in which it is used, so
        # that its coming or going is a change of the mix and not of a factor.
        unused_before, unused_after = (before[:4] == 0).any(axis=0), (after[:4] == 0).any(axis=0)
        b, a = before[factor].copy(), after[factor].copy()
        before[factor], after[factor] = np.where(unused_before, a, b), np.where(unused_after, b, a)
    effects = lmdi(before, after)
    is_balance = [process.is_balance for process in park.processes]
    balance = (park.outputs * park.process_factors)[is_balance].sum(axis=0)
    return Decomposition(
        identity=park.identity,
        years=park.years,
        effects=EFFECTS,
        values=np.concatenate([effects, np.diff(balance)[None]]),
        emissions=take_inventory(park).total(),
    )


def _drivers(park: Park) -> np.ndarray:
    """Split every sector-carrier and process term into its factors: (effect without balance, term, year)."""
    kinds = np.array(park.activity_kinds)
    whole = (kinds[:, None] == kinds[None, :]).astype(float) @ park.activity
    share = park.activity / whole
    use = park.energy.sum(axis=1)
    mix = np.divide(park.energy, use[:, None], out=np.zeros_like(park.energy), where=use[:, None] > 0)
    bought = np.isin(park.groups, SCOPE_2)[None, :, None]
    one = np.ones_like(mix)
    by_sector = [values[:, None] * one for values in (whole, share, use / park.activity)]
    fuels = [*by_sector, mix, np.where(bought, 1.0, park.factors), np.where(bought, park.factors, 1.0)]
    terms = np.stack(fuels).reshape(len(fuels), -1, park.years.size)
    technical = [at for at, process in enumerate(park.processes) if not process.is_balance]
    sector = [park.processes[at].sector for at in technical]
    output, factors = park.outputs[technical], park.process_factors[technical]
    ones = np.ones_like(output)
    made = np.stack([whole[sector], share[sector], output / park.activity[sector], ones, factors, ones])
    return np.concatenate([terms, made], axis=1)


@dataclass(frozen=True)
class Decoupling:
    """Change of emissions with the economy between two years.

    Parameters
    ----------
    first, last : int
    emissions_change, activity_change : float
        Relative changes.
    elasticity : float
        Their ratio; infinite where activity did not change.
    state : str
        One of Tapio's eight states.
    """

    first: int
    last: int
    emissions_change: float
    activity_change: float
    elasticity: float
    state: str


def has_economy(park: Park) -> bool:
    """Tell whether the activity of any sector is value added or GDP."""
    return any(kind in ECONOMIC for kind in park.activity_kinds)


def decoupling(park: Park, first: int | None = None, last: int | None = None) -> Decoupling:
    """Compare the change of emissions with the change of value added between two observed years.

    Parameters
    ----------
    park : Park
    first, last : int, optional
        Observed years; the whole record by default.

    Raises
    ------
    PathwayError
        The park has no value added, or the years are not two observed ones in their order.
    """
    first = int(park.years[0]) if first is None else first
    last = park.last_observed_year if last is None else last
    if not has_economy(park):
        raise PathwayError(f"{park.park_id}: no value added in the table, so there is nothing to decouple from")
    if not park.years[0] <= first < last <= park.years[-1]:
        raise PathwayError(f"{first}-{last}: expected two years of {park.years[0]}-{park.years[-1]}, the earlier first")
    economic = np.isin(park.activity_kinds, ECONOMIC)
    ends = [first - int(park.years[0]), last - int(park.years[0])]
    emissions, activity = take_inventory(park).total()[ends], park.activity[economic][:, ends].sum(axis=0)
    changes = [float(values[1] / values[0] - 1.0) for values in (emissions, activity)]
    elasticity = changes[0] / changes[1] if changes[1] else float(np.copysign(np.inf, changes[0]))
    return Decoupling(first, last, *changes, elasticity, tapio_state(*changes))


def tapio_state(emissions_change: float, activity_change: float) -> str:
    """Name the state of decoupling (Tapio 2005) from two relative changes.

    Constant activity counts as zero growth; an elasticity of exactly 0.8 or 1.2 is coupled.

    Examples
    --------
    >>> tapio_state(-0.02, 0.05), tapio_state(0.05, 0.05), tapio_state(-0.05, -0.01)
    ('strong_decoupling', 'expansive_coupling', 'recessive_decoupling')
    """
    # The tie width keeps an elasticity at a bound there whatever its last digit.
    low, high = COUPLED[0] * abs(activity_change) * (1 - TIE), COUPLED[1] * abs(activity_change) * (1 + TIE)
    if activity_change >= 0:
        if emissions_change < 0:
            return "strong_decoupling"
        names = ("weak_decoupling", "expansive_coupling", "expansive_negative_decoupling")
    else:
        if emissions_change > 0:
            return "strong_negative_decoupling"
        names = ("weak_negative_decoupling", "recessive_coupling", "recessive_decoupling")
    size = abs(emissions_change)
    return names[0] if size < low else names[1] if size <= high else names[2]


#: Carrier and group of a park with totals only.
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
    """Assign one quality grade to all activity data of a park."""
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
        Probability of a peak before the target year.
    parts : str
        Separate parts of the peak years with their shares, given instead of a median; empty where there is one part.
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
        holds emissions only: there is no energy use to aggregate or grade.
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
    draws = sampling.sample(park, [scenario], **drawn)
    pathways = projecting.project(park, [scenario], draws)
    total, years = pathways.total()[0], pathways.years.tolist()
    now, then = (np.quantile(total[:, years.index(year)], BAND) for year in (park.last_observed_year, before))
    row = find_peaks(pathways).summary(before)[0]
    peak = tuple(str(row[f"peak_year_{name}"]) for name in ("p05", "p50", "p95"))
    return DetailBands(key, now, then, peak, float(row[f"p_peak_before_{before}"]), str(row["peak_parts"]))


def parts_present(park: Park) -> dict[str, bool]:
    """Tell for each part of a full table whether the table of a park has it."""
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
