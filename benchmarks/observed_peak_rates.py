"""False alarms and misses of the observed-peak test, measured on simulated series; seeded.

Run ``python benchmarks/observed_peak_rates.py``; takes about half a minute.  The tables of
``docs/peak_rules.md`` come from here.  The simulated paths use other random numbers than the test's
own null distribution.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pathway_models.kernels.broken_stick import ar1_paths
from pathway_models.kernels.observed_peak import LEVEL, p_values
from pathway_models.kernels.published_rules import RULES

SEED = 20_240_515
LENGTHS = (10, 20, 30)
AUTOCORRELATIONS = (0.0, 0.3, 0.6)
NOISES = (0.02, 0.05, 0.08)
DECLINES = (0.01, 0.02, 0.03)
#: Growth a year before the peak of a declining series.
GROWTH = 0.03

Floats = NDArray[np.float64]


def level_series(length: int, autocorrelation: float, noise: float, count: int) -> Floats:
    """Simulate level emissions of 100 with AR(1) noise: (series, year)."""
    rng = np.random.default_rng([SEED, length, round(100 * autocorrelation)])
    return 100.0 * np.maximum(1.0 + noise * ar1_paths(length, autocorrelation, count, rng), 0.01)


def declining_series(length: int, autocorrelation: float, noise: float, decline: float, count: int) -> Floats:
    """Simulate emissions that rise until the middle of the record and then fall by ``decline`` a year."""
    time = np.arange(length) - (length - 1 - length // 2)
    signal = np.where(time < 0, (1.0 + GROWTH) ** time, (1.0 - decline) ** time)
    return signal * level_series(length, autocorrelation, noise, count)


def stalled_series(length: int, autocorrelation: float, noise: float, count: int) -> Floats:
    """Simulate emissions that rise by 6 % a year until the middle of the record and stay there."""
    time = np.minimum(np.arange(length) - (length - 1 - length // 2), 0)
    return 1.06**time * level_series(length, autocorrelation, noise, count)


def share_peaked(series: Floats) -> float:
    """Return the share of series that the observed-peak test calls peaked."""
    fall, _ = p_values(series)
    return float(((fall <= LEVEL) & (series.argmax(axis=1) < series.shape[1] - 1)).mean())


def share_peaked_by_rule(name: str, series: Floats) -> float:
    """Return the share of series that a rule of the register calls peaked."""
    years = np.arange(2000, 2000 + series.shape[1])
    return float(np.mean([RULES[name].apply(years, values).verdict == "peaked" for values in series]))


def false_alarm_rows(count: int, rule_count: int) -> list[list[str]]:
    """One row a length and autocorrelation: share of level series called peaked, by noise and rule."""
    rows = []
    for length in LENGTHS:
        for autocorrelation in AUTOCORRELATIONS:
            cells = [f"{length:>6}", f"{autocorrelation:>5.1f}"]
            for judge, number in ((share_peaked, count), (_by("c40"), rule_count), (_by("pathway"), rule_count)):
                for noise in NOISES:
                    rate = judge(level_series(length, autocorrelation, noise, number))
                    cells.append(f"{rate:>6.1%}")
            rows.append(cells)
    return rows


def _by(name: str) -> Callable[[Floats], float]:
    return lambda series: share_peaked_by_rule(name, series)


def miss_rows(count: int) -> list[list[str]]:
    """One row a length and autocorrelation: share of declining series not called peaked."""
    rows = []
    for length in LENGTHS:
        for autocorrelation in AUTOCORRELATIONS:
            cells = [f"{length:>6}", f"{autocorrelation:>5.1f}"]
            for noise in NOISES:
                for decline in DECLINES:
                    series = declining_series(length, autocorrelation, noise, decline, count)
                    cells.append(f"{1.0 - share_peaked(series):>5.0%}")
            rows.append(cells)
    return rows


def beyond_rows(count: int) -> list[list[str]]:
    """Return false alarms where the assumptions do not hold: stronger autocorrelation, a rise that stalled."""
    rows = []
    for length in LENGTHS:
        stronger = [share_peaked(level_series(length, value, 0.05, count)) for value in (0.8, 0.9)]
        stalled = [share_peaked(stalled_series(length, value, 0.05, count)) for value in AUTOCORRELATIONS]
        rows.append([f"{length:>6}", *(f"{rate:>6.1%}" for rate in stronger + stalled)])
    return rows


def main() -> None:
    """Print the three tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=10_000, help="series a cell (rules: a fifth)")
    count = options.parse_args().count
    percent = "".join(f"{noise:>8.0%}" for noise in NOISES)
    print(f"seed {SEED}, {count} series a cell (rules: {count // 5})\n")
    print('Level series called "peaked", by noise')
    print(f"  years  AR(1)  {'observed-peak test':<24}{'C40 rule':<24}{'our descriptive rule':<24}")
    print(f"               {percent}{percent}{percent}")
    _show(false_alarm_rows(count, count // 5))
    print("\nDeclining series missed (peak in the middle), by noise and decline a year")
    print("               " + "".join(f"noise {noise:<15.0%}" for noise in NOISES))
    print("  years  AR(1)" + "".join(f"{decline:>7.0%}" for decline in DECLINES) * len(NOISES))
    _show(miss_rows(count))
    print('\nCalled "peaked" outside the assumptions, 5 % noise')
    print("  years   AR .8   AR .9   stalled rise, AR 0 / .3 / .6")
    _show(beyond_rows(count))


def _show(rows: list[list[str]]) -> None:
    for cells in rows:
        print("  ".join(cells))


if __name__ == "__main__":
    main()
