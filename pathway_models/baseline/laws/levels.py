"""The law in levels: the nation's path, the region's deviation from it, the park's own deviation.

A level is fitted to a panel of its size, scored in hindcasts, and simulated by a copula over horizons.  Its features
describe a record at its last year: growth, noise, size, income and its growth.  All levels have the same list; a
feature that a panel lacks (income of a site, sites of a country) is NaN and has no effect.

Emissions lead: activity follows the economy and part of the deviation, and intensity is the residual, so that activity,
intensity and mix add up to the law of emissions (docs/law_in_levels.md, section 5).
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pathway_models.baseline.laws.damped_trend import assumed_path
from pathway_models.baseline.laws.register import ScaledForecast, register
from pathway_models.core import PathwayError
from pathway_models.kernels import Floats
from pathway_models.kernels.growth import FOLDS, SHAPE, HorizonFit, bridge_gaps, fit_horizons, forecast_horizons
from pathway_models.records import Assumptions, History, Windows, growth_laws

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
#: Lower bound of the yearly change of a record, which keeps logs of noise finite.
STILL = 0.002


def features(history: History) -> tuple[Floats, Floats]:
    """Compute the features of centre and scale: (window, `CENTRE`) and (window, `SCALE`).

    Growth leaves years set aside out; noise, level and maximum are those of all years.
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
    """Return the logs of all years, and those for growth without years set aside: gaps bridged, ends cut off."""
    logs, kept = np.asarray(history.log_history, dtype=float), history.kept
    if kept is None or kept.all():
        return logs, logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    steady = bridge_gaps(np.where(kept, logs, np.nan)[:, first : last + 1])
    filled = np.concatenate([
        steady[:, :1].repeat(first, -1), steady, steady[:, -1:].repeat(logs.shape[-1] - 1 - last, -1)
    ], axis=-1)  # fmt: skip
    return np.where(np.isfinite(logs), logs, filled), steady


#: Column of the log of emissions where the record itself is a deviation.
SIZE = "emissions_tco2"


def _size(history: History) -> Floats:
    """Return the log of emissions in the last year; of the record itself where it is no deviation."""
    logs = history.covariates.get(SIZE, history.log_history)
    return np.asarray(logs, dtype=float)[:, -1]


def _column(covariates: Mapping[str, Floats], name: str, shape: tuple[int, ...]) -> Floats:
    found = covariates.get(name)
    return np.full(shape, np.nan) if found is None else np.asarray(found, dtype=float)


def last_of(logs: Floats) -> Floats:
    """Return the last known value of every record: (window,); NaN where none is known."""
    known = np.isfinite(logs)
    place = logs.shape[-1] - 1 - np.argmax(known[:, ::-1], axis=-1)
    return np.where(known.any(axis=-1), logs[np.arange(len(logs)), place], np.nan)


def growth_of(logs: Floats) -> Floats:
    """Compute the mean change between consecutive known years: (window,); NaN where there are none."""
    changes = np.diff(logs, axis=-1)
    known = np.isfinite(changes)
    count = known.sum(axis=-1)
    return np.where(count > 0, np.where(known, changes, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)


#: Horizons that are fitted, years; between them centre and scale are interpolated.
KNOTS = np.array([1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 36])
#: Power of the horizon with which errors grow beyond the last knot, as a random walk's do.
WALK = 0.5
#: Standard normals of the quantiles in `SHAPE`.
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
        Half-life of the weight of a record in a fit, years.
    by_size : bool
        Whether total emissions are a feature of the centre; they always are one of the scale.
    """

    name: str = "level"
    fitted: HorizonFit | None = None
    widening: float = WALK
    half_life: float = np.inf
    by_size: bool = False

    covariates: ClassVar[tuple[str, ...]] = COVARIATES
    streams: ClassVar[tuple[growth_laws.Stream, ...]] = ()

    @property
    def is_fitted(self) -> bool:
        """True once it has coefficients."""
        return self.fitted is not None

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit to sets of windows of equal weight; records may differ in length between sets."""
        del start
        samples = [windows for windows in samples if len(windows)]
        knots = KNOTS[max((windows.change.shape[1] for windows in samples), default=0) >= KNOTS]
        both = [features(windows.history) for windows in samples]
        x, v = (np.concatenate([pair[at] for pair in both]) for at in (0, 1))
        if not self.by_size:
            # Features that are not known have no effect, in the fit and in every forecast by it.
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

    def simulate(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        """Draw paths: (..., member, step).

        ASSUME: the ranks of errors move over horizons like a Brownian motion (measured on countries: correlation .69
        between one and two years ahead where it has .71, .88 between four and five for .89, .77 between five and nine
        for .75).
        """
        logs = np.asarray(history.log_history, dtype=float)
        if logs.ndim == 1:
            return _each(self.paths(history, steps, shock := normals.yearly("shock")), shock)
        return np.stack([
            self.drawn(self.forecast(history, steps), at, shock) for at, shock in enumerate(normals.yearly("shock"))
        ])  # fmt: skip

    def paths(self, history: History, steps: int, shock: Floats) -> Floats:
        """Draw paths of one record from standard normals by year: (member, step), or one path of all (`distinct`)."""
        shock = distinct(shock)
        one = {name: np.asarray(values, float)[None] for name, values in history.covariates.items()}
        alone = replace(history, log_history=np.asarray(history.log_history, float)[None], covariates=one)
        return self.drawn(self.forecast(alone, steps), 0, shock)

    def drawn(self, forecast: ScaledForecast, at: int, shock: Floats) -> Floats:
        """Draw paths of one record of a forecast from standard normals by year: (member, step)."""
        return forecast.centre[at] + forecast.scale[at] * shaped(brownian(shock), forecast.shape[0])


def distinct(drawn: Floats) -> Floats:
    """Return one member of draws that are the same array in all, (1, ...), and others as they are: (member, ...)."""
    return drawn[:1] if drawn.strides[0] == 0 else drawn


def brownian(shock: Floats) -> Floats:
    """Sum yearly standard normals to the standard normal of each horizon: (..., step)."""
    return np.cumsum(shock, axis=-1) / np.sqrt(np.arange(1.0, shock.shape[-1] + 1.0))


def shaped(scores: Floats, shape: Floats) -> Floats:
    """Transform standard normals by horizon to errors over their scale: (member, step); ``shape`` (step, quantile)."""
    errors = np.empty(scores.shape[::-1])
    for step, quantiles in enumerate(shape):
        errors[step] = np.interp(scores[:, step], SHAPE_NORMALS, quantiles)
    return errors.T


def _each(paths: Floats, drawn: Floats) -> Floats:
    """Give every member of some draws its path, read-only where all have the same: (member, step)."""
    return paths if len(paths) == len(drawn) else np.broadcast_to(paths, (len(drawn), paths.shape[-1]))


def _at_knots(change: Floats, knots: NDArray[np.int_]) -> Floats:
    """Pick the outcomes at the knots: (window, knot); NaN beyond the horizon of the windows."""
    found = np.full((len(change), knots.size), np.nan)
    within = knots <= change.shape[1]
    found[:, within] = change[:, knots[within] - 1]
    return found


#: Name of the law.
LEVELS = "levels"
#: Kind of a park that is a region: a province, whose deviations add up to the nation with those of the others.
REGION = "region"
#: Country whose provinces add up to the nation.
HOME = "CN"
#: Years of record that a nation is forecast from, as it was fitted.
NATION_RECORD = 8
#: Most corrections of provinces that are cached, one a batch of members, and most forecasts of nations.
REMEMBERED = 16

_raked: OrderedDict[bytes, tuple[growth_laws.LevelParameters, Floats]] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Levels:
    """The law of a park's emissions and of the activity behind them.

    Parameters
    ----------
    parameters : LevelParameters
    """

    parameters: growth_laws.LevelParameters

    name: ClassVar[str] = LEVELS
    is_fitted: ClassVar[bool] = True
    leads: ClassVar[bool] = True
    covariates: ClassVar[tuple[str, ...]] = COVARIATES
    streams: ClassVar[tuple[growth_laws.Stream, ...]] = (
        growth_laws.Stream("nation", "shared", yearly=True),
        growth_laws.Stream("industry", "continent", yearly=True),
        growth_laws.Stream("economy", "shared", yearly=True),
        growth_laws.Stream("region", "province", yearly=True),
        growth_laws.Stream("region", growth_laws.EVERY_PROVINCE, yearly=True),
    )

    @property
    def _levels(self) -> Mapping[str, Level]:
        return _levels_of(self.parameters)

    @property
    def park(self) -> Level:
        """Level of parks: deviations from the park's country."""
        return self._levels["park"]

    def fit(self, samples: list[Windows], start: Self | None = None) -> Level:
        """Fit a level to a panel, to be scored in hindcasts at the panel's own size."""
        return Level(LEVELS).fit(samples, start)

    def forecast(self, history: History, steps: int) -> ScaledForecast:
        """Forecast records of a panel by the law of parks, as deviations only."""
        return self.park.forecast(history, steps)

    def simulate(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        """Draw paths of the emissions of one park: (member, step)."""
        draw = self._region if history.kind == REGION and history.country == HOME else self._park
        return _each(draw(history, steps, normals), normals.yearly(self._stream(history.country)))

    def growth_streams(self, kind: str, country: str, province: str) -> tuple[str, ...]:
        """Name the streams that make the growth of a park's emissions, its own first."""
        above = self._stream(country)
        if kind != REGION or country != HOME:
            return "shock", above, "region"
        return (f"region:{province}" if province in self.parameters.regions else "shock"), above

    def activity(self, history: History, steps: int, normals: growth_laws.Normals, emissions: Floats) -> Floats:
        """Draw the activity behind paths of emissions: (member, step).

        ASSUME: parks are like provinces, whose output follows a fifth of the deviation of emissions from the nation's.

        Parameters
        ----------
        history : History
            Of the park's emissions, as in `simulate`.
        steps : int
        normals : Normals
            Of the activity.
        emissions : (member, step)
            Log change.
        """
        numbers, record = self.parameters.numbers, self._record(history)
        tie = numbers["economy_with_nation"]
        nation = normals.yearly(self._stream(history.country))
        shock = tie * distinct(nation) + np.sqrt(1.0 - tie**2) * distinct(normals.yearly("economy"))
        economy, _ = self._shared("economy", record.covariates[GDP], history, steps, shock)
        follows = 1.0 if history.kind == REGION else numbers["park_follows_nation"]
        beyond = emissions - follows * self.nation(history, steps, nation)[0]
        noise = numbers["activity_noise"] * np.cumsum(distinct(normals.yearly("shock")), axis=-1)
        return economy + numbers["activity_follows"] * beyond + noise

    def nation(self, history: History, steps: int, shock: Floats) -> tuple[Floats, Floats]:
        """Draw the nation's path after a park's last year, and return its past in the years of the park's record.

        Years after the park's last one that are in the nation's record are as observed.

        Returns
        -------
        change : (member, step)
            One member where all draw the same.
        past : (record,)
            Log of the nation by year of the record, from its last one; NaN where not known.
        """
        return self._shared("nation", self._record(history).emissions, history, steps, shock)

    def _country(self, history: History) -> str:
        return history.country if history.country in self.parameters.nations else HOME

    def _record(self, history: History) -> growth_laws.LevelRecord:
        return self.parameters.nations[self._country(history)]

    def _shared(self, name: str, logs: Floats, history: History, steps: int, shock: Floats) -> tuple[Floats, Floats]:
        """Continue a shared quantity from its last known year, relative to the park's last year."""
        shock, known, country = distinct(shock), np.isfinite(logs), self._country(history)
        years, logs = self.parameters.nations[country].years[known], logs[known]
        last, origin = int(years[-1]), int(np.asarray(history.origin))
        ahead = max(last - origin, 0)
        change = np.empty(shock.shape)
        begin = float(np.interp(origin, years, logs))
        change[:, : min(ahead, steps)] = np.interp(origin + np.arange(1, min(ahead, steps) + 1), years, logs) - begin
        if steps > ahead:
            # ASSUME: where a park's table is newer than the nation's, the nation starts from the park's last year.
            forecast = _forecast_above(self.parameters, name, country, steps - ahead)
            drawn = self._levels[name].drawn(forecast, 0, shock[:, ahead:])
            change[:, ahead:] = drawn + (logs[-1] - begin if ahead else 0.0)
        past = origin + np.arange(1 - history.log_history.shape[-1], 1)
        return change, np.where((past >= years[0]) & (past <= last), np.interp(past, years, logs) - begin, np.nan)

    def _stream(self, country: str) -> str:
        """Return the name of the stream that a park shares with its country or continent."""
        return "industry" if country in self.parameters.drifts else "nation"

    def _park(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        numbers = self.parameters.numbers
        drift = self.parameters.drifts.get(history.country)
        change, past = self.nation(history, steps, normals.yearly(self._stream(history.country)))
        change, past = numbers["park_follows_nation"] * change, numbers["park_follows_nation"] * past
        if drift is not None:
            # ASSUME: the industry of another continent goes on with the drift of its own panel; its nation's errors
            # are shared around it, by all countries of the continent alike.
            middle = np.median(change, axis=0)
            change = change - middle + drift * np.arange(1.0, steps + 1.0)
            past = drift * np.arange(1.0 - history.log_history.shape[-1], 1.0)
        share = numbers["park_in_region"]
        own, region = distinct(normals.yearly("shock")), distinct(normals.yearly("region"))
        shock = np.sqrt(1.0 - share) * own + np.sqrt(share) * region
        return change + self.park.paths(_deviation(history, past), steps, shock)

    def _region(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        """Draw a province: nation and deviation, less the excess of the sum of all provinces over the nation."""
        nation, past = self.nation(history, steps, normals.yearly("nation"))
        if history.province not in self.parameters.regions:
            return nation + self._levels["region"].paths(_deviation(history, past), steps, normals.yearly("shock"))
        shocks = {name: normals.yearly(f"region:{name}") for name in self.parameters.regions}
        own = self._levels["region"].paths(_deviation(history, past), steps, shocks[history.province])
        return nation + own - self._surplus(steps, shocks)

    def _surplus(self, steps: int, shocks: Mapping[str, Floats]) -> Floats:
        """Compute the log of the weighted sum of the provinces' deviations: (member, step).

        It is ``ln sum_i w_i exp(d_i)`` in each member, with ``w_i`` the shares of emissions in the last record year.
        """
        # The cached parameters stay referred to: others would else be given the id of ones that are gone.
        key = blake2b(np.ascontiguousarray(shocks[next(iter(shocks))]).tobytes(), digest_size=16)
        key.update(f"{steps} {id(self.parameters)}".encode())
        if key.digest() not in _raked:
            _raked[key.digest()] = self.parameters, self._added(steps, shocks)
            while len(_raked) > REMEMBERED:
                _raked.popitem(last=False)
        return _raked[key.digest()][1]

    def _added(self, steps: int, shocks: Mapping[str, Floats]) -> Floats:
        regions = self.parameters.regions
        total = sum(np.exp(record.emissions[-1]) for record in regions.values())
        added = 0.0
        for name, record in regions.items():
            history = History(record.emissions, record.origin, country=HOME)
            past = self._past_of_nation(history)
            # Steps count from the last year of each province, whatever that of the park's table.
            paths = self._levels["region"].paths(_deviation(history, past), steps, shocks[name])
            added = added + np.exp(record.emissions[-1]) / total * np.exp(paths)
        return np.log(added)

    def _past_of_nation(self, history: History) -> Floats:
        record = self._record(history)
        past = int(np.asarray(history.origin)) + np.arange(1 - history.log_history.shape[-1], 1)
        return np.where((past >= record.years[0]) & (past <= record.origin),
                        np.interp(past, record.years, record.emissions), np.nan)  # fmt: skip


@lru_cache(maxsize=16)
def _levels_of(parameters: growth_laws.LevelParameters) -> Mapping[str, Level]:
    """Build the levels of a law by name."""
    wide = {"park": parameters.numbers["park_widening"]}
    return {
        name: Level(name, fitted, *([wide[name]] if name in wide else [])) for name, fitted in parameters.fits.items()
    }


@lru_cache(maxsize=REMEMBERED)
def _forecast_above(parameters: growth_laws.LevelParameters, name: str, country: str, steps: int) -> ScaledForecast:
    """Forecast a nation's emissions or economy from its last known year, the same for every park of a country."""
    record = parameters.nations[country]
    logs = record.covariates[GDP] if name == "economy" else record.emissions
    known = np.isfinite(logs)
    covariates = {key: values[known][None, -NATION_RECORD:] for key, values in record.covariates.items()}
    seen = History(logs[known][None, -NATION_RECORD:], int(record.years[known][-1]), covariates=covariates)
    return _levels_of(parameters)[name].forecast(seen, steps)


def _deviation(history: History, past: Floats) -> History:
    """Subtract the level above from a park's record; its own emissions are its size.

    The record is cut to the years in which the level above is known.
    """
    known = np.isfinite(past)
    first = int(np.argmax(known)) if known.any() else 0
    covariates = {SIZE: history.covariates.get(SIZE, history.log_history)[first:]}
    if SITES in history.covariates:
        covariates[SITES] = history.covariates[SITES][first:]
    above = np.where(known, past, 0.0)[first:]
    kept_years = None if history.kept is None else history.kept[first:]
    return replace(history, log_history=history.log_history[first:] - above, kept=kept_years, covariates=covariates)


@dataclass(frozen=True)
class Still:
    """Law without change: for shares of carriers, and for intensity, which follows from emissions and activity.

    ASSUME: the mix stays as it is: its effect on emissions is part of the law of emissions already.

    Parameters
    ----------
    use : str
    """

    use: str

    name: ClassVar[str] = LEVELS
    is_fitted: ClassVar[bool] = True
    moves: ClassVar[bool] = False
    covariates: ClassVar[tuple[str, ...]] = ()
    streams: ClassVar[tuple[growth_laws.Stream, ...]] = ()

    def simulate(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        """Return no change: (member, step)."""
        del history
        return np.zeros((len(normals.once("scale")), steps))


@register(LEVELS)
def levels(use: str, assumptions: Assumptions | None) -> object:
    """Make the law of parks; of a panel alone it is one level, to be fitted."""
    if assumptions is None or assumptions.levels is None:
        return Level(LEVELS)
    if use in ("emissions", "activity"):
        return Levels(assumptions.levels)
    if use == "population":
        return assumed_path(use, assumptions)
    if use in ("intensity", "mix"):
        return Still(use)
    raise PathwayError(f"{LEVELS}: no use {use!r}")
