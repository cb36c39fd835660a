"""What an input tells about an output, from an ensemble that was drawn anyway.

Members are sorted by one input and cut into bins of equal size; what the bins' means differ by is what knowing the
input would explain.  Works for inputs that are correlated (the index then includes what an input tells through others)
and for outputs that are counts or 0 and 1.  Sources: Plischke, Borgonovo and Smith (2013), EJOR 226, 536-550
(given-data indices); Kelley (1935), PNAS 21, 554-559 (correction for the noise of the bins' means); Strong and Oakley
(2013), Medical Decision Making 33, 755-766 (value of knowing one input).  Cited from background knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Members in a bin at least: fewer make bins' means too noisy.
LEAST_IN_BIN = 20
MOST_BINS = 20


@dataclass(frozen=True)
class Indices:
    """First-order indices (input, output), and their bootstrap interval."""

    first: Floats
    low: Floats
    high: Floats


def bins_of(inputs: Floats, bins: int) -> NDArray[np.intp]:
    """Bin of every member by rank, one input a column: (member, input); ties are parted by member."""
    ranks = np.argsort(np.argsort(inputs, axis=0, kind="stable"), axis=0, kind="stable")
    return ranks * bins // inputs.shape[0]


def bin_means(bin_of: NDArray[np.intp], outputs: Floats, bins: int) -> tuple[Floats, Floats]:
    """Means and sizes of the bins of one input: (bin, output), (bin,)."""
    sizes = np.bincount(bin_of, minlength=bins).astype(float)
    sums = np.stack([np.bincount(bin_of, weights=column, minlength=bins) for column in outputs.T], axis=1)
    return sums / np.maximum(sizes, 1.0)[:, None], sizes


def explained(bin_of: NDArray[np.intp], outputs: Floats, bins: int) -> Floats:
    """Share of an output's variance that the bins of one input explain, corrected for chance: (output,).

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
    """First-order indices of every input for every output, with bootstrap intervals.

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


def gain_of_knowing(bin_of: NDArray[np.intp], values: Floats, bins: int) -> float:
    """Expected gain when the best of several actions may be chosen after one input is known.

    Parameters
    ----------
    bin_of : (member,)
        Bin of the input.
    values : (member, action)
        What each action is worth in each member.

    Returns
    -------
    float
        Mean over bins of the best action's mean, less the best of the overall means; at or above zero.
    """
    means, sizes = bin_means(bin_of, values, bins)
    share = sizes / sizes.sum()
    return float(max(share @ means.max(axis=1) - values.mean(axis=0).max(), 0.0))
