"""Future factors of purchased power and heat: the nation's course, and the departure of a place from it.

``docs/methods.md``, section 2.  The numbers stand in ``data/uncertainties.yml``; ``scripts/fit_grid.py`` fits them.
"""

import numpy as np

from pathway_models.core.units import TJ_PER_MWH
from pathway_models.kernels.quantiles import triangular
from pathway_models.records import Assumptions, Draws, Park, pathways, plans
from pathway_models.records.assumptions import GridFutures

#: Yearly draws of a place, shared by its parks.
PLACE = "grid"
#: One draw for all parks of a country: the pace at which its power gets cleaner.
NATION = f"{pathways.SHARED}:grid_decline"
#: Choices of a national factor.
NATIONAL = ("national", "enterprise")
#: Range of relative levels in the fit of the deviations: the cleanest and the dirtiest province, nation = 1.
CLEANEST, DIRTIEST = 0.2, 1.5


def place_of(park: Park) -> str:
    """Return the place of the grid of a park; empty where its factor is national, or no place is known."""
    kind, _, named = park.grid_factor.partition(":")
    return "" if kind.startswith(NATIONAL) else named or park.province


def grid_paths(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> np.ndarray:
    """Simulate the factor of purchased power relative to the last observed year, one in observed years: (member, year).

    Parameters
    ----------
    park : Park
        Its plans name the future of the grid.
    draws : Draws
        With the draw of the nation, and those of the place where the park has one.
    members : slice
    assumptions : Assumptions
    """
    known, futures = park.years.size, assumptions.uncertainties.grid_futures
    level, since = published_level(park, draws.years.size)
    course = nation_course(park, draws, members, assumptions, since)
    if PLACE in draws.shocks:
        start = float(park.factors[0, park.carriers.index("electricity"), -1]) * level[-1] * TJ_PER_MWH
        course = course * np.exp(departures(draws.shocks[PLACE][members] * (since > 0), start, futures))
    grid = np.ones((known + since.size, course.shape[0])).T
    grid[:, known:] = level * course
    return grid


def heat_paths(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> np.ndarray:
    """Simulate the factor of purchased heat relative to the last observed year, one in observed years: (member, year).

    Where the supplier's fuels are known the factor follows them alone, its plans included.
    ASSUME: other heat gets cleaner as the nation's power does, at a given share of the pace in logs, from the record
    on.
    """
    if park.heat_supply is not None:
        given = park.heat_supply.of(park.last_observed_year + np.arange(draws.years.size + 1.0))
        known = np.ones(park.years.size)
        own = np.concatenate([known, given[1:] / given[0] if given[0] > 0 else np.zeros(draws.years.size)])
        return np.repeat(own[:, None], len(range(*members.indices(draws.members))), axis=1).T
    course = nation_course(park, draws, members, assumptions, np.arange(1, draws.years.size + 1))
    heat = np.ones((park.years.size + draws.years.size, course.shape[0])).T
    heat[:, park.years.size :] = course**assumptions.uncertainties.grid_futures.heat
    return heat


def nation_course(park: Park, draws: Draws, members: slice, assumptions: Assumptions, since: np.ndarray) -> np.ndarray:
    """Simulate the nation's course in projected years, relative to the year before the first of ``since``.

    Parameters
    ----------
    since : (year,)
        Years of decline by projected year; zero in years whose factor is known.

    Returns
    -------
    (member, year)
    """
    quick, pace = draws.uniforms[NATION][members], assumptions.uncertainties.grid_decline
    course = (1.0 - triangular(quick, pace.low, pace.mode, pace.high))[:, None] ** since
    if park.plans.grid != plans.POLICY:
        return course
    # Up to the issue year all scenarios are the same.
    begin = max(int(draws.years[-1]) - int(since[-1]), assumptions.issue_year)
    return towards_zero(course, draws.years, begin, quick, assumptions.uncertainties.grid_futures)


def towards_zero(
    course: np.ndarray, years: np.ndarray, begin: int, quick: np.ndarray, futures: GridFutures
) -> np.ndarray:
    """Replace a course after a year by a straight line towards zero: (member, year).

    Parameters
    ----------
    course : (member, year)
        Relative to any level; unchanged up to ``begin``.
    years : (Y,) int
    begin : int
    quick : (member,)
        Uniform draw of the nation: the larger, the earlier the line would reach zero.
    futures : GridFutures
    """
    zero = futures.zero_by
    span = np.maximum(triangular(1.0 - quick, zero.low, zero.mode, zero.high) - begin, 1.0)
    line = np.maximum(1.0 - (years - begin) / span[:, None], futures.left)
    at = int(np.clip(begin - int(years[0]), -1, years.size - 1))
    there = course[:, at : at + 1] if at >= 0 else np.ones((course.shape[0], 1))
    return np.where(years <= begin, course, there * line)


def departures(normals: np.ndarray, start: float, futures: GridFutures) -> np.ndarray:
    """Simulate the log departure of a place from the nation's course: (member, year).

    Parameters
    ----------
    normals : (member, year)
        Standard normal; zero in years whose factor is known.
    start : float
        The place's last known factor, tCO2/MWh.
    futures : GridFutures

    Notes
    -----
    ASSUME: first-order autoregressive; places are independent of one another, regions depart as provinces do.
    """
    relative = min(max(start / futures.mean, CLEANEST), DIRTIEST)
    moved = futures.deviation * relative**-futures.tilt * normals
    # SciPy's filter gives the same bits, but documents should not wait until its package is loaded.
    for year in range(1, moved.shape[-1]):
        moved[..., year] += futures.persistence * moved[..., year - 1]
    return moved


def published_level(park: Park, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the published grid factor of projected years, and the years of decline since: (count,) each.

    ASSUME: a published factor holds in its own year, relative to that of the last observed year; a projected year
    before the first of them is still at one, and the decline begins after the last.
    """
    ahead, steps = park.grid_to_come, np.arange(1, count + 1)
    if not ahead:
        return np.ones(count), steps
    years = park.last_observed_year + steps
    known = np.array(sorted(ahead))
    at = np.searchsorted(known, years, side="right") - 1
    level = np.where(at < 0, 1.0, np.array([ahead[year] for year in known.tolist()])[np.maximum(at, 0)])
    return level, np.maximum(years - known[-1], 0)
