"""Growth laws for parks with their training panels (``data/baseline.yml``), and pools with benchmark forecasts.

Parks are neither provinces nor countries.  Their laws are therefore fitted to all panels at once: Chinese provinces and
cities for the noise of Chinese statistics and for one economy's boom and turn, countries since 1960 for the many ways
such a boom has ended elsewhere.  A law fitted to provinces alone would, before 2012, have seen only the boom
(``docs/baseline.md``).

Linear pools of the law and its benchmark forecasts have the weights with the best mean CRPS in training, one set a
horizon.  Two trainings:

``own``
    Law, rivals' errors and weights come from other regions of the same panel.
``others``
    A whole panel is held out; law, errors and weights come from the other panels.  This is the situation of a
    park, of which no panel is public.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from pathway_models.baseline.laws import benchmarks, damped_trend, register
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast import driver_chain, evaluation
from pathway_models.intake.panels import Panel, read_panel
from pathway_models.kernels import Floats, growth, scores, trends
from pathway_models.records import Assumptions, GrowthLaw, Windows

#: Years of the training records, and the furthest year ahead in a fit: parks are projected 40 years ahead, and
#: laws fitted to 20 years have the right width at 40 where it can be checked (countries).
TAUGHT_RECORD, TAUGHT_HORIZON = 5, 20
#: Longest horizon at which the width of activity times intensity is matched to that of emissions, years.
COMPARED = 15
#: Weight of each panel in the law of emissions.
# ASSUME: cities count twice, because parks are closer to them in size and noise than to provinces.
PANEL_WEIGHTS = {"provinces": 1, "cities": 2, "countries": 1}
#: Column of activity, and the years for which it and emissions are of one vintage.
ACTIVITY = {"provinces": ("gdp_million_cny_2015", 2004, 2019), "countries": ("gdp_million_usd_2015", 1960, 2022)}
#: Carrier ratios whose logs are the training data of the drift of the mix.
MIX_RATIOS = (("oil_tco2", "coal_tco2"), ("gas_tco2", "coal_tco2"), ("gas_tco2", "oil_tco2"))


def emission_subjects(without: str | None = None) -> list[Subject]:
    """List the emissions of every panel, repeated by its weight, less one occurrence of ``without``."""
    names = [name for name, times in PANEL_WEIGHTS.items() for _ in range(times)]
    if without is not None:
        names.remove(without)
    return [Subject(read_panel(name)) for name in names]


def activity_panel(name: str) -> tuple[Panel, str]:
    """Return a panel, cut to the years of usable activity, and the column of the activity."""
    column, first, last = ACTIVITY[name]
    return read_panel(name).between(first, last), column


def driver_samples() -> list[driver_chain.DriverWindows]:
    """Cut the records of activity and intensity of provinces and countries."""
    return [driver_chain.driver_windows(*activity_panel(name), TAUGHT_RECORD, TAUGHT_HORIZON) for name in ACTIVITY]


def with_law(assumptions: Assumptions, name: str) -> Assumptions:
    """Set another growth law for parks, and fit it to the training panels of parks where it has no parameters.

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
    law = register.law_named(name, assumptions=assumptions)
    if law.is_fitted:
        return replace(assumptions, law=name, fits={})
    samples = {
        "emissions": [
            subject.windows(TAUGHT_RECORD, TAUGHT_HORIZON, law.covariates) for subject in emission_subjects()
        ],
        "activity": [part.activity for part in driver_samples()],
        "intensity": [part.intensity for part in driver_samples()],
    }
    fits = {use: register.law_named(name, use, assumptions).fit(windows) for use, windows in samples.items()}
    # ASSUME: shares of carriers and population keep the shipped law under any other one: no panel of theirs is fitted.
    kept = {
        use: register.law_named(damped_trend.ASSUMED_PATH, use, assumptions) for use in register.USES if use not in fits
    }
    return replace(assumptions, law=name, fits=fits | kept)


def fit_emissions() -> growth.TrendParameters:
    """Fit the law of total emissions, or of an energy index."""
    return damped_trend.estimate([subject.windows(TAUGHT_RECORD, TAUGHT_HORIZON) for subject in emission_subjects()])


def fit_park_drivers(emissions: growth.TrendParameters) -> tuple[driver_chain.DriverLaw, float]:
    """Fit the laws of activity and intensity and their correlations, with the joint width of emissions.

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
    return match_width(driver_chain.fit_drivers(samples), emissions, samples)


def match_width(
    law: driver_chain.DriverLaw, emissions: growth.TrendParameters, samples: Sequence[driver_chain.DriverWindows]
) -> tuple[driver_chain.DriverLaw, float]:
    """Widen intensity until activity times intensity is as wide as the law of emissions.

    Cities are training data of emissions but have no GDP, so that drivers fitted to provinces and countries
    alone are too calm for parks.  The widths are compared in the median over the records that have both,
    and in the mean over horizons to `COMPARED` years.

    Parameters
    ----------
    law : DriverLaw
        As fitted.
    emissions : TrendParameters
        The law of emissions.
    samples : sequence of DriverWindows
        Panels of equal weight.

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


def _width_ratio(
    part: driver_chain.DriverWindows, emissions: growth.TrendParameters, drivers: driver_chain.DriverLaw
) -> float:
    """Average, over horizons, the median log ratio of direct to chained half-width of the 90 % band."""
    direct = damped_trend.predictive(part.total, emissions)[1] * scipy.special.stdtrit(emissions.tail, 0.95)
    chained = driver_chain.total_forecast(part, drivers)[1] * scipy.special.stdtrit(drivers.tail, 0.95)
    return float(np.median(np.log(direct / chained), axis=0)[:COMPARED].mean())


def widened(law: growth.TrendParameters, factor: float) -> growth.TrendParameters:
    """Multiply the yearly noise and the slope error of five-year records; the weight of their slope is unchanged."""
    own = (TAUGHT_RECORD - 2) / (TAUGHT_RECORD - 2 + law.noise_weight)
    # The noise of a record is the geometric mean of its own and the panel's: only the panel's is raised.
    raised = factor ** (1.0 / (1.0 - own))
    return replace(
        law,
        noise=law.noise * raised,
        slope_error_sd=law.slope_error_sd * raised,
        slope_noise=law.slope_noise * raised ** (2.0 * own),
    )


def fit_mix() -> growth.TrendParameters:
    """Fit the law of the log of one carrier's use.

    Ratios of two carriers are fitted.  Each carrier of a ratio moves by its own draw, so that a
    carrier's errors are those of the ratio over the square root of two.
    """
    panels = [read_panel("provinces"), read_panel("countries")]
    ratio = damped_trend.estimate(
        [Subject(panel, *pair).windows(TAUGHT_RECORD, TAUGHT_HORIZON) for panel in panels for pair in MIX_RATIOS]
    )
    share = 1.0 / np.sqrt(2.0)
    return replace(
        ratio,
        # ASSUME: no carrier gains for ever; the order of a pair in the ratio is arbitrary.
        prior_growth=0.0,
        prior_growth_sd=ratio.prior_growth_sd * share,
        slope_error_sd=ratio.slope_error_sd * share,
        noise=ratio.noise * share,
    )


def shared_variance(law: growth.TrendParameters) -> float:
    """Estimate the share of the variance of one-year activity errors that all provinces have in common."""
    panel, column = activity_panel("provinces")
    windows = Subject(panel, column).windows(TAUGHT_RECORD, 1)
    error = (windows.change - damped_trend.predictive(windows, law)[0])[:, 0]
    common = np.array([error[windows.origin == year].mean() for year in np.unique(windows.origin)])
    return float(common.var() / error.var())


#: Models of a pool, the law first; the last one is the pooled regression of the change on the slope of the record.
MODELS = ("law", *evaluation.RIVALS, "regression")
#: Most training windows of one horizon and panel for the weights; four weights need no more.
MOST_CASES = 1000
#: Inner folds of the training regions for the weights.
INNER = 3


@dataclass(frozen=True, eq=False)
class PooledForecasts:
    """Scores of the pool and of each of its models, forecast by forecast.

    Parameters
    ----------
    windows : Windows
    crps : (model + 1, window, horizon) float
        Of `MODELS` and, last, of the pool; NaN where the outcome is not known.
    pit : (2, window, horizon) float
        Of the law and of the pool.
    weights : (window, horizon, model) float
        Weights of the pool of each forecast.
    """

    windows: Windows
    crps: Floats
    pit: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class _TrainingPanel:
    """A training panel: its windows, the region of each, and the weight of the panel."""

    windows: Windows
    region: NDArray[np.int_]
    times: int = 1

    def take(self, kept: NDArray) -> "_TrainingPanel":
        """Select some of the windows."""
        return _TrainingPanel(self.windows.take(kept), self.region[kept], self.times)

    def known(self, at: int) -> Windows:
        """Select windows whose outcome at a horizon is known."""
        return self.windows.take(np.isfinite(self.windows.change[:, at]))


@dataclass(frozen=True, eq=False)
class _FittedRivals:
    """Quantiles of the rivals' errors, and the regression's two coefficients, for one horizon."""

    errors: dict[str, Floats]
    regression: Floats


def combine_own(cast: evaluation.Hindcast) -> PooledForecasts:
    """Pool hindcasts with regions held out; errors and weights come from the other regions of the panel."""
    parts, places = [], []
    for fit, law in enumerate(cast.laws):
        tested, others = np.flatnonzero(cast.fit == fit), np.flatnonzero(cast.fit != fit)
        training = _TrainingPanel(cast.windows.take(others), cast.fit[others])
        parts.append(_pool(cast.windows.take(tested), [training], law))
        places.append(tested)
    order = np.argsort(np.concatenate(places), kind="stable")
    joined = [np.concatenate([getattr(part, name) for part in parts], axis=axis)
              for name, axis in (("crps", 1), ("pit", 1), ("weights", 0))]  # fmt: skip
    return PooledForecasts(cast.windows, joined[0][:, order], joined[1][:, order], joined[2][order])


def combine_others(
    panel: str, record: int, horizon: int, law: GrowthLaw | str = damped_trend.FITTED_PRIOR
) -> PooledForecasts:
    """Pool forecasts of a shipped panel that was no training data of law, errors or weights.

    Parameters
    ----------
    panel : str
        The panel held out; the others have their weights in the law for parks.
    record, horizon : int
        Years.
    law : GrowthLaw or str
        The law, or the name it is registered by.
    """
    law, panels = register.law_named(law) if isinstance(law, str) else law, []
    for name, times in PANEL_WEIGHTS.items():
        if name != panel:
            shipped = read_panel(name)
            windows = Subject(shipped).windows(record, horizon, law.covariates)
            region = np.unique(np.array(shipped.groups), return_inverse=True)[1]
            panels.append(_TrainingPanel(windows, region[windows.entity], times))
    tested = Subject(read_panel(panel)).windows(record, horizon, law.covariates)
    return _pool(tested, panels, _fitted(law, panels))


def _fitted(law: GrowthLaw, panels: Sequence[_TrainingPanel]) -> GrowthLaw:
    return law.fit([panel.windows for panel in panels for _ in range(panel.times)])


def _pool(tested: Windows, panels: Sequence[_TrainingPanel], law: GrowthLaw) -> PooledForecasts:
    count, steps = tested.change.shape
    crps = np.full((len(MODELS) + 1, count, steps), np.nan)
    pit = np.full((2, count, steps), np.nan)
    weights = np.full((count, steps, len(MODELS)), np.nan)
    splits = [_split(panels, part) for part in range(INNER)]
    splits = [(inner, held, _fitted(law, inner)) for inner, held in splits]
    alone = np.eye(len(MODELS))
    for at in range(steps):
        known = np.flatnonzero(np.isfinite(tested.change[:, at]))
        shares = _weights(splits, at)
        if not known.size or shares is None:
            continue
        held = tested.take(known)
        members = _members(held, law, _trained(panels, at), at)
        terms = scores.pool_terms(held.change[:, at], members)
        crps[:, known, at] = [scores.pool_crps(w, terms) for w in (*alone, shares)]
        below = [scores.ensemble_pit(held.change[:, at], rival) for rival in members[1:]]
        own = law.forecast(held.history, steps).pit(held.change)[:, at]
        pit[:, known, at] = own, shares @ np.array([own, *below])
        weights[known, at] = shares
    return PooledForecasts(tested, crps, pit, weights)


def _split(panels: Sequence[_TrainingPanel], part: int) -> tuple[list[_TrainingPanel], list[_TrainingPanel]]:
    """Split the regions of every panel once more, so that no model is weighted on its own training data."""
    held = [panel.region % INNER == part for panel in panels]
    pairs = list(zip(panels, held, strict=True))
    return [panel.take(~kept) for panel, kept in pairs], [panel.take(kept) for panel, kept in pairs]


def _weights(
    splits: Sequence[tuple[Sequence[_TrainingPanel], Sequence[_TrainingPanel], GrowthLaw]], at: int
) -> Floats | None:
    """Find the best weights for a horizon over all inner splits; None where there are no data."""
    distance, spread, times = [], [], []
    for inner, held, law in splits:
        if not all(len(panel.known(at)) for panel in inner):
            return None
        trained = _trained(inner, at)
        for panel in held:
            cases = panel.known(at).sample(MOST_CASES, seed=at)
            if len(cases):
                terms = scores.pool_terms(cases.change[:, at], _members(cases, law, trained, at))
                distance.append(terms.distance.mean(axis=0))
                spread.append(terms.spread.mean(axis=0))
                times.append(panel.times)
    if not times:
        return None
    # Panels count by their weight and not by their size.
    mean = [np.average(np.array(parts), axis=0, weights=times)[None] for parts in (distance, spread)]
    return scores.best_weights(scores.PoolTerms(*mean))


def _trained(panels: Sequence[_TrainingPanel], at: int) -> _FittedRivals:
    """Fit the regression, and take the quantiles of each rival's errors; panels count by their weight."""
    parts = [(panel.known(at), panel.times) for panel in panels]
    designs = [_design(windows) for windows, _ in parts]
    outcomes = [windows.change[:, at] for windows, _ in parts]
    scale = [np.full(len(windows), np.sqrt(times / len(windows))) for windows, times in parts]
    weight = np.concatenate(scale)
    slope = np.linalg.lstsq(np.concatenate(designs) * weight[:, None], np.concatenate(outcomes) * weight, rcond=None)[0]
    wrong: dict[str, list[Floats]] = {name: [] for name in MODELS[1:]}
    for (windows, times), design, outcome in zip(parts, designs, outcomes, strict=True):
        points = {name: rule(windows.log_history, at + 1)[:, at] for name, rule in benchmarks.POINT_RULES.items()}
        for name, point in (points | {"regression": design @ slope}).items():
            wrong[name] += [np.quantile(outcome - point, benchmarks.ERROR_QUANTILES)] * times
    errors = {name: np.quantile(np.concatenate(found), benchmarks.ERROR_QUANTILES) for name, found in wrong.items()}
    return _FittedRivals(errors, slope)


def _design(windows: Windows) -> Floats:
    """Stack constant and straight slope of every record: (window, 2)."""
    return np.stack([np.ones(len(windows)), trends.straight_log_trend(windows.log_history, 1)[:, 0]], axis=1)


def _members(windows: Windows, law: GrowthLaw, trained: _FittedRivals, at: int) -> Floats:
    """Return the members of every model for one horizon: (model, window, member)."""
    own = law.forecast(windows.history, at + 1).quantiles(benchmarks.ERROR_QUANTILES)[:, at]
    points = [rule(windows.log_history, at + 1)[:, at] for rule in benchmarks.POINT_RULES.values()]
    points.append(_design(windows) @ trained.regression)
    rivals = [point[:, None] + trained.errors[name] for name, point in zip(MODELS[1:], points, strict=True)]
    return np.stack([own, *rivals])


def combination_table(found: PooledForecasts, panel: str, taught_by: str, horizons: Sequence[int]) -> pd.DataFrame:
    """Tabulate scores by horizon of the law alone and of the pool.

    Columns: ``taught_by``, ``panel``, ``record``, ``horizon``, ``forecasts``, ``origins``; ``coverage_90_law`` and
    ``coverage_90_pool``; ``crps_law``, ``crps_pool`` (log); skill of both against every rival (`MODELS`), as
    ``law_vs_<rival>`` and ``pool_vs_<rival>``; ``weight_<model>`` (mean over folds).
    """
    rows = []
    for horizon in horizons:
        at = horizon - 1
        known = np.isfinite(found.crps[0, :, at])
        if not known.any():
            continue
        score = dict(zip((*MODELS, "pool"), found.crps[:, known, at].mean(axis=1), strict=True))
        row = {
            "taught_by": taught_by,
            "panel": panel,
            "record": found.windows.record,
            "horizon": horizon,
            "forecasts": int(known.sum()),
            "origins": int(np.unique(found.windows.origin[known]).size),
            "coverage_90_law": float(scores.coverage(found.pit[0, :, at], 0.9)),
            "coverage_90_pool": float(scores.coverage(found.pit[1, :, at], 0.9)),
            "crps_law": score["law"],
            "crps_pool": score["pool"],
        }
        for rival in MODELS[1:]:
            row |= {f"{which}_vs_{rival}": 1.0 - score[which] / score[rival] for which in ("law", "pool")}
        mean = found.weights[known, at].mean(axis=0)
        rows.append(row | {f"weight_{name}": float(mean[place]) for place, name in enumerate(MODELS)})
    return pd.DataFrame(rows)
