"""Money: annuities, present values, price years, costs along anchor years.

Sources: annuity and present value are textbook definitions (for example Brealey, Myers and Allen, Principles of
Corporate Finance, ch. 2; from background knowledge).  All money is in constant prices, so that the rate is a real one.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.kernels import Floats

#: GJ delivered in one hour by one kW.
GJ_PER_KWH = 0.0036


def annuity(rate: ArrayLike, lifetime: ArrayLike) -> Floats:
    """Compute the yearly payment that repays one unit of capital over its lifetime.

    Parameters
    ----------
    rate : array_like
        Real discount rate, share per year, at or above 0; 0 spreads the capital evenly.
    lifetime : array_like
        Years, above 0; broadcast against ``rate``.

    Returns
    -------
    ndarray
        Share of the capital per year.

    Raises
    ------
    ValueError
        A rate is negative or a lifetime is not above zero.

    Examples
    --------
    >>> round(float(annuity(0.06, 20)), 4), float(annuity(0.0, 20))
    (0.0872, 0.05)
    """
    rates, lives = np.broadcast_arrays(np.asarray(rate, dtype=float), np.asarray(lifetime, dtype=float))
    if (rates < 0).any() or (lives <= 0).any():
        raise ValueError("an annuity needs a rate of 0 or more and a lifetime above 0")
    # expm1 and log1p keep a rate of 1e-9 from losing all its digits; 0 itself is the limit 1 / lifetime.
    grown = -np.expm1(-lives * np.log1p(rates))
    return np.where(rates == 0, 1.0 / lives, rates / np.where(rates == 0, 1.0, grown))


def discount_factors(years: ArrayLike, rate: float, base_year: int) -> Floats:
    """Compute the present value in the base year of one unit of money in each year: (year,).

    Raises
    ------
    ValueError
        The rate is negative.

    Examples
    --------
    >>> discount_factors([2024, 2025, 2026], 0.25, 2025).tolist()
    [1.25, 1.0, 0.8]
    """
    if rate < 0:
        raise ValueError(f"rate = {rate}: expected 0 or more")
    return (1.0 + rate) ** (base_year - np.asarray(years, dtype=float))


def price_index(changes: Mapping[int, float], base_year: int) -> dict[int, float]:
    """Compute the price level by year, one in the base year, from yearly changes.

    Parameters
    ----------
    changes : mapping year -> float
        Change of prices on the year before, share.
    base_year : int

    Returns
    -------
    dict year -> float
        From the year before the first change to the last one.

    Raises
    ------
    ValueError
        Years are missing in between, or the base year is not reached.

    Examples
    --------
    >>> price_index({2023: 0.25, 2024: 0.0}, 2024)
    {2022: 0.8, 2023: 1.0, 2024: 1.0}
    """
    years = sorted(changes)
    if not years or years != list(range(years[0], years[-1] + 1)):
        raise ValueError("yearly changes of prices must follow one another without a gap")
    level = {years[0] - 1: 1.0}
    for year in years:
        level[year] = level[year - 1] * (1.0 + changes[year])
    if base_year not in level:
        raise ValueError(f"the price index reaches from {years[0] - 1} to {years[-1]}, not to {base_year}")
    return {year: value / level[base_year] for year, value in level.items()}


def capital_per_energy(capital_per_kw: ArrayLike, hours: ArrayLike) -> Floats:
    """Compute the capital per GJ a year from capital per kW and hours of full load a year.

    Raises
    ------
    ValueError
        The hours are not those of a year.

    Examples
    --------
    >>> round(float(capital_per_energy(720.0, 5000.0)), 9)
    40.0
    """
    full = np.asarray(hours, dtype=float)
    if ((full <= 0) | (full > 8784)).any():
        raise ValueError(f"{hours} full-load hours: expected above 0 and at most 8784")
    return np.asarray(capital_per_kw, dtype=float) / (full * GJ_PER_KWH)


def along_years(years: ArrayLike, anchors: ArrayLike, values: ArrayLike) -> Floats:
    """Compute the values between anchor years, straight between them and constant beyond: (..., year).

    Parameters
    ----------
    years : (Y,)
    anchors : (A,) rising
    values : (..., A)

    Examples
    --------
    >>> along_years([2020, 2035, 2070], [2030, 2040], [[10.0, 20.0]]).tolist()
    [[10.0, 15.0, 20.0]]
    """
    at = np.clip(np.asarray(years, dtype=float), anchors[0], anchors[-1])
    known = np.asarray(values, dtype=float)
    if len(anchors) == 1:
        return np.repeat(known, at.size, axis=-1)
    right = np.clip(np.searchsorted(anchors, at), 1, len(anchors) - 1)
    start, end = np.asarray(anchors)[right - 1], np.asarray(anchors)[right]
    weight = (at - start) / (end - start)
    return known[..., right - 1] * (1.0 - weight) + known[..., right] * weight


def levelised(cost: ArrayLike, tonnes: ArrayLike) -> Floats:
    """Compute the cost per tonne: discounted cost over discounted tonnes; NaN where nothing is avoided.

    A quotient of a cost and *negative* tonnes would look cheap; it is not given.
    """
    saved = np.asarray(tonnes, dtype=float)
    return np.divide(
        cost, saved, out=np.full(np.broadcast_shapes(np.shape(cost), saved.shape), np.nan), where=saved > 0
    )
