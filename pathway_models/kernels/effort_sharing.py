"""Sharing a budget of whole tonnes out to parks by stated rules; every rule adds up to the budget exactly.

The rules are those of the literature on sharing efforts between countries (Höhne, den Elzen and Escalante 2014, Climate
Policy 14; from background knowledge), put in terms that parks report.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def whole_shares(budget: int, weights: np.ndarray) -> np.ndarray:
    """Split whole tonnes in proportion to weights by the method of largest remainders.

    Parameters
    ----------
    budget : int
        tCO2, 0 or more.
    weights : (park,)
        0 or more, not all zero.

    Returns
    -------
    (park,) int
        tCO2; adds up to ``budget`` exactly, and lies within one tonne of the proportional share.

    Raises
    ------
    ValueError
        The budget is negative, or the weights are negative, not finite or all zero.
    """
    weights = np.asarray(weights, dtype=float)
    if budget < 0:
        raise ValueError(f"a budget of {budget} t cannot be shared out")
    if not np.isfinite(weights).all() or (weights < 0).any() or not (weights > 0).any():
        raise ValueError("weights must be finite, 0 or more, and not all zero")
    # Scaled first: the sum of very large weights must not overflow.
    fractions = weights / weights.max()
    exact = budget * (fractions / fractions.sum())
    shares = np.floor(exact).astype(np.int64)
    # A park of weight zero gets nothing, not even what rounding leaves.
    order = np.lexsort((np.arange(weights.size), shares - exact, weights == 0))
    missing = int(budget - shares.sum())
    if missing < 0:
        # Rounding of very large budgets: taken back where the share is largest.
        shares[shares.argmax()] += missing
        return shares
    users = order[: int((weights > 0).sum())]
    shares[users] += missing // users.size
    shares[users[: missing % users.size]] += 1
    return shares


def capability_shares(budget: int, emissions: np.ndarray, value_added: np.ndarray) -> np.ndarray:
    """Cut emissions in proportion to value added: who earns more cuts more, nobody below zero.

    A park that would fall below zero stops there, and the others share what it could not cut, again by value
    added.  Where the budget exceeds the emissions, what is over is shared in the same proportion.

    Parameters
    ----------
    budget : int, tCO2
    emissions : (park,), tCO2/yr, 0 or more
    value_added : (park,), 0 or more

    Returns
    -------
    (park,) int
    """
    emissions, value_added = np.asarray(emissions, dtype=float), np.asarray(value_added, dtype=float)
    left = emissions.astype(float)
    to_cut = float(emissions.sum() - budget)
    if to_cut <= 0:
        earning = value_added if value_added.any() else np.ones_like(emissions)
        return whole_shares(budget, _some(emissions - to_cut * (earning / earning.sum())))
    able = (left > 0) & (value_added > 0)
    while to_cut > 0 and able.any():
        wish = to_cut * value_added[able] / value_added[able].sum()
        cut = np.minimum(wish, left[able])
        left[able] -= cut
        to_cut -= float(cut.sum())
        emptied = able & (left <= 0)
        if not emptied.any():
            break
        able &= ~emptied
    # Parks without value added cut only what nobody else can: in proportion to what they have left.
    if to_cut > 1e-9 * float(emissions.sum()):
        left *= budget / left.sum()
    return whole_shares(budget, _some(left))


def _some(weights: np.ndarray) -> np.ndarray:
    """Return the weights, or equal ones where nothing is left to go by."""
    return weights if weights.any() else np.ones_like(weights)


def marginal_cost_shares(budget: int, curves: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, float]:
    """Cut first where a tonne costs least, whatever the park: equal marginal cost.

    Parameters
    ----------
    budget : int, tCO2
    curves : sequence of (emissions, cost)
        One a park: what its packages leave (tCO2/yr) and cost (million CNY/yr), any order; the first is the park
        without a package.

    Returns
    -------
    shares : (park,) int, tCO2
    price : float
        CNY/tCO2 of the last tonne cut; NaN where nothing is cut, infinity where all that can be cut is not enough: the
        budget is then shared in proportion to what is left.

    Notes
    -----
    Of each park only packages on the lower convex hull of cost over tonnes cut are taken: between two of them a park
    is imagined to do part of the dearer one.
    """
    start = np.array([float(emissions[0]) for emissions, _ in curves])
    to_cut = float(start.sum() - budget)
    if to_cut <= 0:
        return whole_shares(budget, _some(start)), float("nan")
    steps = [(*step, park) for park, curve in enumerate(curves) for step in hull_steps(*curve)]
    left, price = start.copy(), float("inf")
    for cost, tonnes, park in sorted(steps):
        cut = min(tonnes, to_cut)
        left[park] -= cut
        to_cut -= cut
        if to_cut <= 1e-9 * start.sum():
            price = 1e6 * cost
            break
    return whole_shares(budget, _some(np.maximum(left, 0.0))), price


def hull_steps(emissions: np.ndarray, cost: np.ndarray) -> list[tuple[float, float]]:
    """Compute the lower convex hull of cost over tonnes cut: (million CNY per tonne, tonnes), cheapest first."""
    cut, extra = float(emissions[0]) - np.asarray(emissions, float), np.asarray(cost, float) - float(cost[0])
    order = np.lexsort((extra, cut))
    hull: list[tuple[float, float]] = [(0.0, 0.0)]
    for x, y in zip(cut[order], extra[order], strict=True):
        if x <= hull[-1][0]:
            if x < hull[-1][0] or y >= hull[-1][1] or len(hull) == 1:
                continue
            hull.pop()
        while len(hull) > 1 and _slope(hull[-1], (x, y)) <= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append((float(x), float(y)))
    return [(_slope(a, b), b[0] - a[0]) for a, b in pairwise(hull)]


def _slope(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (b[1] - a[1]) / (b[0] - a[0])
