"""The nowcast in ensembles: every region's members, drawn from streams that all parks share."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pathway_models.baseline.bridges import region_paths
from pathway_models.core.arrays import fixed
from pathway_models.engine.streams import yearly_normals
from pathway_models.records.draws import SHARED
from pathway_models.records.nowcast import Nowcast

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
