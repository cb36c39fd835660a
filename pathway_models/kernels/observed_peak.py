"""Has an observed series peaked?  A test whose false-alarm rate is known at the series' own noise.

Null hypothesis: a level (or rising, then level) path with AR(1) noise.  The maximum and the knot are
found by looking, so every simulated path is searched in the same way.  Method, sources and
measured rates: ``docs/peak_rules.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels.tents import SHORTEST_SIDE, Tents, ar1_paths, fit_tents

OBSERVED_STATUS = ("peaked", "plateau", "rising", "unknown")
# ASSUME: below eight consecutive years a tent and an autocorrelation cannot both be estimated.
SHORTEST_RECORD = 8
#: False-alarm rate that the test is built to keep.
LEVEL = 0.05
# ASSUME: lag-1 autocorrelation of yearly emissions noise lies between 0 and 0.65; critical values hold
# for every one of these, the last a little above the promised 0.6 so that simulation error is covered.
MEMORIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65)
NULL_PATHS = 8_000
MISS_PATHS = 1_000
#: Declines a year for which the miss rate is stated.
DECLINES = (0.01, 0.02, 0.03)
# ASSUME: a level series is called a plateau only when a decline of 2 % a year would more likely have been
# seen than missed; otherwise the record cannot tell, and the status is unknown.
PLATEAU_DECLINE, PLATEAU_MISS = 0.02, 0.5
# ASSUME: miss rates suppose at least five years of decline, the shortest any published rule calls a peak.
SHORTEST_DECLINE = 5
_SEED_NULL, _SEED_MISS = 20_240_401, 20_240_402

Floats = NDArray[np.float64]


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


class _Null(NamedTuple):
    """What level series of one length look like, by autocorrelation."""

    raw_memory: Floats  # (memory,) median raw autocorrelation
    noise_ratio: Floats  # (memory,) median estimated noise per unit of true noise
    fall: Floats  # (memory, path) sorted adjusted statistics
    rise: Floats  # (memory, path)


@lru_cache(maxsize=128)
def _null(length: int, paths: int = NULL_PATHS) -> _Null:
    """Simulate level series of one length once; every series of that length shares them."""
    rng = np.random.default_rng([_SEED_NULL, length])
    fits = [fit_tents(ar1_paths(length, memory, paths, rng)) for memory in MEMORIES]
    raw = np.array([np.median(fit.memory) for fit in fits])
    fall, rise = zip(*(_adjusted(fit, raw) for fit in fits), strict=True)
    ratio = np.array([np.median(fit.noise) for fit in fits])
    return _Null(raw, ratio, np.sort(fall, axis=1), np.sort(rise, axis=1))


def _unbiased_memory(raw: ArrayLike, raw_by_memory: Floats) -> Floats:
    """Autocorrelation whose median raw estimate is the one found (Andrews 1993, by simulation)."""
    return np.interp(raw, raw_by_memory, MEMORIES)


def _adjusted(fit: Tents, raw_by_memory: Floats) -> tuple[Floats, Floats]:
    """Deflate the statistics by what autocorrelation adds to the error of a slope, so that one bound serves all."""
    memory = _unbiased_memory(fit.memory, raw_by_memory)
    deflation = np.sqrt((1.0 - memory) / (1.0 + memory))
    return fit.fall * deflation, fit.rise * deflation


def _p_value(statistic: float, null: Floats) -> float:
    """Largest share, over autocorrelations, of level series with at least this statistic."""
    paths = null.shape[1]
    above = paths - np.array([np.searchsorted(row, statistic, side="left") for row in null])
    return float((above.max() + 1) / (paths + 1))


def _critical(null: Floats) -> float:
    """Smallest statistic whose p-value is at most :data:`LEVEL`."""
    paths = null.shape[1]
    rank = paths - int(np.floor(LEVEL * (paths + 1) - 1))
    return float(np.nextafter(null[:, rank - 1].max(), np.inf))


def observed_peak(
    years: ArrayLike, values: ArrayLike, autocorrelation: float | None = None
) -> ObservedPeak:
    """Test whether an observed series has peaked, still rises, or is level within its noise.

    Parameters
    ----------
    years : array_like of int, shape (year,)
        Consecutive calendar years.
    values : array_like, shape (year,)
        Positive emissions in any unit.
    autocorrelation : float, optional
        Largest lag-1 autocorrelation to allow for, when it is known better than this record tells
        (from a panel of similar parks); up to 0.65, the default.  Smaller values give more power.

    Returns
    -------
    ObservedPeak

    Raises
    ------
    ValueError
        When years are not consecutive, a value is not positive, or ``autocorrelation`` is outside 0-0.65.
    """
    calendar, emissions = _checked(years, values)
    allowed = _allowed(autocorrelation)
    if len(calendar) < SHORTEST_RECORD:
        nothing = float("nan")
        short = f"{len(calendar)} years; the test needs at least {SHORTEST_RECORD}"
        return ObservedPeak(
            "unknown", None, nothing, nothing, nothing, nothing, nothing, (nothing,) * len(DECLINES), 0, short
        )
    fit = fit_tents(np.log(emissions)[None, :])
    null = _null(len(calendar))
    memory = min(float(_unbiased_memory(fit.memory[0], null.raw_memory)), MEMORIES[allowed - 1])
    noise = float(fit.noise[0] / np.interp(memory, MEMORIES, null.noise_ratio))
    fall, rise = (float(statistic[0]) for statistic in _adjusted(fit, null.raw_memory))
    p_peaked, p_rising = _p_value(fall, null.fall[:allowed]), _p_value(rise, null.rise[:allowed])

    top = int(emissions.argmax())
    declining = int(np.clip(len(calendar) - 1 - top, SHORTEST_DECLINE, len(calendar) - SHORTEST_SIDE))
    critical = _critical(null.fall[:allowed])
    nearest = int(np.searchsorted(MEMORIES, memory))
    false_alarm = float((null.fall[nearest] >= critical).mean())
    growth = max(float(fit.before[0]), 0.0)
    miss = tuple(
        _miss_rate(len(calendar), nearest, noise, growth, decline, declining, critical) for decline in DECLINES
    )
    status = _status(p_peaked, p_rising, top < len(calendar) - 1, miss)
    peak_year = int(calendar[top]) if status == "peaked" and top > 0 else None
    detail = _detail(status, p_peaked, p_rising, noise, memory, miss, declining, int(calendar[top]))
    return ObservedPeak(
        status, peak_year, p_peaked, p_rising, noise, memory, false_alarm, miss, declining, detail
    )


def _checked(years: ArrayLike, values: ArrayLike) -> tuple[NDArray[np.int_], Floats]:
    calendar, emissions = np.asarray(years, dtype=int), np.asarray(values, dtype=float)
    if calendar.shape != emissions.shape or calendar.ndim != 1 or not len(calendar):
        raise ValueError(f"years {calendar.shape} and values {emissions.shape}: expected one value a year")
    if (np.diff(calendar) != 1).any():
        raise ValueError("years are not consecutive: expected every year between the first and the last")
    if not (np.isfinite(emissions) & (emissions > 0)).all():
        raise ValueError("a value is not positive: the test works on logarithms of emissions")
    return calendar, emissions


def _allowed(autocorrelation: float | None) -> int:
    """Number of leading entries of MEMORIES that must be guarded against."""
    if autocorrelation is None:
        return len(MEMORIES)
    if not 0 <= autocorrelation <= MEMORIES[-1]:
        raise ValueError(f"autocorrelation = {autocorrelation!r}: expected 0 to {MEMORIES[-1]}")
    return int(np.searchsorted(MEMORIES, autocorrelation)) + 1


@lru_cache(maxsize=256)
def _noise(length: int, nearest: int) -> Floats:
    rng = np.random.default_rng([_SEED_MISS, length, nearest])
    return ar1_paths(length, MEMORIES[nearest], MISS_PATHS, rng)


def _miss_rate(
    length: int, nearest: int, noise: float, growth: float, decline: float, declining: int, critical: float
) -> float:
    """Share of simulated declining series that the test does not call peaked."""
    time = np.arange(length) - (length - 1 - declining)
    signal = np.where(time < 0, growth * time, np.log1p(-decline) * time)
    paths = signal + max(noise, 1e-9) * _noise(length, nearest)
    fall, _ = _adjusted(fit_tents(paths), _null(length).raw_memory)
    return float((fall < critical).mean())


def _status(p_peaked: float, p_rising: float, has_later_year: bool, miss: tuple[float, ...]) -> str:
    if p_peaked <= LEVEL and has_later_year:
        return "peaked"
    if p_rising <= LEVEL:
        return "rising"
    return "plateau" if miss[DECLINES.index(PLATEAU_DECLINE)] <= PLATEAU_MISS else "unknown"


def _detail(
    status: str,
    p_peaked: float,
    p_rising: float,
    noise: float,
    memory: float,
    miss: tuple[float, ...],
    declining: int,
    top_year: int,
) -> str:
    found = {
        "peaked": f"decline since the maximum of {top_year} exceeds the noise (p = {p_peaked:.3f})",
        "rising": f"still rising beyond the noise (p = {p_rising:.3f})",
        "plateau": f"neither fall nor rise beyond the noise (p = {p_peaked:.2f} and {p_rising:.2f})",
        "unknown": f"the record cannot tell (p of a fall {p_peaked:.2f}, of a rise {p_rising:.2f})",
    }[status]
    return (
        f"{found}; noise {noise:.1%}, autocorrelation {memory:.2f}; a decline of 2 % a year over "
        f"{declining} years would be missed in {miss[1]:.0%} of such series"
    )
