"""Turning points of paths of total emissions: the written peak rule, on arrays of any leading shape.

The rule in words, equations and boundary cases is ``docs/peak_rules.md``; published
rules are in :mod:`pathway_models.kernels.published_rules`.

Humps: separate parts of a distribution of peak years, reported one by one instead of by a median between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.core.arrays import YEAR

#: Meaning of the status codes: the code is the position in this tuple.
STATUS = ("in_record", "bridged", "ahead", "after", "not_within_horizon", "plateau")
IN_RECORD, BRIDGED, AHEAD, AFTER, NOT_WITHIN_HORIZON, PLATEAU = range(len(STATUS))
#: Statuses without a peak year.
CENSORED = (NOT_WITHIN_HORIZON, PLATEAU)


@dataclass(frozen=True)
class PeakRule:
    """Thresholds of the peak rule, both relative to the size of the maximum.

    Parameters
    ----------
    plateau : float
        A year belongs to the plateau when its total is within this share of the maximum.
    tie : float
        Totals closer than this share count as equal, so that rounding never moves a peak year.
    follow : int
        Years that must follow the highest one, so that it counts as a peak.
    """

    # ASSUME: 1 %, the smaller of the two thresholds (1 %, 2 %) in published use.
    plateau: float = 0.01
    tie: float = 1e-9
    # ASSUME: five years, as in the published rules that wait (`kernels.peak_rules`): a single low last year is no peak.
    follow: int = 5

    def __post_init__(self) -> None:
        """Refuse thresholds that are not small shares."""
        if not 0 <= self.tie <= 1e-3:
            raise ValueError(f"tie = {self.tie!r}: expected a share between 0 and 0.001")
        if not self.tie <= self.plateau < 1:
            raise ValueError(f"plateau = {self.plateau!r}: expected a share from tie to below 1")
        if self.follow < 1:
            raise ValueError(f"follow = {self.follow!r}: expected at least 1 year")


@dataclass(frozen=True)
class TurningPoints:
    """First maximum of every path, its status and the plateau around it; all of shape ``(...,)``.

    Parameters
    ----------
    index : int array
        Year index of the first maximum; only a peak year when the status is not censored.
    status : int8 array
        Code into :data:`STATUS`.
    value : float array
        The maximum, in the unit of the totals.
    plateau_first, plateau_last : int array
        Year indices of the contiguous run around ``index`` within ``rule.plateau`` of the maximum.
    """

    index: NDArray[np.intp]
    status: NDArray[np.int8]
    value: NDArray[np.float64]
    plateau_first: NDArray[np.intp]
    plateau_last: NDArray[np.intp]


def turning_points(
    total: ArrayLike,
    last_observed: int = -1,
    rule: PeakRule | None = None,
    *,
    issue: int | None = None,
    before: int | None = None,
) -> TurningPoints:
    """Find the first maximum of every path, and say whether it is a peak.

    With ``T`` the totals, ``max`` their largest value, ``M`` the first year with
    ``T >= max - tie |max|`` and ``R`` the contiguous years around ``M`` with
    ``T >= max - plateau |max|``, the status is the first that applies:

    1. ``plateau`` when ``R`` is the whole series (flat, or one year);
    2. ``not_within_horizon`` when fewer than ``follow`` years come after ``M`` (right-censored);
    3. ``plateau`` when the last year is back at, or still within, ``plateau`` of the maximum
       (decline not shown: right-censored);
    4. ``in_record`` when ``M <= last_observed`` or ``M`` is the first year (the peak lies there or earlier);
    5. ``bridged`` when ``M <= issue``;
    6. ``ahead`` when ``M < before``;
    7. ``after`` otherwise.

    Parameters
    ----------
    total : array_like, shape (..., year)
        Total emissions of consecutive years, tCO2/yr (any one unit). May be negative.
    last_observed : int
        Index of the last observed year; -1 when no year is observed.
    rule : PeakRule, optional
        Thresholds; the documented ones by default.
    issue : int, optional
        Index of the issue year; the last observed one by default.
    before : int, optional
        Index of the year before which the peak is wanted; without it every later peak is ``ahead``.

    Returns
    -------
    TurningPoints
        Arrays of shape ``(...,)``.

    Raises
    ------
    ValueError
        When a total is not finite, there is no year, or ``last_observed`` is not an index of a year.

    Examples
    --------
    >>> points = turning_points([[90.0, 100.0, 95.0, 80.0], [80.0, 90.0, 95.0, 100.0]], rule=PeakRule(follow=1))
    >>> [STATUS[code] for code in points.status]
    ['ahead', 'not_within_horizon']
    >>> points.index.tolist()
    [1, 3]
    """
    rule = PeakRule() if rule is None else rule
    totals = _checked_totals(total, last_observed)
    final = totals.shape[YEAR] - 1
    top = totals.max(axis=YEAR, keepdims=True)
    size = np.abs(top)
    index = (totals >= top - rule.tie * size).argmax(axis=YEAR)
    # The tie width is added so that a total at exactly 1 % below the maximum is inside in any unit.
    inside = totals >= top - (rule.plateau + rule.tie) * size
    first, last = _run_around(inside, index)
    status = np.select(
        [
            (first == 0) & (last == final),
            index > final - rule.follow,
            inside[..., -1],
            (index <= last_observed) | (index == 0),
            index <= (last_observed if issue is None else issue),
            index < (final + 1 if before is None else before),
        ],
        [PLATEAU, NOT_WITHIN_HORIZON, PLATEAU, IN_RECORD, BRIDGED, AHEAD],
        default=AFTER,
    ).astype(np.int8)
    return TurningPoints(index, status, top[..., 0], first, last)


def _checked_totals(total: ArrayLike, last_observed: int) -> NDArray[np.float64]:
    totals = np.asarray(total, dtype=float)
    if totals.ndim == 0 or totals.shape[YEAR] == 0:
        raise ValueError(f"total has shape {totals.shape}: expected at least one year on the last axis")
    if not np.isfinite(totals).all():
        raise ValueError("total holds a missing or infinite value: expected a finite number in every year")
    if not -1 <= last_observed < totals.shape[YEAR]:
        raise ValueError(f"last_observed = {last_observed}: expected -1 or a year index below {totals.shape[YEAR]}")
    return totals


def _run_around(inside: NDArray[np.bool_], index: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the first and last year index of the run of ``inside`` years that holds ``index``."""
    final = inside.shape[YEAR] - 1
    position = np.arange(final + 1)
    # On booleans argmax stops at the first True: a search without a pass over year numbers.
    after = ~inside & (position > index[..., None])
    before = (~inside & (position < index[..., None]))[..., ::-1]
    last = np.where(after.any(axis=YEAR), after.argmax(axis=YEAR) - 1, final)
    first = np.where(before.any(axis=YEAR), final + 1 - before.argmax(axis=YEAR), 0)
    return first, last


# ASSUME: years are a gap where five in a row hold no more than 2 % of all members together; a part is worth telling
# from one fifth of the members on.
#: Years in a row that make a gap, and the share of members they may hold together.
GAP_YEARS, GAP_SHARE = 5, 0.02
#: Least share of all members of a part that is reported.
LEAST_SHARE = 0.2
#: Fewest members: smaller ensembles have gaps by chance.
LEAST_MEMBERS = 200


def closed_from(observed: ArrayLike) -> int | None:
    """Find the first position of the zero emissions at the end of a record; None where its last year has emissions.

    Examples
    --------
    >>> closed_from([9.0, 0.0, 4.0, 0.0, 0.0]), closed_from([9.0, 4.0])
    (3, None)
    """
    emitted = np.flatnonzero(observed)
    after = int(emitted[-1]) + 1 if emitted.size else 0
    return after if after < np.size(observed) else None


class Hump(NamedTuple):
    """A cluster of members by their peak years.

    Parameters
    ----------
    first : int
        First peak year; beyond the last possible one where only members without a peak year belong to it.
    last : int
        Last peak year; ``first - 1`` where no member has one.
    open_end : bool
        Whether members without a peak year inside the horizon belong to it.
    share : float
        Of all members.
    """

    first: int
    last: int
    open_end: bool
    share: float

    def text(self, last_year: int) -> str:
        """Write the years: ``2012-2019``, ``≥2050``, ``>2055``."""
        if self.last < self.first:
            return f">{last_year}"
        if self.open_end:
            return f"≥{self.first}"
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def humps(years: ArrayLike, later: int, last_year: int) -> tuple[Hump, ...]:
    """Find the parts that hold at least a fifth of the members each, with a gap between.

    Parameters
    ----------
    years : (member,) int
        Peak years.
    later : int
        Number of members without a peak year, counted in the year after the last possible one.
    last_year : int
        Last possible peak year.

    Returns
    -------
    tuple of Hump
        In order; empty where fewer than two parts are that large, or where there are fewer than `LEAST_MEMBERS`.

    Examples
    --------
    >>> [one.text(2055) for one in humps([2012, 2013, 2013] * 50, 150, 2055)]
    ['2012-2013', '>2055']
    """
    found = np.sort(np.asarray(years, dtype=int))
    members = found.size + later
    if members < LEAST_MEMBERS or not found.size:
        return ()
    begin = int(found[0])
    counts = np.bincount(found - begin, minlength=last_year - begin + 1)
    together = np.concatenate([[0], np.cumsum(counts)])
    is_gap = np.zeros(counts.size, dtype=bool)
    for at in range(counts.size - GAP_YEARS + 1):
        if together[at + GAP_YEARS] - together[at] <= GAP_SHARE * members:
            is_gap[at : at + GAP_YEARS] = True
    kept = np.append(~is_gap, later > 0)
    parts: list[list[int]] = []
    for at in np.flatnonzero(kept):
        if parts and parts[-1][-1] == at - 1:
            parts[-1].append(int(at))
        else:
            parts.append([int(at)])
    told = []
    for part in parts:
        inside = [at for at in part if at < counts.size and counts[at]]
        is_open = part[-1] == counts.size
        share = (sum(int(counts[at]) for at in inside) + (later if is_open else 0)) / members
        if share >= LEAST_SHARE:
            first = begin + inside[0] if inside else last_year + 1
            told.append(Hump(first, begin + inside[-1] if inside else first - 1, is_open, share))
    return tuple(told) if len(told) > 1 else ()


def humps_text(parts: Sequence[Hump], last_year: int) -> str:
    """Write parts with their shares, ``"2012-2019 43 %; >2055 38 %"``; empty where there are none.

    Examples
    --------
    >>> humps_text(humps([2012, 2013, 2013] * 50, 150, 2055), 2055)
    '2012-2013 50 %; >2055 50 %'
    """
    return "; ".join(f"{one.text(last_year)} {100 * one.share:.0f} %" for one in parts)
