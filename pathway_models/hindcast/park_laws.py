"""Growth laws for parks: the panels that teach them (``data/baseline.yml``), and why.

Parks are neither provinces nor countries.  Their laws are therefore taught by all panels at once: Chinese
provinces and cities for the noise of Chinese statistics and for one economy's boom and turn, countries since
1960 for the many ways such a boom has ended elsewhere.  A law taught by provinces alone would, before
2012, have known nothing but the boom (``docs/baseline.md``).  The effect of setting years aside is measured by scoring
one law on the same records, as they are and with years masked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from pathway_models.baseline.calibration import estimate, predictive
from pathway_models.baseline.laws.damped_trend import ASSUMED_PATH, DampedTrend
from pathway_models.baseline.laws.register import USES, law_named
from pathway_models.baseline.windows import Subject, rolling_origins
from pathway_models.hindcast.driver_chain import DriverLaw, DriverWindows, driver_windows, fit_drivers, total_forecast
from pathway_models.intake.panels import Panel, read_panel
from pathway_models.kernels.growth import TrendParameters
from pathway_models.kernels.scores import crps_student_t, pit_student_t
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.growth_laws import History, Windows

#: Years of the records that teach, and the furthest year ahead that enters a fit: parks look 40 years ahead, and
#: laws that learn to 20 years have the right width at 40 where it can be checked (countries).
RECORD, HORIZON = 5, 20
#: Years ahead to which activity times intensity is made as wide as emissions.
COMPARED = 15
#: Weight of each panel in the law of emissions.
# ASSUME: cities count twice, because parks are closer to them in size and noise than to provinces.
PANEL_WEIGHTS = {"provinces": 1, "cities": 2, "countries": 1}
#: Column of activity, and the years for which it and emissions are of one vintage.
ACTIVITY = {"provinces": ("gdp_million_cny_2015", 2004, 2019), "countries": ("gdp_million_usd_2015", 1960, 2022)}
#: Carrier ratios whose logs teach the drift of the mix.
MIX_RATIOS = (("oil_tco2", "coal_tco2"), ("gas_tco2", "coal_tco2"), ("gas_tco2", "oil_tco2"))


def emission_subjects(without: str | None = None) -> list[Subject]:
    """List the emissions of every panel, as often as it weighs, less one occurrence of ``without``."""
    names = [name for name, times in PANEL_WEIGHTS.items() for _ in range(times)]
    if without is not None:
        names.remove(without)
    return [Subject(read_panel(name)) for name in names]


def activity_panel(name: str) -> tuple[Panel, str]:
    """Return a panel in the years its activity may be used, and the column of the activity."""
    column, first, last = ACTIVITY[name]
    return read_panel(name).between(first, last), column


def driver_samples() -> list[DriverWindows]:
    """Cut the records of activity and intensity of provinces and countries."""
    return [driver_windows(*activity_panel(name), RECORD, HORIZON) for name in ACTIVITY]


def with_law(assumptions: Assumptions, name: str) -> Assumptions:
    """Name another growth law for parks, and fit it to the panels that teach the laws of parks where it must be.

    Parameters
    ----------
    assumptions : Assumptions
    name : str
        As registered (``baseline.laws``).

    Returns
    -------
    Assumptions
        A law without shipped parameters is fitted to emissions, activity and intensity.

    Raises
    ------
    PathwayError
        No law of that name is registered.
    """
    law = law_named(name, assumptions=assumptions)
    if law.is_fitted:
        return replace(assumptions, law=name, fits={})
    samples = {
        "emissions": [subject.windows(RECORD, HORIZON, law.beside) for subject in emission_subjects()],
        "activity": [part.activity for part in driver_samples()],
        "intensity": [part.intensity for part in driver_samples()],
    }
    fits = {use: law_named(name, use, assumptions).fit(windows) for use, windows in samples.items()}
    # ASSUME: shares of carriers and population keep the shipped law under any other one: no panel of theirs is fitted.
    kept = {use: law_named(ASSUMED_PATH, use, assumptions) for use in USES if use not in fits}
    return replace(assumptions, law=name, fits=fits | kept)


def fit_emissions() -> TrendParameters:
    """Fit the law of total emissions, or of an energy index."""
    return estimate([subject.windows(RECORD, HORIZON) for subject in emission_subjects()])


def fit_park_drivers(emissions: TrendParameters) -> tuple[DriverLaw, float]:
    """Fit the laws of activity and intensity and their correlations, as wide together as emissions.

    Parameters
    ----------
    emissions : TrendParameters
        The law of emissions.

    Returns
    -------
    law : DriverLaw
    widening : float
        Factor on the errors of intensity from five-year records; see `match_width`.
    """
    samples = driver_samples()
    return match_width(fit_drivers(samples), emissions, samples)


def match_width(
    law: DriverLaw, emissions: TrendParameters, samples: Sequence[DriverWindows]
) -> tuple[DriverLaw, float]:
    """Widen intensity until activity times intensity is as wide as the law of emissions.

    Cities teach the law of emissions but have no GDP, so that drivers learnt from provinces and countries
    alone are too calm for parks.  The widths are compared in the median over the records that have both,
    and in the mean over horizons to `COMPARED` years.

    Parameters
    ----------
    law : DriverLaw
        As fitted.
    emissions : TrendParameters
        The law of emissions.
    samples : sequence of DriverWindows
        Panels that weigh the same.

    Returns
    -------
    law : DriverLaw
    widening : float
        Factor on the errors of intensity from five-year records.
    """

    def narrowness(factor: float) -> float:
        wide = replace(law, intensity=widened(law.intensity, factor))
        return float(np.mean([_width_ratio(part, emissions, wide) for part in samples]))

    factor = float(optimize.brentq(narrowness, 1.0, 3.0, xtol=1e-3))
    return replace(law, intensity=widened(law.intensity, factor)), factor


def _width_ratio(part: DriverWindows, emissions: TrendParameters, drivers: DriverLaw) -> float:
    """Average over horizons the median log of direct over chained half-width of the 90 % band."""
    direct = predictive(part.total, emissions)[1] * special.stdtrit(emissions.tail, 0.95)
    chained = total_forecast(part, drivers)[1] * special.stdtrit(drivers.tail, 0.95)
    return float(np.median(np.log(direct / chained), axis=0)[:COMPARED].mean())


def widened(law: TrendParameters, factor: float) -> TrendParameters:
    """Multiply the yearly noise and the slope error of five-year records; their slope keeps its weight."""
    own = (RECORD - 2) / (RECORD - 2 + law.noise_weight)
    # The noise of a record is the geometric mean of its own and the panel's: only the panel's is raised.
    raised = factor ** (1.0 / (1.0 - own))
    return replace(
        law,
        noise=law.noise * raised,
        slope_error_sd=law.slope_error_sd * raised,
        slope_noise=law.slope_noise * raised ** (2.0 * own),
    )


def fit_mix() -> TrendParameters:
    """Fit the law of the log of one carrier's use.

    Ratios of two carriers are fitted.  Each carrier of a ratio moves by its own draw, so that a
    carrier's errors are those of the ratio over the square root of two.
    """
    panels = [read_panel("provinces"), read_panel("countries")]
    ratio = estimate([Subject(panel, *pair).windows(RECORD, HORIZON) for panel in panels for pair in MIX_RATIOS])
    share = 1.0 / np.sqrt(2.0)
    return replace(
        ratio,
        # ASSUME: no carrier gains for ever; which one of a pair comes first in the ratio is our choice.
        prior_growth=0.0,
        prior_growth_sd=ratio.prior_growth_sd * share,
        slope_error_sd=ratio.slope_error_sd * share,
        noise=ratio.noise * share,
    )


def shared_variance(law: TrendParameters) -> float:
    """Estimate the share of the variance of one-year activity errors that all provinces have in common."""
    panel, column = activity_panel("provinces")
    windows = Subject(panel, column).windows(RECORD, 1)
    error = (windows.change - predictive(windows, law)[0])[:, 0]
    common = np.array([error[windows.origin == year].mean() for year in np.unique(windows.origin)])
    return float(common.var() / error.var())


Floats = NDArray[np.float64]


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
    record: int = 6,
    horizons: Collection[int] = (1, 3, 5, 10),
) -> list[OneOffScore]:
    """Score the law on records that end in some years, with years set aside and without.

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
    record : int
        Years of a record, those set aside included.
    horizons : collection of int
    """
    windows = rolling_origins(panel.logs(quantity), panel.years, record, max(horizons))
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
