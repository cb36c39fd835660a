"""Input and result of a peak rule: an emissions series as known in some year, and a verdict on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels import Floats

VERDICTS = ("peaked", "plateau", "rising", "not_peaked", "unknown")
#: Relative difference below which two totals count as equal (the ``tie`` of our own rule).
TIE = 1e-9


@dataclass(frozen=True)
class RuleResult:
    """Answer of one rule to one series.

    Parameters
    ----------
    verdict : str
        One of :data:`VERDICTS`: ``not_peaked`` where the rule only says that its test fails,
        ``unknown`` where the series is outside the rule's range of validity.
    peak_year : int or None
        Year of the peak by that rule; None when it names none.
    detail : str
        The numbers behind the verdict, in words.
    """

    verdict: str
    peak_year: int | None
    detail: str

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict = {self.verdict!r}: expected one of {', '.join(VERDICTS)}")


def unknown(reason: str) -> RuleResult:
    """Answer that a series is outside a rule's range of validity."""
    return RuleResult("unknown", None, reason)


@dataclass(frozen=True)
class Record:
    """An emissions series as known in the year ``as_of``: strictly increasing years, no negative value.

    Parameters
    ----------
    years : int array, shape (year,)
    values : float array, shape (year,)
    as_of : int
        Year from which one looks back; the last year of the series when none was given.
    """

    years: NDArray[np.int_]
    values: Floats
    as_of: int

    @property
    def top(self) -> int:
        """Index of the first maximum."""
        return int((self.values >= self.values.max() * (1.0 - TIE)).argmax())

    @property
    def peak_year(self) -> int:
        """Year of the first maximum."""
        return int(self.years[self.top])

    @property
    def last_year(self) -> int:
        """Last year known."""
        return int(self.years[-1])

    @property
    def years_since_peak(self) -> int:
        """Years from the maximum to the last year known."""
        return self.last_year - self.peak_year

    @property
    def missing_years(self) -> list[int]:
        """Years without a value between the first and the last."""
        return sorted(set(range(int(self.years[0]), self.last_year + 1)) - set(self.years.tolist()))

    @property
    def censoring_note(self) -> str:
        """Reminder that a maximum in the first year may hide an earlier one; empty otherwise."""
        return "; highest in the first year known, the peak may be earlier" if self.top == 0 else ""

    def unfit(self, shortest: int, every_year: bool = False, positive: bool = False) -> str:
        """Say why a rule cannot be applied; empty when it can.

        Parameters
        ----------
        shortest : int
            Fewest years of data the rule needs.
        every_year : bool
            Whether the rule needs every year between the first and the last.
        positive : bool
            Whether the rule takes logarithms.
        """
        if len(self.years) < shortest:
            known = f"{len(self.years)} year{'s' if len(self.years) != 1 else ''} of data up to {self.as_of}"
            return f"{known}; the rule needs at least {shortest}"
        if every_year and self.missing_years:
            return f"no value for {_listed(self.missing_years)}; the rule needs every year"
        if positive and (self.values <= 0).any():
            zeros = self.years[self.values <= 0].tolist()
            return f"zero in {_listed(zeros)}; the rule takes logarithms"
        return ""

    def between(self, first: int, last: int) -> Record:
        """Cut the record to ``first`` to ``last``, both included."""
        inside = (self.years >= first) & (self.years <= last)
        return Record(self.years[inside], self.values[inside], self.as_of)


def as_record(years: ArrayLike, values: ArrayLike, as_of: int | None = None) -> Record:
    """Check a series and cut it off after the year ``as_of``.

    Parameters
    ----------
    years : array_like of int, shape (year,)
        Strictly increasing calendar years; gaps are allowed here, and refused by the rules that need every year.
    values : array_like, shape (year,)
        Emissions in any one unit, not negative.
    as_of : int, optional
        Last year known; the last year of the series when not given.

    Raises
    ------
    ValueError
        When shapes differ, years do not increase, or a value is missing, infinite or negative.
    """
    calendar, emissions = np.asarray(years, dtype=int), np.asarray(values, dtype=float)
    if calendar.ndim != 1 or calendar.shape != emissions.shape or not len(calendar):
        raise ValueError(f"years {calendar.shape} and values {emissions.shape}: expected one value a year")
    if (np.diff(calendar) <= 0).any():
        raise ValueError("years do not increase: expected each year once, in order")
    if not (np.isfinite(emissions) & (emissions >= 0)).all():
        raise ValueError("a value is missing, infinite or negative: expected emissions of at least 0")
    until = int(calendar[-1]) if as_of is None else int(as_of)
    known = calendar <= until
    return Record(calendar[known], emissions[known], until)


def companion(years: ArrayLike, extra: ArrayLike | None, as_of: int) -> Record | None:
    """Make the record of a second series on the same years (population, GDP, ...), missing values left out.

    Returns None when the series is not given or holds no value up to ``as_of``.
    """
    if extra is None:
        return None
    calendar, values = np.asarray(years, dtype=int), np.asarray(extra, dtype=float)
    if calendar.shape != values.shape:
        raise ValueError(f"years {calendar.shape} and companion series {values.shape}: expected equal lengths")
    known = np.isfinite(values) & (calendar <= as_of)
    return Record(calendar[known], values[known], as_of) if known.any() else None


def _listed(years: list[int]) -> str:
    shown = ", ".join(str(year) for year in years[:5])
    return shown if len(years) <= 5 else f"{shown} and {len(years) - 5} more years"
