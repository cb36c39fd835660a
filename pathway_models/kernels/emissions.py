"""From activity to emissions: one relation a function, arrays of any leading axes.

The chain (docs/methods.md):

    energy[i, c, y]   = activity[i, y] * intensity[i, y] * share[i, c, y]
    emissions[c, y]   = sum_i energy[i, c, y] * factor[i, c, y]
    process[y]        = sum_j output[j, y] * factor[j, y]

Axes: ``(..., sector, carrier, year)`` for energy, ``(..., sector, year)`` for activity.
"""

from __future__ import annotations

import numpy as np


def energy_by_carrier(activity: np.ndarray, intensity: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Energy use by sector and carrier.

    Parameters
    ----------
    activity : (..., sector, year)
    intensity : (..., sector, year), TJ per unit of activity
    shares : (..., sector, carrier, year)
        Shares of the sector's energy, summing to one over carriers.

    Returns
    -------
    (..., sector, carrier, year), TJ
    """
    return (activity * intensity)[..., None, :] * shares


def carrier_emissions(energy: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Emissions by carrier, summed over sectors.

    Parameters
    ----------
    energy : (..., sector, carrier, year), TJ
    factors : broadcastable to ``energy``, tCO2/TJ

    Returns
    -------
    (..., carrier, year), tCO2/yr
    """
    return (energy * factors).sum(axis=-3)


def normalised_shares(log_ratios: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Shares from their logarithms, absent carriers staying at zero.

    Parameters
    ----------
    log_ratios : (..., carrier, year)
        Logarithms of the shares up to a common constant; ignored where absent.
    present : (carrier,) bool

    Returns
    -------
    (..., carrier, year)
        On [0, 1], summing to one over carriers wherever any is present, else all zero.
    """
    mask = present[:, None]
    # Subtracting the largest keeps exp() in range whatever the drift.
    largest = np.where(mask, log_ratios, -np.inf).max(axis=-2, keepdims=True, initial=-1e300)
    weights = np.where(mask, np.exp(np.where(mask, log_ratios - largest, 0.0)), 0.0)
    total = weights.sum(axis=-2, keepdims=True)
    return weights / np.where(total == 0.0, 1.0, total)
