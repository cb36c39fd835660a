"""Departures of parks from their nation and region, measured on panels of real sites.

With y the log change of a site over h years, n that of all sites of its continent and d that of all other sites of its
country less n::

    y = n + f_h d + error

The nation counts fully: sites move one to one with it (docs/nowcast.md).  Sites that close are not in it: what is
bridged is a park that goes on reporting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pathway_models.intake.panels import EMISSIONS, ContinentSites
from pathway_models.kernels import Floats
from pathway_models.kernels.quantiles import weighted_quantiles
from pathway_models.nowcast.changes import robust_slope
from pathway_models.nowcast.estimation import DIGITS, PROBABILITIES
from pathway_models.records.nowcast import ParkSpread

#: Years after the last table that are measured.
LONGEST = 8
#: Countries with fewer sites than this say nothing of their own.
LEAST_SITES = 10
#: Continents whose countries are told apart.
BY_COUNTRY = ("eu_sites",)
SPREAD_VERSION = "1.0"


@dataclass(frozen=True, eq=False)
class SitePanel:
    """Sites of one continent.

    Parameters
    ----------
    values : (site, year), tCO2/yr
        NaN or zero where a site did not report.
    regions : (site,) str
        Country of each site.
    is_park : (site,) bool
        Of several sites and large: these teach; all count for their country and continent.
    """

    values: Floats
    regions: NDArray[np.str_]
    is_park: NDArray[np.bool_]

    @classmethod
    def of(cls, continent: str, sites: ContinentSites) -> Self:
        """Take the industry of all sites of a continent; where countries are not told apart, it is one."""
        regions = sites.regions if continent in BY_COUNTRY else np.zeros(len(sites.regions), int).astype(str)
        return cls(sites.emissions[EMISSIONS], regions, sites.is_park)

    def changes(self, horizon: int) -> tuple[Floats, Floats, Floats]:
        """Return log changes of parks, their continent and their country less it: (site, origin); NaN where unknown."""
        known = np.nan_to_num(self.values)
        total = known.sum(axis=0)
        places = sorted(set(self.regions.tolist()))
        row = np.searchsorted(places, self.regions)
        sums = np.zeros((len(places), known.shape[1]))
        np.add.at(sums, row, known)
        counts = np.bincount(row)
        others = sums[row] - known
        with np.errstate(divide="ignore", invalid="ignore"):
            own, nation, region = (
                np.log(array[..., horizon:] / array[..., :-horizon]) for array in (known, total, others)
            )
        own = np.where(self.is_park[:, None] & np.isfinite(own), own, np.nan)
        nation = np.broadcast_to(nation, own.shape)
        told = np.isfinite(region) & (counts[row] >= LEAST_SITES)[:, None] & (len(places) > 1)
        return own, nation, np.where(told, region - nation, 0.0)


def fit_park_spread(panels: Sequence[SitePanel]) -> ParkSpread:
    """Fit what parks follow of their region, and the quantiles of what is left; continents weigh the same.

    Parameters
    ----------
    panels : sequence of SitePanel

    Returns
    -------
    ParkSpread
        Rounded as it is stored.
    """
    follow, left = [], []
    for horizon in range(1, LONGEST + 1):
        parts = [panel.changes(horizon) for panel in panels]
        departure = [(own - nation, region) for own, nation, region in parts]
        y, d = (np.concatenate([part[at][np.isfinite(part[0])] for part in departure]) for at in (0, 1))
        follow.append(robust_slope(d[d != 0], (y - np.median(y))[d != 0]))
    # ASSUME: parks follow their region no less after more years; nothing and everything are the ends.
    follow = np.clip(np.maximum.accumulate(follow), 0.0, 1.0)
    for horizon in range(1, LONGEST + 1):
        parts = [panel.changes(horizon) for panel in panels]
        left.append([own - nation - follow[horizon - 1] * region for own, nation, region in parts])
    return ParkSpread(
        version=SPREAD_VERSION,
        follow=np.round(follow, 2),
        probabilities=PROBABILITIES,
        quantiles=np.round(np.stack([pooled_quantiles(parts) for parts in left]), DIGITS),
        correlation=np.round(_correlation_of_parts(left), 3),
    )


def pooled_quantiles(parts: Sequence[Floats]) -> Floats:
    """Quantiles of errors about their median, every part weighing the same: (K,)."""
    # ASSUME: what parks of the sample do beyond their nation in the median (within 1 % a year) is not China's.
    values = [part[np.isfinite(part)] for part in parts]
    centred = np.concatenate([one - np.median(one) for one in values])
    weights = np.concatenate([np.full(one.size, 1.0 / (one.size * len(values))) for one in values])
    return weighted_quantiles(centred, weights, PROBABILITIES)


def _correlation_of_parts(left: list[list[Floats]]) -> Floats:
    """Correlate the normal scores of the errors of one park over its years, by pairs of years: (S, S)."""
    scores = []
    for parts in left:
        joined = []
        for part in parts:
            known = np.isfinite(part)
            score = np.full(part.shape, np.nan)
            score[known] = special.ndtri((np.argsort(np.argsort(part[known])) + 0.5) / known.sum())
            joined.append(score)
        scores.append(joined)
    found = np.eye(len(left))
    for one in range(len(left)):
        for two in range(one + 1, len(left)):
            pairs = [(a[:, : b.shape[1]], b) for a, b in zip(scores[one], scores[two], strict=True)]
            x, y = (np.concatenate([pair[at].ravel() for pair in pairs]) for at in (0, 1))
            both = np.isfinite(x) & np.isfinite(y)
            found[one, two] = found[two, one] = np.corrcoef(x[both], y[both])[0, 1]
    values, vectors = np.linalg.eigh(found)
    sound = vectors @ np.diag(np.maximum(values, 1e-3)) @ vectors.T
    scale = np.sqrt(np.diag(sound))
    return sound / np.outer(scale, scale)
