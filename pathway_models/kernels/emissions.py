"""Emissions from activity, the ramp of a measure, and air pollutants beside CO2, one relation a function.

Arrays have any leading axes.  The chain (docs/methods.md):

    energy[i, c, y]   = activity[i, y] * intensity[i, y] * share[i, c, y]
    emissions[c, y]   = sum_i energy[i, c, y] * factor[i, c, y]
    process[y]        = sum_j output[j, y] * factor[j, y]

Air pollutants: factors of burners, pollution equivalents, co-control indices.  Equations and sources are in
docs/cobenefits.md.  The indices follow the literature on co-controlling air pollutants and greenhouse gases (Mao et
al.; Xing et al. 2020, Chinese Journal of Environmental Management 12(4), 20-28; title and abstract seen, formulas from
background knowledge).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels import Floats


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
    """Compute the share of a plant's emissions allocated to heat: ``w H / (w H + P)``.

    Parameters
    ----------
    heat, power : float
        Output of the plant, in one unit of energy.
    weight : float or None
        Weight of a unit of heat relative to a unit of power; None where all emissions go to heat.

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
    """Compute the mean factor of energy use, tCO2/TJ; ``otherwise`` where none is used.

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


#: Relative reduction of CO2 below which a cross-elasticity is not given.
NOTHING_CUT = 1e-6
KG_PER_T = 1000.0


def burner_factor(
    per_fuel: ArrayLike, tj_per_unit: float, removed: Iterable[ArrayLike] = (), content: ArrayLike = 1.0
) -> Floats:
    """Compute pollutants per energy burnt, t/TJ.

    Parameters
    ----------
    per_fuel : array_like
        kg per unit of fuel (a tonne, 10^4 Nm3 or a TJ), per percent of content where one is given.
    tj_per_unit : float
        Net calorific value of that unit, TJ.
    removed : iterable of array_like
        Removal efficiency of each control in series, on [0, 1].
    content : array_like
        Sulphur or ash content, in the unit of the coefficient.

    Examples
    --------
    Bituminous coal with 0.8 % sulphur in a fluidised bed, 95 % of the SO2 removed:

    >>> round(float(burner_factor(15.0, 0.019570, [0.95], 0.8)), 5)
    0.03066
    """
    left = np.asarray(per_fuel, float) * np.asarray(content, float)
    for share in removed:
        left = left * (1.0 - np.asarray(share, float))
    return left / tj_per_unit / KG_PER_T


def equivalents(tonnes: ArrayLike, kg_per_equivalent: ArrayLike, axis: int = 0) -> Floats:
    """Compute pollution equivalents, thousands: tonnes over kg per equivalent, summed over ``axis``.

    Examples
    --------
    >>> round(float(equivalents([60, 80, 20], [0.95, 0.95, 2.18])), 3)
    156.543
    """
    amounts = np.asarray(tonnes, float)
    shape = [1] * amounts.ndim
    shape[axis] = -1
    return (amounts / np.reshape(np.asarray(kg_per_equivalent, float), shape)).sum(axis=axis)


def cross_elasticity(cut: ArrayLike, pollution: ArrayLike, carbon_cut: ArrayLike, carbon: ArrayLike) -> Floats:
    """Compute the relative reduction of pollution over that of CO2; NaN where no CO2 is cut or there is nothing to cut.

    Parameters
    ----------
    cut, pollution : array_like
        Pollution cut and pollution without levers, in one unit.
    carbon_cut, carbon : array_like
        CO2 cut and CO2 without levers, tCO2/yr.

    Examples
    --------
    >>> round(float(cross_elasticity(23.73, 156.543, 9e3, 9e4)), 3), float(cross_elasticity(1, 2, 0, 9e4))
    (1.516, nan)
    """
    cut, pollution, carbon_cut, carbon = np.broadcast_arrays(
        *(np.asarray(one, float) for one in (cut, pollution, carbon_cut, carbon))
    )
    tells = (np.abs(carbon_cut) > NOTHING_CUT * np.abs(carbon)) & (pollution > 0) & (carbon > 0)
    carbon_share = np.where(tells, carbon_cut, 1.0) / np.where(tells, carbon, 1.0)
    return np.where(tells, cut / np.where(tells, pollution, 1.0) / carbon_share, np.nan)


def quadrant(carbon_cut: ArrayLike, cut: ArrayLike) -> NDArray[np.int_]:
    """Find the quadrant of the co-control coordinates, 1 to 4; 0 on an axis.

    1: both fall; 2: pollution falls, CO2 rises; 3: both rise; 4: CO2 falls, pollution rises.

    Examples
    --------
    >>> quadrant([1, -1, -1, 1, 1], [1, 1, -1, -1, 0]).tolist()
    [1, 2, 3, 4, 0]
    """
    x, y = np.broadcast_arrays(np.asarray(carbon_cut, float), np.asarray(cut, float))
    by_sign = np.select([(x > 0) & (y > 0), (x < 0) & (y > 0), (x < 0) & (y < 0), (x > 0) & (y < 0)], [1, 2, 3, 4])
    return by_sign.astype(int)


def carbon_weight(price: ArrayLike, tax_rate: ArrayLike) -> Floats:
    """Compute the pollution equivalents, thousands, that one tonne of CO2 is worth: carbon price over tax rate.

    Parameters
    ----------
    price : array_like, CNY/tCO2
    tax_rate : array_like, CNY per equivalent

    Examples
    --------
    >>> float(carbon_weight(70.0, 1.4))
    0.05
    """
    return np.asarray(price, float) / np.asarray(tax_rate, float) / KG_PER_T
