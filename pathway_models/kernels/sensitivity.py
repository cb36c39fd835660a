"""Sensitivity of outputs to inputs, scenario discovery, and Shapley values, from an existing ensemble.

*Given-data indices*: members are sorted by one input and cut into bins of equal size; the variance between the bins'
means is what knowing the input would explain.  Works for inputs that are correlated (the index then includes what an
input tells through others) and for outputs that are counts or 0 and 1.  Sources: Plischke, Borgonovo and Smith (2013),
EJOR 226, 536-550 (given-data indices); Kelley (1935), PNAS 21, 554-559 (correction for the noise of the bins' means).

*PRIM*, the patient rule induction method: peel thin slices off a box of inputs, each time the one whose removal leaves
the highest density, until the support is small; of all boxes on the way take the best compromise of *coverage* (share
of all cases inside) and *density* (share of the box's members that are cases), then paste back what bounds that add
nothing cut off.  Sources: Friedman and Fisher (1999), Statistics and Computing 9, 123-143; coverage and density:
Bryant and Lempert (2010), Technological Forecasting and Social Change 77, 34-49.  All cited from background knowledge.

*Shapley values*, exact and sampled, of the joint effect of several players.  With ``v(S)`` the value of the coalition
``S`` of ``n`` players::

    phi_i = sum over S without i of  |S|! (n - |S| - 1)! / n!  *  (v(S + i) - v(S))

They add up to ``v(all) - v(none)``, do not depend on the order in which players are named, and are zero for a player
that changes no coalition.  Source: Shapley (1953), "A value for n-person games", Contributions to the Theory of
Games II, 307-317; sampling: Castro, Gomez and Tejada (2009), Computers and Operations Research 36, 1726-1730; pairs
of opposite orders: Mitchell et al. (2022), JMLR 23.  Cited from background knowledge.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from pathway_models.kernels import Floats

#: Fewest members of a bin: with fewer the means of bins are too noisy.
LEAST_IN_BIN = 20
MOST_BINS = 20


@dataclass(frozen=True)
class Indices:
    """First-order indices, (input, output), with their bootstrap intervals."""

    first: Floats
    low: Floats
    high: Floats


def bins_of(inputs: Floats, bins: int) -> NDArray[np.intp]:
    """Bin every member by rank, one input a column: (member, input); ties are broken by position."""
    ranks = np.argsort(np.argsort(inputs, axis=0, kind="stable"), axis=0, kind="stable")
    return ranks * bins // inputs.shape[0]


def bin_means(bin_of: NDArray[np.intp], outputs: Floats, bins: int) -> tuple[Floats, Floats]:
    """Compute the means and sizes of the bins of one input: (bin, output), (bin,)."""
    sizes = np.bincount(bin_of, minlength=bins).astype(float)
    sums = np.stack([np.bincount(bin_of, weights=column, minlength=bins) for column in outputs.T], axis=1)
    return sums / np.maximum(sizes, 1.0)[:, None], sizes


def explained(bin_of: NDArray[np.intp], outputs: Floats, bins: int) -> Floats:
    """Compute the share of variance that the bins of one input explain, corrected for chance: (output,).

    Zero for an output that does not vary; may fall a little below zero where nothing is explained.
    """
    means, sizes = bin_means(bin_of, outputs, bins)
    centre = outputs.mean(axis=0)
    total = ((outputs - centre) ** 2).sum(axis=0)
    between = (sizes[:, None] * (means - centre) ** 2).sum(axis=0)
    within = (total - between) / max(outputs.shape[0] - bins, 1)
    varies = total > 1e-12 * np.maximum(centre**2, 1e-300) * outputs.shape[0]
    return np.where(varies, (between - (bins - 1) * within) / np.where(varies, total, 1.0), 0.0)


def given_data_indices(inputs: Floats, outputs: Floats, picks: NDArray[np.intp], level: float = 0.9) -> Indices:
    """Compute the first-order indices of every input for every output, with bootstrap intervals.

    Parameters
    ----------
    inputs : (member, input)
    outputs : (member, output)
    picks : (resample, member) int
        Members of each bootstrap resample, drawn by the caller.
    level : float
        Of the interval.

    Raises
    ------
    ValueError
        There are too few members for two bins.
    """
    members = inputs.shape[0]
    bins = min(MOST_BINS, members // LEAST_IN_BIN)
    if bins < 2:
        raise ValueError(f"{members} members: at least {2 * LEAST_IN_BIN} are needed")
    where = bins_of(inputs, bins)
    first = np.stack([explained(where[:, i], outputs, bins) for i in range(inputs.shape[1])])
    resampled = np.empty((len(picks), *first.shape))
    for at, pick in enumerate(picks):
        again = outputs[pick]
        for i in range(inputs.shape[1]):
            resampled[at, i] = explained(where[pick, i], again, bins)
    tail = (1.0 - level) / 2.0
    # The spread is the bootstrap's, the centre is the estimate: resampling repeats members, which adds a bias.
    spread = resampled - resampled.mean(axis=0)
    low, high = first + np.quantile(spread, [tail, 1.0 - tail], axis=0)
    return Indices(first, low, high)


#: Peeling fraction: share of a box's members in one slice.
PEELED = 0.05
#: Least support of a box, as a share of all members.
LEAST_SUPPORT = 0.05
#: A bound is dropped when the score falls by no more than this without it.
PASTING_TOLERANCE = 0.01


@dataclass(frozen=True)
class Box:
    """A box in the unit cube.

    Parameters
    ----------
    low, high : (input,)
        0 and 1 where an input is not bounded.
    coverage, density : float
    size : float
        Share of all members inside.
    """

    low: Floats
    high: Floats
    coverage: float
    density: float
    size: float

    @property
    def bounded(self) -> tuple[int, ...]:
        """Inputs that the box bounds."""
        return tuple(np.flatnonzero((self.low > 0) | (self.high < 1)).tolist())

    @property
    def score(self) -> float:
        """Harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2.0 * self.coverage * self.density / both if both else 0.0


def measured_box(low: Floats, high: Floats, inputs: Floats, cases: NDArray[np.bool_]) -> Box:
    """Compute coverage, density and size of a box."""
    inside = ((inputs >= low) & (inputs <= high)).all(axis=1)
    held, count = int((inside & cases).sum()), int(inside.sum())
    return Box(low.copy(), high.copy(), held / max(int(cases.sum()), 1), held / max(count, 1), count / len(cases))


def prim(inputs: Floats, cases: NDArray[np.bool_], most_bounds: int = 3) -> Box:
    """Find the box that holds most of the cases and little else (PRIM).

    Parameters
    ----------
    inputs : (member, input)
        On [0, 1], e.g. ranks.
    cases : (member,) bool
    most_bounds : int
        Inputs that the box may bound, so that its rule stays readable.

    Returns
    -------
    Box
        The whole cube where no bound helps, or where there are no cases or nothing else.
    """
    low, high = np.zeros(inputs.shape[1]), np.ones(inputs.shape[1])
    best = box = measured_box(low, high, inputs, cases)
    if not cases.any() or cases.all():
        return best
    while box.size > LEAST_SUPPORT:
        peeled = _peel(box, inputs, cases, most_bounds)
        if peeled is None:
            break
        box = peeled
        best = max(best, box, key=lambda one: one.score)
    return _pasted(best, inputs, cases)


def _peel(box: Box, inputs: Floats, cases: NDArray[np.bool_], most_bounds: int) -> Box | None:
    """Peel off the slice whose removal leaves the highest density."""
    inside = ((inputs >= box.low) & (inputs <= box.high)).all(axis=1)
    allowed = box.bounded if len(box.bounded) >= most_bounds else range(inputs.shape[1])
    found: list[Box] = []
    for i in allowed:
        cut_low, cut_high = np.quantile(inputs[inside, i], [PEELED, 1.0 - PEELED])
        for low, high in ((cut_low, box.high[i]), (box.low[i], cut_high)):
            lows, highs = box.low.copy(), box.high.copy()
            lows[i], highs[i] = low, high
            slimmer = measured_box(lows, highs, inputs, cases)
            if 0 < slimmer.size < box.size:
                found.append(slimmer)
    return max(found, key=lambda one: one.density, default=None)


def _pasted(box: Box, inputs: Floats, cases: NDArray[np.bool_]) -> Box:
    """Drop the bounds without which the score falls by no more than `PASTING_TOLERANCE`."""
    for i in box.bounded:
        for side, wide in (("low", 0.0), ("high", 1.0)):
            lows, highs = box.low.copy(), box.high.copy()
            (lows if side == "low" else highs)[i] = wide
            wider = measured_box(lows, highs, inputs, cases)
            if wider.score >= box.score - PASTING_TOLERANCE:
                box = wider
    return box


#: Most players whose coalitions can be listed.
MOST_PLAYERS = 20


def coalitions(players: int) -> NDArray[np.bool_]:
    """List every coalition as membership of its players, (2 ** players, player); row ``b`` holds the bits of ``b``.

    Raises
    ------
    ValueError
        There are too many players to list all coalitions.

    Examples
    --------
    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    if not 0 <= players <= MOST_PLAYERS:
        raise ValueError(f"{players} players: all coalitions can be listed for 0 to {MOST_PLAYERS}")
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


def shapley_values(values: Floats) -> Floats:
    """Compute exact Shapley values from the values of all coalitions.

    Parameters
    ----------
    values : (2 ** n, ...)
        In the order of `coalitions`.

    Returns
    -------
    (n, ...)
        Adds up to ``values[-1] - values[0]``; exactly zero for a player without effect.

    Raises
    ------
    ValueError
        The number of coalitions is not a power of two.

    Examples
    --------
    A glove market: a left glove is worth something only with one of two right ones.

    >>> shapley_values(np.array([0, 0, 0, 1, 0, 1, 0, 1.0])).round(3).tolist()
    [0.667, 0.167, 0.167]
    """
    count = len(values)
    players = count.bit_length() - 1
    if count != 2**players:
        raise ValueError(f"{count} coalitions: expected a power of two")
    sizes = coalitions(players).sum(axis=1)
    weights = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    shares = np.empty((players, *np.shape(values)[1:]))
    every = np.arange(count)
    for player in range(players):
        without = every[(every >> player & 1) == 0]
        # The difference is taken before weighting, so that a zero effect stays exactly zero.
        gains = values[without | 1 << player] - values[without]
        shares[player] = np.tensordot(weights[sizes[without]], gains, axes=1)
    return shares


@dataclass(frozen=True)
class SampledShares:
    """Shapley values from sampled orders: shares (n, ...) and their standard errors, and the number of orders."""

    shares: Floats
    standard_error: Floats
    orders: int


def sampled_shapley(value: Callable[[NDArray[np.bool_]], Floats], orders: NDArray[np.int_]) -> SampledShares:
    """Estimate Shapley values from sampled orders, each taken forwards and backwards.

    Parameters
    ----------
    value : callable
        Maps membership (coalition, player) to the values of the coalitions: (coalition, ...).  Called once.
    orders : (o, n) int
        Each row a permutation of the players, drawn by the caller; at least two.

    Returns
    -------
    SampledShares
        The shares add up to the whole, since those of every single order do.

    Raises
    ------
    ValueError
        Fewer than two orders, or a row that is not a permutation.
    """
    count, players = orders.shape
    if count < 2 or (np.sort(orders, axis=1) != np.arange(players)).any():
        raise ValueError("expected at least two rows, each a permutation of the players")
    both = np.stack([orders, orders[:, ::-1]], axis=1)  # (order, direction, place)
    ranks = np.argsort(both, axis=-1)
    steps = np.arange(players + 1)
    member = ranks[:, :, None, :] < steps[:, None]  # (order, direction, step, player)
    distinct, where = np.unique(member.reshape(-1, players), axis=0, return_inverse=True)
    reached = value(distinct)[where.ravel()]
    reached = reached.reshape(count, 2, players + 1, *reached.shape[1:])
    gains = np.diff(reached, axis=2)
    extra = (1,) * (gains.ndim - 3)
    by_player = np.take_along_axis(gains, ranks.reshape(*ranks.shape, *extra), axis=2).mean(axis=1)
    error = by_player.std(axis=0, ddof=1) / np.sqrt(count)
    return SampledShares(by_player.mean(axis=0), error, count)


def leave_one_out(values: Floats) -> Floats:
    """Compute the loss when one player leaves the whole, (n, ...); does not add up where players interact."""
    players = len(values).bit_length() - 1
    return np.stack([values[-1] - values[-1 - (1 << player)] for player in range(players)])


def one_at_a_time(values: Floats) -> Floats:
    """Compute the value of each player alone, (n, ...); does not add up where players interact."""
    players = len(values).bit_length() - 1
    return np.stack([values[1 << player] - values[0] for player in range(players)])
