"""Test whether an observed series has peaked, with a known false-alarm rate; record and result of every peak rule.

Null hypothesis: a level (or rising, then level) path with AR(1) noise.  Its distribution is simulated once for each
length and autocorrelation and shared by all series of that length; it is free of scale, so the size of the noise does
not enter.  The maximum and the knot are found by looking, so every simulated path is searched for its own best broken
stick as the observed series was: the p-values allow for having looked.  Method, sources and measured rates:
``docs/peak_rules.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels import Floats, broken_stick

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
        Explanation of the verdict with its numbers.
    """

    verdict: str
    peak_year: int | None
    detail: str

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict = {self.verdict!r}: expected one of {', '.join(VERDICTS)}")


def unknown(reason: str) -> RuleResult:
    """Return the result for a series outside a rule's range of validity."""
    return RuleResult("unknown", None, reason)


@dataclass(frozen=True, eq=False)
class Record:
    """An emissions series as known in the year ``as_of``: strictly increasing years, no negative value.

    Parameters
    ----------
    years : int array, shape (year,)
    values : float array, shape (year,)
    as_of : int
        Year in which the series is judged; its last year by default.
    """

    years: NDArray[np.int_]
    values: Floats
    as_of: int

    @cached_property
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

    @cached_property
    def missing_years(self) -> list[int]:
        """Years without a value between the first and the last."""
        return sorted(set(range(int(self.years[0]), self.last_year + 1)) - set(self.years.tolist()))

    @property
    def censoring_note(self) -> str:
        """Note that a maximum in the first year may hide an earlier one; empty otherwise."""
        return "; highest in the first year known, the peak may be earlier" if self.top == 0 else ""

    def unfit(self, shortest: int, every_year: bool = False, positive: bool = False) -> str:
        """Return the reason why a rule cannot be applied; empty when it can.

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

    def between(self, first: int, last: int) -> "Record":
        """Cut the record to ``first`` to ``last``, both included."""
        inside = (self.years >= first) & (self.years <= last)
        return Record(self.years[inside], self.values[inside], self.as_of)


def as_record(years: ArrayLike | Record, values: ArrayLike, as_of: int | None = None) -> Record:
    """Check a series and cut it off after the year ``as_of``.

    Parameters
    ----------
    years : array_like of int, shape (year,)
        Strictly increasing calendar years; gaps are allowed here, and refused by the rules that need every year.
        A `Record` is returned unchanged, so that many rules can judge the same one.
    values : array_like, shape (year,)
        Emissions in any one unit, not negative.
    as_of : int, optional
        Last year known; the last year of the series when not given.

    Raises
    ------
    ValueError
        When shapes differ, years do not increase, or a value is missing, infinite or negative.
    """
    if isinstance(years, Record):
        return years
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
    """Make the record of a companion series on the same years (population, GDP, ...), missing values left out.

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


#: Nominal false-alarm rate of the test.
LEVEL = 0.05
# ASSUME: lag-1 autocorrelation of yearly emissions noise lies between 0 and 0.65; critical values hold
# for every one of these, the last a little above the promised 0.6 so that simulation error is covered.
MEMORIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65)
NULL_PATHS = 8_000
_NULL_SEED = 20_240_401


class NullDistribution(NamedTuple):
    """Statistics of level series of one length, by autocorrelation."""

    raw_memory: Floats  # (memory,) median raw autocorrelation
    noise_ratio: Floats  # (memory,) median estimated noise per unit of true noise
    fall: Floats  # (memory, path) sorted adjusted statistics
    rise: Floats  # (memory, path)


@lru_cache(maxsize=128)
def null_distribution(length: int, paths: int = NULL_PATHS) -> NullDistribution:
    """Simulate the statistics of level series of one length; cached for all series of that length."""
    rng = np.random.default_rng([_NULL_SEED, length])
    fit = broken_stick.fit_broken_sticks if length <= WINDOW else broken_stick.fit_long_noise
    fits = [fit(broken_stick.ar1_paths(length, memory, paths, rng)) for memory in MEMORIES]
    raw = np.array([np.median(fit.memory) for fit in fits])
    fall, rise = zip(*(adjusted(fit, raw) for fit in fits), strict=True)
    ratio = np.array([np.median(fit.noise) for fit in fits])
    return NullDistribution(raw, ratio, np.sort(fall, axis=1), np.sort(rise, axis=1))


def unbiased_memory(raw: ArrayLike, raw_by_memory: Floats) -> Floats:
    """Correct a raw autocorrelation to the value whose median estimate it is (Andrews 1993, by simulation)."""
    return np.interp(raw, raw_by_memory, MEMORIES)


def adjusted(fit: broken_stick.BrokenSticks, raw_by_memory: Floats) -> tuple[Floats, Floats]:
    """Deflate fall and rise by the effect of autocorrelation on the error of a slope, so that one bound serves all."""
    memory = unbiased_memory(fit.memory, raw_by_memory)
    deflation = np.sqrt((1.0 - memory) / (1.0 + memory))
    return fit.fall * deflation, fit.rise * deflation


def _largest_p(statistic: Floats, null: Floats) -> Floats:
    """Compute the largest share, over autocorrelations, of level series with at least this statistic."""
    paths = null.shape[1]
    above = paths - np.stack([np.searchsorted(row, statistic, side="left") for row in null])
    return (above.max(axis=0) + 1.0) / (paths + 1.0)


def critical_value(null: Floats) -> float:
    """Compute the bound above which the p-value of a statistic is at most :data:`LEVEL`."""
    most_above = int(np.floor(LEVEL * (null.shape[1] + 1.0))) - 1
    return float(null[:, -most_above - 1].max())


def p_values(values: Floats, autocorrelation: float | None = None) -> tuple[Floats, Floats]:
    """Compute the probability, under a level series, of as much fall (and as much rise) as each series shows.

    Parameters
    ----------
    values : (series, year) float
        Positive emissions of at least :data:`SHORTEST_RECORD` consecutive years.
    autocorrelation : float, optional
        As in :func:`observed_peak`.

    Returns
    -------
    p_peaked, p_rising : (series,) float
        Largest probability over the allowed autocorrelations; never below 1 / (simulated paths + 1).
    """
    null = null_distribution(values.shape[1])
    allowed = allowed_memories(autocorrelation)
    fall, rise = adjusted(broken_stick.fit_broken_sticks(np.log(values)), null.raw_memory)
    return _largest_p(fall, null.fall[:allowed]), _largest_p(rise, null.rise[:allowed])


def allowed_memories(autocorrelation: float | None) -> int:
    """Count the leading entries of `MEMORIES` that the test allows for."""
    if autocorrelation is None:
        return len(MEMORIES)
    if not 0 <= autocorrelation <= MEMORIES[-1]:
        raise ValueError(f"autocorrelation = {autocorrelation!r}: expected 0 to {MEMORIES[-1]}")
    return int(np.searchsorted(MEMORIES, autocorrelation)) + 1


OBSERVED_STATUS = ("peaked", "plateau", "rising", "unknown")
# ASSUME: below eight consecutive years a broken stick and an autocorrelation cannot both be estimated.
SHORTEST_RECORD = 8
MISS_PATHS = 1_000
#: Declines per year for which the miss rate is stated.
DECLINES = (0.01, 0.02, 0.03)
# ASSUME: a level series is called a plateau only when a decline of 2 % a year would more likely have been
# seen than missed; otherwise the record cannot tell, and the status is unknown.
PLATEAU_DECLINE, PLATEAU_MISS = 0.02, 0.5
# ASSUME: miss rates suppose at least five years of decline, the shortest any published rule calls a peak.
SHORTEST_DECLINE = 5
# ASSUME: one rise and one fall describe at most the last 30 years; older turns belong to another story.
WINDOW = 30
_SEED = 20_240_402


@dataclass(frozen=True)
class ObservedPeak:
    """Outcome of the observed-peak test for one series.

    Parameters
    ----------
    status : str
        One of :data:`OBSERVED_STATUS`.
    peak_year : int or None
        Year of the observed maximum when ``status`` is ``peaked`` and it is not the first year.
    p_peaked, p_rising : float
        Largest probability, over the allowed autocorrelations, that a level series shows so much
        fall (rise); NaN when the record is too short.
    noise : float
        Standard deviation of the noise as a share of emissions.
    memory : float
        Median-unbiased lag-1 autocorrelation of the noise, kept within the allowed range.
    false_alarm : float
        Probability that a level series of this length and autocorrelation is called peaked.
    miss : tuple of float
        Probability that a decline of 1, 2, 3 % a year, ``years_declining`` long, is not called peaked.
    years_declining : int
        Years of decline supposed for ``miss``: from the observed maximum, at least five.
    detail : str
        The verdict in words.
    """

    status: str
    peak_year: int | None
    p_peaked: float
    p_rising: float
    noise: float
    memory: float
    false_alarm: float
    miss: tuple[float, ...]
    years_declining: int
    detail: str


def observed_peak(
    years: ArrayLike, values: ArrayLike, autocorrelation: float | None = None, window: int = WINDOW
) -> ObservedPeak:
    """Test whether an observed series has peaked, still rises, or is level within its noise.

    Parameters
    ----------
    years : array_like of int, shape (year,)
        Consecutive calendar years.
    values : array_like, shape (year,)
        Positive emissions in any unit.
    autocorrelation : float, optional
        Largest lag-1 autocorrelation to allow for, where a panel of similar parks tells it better than this
        record; up to 0.65, the default.  Smaller values give more power.
    window : int
        Number of last years tested; the whole record where its maximum is older.

    Returns
    -------
    ObservedPeak

    Raises
    ------
    ValueError
        When years are not consecutive, a value is not positive, or ``autocorrelation`` is outside 0-0.65.
    """
    calendar, emissions = _checked(years, values)
    return observed_peaks([Record(calendar, emissions, int(calendar[-1]))], autocorrelation, window)[0]


def observed_peaks(
    records: Sequence[Record],
    autocorrelation: float | None = None,
    window: int = WINDOW,
    declines: Sequence[float] = DECLINES,
) -> list[ObservedPeak]:
    """Test many series at once; simulations are shared by series of one length.

    Parameters
    ----------
    records : sequence of Record
        Consecutive years, positive values.
    autocorrelation, window
        As in :func:`observed_peak`.
    declines : sequence of float
        Declines whose miss rates are computed, that of the plateau among them; ``miss`` is NaN for the others.

    Returns
    -------
    list of ObservedPeak
        In the order of the records.
    """
    allowed_memories(autocorrelation)
    found: list[ObservedPeak] = [untested("")] * len(records)
    tops = [int(record.values.argmax()) for record in records]
    by_length: dict[int, list[int]] = {}
    for at, (record, top) in enumerate(zip(records, tops, strict=True)):
        # A maximum before the window belongs to the test: the years after it alone are no record of their own.
        whole = len(record.values)
        by_length.setdefault(min(window, whole) if top >= whole - window else whole, []).append(at)
    for length, places in by_length.items():
        if length < SHORTEST_RECORD:
            reason = f"{length} years; the test needs at least {SHORTEST_RECORD}"
            found = [untested(reason) if at in set(places) else one for at, one in enumerate(found)]
            continue
        alike = [records[at] for at in places]
        tested = _tested(alike, [tops[at] for at in places], length, autocorrelation, declines)
        for at, one in zip(places, tested, strict=True):
            found[at] = one
    return found


def simulated_years(records: Sequence[Record], window: int = WINDOW) -> int:
    """Sum the lengths beyond the window for which noise has to be simulated: about 5 ms a year."""
    lengths = {len(record.values) for record in records if record.top < len(record.values) - window}
    return sum(lengths)


def _tested(
    records: Sequence[Record], tops: Sequence[int], length: int, autocorrelation: float | None, wanted: Sequence[float]
) -> list[ObservedPeak]:
    """Test the last ``length`` years of series."""
    recent = np.stack([record.values[-length:] for record in records])
    allowed, null, fit = (
        allowed_memories(autocorrelation),
        null_distribution(length),
        broken_stick.fit_broken_sticks(np.log(recent)),
    )
    fall, rise = adjusted(fit, null.raw_memory)
    p_peaked, p_rising = _largest_p(fall, null.fall[:allowed]), _largest_p(rise, null.rise[:allowed])
    memory = np.minimum(unbiased_memory(fit.memory, null.raw_memory), MEMORIES[allowed - 1])
    noise = fit.noise / np.interp(memory, MEMORIES, null.noise_ratio)
    since = np.array([len(record.years) - 1 - top for record, top in zip(records, tops, strict=True)])
    declining = np.clip(since, SHORTEST_DECLINE, length - broken_stick.SHORTEST_SIDE)
    critical = critical_value(null.fall[:allowed])
    nearest = np.searchsorted(MEMORIES, memory)
    alarm = (null.fall > critical).mean(axis=1)
    miss = np.full((len(records), len(DECLINES)), np.nan)
    # Sorted by what they share, so that it is computed once.
    for at in np.lexsort((declining, nearest)):
        shared = _declining_paths(length, int(nearest[at]), int(declining[at]))
        growth = max(float(fit.before[at]), 0.0)
        for place, decline in enumerate(DECLINES):
            if decline in wanted:
                miss[at, place] = shared.miss_rate(float(noise[at]), growth, decline, critical, null.raw_memory)
    parts = zip(records, tops, p_peaked, p_rising, noise, memory, alarm[nearest], miss, declining, strict=True)
    return [_told(record, top, *map(float, numbers), tuple(map(float, rates)), int(years))
            for record, top, *numbers, rates, years in parts]  # fmt: skip


def _told(
    record: Record, top: int, p_peaked: float, p_rising: float, noise: float, memory: float, alarm: float,
    miss: tuple[float, ...], declining: int,
) -> ObservedPeak:  # fmt: skip
    """Return the outcome for one series, with its wording."""
    status = _status(p_peaked, p_rising, len(record.years) - 1 - top, miss)
    year = int(record.years[top])
    return ObservedPeak(
        status=status,
        peak_year=year if status == "peaked" and top > 0 else None,
        p_peaked=p_peaked,
        p_rising=p_rising,
        noise=noise,
        memory=memory,
        false_alarm=alarm,
        miss=miss,
        years_declining=declining,
        detail=f"{_finding(status, p_peaked, p_rising, year, top == 0)}; noise {noise:.1%}, "
        f"autocorrelation {memory:.2f}{' or more' if memory == MEMORIES[-1] else ''}; a decline of 2 % a year "
        f"over {declining} years would be missed in {miss[DECLINES.index(PLATEAU_DECLINE)]:.0%} of such series",
    )


def untested(reason: str) -> ObservedPeak:
    """Return the outcome for a record that cannot be tested: status unknown, no numbers."""
    nothing = float("nan")
    return ObservedPeak("unknown", None, *[nothing] * 5, (nothing,) * len(DECLINES), 0, reason)


def _checked(years: ArrayLike, values: ArrayLike) -> tuple[NDArray[np.int_], Floats]:
    calendar, emissions = np.asarray(years, dtype=int), np.asarray(values, dtype=float)
    if calendar.shape != emissions.shape or calendar.ndim != 1 or not len(calendar):
        raise ValueError(f"years {calendar.shape} and values {emissions.shape}: expected one value a year")
    if (np.diff(calendar) != 1).any():
        raise ValueError("years are not consecutive: expected every year between the first and the last")
    if not (np.isfinite(emissions) & (emissions > 0)).all():
        raise ValueError("a value is not positive: the test works on logarithms of emissions")
    return calendar, emissions


@lru_cache(maxsize=256)
def _noise(length: int, nearest: int) -> Floats:
    rng = np.random.default_rng([_SEED, length, nearest])
    return broken_stick.ar1_paths(length, MEMORIES[nearest], MISS_PATHS, rng)


class _Quadratic(NamedTuple):
    """Sum of squares of ``noise + a * rising + b * falling`` under one projection a knot, by coefficients of a and b.

    Noise and crossed terms have shape ``(knot, path)``, those of the signal alone ``(knot, 1)``.
    """

    noise: Floats
    rising: Floats
    falling: Floats
    both: Floats
    rising_alone: Floats
    falling_alone: Floats

    def at(self, a: float, b: float) -> Floats:
        """Evaluate the sum of squares for one signal: (knot, path)."""
        squares = (2.0 * b) * self.falling
        squares += self.noise
        squares += a * a * self.rising_alone + 2.0 * a * b * self.both + b * b * self.falling_alone
        if a:
            squares += (2.0 * a) * self.rising
        return squares

    def chosen(self, a: float, b: float, knot: NDArray[np.intp], path: NDArray[np.intp]) -> Floats:
        """Evaluate the sum of squares for one signal at one knot a path: (path,)."""
        alone = (a * a * self.rising_alone + 2.0 * a * b * self.both + b * b * self.falling_alone)[knot, 0]
        crossed = 2.0 * a * self.rising[knot, path] + 2.0 * b * self.falling[knot, path]
        return self.noise[knot, path] + crossed + alone


def _quadratic(seen: Floats, noise: Floats, squares: Floats, signal: Floats) -> _Quadratic:
    """Build the coefficients from the projected signal, (knot, 2, year), and the squares of the noise alone."""
    alone, crossed = seen @ signal.T, seen @ noise.T
    parts = (alone[:, :1, 1], alone[:, :1, 0], alone[:, 1:, 1])
    return _Quadratic(squares, crossed[:, 0], crossed[:, 1], *parts)


class _DecliningPaths(NamedTuple):
    """Fits of broken sticks to simulated noise around a rise and a decline, as functions of their size.

    Paths are measured in units of the noise: ``noise + a * rising + b * falling`` with ``a`` and ``b`` the slopes of
    the logarithm over the noise.  Errors of fits are then quadratic in ``a`` and ``b``, slopes are linear: their
    coefficients are the same for every series of one length, autocorrelation and number of declining years.
    """

    total: _Quadratic
    errors: _Quadratic
    stopped: _Quadratic
    lagged: _Quadratic
    slope_after: tuple[Floats, Floats]  # of the noise (knot, path), of the signal (knot, 2)
    slope_rise: tuple[Floats, Floats]
    length: int

    def miss_rate(self, noise: float, growth: float, decline: float, critical: float, raw_by_memory: Floats) -> float:
        """Compute the share of simulated declining series that the test does not call peaked."""
        size = max(noise, 1e-9)
        a, b = growth / size, float(np.log1p(-decline)) / size
        total = self.total.at(a, b)[0]
        floor = np.maximum(broken_stick.ROUNDING * total, self.length * (broken_stick.ROUNDING / size) ** 2)
        errors = self.errors.at(a, b)
        best = errors.min(axis=0)
        knot = (errors == best).argmax(axis=0)  # half the time of argmin, which is slow along the first axis
        path = np.arange(len(knot))
        spread = np.maximum(best, floor)
        of_noise, of_signal = self.slope_after
        last_slope = of_noise[knot, path] + (of_signal @ (a, b))[knot]
        of_noise, of_signal = self.slope_rise
        does_rise = of_noise > -(of_signal @ (a, b))[:, None]
        never_falling = np.where(does_rise, self.stopped.at(a, b), total).min(axis=0)
        fall = np.maximum(np.minimum(never_falling, total) - spread, 0.0) / spread
        memory = unbiased_memory(self.lagged.chosen(a, b, knot, path) / spread, raw_by_memory)
        fall *= np.sqrt((1.0 - memory) / (1.0 + memory))
        return float(((last_slope >= 0) | (fall <= critical)).mean())


@lru_cache(maxsize=8)
def _of_noise(length: int, nearest: int) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Simulate noise; return it with, by knot, the residual squares of both shapes, lagged squares, and slopes."""
    noise, shapes = _noise(length, nearest), broken_stick.shapes_of(length)
    noise = noise - noise.mean(axis=1, keepdims=True)
    total = (noise**2).sum(axis=1)
    errors, stopped = (total - broken_stick.explained(noise, bases).T for bases in (shapes.broken, shapes.flat_after))
    lagged = np.empty_like(errors)
    for knot, basis in enumerate(shapes.broken):
        left = noise - (noise @ basis) @ basis.T
        lagged[knot] = (left[:, 1:] * left[:, :-1]).sum(axis=1)
    return noise, errors, stopped, lagged, shapes.slope_after @ noise.T, shapes.slope_rise @ noise.T


@lru_cache(maxsize=4)
def _declining_paths(length: int, nearest: int, declining: int) -> _DecliningPaths:
    noise, errors, stopped, lagged, slope_after, slope_rise = _of_noise(length, nearest)
    shapes = broken_stick.shapes_of(length)
    time = np.arange(length) - (length - 1.0 - declining)
    signal = np.stack([np.minimum(time, 0.0), np.maximum(time, 0.0)])
    signal -= signal.mean(axis=1, keepdims=True)

    def left(series: Floats, bases: Floats) -> Floats:
        return series - (series @ bases) @ bases.transpose(0, 2, 1)

    residual = left(signal, shapes.broken)
    beside = np.zeros_like(residual)
    beside[..., 1:] += residual[..., :-1] / 2.0
    beside[..., :-1] += residual[..., 1:] / 2.0
    return _DecliningPaths(
        total=_quadratic(signal[None], noise, (noise**2).sum(axis=1)[None], signal),
        errors=_quadratic(residual, noise, errors, signal),
        stopped=_quadratic(left(signal, shapes.flat_after), noise, stopped, signal),
        lagged=_quadratic(left(beside, shapes.broken), noise, lagged, signal),
        slope_after=(slope_after, shapes.slope_after @ signal.T),
        slope_rise=(slope_rise, shapes.slope_rise @ signal.T),
        length=length,
    )


def _status(p_peaked: float, p_rising: float, years_since: int, miss: tuple[float, ...]) -> str:
    if p_peaked <= LEVEL and years_since:
        return "peaked"
    if p_rising <= LEVEL:
        # ASSUME: a rise that has stayed below an older maximum for a generation says nothing of a peak to come.
        return "rising" if years_since < WINDOW else "unknown"
    return "plateau" if miss[DECLINES.index(PLATEAU_DECLINE)] <= PLATEAU_MISS else "unknown"


def _finding(status: str, p_peaked: float, p_rising: float, top_year: int, is_first: bool) -> str:
    since = f"{top_year} or earlier" if is_first else f"{top_year}"
    return {
        "peaked": f"the fall since the maximum of {since} exceeds the noise (p = {p_peaked:.3f})",
        "rising": f"still rising beyond the noise (p = {p_rising:.3f})",
        "plateau": f"neither fall nor rise beyond the noise (p = {p_peaked:.2f} and {p_rising:.2f})",
        "unknown": f"the record cannot tell (p of a fall {p_peaked:.2f}, of a rise {p_rising:.2f})",
    }[status]
