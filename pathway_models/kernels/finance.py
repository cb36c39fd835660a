"""Net present value, internal rates of return and payback of yearly cash flows.

Sources: textbook definitions (Brealey, Myers and Allen, Principles of Corporate Finance, ch. 5; background knowledge).
Tests hold them against ``numpy-financial``.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
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
