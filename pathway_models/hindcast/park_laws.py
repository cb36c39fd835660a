"""Growth laws for parks: the panels that teach them (``data/baseline.yml``), and why.

Parks are neither provinces nor countries.  Their laws are therefore taught by all panels at once: Chinese
provinces and cities for the noise of Chinese statistics and for one economy's boom and turn, countries since
1960 for the many ways such a boom has ended elsewhere.  A law taught by provinces alone would, before
2012, have known nothing but the boom (``docs/baseline.md``).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy
from scipy import special

from pathway_models.baseline.calibration import estimate, predictive
from pathway_models.baseline.laws.damped_trend import ASSUMED_PATH
from pathway_models.baseline.laws.register import USES, law_named
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast.driver_chain import DriverLaw, DriverWindows, driver_windows, fit_drivers, total_forecast
from pathway_models.intake.panels import Panel, read_panel
from pathway_models.kernels.growth import TrendParameters
from pathway_models.records.assumptions import Assumptions

#: Years of the training records, and the furthest year ahead that enters a fit: parks look 40 years ahead, and
#: laws fitted to 20 years have the right width at 40 where it can be checked (countries).
TAUGHT_RECORD, TAUGHT_HORIZON = 5, 20
#: Years ahead to which activity times intensity is made as wide as emissions.
COMPARED = 15
#: Weight of each panel in the law of emissions.
# ASSUME: cities count twice, because parks are closer to them in size and noise than to provinces.
PANEL_WEIGHTS = {"provinces": 1, "cities": 2, "countries": 1}
#: Column of activity, and the years for which it and emissions are of one vintage.
ACTIVITY = {"provinces": ("gdp_million_cny_2015", 2004, 2019), "countries": ("gdp_million_usd_2015", 1960, 2022)}
#: Carrier ratios whose logs train the drift of the mix.
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
    return [driver_windows(*activity_panel(name), TAUGHT_RECORD, TAUGHT_HORIZON) for name in ACTIVITY]


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
        "emissions": [
            subject.windows(TAUGHT_RECORD, TAUGHT_HORIZON, law.covariates) for subject in emission_subjects()
        ],
        "activity": [part.activity for part in driver_samples()],
        "intensity": [part.intensity for part in driver_samples()],
    }
    fits = {use: law_named(name, use, assumptions).fit(windows) for use, windows in samples.items()}
    # ASSUME: shares of carriers and population keep the shipped law under any other one: no panel of theirs is fitted.
    kept = {use: law_named(ASSUMED_PATH, use, assumptions) for use in USES if use not in fits}
    return replace(assumptions, law=name, fits=fits | kept)


def fit_emissions() -> TrendParameters:
    """Fit the law of total emissions, or of an energy index."""
    return estimate([subject.windows(TAUGHT_RECORD, TAUGHT_HORIZON) for subject in emission_subjects()])


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

    factor = float(scipy.optimize.brentq(narrowness, 1.0, 3.0, xtol=1e-3))
    return replace(law, intensity=widened(law.intensity, factor)), factor


def _width_ratio(part: DriverWindows, emissions: TrendParameters, drivers: DriverLaw) -> float:
    """Average over horizons the median log of direct over chained half-width of the 90 % band."""
    direct = predictive(part.total, emissions)[1] * special.stdtrit(emissions.tail, 0.95)
    chained = total_forecast(part, drivers)[1] * special.stdtrit(drivers.tail, 0.95)
    return float(np.median(np.log(direct / chained), axis=0)[:COMPARED].mean())


def widened(law: TrendParameters, factor: float) -> TrendParameters:
    """Multiply the yearly noise and the slope error of five-year records; their slope keeps its weight."""
    own = (TAUGHT_RECORD - 2) / (TAUGHT_RECORD - 2 + law.noise_weight)
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
    ratio = estimate(
        [Subject(panel, *pair).windows(TAUGHT_RECORD, TAUGHT_HORIZON) for panel in panels for pair in MIX_RATIOS]
    )
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
    windows = Subject(panel, column).windows(TAUGHT_RECORD, 1)
    error = (windows.change - predictive(windows, law)[0])[:, 0]
    common = np.array([error[windows.origin == year].mean() for year in np.unique(windows.origin)])
    return float(common.var() / error.var())
