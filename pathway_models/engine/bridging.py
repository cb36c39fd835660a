"""The nowcast in ensembles: every region's members from streams that all parks share, and the bridge of a park."""

from functools import lru_cache

import numpy as np

from pathway_models.baseline.bridges import park_departures, raked, region_paths, sector_shares, tilted_sum
from pathway_models.core.arrays import fixed
from pathway_models.engine.streams import yearly_normals
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import SHARED
from pathway_models.records.nowcast import Bridge, Nowcast
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
    """Bridge the years from a park's last table to the end of its province's nowcast, or to the issue year.

    Parameters
    ----------
    park : Park
    assumptions : Assumptions
        Nowcast and spread of parks.
    seed : int
    members : int
    until : int
        Last year of the projection.

    Returns
    -------
    Bridge or None
        None where nothing is known: no province of the nowcast, a table that ends with it or later, or one that ended
        before the inventories that are kept; and for parks without the measured spread, or after more years than it
        has.
    """
    nowcast, spread = assumptions.nowcast, assumptions.park_spread
    last = park.last_observed_year
    if nowcast is None or not park.province or last < nowcast.observed_years[0]:
        return None
    row, end = nowcast.row_of(park.province), min(int(nowcast.years[-1]), _issue_year(assumptions), until)
    steps, is_region = end - last, park.kind == "region"
    if row is None or steps < 1 or not (is_region or (spread is not None and steps <= spread.longest)):
        return None
    years, paths = np.arange(last + 1, end + 1), region_members(nowcast, seed, members)
    centre = nowcast.nation_change + raked(nowcast.centre, nowcast.weights[:, None], axis=0)[row]
    # The centre goes through the same arithmetic as a member of its own.
    region = _since(nowcast, np.vstack([paths[row], centre]), nowcast.observed[row], last)[:, :steps]
    sectors = nowcast.tilts[row] if is_region else nowcast.nation_tilts
    tilts = _since_tilts(nowcast, sectors, last, end)[[nowcast.sector_of(sector) for sector in park.sectors]]
    source = f"{nowcast.regions[row]}, nowcast {nowcast.version}"
    if is_region:
        return Bridge(years, region[:-1], region[-1], tilts, source)
    whole = np.vstack([np.log(np.einsum("r,rms->ms", nowcast.weights, np.exp(paths))), nowcast.nation_change])
    nation = _since(nowcast, whole, nowcast.observed.sum(axis=0), last)[:, :steps]
    change = nation + spread.follow[:steps] * (region - nation) + tilted_sum(tilts, sector_shares(park))
    departure = park_departures(spread, yearly_normals(seed, park.park_id, STREAM, members, years))
    return Bridge(years, change[:-1] + departure, change[-1], tilts, f"{source}, spread of parks {spread.version}")


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
