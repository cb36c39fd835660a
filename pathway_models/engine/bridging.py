"""The nowcast in ensembles: every region's members from streams that all parks share, and the bridge of a park."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pathway_models.baseline.bridges import park_departures, raked, region_paths, sector_shares, tilted_sum
from pathway_models.core.arrays import fixed
from pathway_models.core.units import HOME
from pathway_models.engine.streams import yearly_normals
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import SHARED
from pathway_models.records.nowcast import Bridge, Nowcast, ParkSpread, position_of
from pathway_models.records.park import Park

#: What the draws of a nowcast are called.
STREAM = "nowcast"


@lru_cache(maxsize=2)
def region_members(nowcast: Nowcast, seed: int, members: int) -> np.ndarray:
    """Simulate the log change of every region since its last inventory: (region, member, step), read-only.

    A region draws the same numbers for all its parks, and the nation's are those of all regions; the first 1,000 of
    2,000 members are the 1,000 members.

    Parameters
    ----------
    nowcast : Nowcast
    seed : int
    members : int
    """
    own = np.stack([yearly_normals(seed, f"province:{name}", STREAM, members, nowcast.years) for name in nowcast.names])
    return fixed(region_paths(nowcast, own, yearly_normals(seed, SHARED, STREAM, members, nowcast.years)))


def bridge_of(park: Park, assumptions: Assumptions, seed: int, members: int, until: int) -> Bridge | None:
    """Bridge the years from a park's last table as far as activity is known, or to the issue year.

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
        None where nothing is known: no activity of the country, a region that is none of the nowcast's, a table that
        ends with the activity or later, or one that ended before what is kept of it; and for parks without the measured
        spread, or after more years than it has.
    """
    nowcast, spread, last = assumptions.nowcast, assumptions.park_spread, park.last_observed_year
    if nowcast is None:
        return None
    reach = _reach(park, nowcast, spread)
    end = last if reach is None else min(reach, _issue_year(assumptions), until)
    if end <= last:
        return None
    years, is_region = np.arange(last + 1, end + 1), park.kind == "region"
    if not is_region and (spread is None or years.size > spread.longest):
        return None
    if park.country != HOME:
        around = _of_sites(park, spread, members, end)
    elif is_region:
        around = _of_region(park, nowcast, seed, members, end)
    else:
        around = _of_nation(park, nowcast, spread, seed, members, end)
    kinds = assumptions.sectors.of(park)
    tilts = around.tilts[[position_of(*one, around.sector_ids) for one in zip(park.sectors, kinds, strict=True)]]
    if is_region:
        return Bridge(years, around.change[:-1], around.change[-1], tilts, around.source)
    change = around.change + tilted_sum(tilts, sector_shares(park))
    departure = park_departures(spread, yearly_normals(seed, park.park_id, STREAM, members, years))
    source = f"{around.source}, spread of parks {spread.version}"
    return Bridge(years, change[:-1] + departure, change[-1], tilts, source)


class _Around(NamedTuple):
    """What is known around a park after its last year.

    Parameters
    ----------
    change : (member, year)
        Log change of emissions; the centre stands behind the members.
    tilts : (sector, year)
        Log change of sectors beyond it, by the sectors of ``sector_ids``.
    sector_ids : mapping sector -> (id, ...)
    source : str
    """

    change: np.ndarray
    tilts: np.ndarray
    sector_ids: Mapping[str, tuple[str, ...]]
    source: str


def _reach(park: Park, nowcast: Nowcast, spread: ParkSpread | None) -> int | None:
    """Return the last year of the activity that bridges a park; None where there is none from its last year on."""
    last = park.last_observed_year
    if park.country == HOME:
        is_told = park.kind != "region" or nowcast.row_of(park.province) is not None
        return int(nowcast.years[-1]) if is_told and last >= nowcast.observed_years[0] else None
    sites = spread.sites if spread is not None and park.kind != "region" else None
    return sites.last_of(park.country) if sites is not None and last >= sites.years[0] else None


def _of_region(park: Park, nowcast: Nowcast, seed: int, members: int, end: int) -> _Around:
    """Take the nowcast of a park's province."""
    row, last = nowcast.row_of(park.province), park.last_observed_year
    centre = nowcast.nation_change + raked(nowcast.centre, nowcast.weights[:, None], axis=0)[row]
    # The centre goes through the same arithmetic as a member of its own.
    paths = np.vstack([region_members(nowcast, seed, members)[row], centre])
    change = _since(nowcast, paths, nowcast.observed[row], last)[:, : end - last]
    tilts = _since_tilts(nowcast, nowcast.tilts[row], last, end)
    return _Around(change, tilts, nowcast.sector_ids, f"{nowcast.regions[row]}, nowcast {nowcast.version}")


def _of_nation(park: Park, nowcast: Nowcast, spread: ParkSpread, seed: int, members: int, end: int) -> _Around:
    """Take the nowcast of the nation, and what parks follow of their province where the park names one."""
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
    """Take what all sites of a park's continent and those of its country reported: known, the same in all members."""
    sites, last = spread.sites, park.last_observed_year
    continent, departure, tilts = sites.growth(park.country, last, end)
    change = continent + spread.follow[: end - last] * departure
    source = f"sites of {park.country} and its continent"
    return _Around(np.broadcast_to(change, (members + 1, change.size)), tilts, sites.sector_ids, source)


def _issue_year(assumptions: Assumptions) -> int:
    """Year in which the answer is given, where the assumptions have one; else no bound."""
    return int(getattr(assumptions, "issue_year", None) or np.iinfo(int).max)


def _since(nowcast: Nowcast, paths: np.ndarray, observed: np.ndarray, last: int) -> np.ndarray:
    """Count log changes, (member, step) since the last inventory, from another last year: (member, year after it)."""
    if last >= nowcast.last_observed:
        # What the nowcast says of the park's own last year is as uncertain as of the years after it.
        at = last - nowcast.last_observed
        return paths if at == 0 else paths[:, at:] - paths[:, at - 1 : at]
    at = last - int(nowcast.observed_years[0])
    before = np.log(observed[at + 1 :] / observed[at])
    return np.concatenate([np.broadcast_to(before, (len(paths), before.size)), paths + before[-1]], axis=1)


def _since_tilts(nowcast: Nowcast, tilts: np.ndarray, last: int, end: int) -> np.ndarray:
    """Count tilts of sectors, (sector, step), from another last year; none while inventories last: (sector, year)."""
    whole = np.concatenate([np.zeros((len(tilts), nowcast.observed_years.size)), tilts], axis=1)
    at = last - int(nowcast.observed_years[0])
    return whole[:, at + 1 : at + 1 + end - last] - whole[:, at : at + 1]
