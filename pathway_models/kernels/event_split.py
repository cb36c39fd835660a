"""The headline's event, "peaks before Y", of many paths at once, and its split into past, ahead and not before.

With ``T`` the totals, ``W`` the years of the confirmation window and ``high(Y)`` the highest total before ``Y``:

    event(Y)    no total of Y .. Y+W-1 exceeds high(Y) by more than a tie
    settled(Y)  event(Y) on the path without new measures, high(Y) reached at or before the issue year
    past        event(Y) and settled(Y) of the same member
    ahead       event(Y) and not settled(Y)
    not before  the rest

``docs/headline.md`` has the rule in words and worked members.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.core.arrays import YEAR

#: Years of the confirmation window; Y is the first.
WINDOW = 5
#: Relative tolerance below which one total does not exceed another.
TIE = 1e-9
#: Meaning of the codes of `split`: the code is the position.
OUTCOMES = ("past", "ahead", "not_before")
PAST, AHEAD, NOT_BEFORE = range(len(OUTCOMES))


def peaks_before(total: ArrayLike, window: int = WINDOW) -> NDArray[np.bool_]:
    """Tell for every year whether a path peaks before it.

    Parameters
    ----------
    total : (..., year), tCO2/yr (any one unit)
        Consecutive years; may be negative.
    window : int
        Years that confirm it.

    Returns
    -------
    (..., year) bool
        False for the first year, which none is before, and for the last years, whose windows are not complete.

    Examples
    --------
    >>> peaks_before([[3.0, 5.0, 4.0, 4.0, 5.0, 6.0]], window=2).tolist()
    [[False, False, True, True, False, False]]
    """
    totals = np.asarray(total, dtype=float)
    found = np.zeros(totals.shape, dtype=bool)
    known = totals.shape[YEAR] - window + 1
    if known < 2:
        return found
    later = totals[..., 1:known].copy("K")
    for ahead in range(1, window):
        np.maximum(later, totals[..., 1 + ahead : known + ahead], out=later)
    high = np.maximum.accumulate(totals[..., : known - 1], axis=YEAR)
    np.less_equal(later, high + TIE * np.abs(high), out=found[..., 1:known])
    return found


def settled_by(without: ArrayLike, issue: int, window: int = WINDOW) -> NDArray[np.bool_]:
    """Tell for every year whether the path without new measures peaks before it, in the issue year or earlier.

    Parameters
    ----------
    without : (..., year), tCO2/yr
        Totals without new measures.
    issue : int
        Index of the issue year.
    window : int

    Returns
    -------
    (..., year) bool
    """
    totals = np.asarray(without, dtype=float)
    issue = min(issue, totals.shape[YEAR] - 1)
    found = peaks_before(totals, window)
    if issue < 0:
        return np.zeros_like(found)
    high = np.maximum.accumulate(totals, axis=YEAR)
    # The highest year before Y lies at or before the issue year where nothing between them exceeds it.
    reached = high[..., issue : issue + 1]
    found[..., issue + 2 :] &= high[..., issue + 1 : -1] <= reached + TIE * np.abs(reached)
    return found


def margin(total: ArrayLike, at: int, window: int = WINDOW) -> NDArray[np.float64]:
    """Compute the relative excess of the confirmation window over the highest total before it; at most 0 at a peak.

    Parameters
    ----------
    total : (..., year), tCO2/yr
    at : int
        Index of the year in question.
    window : int

    Returns
    -------
    (...) float
        Highest total of the window over the highest before it, less one; relative to the size of the latter.

    Raises
    ------
    ValueError
        No year before, or the window is not complete.

    Examples
    --------
    >>> margin([100.0, 80.0, 90.0, 70.0], 2, window=2).round(2).item()
    -0.1
    """
    totals = np.asarray(total, dtype=float)
    if not 1 <= at <= totals.shape[YEAR] - window:
        raise ValueError(f"at = {at}: expected an index from 1 to {totals.shape[YEAR] - window}")
    high, later = totals[..., :at].max(axis=YEAR), totals[..., at : at + window].max(axis=YEAR)
    size = np.abs(high)
    return np.divide(later - high, size, out=np.zeros_like(high), where=size > 0)


def split(event: NDArray[np.bool_], settled: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Split the event into codes of `OUTCOMES`, in the shape both arguments broadcast to."""
    past = event & settled
    return np.where(past, PAST, np.where(event, AHEAD, NOT_BEFORE)).astype(np.int8)


def standard_error(share: ArrayLike, members: ArrayLike) -> NDArray[np.float64]:
    """Compute the standard error of a share of independent members; NaN where there are none.

    Examples
    --------
    >>> standard_error(0.5, 100).item()
    0.05
    """
    p, n = np.asarray(share, dtype=float), np.asarray(members, dtype=float)
    return np.sqrt(np.divide(p * (1.0 - p), n, out=np.full(np.broadcast(p, n).shape, np.nan), where=n > 0))
