"""Fitting the nowcast: elasticities on all windows, errors on regions held out."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pathway_models.kernels import Floats
from pathway_models.nowcast.changes import Changes
from pathway_models.records.nowcast import Nowcast, RegionalActivity

#: First year from which elasticities are learnt, and from which errors are counted.
FIRST_TAUGHT, FIRST_SCORED = 2003, 2009
#: First inventory that is kept for parks whose tables end before the last one.
FIRST_KEPT = 2005
#: Regions are dealt into so many folds.
FOLDS = 6
#: Probabilities at which errors are kept.
PROBABILITIES = np.round(np.concatenate([[0.005], np.arange(1, 40) / 40, [0.995]]), 4)
# ASSUME: sectors of these names do as the province's power, iron or cement; all others as its rest.
SECTOR_IDS = {
    "power": ("power", "power_heat", "power_station", "electricity", "chp", "mixed_chp"),
    "iron": ("iron", "steel", "ironmaking", "steelmaking", "rolling", "ferrous_metals"),
    "cement": ("cement", "clinker", "cement_lime", "building_materials", "minerals", "glass_making", "ceramics"),
    "rest": (),
}
#: Digits of what is stored.
DIGITS = 5
VERSION = "1.0"


def folds_of(regions: int) -> NDArray[np.int_]:
    """Deal regions, sorted by name, into folds: (region,)."""
    return np.arange(regions) % FOLDS


def windows(activity: RegionalActivity, horizon: int, first: int = FIRST_TAUGHT) -> Changes:
    """Take all changes over a horizon whose outcome is known, from a first origin on."""
    return Changes(activity, horizon, np.arange(first, activity.last_observed - horizon + 1))


def held_out_centre(changes: Changes, known: NDArray[np.bool_]) -> Floats:
    """Forecast every region with elasticities of the other folds: (origin, region).

    Parameters
    ----------
    changes : Changes
    known : (origin,) bool
        Origins that may be learnt from.
    """
    folds = folds_of(changes.total.shape[1])
    centre = np.empty(changes.total.shape)
    for fold in range(FOLDS):
        taught = known[:, None] & (folds != fold)
        centre[:, folds == fold] = changes.centre(changes.elasticities(taught))[:, folds == fold]
    return centre


def root_mean_square(values: Floats) -> float:
    """Root of the mean square, around zero."""
    return float(np.sqrt(np.mean(values**2)))


def fit_nowcast(activity: RegionalActivity) -> Nowcast:
    """Fit the nowcast of the years that have activity and no inventory.

    Parameters
    ----------
    activity : RegionalActivity

    Returns
    -------
    Nowcast
        Rounded as it is stored.
    """
    last = activity.last_observed
    years = np.arange(last + 1, int(activity.years[-1]) + 1)
    centre, quantiles, gaps, residuals, tilts = [], [], [], [], []
    at, first = activity.at(last), activity.at(FIRST_KEPT)
    nation = np.log(activity.nation[at + 1 :] / activity.nation[at])
    for horizon in range(1, years.size + 1):
        known = windows(activity, horizon)
        everything = np.ones(known.total.shape, dtype=bool)
        now = Changes(activity, horizon, np.array([last]))
        elasticities = known.elasticities(everything)
        centre.append(now.centre(elasticities)[0])
        tilts.append(now.tilts(elasticities, float(nation[horizon - 1])))
        scored = known.origins >= FIRST_SCORED
        error = (known.deviation - held_out_centre(known, everything[:, 0]))[scored]
        residuals.append(error)
        quantiles.append(np.quantile(error, PROBABILITIES))
        gaps.append(root_mean_square(known.nation_gap[scored]))
    return Nowcast(
        version=VERSION,
        regions=activity.regions,
        names=activity.names,
        observed_years=activity.years[first : at + 1],
        observed=activity.emissions[:, first : at + 1],
        years=years,
        centre=np.round(np.stack(centre, axis=1), DIGITS),
        probabilities=PROBABILITIES,
        quantiles=np.round(np.stack(quantiles), DIGITS),
        correlation=np.round(_correlation(residuals), 3),
        nation_change=np.round(nation, DIGITS),
        # The error of a longer horizon is at least that of a shorter one: there are few windows.
        nation_error=np.round(np.maximum.accumulate(gaps), DIGITS),
        sector_ids=SECTOR_IDS,
        tilts=np.round(np.stack([region.T for region, _ in tilts], axis=-1), DIGITS),
        nation_tilts=np.round(np.stack([whole for _, whole in tilts], axis=-1), DIGITS),
    )


def _correlation(residuals: list[Floats]) -> Floats:
    """Correlate the normal scores of the errors of a window over its years: (step, step)."""
    shared = len(residuals[-1])
    scores = []
    for error in residuals:
        rank = np.argsort(np.argsort(error.ravel())).reshape(error.shape)
        scores.append(special.ndtri((rank[:shared] + 0.5) / error.size).ravel())
    return np.corrcoef(np.stack(scores))
