"""Money: annuities, price years, costs along anchor years; net present value, internal rates of return and payback.

All money is in constant prices, so that discount rates are real.  Sources: textbook definitions (Brealey, Myers and
Allen, Principles of Corporate Finance, ch. 2 and 5; from background knowledge).  Tests compare the values of cash flows
with ``numpy-financial``.
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
    """Interpolate values linearly between anchor years, constant beyond them: (..., year).

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
    """Compute the cost per tonne, discounted cost over discounted tonnes; NaN where the tonnes are not above zero.

    The quotient of a cost and *negative* tonnes would look cheap.
    """
    saved = np.asarray(tonnes, dtype=float)
    return np.divide(
        cost, saved, out=np.full(np.broadcast_shapes(np.shape(cost), saved.shape), np.nan), where=saved > 0
    )


#: Roots nearer than this to the real line, or to each other, are real, or one.
CLOSE = 1e-7


def net_present_value(flows: ArrayLike, rate: float) -> Floats:
    """Discount yearly cash flows to the year of the first one.

    Parameters
    ----------
    flows : (..., year) array_like
        The first entry is not discounted.
    rate : float
        Share per year, above -1.

    Returns
    -------
    (...) ndarray

    Raises
    ------
    ValueError
        The rate is -1 or less.

    Examples
    --------
    >>> round(float(net_present_value([-100, 60, 60], 0.1)), 3)
    4.132
    """
    if rate <= -1:
        raise ValueError("a rate of -100 % or less discounts nothing")
    flows = np.asarray(flows, dtype=float)
    return flows @ (1.0 + rate) ** -np.arange(flows.shape[-1], dtype=float)


def internal_rates(flows: ArrayLike) -> Floats:
    """Find every rate above -1 at which the present value of a cash flow is zero.

    Parameters
    ----------
    flows : (year,) array_like

    Returns
    -------
    (k,) ndarray
        Rates in rising order: one for an investment that pays back once, several where the sign of the flow changes
        several times, none where it never changes.

    Examples
    --------
    >>> [round(float(rate), 4) for rate in internal_rates([-100, 230, -132])]
    [0.1, 0.2]
    """
    flows = np.trim_zeros(np.asarray(flows, dtype=float))
    if flows.size < 2 or (flows >= 0).all() or (flows <= 0).all():
        return np.zeros(0)
    # The present value is a polynomial of the discount factor 1 / (1 + rate); its roots above zero are rates above -1.
    roots = np.roots(flows[::-1])
    factors = roots.real[(np.abs(roots.imag) <= CLOSE * np.maximum(1.0, np.abs(roots))) & (roots.real > CLOSE)]
    rates = np.sort(1.0 / factors - 1.0)
    kept = np.ones(rates.size, dtype=bool)
    kept[1:] = np.diff(rates) > CLOSE * np.maximum(1.0, np.abs(rates[1:]))
    return rates[kept]


def payback(flows: ArrayLike, rate: float = 0.0) -> float:
    """Count the years until a cash flow has paid back for good, interpolated inside the year.

    Parameters
    ----------
    flows : (year,) array_like
        The first entry falls at time 0.
    rate : float
        For the discounted payback.

    Returns
    -------
    float
        Infinite where it never pays back; 0 where nothing is invested.

    Examples
    --------
    >>> payback([-100, 40, 40, 40])
    2.5
    """
    flows = np.asarray(flows, dtype=float)
    flows = flows * (1.0 + rate) ** -np.arange(flows.size, dtype=float)
    balance = np.cumsum(flows)
    short = np.flatnonzero(balance < 0)
    if not short.size:
        return 0.0
    last = int(short[-1])
    return float("inf") if last == flows.size - 1 else float(last - balance[last] / flows[last + 1])


def purchases(quantity: ArrayLike, capital: ArrayLike, lifetime: ArrayLike, rate: float) -> tuple[Floats, Floats]:
    """Compute the purchases of the capacity that a yearly quantity needs, each unit bought the year before it works.

    Units work a whole number of years, nearest to their lifetime, and are replaced while they are needed.  Where the
    quantity never falls, what is bought less what is left of it has the present value of the annuities.

    Parameters
    ----------
    quantity : (member, year) array_like
    capital : (member, year) array_like
        Price of a unit by the year in which it begins to work.
    lifetime : (member,) array_like
    rate : float
        Real discount rate, at or above 0.

    Returns
    -------
    bought : (member, 1 + year) ndarray
        Paid by year; the first column is the year before the first quantity.
    left : (member,) ndarray
        Value in the last year: the annuities still to come, discounted to it.

    Examples
    --------
    >>> bought, left = purchases([[1.0, 2.0, 2.0]], [[10.0, 10.0, 10.0]], [2.0], 0.0)
    >>> bought.tolist(), left.tolist()
    ([[10.0, 10.0, 10.0, 0.0]], [5.0])
    """
    wanted, price = np.asarray(quantity, dtype=float), np.asarray(capital, dtype=float)
    members, years = wanted.shape
    lives, rows = np.maximum(np.rint(np.asarray(lifetime, dtype=float)), 1).astype(int), np.arange(members)
    added, total = np.zeros((members, years)), np.zeros((members, years + 1))
    for at in range(years):
        gone = total[rows, np.clip(at + 1 - lives, 0, years)]
        added[:, at] = np.maximum(wanted[:, at] - (total[:, at] - gone), 0.0)
        total[:, at + 1] = total[:, at] + added[:, at]
    remaining = np.maximum(np.arange(years) + lives[:, None] - years, 0)
    still = -np.expm1(-remaining * np.log1p(rate)) / rate if rate else remaining.astype(float)
    left = (added * price * annuity(rate, lives)[:, None] * still).sum(axis=1)
    return np.pad(added * price, ((0, 0), (0, 1))), left
