"""From a park, its draws and its growth law to batches of members, ready for packages of measures."""

from collections.abc import Iterable, Iterator

import numpy as np

from pathway_models.baseline.bridges import factor_errors
from pathway_models.baseline.paths import AS_PLANS_TURN_OUT, OWN_FUEL, Reading, balance_shares, fuel_shares
from pathway_models.baseline.plans import baseline_paths
from pathway_models.core.errors import PathwayError
from pathway_models.engine.batches import Batch, Frame, ceiling_of
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park

#: Members computed at a time: memory is bounded at any size of the ensemble, and the numbers do not depend on it.
BATCH = 1000


def carrier_factors(
    park: Park, scenarios: Iterable[Scenario], assumptions: Assumptions
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """List a park's carriers and those its levers bring in: names, groups, factors (sector, carrier, year), tCO2/TJ.

    The factors of the park's own fuels carry what is captured and what is sold beyond the purchases
    (`baseline.paths.fuel_shares`).

    Raises
    ------
    PathwayError
        The factor set has no factor of a carrier that a lever brings in.
    """
    library = assumptions.carriers
    given = {name for scenario in scenarios for measure in scenario.measures for name in measure.lever.gives_to}
    # In the order of the library, so that no sum depends on the order of the scenarios.
    # A park without energy has none that a lever could replace (docs/methods.md, section 7).
    given = given if park.has_energy or park.plans else set()
    new = tuple(name for name in library if name in given and name not in park.carriers)
    factors = np.zeros((len(park.sectors), len(park.carriers) + len(new), park.years.size))
    is_fuel = np.isin(park.groups, OWN_FUEL)
    factors[:, : len(park.carriers)] = np.where(is_fuel[:, None], fuel_shares(park)[:, None], 1.0) * park.factors
    for at, name in enumerate(new, start=len(park.carriers)):
        factor = assumptions.default_factor(park.factor_set, name)
        if factor is None:
            raise PathwayError(f"{park.park_id}: a lever gives {name!r}, of which {park.factor_set} has no factor")
        factors[:, at] = factor
    return (*park.carriers, *new), (*park.groups, *(library[name].group for name in new)), factors


def lay_out(park: Park, scenarios: Iterable[Scenario], until: int, assumptions: Assumptions) -> Frame:
    """Extend factors, processes and sinks of a park to the last year.

    ASSUME: factors stay at their last observed value; only those of purchased power and heat go on declining.
    ASSUME: sinks stay at their last observed value without a lever.
    """
    years = np.arange(park.years[0], until + 1)
    carriers, groups, factors = carrier_factors(park, scenarios, assumptions)
    last = np.minimum(np.arange(years.size), park.years.size - 1)
    balanced = factors[..., last]
    grid_factors = balanced[:, carriers.index("electricity")].copy()
    balanced[:, : len(park.carriers)] *= balance_shares(park)[:, None, last]
    return Frame(
        park=park,
        years=years,
        carriers=carriers,
        groups=groups,
        factors=balanced,
        grid_factors=grid_factors,
        process_factors=park.process_factors[:, last],
        is_technical=np.array([not process.is_balance for process in park.processes], dtype=bool),
        undivided=tuple(process.name if process.is_undivided else "" for process in park.processes),
        sinks=park.sinks[last],
        assumptions=assumptions,
    )


def batches(
    frame: Frame, draws: Draws, size: int | None = None, reading: Reading = AS_PLANS_TURN_OUT
) -> Iterator[Batch]:
    """Yield the ensemble, ``size`` members at a time, `BATCH` by default, in one reading of its drivers."""
    size = BATCH if size is None else size
    sizes = frame.assumptions.uncertainties.factor_errors
    for start in range(0, draws.members, size):
        members = slice(start, min(start + size, draws.members))
        paths = baseline_paths(frame.park, draws, members, frame.assumptions, reading)
        activity, intensity, shares, grid, heat, output = (
            np.moveaxis(values, 0, -1)[..., : frame.years.size, :]
            for values in (paths.activity, paths.intensity, paths.shares, paths.grid, paths.heat, paths.output)
        )
        errors = factor_errors(frame.park, draws.normals, members, sizes)
        by_group = {group: values.T for group, values in errors.items()}
        carbon = None if paths.carbon is None else paths.carbon.T[: frame.years.size]
        use, most = activity * intensity, ceiling_of(frame, draws, members, frame.years[frame.known :])
        yield Batch(frame, draws, members, activity, use, shares, grid, heat, output, by_group, carbon, most)


def horizon(park: Park, draws: Draws, until: int | None) -> int:
    """Find the last year of a projection.

    Parameters
    ----------
    until : int or None
        As far as the draws reach where not given.

    Raises
    ------
    PathwayError
        The draws are another park's, or do not reach ``until``.
    """
    last = int(draws.years[-1]) if until is None else until
    if draws.park_id != park.park_id:
        raise PathwayError(f"the draws were made for {draws.park_id!r}, not for {park.park_id!r}; sample this park")
    if not park.last_observed_year < last <= draws.years[-1]:
        raise PathwayError(f"until = {last}: the draws reach from {draws.years[0]} to {draws.years[-1]}")
    return last
