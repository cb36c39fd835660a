"""League table of growth laws: bands and scores by panel, hold-out and horizon, the law in levels beside its rivals.

Hold-outs, by the data of the fit: ``entity`` (other regions or clusters, all years), ``entity and future`` (other
countries, and only what was known at the origin), ``entity, drivers as they came`` (other regions or clusters, with the
observed course of the level above), ``continent`` (the other continent), ``future times region`` (the nation's law with
what was known at the origin, times the deviations of other provinces).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.baseline.laws import levels, register
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast import level_fits, matching
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.panels import read_panel
from pathway_models.kernels import Floats
from pathway_models.kernels.scores import coverage, crps_ensemble, ensemble_pit
from pathway_models.records.growth_laws import Forecast, GrowthLaw, Windows

#: Years ahead that are scored.
AHEAD = (1, 3, 5, 10)
SITES_AHEAD = (1, 3, 5)
#: Laws compared with the law in levels; those that need no fit have their shipped parameters.
RIVALS = ("persistence", "log_trend", "damped_holt", "regression")
SHIPPED = ("parks_0_2", "damped_trend_fitted_prior")
LEVELS = "levels"
#: Persistence with the errors of the training continent, like the law in levels; plain persistence has hindsight.
ELSEWHERE = "persistence_elsewhere"
FOLDS = 10
#: The law in levels shifted to the median of the outcomes: it has the same hindsight of the drift as the persistence of
#: a panel, so that the remaining difference is due to shape and width.
DRIFT_KNOWN = "levels_drift_known"
#: Origins of countries with the future held out, and earlier ones whose next twenty years are known.
COUNTRY_ORIGINS, EARLY_ORIGINS = range(2003, 2015), range(1990, 2003)
#: Quantiles of equal weight of a level in the sum of two levels, and number of shuffles.
MEMBER_RANKS = (np.arange(100) + 0.5) / 100.0
SHUFFLES = 10
#: Records of provinces that are scored, and the last origin of the boom.
PROVINCE_RECORDS, BOOM = (5, 8, 12, 16), 2007
SEED = 20_240_601


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of one law on one set of windows: (window, horizon) each."""

    pit: Floats
    crps: Floats
    half_width: Floats

    @classmethod
    def of(cls, forecast: Forecast, outcome: Floats) -> Scored:
        """Score a forecast."""
        return cls(forecast.pit(outcome), forecast.crps(outcome), forecast.half_width(0.9))

    @classmethod
    def joined(cls, parts: Sequence[Scored]) -> Scored:
        """Stack scores."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("pit", "crps", "half_width")))

    def take(self, kept: NDArray) -> Scored:
        """Take some of the windows."""
        return Scored(self.pit[kept], self.crps[kept], self.half_width[kept])


def rows_of(scores: Mapping[str, Scored], ahead: Sequence[int], **front: object) -> pd.DataFrame:
    """Tabulate scores, a row a horizon and law.

    Columns: those of ``front``; ``horizon``, ``law``, ``forecasts``, ``coverage_50/80/90``, ``half_width_90`` (median,
    log), ``crps`` (log), ``better``: share by which the law in levels has the smaller CRPS.
    """
    rows = []
    for horizon in ahead:
        at = horizon - 1
        own = scores[LEVELS].crps[:, at]
        for law, score in scores.items():
            both = np.isfinite(score.crps[:, at]) & np.isfinite(own)
            # The width of a forecast is known before its outcome is.
            wide = score.half_width[both if both.any() else slice(None), at]
            row = {**front, "horizon": horizon, "law": law, "forecasts": int(both.sum())}
            pit = score.pit[both, at]
            row |= {f"coverage_{100 * level:.0f}": float(coverage(pit, level)) for level in (0.5, 0.8, 0.9)}
            row["half_width_90"] = float(np.median(wide))
            row["crps"] = float(score.crps[both, at].mean()) if both.any() else np.nan
            row["better"] = float(1.0 - own[both].sum() / score.crps[both, at].sum()) if both.any() else np.nan
            rows.append(row)
    return pd.DataFrame(rows)


def fold_of(entities: NDArray[np.int_], count: int, seed: int = SEED, folds: int = FOLDS) -> NDArray[np.int_]:
    """Deal entities into folds by a seeded shuffle."""
    return (np.random.default_rng(seed).permutation(count) % folds)[entities]


def countries(
    seed: int = SEED, origins: Sequence[int] = COUNTRY_ORIGINS, label: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score the law of nations on countries it was not fitted to, with data known at the origin.

    Parameters
    ----------
    seed : int
    origins : sequence of int
        Last years of the records.
    label : str
        Ends the names of the panels.

    Returns
    -------
    league : DataFrame
        As `rows_of`.
    middle : DataFrame
        The same for countries above 5 Mt with $4,000-20,000 per head, to twenty years.
    """
    panel, steps = read_panel("countries"), 20
    level = levels.Level("nation", half_life=level_fits.NATION_HALF_LIFE)
    windows = Subject(panel, "emissions_tco2").windows(levels.NATION_RECORD, steps, law_covariates())
    fold = fold_of(windows.entity, len(panel.entities), seed)
    income = windows.covariates["gdp_million_usd_2015"][:, -1] - windows.covariates["population"][:, -1]
    is_middle = (windows.log_history[:, -1] > np.log(5e6)) & (np.abs(income - MIDDLE_INCOME) < MIDDLE_REACH)
    parts: dict[str, list[Scored]] = {}
    kept: list[NDArray[np.bool_]] = []
    for origin in origins:
        known, here = windows.known_by(origin), windows.origin == origin
        rivals = {name: register.law_named(name).fit([known]) for name in (*RIVALS, "raftery_2017")}
        rivals |= {name: register.law_named(name, assumptions=read_assumptions()) for name in SHIPPED}
        for held in range(FOLDS):
            tested = windows.take(here & (fold == held))
            training = known.take(fold_of(known.entity, len(panel.entities), seed) != held)
            for name, law in ({LEVELS: level.fit([training])} | rivals).items():
                parts.setdefault(name, []).append(Scored.of(law.forecast(tested.history, steps), tested.change))
            kept.append(is_middle[here & (fold == held)])
    scores = {name: Scored.joined(found) for name, found in parts.items()}
    front = {"panel": f"countries{label}", "holdout": "entity and future", "record": levels.NATION_RECORD}
    middle = {name: score.take(np.concatenate(kept)) for name, score in scores.items()}
    return (
        rows_of(scores, (*AHEAD, steps), **front),
        rows_of(middle, (5, 10, steps), **{**front, "panel": f"countries above 5 Mt, $4,000-20,000{label}"}),
    )


#: Log of dollars per head: midpoint of 4,000 and 20,000, and their distance from it (GDP is in millions).
MIDDLE_INCOME = 0.5 * (np.log(4e3) + np.log(2e4)) - np.log(1e6)
MIDDLE_REACH = 0.5 * (np.log(2e4) - np.log(4e3))


def law_covariates() -> tuple[str, ...]:
    """List the columns that laws of this table use."""
    return levels.Level.covariates


def by_entity(panel: str, record: int, ahead: Sequence[int], seed: int = SEED) -> pd.DataFrame:
    """Score laws fitted to other regions or clusters of the same panel, all years."""
    subject = Subject(read_panel(panel))
    windows = subject.windows(record, max(ahead), law_covariates())
    fold = fold_of(windows.entity, len(subject.panel.entities), seed)
    parts: dict[str, list[Scored]] = {}
    for held in range(FOLDS):
        tested, training = windows.take(fold == held), windows.take(fold != held)
        if not len(tested):
            continue
        laws: dict[str, GrowthLaw] = {LEVELS: levels.Level().fit([training])}
        laws |= {name: register.law_named(name).fit([training]) for name in RIVALS}
        laws |= {name: register.law_named(name, assumptions=read_assumptions()) for name in SHIPPED[:1]}
        for name, law in laws.items():
            found = Scored.of(law.forecast(tested.history, max(ahead)), tested.change)
            parts.setdefault(name, []).append(found)
    scores = {name: Scored.joined(found) for name, found in parts.items()}
    return rows_of(scores, ahead, panel=panel, holdout="entity", record=record)


def drivers_came(panel: str, record: int, ahead: Sequence[int], seed: int = SEED) -> pd.DataFrame:
    """Score the reading "if its drivers hold" with the actual drivers, beside the law that has to forecast them.

    The level above takes its observed course; the deviation is fitted to other regions or clusters.
    """
    subject = Subject(read_panel(panel))
    windows = subject.windows(record, max(ahead), law_covariates())
    apart = level_fits.deviations(windows, level_fits.level_above(panel))
    fold = fold_of(windows.entity, len(subject.panel.entities), seed)
    parts: dict[str, list[Scored]] = {LEVELS: [], matching.DRIVERS_HOLD: []}
    for held in range(FOLDS):
        for name, part in ((LEVELS, windows), (matching.DRIVERS_HOLD, apart)):
            tested = part.take(fold == held)
            if len(tested):
                level = levels.Level().fit([part.take(fold != held)])
                parts[name].append(Scored.of(level.forecast(tested.history, max(ahead)), tested.change))
    scores = {name: Scored.joined(found) for name, found in parts.items()}
    return rows_of(scores, ahead, panel=panel, holdout="entity, drivers as they came", record=record)


def convolved(above: Floats, own: Floats, outcome: Floats) -> Scored:
    """Score the sum of two levels with independent errors, their quantiles paired by seeded shuffles.

    Parameters
    ----------
    above, own : (window, horizon, quantile)
        Quantiles of equal weight of each level.
    outcome : (window, horizon)
    """
    rng = np.random.default_rng(SEED)
    shuffled = [above[..., rng.permutation(above.shape[-1])] + own for _ in range(SHUFFLES)]
    members = np.sort(np.concatenate(shuffled, axis=-1), axis=-1)
    low, high = np.quantile(members, [0.05, 0.95], axis=-1)
    known = np.isfinite(outcome)
    crps, pit = np.full(outcome.shape, np.nan), np.full(outcome.shape, np.nan)
    crps[known], pit[known] = (
        crps_ensemble(outcome[known], members[known]),
        ensemble_pit(outcome[known], members[known]),
    )
    return Scored(pit, crps, 0.5 * (high - low))


def nation_members(country: str, origins: Sequence[int], steps: int, known_by_origin: bool) -> dict[int, Floats]:
    """Forecast a nation from each origin by the law of the other countries: origin -> (step, member)."""
    panel = read_panel("countries")
    windows = Subject(panel).windows(levels.NATION_RECORD, steps, law_covariates())
    own = windows.take(windows.entity == panel.entities.index(country))
    law = None if known_by_origin else level_fits.fit_nation(without=country)
    found = {}
    for origin in origins:
        one = own.take(own.origin == origin)
        if len(one):
            fitted = law or level_fits.fit_nation(without=country, known_by=origin)
            found[origin] = fitted.forecast(one.history, steps).quantiles(MEMBER_RANKS)[0]
    return found


def other_continent(tested: str, taught: str) -> pd.DataFrame:
    """Score the law of parks on a continent it was not fitted to.

    Half of the nation's own forecast is added to the deviation; the drift of the training continent is not included.
    """
    panel, steps, record = read_panel(tested), max(SITES_AHEAD), 5
    # ASSUME: all clusters of a continent follow one nation: the United States, or Germany for Europe.
    country = {"eu_sites": "DEU", "us_sites": "USA"}[tested]
    windows = Subject(panel).windows(record, steps, law_covariates())
    followed = level_fits.deviations(windows, level_fits.nation_logs(country), level_fits.PARK_FOLLOWS_NATION)
    nation = nation_members(country, np.unique(windows.origin).tolist(), steps, known_by_origin=False)
    windows, followed = (part.take(np.isin(windows.origin, list(nation))) for part in (windows, followed))
    above = level_fits.PARK_FOLLOWS_NATION * np.stack([nation[origin] for origin in windows.origin.tolist()])
    own = level_fits.fit_park((taught,)).forecast(followed.history, steps).quantiles(MEMBER_RANKS)
    foreseen = np.median(above, axis=-1) + np.median(own, axis=-1)
    drift = np.nanmedian(windows.change, axis=0) - np.median(foreseen, axis=0)
    scores = {
        LEVELS: convolved(above, own, windows.change),
        DRIFT_KNOWN: convolved(above, own + drift[:, None], windows.change),
    }
    elsewhere = Subject(read_panel(taught)).windows(record, steps, law_covariates())
    for name, panels in (("persistence", windows), (ELSEWHERE, elsewhere)):
        persistence = register.law_named("persistence").fit([panels])
        scores[name] = Scored.of(persistence.forecast(windows.history, steps), windows.change)
    law = register.law_named(SHIPPED[0], assumptions=read_assumptions())
    scores[SHIPPED[0]] = Scored.of(law.forecast(windows.history, steps), windows.change)
    return rows_of(scores, SITES_AHEAD, panel=tested, holdout="continent", record=record)


def forward_levels(record: int, seed: int = SEED, steps: int = 5) -> tuple[Windows, Floats, Floats]:
    """Forecast provinces by level: the nation with data known at the origin, the deviation fitted to other regions.

    Returns
    -------
    windows : Windows
    above, own : (window, step, quantile)
        Quantiles of equal weight.
    """
    panel = read_panel("provinces")
    windows = Subject(panel).windows(record, steps, law_covariates())
    own_windows = level_fits.region_windows(panel, (record,))[0]
    nation = nation_members(level_fits.CHINA, np.unique(windows.origin).tolist(), steps, known_by_origin=True)
    fold, count = fold_of(windows.entity, len(panel.entities), seed), len(panel.entities)
    own = np.full((*windows.change.shape, MEMBER_RANKS.size), np.nan)
    for held in range(FOLDS):
        level = level_fits.fit_region([own_windows.take(fold_of(own_windows.entity, count, seed) != held)])
        tested = fold == held
        history = own_windows.take(fold_of(own_windows.entity, count, seed) == held).history
        own[tested] = level.forecast(history, steps).quantiles(MEMBER_RANKS)
    return windows, np.stack([nation[origin] for origin in windows.origin.tolist()]), own


def provinces_forward(record: int, seed: int = SEED) -> pd.DataFrame:
    """Score nation times deviation on provinces, by `forward_levels`."""
    windows, above, own = forward_levels(record, seed)
    score = convolved(above, own, windows.change)
    tables = []
    for label, kept in (("origins of the boom", windows.origin <= BOOM), ("later origins", windows.origin > BOOM)):
        if kept.any():
            front = {"panel": f"provinces, {label}", "holdout": "future times region", "record": record}
            tables.append(rows_of({LEVELS: score.take(kept)}, SITES_AHEAD, **front))
    return pd.concat(tables, ignore_index=True)


def common_share(errors: Floats, group: NDArray[np.int_]) -> float:
    """Compute the share of the variance of errors that entities of one group have in common, by their products."""
    errors = errors - errors.mean()
    sums, squares, sizes = (np.bincount(group, weights) for weights in (errors, errors**2, None))
    return float((sums**2 - squares).sum() / (sizes * (sizes - 1.0)).sum() / (errors**2).mean())


def shared_by_provinces(seed: int = SEED, ahead: int = 5) -> float:
    """Compute the share of the variance of provinces' real errors, forecast forward, common to a year."""
    windows, above, own = forward_levels(5, seed, ahead)
    error = windows.change[:, -1] - np.median(above, axis=-1)[:, -1] - np.median(own, axis=-1)[:, -1]
    known = np.isfinite(error)
    return common_share(error[known], np.unique(windows.origin[known], return_inverse=True)[1])


def china(first: int = 1980) -> pd.DataFrame:
    """Score the law of the other countries on China, every origin from a year on."""
    panel = read_panel("countries")
    windows = Subject(panel).windows(levels.NATION_RECORD, max(AHEAD), law_covariates())
    own = windows.take((windows.entity == panel.entities.index(level_fits.CHINA)) & (windows.origin >= first))
    law = level_fits.fit_nation(without=level_fits.CHINA)
    scores = {LEVELS: Scored.of(law.forecast(own.history, max(AHEAD)), own.change)}
    for name in SHIPPED[:1]:
        rival = register.law_named(name, assumptions=read_assumptions())
        scores[name] = Scored.of(rival.forecast(own.history, max(AHEAD)), own.change)
    return rows_of(scores, AHEAD, panel="China", holdout="entity", record=levels.NATION_RECORD)


def league(seed: int = SEED) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """Yield the name of every part of the league table with a function that makes it."""
    yield "countries", lambda: pd.concat(countries(seed), ignore_index=True)
    early = EARLY_ORIGINS, f", origins {EARLY_ORIGINS[0]}-{EARLY_ORIGINS[-1]}"
    yield f"countries{early[1]}", lambda: pd.concat(countries(seed, *early), ignore_index=True)
    for panel in level_fits.PARK_PANELS:
        yield panel, lambda panel=panel: by_entity(panel, 5, SITES_AHEAD, seed)
    for tested, taught in (("eu_sites", "us_sites"), ("us_sites", "eu_sites")):
        yield f"{tested} by {taught}", lambda tested=tested, taught=taught: other_continent(tested, taught)
    for record in PROVINCE_RECORDS:
        yield f"provinces, {record} years", lambda record=record: by_entity("provinces", record, SITES_AHEAD, seed)
    for panel in ("provinces", *level_fits.PARK_PANELS):
        yield f"{panel}, drivers as they came", lambda panel=panel: drivers_came(panel, 5, SITES_AHEAD, seed)
    for record in (5, 16):
        yield f"provinces forward, {record} years", lambda record=record: provinces_forward(record, seed)
    yield "China", china
