"""The spread of members' peak years: how it is counted, and drawn for one scenario or many."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.transforms import offset_copy

from pathway_models.presenting.plotting.canvas import BEHIND
from pathway_models.presenting.plotting.marks import apart, labels
from pathway_models.presenting.rounding import share_text
from pathway_models.records.peaks import Peaks

#: Years a text above a bar takes.
ROOM = 4
#: Years that the bar of members without a peak is wide.
WIDTH = 2.6


def peak_shares(peaks: Peaks, at: int) -> tuple[np.ndarray, float]:
    """Share of all members by peak year, and of those without a peak; together they are 1.

    Parameters
    ----------
    peaks : Peaks
    at : int
        Position of the scenario.

    Returns
    -------
    shares : (Y,)
        By year of ``peaks.years``.
    censored : float
    """
    censored = peaks.censored()[at]
    counts = np.bincount(peaks.year[at][~censored] - peaks.years[0], minlength=peaks.years.size)
    return counts / peaks.members, float(censored.mean())


def draw_spreads(
    ax: Axes,
    peaks: Peaks,
    rows: Sequence[int],
    colours: Sequence[str],
    bases: np.ndarray,
    lang: str,
    *,
    unit: float = 1,
    cap: float = 1,
) -> float:
    """Draw bars of the peak year from base lines, and the hatched bars of members without a peak, as few artists.

    The limits of the axes stay as they are.

    Parameters
    ----------
    ax : Axes
    peaks : Peaks
    rows : (N,) sequence of int
        Positions of the scenarios.
    colours : (N,) sequence of str
        Of the scenarios.
    bases : (N,)
        Where their rows stand on the y axis.
    lang : {"en", "zh"}
    unit : float
        Height of all members together.
    cap : float
        Share of members at which a bar is cut; a cut bar carries its share where there is room.

    Returns
    -------
    float
        Height of the highest bar above its base line.
    """
    spread = [peak_shares(peaks, at) for at in rows]
    shares, rest = np.array([part for part, _ in spread]), np.array([part for _, part in spread])
    first, end = int(peaks.years[0]), int(peaks.years[-1]) + BEHIND
    heights, tops = unit * np.minimum(shares, cap), bases + unit * np.minimum(rest, cap)
    # One outline of steps a row, its corners between the years, from the base line and back to it.
    steps = np.empty((rest.size, 2 * shares.shape[1] + 2, 2))
    steps[..., 0] = np.repeat(np.arange(first, first + shares.shape[1] + 1) - 0.5, 2)
    steps[..., 1] = bases[:, None]
    steps[:, 1:-1, 1] += np.repeat(heights, 2, axis=1)
    ax.add_artist(PolyCollection(steps, facecolors=colours, linewidths=0, zorder=3, label="members"))
    boxes = np.empty((rest.size, 4, 2))
    boxes[..., 0] = end + WIDTH / 2 * np.array([-1, -1, 1, 1])
    boxes[..., 1] = np.column_stack([bases, tops, tops, bases])
    look = {"facecolors": "white", "edgecolors": colours, "linewidths": mpl.rcParams["patch.linewidth"]}
    ax.add_artist(PolyCollection(boxes, hatch="////", zorder=3, label="no peak", **look))
    cut = [(row, at) for row, part in enumerate(shares) for at in _carrying(part, cap)]
    places = [(first + at, bases[row] + cap * unit) for row, at in cut] + [(end, top) for top in tops.tolist()]
    words = [share_text(float(share), lang) for share in [*(shares[pair] for pair in cut), *rest]]
    above = offset_copy(ax.transData, ax.figure, 0, 1.5, units="points")
    labels(ax, np.array(places), words, transform=above, va="bottom", size="small", zorder=6)
    return max(float(heights.max()), float((tops - bases).max()))


def _carrying(shares: np.ndarray, cap: float) -> list[int]:
    """Of the years whose bars are cut, those that can carry a text."""
    high = np.flatnonzero(shares > cap)
    return high[apart(high, shares[high], ROOM)].tolist()
