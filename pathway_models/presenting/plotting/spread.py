"""The spread of members' peak years: how it is counted and drawn, for one scenario."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from pathway_models.presenting.plotting.canvas import BEHIND
from pathway_models.presenting.rounding import share_text
from pathway_models.records.peaks import Peaks

#: Years a text above a bar takes.
ROOM = 4


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


def draw_spread(
    ax: Axes, peaks: Peaks, at: int, colour: str, lang: str, *, base: float = 0, unit: float = 1, cap: float = 1
) -> None:
    """Draw bars of the peak year from a base line, and the hatched bar of members without a peak.

    Parameters
    ----------
    base, unit : float
        Where the bars stand on the y axis, and the height of all members together.
    cap : float
        Share of members at which a bar is cut; a cut bar carries its share where there is room.
    """
    shares, censored = peak_shares(peaks, at)
    first, last = int(peaks.years[0]), int(peaks.years[-1])
    # One polygon instead of a bar a year; a year more at both ends closes the outer steps.
    years, heights = np.arange(first - 1, last + 2), np.zeros(shares.size + 2)
    heights[1:-1] = np.minimum(shares, cap) * unit
    ax.fill_between(years, base, base + heights, step="mid", color=colour, linewidth=0, zorder=3)
    top = min(censored, cap) * unit
    ax.bar([last + BEHIND], [top], 2.6, [base], color="white", edgecolor=colour, hatch="//////", zorder=3)
    cut = _apart(np.flatnonzero(shares > cap), shares)
    places = [*(first + cut).tolist(), last + BEHIND]
    tops, texts = [cap * unit] * cut.size + [top], [*shares[cut].tolist(), censored]
    for place, height, share in zip(places, tops, texts, strict=True):
        ax.annotate(share_text(share, lang), (place, base + height), (0, 1.5), textcoords="offset points",
                    ha="center", va="bottom", size="small", zorder=6)  # fmt: skip


def _apart(cut: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Of the years whose bars are cut, those that can carry a text: the largest first, none within `ROOM` years."""
    kept: list[int] = []
    for at in cut[np.argsort(-shares[cut], kind="stable")].tolist():
        if all(abs(at - other) > ROOM for other in kept):
            kept.append(at)
    return np.array(sorted(kept), dtype=int)
