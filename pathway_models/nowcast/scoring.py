"""Scores of the nowcast by rolling origin, against last year's emissions and against the nation's growth for all.

Each window pretends that inventories end at its origin: sector shares of that year, activity and the national account
of the years after it.  Two things are held out: *regions* (elasticities and errors of the other regions, all years) or
the *future* as well (of the other regions, and only changes that were complete at the origin).  Benchmarks get the
errors they made on the same windows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.kernels.scores import coverage, crps_ensemble, ensemble_pit
from pathway_models.nowcast.changes import Changes
from pathway_models.nowcast.estimation import (
    FIRST_SCORED,
    FOLDS,
    PROBABILITIES,
    folds_of,
    held_out_centre,
    root_mean_square,
    windows,
)
from pathway_models.records.nowcast import RegionalActivity

Floats = NDArray[np.float64]
#: What is held out.
REGIONS, FUTURE = "regions", "regions_and_future"
HOLDOUTS = (REGIONS, FUTURE)
#: Forecasts that are compared.
LAST_YEAR, NATIONAL = "last_year", "national_growth"
#: Members of a scored forecast: evenly spaced probabilities, so that no draw decides.
MEMBERS = 199
#: Bands whose coverage is counted.
BANDS = (0.5, 0.8, 0.9)
#: Horizons, years.
HORIZONS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class _Case:
    """One origin: what is known, and how each region would have been forecast."""

    changes: Changes
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
        gap = root_mean_square(changes.nation_gap[rows])

        def spread(errors: Floats) -> Floats:
            return np.interp(even, PROBABILITIES, np.quantile(errors[rows][:, taught], PROBABILITIES))

        own = spread(changes.deviation - self.centre)
        # The nation's error is independent of the region's: added in quadrature to its width.
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
    changes = windows(activity, horizon)
    folds = folds_of(changes.total.shape[1])
    scores: dict[str, list[Floats]] = {}
    pits, outcomes, centres, nations = [], [], [], []
    for case in _cases(changes, holdout):
        outcomes.append(changes.total[case.at])
        nations.append(np.full(folds.size, case.nation()[case.at]))
        centres.append(case.nation()[case.at] + case.centre[case.at])
        for fold in range(FOLDS):
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


def _cases(changes: Changes, holdout: str) -> list[_Case]:
    """Cut the windows that are scored, with what may be known in each."""
    scored = changes.origins >= FIRST_SCORED
    everything = held_out_centre(changes, np.ones(scored.shape, bool)) if holdout == REGIONS else None
    cases = []
    for at in np.flatnonzero(scored):
        known = scored if holdout == REGIONS else changes.origins + changes.horizon <= changes.origins[at]
        centre = held_out_centre(changes, known) if everything is None else everything
        cases.append(_Case(changes, int(at), known, centre))
    return cases
