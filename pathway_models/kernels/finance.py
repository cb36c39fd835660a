"""Net present value, internal rates of return and payback of yearly cash flows.

Sources: textbook definitions (Brealey, Myers and Allen, Principles of Corporate Finance, ch. 5; background knowledge).
Tests hold them against ``numpy-financial``.
"""

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.kernels import Floats
from pathway_models.kernels.costs import annuity

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
    """Buy the capacity that a yearly quantity needs, each unit in the year before it works.

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
