"""Scores of probabilistic forecasts, and linear pools whose weights minimise past scores.

All scores are better when smaller; skill is ``1 - score / score of a benchmark forecast``.  A pool draws one of its
models by weight and then from that model.  Its CRPS is a quadratic form of the weights::

    CRPS(w) = sum_i w_i E|X_i - y| - 1/2 sum_ij w_i w_j E|X_i - X_j|

so that the weights with the best mean score over past cases are found exactly (a convex programme on the simplex).
A model whose members add no information to the others gets no weight.

Sources: Gneiting and Raftery (2007), JASA 102, 359-378, doi 10.1198/016214506000001437 (proper scores, energy form of
the CRPS); Jordan, Krueger and Lerch (2019), J. Stat. Software 90(12), doi 10.18637/jss.v090.i12 (closed form for
Student-t); Brier (1950), Monthly Weather Review 78; Murphy (1973), J. Applied Meteorology 12 (decomposition); Gneiting
and Ranjan (2013), Electronic J. Statistics 7, 1747-1782 (linear pools: calibrated models make a pool that is too wide);
Thorey, Mallet and Baudin (2017), Q. J. Royal Meteorol. Soc. 143, 521-529 (weights by CRPS).  Cited, and DOIs given,
from background knowledge.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pathway_models.kernels import Floats


def crps_student_t(outcome: ArrayLike, centre: ArrayLike, scale: ArrayLike, tail: float) -> Floats:
    """Compute the continuous ranked probability score of a Student-t forecast, in the unit of the outcome.

    Parameters
    ----------
    outcome, centre, scale : array_like, shapes that broadcast
        What happened; the forecast's centre and scale (not its standard deviation).
    tail : float
        Degrees of freedom, > 1.

    Returns
    -------
    ndarray
        NaN where the outcome is.
    """
    scale = np.asarray(scale, dtype=float)
    z = (np.asarray(outcome, dtype=float) - centre) / scale
    below = special.stdtr(tail, z)
    log_beta = special.betaln(0.5, 0.5 * tail)
    density = np.exp(-0.5 * (tail + 1.0) * np.log1p(z**2 / tail) - 0.5 * np.log(tail) - log_beta)
    spread = 2.0 * np.sqrt(tail) / (tail - 1.0) * np.exp(special.betaln(0.5, tail - 0.5) - 2.0 * log_beta)
    return scale * (z * (2.0 * below - 1.0) + 2.0 * density * (tail + z**2) / (tail - 1.0) - spread)


def crps_ensemble(outcome: ArrayLike, members: ArrayLike) -> Floats:
    """Compute the continuous ranked probability score of an ensemble, in the unit of the outcome.

    ``E|X - y| - E|X - X'| / 2`` over all pairs of members.

    Parameters
    ----------
    outcome : array_like, shape (...)
    members : array_like, shape (..., member)
        Broadcasts against the outcome; one ensemble may serve many outcomes.

    Returns
    -------
    ndarray, shape (...)
    """
    ordered = np.sort(np.asarray(members, dtype=float), axis=-1)
    count = ordered.shape[-1]
    weights = 2.0 * np.arange(1.0, count + 1.0) - count - 1.0
    half_spread = np.sum(weights * ordered, axis=-1) / count**2
    return np.mean(np.abs(ordered - np.asarray(outcome, float)[..., None]), axis=-1) - half_spread


def student_t_loss(outcome: ArrayLike, centre: ArrayLike, scale: ArrayLike, tail: float, weights: ArrayLike) -> float:
    """Compute the mean negative log density of Student-t forecasts, weighted by horizon.

    Parameters
    ----------
    outcome, centre, scale : array_like, shape (forecast, horizon)
        NaN where the outcome is not known.
    tail : float
        Degrees of freedom.
    weights : array_like, shape (horizon,)
        Weights of the horizons, summing to one; a horizon without outcomes counts zero.

    Returns
    -------
    float
    """
    outcome = np.asarray(outcome, dtype=float)
    known = np.isfinite(outcome)
    z = (np.where(known, outcome, 0.0) - centre) / scale
    loss = 0.5 * (tail + 1.0) * np.log1p(z**2 / tail) + np.log(scale)
    by_horizon = np.sum(np.where(known, loss, 0.0), axis=0) / np.maximum(known.sum(axis=0), 1)
    constant = special.betaln(0.5, 0.5 * tail) + 0.5 * np.log(tail)
    return float(np.asarray(weights) @ by_horizon + constant)


def pit_student_t(outcome: ArrayLike, centre: ArrayLike, scale: ArrayLike, tail: float) -> Floats:
    """Compute the probability integral transform of Student-t forecasts; uniform when calibrated."""
    return special.stdtr(tail, (np.asarray(outcome, dtype=float) - centre) / scale)


def coverage(pit: ArrayLike, level: float, axis: int = 0) -> Floats:
    """Compute the share of outcomes inside the central band of a level, e.g. 0.9; missing outcomes are left out.

    Parameters
    ----------
    pit : array_like
        Probability integral transforms; NaN where there is no outcome.
    level : float
        Probability of the band.
    axis : int
        Axis over forecasts.

    Returns
    -------
    ndarray
        NaN where no outcome is known.
    """
    values = np.asarray(pit, dtype=float)
    known = np.isfinite(values)
    inside = known & (np.abs(np.where(known, values, 0.0) - 0.5) <= 0.5 * level)
    count = known.sum(axis=axis)
    return np.where(count > 0, inside.sum(axis=axis) / np.maximum(count, 1), np.nan)


def brier(probability: ArrayLike, happened: ArrayLike) -> float:
    """Compute the Brier score, the mean squared error of event probabilities: 0 to 1."""
    return float(np.mean((np.asarray(probability, float) - np.asarray(happened, float)) ** 2))


class Reliability(NamedTuple):
    """Forecast against frequency by bin: edges (B + 1), and count, mean forecast, frequency (B)."""

    edges: Floats
    count: NDArray[np.int_]
    forecast: Floats
    frequency: Floats


def reliability(probability: ArrayLike, happened: ArrayLike, edges: ArrayLike) -> Reliability:
    """Compare forecast probabilities with the frequency of the event, by bin.

    Parameters
    ----------
    probability, happened : array_like, shape (forecast,)
        Probabilities and 0 or 1.
    edges : array_like, shape (B + 1,)
        Increasing, from 0 to 1; a value at an edge belongs to the bin above, 1 to the last.

    Returns
    -------
    Reliability
        NaN for the forecast and frequency of an empty bin.
    """
    probability = np.asarray(probability, dtype=float)
    edges = np.asarray(edges, dtype=float)
    place = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, edges.size - 2)
    count = np.bincount(place, minlength=edges.size - 1)
    some = np.where(count > 0, count, np.nan)
    forecast = np.bincount(place, probability, edges.size - 1) / some
    frequency = np.bincount(place, np.asarray(happened, float), edges.size - 1) / some
    return Reliability(edges, count, forecast, frequency)


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
    """Compute the terms from which the CRPS of any pool of the models follows.

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
    """Compute the mean distance of two members drawn with replacement; (case, member) sorted -> (case,)."""
    count = ordered.shape[-1]
    weights = 2.0 * np.arange(1.0, count + 1.0) - count - 1.0
    return 2.0 * np.sum(weights * ordered, axis=-1) / count**2


def pool_crps(weights: ArrayLike, terms: PoolTerms) -> Floats:
    """Compute the CRPS of a pool: (case,); a weight of one gives the CRPS of that model."""
    shares = np.asarray(weights, dtype=float)
    return terms.distance @ shares - 0.5 * np.einsum("i,cij,j->c", shares, terms.spread, shares)


def best_weights(terms: PoolTerms) -> Floats:
    """Compute the weights, at least zero and adding up to one, with the best mean CRPS over the cases; (model,).

    Raises
    ------
    ValueError
        There is no case to learn from.
    """
    if not len(terms.distance):
        raise ValueError("no case with a known outcome: no weights can be learnt")
    distance, spread = terms.distance.mean(axis=0), terms.spread.mean(axis=0)
    # Scaled, so that the stopping rule does not depend on the size of the scores, which grows with the horizon.
    size = float(distance.mean()) or 1.0
    count = distance.size
    from scipy import optimize  # deferred: documents do not need it

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
    """Compute the probability integral transform of members of equal weight; a tie counts half.

    That of a pool is the weighted mean of those of its models.

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
