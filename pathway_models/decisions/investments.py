"""Value of investments, one by one and as a whole; reinvestment windows, lock-in and early retirement of assets.

A substitution replaces equipment.  Without early retirement it can go only as fast as equipment is due for replacement:
in any year the share of a carrier group's energy it replaces must not exceed the share whose units have been due since
the lever started.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.decisions.records import AssetPlan, Fitted, Waiting
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.kernels.costs import internal_rates, net_present_value, payback
from pathway_models.kernels.emissions import ramp
from pathway_models.records import Asset, Grid, Investment, Lever, Measure, Park, levers

# ASSUME: real discount rate of projects where the user names none, as in data/costs.yml's industry.
RATE = 0.06
CORNERS = ("worst", "likely", "best")
WHOLE = "all priced"


@dataclass(frozen=True)
class Valued:
    """An investment with its value.

    Parameters
    ----------
    name : str
    value : mapping-like tuple of (corner, float)
        Net present value at the start of construction, million CNY; empty where a part of it is not known.
    rates : tuple of (corner, tuple of float)
        Every internal rate of return.
    payback : tuple of (corner, float)
        Years from the first payment, infinite where it never pays back.
    """

    name: str
    value: dict[str, float]
    rates: dict[str, tuple[float, ...]]
    payback: dict[str, float]

    @property
    def is_priced(self) -> bool:
        """Tell whether its costs are known."""
        return bool(self.value)


def value_investments(investments: Iterable[Investment], rate: float = RATE) -> tuple[Valued, ...]:
    """Value investments one by one, and all priced ones as one cash flow.

    Parameters
    ----------
    investments : iterable of Investment
    rate : float
        Real discount rate, share per year.

    Returns
    -------
    tuple of Valued
        In the order given; ``"all priced"`` comes last where two or more are priced.  Its time 0 is the first year of
        construction of any of them.
    """
    investments = tuple(investments)
    found = [_valued(one.name, _flows(one), rate) for one in investments]
    priced = [one for one in investments if one.is_priced]
    if len(priced) > 1:
        first = min(one.start for one in priced)
        last = max(one.start + one.years + one.lifetime for one in priced)
        whole = {}
        for corner in CORNERS:
            whole[corner] = np.zeros(last - first)
            for one in priced:
                flow = one.flows(corner)
                whole[corner][one.start - first : one.start - first + flow.size] += flow
        found.append(_valued(WHOLE, whole, rate))
    return tuple(found)


def _flows(one: Investment) -> dict[str, np.ndarray]:
    return {corner: one.flows(corner) for corner in CORNERS} if one.is_priced else {}


def _valued(name: str, flows: dict[str, np.ndarray], rate: float) -> Valued:
    return Valued(
        name,
        {corner: float(net_present_value(flow, rate)) for corner, flow in flows.items()},
        {corner: tuple(map(float, internal_rates(flow))) for corner, flow in flows.items()},
        {corner: payback(flow) for corner, flow in flows.items()},
    )


#: Most years by which a ramp is delayed.
LATEST = 40


def windows(assets: Sequence[Asset], first: int, last: int) -> list[dict[str, object]]:
    """List reinvestment windows: one row a unit and replacement, in order of years."""
    rows = [
        {"year": year, "asset": one.asset_id, "kind": one.kind, "carrier": one.carrier, "energy_tj": one.energy}
        for one in assets
        for year in one.windows(first, last)
    ]
    return sorted(rows, key=lambda row: (row["year"], row["asset"]))


def due_share(assets: Sequence[Asset], groups: Sequence[str], years: np.ndarray, start: int) -> np.ndarray:
    """Compute the share of some groups' energy whose units have been due for replacement since ``start``: (year,).

    ASSUME: units that are not in the table are as old as those of the same groups that are.

    Raises
    ------
    PathwayError
        No unit uses any of the groups.
    """
    of_group = _units(assets, groups)
    total = sum(one.energy for one in of_group)
    if total == 0:
        raise PathwayError(f"no asset uses {', '.join(groups)}: its age is not known")
    # A unit that is overdue when the lever starts is replaced in the first year.
    due = np.array([max(one.due, start + 1) for one in of_group])
    energy = np.array([one.energy for one in of_group])
    return ((due[None, :] <= np.asarray(years)[:, None]) @ energy) / total


def _units(assets: Sequence[Asset], groups: Sequence[str]) -> list[Asset]:
    carriers = read_carriers()
    return [one for one in assets if carriers[one.carrier].group in groups]


def locked_in(assets: Sequence[Asset], park: Park, years: np.ndarray) -> np.ndarray:
    """Compute the emissions of today's units if each runs to the end of its lifetime: (year,), tCO2/yr.

    Factors are those of the last observed year, averaged over sectors by energy; units keep their present use.

    Raises
    ------
    PathwayError
        A unit uses a carrier the park does not.
    """
    total = np.zeros(len(years))
    for one in assets:
        if one.carrier not in park.carriers:
            raise PathwayError(f"{one.asset_id}: the park does not use {one.carrier!r}")
        at = park.carriers.index(one.carrier)
        used = park.energy[:, at, -1]
        factor = float(used @ park.factors[:, at, -1] / used.sum()) if used.any() else 0.0
        total += np.where(np.asarray(years) < one.due, one.energy * factor, 0.0)
    return total


def respect(measure: Measure, assets: Sequence[Asset], last: int = 2060) -> Fitted:
    """Delay a substitution until it replaces no unit before it is due, and compute the early retirement cost avoided.

    The largest share of the measure (the upper corner of its range) is compared with the share of energy that is due.

    Parameters
    ----------
    measure : Measure
    assets : sequence of Asset
    last : int
        Last year of the comparison.

    Raises
    ------
    PathwayError
        The lever is no substitution, or no asset uses the carriers it replaces.
    """
    lever = measure.lever
    if lever.acts.part != "mix":
        raise PathwayError(f"{lever.lever_id}: only substitutions replace equipment")
    years = np.arange(measure.ramp.start, last + 1)
    most = lever.triangles(measure.setting)["share"].high
    start = measure.ramp.start
    for later in range(LATEST + 1):
        moved = replace(measure.ramp, start=start + later, complete=measure.ramp.complete + later)
        wanted = most * ramp(years, moved.shape, moved.start, moved.complete, moved.delay_years)
        if (wanted <= due_share(assets, lever.takes_from, years, start) + 1e-9).all():
            break
    early = _early(measure, assets, years, most)
    costs = [one.book_value(year) for one, year in early]
    known = None if any(cost is None for cost in costs) else float(sum(cost for cost in costs if cost is not None))
    return Fitted(replace(measure, ramp=moved), later, tuple(one.asset_id for one, _ in early), known)


def _early(measure: Measure, assets: Sequence[Asset], years: np.ndarray, most: float) -> list[tuple[Asset, int]]:
    """List the units that the undelayed measure stops before they are due, oldest first, with the year."""
    shape = measure.ramp
    wanted = most * ramp(years, shape.shape, shape.start, shape.complete, shape.delay_years)
    units = sorted(_units(assets, measure.lever.takes_from), key=lambda one: one.due)
    total, done, found = sum(one.energy for one in units), 0.0, []
    for one in units:
        # The ramp reaches this unit when it has replaced more than all older units.
        reached = np.flatnonzero(wanted * total > done + 1e-9)
        if reached.size and years[reached[0]] < one.due:
            found.append((one, int(years[reached[0]])))
        done += one.energy
    return found


def plan_assets(park: Park, grid: Grid, assets: Sequence[Asset], until: int = 2060) -> AssetPlan:
    """Fit every substitution of a grid to the age of a park's energy assets.

    Raises
    ------
    PathwayError
        A unit uses a carrier the park does not.
    """
    years = np.arange(park.last_observed_year + 1, until + 1)
    waiting: list[Waiting] = []
    free: dict[str, Lever] = {}

    def fitted(option: levers.Option) -> levers.Option:
        measures = []
        for measure in option.measures:
            lever = measure.lever
            if lever.acts.part == "mix" and any(one.energy for one in _units(assets, lever.takes_from)):
                waiting.append(Waiting(lever, option.label, respect(measure, assets, until)))
                measures.append(waiting[-1].fitted.measure)
            else:
                free.update({lever.lever_id: lever} if lever.acts.part == "mix" else {})
                measures.append(measure)
        return replace(option, measures=tuple(measures))

    blocks = [replace(block, options=tuple(map(fitted, block.options))) for block in grid.blocks]
    return AssetPlan(
        assets=tuple(assets),
        grid=Grid(tuple(blocks)),
        waiting=tuple(waiting),
        free=tuple(free.values()),
        windows=windows(assets, int(years[0]), until),
        years=years,
        locked_in=locked_in(assets, park, years),
    )
