"""From activity to emissions, one relation a function, and the ramp by which measures phase in.

Arrays have any leading axes.  The chain (docs/methods.md):

    energy[i, c, y]   = activity[i, y] * intensity[i, y] * share[i, c, y]
    emissions[c, y]   = sum_i energy[i, c, y] * factor[i, c, y]
    process[y]        = sum_j output[j, y] * factor[j, y]
"""

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


def heat_share(heat: float, power: float, weight: float | None) -> float:
    """Compute the share of a plant's emissions that its heat bears: ``w H / (w H + P)``.

    Parameters
    ----------
    heat, power : float
        What the plant makes, in one unit of energy.
    weight : float or None
        What a unit of heat weighs against one of power; None where heat bears all.

    Examples
    --------
    >>> heat_share(600.0, 200.0, 1.0), heat_share(600.0, 200.0, None)
    (0.75, 1.0)
    """
    return 1.0 if weight is None else weight * heat / (weight * heat + power)


def normalised_shares(log_ratios: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Compute the shares from their logarithms, absent carriers staying at zero.

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


def ramp(years: np.ndarray, shape: str, start: int, complete: int, delay_years: int) -> np.ndarray:
    """Compute the degree of implementation by year.

    Parameters
    ----------
    years : (Y,) int
    shape : {"linear", "s_curve", "step", "delay"}
    start, complete : int
        Last year at 0 and first year at 1.
    delay_years : int
        Years after ``start`` in which a ``delay`` ramp still stays at 0.

    Returns
    -------
    (Y,) float
        Non-decreasing, on [0, 1].

    Raises
    ------
    ValueError
        Unknown shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"unknown ramp shape {shape!r}; there are {', '.join(SHAPES)}")
    return SHAPES[shape](years.astype(float), start, complete, delay_years)


def _linear(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    return np.clip((years - start) / (complete - start), 0.0, 1.0)


def _s_curve(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    # Smoothstep 3x^2 - 2x^3: reaches 0 and 1 exactly, unlike a logistic curve.
    x = _linear(years, start, complete, delay_years)
    return x * x * (3.0 - 2.0 * x)


def _step(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    return (years >= complete).astype(float)


def _delay(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    return _linear(years, start + delay_years, complete, 0)


SHAPES = {"linear": _linear, "s_curve": _s_curve, "step": _step, "delay": _delay}
