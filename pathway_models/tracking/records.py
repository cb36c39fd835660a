"""Records of tracking: joined and shortened park records, forecasts before and after a new year, targets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.core import RecordError
from pathway_models.records import Identified, Park, ParkIdentity, Process

#: Factors that a deviation from the plan is split into.
DRIVERS = ("activity", "energy_per_activity", "emissions_per_energy")
#: Quantities a target is set for, their unit, and whether less is better.
QUANTITIES = {
    "emissions": ("tCO2/yr", True),
    "emissions_per_activity": ("tCO2 per unit of activity", True),
    "energy_per_activity": ("TJ per unit of activity", True),
    "coal_share": ("share of energy", True),
    "green_power_share": ("share of purchased power", False),
}


@dataclass(frozen=True, eq=False)
class ScenarioForecast:
    """Forecast of one scenario at one time.

    Parameters
    ----------
    scenario : str
    state : {"made", "re-weighted", "re-fitted"}
    known : int
        Last year of data used.
    weights : (member,)
    effective : float
        Effective sample size.
    p_before, p_by : float
        Weight of the members that peak before the target year, and by its end.
    quantiles : (3,)
        Peak year, p05 / p50 / p95; ``inf`` beyond the horizon.
    parts : str
        Separate parts of the peak years with their shares, given instead of a median; empty where there is one part.
    """

    scenario: str
    state: str
    known: int
    weights: np.ndarray
    effective: float
    p_before: float
    p_by: float
    quantiles: np.ndarray
    parts: str = ""


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
        Limit: the least ambitious value still on course; NaN where there is none.
    """

    quantity: str
    unit: str
    year: int
    reported: float
    target: float
    latest: float


@dataclass(frozen=True, eq=False)
class TrackingResult(Identified):
    """Forecast with a new year of data, beside the one made without it.

    Parameters
    ----------
    identity : ParkIdentity
    known : int
        The new last year.
    base : int
        Last year of data of the forecast as made.
    before : int
    plan : str
        Scenario that is the plan.
    made, updated : mapping scenario -> ScenarioForecast
    log_evidence : mapping scenario -> float
        Log likelihood of the new years under the forecast as made.
    reported : mapping year -> float, tCO2/yr
    foreseen : mapping year -> (3,), tCO2/yr
        The plan's p05 / p50 / p95, from the level of the base year.
    deviation : mapping driver -> (member,), tCO2/yr
        Of the new year from the plan, by `DRIVERS`.
    targets : tuple of NextYearTarget
        For the year after ``known``.
    restated : mapping year -> (old, new), tCO2/yr
        Years whose totals the new table changes.
    seed, members, until : int
    """

    identity: ParkIdentity
    known: int
    base: int
    before: int
    plan: str
    made: Mapping[str, ScenarioForecast]
    updated: Mapping[str, ScenarioForecast]
    log_evidence: Mapping[str, float]
    reported: Mapping[int, float]
    foreseen: Mapping[int, np.ndarray]
    deviation: Mapping[str, np.ndarray]
    targets: tuple[NextYearTarget, ...]
    restated: Mapping[int, tuple[float, float]]
    seed: int
    members: int
    until: int

    def evidence(self, against: str) -> float:
        """Return the likelihood of the new years under the plan over that under another scenario."""
        return float(np.exp(self.log_evidence[self.plan] - self.log_evidence[against]))


def up_to(park: Park, year: int) -> Park:
    """Shorten a record to end with ``year``.

    Raises
    ------
    RecordError
        The year is not on record.
    """
    if year not in park.years:
        raise RecordError(f"{park.park_id}: {year} is not on record ({park.years[0]}-{park.years[-1]})")
    kept = park.years <= year
    arrays = ("activity", "energy", "factors", "outputs", "process_factors")
    cut = {name: getattr(park, name)[..., kept] for name in arrays}
    aside = tuple(one for one in park.one_off_years if one <= year)
    memo_items, origins = (_cut(getattr(park, name), year) for name in ("memo_items", "origins"))
    known = {"years": park.years[kept], "sinks": park.sinks[kept], "one_off_years": aside}
    return replace(park, **cut, **known, memo_items=memo_items, origins=origins)


def _cut(values: Mapping[tuple[str, str, str], Mapping[int, object]], year: int) -> dict:
    return {key: {y: v for y, v in years.items() if y <= year} for key, years in values.items()}


def joined(earlier: Park, later: Park) -> Park:
    """Extend a record by the years of another record of the same park.

    A carrier or process that only one of them names has no use in the other's years, at the factor of the nearest
    year.  Where ``later`` begins within ``earlier``, its years take the place of the earlier ones.

    Raises
    ------
    RecordError
        Other sectors or other measures of activity, or a year between them is missing: all faults together.
    """
    wrong = []
    if earlier.sectors != later.sectors:
        wrong.append(f"sectors {', '.join(later.sectors)}, expected {', '.join(earlier.sectors)}")
    if earlier.activity_kinds != later.activity_kinds:
        wrong.append(f"activity measured as {', '.join(later.activity_kinds)}, not {', '.join(earlier.activity_kinds)}")
    if earlier.price_year != later.price_year:
        wrong.append(f"prices of {later.price_year}, expected {earlier.price_year}")
    if later.years[0] > earlier.years[-1] + 1:
        wrong.append(f"begins in {later.years[0]}, expected {earlier.years[-1] + 1} at the latest")
    if later.years[-1] <= earlier.years[-1]:
        wrong.append(f"ends in {later.years[-1]}, expected a year after {earlier.years[-1]}")
    if wrong:
        raise RecordError(f"{earlier.park_id}: the new table does not continue the old one: " + "; ".join(wrong))
    if later.years[0] > earlier.years[0]:
        earlier = up_to(earlier, int(later.years[0]) - 1)
    else:
        return replace(later, park_id=earlier.park_id, one_off_years=earlier.one_off_years, plans=earlier.plans)
    carriers = tuple(dict.fromkeys((*earlier.carriers, *later.carriers)))
    group = dict(zip((*earlier.carriers, *later.carriers), (*earlier.groups, *later.groups), strict=True))
    processes = tuple(dict.fromkeys((*earlier.processes, *later.processes)))
    both = (earlier, later)
    return replace(
        earlier,
        years=np.concatenate([one.years for one in both]),
        carriers=carriers,
        groups=tuple(group[name] for name in carriers),
        activity=np.concatenate([one.activity for one in both], axis=-1),
        energy=np.concatenate([_rows(one.energy, one.carriers, carriers, 1) for one in both], axis=-1),
        factors=_factors(both, carriers),
        processes=processes,
        outputs=np.concatenate([_rows(one.outputs, one.processes, processes, 0) for one in both], axis=-1),
        process_factors=_process_factors(both, processes),
        sinks=np.concatenate([one.sinks for one in both]),
        files=(*earlier.files, *later.files),
        memo_items=_merged(earlier.memo_items, later.memo_items),
        origins=_merged(earlier.origins, later.origins),
        activity_errors={**earlier.activity_errors, **later.activity_errors},
        factor_errors={**earlier.factor_errors, **later.factor_errors},
    )


def _rows(values: np.ndarray, own: tuple, wanted: tuple, axis: int) -> np.ndarray:
    """Reorder rows of an array along an axis, with zero for missing ones."""
    shape = list(values.shape)
    shape[axis] = len(wanted)
    found = np.zeros(shape)
    for at, name in enumerate(wanted):
        if name in own:
            here = [slice(None)] * values.ndim
            there = here.copy()
            here[axis], there[axis] = at, own.index(name)
            found[tuple(here)] = values[tuple(there)]
    return found


def _factors(both: tuple[Park, Park], carriers: tuple[str, ...]) -> np.ndarray:
    """Join the factors of both records; a carrier that one does not name takes the other's nearest year."""
    before, after = (_rows(one.factors, one.carriers, carriers, 1) for one in both)
    for c, name in enumerate(carriers):
        if name not in both[0].carriers:
            before[:, c] = after[:, c, :1]
        if name not in both[1].carriers:
            after[:, c] = before[:, c, -1:]
    return np.concatenate([before, after], axis=-1)


def _process_factors(both: tuple[Park, Park], processes: tuple[Process, ...]) -> np.ndarray:
    before, after = (_rows(one.process_factors, one.processes, processes, 0) for one in both)
    for j, process in enumerate(processes):
        if process not in both[0].processes:
            before[j] = after[j, :1]
        if process not in both[1].processes:
            after[j] = before[j, -1:]
    return np.concatenate([before, after], axis=-1)


def _merged(first: Mapping[tuple[str, str, str], Mapping[int, object]], second: Mapping) -> dict:
    return {key: {**first.get(key, {}), **second.get(key, {})} for key in dict.fromkeys((*first, *second))}
