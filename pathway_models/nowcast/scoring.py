"""Scores of the nowcast by rolling origin, against last year's emissions and against the nation's growth for all.

In each window inventories end at its origin: known are sector shares of that year, activity and the national account
of the years after it.  Two things are held out: *regions* (elasticities and errors of the other regions, all years) or
the *future* as well (of the other regions, and only changes that were complete at the origin).  Benchmarks get the
errors they made on the same windows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.intake.panels import ContinentSites
from pathway_models.kernels import Floats
from pathway_models.kernels.scores import coverage, crps_ensemble, ensemble_pit
from pathway_models.nowcast import site_changes
from pathway_models.records.nowcast import RegionalActivity

#: What is held out.
REGIONS, FUTURE = "regions", "regions_and_future"
HOLDOUTS = (REGIONS, FUTURE)
#: Benchmark forecasts.
LAST_YEAR, NATIONAL = "last_year", "national_growth"
#: Members of a scored forecast, at evenly spaced probabilities instead of random draws.
MEMBERS = 199
#: Bands whose coverage is counted.
BANDS = (0.5, 0.8, 0.9)
#: Horizons, years.
HORIZONS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class _Case:
    """One origin: known changes, and forecasts of each region."""

    changes: site_changes.Changes
    at: int
    known: NDArray[np.bool_]
    centre: Floats

    def nation(self) -> Floats:
        """Growth of the national account at all origins: (origin,)."""
        return self.changes.nation - self.changes.nation_gap

    def members(self, taught: NDArray[np.bool_], held: NDArray[np.bool_]) -> dict[str, Floats]:
        """Forecasts of the held regions by name: (region, member)."""
        changes, rows = self.changes, self.known
        even = (np.arange(MEMBERS) + 0.5) / MEMBERS
        nation = self.nation()
        gap = site_changes.root_mean_square(changes.nation_gap[rows])

        def spread(errors: Floats) -> Floats:
            at = site_changes.PROBABILITIES
            return np.interp(even, at, np.quantile(errors[rows][:, taught], at))

        own = spread(changes.deviation - self.centre)
        # The nation's error is independent of the region's: widths add in quadrature.
        own = own * np.sqrt(1.0 + (gap / np.std(own)) ** 2)
        count = int(held.sum())
        return {
            "nowcast": nation[self.at] + self.centre[self.at, held][:, None] + own,
            LAST_YEAR: np.tile(spread(changes.total), (count, 1)),
            NATIONAL: nation[self.at] + np.tile(spread(changes.total - nation[:, None]), (count, 1)),
        }


def score(activity: RegionalActivity, horizons: tuple[int, ...] = HORIZONS) -> pd.DataFrame:
    """Score the nowcast on the years with inventories.

    Parameters
    ----------
    activity : RegionalActivity
    horizons : tuple of int
        Years since the last inventory.

    Returns
    -------
    DataFrame
        One row a holdout and horizon: ``forecasts`` (region-years), ``coverage_50/80/90``, ``crps`` (log),
        ``skill_last_year`` and ``skill_national_growth`` (1 - CRPS / CRPS of the benchmark with its own errors),
        ``mae_skill_*`` (of the centres alone: no change, the nation's growth), ``correlation`` and ``residual_sd`` of
        the log change, and ``change_sd`` of the change itself.
    """
    return pd.DataFrame([_row(activity, holdout, horizon) for holdout in HOLDOUTS for horizon in horizons])


def _row(activity: RegionalActivity, holdout: str, horizon: int) -> dict[str, object]:
    changes = site_changes.windows(activity, horizon)
    folds = site_changes.folds_of(changes.total.shape[1])
    scores: dict[str, list[Floats]] = {}
    pits, outcomes, centres, nations = [], [], [], []
    for case in _cases(changes, holdout):
        outcomes.append(changes.total[case.at])
        nations.append(np.full(folds.size, case.nation()[case.at]))
        centres.append(case.nation()[case.at] + case.centre[case.at])
        for fold in range(site_changes.FOLDS):
            held = folds == fold
            for name, members in case.members(~held, held).items():
                scores.setdefault(name, []).append(crps_ensemble(changes.total[case.at, held], members))
                if name == "nowcast":
                    pits.append(ensemble_pit(changes.total[case.at, held], members))
    crps = {name: float(np.concatenate(parts).mean()) for name, parts in scores.items()}
    outcome, centre, nation = (np.concatenate(parts) for parts in (outcomes, centres, nations))
    pit, own = np.concatenate(pits), np.abs(outcome - centre).mean()
    return {
        "holdout": holdout,
        "horizon": horizon,
        "forecasts": outcome.size,
        **{f"coverage_{100 * band:.0f}": float(coverage(pit, band)) for band in BANDS},
        "crps": crps["nowcast"],
        **{f"skill_{name}": 1.0 - crps["nowcast"] / crps[name] for name in (LAST_YEAR, NATIONAL)},
        f"mae_skill_{LAST_YEAR}": 1.0 - own / np.abs(outcome).mean(),
        f"mae_skill_{NATIONAL}": 1.0 - own / np.abs(outcome - nation).mean(),
        "correlation": float(np.corrcoef(outcome, centre)[0, 1]),
        "residual_sd": float(np.std(outcome - centre)),
        "change_sd": float(np.std(outcome)),
    }


def _cases(changes: site_changes.Changes, holdout: str) -> list[_Case]:
    """Cut the scored windows, with the training data of each."""
    scored = changes.origins >= site_changes.FIRST_SCORED
    everything = site_changes.held_out_centre(changes, np.ones(scored.shape, bool)) if holdout == REGIONS else None
    cases = []
    for at in np.flatnonzero(scored):
        known = scored if holdout == REGIONS else changes.origins + changes.horizon <= changes.origins[at]
        centre = site_changes.held_out_centre(changes, known) if everything is None else everything
        cases.append(_Case(changes, int(at), known, centre))
    return cases


# parks ---------------------------------------------------------------------------------------------------------------

#: Training data of the errors of a park's bridge.
OTHER, PAST = "other_continent", "own_past"
TEACHERS = (OTHER, PAST)
#: Forecast quantity: industry, as in the fit; or all sites of a park, each sector by the change of such sites.
INDUSTRY, ALL_SITES = "industry", "all_sites"
QUANTITIES = (INDUSTRY, ALL_SITES)
#: Column of the emissions of all sites.
TOTAL = "total_tco2"


@dataclass(frozen=True)
class _Parks:
    """Changes of parks over one horizon and their bridges: (park, origin) each; NaN where unknown.

    Parameters
    ----------
    outcome, region : log change; that of the country less the continent's
    around : log change of the continent, mix of sectors included
    plain : the same with all sectors doing as industry does
    """

    outcome: Floats
    region: Floats
    around: Floats
    plain: Floats

    def errors(self, origins: slice) -> Floats:
        """List the errors of a bridge without the region, and the region, of some origins: (2, case)."""
        known = np.isfinite(self.outcome[:, origins])
        return np.stack([part[:, origins][known] for part in (self.outcome - self.around, self.region)])


def score_parks(continents: Mapping[str, ContinentSites], horizons: tuple[int, ...] = HORIZONS) -> pd.DataFrame:
    """Score the bridge of parks by rolling origin: the changes of all sites are known, that of the park is not.

    Errors come from all years of the other continents, or from the changes of the own one that were complete at the
    origin.  Benchmarks get the errors that they made on the same windows.

    Parameters
    ----------
    continents : mapping name -> ContinentSites
    horizons : tuple of int
        Years since a park's last table.

    Returns
    -------
    DataFrame
        One row a panel, quantity, teacher and horizon: ``forecasts`` (park-years), ``coverage_50/80/90``, ``crps``
        (log), ``skill_last_year`` (1 - CRPS / CRPS of no change), ``skill_one_sector`` (the same against all sectors
        doing as industry does; NaN for industry itself).
    """
    rows = []
    for horizon in horizons:
        found = {name: _parks(name, sites, horizon) for name, sites in continents.items()}
        for name, quantities in found.items():
            for quantity, parks in quantities.items():
                others = [one[quantity] for other, one in found.items() if other != name]
                for teacher in TEACHERS:
                    told = {"panel": name, "quantity": quantity, "taught_by": teacher, "horizon": horizon}
                    if scored := _park_scores(parks, others if teacher == OTHER else [], horizon):
                        rows.append(told | scored)
    return pd.DataFrame(rows)


def _parks(name: str, sites: ContinentSites, horizon: int) -> dict[str, _Parks]:
    """Cut the changes of a continent's parks: industry, and all sites."""
    own, nation, region = site_changes.SitePanel.of(name, sites).changes(horizon)
    whole = sites.emissions[TOTAL]
    sectors = {key: values for key, values in sites.emissions.items() if key != TOTAL}
    start = np.stack([np.nan_to_num(values[:, :-horizon]) for values in sectors.values()])
    sums = np.stack([np.nansum(values, axis=0) for values in sectors.values()])
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.einsum("ksy,ky->sy", start, sums[:, horizon:] / sums[:, :-horizon])
        mix = np.log(grown / start.sum(axis=0)) - nation
        total = np.where(np.isfinite(own), np.log(whole[:, horizon:] / whole[:, :-horizon]), np.nan)
    total = np.where(np.isfinite(total), total, np.nan)
    return {
        INDUSTRY: _Parks(own, region, nation, nation),
        ALL_SITES: _Parks(total, region, nation + mix, nation),
    }


def _park_scores(parks: _Parks, others: Sequence[_Parks], horizon: int) -> dict[str, object]:
    """Score the parks of one panel, with errors of others, or of their own past where there are none.

    Empty where the record is too short for a past of its own.
    """
    even = (np.arange(MEMBERS) + 0.5) / MEMBERS
    parts: dict[str, list[Floats]] = {name: [] for name in ("pit", "bridge", LAST_YEAR, "one_sector")}
    for at in range(parks.outcome.shape[1]):
        taught = [(one, slice(None)) for one in others] or [(parks, slice(0, max(0, at - horizon + 1)))]
        errors = [one.errors(origins) for one, origins in taught]
        if not all(part.shape[1] for part in errors):
            continue
        follow = _followed(errors)
        known = np.isfinite(parks.outcome[:, at])
        outcome, region = parks.outcome[known, at], follow * parks.region[known, at]

        def spread(values: Sequence[Floats]) -> Floats:
            return np.quantile(np.concatenate(values), even)

        own = spread([part - np.median(part) for part in (error - follow * place for error, place in errors)])
        plain = spread(
            [
                part - np.median(part)
                for part in ((one.outcome - one.plain - follow * one.region)[:, o] for one, o in taught)
                for part in [part[np.isfinite(part)]]
            ]
        )
        still = spread([one.outcome[:, o][np.isfinite(one.outcome[:, o])] for one, o in taught])
        members = (parks.around[known, at] + region)[:, None] + own
        parts["pit"].append(ensemble_pit(outcome, members))
        parts["bridge"].append(crps_ensemble(outcome, members))
        parts[LAST_YEAR].append(crps_ensemble(outcome, still))
        parts["one_sector"].append(crps_ensemble(outcome, (parks.plain[known, at] + region)[:, None] + plain))
    if not parts["pit"]:
        return {}
    pit, crps = np.concatenate(parts.pop("pit")), {name: float(np.concatenate(x).mean()) for name, x in parts.items()}
    tells_sectors = parks.around is not parks.plain
    return {
        "forecasts": pit.size,
        **{f"coverage_{100 * band:.0f}": float(coverage(pit, band)) for band in BANDS},
        "crps": crps["bridge"],
        f"skill_{LAST_YEAR}": 1.0 - crps["bridge"] / crps[LAST_YEAR],
        "skill_one_sector": 1.0 - crps["bridge"] / crps["one_sector"] if tells_sectors else np.nan,
    }


def _followed(errors: Sequence[Floats]) -> float:
    """Fit the share of a region's departure that parks follow, from 0 to 1."""
    error, region = np.concatenate(errors, axis=1)
    told = region != 0
    return float(np.clip(site_changes.robust_slope(region[told], (error - np.median(error))[told]), 0.0, 1.0))
