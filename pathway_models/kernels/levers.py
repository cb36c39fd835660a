"""What each lever does to the chain: one function an action.

Levers act in the order structure, efficiency, management, substitution, process, capture, sinks, each
on what the ones before left.  Shares are on [0, 1] and already carry the ramp: ``(..., year)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def replace_activity(share: np.ndarray, intensity_ratio: np.ndarray) -> np.ndarray:
    """Factor left on energy and process output when activity moves to low-carbon branches.

    A share of the activity is earned by branches that need ``intensity_ratio`` of the energy for
    the same value added; the activity itself does not change.

    Parameters
    ----------
    share : (..., year)
    intensity_ratio : broadcastable, on [0, 1]

    Returns
    -------
    (..., year), on [0, 1]
    """
    return 1.0 - share * (1.0 - intensity_ratio)


def retire_activity(share: np.ndarray) -> np.ndarray:
    """Factor left on activity, energy and process output when capacity is closed: (..., year)."""
    return 1.0 - share


def reduce_intensity(reduction: np.ndarray) -> np.ndarray:
    """Factor left on energy intensity: (..., year)."""
    return 1.0 - reduction


def reduce_process(reduction: np.ndarray) -> np.ndarray:
    """Factor left on process emission factors: (..., year)."""
    return 1.0 - reduction


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


@dataclass(frozen=True)
class Capture:
    """What a capture plant takes (tCO2/yr), the energy it needs (TJ) and what that emits; all (..., year)."""

    captured: np.ndarray
    stored: np.ndarray
    heat: np.ndarray
    electricity: np.ndarray
    heat_emissions: np.ndarray
    electricity_emissions: np.ndarray


def capture(
    capturable: np.ndarray,
    equipped_share: np.ndarray,
    capture_rate: np.ndarray,
    heat_penalty: np.ndarray,
    electricity_penalty: np.ndarray,
    stored_share: np.ndarray,
    heat_factor: np.ndarray,
    electricity_factor: np.ndarray,
) -> Capture:
    """Capture CO2 and emit what the energy for it emits.

    Parameters
    ----------
    capturable : (..., year), tCO2/yr
        Direct emissions of eligible carriers and processes.
    equipped_share, capture_rate : broadcastable, on [0, 1]
        Share of the capturable CO2 with a plant, and share of that which the plant takes.
    heat_penalty, electricity_penalty : broadcastable, GJ/tCO2 captured
    stored_share : broadcastable, on [0, 1]
        Share of the captured CO2 that is stored; the rest is used.
    heat_factor, electricity_factor : (..., year), tCO2/TJ
        The scenario's own factors in that year: capture pays its own energy bill.

    Returns
    -------
    Capture
        The energy of capture is not itself captured.
    """
    captured = capturable * equipped_share * capture_rate
    tj_per_gj = 1e-3
    heat = captured * heat_penalty * tj_per_gj
    electricity = captured * electricity_penalty * tj_per_gj
    return Capture(
        captured=captured,
        stored=captured * stored_share,
        heat=heat,
        electricity=electricity,
        heat_emissions=heat * heat_factor,
        electricity_emissions=electricity * electricity_factor,
    )


def grow_sinks(sinks: np.ndarray, area_growth: np.ndarray) -> np.ndarray:
    """Sinks of a green area grown by a share of its size: (..., year), tCO2/yr."""
    return sinks * (1.0 + area_growth)
