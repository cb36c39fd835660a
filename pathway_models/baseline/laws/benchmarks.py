"""Benchmark forecasts as laws: a simple point rule with the errors it made on the panel it was fitted to.

The law `Raftery` is the core of Raftery et al. (2017): emissions are population times GDP per head times CO2 per GDP.
Population grows on as in the record; emissions per head change as those of countries of the same income did, that is,
growth that fades with income less the common fall of intensity; the errors are those made on the panel.  Left out of
the original: its population projections, the hierarchy of country parameters, and the date at which a country's
intensity peaks.

Raftery, Zimmer, Frierson, Startz and Liu (2017), Nature Climate Change 7, 637-641, doi 10.1038/nclimate3352; cited from
background knowledge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pathway_models.baseline.laws.levels import GDP, POPULATION, growth_of, last_of
from pathway_models.baseline.laws.register import MemberForecast, register
from pathway_models.kernels import Floats, trends
from pathway_models.kernels.growth import bridge_gaps
from pathway_models.records import Assumptions, History, Windows, growth_laws

Rule = Callable[[ArrayLike, int], Floats]

#: Probabilities of the quantiles of errors that are kept.
ERROR_QUANTILES = (np.arange(100) + 0.5) / 100.0
#: Point forecasts by name, none of which needs a fit of its own.
POINT_RULES: dict[str, Rule] = {
    "persistence": trends.persistence,
    "log_trend": trends.straight_log_trend,
    "damped_holt": trends.damped_holt,
}


@dataclass(frozen=True)
class PointLaw:
    """A point rule with the quantiles of its own errors on a panel, bias included.

    Parameters
    ----------
    name : str
    rule : callable
        Logs (..., record) and steps to log changes (..., step).
    errors : (horizon, member) float, optional
        Quantiles of the errors by horizon, NaN where none is known; None before a fit.
    """

    name: str
    rule: Rule
    errors: Floats | None = None

    covariates: ClassVar[tuple[str, ...]] = ()
    streams: ClassVar[tuple[growth_laws.Stream, ...]] = ()

    @property
    def is_fitted(self) -> bool:
        """True once it has errors."""
        return self.errors is not None

    def points(self, log_history: Floats, steps: int) -> Floats:
        """Compute the point forecasts: (..., step)."""
        return self.rule(log_history, steps)

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit the quantiles of the errors; sets of windows have equal weight, whatever their size."""
        del start
        wrong = [windows.change - self.points(windows.log_history, windows.change.shape[1]) for windows in samples]
        return replace(self, errors=errors_of(wrong))

    def forecast(self, history: History, steps: int) -> MemberForecast:
        """Forecast points with the members of their errors: (window, horizon)."""
        centre = self.points(_kept(history), steps)
        return MemberForecast(centre, self.reaching(steps)[None], np.zeros(len(centre), dtype=int))

    def simulate(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        """Draw paths: (..., member, step).

        ASSUME: ranks of the errors move over horizons like a Brownian motion.
        """
        ranks = special.ndtr(np.cumsum(normals.yearly("shock"), axis=-1) / np.sqrt(np.arange(1.0, steps + 1.0)))
        errors, path = self.reaching(steps, within=True), np.empty(ranks.shape)
        for at in range(steps):
            path[..., at] = np.interp(ranks[..., at], ERROR_QUANTILES, errors[at])
        return path + self.points(_kept(history), steps)[..., None, :]

    def reaching(self, steps: int, *, within: bool = False) -> Floats:
        """Compute the quantiles of the errors to a horizon: (step, member).

        ASSUME: beyond the last horizon known in the panel, errors grow with the square root of the years.  Unknown
        horizons of the fit stay NaN, and so unscored, unless they are filled too (``within``).
        """
        known = int(np.isfinite(self.errors).all(axis=-1).sum())
        if not known or steps <= (known if within else len(self.errors)):
            return self.errors[:steps]
        growth = np.sqrt(np.arange(known + 1.0, steps + 1.0) / known)
        return np.concatenate([self.errors[:known], growth[:, None] * self.errors[known - 1]])


@dataclass(frozen=True)
class Regression(PointLaw):
    """Regression of the log change on the least-squares slope of the record, horizon by horizon.

    Parameters
    ----------
    coefficients : (horizon, 2) float, optional
        Constant and factor on the slope; None before a fit.
    """

    name: str = "regression"
    rule: Rule = trends.straight_log_trend
    coefficients: Floats | None = None

    def points(self, log_history: Floats, steps: int) -> Floats:
        """Compute the point forecasts: (..., step).

        ASSUME: beyond the last horizon it was fitted to, the expected change grows with the years.
        """
        slope = self.rule(log_history, 1)
        reach = np.minimum(np.arange(steps), len(self.coefficients) - 1)
        point = self.coefficients[reach, 0] + slope * self.coefficients[reach, 1]
        return point * (np.arange(1.0, steps + 1.0) / (reach + 1.0))

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit by least squares over all sets, with equal weights, then the quantiles of the errors."""
        found = []
        for at in range(samples[0].change.shape[1]):
            known = [windows.take(np.isfinite(windows.change[:, at])) for windows in samples]
            known = [windows for windows in known if len(windows)]
            if not known:
                break
            weight = np.concatenate([np.full(len(windows), len(windows) ** -0.5) for windows in known])
            slope = np.concatenate([self.rule(windows.log_history, 1)[:, 0] for windows in known])
            outcome = np.concatenate([windows.change[:, at] for windows in known])
            design = np.stack([np.ones_like(slope), slope], axis=1)
            found.append(np.linalg.lstsq(design * weight[:, None], outcome * weight, rcond=None)[0])
        return super(Regression, replace(self, coefficients=np.array(found))).fit(samples, start)


def _kept(history: History) -> Floats:
    """Drop years set aside from a record: gaps are bridged, the ends cut off."""
    logs, kept = np.asarray(history.log_history), history.kept
    if kept is None or kept.all():
        return logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    return bridge_gaps(np.where(kept, logs, np.nan)[..., first : last + 1])


def errors_of(wrong: Sequence[Floats]) -> Floats:
    """Compute the quantiles of errors (window, horizon) by horizon, with equal weight of sets: (horizon, member)."""
    errors = np.full((wrong[0].shape[1], ERROR_QUANTILES.size), np.nan)
    for at in range(len(errors)):
        known = [part[np.isfinite(part[:, at]), at] for part in wrong]
        parts = [np.quantile(part, ERROR_QUANTILES) for part in known if part.size]
        if len(parts) == 1:
            errors[at] = parts[0]
        elif parts:
            errors[at] = np.quantile(np.concatenate(parts), ERROR_QUANTILES)
    return errors


for _name, _rule in POINT_RULES.items():
    register(_name)(lambda use, assumptions, law=PointLaw(_name, _rule): law)


@register("regression")
def regression(use: str, assumptions: Assumptions | None) -> Regression:
    """Make the pooled regression, to be fitted."""
    del use, assumptions
    return Regression()


@dataclass(frozen=True)
class Raftery(PointLaw):
    """Population growing as in the record, and a change of emissions per head by income.

    Parameters
    ----------
    per_head : (horizon, 3) float, optional
        Change of log emissions per head: constant, by log income, by its square; None before a fit.
    """

    name: str = "raftery_2017"
    rule: object = trends.persistence
    per_head: Floats | None = None

    covariates = (GDP, POPULATION)

    def centre(self, history: History, steps: int) -> Floats:
        """Compute the expected log change: (window, step); zero where income or population are not known."""
        design, people = _known(history)
        years = np.arange(1.0, steps + 1.0)
        reach = np.minimum(np.arange(steps), len(self.per_head) - 1)
        return people[:, None] * years + design @ self.per_head[reach].T * (years / (reach + 1.0))

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit by least squares, sets with equal weights, then the quantiles of the errors."""
        del start
        found = []
        parts = [(windows, *_known(windows.history)) for windows in samples]
        for at in range(samples[0].change.shape[1]):
            gram, product = np.zeros((3, 3)), np.zeros(3)
            for windows, design, people in parts:
                known = np.isfinite(windows.change[:, at])
                if known.any():
                    own = design[known]
                    gram += own.T @ own / known.sum()
                    product += own.T @ (windows.change[known, at] - (at + 1) * people[known]) / known.sum()
            if not gram.any():
                break
            found.append(np.linalg.lstsq(gram, product, rcond=None)[0])
        law = replace(self, per_head=np.array(found))
        wrong = [windows.change - law.centre(windows.history, windows.change.shape[1]) for windows in samples]
        return replace(law, errors=errors_of(wrong))

    def forecast(self, history: History, steps: int) -> MemberForecast:
        """Forecast points with the members of their errors: (window, horizon)."""
        centre = self.centre(history, steps)
        return MemberForecast(centre, self.reaching(steps)[None], np.zeros(len(centre), dtype=int))


def _known(history: History) -> tuple[Floats, Floats]:
    """Return the design of income, (window, 3), and the growth of population, (window,); zeros where not known."""
    blank = np.full(np.shape(history.log_history), np.nan)
    gdp, population = (np.asarray(history.covariates.get(name, blank), float) for name in (GDP, POPULATION))
    income = np.nan_to_num(last_of(gdp - population))
    return np.stack([np.ones_like(income), income, income**2], axis=1), np.nan_to_num(growth_of(population))


@register("raftery_2017")
def raftery(use: str, assumptions: Assumptions | None) -> Raftery:
    """Make the law, to be fitted."""
    del use, assumptions
    return Raftery()
