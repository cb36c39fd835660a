"""Draw an ensemble from random streams that are keyed by purpose and not by the order of drawing; bridges of parks.

Inputs are correlated by rank, by a Gaussian copula: the draws are transformed to normals, mixed by the root of their
correlation, and transformed back.  Members are independent, so that the first 1,000 of 2,000 members stay the 1,000
members; reordering draws (Iman and Conover 1982, Communications in Statistics B 11, 311-334) would not keep that.  The
correlation of the normals that gives Spearman's r is 2 sin(pi r / 6) (Kruskal 1958, JASA 53, 814-861).
Cited from background knowledge.

Members of the nowcast of a region come from streams that all parks share.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from scipy import special

from pathway_models.baseline import bridges, grid, scenario_drivers
from pathway_models.baseline.laws.register import moves_mix, streams_of
from pathway_models.baseline.paths import DRIVERS, mixed_carriers
from pathway_models.core import PathwayError, arrays, units
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.records import Assumptions, Correlation, Draws, Nowcast, Park, Scenario, growth_laws, lever_streams
from pathway_models.records.nowcast import Bridge, ParkSpread, position_of
from pathway_models.records.pathways import CONTINENT, SHARED


def stream(seed: int, owner: str, name: str, year: int = 0) -> np.random.Generator:
    """Open the random stream of (seed, owner, name, year).

    Philox is counter-based (Salmon et al. 2011, doi 10.1145/2063384.2063405, DOI from background knowledge): the key
    holds the owner of the stream, the counter's highest word the year.  Neither the order of drawing nor other draws
    have any influence.

    Parameters
    ----------
    seed : int
        0 or more.
    owner : str
        Park id, or `SHARED`.
    name : str
        What is drawn.
    year : int
        Calendar year of a yearly shock, 0 for a draw that holds for all years.
    """
    digest = blake2b(f"{seed}\x1f{owner}\x1f{name}".encode(), digest_size=16).digest()
    key = np.frombuffer(digest, dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, 0, 0, year], dtype=np.uint64)))


#: Most draws of a level above the park that are cached, and the largest size of one.
REMEMBERED, REMEMBERED_SIZE = 64, 500_000


def yearly_normals(seed: int, owner: str, name: str, members: int, years: np.ndarray) -> np.ndarray:
    """Draw standard normals by member and year: (member, year)."""
    # Shared draws are used by every park of a run, those of all provinces by each region.
    is_shared = owner.startswith(("shared", "province:"))
    draw = _remembered if is_shared and members * years.size <= REMEMBERED_SIZE else _drawn
    return draw(seed, owner, name, members, int(years[0]), int(years[-1]))


@lru_cache(maxsize=REMEMBERED)
def _remembered(seed: int, owner: str, name: str, members: int, first: int, last: int) -> np.ndarray:
    return _drawn(seed, owner, name, members, first, last)


def _drawn(seed: int, owner: str, name: str, members: int, first: int, last: int) -> np.ndarray:
    """Draw standard normals by member and year, read-only: (member, year)."""
    years = range(first, last + 1)
    shocks = np.empty((len(years), members))
    for at, year in enumerate(years):
        shocks[at] = stream(seed, owner, f"shock:{name}", year).standard_normal(members)
    return arrays.fixed(shocks.T)


#: Name of the draws of a nowcast.
STREAM = "nowcast"


@lru_cache(maxsize=2)
def region_members(nowcast: Nowcast, seed: int, members: int) -> np.ndarray:
    """Simulate the log change of every region since its last inventory: (region, member, step), read-only.

    All parks of a region share its draws, and all regions those of the nation; the first 1,000 of 2,000 members are the
    1,000 members.

    Parameters
    ----------
    nowcast : Nowcast
    seed : int
    members : int
    """
    own = np.stack([yearly_normals(seed, f"province:{name}", STREAM, members, nowcast.years) for name in nowcast.names])
    return arrays.fixed(
        bridges.region_paths(nowcast, own, yearly_normals(seed, SHARED, STREAM, members, nowcast.years))
    )


def bridge_of(park: Park, assumptions: Assumptions, seed: int, members: int, until: int) -> Bridge | None:
    """Estimate the years from a park's last observed year to the end of activity data, or to the issue year.

    Parameters
    ----------
    park : Park
    assumptions : Assumptions
        Nowcast, spread of parks and activity of sites.
    seed : int
    members : int
    until : int
        Last year of the projection.

    Returns
    -------
    Bridge or None
        None without data: no activity of the country, a region that is not in the nowcast, a table that ends with the
        activity or later, or before its first year; and for parks without the measured spread, or after more years
        than it covers.
    """
    nowcast, spread, last = assumptions.nowcast, assumptions.park_spread, park.last_observed_year
    if nowcast is None:
        return None
    reach = _reach(park, nowcast, spread)
    end = last if reach is None else min(reach, assumptions.issue_year, until)
    if end <= last:
        return None
    years, is_region = np.arange(last + 1, end + 1), park.kind == "region"
    if not is_region and (spread is None or years.size > spread.longest):
        return None
    if park.country != units.HOME:
        around = _of_sites(park, spread, members, end)
    elif is_region:
        around = _of_region(park, nowcast, seed, members, end)
    else:
        around = _of_nation(park, nowcast, spread, seed, members, end)
    kinds = assumptions.sectors.of(park)
    tilts = around.tilts[[position_of(*one, around.sector_ids) for one in zip(park.sectors, kinds, strict=True)]]
    if is_region:
        return Bridge(years, around.change[:-1], around.change[-1], tilts, around.source)
    change = around.change + bridges.tilted_sum(tilts, bridges.sector_shares(park))
    departure = bridges.park_departures(spread, yearly_normals(seed, park.park_id, STREAM, members, years))
    source = f"{around.source}, spread of parks {spread.version}"
    return Bridge(years, change[:-1] + departure, change[-1], tilts, source)


class _Around(NamedTuple):
    """Estimated changes around a park after its last year.

    Parameters
    ----------
    change : (member, year)
        Log change of emissions; the centre is appended to the members.
    tilts : (sector, year)
        Log change of sectors less that of the emissions, by the sectors of ``sector_ids``.
    sector_ids : mapping sector -> (id, ...)
    source : str
    """

    change: np.ndarray
    tilts: np.ndarray
    sector_ids: Mapping[str, tuple[str, ...]]
    source: str


def _reach(park: Park, nowcast: Nowcast, spread: ParkSpread | None) -> int | None:
    """Return the last year of activity for a park; None where there is none from its last year on."""
    last = park.last_observed_year
    if park.country == units.HOME:
        is_told = park.kind != "region" or nowcast.row_of(park.province) is not None
        return int(nowcast.years[-1]) if is_told and last >= nowcast.observed_years[0] else None
    sites = spread.sites if spread is not None and park.kind != "region" else None
    return sites.last_of(park.country) if sites is not None and last >= sites.years[0] else None


def _of_region(park: Park, nowcast: Nowcast, seed: int, members: int, end: int) -> _Around:
    """Return the nowcast of a park's province."""
    row, last = nowcast.row_of(park.province), park.last_observed_year
    centre = nowcast.nation_change + bridges.raked(nowcast.centre, nowcast.weights[:, None], axis=0)[row]
    # The centre is computed like one more member.
    paths = np.vstack([region_members(nowcast, seed, members)[row], centre])
    change = _since(nowcast, paths, nowcast.observed[row], last)[:, : end - last]
    tilts = _since_tilts(nowcast, nowcast.tilts[row], last, end)
    return _Around(change, tilts, nowcast.sector_ids, f"{nowcast.regions[row]}, nowcast {nowcast.version}")


def _of_nation(park: Park, nowcast: Nowcast, spread: ParkSpread, seed: int, members: int, end: int) -> _Around:
    """Return the nowcast of the nation, with the part of the province's departure that parks follow."""
    last, steps = park.last_observed_year, end - park.last_observed_year
    paths = region_members(nowcast, seed, members)
    whole = np.vstack([np.log(np.einsum("r,rms->ms", nowcast.weights, np.exp(paths))), nowcast.nation_change])
    change = _since(nowcast, whole, nowcast.observed.sum(axis=0), last)[:, :steps]
    source = f"nation, nowcast {nowcast.version}"
    if nowcast.row_of(park.province) is not None:
        region = _of_region(park, nowcast, seed, members, end)
        change, source = change + spread.follow[:steps] * (region.change - change), region.source
    return _Around(change, _since_tilts(nowcast, nowcast.nation_tilts, last, end), nowcast.sector_ids, source)


def _of_sites(park: Park, spread: ParkSpread, members: int, end: int) -> _Around:
    """Return the reported changes of all sites of a park's continent and country, the same in all members."""
    sites, last = spread.sites, park.last_observed_year
    continent, departure, tilts = sites.growth(park.country, last, end)
    change = continent + spread.follow[: end - last] * departure
    source = f"sites of {park.country} and its continent"
    return _Around(np.broadcast_to(change, (members + 1, change.size)), tilts, sites.sector_ids, source)


def _since(nowcast: Nowcast, paths: np.ndarray, observed: np.ndarray, last: int) -> np.ndarray:
    """Rebase log changes since the last inventory, (member, step), to another last year: (member, year after it)."""
    if last >= nowcast.last_observed:
        # The nowcast of the park's own last year is as uncertain as that of the years after it.
        at = last - nowcast.last_observed
        return paths if at == 0 else paths[:, at:] - paths[:, at - 1 : at]
    at = last - int(nowcast.observed_years[0])
    before = np.log(observed[at + 1 :] / observed[at])
    return np.concatenate([np.broadcast_to(before, (len(paths), before.size)), paths + before[-1]], axis=1)


def _since_tilts(nowcast: Nowcast, tilts: np.ndarray, last: int, end: int) -> np.ndarray:
    """Rebase tilts of sectors, (sector, step), to another last year; zero in years of inventories: (sector, year)."""
    whole = np.concatenate([np.zeros((len(tilts), nowcast.observed_years.size)), tilts], axis=1)
    at = last - int(nowcast.observed_years[0])
    return whole[:, at + 1 : at + 1 + end - last] - whole[:, at : at + 1]


def correlate(draws: Draws, correlations: Sequence[Correlation]) -> Draws:
    """Correlate inputs by rank.

    Parameters
    ----------
    draws : Draws
    correlations : sequence of Correlation
        Pairs with an input that was not drawn, as its lever is not in the scenarios, are left out.

    Returns
    -------
    Draws
        The given draws where there is nothing to correlate; the distribution of every single input is unchanged.

    Raises
    ------
    PathwayError
        A pair is given twice, an input is shared by all parks, or the correlations are not positive definite.
    """
    single = {**draws.uniforms, **draws.normals}
    used = [c for c in correlations if c.first in single and c.second in single]
    if not used:
        return draws
    names = tuple(dict.fromkeys(name for c in used for name in (c.first, c.second)))
    root = _root(used, names)
    normal = np.stack([special.ndtri(single[n]) if n in draws.uniforms else single[n] for n in names])
    tied = dict(zip(names, root @ normal, strict=True))
    uniforms = {n: special.ndtr(tied[n]) if n in tied else values for n, values in draws.uniforms.items()}
    normals = {n: tied.get(n, values) for n, values in draws.normals.items()}
    return replace(draws, uniforms=uniforms, normals=normals)


def _root(correlations: Sequence[Correlation], names: tuple[str, ...]) -> np.ndarray:
    """Factor the correlation matrix of the normals (lower Cholesky root): (input, input)."""
    shared = [name for name in names if name.startswith(f"{SHARED}:")]
    if shared:
        raise PathwayError(f"{', '.join(shared)}: drawn once for all parks, cannot follow an input of one park")
    pairs = [frozenset((c.first, c.second)) for c in correlations]
    twice = sorted({" and ".join(sorted(pair)) for pair in pairs if pairs.count(pair) > 1})
    if twice:
        raise PathwayError(f"correlated more than once: {'; '.join(twice)}")
    matrix = np.eye(len(names))
    for c in correlations:
        i, j = names.index(c.first), names.index(c.second)
        matrix[i, j] = matrix[j, i] = 2.0 * np.sin(np.pi * c.rank / 6.0)
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise PathwayError(f"the rank correlations of {', '.join(names)} contradict one another") from None


#: First parts of the names of draws that belong to no lever.
OWN_STREAMS = ("scale", "slope", "factor", "project", "override", SHARED)
#: Draws made once for all parks of a country: the pace of its grid, and its capacity to capture CO2.
NATIONAL = ("grid_decline", "capture_ceiling")
#: Latest year of a projection: far beyond any target of the notice.
LAST_YEAR = 2100


def sample(
    park: Park,
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    *,
    members: int = 1000,
    seed: int,
    until: int = 2060,
    correlations: Sequence[Correlation] | bool | None = True,
    assumptions: Assumptions | None = None,
) -> Draws:
    """Draw the random numbers of an ensemble, the same for every scenario.

    Parameters
    ----------
    park : Park
    scenarios : mapping or iterable of Scenario
        The parameters of their levers are drawn; a draw does not depend on the other scenarios.
    members : int
    seed : int
        0 or more; 0 is a seed like any other.
    until : int
        Last projected year.
    correlations : sequence of Correlation, bool or None
        Rank correlations of inputs: those of the assumptions where True, none where False, None or empty.
    assumptions : Assumptions, optional
        Growth law, uncertainties and correlations; the shipped ones (`read_assumptions`) where not given, as the repr
        of the draws says.

    Returns
    -------
    Draws

    Raises
    ------
    PathwayError
        ``members``, ``seed`` or ``until`` is out of range, or the correlations cannot be.

    Examples
    --------
    >>> import pathway_models as pw
    >>> pw.sample(pw.read_park("region-d"), pw.read_scenarios(), members=8, seed=0).members
    8
    """
    _check(park, members, seed, until)
    years = np.arange(park.last_observed_year + 1, until + 1)
    assumed = read_assumptions() if assumptions is None else assumptions
    mixes = [f"mix:{carrier}" for carrier in mixed_carriers(park)] if moves_mix(assumed) else []
    drivers = [*DRIVERS, *mixes]
    chosen = list(scenarios.values() if isinstance(scenarios, Mapping) else scenarios)
    ties = assumed.correlations if correlations is True else correlations or ()
    levers = lever_streams(chosen)
    partners = _partners(ties, levers)
    uniforms = {name: stream(seed, park.park_id, f"lever:{name}").random(members) for name in (*levers, *partners)}
    uniforms |= {name: stream(seed, park.park_id, name).random(members) for name in park.plans.uniforms()}
    nation = shared_by(park)
    for name in NATIONAL:
        uniforms[f"{SHARED}:{name}"] = stream(seed, nation, name).random(members)
    factors = assumed.uncertainties.factor_errors
    names = ["scale", *(f"slope:{name}" for name in drivers), *(f"factor:{name}" for name in factors)]
    names += [*park.plans.normals(), *scenario_drivers.driven_normals(park, chosen, assumed.issue_year)]
    normals = {name: stream(seed, park.park_id, name).standard_normal(members) for name in names}
    normals[f"{SHARED}:slope"] = stream(seed, nation, "slope").standard_normal(members)
    shocks = {name: yearly_normals(seed, park.park_id, name, members, years) for name in drivers}
    shocks[f"{SHARED}:activity"] = yearly_normals(seed, nation, "activity", members, years)
    for owner, key, name, yearly in _of_law(assumed, park, drivers):
        if yearly:
            shocks[key] = yearly_normals(seed, owner, name, members, years)
        else:
            normals[key] = stream(seed, owner, name).standard_normal(members)
    if place := grid.place_of(park):
        shocks[grid.PLACE] = yearly_normals(seed, f"province:{place}", grid.PLACE, members, years)
    bridge = bridge_of(park, assumed, seed, members, until)
    drawn = Draws(park.identity, seed, members, years, uniforms, normals, shocks, assumed, bridge)
    tied = correlate(drawn, ties)
    kept = {name: values for name, values in tied.uniforms.items() if name not in partners}
    return replace(tied, uniforms=kept) if partners else tied


def shared_by(park: Park) -> str:
    """Return the owner of the draws shared by all parks of a park's country, and of no other country."""
    return SHARED if park.country == units.HOME else f"{SHARED}:{park.country}"


def _partners(ties: Sequence[Correlation], levers: Sequence[str]) -> list[str]:
    """List the parameters of levers that are in no scenario but are correlated with others.

    They are drawn too, so that a lever's draw does not depend on which other levers the scenarios have.
    """
    named = dict.fromkeys(name for tie in ties for name in (tie.first, tie.second))
    return [name for name in named if name not in levers and name.partition(":")[0] not in OWN_STREAMS]


def _check(park: Park, members: int, seed: int, until: int) -> None:
    wrong = []
    if members < 1:
        wrong.append(f"members = {members}: expected at least 1")
    if seed < 0:
        wrong.append(f"seed = {seed}: expected 0 or more")
    if not park.last_observed_year < until <= LAST_YEAR:
        wrong.append(f"until = {until}: expected a year from {park.last_observed_year + 1} to {LAST_YEAR}")
    if wrong:
        raise PathwayError(f"{park.park_id}: " + "; ".join(wrong))


def _of_law(assumptions: Assumptions, park: Park, drivers: Sequence[str]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield owner, key and name of every further stream of the growth law, and whether it is drawn every year.

    A stream above the park belongs to a province or to all parks, so that these draw the same numbers.
    """
    for one in streams_of(assumptions):
        if one.level == growth_laws.EVERY_PROVINCE:
            regions = assumptions.levels.regions if assumptions.levels and park.kind == "region" else ()
            yield from (
                (f"province:{place}", f"province:{one.name}:{place}", one.name, one.yearly) for place in regions
            )
        elif one.level == "park":
            yield from (
                (park.park_id, f"{one.name}:{driver}", f"{one.name}:{driver}", one.yearly) for driver in drivers
            )
        else:
            # A park without a province shares its region with no other park.
            above = {SHARED: shared_by(park), CONTINENT: f"{SHARED}:{CONTINENT}"}
            owner = above.get(one.level, f"{one.level}:{park.province or park.park_id}")
            yield owner, f"{one.level}:{one.name}", one.name, one.yearly
