"""Fits of the law in levels: training panels of each level, and correlations between levels.

Nation: countries.  Economy: real GDP of countries.  Region: provinces as deviations from the nation.  Park: clusters of
industrial sites as deviations from what all clusters of their continent have in common.  docs/law_in_levels.md.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pathway_models.baseline.laws.levels import GDP, NATION_RECORD, POPULATION, SIZE, Level
from pathway_models.baseline.windows import Subject
from pathway_models.intake.panels import Panel, read_panel
from pathway_models.kernels import Floats
from pathway_models.records.growth_laws import LevelParameters, LevelRecord, Windows

VERSION = "2.0"
#: Half-life of the weight of a country's record, years: errors are smaller today than in 1970.
NATION_HALF_LIFE, ECONOMY_HALF_LIFE = 10.0, 15.0
#: Longest horizons of a nation, a region and a park in the panels.
NATION_REACH, REGION_REACH, PARK_REACH = 36, 10, 7
#: Lengths of the training records of regions and parks.
REGION_RECORDS, PARK_RECORDS = (5, 8, 12, 16), (3, 5, 8)
#: Panels of parks, and the country code of their continent's industry.
PARK_PANELS = {"eu_sites": "EU", "us_sites": "US"}
# ASSUME: parks share half of a nation's departure from its forecast; with all of it bands are too wide on the other
# continent (50 % bands cover .57-.60), without it coverage is lost (docs/law_in_levels.md).
PARK_FOLLOWS_NATION = 0.5
#: Power with which errors of parks grow beyond the last known horizon: five-year over one-year scale is 1.97.
PARK_WIDENING = 0.42
#: Share of a panel's changes trimmed at each end before the mean.
TRIMMED = 0.1
#: China in the panel of countries.
CHINA = "CHN"


def fit_nation(without: str = "", known_by: int | None = None, *, by_size: bool = False) -> Level:
    """Fit the law of nations to the countries, without one of them, with data known by a year."""
    level = Level("nation", half_life=NATION_HALF_LIFE, by_size=by_size)
    return _of_countries(level, "emissions_tco2", without, known_by)


def fit_economy() -> Level:
    """Fit the law of real GDP to the countries."""
    return _of_countries(Level("economy", half_life=ECONOMY_HALF_LIFE), GDP, "", None)


def _of_countries(level: Level, quantity: str, without: str, known_by: int | None) -> Level:
    panel = read_panel("countries")
    windows = Subject(panel, quantity).windows(NATION_RECORD, NATION_REACH, level.covariates)
    if without:
        windows = windows.take(windows.entity != panel.entities.index(without))
    return level.fit([windows if known_by is None else windows.known_by(known_by)])


def nation_logs(country: str = CHINA) -> Mapping[int, float]:
    """Look up the log emissions of a country by year."""
    panel = read_panel("countries")
    logs = panel.logs()[panel.entities.index(country)]
    return {int(year): float(value) for year, value in zip(panel.years, logs, strict=True) if np.isfinite(value)}


def deviations(windows: Windows, above: Mapping[int, float], times: float = 1.0) -> Windows:
    """Subtract the level above from records and outcomes.

    Parameters
    ----------
    windows : Windows
    above : mapping year -> float
        Log of the level above.
    times : float
        Share of it that is subtracted.

    Returns
    -------
    Windows
        With their own emissions as size among the covariates.
    """
    first, last = min(above), max(above)
    logs = np.array([above.get(year, np.nan) for year in range(first, last + 1)]) * times

    def at(years: NDArray[np.int_]) -> Floats:
        inside = (years >= first) & (years <= last)
        return np.where(inside, logs[np.clip(years - first, 0, logs.size - 1)], np.nan)

    record = windows.origin[:, None] + np.arange(1 - windows.record, 1)
    later = windows.origin[:, None] + np.arange(1, windows.change.shape[1] + 1)
    change = windows.change - (at(later) - at(windows.origin)[:, None])
    covariates = {**windows.covariates, SIZE: windows.log_history}
    return Windows(windows.entity, windows.origin, windows.log_history - at(record), change, covariates)


def region_windows(panel: Panel | None = None, records: tuple[int, ...] = REGION_RECORDS) -> list[Windows]:
    """Cut the records of provinces as deviations from China, a set a length."""
    subject, china = Subject(panel or read_panel("provinces")), nation_logs()
    return [deviations(subject.windows(record, REGION_REACH, Level.covariates), china) for record in records]


def fit_region(windows: list[Windows] | None = None) -> Level:
    """Fit the law of the deviations of provinces from the nation."""
    return Level("region").fit(region_windows() if windows is None else windows)


def common_path(panel: Panel) -> dict[int, float]:
    """Cumulate the trimmed mean yearly log change of a panel's sites: year -> log, from zero in its first year."""
    changes = np.diff(panel.logs(), axis=1)
    path = np.cumsum([0.0, *(_trimmed(column[np.isfinite(column)]) for column in changes.T)])
    return dict(zip(panel.years.tolist(), path.tolist(), strict=True))


def _trimmed(values: Floats) -> float:
    low, high = np.quantile(values, [TRIMMED, 1.0 - TRIMMED])
    return float(values[(values >= low) & (values <= high)].mean())


def level_above(panel: str) -> Mapping[int, float] | None:
    """Return the log of the level above a panel, by year; None for a panel without one.

    It is China for provinces, and the common path of the sites of a continent for sites.
    """
    if panel == "provinces":
        return nation_logs()
    return common_path(read_panel(panel)) if panel in PARK_PANELS else None


def park_windows(name: str, records: tuple[int, ...] = PARK_RECORDS) -> list[Windows]:
    """Cut the records of a panel of sites as deviations from their common path, a set a length."""
    panel = read_panel(name)
    common, subject = common_path(panel), Subject(panel)
    return [deviations(subject.windows(record, PARK_REACH, Level.covariates), common) for record in records]


def fit_park(panels: tuple[str, ...] = tuple(PARK_PANELS), records: tuple[int, ...] = PARK_RECORDS) -> Level:
    """Fit the law of the deviations of parks from their continent's industry."""
    return Level("park", widening=PARK_WIDENING).fit([one for name in panels for one in park_windows(name, records)])


def fit_levels(china: LevelRecord, nations: Mapping[str, LevelRecord], provinces: Mapping[str, str]) -> LevelParameters:
    """Fit every level.

    Parameters
    ----------
    china : LevelRecord
        The nation's last years.
    nations : mapping country code -> LevelRecord
        Other nations that parks may lie in.
    provinces : mapping panel name -> name in park tables
    """
    nation, economy, region, park = fit_nation(), fit_economy(), fit_region(), fit_park()
    follows, noise = activity_follows()
    numbers = {
        "park_follows_nation": PARK_FOLLOWS_NATION,
        "park_in_region": region_share(),
        "economy_with_nation": economy_with_nation(nation, economy),
        "activity_follows": follows,
        "activity_noise": noise,
        "park_widening": PARK_WIDENING,
    }
    fits = {"nation": nation, "economy": economy, "region": region, "park": park}
    drifts = {code: float(np.mean(np.diff(list(common_path(read_panel(name)).values()))))
              for name, code in PARK_PANELS.items()}  # fmt: skip
    return LevelParameters(
        VERSION, {name: level.fitted for name, level in fits.items()}, numbers,
        {"CN": china, **nations}, region_records(provinces), drifts,
    )  # fmt: skip


def country_record(country: str, years: int = NATION_RECORD) -> LevelRecord:
    """Return the last years of a country in the panel."""
    panel = read_panel("countries")
    at = panel.entities.index(country)
    covariates = {name: panel.logs(name)[at, -years:] for name in (GDP, POPULATION)}
    return LevelRecord(panel.years[-years:], panel.logs()[at, -years:], covariates)


def region_records(names: Mapping[str, str]) -> dict[str, LevelRecord]:
    """Return the last years of every province in the panel, by its name in park tables."""
    panel = read_panel("provinces").between(2004, 2019)
    return {
        names[name]: LevelRecord(panel.years, logs) for name, logs in zip(panel.entities, panel.logs(), strict=True)
    }


def economy_with_nation(nation: Level, economy: Level, ahead: int = 5) -> float:
    """Correlate the errors of GDP and of emissions of the same countries, by the standard normals of their ranks."""
    panel, scores = read_panel("countries"), {}
    for level, quantity in ((nation, "emissions_tco2"), (economy, GDP)):
        windows = Subject(panel, quantity).windows(NATION_RECORD, ahead, level.covariates)
        pit = level.forecast(windows.history, ahead).pit(windows.change)[:, -1]
        for entity, origin, value in zip(windows.entity, windows.origin, pit, strict=True):
            if np.isfinite(value):
                scores.setdefault((int(entity), int(origin)), {})[quantity] = value
    pairs = np.array([list(both.values()) for both in scores.values() if len(both) == 2])
    ranks = pairs.argsort(axis=0).argsort(axis=0)
    return float(2.0 * np.sin(np.pi / 6.0 * np.corrcoef(ranks.T)[0, 1]))


def region_share(ahead: int = 5, record: int = 5) -> float:
    """Estimate the share of the variance of cities' errors that cities of one province have in common.

    The common part of all cities of a year, which is the nation's, is subtracted first.
    """
    subject = Subject(read_panel("cities"))
    windows = subject.windows(record, ahead, Level.covariates)
    error = windows.change[:, -1] - Level().fit([windows]).forecast(windows.history, ahead).centre[:, -1]
    known = np.isfinite(error)
    bound = np.quantile(np.abs(error[known]), 0.95)
    error, origin = np.clip(error[known], -bound, bound), windows.origin[known]
    for year in np.unique(origin):
        error[origin == year] -= error[origin == year].mean()
    groups = subject.groups_of(windows)[known]
    products, counts = 0.0, 0
    for place in set(zip(groups.tolist(), origin.tolist(), strict=True)):
        own = error[(groups == place[0]) & (origin == place[1])]
        products += own.sum() ** 2 - (own**2).sum()
        counts += own.size * (own.size - 1)
    return float(max(products / counts / error.var(), 0.0))


def activity_follows(ahead: int = 5) -> tuple[float, float]:
    """Regress the GDP of provinces on their emissions, both against the mean of provinces, five years ahead.

    Returns
    -------
    follows : float
        Log GDP per log of emissions.
    noise : float
        Yearly standard deviation of the residual, log: the five-year one over the root of five.
    """
    panel = read_panel("provinces")
    emissions, gdp = panel.logs(), panel.logs("gdp_million_cny_2015")
    moves = []
    for at in range(panel.years.size - ahead):
        both = np.stack([emissions[:, at + ahead] - emissions[:, at], gdp[:, at + ahead] - gdp[:, at]])
        both = both[:, np.isfinite(both).all(axis=0)]
        if both.shape[1] > 1:
            moves.append(both - both.mean(axis=1, keepdims=True))
    x, y = np.concatenate(moves, axis=1)
    follows = float(x @ y / (x @ x))
    return follows, float((y - follows * x).std() / np.sqrt(ahead))
