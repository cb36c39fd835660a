"""Sharing out what several players do together: the Shapley value, exact and sampled, and what it is compared with.

With ``v(S)`` what the coalition ``S`` of ``n`` players reaches::

    phi_i = sum over S without i of  |S|! (n - |S| - 1)! / n!  *  (v(S + i) - v(S))

The shares add up to ``v(all) - v(none)``, do not depend on the order in which players are named, and are zero for a
player that changes no coalition.  Source: Shapley (1953), "A value for n-person games", Contributions to the Theory of
Games II, 307-317; sampling: Castro, Gomez and Tejada (2009), Computers and Operations Research 36, 1726-1730; pairs
of opposite orders: Mitchell et al. (2022), JMLR 23.  Cited from background knowledge.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from pathway_models.kernels import Floats

#: More players than this have too many coalitions to list.
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
    """Compute exact Shapley values from what every coalition reaches.

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
        # The difference is taken before anything is weighted, so that no effect stays exactly zero.
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
        What coalitions, given as membership (coalition, player), reach: (coalition, ...).  Called once.
    orders : (o, n) int
        Each row a permutation of the players, drawn by the caller; at least two.

    Returns
    -------
    SampledShares
        Every single order adds up to the whole, hence so do the means.

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
