"""Print the effect of setting one-off years aside on forecasts of countries; without random draws.

Run ``python benchmarks/one_off_years.py`` (seconds).  The table of ``docs/baseline.md``, section 8, comes from here.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathway_models.baseline.laws.damped_trend import DampedTrend
from pathway_models.baseline.windows import rolling_origins
from pathway_models.intake.assumptions import read_baselines
from pathway_models.intake.panels import Panel, read_panel
from pathway_models.kernels.growth import TrendParameters
from pathway_models.kernels.scores import crps_student_t, pit_student_t
from pathway_models.records.growth_laws import History, Windows

Floats = NDArray[np.float64]

#: Column of the panel and the law that forecasts it.
QUANTITIES = {"emissions_tco2": "emissions", "gdp_million_usd_2015": "activity"}
#: Years set aside, and the last years of the records.
CASES = {
    "2009, the last year": ((2009,), (2009,)),
    "2009, inside": ((2009,), (2010, 2011, 2012)),
    "2008 and 2009, inside": ((2008, 2009), (2010, 2011, 2012)),
    "2020, the last year": ((2020,), (2020,)),
    "2020, inside": ((2020,), (2021,)),
}
#: Ordinary years, called one-off for comparison.
ORDINARY = tuple(range(1995, 2008)) + tuple(range(2012, 2019))


@dataclass(frozen=True)
class OneOffScore:
    """Scores of one horizon; skill is 1 - CRPS set aside / CRPS as observed.

    Parameters
    ----------
    horizon, forecasts : int
    skill : float
        Above zero where setting aside helps.
    covered, covered_aside : float
        Share of outcomes in the 90 % band, as observed and set aside.
    bias, bias_aside : float
        Mean of outcome less centre, log.
    """

    horizon: int
    forecasts: int
    skill: float
    covered: float
    covered_aside: float
    bias: float
    bias_aside: float


def one_off_scores(
    panel: Panel,
    parameters: TrendParameters,
    one_off: Collection[int],
    origins: Collection[int],
    *,
    quantity: str = "emissions_tco2",
    horizons: Collection[int] = (1, 3, 5, 10),
) -> list[OneOffScore]:
    """Score the law on records of six years that end in some years, with years set aside and without.

    Parameters
    ----------
    panel : Panel
    parameters : TrendParameters
    one_off : collection of int
        Years set aside.
    origins : collection of int
        Last years of the records.
    quantity : str
        Column of the panel.
    horizons : collection of int
    """
    windows = rolling_origins(panel.logs(quantity), panel.years, 6, max(horizons))
    windows = windows.take(np.isin(windows.origin, list(origins)))
    plain = _forecast(windows, parameters, ())
    aside = _forecast(windows, parameters, one_off)
    found = []
    for horizon in horizons:
        outcome = windows.change[:, horizon - 1]
        known = np.isfinite(outcome)
        if known.any():
            pairs = [(centre[known, horizon - 1], scale[known, horizon - 1]) for centre, scale in (plain, aside)]
            found.append(_score(horizon, outcome[known], pairs, parameters.tail))
    return found


def _forecast(windows: Windows, parameters: TrendParameters, one_off: Collection[int]) -> tuple[Floats, Floats]:
    """Forecast centre and scale of the log change from the last year of each record: (window, horizon)."""
    steps = windows.change.shape[1]
    centre, scale = np.empty((2, len(windows), steps))
    for origin in np.unique(windows.origin):
        at = np.flatnonzero(windows.origin == origin)
        years = np.arange(origin - windows.record + 1, origin + 1)
        kept = ~np.isin(years, list(one_off))
        history = History(windows.log_history[at], windows.origin[at], kept)
        found = DampedTrend(parameters=parameters).forecast(history, steps)
        centre[at], scale[at] = found.centre, found.scale
    return centre, scale


def _score(horizon: int, outcome: Floats, pairs: list[tuple[Floats, Floats]], tail: float) -> OneOffScore:
    crps = [float(crps_student_t(outcome, centre, scale, tail).mean()) for centre, scale in pairs]
    pits = [pit_student_t(outcome, centre, scale, tail) for centre, scale in pairs]
    covered = [float((np.abs(pit - 0.5) < 0.45).mean()) for pit in pits]
    bias = [float((outcome - centre).mean()) for centre, _ in pairs]
    return OneOffScore(horizon, outcome.size, 1.0 - crps[1] / crps[0], *covered, *bias)


def main() -> None:
    """Compute and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="emissions only")
    quick = parser.parse_args().quick
    panel, laws = read_panel("countries"), read_baselines().trends
    for quantity, law in list(QUANTITIES.items())[: 1 if quick else None]:
        print(f"\n## countries, {quantity}, records of six years\n")
        for name, (one_off, origins) in CASES.items():
            show(name, one_off_scores(panel, laws[law], one_off, origins, quantity=quantity))
        for name, shift in (("an ordinary last year", 0), ("an ordinary year inside", 2)):
            parts = [one_off_scores(panel, laws[law], (year,), (year + shift,), quantity=quantity) for year in ORDINARY]
            show(name, [mean(list(scores)) for scores in zip(*parts, strict=False)])


def mean(scores: list[OneOffScore]) -> OneOffScore:
    """Average over years, weighted by their forecasts."""
    weights = [one.forecasts for one in scores]
    names = ("skill", "covered", "covered_aside", "bias", "bias_aside")
    values = (float(np.average([getattr(one, name) for one in scores], weights=weights)) for name in names)
    return OneOffScore(scores[0].horizon, sum(weights), *values)


def show(name: str, scores: list[OneOffScore]) -> None:
    """Print one case."""
    for one in scores:
        print(
            f"{name:24} h {one.horizon:2} n {one.forecasts:5}  skill {one.skill:+.3f}"
            f"  coverage {one.covered:.3f} -> {one.covered_aside:.3f}  bias {one.bias:+.3f} -> {one.bias_aside:+.3f}"
        )


if __name__ == "__main__":
    main()
