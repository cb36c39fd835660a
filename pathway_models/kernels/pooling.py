"""Linear pools of forecasts: mixtures whose weights are learnt from past scores.

A pool draws one of its models by weight and then from that model.  Its CRPS is a quadratic form of the weights::

    CRPS(w) = sum_i w_i E|X_i - y| - 1/2 sum_ij w_i w_j E|X_i - X_j|

so that the weights with the best mean score over past cases are found exactly (a convex programme on the simplex).
A model whose members say nothing new beside the others gets no weight.

Sources: Gneiting and Raftery (2007), JASA 102, 359-378 (energy form of the CRPS); Gneiting and Ranjan (2013),
Electronic J. Statistics 7, 1747-1782 (linear pools: calibrated models make a pool that is too wide); Thorey, Mallet
and Baudin (2017), Q. J. Royal Meteorol. Soc. 143, 521-529 (weights by CRPS).  Cited from background knowledge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

Floats = NDArray[np.float64]


class PoolTerms(NamedTuple):
    """The two parts of the CRPS of a pool, case by case.

    Parameters
    ----------
    distance : (case, model) float
        Mean distance of a model's members from the outcome, in its unit.
    spread : (case, model, model) float
        Mean distance between members of two models.
    """

    distance: Floats
    spread: Floats


def pool_terms(outcome: ArrayLike, members: ArrayLike) -> PoolTerms:
    """Compute what the score of any pool of the models is made of.

    Parameters
    ----------
    outcome : array_like, shape (case,)
        What happened.
    members : array_like, shape (model, case, member)
        Members of equal weight, as many for each model.

    Returns
    -------
    PoolTerms
    """
    ordered = np.sort(np.asarray(members, dtype=float), axis=-1)
    distance = np.abs(ordered - np.asarray(outcome, float)[None, :, None]).mean(axis=-1).T
    count = ordered.shape[0]
    own = [_mean_gap(model) for model in ordered]
    spread = np.empty((distance.shape[0], count, count))
    for i in range(count):
        spread[:, i, i] = own[i]
        for j in range(i):
            both = _mean_gap(np.sort(np.concatenate([ordered[i], ordered[j]], axis=-1), axis=-1))
            # A pair of the union lies within one of the two, or across, half of the time each.
            spread[:, i, j] = spread[:, j, i] = 2.0 * both - 0.5 * (own[i] + own[j])
    return PoolTerms(distance, spread)


def _mean_gap(ordered: Floats) -> Floats:
    """Mean distance of two members drawn with replacement; (case, member) sorted -> (case,)."""
    count = ordered.shape[-1]
    weights = 2.0 * np.arange(1.0, count + 1.0) - count - 1.0
    return 2.0 * np.sum(weights * ordered, axis=-1) / count**2


def pool_crps(weights: ArrayLike, terms: PoolTerms) -> Floats:
    """CRPS of a pool, (case,); a weight of one gives that model's own."""
    shares = np.asarray(weights, dtype=float)
    return terms.distance @ shares - 0.5 * np.einsum("i,cij,j->c", shares, terms.spread, shares)


def best_weights(terms: PoolTerms) -> Floats:
    """Weights, at least zero and adding up to one, with the best mean CRPS over the cases; (model,).

    Raises
    ------
    ValueError
        There is no case to learn from.
    """
    if not len(terms.distance):
        raise ValueError("no case with a known outcome: no weights can be learnt")
    distance, spread = terms.distance.mean(axis=0), terms.spread.mean(axis=0)
    # Scores of a far horizon and of a near one differ in size: the stopping rule should not see it.
    size = float(distance.mean()) or 1.0
    count = distance.size
    found = optimize.minimize(
        lambda w: (w @ distance - 0.5 * w @ spread @ w) / size,
        np.full(count, 1.0 / count),
        jac=lambda w: (distance - spread @ w) / size,
        bounds=[(0.0, 1.0)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0, "jac": lambda w: np.ones(count)},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    shares = np.clip(found.x, 0.0, 1.0)
    return shares / shares.sum()


def ensemble_pit(outcome: ArrayLike, members: ArrayLike) -> Floats:
    """Probability that members of equal weight give to less than the outcome; a tie counts half.

    The probability a pool gives is the mean of its models' by their weights.

    Parameters
    ----------
    outcome : array_like, shape (...)
    members : array_like, shape (..., member)

    Returns
    -------
    ndarray, shape (...)
    """
    values, happened = np.asarray(members, dtype=float), np.asarray(outcome, dtype=float)[..., None]
    return 0.5 * ((values < happened).mean(axis=-1) + (values <= happened).mean(axis=-1))
