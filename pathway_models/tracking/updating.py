"""Feed a new year of data into the forecast made without it, and set next year's targets (``docs/tracking.md``).

A target is the median of the plan's members that peak in time; its limit is the least ambitious value such that the
members at or beyond it peak in time with the required probability.

Scores of sealed forecasts against the years that have come since (``docs/tracking.md``, section 7).

The totals of the years after the record of a forecast are compared with the sealed quantiles, and the outcome of
"peaks before Y" with its probability.  Growth is compared, not levels: where a new table restates the last
year of that record, the forecast is scaled by the ratio of both values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pathway_models.core import PathwayError
from pathway_models.engine import batches, chain, package_tree, projecting, sampling
from pathway_models.inventory.accounts import take_inventory
from pathway_models.kernels import decomposition, event_split, quantiles, scores, turning_points
from pathway_models.peaks.finding import find_peaks
from pathway_models.records import Assumptions, Park, Scenario
from pathway_models.tracking.records import DRIVERS, QUANTITIES, NextYearTarget, ScenarioForecast, TrackingResult

QUANTILES = (0.05, 0.5, 0.95)
#: Error of a reported yearly change, log.
# ASSUME: two percent; the factor of a park's accounts is the same in both years and cancels.
REPORT_ERROR = 0.02
#: Weights have collapsed below this number of effective members or this share of all members, whichever is more.
LEAST_MEMBERS, LEAST_SHARE = 100, 0.05


def track(
    earlier: Park,
    later: Park,
    scenarios: Iterable[Scenario],
    *,
    before: int = 2030,
    probability: float = 0.7,
    members: int = 1000,
    seed: int = 20240401,
    until: int = 2060,
    error: float = REPORT_ERROR,
    assumptions: Assumptions | None = None,
) -> TrackingResult:
    """Update the forecast from a shorter record by a longer one.

    Parameters
    ----------
    earlier, later : Park
        Record at the time of the forecast, and with the new years (`records.joined`).
    scenarios : iterable of Scenario
        The last one is the plan.
    before : int
        Year before which emissions shall peak.
    probability : float
        Required probability of a peak in time for next year's targets.
    members, seed, until : int
        Of the forecast as it was made.
    error : float
        Of a reported yearly change, log.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Raises
    ------
    PathwayError
        Another park, no new year, no scenario, or totals that are not above zero.
    """
    chosen = list(scenarios)
    _check(earlier, later, chosen, until)
    base, known = earlier.last_observed_year, later.last_observed_year
    totals, old = _totals(later), _totals(earlier)
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    ensemble = _Ensemble(earlier, chosen, **drawn)
    logs = ensemble.log_weights(totals, known, error)
    if any(bool(collapsed(quantiles.normalised(own))) for own in logs.values()):
        renewed, state, weights = _Ensemble(later, chosen, **drawn), "re-fitted", ensemble.equal
    else:
        renewed, state, weights = (
            ensemble,
            "re-weighted",
            {name: quantiles.normalised(own) for name, own in logs.items()},
        )
    plan = ensemble.pathways.scenarios[-1]
    return TrackingResult(
        identity=later.identity,
        known=known,
        base=base,
        before=before,
        plan=plan,
        made=ensemble.forecasts("made", base, ensemble.equal, before),
        updated=renewed.forecasts(state, known, weights, before),
        log_evidence={name: float(quantiles.log_mean(own)) for name, own in logs.items()},
        reported={year: totals[year] for year in range(base + 1, known + 1)},
        foreseen=ensemble.foreseen(totals[base], range(base + 1, known + 1)),
        deviation=ensemble.deviation(later, totals[base], known),
        targets=_next_year_targets(later, renewed, chosen[-1], weights[plan], before, probability),
        restated={y: (was, totals[y]) for y, was in old.items() if abs(totals[y] - was) > 1e-6 * abs(was)},
        seed=seed,
        members=members,
        until=until,
    )


def _totals(park: Park) -> dict[int, float]:
    """Return reported totals by year, tCO2/yr."""
    totals = take_inventory(park).total()
    if (totals <= 0).any():
        raise PathwayError(f"{park.park_id}: a total is not above zero; changes have no logarithm")
    return dict(zip(park.years.tolist(), totals.tolist(), strict=True))


def _check(earlier: Park, later: Park, chosen: list[Scenario], until: int) -> None:
    """Refuse scenarios and records that do not fit together."""
    wrong = []
    if not chosen:
        wrong.append("no scenario")
    if earlier.park_id != later.park_id:
        wrong.append(f"the new record is of {later.park_id}")
    if later.last_observed_year <= earlier.last_observed_year:
        wrong.append(f"the new record ends in {later.last_observed_year}, which was known already")
    if not set(earlier.years.tolist()) <= set(later.years.tolist()):
        wrong.append("the new record lacks years of the old one")
    if later.last_observed_year >= until:
        wrong.append(f"nothing is left to forecast until {until}")
    if wrong:
        raise PathwayError(f"{earlier.park_id}: " + "; ".join(wrong))


def collapsed(weights: np.ndarray) -> np.ndarray:
    """Tell whether weights rest on too few members: (..., member) to (...)."""
    return quantiles.effective_size(weights) < max(LEAST_MEMBERS, LEAST_SHARE * weights.shape[-1])


def parts_of(year: np.ndarray, weights: np.ndarray, last_year: int) -> str:
    """Write the separate parts of weighted peak years, as of the effective number of equal members.

    Parameters
    ----------
    year : (member,)
        ``inf`` where there is none.
    weights : (member,)
        Sum to one.
    last_year : int
        Last possible peak year.
    """
    size = round(float(quantiles.effective_size(weights)))
    alike = quantiles.weighted_quantiles(year, weights, (np.arange(size) + 0.5) / size)
    dated = alike[np.isfinite(alike)]
    return turning_points.humps_text(turning_points.humps(dated, size - dated.size, last_year), last_year)


class _Ensemble:
    """A forecast with all its members."""

    def __init__(self, park: Park, chosen: list[Scenario], *, members: int, **drawn: Any) -> None:
        self.park = park
        self.draws = sampling.sample(park, chosen, members=members, **drawn)
        self.pathways = projecting.project(park, chosen, self.draws)
        self.peaks = find_peaks(self.pathways)
        self.equal = dict.fromkeys(self.pathways.scenarios, np.full(members, 1.0 / members))

    def at(self, year: int) -> int:
        """Return the position of a year."""
        return int(year - self.pathways.years[0])

    def totals(self, scenario: int, years: Iterable[int]) -> np.ndarray:
        """Return totals of some years: (member, year)."""
        return self.pathways.emissions[scenario].sum(axis=1)[:, [self.at(year) for year in years]]

    def log_weights(self, totals: Mapping[int, float], known: int, error: float) -> dict[str, np.ndarray]:
        """Return the log weights that the reported years give the members of each scenario: (member,) each."""
        years = range(self.park.last_observed_year, known + 1)
        happened = np.diff(np.log([totals[year] for year in years]))
        return {
            name: quantiles.log_weights(np.diff(np.log(self.totals(at, years)), axis=-1), happened, error)
            for at, name in enumerate(self.pathways.scenarios)
        }

    def forecasts(
        self, state: str, known: int, weights: Mapping[str, np.ndarray], before: int
    ) -> dict[str, ScenarioForecast]:
        """Return the forecast of every scenario under the weights given."""
        return {name: self._forecast(name, state, known, own, before) for name, own in weights.items()}

    def _forecast(self, name: str, state: str, known: int, weights: np.ndarray, before: int) -> ScenarioForecast:
        at = self.pathways.index(name)
        year = np.where(self.peaks.censored()[at], np.inf, self.peaks.year[at])
        return ScenarioForecast(
            scenario=name,
            state=state,
            known=known,
            weights=weights,
            effective=float(quantiles.effective_size(weights)),
            p_before=float(weights @ self.peaks.peaks_before(before)[at]),
            p_by=float(weights @ self.peaks.peaks_before(before + 1)[at]),
            quantiles=quantiles.weighted_quantiles(year, weights, QUANTILES),
            parts=parts_of(year, weights, self.peaks.last_peak_year),
        )

    def foreseen(self, level: float, years: Iterable[int]) -> dict[int, np.ndarray]:
        """Return quantiles of the plan's totals from a reported level of the base year: year -> (3,)."""
        base = self.park.last_observed_year
        found = {}
        for year in years:
            start, end = self.totals(-1, (base, year)).T
            found[year] = np.quantile(level * end / start, QUANTILES)
        return found

    def deviation(self, later: Park, level: float, year: int) -> dict[str, np.ndarray]:
        """Decompose the deviation of the report from each member of the plan by driver: (member,) each."""
        base, memo_items = self.park.last_observed_year, self.pathways.memo_items
        value = memo_items["economy" if "economy" in memo_items else "activity"][-1, :, self.at(year)]
        energy = memo_items["energy"][-1, :, self.at(year)]
        start, end = self.totals(-1, (base, year)).T
        # From the reported level on: a member's own factor error is no deviation.
        total = level * end / start
        seen_value = float(later.activity[counted_sectors(later), -1].sum())
        seen_energy = float(later.energy[..., -1].sum())
        seen_total = float(take_inventory(later).total()[-1])
        planned = np.stack([value, energy / value, total / energy])[:, None]
        reported = np.array([seen_value, seen_energy / seen_value, seen_total / seen_energy])
        effects = decomposition.lmdi(planned, np.broadcast_to(reported[:, None, None], planned.shape))
        return dict(zip(DRIVERS, effects, strict=True))


def _next_year_targets(
    later: Park, ensemble: _Ensemble, plan: Scenario, weights: np.ndarray, before: int, probability: float
) -> tuple[NextYearTarget, ...]:
    """Set targets for the year after the record ``later``, from the members of the plan, the last scenario."""
    known, peaks = later.last_observed_year, ensemble.peaks
    reported, (now, then) = reported_values(later), _foreseen_values(ensemble, plan, known)
    succeeds = peaks.peaks_before(before)[-1]
    found = []
    for name, (unit, less) in QUANTITIES.items():
        if np.isnan(reported[name]):
            continue
        # The foreseen change continues the reported values: of amounts as a ratio, of shares as a difference.
        if name.endswith("_share"):
            values = np.clip(reported[name] + then[name] - now[name], 0.0, 1.0)
        else:
            values = reported[name] * then[name] / now[name]
        target, latest = _target_and_limit(values, succeeds, weights, probability, less)
        if reported[name] == 0 and not values.any():
            continue  # no coal in use, no green power planned
        found.append(NextYearTarget(name, unit, known + 1, reported[name], target, latest))
    return tuple(found)


def _target_and_limit(
    values: np.ndarray, succeeds: np.ndarray, weights: np.ndarray, probability: float, less: bool
) -> tuple[float, float]:
    """Return the median of the members that succeed, and the least ambitious value still on course."""
    won = weights * succeeds
    if won.sum() <= 0:
        return float("nan"), float("nan")
    target = float(quantiles.weighted_quantiles(values, won / won.sum(), (0.5,))[0])
    sign = 1.0 if less else -1.0
    return target, sign * quantiles.latest_on_course(sign * values, succeeds, weights, probability)


def reported_values(park: Park) -> dict[str, float]:
    """Return `QUANTITIES` of the last year on record; NaN where there is no purchased power to have a share of."""
    use = dict.fromkeys(park.groups, 0.0)
    for c, group in enumerate(park.groups):
        use[group] += float(park.energy[:, c, -1].sum())
    total, energy = float(take_inventory(park).total()[-1]), sum(use.values())
    activity = float(park.activity[counted_sectors(park), -1].sum())
    power = sum(use.get(group, 0.0) for group in batches.POWER)
    return {
        "emissions": total,
        "emissions_per_activity": total / activity,
        "energy_per_activity": energy / activity,
        "coal_share": use.get("coal", 0.0) / energy if energy > 0 else np.nan,
        "green_power_share": use.get("green_electricity", 0.0) / power if power > 0 else np.nan,
    }


def counted_sectors(park: Park) -> list[bool]:
    """Mark the sectors whose activity is summed: those of the economy where `Pathways` has it, otherwise all."""
    if "economy" in projecting.memo_item_names(park):
        return [kind in projecting.ECONOMIES for kind in park.activity_kinds]
    return [True] * len(park.sectors)


def _foreseen_values(ensemble: _Ensemble, plan: Scenario, known: int) -> list[dict[str, np.ndarray]]:
    """Return `QUANTITIES` of each member in the last known year and in the one after it: (member,) each."""
    park, draws = ensemble.park, ensemble.draws
    both = [_foreseen_in(ensemble, year) for year in (known, known + 1)]
    for at, batch, case in projecting.runs(park, [plan], draws, known + 1, projecting.assumed_by(draws, None)):
        if at is None:  # the ensemble without measures
            continue
        for values, year in zip(both, (known, known + 1), strict=True):
            use = _energy_in(batch, case, year - park.last_observed_year, ("coal", *batches.POWER))
            power = use["electricity"] + use["green_electricity"]
            values["coal_share"][batch.members] = use["coal"] / values["energy"][batch.members]
            np.divide(use["green_electricity"], power, out=values["green_power_share"][batch.members], where=power > 0)
    return both


def _foreseen_in(ensemble: _Ensemble, year: int) -> dict[str, np.ndarray]:
    """Return the plan's quantities of a year as the pathways have them, the shares still zero."""
    pathways, at = ensemble.pathways, ensemble.at(year)
    total = pathways.emissions[-1, :, :, at].sum(axis=-1)
    activity = pathways.memo_items["economy" if "economy" in pathways.memo_items else "activity"][-1, :, at]
    energy = pathways.memo_items["energy"][-1, :, at]
    return {
        "emissions": total,
        "emissions_per_activity": total / activity,
        "energy_per_activity": energy / activity,
        "energy": energy,
        "coal_share": np.zeros(total.size),
        "green_power_share": np.zeros(total.size),
    }


def _energy_in(
    batch: package_tree.BatchEvaluator, case: chain.PackageCase, ahead: int, groups: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Return energy of groups ``ahead`` years after the record, in it where that is 0 or less: (member,) each, TJ."""
    past = ahead <= 0
    books = batch.past if past else batch.accounts
    row = ahead - 1  # rows of the past are counted from its end
    found = {}
    for group in groups:
        use = books.both(books.energy, (group,), 1.0) if past else case.energy((group,))
        use = np.broadcast_to(use, books.zero.shape)
        found[group] = use[row] if group in books.groups else np.zeros(use.shape[1])
    return found


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
        ``crps`` (share of the last emissions on record); ``skill_persistence``, 1 - CRPS / CRPS of "nothing
        changes".
    by_year : DataFrame
        The same by year, without the number of parks.
    events : DataFrame
        A row a scenario and year in question: ``scenario``, ``target_year``; ``decided`` and
        ``undecided`` cases; ``mean_forecast``, ``frequency`` and ``brier``, missing where none is decided.
    scored : mapping park -> (first, last) year
    restated : mapping park -> (sealed, stated) tCO2/yr
        Of the last year in the record of the forecast.
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
        As `runs.provenance.read_forecasts` gives it.
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
    """Return the last emissions in the record of the forecast, and the factor by which a new table restates them."""
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
    """Compare every forecast year with new data, scenario by scenario; sites without emissions are left out."""
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
                "pit": float(scores.ensemble_pit(outcome, members)),
                "crps": float(scores.crps_ensemble(outcome, members)),
                "still": abs(outcome - still),
            }


def _scored(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    rows = []
    for key, cases in table.groupby(list(by), sort=False):
        crps, still = cases["crps"].mean(), cases["still"].mean()
        rows.append(
            dict(zip(by, key, strict=True))
            | {"forecasts": len(cases)}
            | {f"coverage_{100 * level:.0f}": float(scores.coverage(cases["pit"], level)) for level in BANDS}
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
        "brier": scores.brier(said, came) if some else np.nan,
    }


def peaked_before(sealed: Mapping[str, Any], known: Mapping[int, float], before: int) -> bool | None:
    """Tell whether a park peaked before a year, by the rule of the headline; None while a year of it is not known.

    No case is decided early: those decidable early all have one outcome, which would bias the score.
    """
    _, factor = _scale(sealed, known)
    series = {int(year): factor * float(value) for year, value in sealed["observed"].items()} | dict(known)
    years = range(min(series), before + event_split.WINDOW)
    if before <= min(series) or any(year not in series for year in years):
        return None
    return bool(event_split.peaks_before([series[year] for year in years])[before - min(series)])
