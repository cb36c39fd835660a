"""Separate parts of a distribution of peak years: two humps are told as two, not by a median that lies between them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

# ASSUME: years are a gap where five in a row hold no more than 2 % of all members together; a part is worth telling
# from one fifth of the members on.
#: Years in a row that make a gap, and the share of members they may hold together.
GAP_YEARS, GAP_SHARE = 5, 0.02
#: Share of all members from which on a part is told.
LEAST_SHARE = 0.2
#: Fewer members leave gaps by chance.
LEAST_MEMBERS = 200


class Hump(NamedTuple):
    """A part of the members whose peak years lie together.

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
        """Write the years: ``2012-2019``, ``2050 or later``, ``>2055``."""
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
        Members without one: they stand right behind the last possible year.
    last_year : int
        Last possible peak year.

    Returns
    -------
    tuple of Hump
        In order; empty where fewer than two parts are that large, or members too few to tell.

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
