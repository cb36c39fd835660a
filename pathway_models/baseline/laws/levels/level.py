"""One level of the law: fitted to a panel of its size, scored in hindcasts, drawn from by a copula over horizons.

Its features say what is known of a record at its last year: growth, noise, size, income and its growth.  One list
serves every level; what a panel does not tell (income of a site, sites of a country) is NaN and says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pathway_models.baseline.laws.forecasts import ScaledForecast
from pathway_models.kernels import Floats
from pathway_models.kernels.growth import bridge_gaps
from pathway_models.kernels.horizon_regression import FOLDS, SHAPE, HorizonFit, fit_horizons, forecast_horizons
from pathway_models.records.growth_laws import History, Normals, Stream, Windows

#: Columns of panels that are features beside the record itself.
GDP, POPULATION, SITES = "gdp_million_usd_2015", "population", "sites"
COVARIATES = (GDP, POPULATION, SITES)
#: Features of the centre and of the scale, in the order of their arrays.
CENTRE = (
    "recent growth", "mean growth", "last change", "gap below maximum", "income", "income squared",
    "recent growth x income", "GDP growth", "GDP growth x income", "population growth", "CO2 per head", "no GDP",
    "size",
)  # fmt: skip
SCALE = (
    "log median change", "log sd of changes", "largest change", "size", "log length", "income", "income squared",
    "population growth", "log sites",
)  # fmt: skip
#: Weight of a yearly change relative to the next younger one.
RECENCY = 0.7
#: Change a year below which a record counts as still: it keeps logs of noise finite.
STILL = 0.002


def features(history: History) -> tuple[Floats, Floats]:
    """Compute the features of centre and scale: (window, `CENTRE`) and (window, `SCALE`).

    Years set aside lend no growth; noise, level and maximum are those of all years.
    """
    logs, steady = _records(history)
    growth = np.diff(steady, axis=-1)
    weights = RECENCY ** np.arange(growth.shape[-1] - 1.0, -1.0, -1.0)
    recent = growth @ (weights / weights.sum())
    changes = np.diff(logs, axis=-1)
    size, level = _size(history), logs[:, -1]
    gdp, population = (_column(history.covariates, name, logs.shape) for name in (GDP, POPULATION))
    income = last_of(gdp - population)
    economy, people = growth_of(gdp), growth_of(population)
    centre = np.stack([
        recent, growth.mean(axis=-1), growth[:, -1], logs.max(axis=-1) - level, income, income**2,
        recent * income, economy, economy * income, people, size - last_of(population),
        np.where(np.isfinite(income), 0.0, 1.0), size,
    ], axis=-1)  # fmt: skip
    about = np.abs(changes - np.median(changes, axis=-1, keepdims=True))
    scale = np.stack([
        np.log(np.median(np.abs(changes), axis=-1) + STILL), np.log(changes.std(axis=-1) + STILL),
        np.log(about.max(axis=-1) + STILL), size, np.full(len(logs), np.log(logs.shape[-1])), income, income**2,
        people, last_of(_column(history.covariates, SITES, logs.shape)),
    ], axis=-1)  # fmt: skip
    return centre, scale


def _records(history: History) -> tuple[Floats, Floats]:
    """Return the logs of all years, and those of the years that lend growth: gaps bridged, ends cut off."""
    logs, kept = np.asarray(history.log_history, dtype=float), history.kept
    if kept is None or kept.all():
        return logs, logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    steady = bridge_gaps(np.where(kept, logs, np.nan)[:, first : last + 1])
    filled = np.concatenate([
        steady[:, :1].repeat(first, -1), steady, steady[:, -1:].repeat(logs.shape[-1] - 1 - last, -1)
    ], axis=-1)  # fmt: skip
    return np.where(np.isfinite(logs), logs, filled), steady


#: Column that says the log of emissions where the record itself is a deviation.
SIZE = "emissions_tco2"


def _size(history: History) -> Floats:
    """Log of emissions in the last year; of the record itself where it is no deviation."""
    logs = history.covariates.get(SIZE, history.log_history)
    return np.asarray(logs, dtype=float)[:, -1]


def _column(covariates: Mapping[str, Floats], name: str, shape: tuple[int, ...]) -> Floats:
    found = covariates.get(name)
    return np.full(shape, np.nan) if found is None else np.asarray(found, dtype=float)


def last_of(logs: Floats) -> Floats:
    """Last known value of every record: (window,); NaN where none is known."""
    known = np.isfinite(logs)
    place = logs.shape[-1] - 1 - np.argmax(known[:, ::-1], axis=-1)
    return np.where(known.any(axis=-1), logs[np.arange(len(logs)), place], np.nan)


def growth_of(logs: Floats) -> Floats:
    """Mean change between years that are both known: (window,); NaN where there are none."""
    changes = np.diff(logs, axis=-1)
    known = np.isfinite(changes)
    count = known.sum(axis=-1)
    return np.where(count > 0, np.where(known, changes, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)


#: Horizons that are fitted, years; between them centre and scale are interpolated.
KNOTS = np.array([1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 36])
#: Power of the horizon with which errors grow beyond the last knot, as a random walk's do.
WALK = 0.5
#: Standard normals at which the shape of errors is known.
SHAPE_NORMALS = special.ndtri(SHAPE)


@dataclass(frozen=True)
class Level:
    """A level of the law in levels.

    Parameters
    ----------
    name : str
    fitted : HorizonFit, optional
        None before a fit.
    widening : float
        Power of the horizon beyond the last knot.
    half_life : float
        Years after which a record weighs half in a fit.
    by_size : bool
        Let total emissions speak in the centre; they always do in the scale.
    """

    name: str = "level"
    fitted: HorizonFit | None = None
    widening: float = WALK
    half_life: float = np.inf
    by_size: bool = False

    covariates: ClassVar[tuple[str, ...]] = COVARIATES
    streams: ClassVar[tuple[Stream, ...]] = ()

    @property
    def is_fitted(self) -> bool:
        """True once it has coefficients."""
        return self.fitted is not None

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit to sets of windows that weigh the same; records may differ in length from set to set."""
        del start
        samples = [windows for windows in samples if len(windows)]
        knots = KNOTS[max((windows.change.shape[1] for windows in samples), default=0) >= KNOTS]
        both = [features(windows.history) for windows in samples]
        x, v = (np.concatenate([pair[at] for pair in both]) for at in (0, 1))
        if not self.by_size:
            # What is not known says nothing, in the fit and in every forecast by it.
            x[:, CENTRE.index("size")] = np.nan
        outcome = np.concatenate([_at_knots(windows.change, knots) for windows in samples])
        fold = np.concatenate([windows.entity % FOLDS for windows in samples])
        most = max(map(len, samples), default=1)
        latest = max((int(windows.origin.max()) for windows in samples), default=0)
        weight = np.concatenate([
            most / len(windows) * 0.5 ** ((latest - windows.origin) / self.half_life) for windows in samples
        ])  # fmt: skip
        return replace(self, fitted=fit_horizons(x, v, outcome, knots, fold, weight))

    def forecast(self, history: History, steps: int) -> ScaledForecast:
        """Forecast the log change of every record: (window, horizon)."""
        found = forecast_horizons(self.fitted, *features(history), steps, self.widening)
        first = np.zeros(len(found.centre), dtype=int)
        return ScaledForecast(found.centre, found.scale, found.shape[None], first)

    def simulate(self, history: History, steps: int, normals: Normals) -> Floats:
        """Draw paths: (..., member, step).

        ASSUME: the ranks of errors move over horizons like a Brownian motion (measured on countries: correlation .69
        between one and two years ahead where it has .71, .88 between four and five for .89, .77 between five and nine
        for .75).
        """
        logs = np.asarray(history.log_history, dtype=float)
        if logs.ndim == 1:
            return self.paths(history, steps, normals.yearly("shock"))
        return np.stack([
            self._drawn(self.forecast(history, steps), at, shock) for at, shock in enumerate(normals.yearly("shock"))
        ])  # fmt: skip

    def paths(self, history: History, steps: int, shock: Floats) -> Floats:
        """Draw paths of one record from standard normals by year: (member, step)."""
        one = {name: np.asarray(values, float)[None] for name, values in history.covariates.items()}
        alone = replace(history, log_history=np.asarray(history.log_history, float)[None], covariates=one)
        return self._drawn(self.forecast(alone, steps), 0, shock)

    def _drawn(self, forecast: ScaledForecast, at: int, shock: Floats) -> Floats:
        return forecast.centre[at] + forecast.scale[at] * shaped(brownian(shock), forecast.shape[0])


def brownian(shock: Floats) -> Floats:
    """Add up yearly standard normals to the standard normal of each horizon: (..., step)."""
    return np.cumsum(shock, axis=-1) / np.sqrt(np.arange(1.0, shock.shape[-1] + 1.0))


def shaped(scores: Floats, shape: Floats) -> Floats:
    """Turn standard normals by horizon into errors over their scale: (member, step), shape (step, quantile)."""
    errors = np.empty(scores.shape[::-1])
    for step, quantiles in enumerate(shape):
        errors[step] = np.interp(scores[:, step], SHAPE_NORMALS, quantiles)
    return errors.T


def _at_knots(change: Floats, knots: NDArray[np.int_]) -> Floats:
    """Pick the outcomes at the knots: (window, knot); NaN where the windows do not reach so far."""
    found = np.full((len(change), knots.size), np.nan)
    within = knots <= change.shape[1]
    found[:, within] = change[:, knots[within] - 1]
    return found
