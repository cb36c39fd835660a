"""How the record of a park is read: which carriers drift, and what years set aside lend to the trend.

The rule and what it does on real panels stand in docs/baseline.md, section 8.
"""

from __future__ import annotations

import numpy as np

from pathway_models.kernels.growth import TrendParameters, bridge_gaps, record_growth
from pathway_models.records.park import Park


def mixed_carriers(park: Park) -> tuple[str, ...]:
    """Carriers whose share can drift: in use in all kept years in some sector that uses more than one."""
    used = drifting(park)
    several = used.sum(axis=1) > 1
    return tuple(name for c, name in enumerate(park.carriers) if used[several, c].any())


def drifting(park: Park) -> np.ndarray:
    """Whether a carrier was in use in all kept years, and is in the last observed one: (sector, carrier)."""
    return (park.energy[..., park.kept] > 0).all(axis=-1) & (park.energy[..., -1] > 0)


def tilted(logs: np.ndarray, kept: np.ndarray, parameters: TrendParameters) -> np.ndarray:
    """A record with the growth of the years kept and the noise of all years.

    Parameters
    ----------
    logs : (..., H)
        Logs of the observed years; -inf where a year set aside has no use.
    kept : (H,) bool
    parameters : TrendParameters
        Whose recency weighs the years.

    Returns
    -------
    (..., H)
        ``logs`` themselves where all years are kept; else with a straight line added to them, so that their growth
        is that of the kept years with the gaps bridged, and their scatter around it that of the whole record.
    """
    if kept.all():
        return logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    bridged = bridge_gaps(np.where(kept, logs, np.nan)[..., first : last + 1])
    ends = (logs.shape[-1] - 1 - last, first)
    filled = np.concatenate([bridged[..., :1].repeat(ends[1], -1), bridged, bridged[..., -1:].repeat(ends[0], -1)], -1)
    full = np.where(np.isfinite(logs), logs, filled)
    tilt = record_growth(bridged, parameters)[0] - record_growth(full, parameters)[0]
    return full + np.asarray(tilt)[..., None] * np.arange(logs.shape[-1])
