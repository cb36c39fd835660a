"""Scores of the headline's event on real histories: no year of a window exceeds the highest year before it.

Event of a record that ends in ``T``, with ``Y = T + lead``: no year of ``Y .. Y + window - 1`` exceeds the highest year
before ``Y`` in the panel, which may lie before the record that the law reads.  Probabilities are shares of simulated
members; rivals are the frequency among other entities, a logistic regression on the same features, and the previous law
of parks.

A site that falls to zero is a closure.  No band of logs reaches zero, so that the cases "all" are of sites that emit to
the end; the cases "closures counted" include those that closed, for which the event holds from the year of closure.

The reading "if its drivers hold" is scored with the actual drivers: the level above, the nation of a province or the
industry of a site's continent, takes its observed course, and only the deviation is drawn.

Bands of sums are compared with real sums of random sets of parks, of cities, and of all provinces.  Each entity is
forecast by a law fitted without it, member by member; shared draws are made once for all entities of an origin.  The
same sums are made with independent draws of every entity, for comparison.

Tables of the law in levels that are stored and printed: league, events, their reliability, real sums.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from pathway_models.baseline.laws import levels, register
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast import level_fits, matching
from pathway_models.hindcast.league import FOLDS, LEVELS, SEED, SHIPPED, fold_of, law_covariates, league
from pathway_models.intake import assumptions, panels
from pathway_models.kernels import Floats
from pathway_models.kernels.scores import brier, reliability
from pathway_models.records.growth_laws import FreshNormals, GrowthLaw, Windows

#: Members of a forecast, and forecasts simulated at a time.
MEMBERS, CHUNK = 400, 500
#: Edges of the reliability table.
EDGES = (0.0, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 1.0)
#: The law in levels combined with the share of other entities that had closed by Y, and the cases with closures.
AND_CLOSURES, COUNTED = "levels_and_closures", "closures counted"
#: Tolerance, in logs, within which a year does not exceed another.
TIE = 1e-9
#: Ridge penalty of the logistic rival, as a share of the cases, and its number of Newton steps.
LOGISTIC_RIDGE, NEWTON = 0.01, 12
#: Resamples of clusters for the error of a difference of scores.
RESAMPLES = 1000


@dataclass(frozen=True)
class Event:
    """Definition of an event on a panel.

    Parameters
    ----------
    panel : str
    record, lead, window : int
        Years of the record, from its last year to ``Y``, and of the confirmation.
    origins : range, optional
        All where not given.
    is_forward : bool
        Whether only data known at the origin are used.
    half_life : float
        Half-life of the weight of a record in a fit, years.
    """

    panel: str
    record: int
    lead: int
    window: int
    origins: range | None = None
    is_forward: bool = False
    half_life: float = np.inf

    @property
    def steps(self) -> int:
        """Years after the record that must be known."""
        return self.lead + self.window - 1


#: Events that are scored.
EVENTS = (
    Event("eu_sites", 3, 3, 3),
    Event("us_sites", 3, 3, 3),
    Event(
        "countries",
        levels.NATION_RECORD,
        5,
        5,
        range(1990, 2011),
        is_forward=True,
        half_life=level_fits.NATION_HALF_LIFE,
    ),
    Event("provinces", 5, 5, 5, range(2001, 2011)),
)


def holds(highest: Floats, change: Floats, lead: int) -> NDArray[np.bool_]:
    """Tell whether the event holds.

    Parameters
    ----------
    highest : (...)
        Log of the highest year to the origin over the origin's.
    change : (..., step)
        Log changes; ``change[..., lead - 1]`` is Y.
    lead : int
    """
    before = np.maximum(highest, change[..., : lead - 1].max(axis=-1, initial=-np.inf))
    return change[..., lead - 1 :].max(axis=-1) <= before + TIE


@dataclass(frozen=True, eq=False)
class EventForecasts:
    """Probabilities of the event by law, and whether it came; (window,) each.

    Parameters
    ----------
    event : Event
    windows : Windows
        That were forecast.
    probability : dict of law to (window,) float
    happened : (window,) bool
    """

    event: Event
    windows: Windows
    probability: dict[str, Floats]
    happened: NDArray[np.bool_]


def forecast_event(event: Event, seed: int = SEED) -> EventForecasts:
    """Forecast the event for every record of a panel with a known outcome, by laws fitted without it."""
    subject = Subject(panels.read_panel(event.panel))
    windows = with_highest(subject, subject.windows(event.record, max(event.steps, 7), law_covariates(), closures=True))
    count, rng = len(subject.panel.entities), np.random.default_rng(seed)
    fold = fold_of(windows.entity, count, seed)
    complete = ~np.isnan(windows.change[:, : event.steps]).any(axis=1)
    tested = complete if event.origins is None else complete & np.isin(windows.origin, list(event.origins))
    above = level_fits.level_above(event.panel)
    deviating = level_fits.deviations(windows, above) if above else None
    course = above_of(windows, above) if above else None
    given = np.random.default_rng([seed, 1])  # a stream of its own, so that the draws of other laws do not change
    parts: list[tuple[NDArray[np.int_], dict[str, Floats]]] = []
    for year in np.unique(windows.origin[tested]) if event.is_forward else (None,):
        taught = windows if year is None else windows.known_by(int(year))
        others, here = (
            fold_of(taught.entity, count, seed),
            tested if year is None else tested & (windows.origin == year),
        )
        for held in range(FOLDS):
            own = np.flatnonzero(here & (fold == held))
            if not own.size:
                continue
            tested_here = windows.take(own)
            chances = _probabilities(event, taught.take(others != held), tested_here, rng)
            if deviating is not None:
                level = levels.Level().fit([deviating.take(fold != held)])
                came = course[own, : event.steps]
                chances[matching.DRIVERS_HOLD] = _share(event, level, deviating.take(own), given, came)
            parts.append((own, chances))
    order = np.concatenate([own for own, _ in parts])
    names = parts[0][1]
    probability = {name: np.concatenate([part[name] for _, part in parts]) for name in names}
    kept = windows.take(order)
    return EventForecasts(event, kept, probability, _happened(event, kept))


#: Column of the windows: log of the highest known year over the last one.
HIGHEST = "highest"


def with_highest(subject: Subject, windows: Windows) -> Windows:
    """Add a column with the log of the highest year in the panel up to each origin over the origin's."""
    logs = subject.panel.logs()
    highest = np.maximum.accumulate(np.where(np.isfinite(logs), logs, -np.inf), axis=1)
    above = highest[windows.entity, windows.origin - subject.panel.years[0]] - windows.log_history[:, -1]
    covariates = {**windows.covariates, HIGHEST: np.repeat(above[:, None], windows.record, axis=1)}
    return Windows(windows.entity, windows.origin, windows.log_history, windows.change, covariates)


def _happened(event: Event, windows: Windows) -> NDArray[np.bool_]:
    return holds(windows.covariates[HIGHEST][:, -1], windows.change[:, : event.steps], event.lead)


def above_of(windows: Windows, above: Mapping[int, float]) -> Floats:
    """Look up the log change of the level above after each origin: (window, step)."""
    still = replace(windows, change=np.zeros(windows.change.shape))
    return -level_fits.deviations(still, above).change


def closed_within(windows: Windows, years: int) -> NDArray[np.bool_]:
    """Mark records whose site had a year without emissions within ``years`` years: (window,)."""
    return np.isneginf(windows.change[:, :years]).any(axis=1)


def _probabilities(event: Event, training: Windows, tested: Windows, rng: np.random.Generator) -> dict[str, Floats]:
    decided = training.take(np.isfinite(training.change[:, : event.steps]).all(axis=1))
    happened = _happened(event, decided)
    level = levels.Level(half_life=event.half_life).fit([training])
    shipped = register.law_named(SHIPPED[0], assumptions=assumptions.read_assumptions())
    own = _share(event, level, tested, rng)
    known = training.take(~np.isnan(training.change[:, : event.lead]).any(axis=1))
    closed = closed_within(known, event.lead).mean() if len(known) else 0.0
    return {
        LEVELS: own,
        AND_CLOSURES: own + closed * (1.0 - own),
        "rate": np.full(len(tested), happened.mean() if happened.size else 0.5),
        "logistic": logistic(*_designs(decided, tested), happened) if happened.size else np.full(len(tested), 0.5),
        SHIPPED[0]: _share(event, shipped, tested, rng),
    }


def _share(
    event: Event, law: GrowthLaw, tested: Windows, rng: np.random.Generator, above: Floats | None = None
) -> Floats:
    """Compute the share of members in which the event holds: (window,); ``above`` (window, step) is added to paths."""
    found = np.empty(len(tested))
    for start in range(0, len(tested), CHUNK):
        some = tested.take(np.arange(start, min(start + CHUNK, len(tested))))
        paths = law.simulate(some.history, event.steps, FreshNormals(rng, (len(some), MEMBERS), event.steps))
        if above is not None:
            paths = paths + above[start : start + CHUNK, None, :]
        found[start : start + CHUNK] = holds(some.covariates[HIGHEST][:, -1:], paths, event.lead).mean(axis=1)
    return found


def _designs(training: Windows, tested: Windows) -> tuple[Floats, Floats]:
    """Standardise the features of the centre for a logistic regression: constant first."""
    raw = [
        np.concatenate(
            [*levels.features(windows.history), np.minimum(windows.covariates[HIGHEST][:, -1:], 1.0)], axis=1
        )
        for windows in (training, tested)
    ]
    known = np.where(np.isfinite(raw[0]).any(axis=0), raw[0], 0.0)
    mean, sd = np.nanmean(known, axis=0), np.nanstd(known, axis=0)
    designs = []
    for part in raw:
        moved = np.divide(part - mean, sd, out=np.zeros(part.shape), where=sd > 1e-9)
        moved = np.clip(np.nan_to_num(moved), -3.0, 3.0)
        designs.append(np.concatenate([np.ones((len(part), 1)), moved], axis=1))
    return designs[0], designs[1]


def logistic(design: Floats, asked: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Fit a ridge logistic regression by Newton steps; return the probabilities of other cases: (case,)."""
    weights = np.zeros(design.shape[1])
    penalty = np.full(weights.size, LOGISTIC_RIDGE * len(design))
    penalty[0] = 1e-6
    for _ in range(NEWTON):
        chance = special.expit(design @ weights)
        slope = design.T @ (happened - chance) - penalty * weights
        curve = (design * (chance * (1.0 - chance))[:, None]).T @ design + np.diag(penalty)
        weights = weights + np.linalg.solve(curve, slope)
    return special.expit(asked @ weights)


def event_table(found: EventForecasts, seed: int = SEED) -> pd.DataFrame:
    """Tabulate Brier scores, a row a law.

    Columns: ``panel``, ``record``, ``lead``, ``window``, ``holdout``, ``cases``, ``law``, ``forecasts``, ``closed`` (of
    them), ``origins``, ``frequency``, ``mean_forecast``, ``brier``; ``less_than_rate``: by how much it is below the
    score of the rate, with ``low`` and ``high``, the 90 % range over resampled entities.
    """
    event, rows = found.event, []
    entities = found.windows.entity
    for label, kept in _cases(found):
        happened = found.happened[kept]
        if not happened.size:
            continue
        base = (found.probability["rate"][kept] - happened) ** 2
        closed = int(closed_within(found.windows.take(kept), event.steps).sum())
        for law, chance in found.probability.items():
            if law == AND_CLOSURES and label != COUNTED:
                continue
            gain = base - (chance[kept] - happened) ** 2
            low, high = _bootstrapped(gain, entities[kept], seed)
            rows.append({
                "panel": event.panel, "record": event.record, "lead": event.lead, "window": event.window,
                "holdout": "entity and future" if event.is_forward else "entity", "cases": label, "law": law,
                "forecasts": happened.size, "closed": closed,
                "origins": int(np.unique(found.windows.origin[kept]).size),
                "frequency": float(happened.mean()), "mean_forecast": float(chance[kept].mean()),
                "brier": brier(chance[kept], happened), "less_than_rate": float(gain.mean()), "low": low, "high": high,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _cases(found: EventForecasts) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield the cases: all that emit to the end, those of them not clearly past their maximum, all with closures."""
    highest = found.windows.covariates[HIGHEST][:, -1]
    closed = closed_within(found.windows, found.event.steps)
    yield "all", ~closed
    yield "not clearly past", ~closed & (highest < NOT_PAST)
    if closed.any():
        yield COUNTED, np.ones(highest.size, dtype=bool)


#: Largest log distance below the record's maximum at which a peak is not clearly past.
NOT_PAST = 0.1


def _bootstrapped(gain: Floats, entity: NDArray[np.int_], seed: int) -> tuple[float, float]:
    """Compute the 90 % range of the mean gain over resampled entities."""
    _, place = np.unique(entity, return_inverse=True)
    total, count = np.bincount(place, gain), np.bincount(place)
    picks = np.random.default_rng(seed).integers(0, total.size, (RESAMPLES, total.size))
    means = total[picks].sum(axis=1) / count[picks].sum(axis=1)
    low, high = np.quantile(means, [0.05, 0.95])
    return float(low), float(high)


def event_reliability(found: EventForecasts) -> pd.DataFrame:
    """Tabulate forecast against frequency by bin; of countries also by income.

    Columns: ``panel``, ``cases``, ``from``, ``to``, ``forecasts``, ``forecast``, ``frequency``.
    """
    income = np.exp(
        found.windows.covariates["gdp_million_usd_2015"][:, -1] - found.windows.covariates["population"][:, -1]
    ) * 1e6  # fmt: skip
    emits = ~closed_within(found.windows, found.event.steps)
    groups = {"all": emits}
    if np.isfinite(income).any():
        groups |= {label: emits & (income >= low) & (income < high) for label, low, high in INCOMES}
    rows = []
    for label, kept in groups.items():
        table = reliability(found.probability[LEVELS][kept], found.happened[kept], EDGES)
        rows += [
            (found.event.panel, label, EDGES[b], EDGES[b + 1], int(count), table.forecast[b], table.frequency[b])
            for b, count in enumerate(table.count)
            if count
        ]
    return pd.DataFrame(rows, columns=["panel", "cases", "from", "to", "forecasts", "forecast", "frequency"])


#: Classes of income, $ of 2015 per head.
INCOMES = (
    ("below $2,000", 0.0, 2e3),
    ("$2,000-10,000", 2e3, 1e4),
    ("$10,000-30,000", 1e4, 3e4),
    ("above $30,000", 3e4, np.inf),
)


def events(seed: int = SEED, chosen: Sequence[Event] = EVENTS) -> Iterator[tuple[str, Callable[[], EventForecasts]]]:
    """Yield the name of every scored event with a function that forecasts it."""
    for event in chosen:
        yield event.panel, lambda event=event: forecast_event(event, seed)


#: Years ahead, sets drawn at each origin, and members of each forecast.
AHEAD, SETS, DRAWS = (1, 3, 5), 200, 1000
#: Entities of a set.
SIZE = 20


@dataclass(frozen=True)
class Fleet:
    """Definition of a set of sums.

    Parameters
    ----------
    panel : str
    country : str
        Nation of the shared path.
    follows : float
        Log change of emissions per log change of the nation.
    size : int
        Entities of a set; 0 for all of them.
    record : int
    """

    panel: str
    country: str
    follows: float
    size: int = SIZE
    record: int = 5


# ASSUME: European clusters follow Germany, as in the league table; cities and provinces follow China.
FLEETS = (
    Fleet("eu_sites", "DEU", level_fits.PARK_FOLLOWS_NATION),
    Fleet("us_sites", "USA", level_fits.PARK_FOLLOWS_NATION),
    Fleet("cities", level_fits.CHINA, 1.0),
    Fleet("provinces", level_fits.CHINA, 1.0, size=0),
)


def sums_of(fleet: Fleet, seed: int = SEED) -> pd.DataFrame:
    """Tabulate coverage of the bands of sums, a row an origin and horizon.

    Columns: ``panel``, ``size``, ``origin``, ``horizon``, ``sets``; ``coverage_90`` of the bands with shared draws,
    ``independent_90`` without; ``half_width_90`` and ``independent_half_width`` (median, log).
    """
    subject = Subject(panels.read_panel(fleet.panel))
    windows = subject.windows(fleet.record, max(AHEAD), law_covariates())
    nation = level_fits.nation_logs(fleet.country)
    own = level_fits.deviations(windows, nation, fleet.follows)
    inside = np.isfinite(own.log_history).all(axis=1)
    windows, own = windows.take(inside), own.take(inside)
    fold = fold_of(own.entity, len(subject.panel.entities), seed)
    fits = {held: levels.Level().fit([own.take(fold != held)]) for held in range(FOLDS)}
    national = level_fits.fit_nation(without=fleet.country)
    countries = Subject(panels.read_panel("countries"))
    above = countries.windows(levels.NATION_RECORD, max(AHEAD), law_covariates())
    above = above.take(above.entity == countries.panel.entities.index(fleet.country))
    rng, rows = np.random.default_rng(seed), []
    for origin in np.unique(own.origin).tolist():
        here, one = own.origin == origin, above.take(above.origin == origin)
        if not len(one):
            continue
        shared = fleet.follows * _members(national, one, rng)[0]
        paths = np.concatenate([
            _members(fits[held], own.take(here & (fold == held)), rng)
            for held in range(FOLDS)
            if (here & (fold == held)).any()
        ])  # fmt: skip
        order = np.concatenate([np.flatnonzero(here & (fold == held)) for held in range(FOLDS)])
        rows += _rows(fleet, origin, windows.take(order), paths, shared, rng)
    return pd.DataFrame(rows)


def _members(level: levels.Level, windows: Windows, rng: np.random.Generator) -> Floats:
    """Simulate log changes at the horizons of `AHEAD`: (window, member, horizon)."""
    found = level.forecast(windows.history, max(AHEAD))
    at = np.array(AHEAD) - 1
    scores = levels.brownian(rng.standard_normal((len(windows), DRAWS, max(AHEAD))))[..., at]
    shape = np.stack(
        [np.interp(scores[..., k], levels.SHAPE_NORMALS, found.shape[0, h]) for k, h in enumerate(at)], axis=-1
    )
    return found.centre[:, None, at] + found.scale[:, None, at] * shape


def _rows(
    fleet: Fleet, origin: int, windows: Windows, paths: Floats, shared: Floats, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    level = np.exp(windows.log_history[:, -1])
    alone = np.stack([shared[rng.permutation(DRAWS)] for _ in range(len(windows))])
    for k, horizon in enumerate(AHEAD):
        known = np.flatnonzero(np.isfinite(windows.change[:, horizon - 1]))
        size = known.size if fleet.size == 0 else fleet.size
        if known.size < max(size, 2):
            continue
        picks = [known] if fleet.size == 0 else [rng.choice(known, size, replace=False) for _ in range(SETS)]
        together = level[:, None] * np.exp(paths[..., k] + shared[None, :, k])
        apart = level[:, None] * np.exp(paths[..., k] + alone[..., k])
        came = level * np.exp(windows.change[:, horizon - 1])
        bands = {name: np.array([np.quantile(part[pick].sum(axis=0), [0.05, 0.95]) for pick in picks])
                 for name, part in (("shared", together), ("independent", apart))}  # fmt: skip
        real = np.array([came[pick].sum() for pick in picks])
        held = {name: (real >= band[:, 0]) & (real <= band[:, 1]) for name, band in bands.items()}
        width = {name: float(np.median(0.5 * np.log(band[:, 1] / band[:, 0]))) for name, band in bands.items()}
        yield {
            "panel": fleet.panel, "size": size, "origin": origin, "horizon": horizon, "sets": len(picks),
            "coverage_90": float(held["shared"].mean()), "independent_90": float(held["independent"].mean()),
            "half_width_90": width["shared"], "independent_half_width": width["independent"],
        }  # fmt: skip


def sums(seed: int = SEED) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """Yield the name of every fleet with a function that makes its table."""
    for fleet in FLEETS:
        yield fleet.panel, lambda fleet=fleet: sums_of(fleet, seed)


#: Names of the tables, as files are named.
LEVEL_TABLES = ("league", "events", "event_reliability", "sums")


def measure_levels(
    seed: int = SEED, told: Callable[[str, pd.DataFrame], None] = lambda title, table: None
) -> dict[str, pd.DataFrame]:
    """Make every table of the law in levels.

    Parameters
    ----------
    seed : int
        Deals entities into folds and draws members and sets.
    told : callable
        Called with the title and the table of each part when done, the figures at one, three and five years first.

    Returns
    -------
    dict of DataFrame
        Keys in `LEVEL_TABLES`; ``version`` is that of the law.
    """
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in LEVEL_TABLES}
    for name, make in league(seed):
        parts["league"].append(make())
        told(name, parts["league"][-1])
    for name, make in sums(seed):
        parts["sums"].append(make())
        told(f"sums, {name}", mean_sums(parts["sums"][-1]))
    for name, forecast in events(seed):
        found = forecast()
        parts["events"].append(event_table(found, seed))
        parts["event_reliability"].append(event_reliability(found))
        told(f"event, {name}", parts["events"][-1])
    tables = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    for table in tables.values():
        table.insert(0, "version", level_fits.VERSION)
    return tables


def mean_sums(table: pd.DataFrame) -> pd.DataFrame:
    """Average the coverage of sums over origins: a row a panel and horizon."""
    held = ["coverage_90", "independent_90", "half_width_90", "independent_half_width"]
    grouped = table.groupby(["panel", "size", "horizon"], sort=False)
    return grouped[held].mean().assign(origins=grouped["origin"].nunique()).reset_index()
