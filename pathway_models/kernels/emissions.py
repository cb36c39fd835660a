"""From activity to emissions: one relation a function, arrays of any leading axes.

The chain (docs/methods.md):

    energy[i, c, y]   = activity[i, y] * intensity[i, y] * share[i, c, y]
    emissions[c, y]   = sum_i energy[i, c, y] * factor[i, c, y]
    process[y]        = sum_j output[j, y] * factor[j, y]
"""

from __future__ import annotations

import numpy as np


def add_carrier(
    energy: np.ndarray, emissions: np.ndarray, use: np.ndarray, share: np.ndarray, factor: np.ndarray, room: np.ndarray
) -> None:
    """Add one carrier of one sector to sums of energy and emissions, in place and in one pass over memory.

    Parameters
    ----------
    energy, emissions : (...), TJ and tCO2/yr
        The sums; written over.
    use : (...), TJ
        Energy of all carriers of the sector, ``activity * intensity``.
    share : (...)
        Share of the carrier in it.
    factor : broadcastable, tCO2/TJ
    room : (...)
        Working space, written over: no array is made.
    """
    np.multiply(use, share, out=room)
    energy += room
    np.multiply(room, factor, out=room)
    emissions += room


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
    log_ratios = np.asarray(log_ratios, dtype=float)
    weights = np.zeros_like(log_ratios)
    used = np.flatnonzero(present)
    if not used.size:
        return weights
    # Subtracting the largest keeps exp() in range whatever the drift.
    largest = log_ratios[..., used[0], :].copy("K")
    for carrier in used[1:]:
        np.maximum(largest, log_ratios[..., carrier, :], out=largest)
    total = np.zeros_like(largest)
    for carrier in used:
        weight = weights[..., carrier, :]
        np.exp(np.subtract(log_ratios[..., carrier, :], largest, out=weight), out=weight)
        total += weight
    weights /= total[..., None, :]
    return weights


def mean_factor(emissions: np.ndarray, energy: np.ndarray, otherwise: np.ndarray | float) -> np.ndarray:
    """Mean factor of some energy, tCO2/TJ; ``otherwise`` where none is used.

    Parameters
    ----------
    emissions : (...), tCO2/yr
    energy : (...), TJ
    otherwise : broadcastable, tCO2/TJ

    Returns
    -------
    (...,)
    """
    used = energy > 0
    return np.where(used, emissions / np.where(used, energy, 1.0), otherwise)
