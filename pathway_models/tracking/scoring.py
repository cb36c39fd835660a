"""Scores of sealed forecasts against the years that have come since (``docs/tracking.md``, section 7).

Of a forecast, the totals of the years after its record are compared with the quantiles that were sealed, and what
came of "peaks before Y" with its probability.  Growth is compared, not levels: where a new table states another value
for the last year the forecast knew, the forecast is scaled by the two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pathway_models.core.errors import PathwayError
from pathway_models.kernels.event_split import WINDOW, peaks_before
from pathway_models.kernels.scores import brier, coverage, crps_ensemble, ensemble_pit

#: Levels of the bands that are scored.
BANDS = (0.5, 0.8, 0.9)
#: Relative difference from which a stated year counts as restated.
RESTATED = 1e-5


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of the forecasts of a run.

    Parameters
    ----------
    bands : DataFrame
        A row a scenario: ``scenario``; ``park_count`` and ``forecasts`` (park-years); ``coverage_50/80/90`` (shares);
        ``crps`` (share of the last emissions the forecast knew); ``skill_persistence``, 1 - CRPS / CRPS of "nothing
        changes".
    by_year : DataFrame
        The same by year, without the number of parks.
    events : DataFrame
        A row a scenario and year in question: ``scenario``, ``target_year``; ``decided`` and
        ``undecided`` cases; ``mean_forecast``, ``frequency`` and ``brier``, missing where none is decided.
    scored : mapping park -> (first, last) year
    restated : mapping park -> (sealed, stated) tCO2/yr
        Of the last year the forecast knew.
    """

    bands: pd.DataFrame
    by_year: pd.DataFrame
    events: pd.DataFrame
    scored: Mapping[str, tuple[int, int]]
    restated: Mapping[str, tuple[float, float]]


def score(forecasts: Mapping[str, Mapping[str, Any]], totals: Mapping[str, Mapping[int, float]]) -> Scores:
    """Score sealed forecasts.

    Parameters
    ----------
    forecasts : mapping park -> content
        As `runs.seals.read_forecasts` gives it.
    totals : mapping park -> year -> tCO2/yr
        New observations in the account of the forecast, with or without the years before.

    Raises
    ------
    PathwayError
        No park of the forecasts has a new year.
    """
    cases = [row for park, sealed in forecasts.items() for row in _cases(park, sealed, totals.get(park, {}))]
    if not cases:
        known = max((int(sealed["last_observed_year"]) for sealed in forecasts.values()), default=0)
        raise PathwayError(f"no new year of a park of this run: the forecasts were made from records to {known}")
    table = pd.DataFrame(cases)
    bands = _scored(table, ["scenario"])
    bands.insert(1, "park_count", table.groupby("scenario", sort=False)["park"].nunique().to_numpy())
    years = table.groupby("park", sort=False)["year"]
    return Scores(
        bands=bands,
        by_year=_scored(table, ["scenario", "year"]),
        events=_events(forecasts, totals),
        scored={park: (int(of.min()), int(of.max())) for park, of in years},
        restated=dict(_restated(forecasts, totals)),
    )


def _scale(sealed: Mapping[str, Any], known: Mapping[int, float]) -> tuple[float, float]:
    """Return the last emissions the forecast knew, and the factor by which a new table restates them."""
    last = int(sealed["last_observed_year"])
    base = float(sealed["observed"][str(last)])
    return base, known[last] / base if base > 0 and known.get(last, 0.0) > 0 else 1.0


def _restated(
    forecasts: Mapping[str, Mapping[str, Any]], totals: Mapping[str, Mapping[int, float]]
) -> Iterator[tuple[str, tuple[float, float]]]:
    for park, sealed in forecasts.items():
        base, factor = _scale(sealed, totals.get(park, {}))
        if abs(factor - 1.0) > RESTATED:
            yield park, (base, base * factor)


def _cases(park: str, sealed: Mapping[str, Any], known: Mapping[int, float]) -> Iterator[dict[str, Any]]:
    """Compare every forecast year that is known now, scenario by scenario; sites without emissions have no size."""
    base, factor = _scale(sealed, known)
    size = factor * (base or max(map(float, sealed["observed"].values())))
    if size <= 0:
        return
    for at, year in enumerate(sealed["years"]):
        if year not in known:
            continue
        outcome, still = known[year] / size, factor * base / size
        for scenario, content in sealed["scenarios"].items():
            members = np.array(content["quantiles"][at]) * factor / size
            yield {
                "scenario": scenario,
                "park": park,
                "year": year,
                "pit": float(ensemble_pit(outcome, members)),
                "crps": float(crps_ensemble(outcome, members)),
                "still": abs(outcome - still),
            }


def _scored(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    rows = []
    for key, cases in table.groupby(list(by), sort=False):
        crps, still = cases["crps"].mean(), cases["still"].mean()
        rows.append(
            dict(zip(by, key, strict=True))
            | {"forecasts": len(cases)}
            | {f"coverage_{100 * level:.0f}": float(coverage(cases["pit"], level)) for level in BANDS}
            | {"crps": crps, "skill_persistence": 1.0 - crps / still if still > 0 else np.nan}
        )
    return pd.DataFrame(rows)


def _events(forecasts: Mapping[str, Mapping[str, Any]], totals: Mapping[str, Mapping[int, float]]) -> pd.DataFrame:
    rows: dict[tuple[str, int], list[tuple[float, bool | None]]] = {}
    for park, sealed in forecasts.items():
        known = totals.get(park, {})
        for scenario, content in sealed["scenarios"].items():
            for before, probability in content["peaks_before"].items():
                if probability is not None:
                    came = peaked_before(sealed, known, int(before))
                    rows.setdefault((scenario, int(before)), []).append((probability, came))
    return pd.DataFrame([_event(scenario, before, found) for (scenario, before), found in rows.items()])


def _event(scenario: str, before: int, found: list[tuple[float, bool | None]]) -> dict[str, Any]:
    decided = [(probability, came) for probability, came in found if came is not None]
    said, came = np.array(decided, dtype=float).reshape(-1, 2).T
    some = bool(said.size)
    return {
        "scenario": scenario,
        "target_year": before,
        "decided": said.size,
        "undecided": len(found) - said.size,
        "mean_forecast": said.mean() if some else np.nan,
        "frequency": came.mean() if some else np.nan,
        "brier": brier(said, came) if some else np.nan,
    }


def peaked_before(sealed: Mapping[str, Any], known: Mapping[int, float], before: int) -> bool | None:
    """Tell whether a park peaked before a year, by the rule of the headline; None while a year of it is not known.

    Nothing is decided early: a case that can only be decided one way would lean the score that way.
    """
    _, factor = _scale(sealed, known)
    series = {int(year): factor * float(value) for year, value in sealed["observed"].items()} | dict(known)
    years = range(min(series), before + WINDOW)
    if before <= min(series) or any(year not in series for year in years):
        return None
    return bool(peaks_before([series[year] for year in years])[before - min(series)])
