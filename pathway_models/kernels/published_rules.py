"""The register of peak rules: every published rule by the name of its paper, and our own two.

``RULES[name].apply(years, values, as_of=...)`` judges one series; :func:`pathway_models.peaks.judging.judge`
judges many.  Equations and ranges of validity: ``docs/peak_rules.md``, which a test compares with this register.

Also here: the structural-peak bootstrap, which tests a run of declines against a level trend with historical noise.

After Grant and Fyson (working repository nezzag/peaking_test, 2026, not peer reviewed; facts and method restated, none
of its code).  Three of its four ways to split history into trend and noise are here; the fourth, a smoothing spline,
does not converge on its own data.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from pathway_models.kernels import Floats, peak_rules
from pathway_models.kernels.observed_peak import VERDICTS, Record, RuleResult

__all__ = ["COMPANIONS", "RULES", "VERDICTS", "Rule", "RuleResult"]

#: Companion series that some rules use, on the years of the emissions.
COMPANIONS = ("population", "gdp", "consumption", "ghg")


@dataclass(frozen=True)
class Rule:
    """A peak rule with its source.

    Parameters
    ----------
    apply : callable
        ``apply(years, values, *, as_of=None, ...) -> RuleResult``.
    citation : str
        Publication of the rule.
    doi : str
        Digital object identifier; empty when there is none or it is not known.
    doi_confidence : {"seen", "background", ""}
        Whether the DOI was seen with the title, or comes from background knowledge.
    confidence : {"verbatim", "verbatim abstract", "background", "part", "own"}
        Whether the wording of the rule was seen (code, text, abstract only), is background knowledge,
        is partly either, or is this project's.
    companions : tuple of str
        Names among :data:`COMPANIONS` that the rule accepts as keyword arguments.
    apply_to_all : callable, optional
        ``apply_to_all(records) -> list of RuleResult``: the same for many series, faster than one by one.
    """

    apply: Callable[..., RuleResult]
    citation: str
    doi: str
    doi_confidence: str
    confidence: str
    companions: tuple[str, ...] = ()
    apply_to_all: Callable[[Sequence[Record]], list[RuleResult]] | None = None


RULES: dict[str, Rule] = {
    "pathway": Rule(peak_rules.pathway, "This project, docs/peak_rules.md", "", "", "own"),
    "observed_peak_test": Rule(
        peak_rules.observed_peak_test,
        "This project, docs/peak_rules.md",
        "",
        "",
        "own",
        apply_to_all=peak_rules.observed_peak_tests,
    ),
    "bersalli2023": Rule(
        peak_rules.bersalli2023,
        "Bersalli, Tröndle and Lilliestam (2023), Communications Earth & Environment 4, 44",
        "10.1038/s43247-023-00687-8",
        "seen",
        "verbatim",
    ),
    "lamb2022": Rule(
        peak_rules.lamb2022,
        "Lamb et al. (2022), Climate Policy 22(1); algorithm as published with UNEP Gap Report 2023, chapter 2",
        "10.1080/14693062.2021.1990831",
        "background",
        "verbatim",
        ("ghg", "population"),
    ),
    "c40": Rule(peak_rules.c40, "C40 cities, repository ojwills/City-Emissions-Peaking-Analysis", "", "", "verbatim"),
    "lequere2019": Rule(
        peak_rules.lequere2019,
        "Le Quéré et al. (2019), Nature Climate Change 9, 213-217",
        "10.1038/s41558-019-0419-7",
        "seen",
        "part",
        ("consumption",),
    ),
    "hausfather2021": Rule(
        peak_rules.hausfather2021,
        "Hausfather (2021), Absolute decoupling of economic growth and emissions in 32 countries, "
        "Breakthrough Institute",
        "",
        "",
        "verbatim",
        ("consumption", "gdp", "population"),
    ),
    "wri2017": Rule(peak_rules.wri2017, "World Resources Institute (2017), Turning Points", "", "", "background"),
    "unep_g20": Rule(peak_rules.unep_g20, "UNEP, Emissions Gap Report, peaking of G20 members", "", "", "background"),
    "zhang2022": Rule(
        peak_rules.zhang2022,
        "张楠 et al. (2022), 中国环境科学 42(4), 1912-1921",
        "",
        "",
        "verbatim abstract",
    ),
    "jiang2021": Rule(
        peak_rules.jiang2021,
        "蒋含颖 et al. (2021), 气候变化研究进展 17(2), 131-139",
        "10.12006/j.issn.1673-1719.2020.223",
        "seen",
        "verbatim abstract",
    ),
    "shan2022": Rule(
        peak_rules.shan2022,
        "Shan et al. (2022), Science Bulletin 67(18), 1910-1920",
        "10.1016/j.scib.2022.08.024",
        "seen",
        "verbatim abstract",
        ("gdp", "population"),
    ),
    "moving_window_mk": Rule(
        peak_rules.moving_window_mk,
        "Near-real-time provincial CO2 emissions of China, 2000-2024 (abstract, authors and journal not seen)",
        "",
        "",
        "verbatim abstract",
    ),
    "city_peak_definition": Rule(
        peak_rules.city_peak_definition, "Definition of a city's peak in use in China", "", "", "verbatim"
    ),
    "guan2018": Rule(
        peak_rules.guan2018,
        "Guan et al. (2018), Nature Geoscience 11, 551-555",
        "10.1038/s41561-018-0161-1",
        "background",
        "verbatim abstract",
        apply_to_all=peak_rules.guan2018_of_all,
    ),
}


TREND_METHODS = ("regression", "hamilton", "piecewise")
#: p-value of the Ljung-Box test below which noise is simulated as AR(1).
AUTOCORRELATION_LEVEL = 0.10
#: Years that the Hamilton-like regression leaves out at the start: four lags and a horizon of four.
HAMILTON_LAGS, HAMILTON_START = 4, 8
#: Shortest mean length of a straight piece, years.
SHORTEST_PIECE = 5


@dataclass(frozen=True)
class HistoricalNoise:
    """Noise around the trend of an emissions history.

    Parameters
    ----------
    memory : float
        AR(1) coefficient, 0 when the residuals show no significant autocorrelation.
    degrees : float
        Degrees of freedom of the Student t fitted to the innovations.
    scale : float
        Factor of the t draws: standard deviation of the innovations (AR) or of the residuals.
    start : float
        Factor of the first draw: mean absolute residual (AR) or ``scale``.
    """

    memory: float
    degrees: float
    scale: float
    start: float


def slope_p(paths: Floats, test_values: ArrayLike) -> float:
    """Compute the share of level paths whose slope is at or below that of the test values.

    Parameters
    ----------
    paths : (draw, test year)
        From `noise_paths`; the Monte-Carlo standard error is ``sqrt(p (1 - p) / draws)``.
    test_values : array_like, shape (test year,)
        Emissions of the years after history, same unit; at least two.
    """
    tested = np.asarray(test_values, dtype=float)
    time = np.arange(len(tested)) - (len(tested) - 1) / 2
    return float((paths @ time <= tested @ time).mean())


def trend_residuals(years: ArrayLike, history: ArrayLike, method: str) -> Floats:
    """Compute the deviations of a history from its trend.

    ``regression``: on the year and last year's value.  ``hamilton``: on the last four values without
    a constant, from the ninth year (an AR(4); Hamilton's filter looks h steps ahead).  ``piecewise``:
    continuous straight pieces, breaks added while both AIC and BIC fall.

    Raises
    ------
    ValueError
        When the method is not one of :data:`TREND_METHODS` or history is shorter than 15 years.
    """
    calendar, values = np.asarray(years, dtype=float), np.asarray(history, dtype=float)
    if method not in TREND_METHODS:
        raise ValueError(f"method = {method!r}: expected one of {', '.join(TREND_METHODS)}")
    if len(values) < 15:
        raise ValueError(f"history of {len(values)} years: expected at least 15 to separate trend and noise")
    if method == "regression":
        design = np.column_stack([np.ones(len(values) - 1), calendar[1:] - calendar[0], values[:-1]])
        return _residuals(design, values[1:])
    if method == "hamilton":
        lags = range(1, HAMILTON_LAGS + 1)
        design = np.column_stack([values[HAMILTON_START - lag : len(values) - lag] for lag in lags])
        return _residuals(design, values[HAMILTON_START:])
    return _piecewise_residuals(calendar, values)


def _residuals(design: Floats, target: Floats) -> Floats:
    return target - design @ np.linalg.lstsq(design, target, rcond=None)[0]


def _pieces(calendar: Floats, breaks: ArrayLike) -> Floats:
    time = calendar - calendar[0]
    hinges = np.maximum(calendar[:, None] - np.sort(np.asarray(breaks, dtype=float)), 0.0)
    return np.column_stack([np.ones(len(calendar)), time, hinges])


def _piecewise_residuals(calendar: Floats, values: Floats) -> Floats:
    count = len(values)
    breaks: list[float] = []
    best = _residuals(_pieces(calendar, breaks), values)
    scores = _information(best, parameters=2)
    while len(breaks) + 1 < count / SHORTEST_PIECE:
        tried = _one_break_more(calendar, values, breaks)
        residuals = _residuals(_pieces(calendar, tried), values)
        new_scores = _information(residuals, parameters=2 + 2 * len(tried))
        if not all(new < old for new, old in zip(new_scores, scores, strict=True)):
            break
        breaks, best, scores = tried, residuals, new_scores
    return best


def _one_break_more(calendar: Floats, values: Floats, breaks: list[float]) -> list[float]:
    """Place one break more than before, in real years, where the squared error is least."""

    def squared_error(where: ArrayLike) -> float:
        inside = np.clip(where, calendar[1], calendar[-2])
        return float((_residuals(_pieces(calendar, inside), values) ** 2).sum())

    number = len(breaks) + 1
    span = calendar[-1] - calendar[0]
    even = calendar[0] + span * np.arange(1, number + 1) / (number + 1)
    added = min(calendar[2:-2], key=lambda year: squared_error([*breaks, year]))
    # Two starting points, since the error has several minima: evenly spaced, and the old breaks plus one.
    found = [
        scipy.optimize.minimize(squared_error, start, method="Nelder-Mead", options={"maxiter": 2_000})
        for start in (even, np.sort([*breaks, added]))
    ]
    best = min(found, key=lambda result: result.fun)
    return sorted(float(year) for year in np.clip(best.x, calendar[1], calendar[-2]))


def _information(residuals: Floats, parameters: int) -> tuple[float, float]:
    """Compute Akaike's and Schwarz's criteria, up to a constant."""
    count = len(residuals)
    fit = count * np.log(np.mean(residuals**2))
    return fit + 2 * parameters, fit + parameters * np.log(count)


def historical_noise(residuals: Floats) -> HistoricalNoise:
    """Describe residuals by Student t innovations, autocorrelated when a Ljung-Box test at lag 1 says so."""
    centred = residuals - residuals.mean()
    count = len(residuals)
    correlation = (centred[1:] @ centred[:-1]) / (centred @ centred)
    ljung_box = count * (count + 2) * correlation**2 / (count - 1)
    lagged = np.column_stack([np.ones(count - 1), residuals[:-1]])
    intercept, memory = np.linalg.lstsq(lagged, residuals[1:], rcond=None)[0]
    innovations = residuals[1:] - intercept - memory * residuals[:-1]
    degrees = float(scipy.stats.t.fit(innovations)[0])
    if scipy.special.chdtrc(1, ljung_box) < AUTOCORRELATION_LEVEL:
        start = float(np.abs(residuals).mean())
        return HistoricalNoise(float(memory), degrees, float(innovations.std()), start)
    scale = float(residuals.std())
    return HistoricalNoise(0.0, degrees, scale, scale)


def noise_paths(noise: HistoricalNoise, length: int, draws: int, rng: np.random.Generator) -> Floats:
    """Simulate noise around a level: (draw, year)."""
    paths = rng.standard_t(noise.degrees, size=(draws, length))
    paths[:, 0] *= noise.start
    for year in range(1, length):
        paths[:, year] = noise.memory * paths[:, year - 1] + noise.scale * paths[:, year]
    return paths
