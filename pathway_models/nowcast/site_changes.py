"""Fits of the nowcast of provinces and of the spread of parks, and the nowcast by member.

The emissions of a province's sector follow the nation's output of that sector, and a fitted share of the departure of
the province's output from it::

    ln e_kp(T+h)/e_kp(T) = G_k + b_k (g_kp - G_k) + error        k: power, iron, cement
    ln e_rp(T+h)/e_rp(T) =       b_r (g_cp - G_c) + error        the rest, which construction explains best

with g the log growth of thermal generation, pig iron and cement, and G its mean over provinces, weighted by the
emissions of the sector in T.  The sum over sectors is the centre; the nation's growth is added afterwards.
Elasticities are fitted on all windows, errors on regions held out.

Departures of parks from their nation and region are measured on panels of real sites.  With y the log change of a site
over h years, n that of all sites of its continent and d that of all other sites of its country less n::

    y = n + f_h d + error

Sites move one to one with the nation (docs/nowcast.md).  Sites that close are left out, since a bridged park goes on
reporting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pathway_models.baseline.bridges import raked
from pathway_models.core import PathwayError
from pathway_models.engine.sampling import region_members
from pathway_models.intake.fitted import read_activity, read_nowcast
from pathway_models.intake.panels import EMISSIONS, ContinentSites
from pathway_models.kernels import Floats
from pathway_models.kernels.quantiles import weighted_quantiles
from pathway_models.records.nowcast import Nowcast, ParkSpread, RegionalActivity, RegionalEnsemble

SECTORS = ("power", "iron", "cement", "rest")
#: Columns of sector emissions.
SECTOR_COLUMNS = {"power": "co2_power_t", "iron": "co2_iron_t", "cement": "co2_cement_t"}
#: Columns of output, each used where the one before it is missing.
# ASSUME: crude steel stands for pig iron where a province reports no iron.
OUTPUT = {
    "power": ("thermal_gwh",),
    "iron": ("pig_iron_t", "crude_steel_t"),
    "cement": ("cement_t",),
    "rest": ("cement_t",),
}
#: Prior share of a departure from the nation that emissions follow.
# ASSUME: rounded elasticities of 2003-2019; a fit is shrunk to them with the weight of `PRIOR_WINDOWS` windows.
PRIOR = {"power": 0.8, "iron": 0.6, "cement": 0.8, "rest": 0.1}
PRIOR_WINDOWS = 10.0
#: Smallest sector in a fit, tCO2/yr, and bound of its log changes.
LEAST, LARGEST = 1e6, 1.0
# ASSUME: the rest of the nation keeps at least a tenth of its emissions, whatever the other sectors take.
LEAST_LEFT = 0.1
#: Bound of Huber's weights in robust standard deviations (Huber 1964, Annals of Mathematical Statistics 35, 73-101;
#: cited from background knowledge), and iterations of the weights.
HUBER, ROUNDS = 1.5, 10
#: Median absolute deviation of a normal distribution, in standard deviations.
MAD = 0.6745


@dataclass(frozen=True, eq=False)
class Changes:
    """All changes over one horizon.

    Parameters
    ----------
    activity : RegionalActivity
    horizon : int
        Years.
    origins : (T,) int
        First years.
    """

    activity: RegionalActivity
    horizon: int
    origins: NDArray[np.int_]

    def _pair(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the values of the origins and of ``horizon`` years later: (origin, region)."""
        first = self.origins - int(self.activity.years[0])
        return values[:, first].T, values[:, first + self.horizon].T

    @cached_property
    def start(self) -> Floats:
        """Emissions of the sectors at the origins: (sector, origin, region); zero where a province has none."""
        return np.stack([np.nan_to_num(self._pair(self._sector(name))[0]) for name in SECTORS])

    @cached_property
    def total(self) -> Floats:
        """Log change of all emissions: (origin, region); NaN where not known."""
        before, after = self._pair(self.activity.emissions)
        return np.log(after / before)

    @cached_property
    def weights(self) -> Floats:
        """Share of each region in the emissions of the origin: (origin, region)."""
        total = self.start.sum(axis=0)
        return total / total.sum(axis=1, keepdims=True)

    @cached_property
    def nation(self) -> Floats:
        """Log change of the sum of the regions: (origin,)."""
        return np.log(np.sum(self.weights * np.exp(self.total), axis=1))

    @cached_property
    def deviation(self) -> Floats:
        """Log change of each region less that of the sum: (origin, region)."""
        return self.total - self.nation[:, None]

    @cached_property
    def nation_gap(self) -> Floats:
        """Log change of the sum of the regions less that of the national account: (origin,)."""
        first = self.origins - int(self.activity.years[0])
        account = self.activity.nation
        return self.nation - np.log(account[first + self.horizon] / account[first])

    def _sector(self, name: str) -> Floats:
        """Return the emissions of a sector, (region, year); zero if not reported where the total is known."""
        total = self.activity.emissions
        known = {
            key: np.where(np.isfinite(total), np.nan_to_num(self.activity.values[column]), np.nan)
            for key, column in SECTOR_COLUMNS.items()
        }
        return known[name] if name in known else total - sum(known.values())

    @cached_property
    def output(self) -> Floats:
        """Log growth of output: (sector, origin, region); NaN where no column has both years."""
        found = np.full(self.start.shape, np.nan)
        for s, name in enumerate(SECTORS):
            for column in OUTPUT[name]:
                before, after = self._pair(self.activity.values[column])
                with np.errstate(divide="ignore", invalid="ignore"):
                    found[s] = np.where(np.isfinite(found[s]), found[s], np.log(after / before))
        return found

    @cached_property
    def national_output(self) -> Floats:
        """Mean growth of output over the provinces, weighted by emissions: (sector, origin, 1)."""
        return _mean(self.output, self.start, np.isfinite(self.output))

    @cached_property
    def departure(self) -> Floats:
        """Growth of output less the nation's: (sector, origin, region); zero where it is not known."""
        return np.nan_to_num(self.output - self.national_output)

    @cached_property
    def sample(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Log changes of sector emissions, and a mask of those used in a fit: (sector, origin, region)."""
        later = np.stack([self._pair(self._sector(name))[1] for name in SECTORS])
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.log(later / self.start)
        usable = np.isfinite(change) & (self.start > LEAST) & np.isfinite(self.output)
        return np.where(usable, change, 0.0), usable

    def elasticities(self, kept: NDArray[np.bool_]) -> Floats:
        """Fit the share of a departure that emissions follow, by sector: (sector,).

        Parameters
        ----------
        kept : (origin, region) bool
            Training data.
        """
        change, usable = self.sample
        usable = usable & kept
        departure = self.output - _mean(self.output, self.start, usable)
        change = np.clip(change - _mean(change, self.start, usable), -LARGEST, LARGEST)
        return np.array(
            [
                robust_slope(departure[s][usable[s]], change[s][usable[s]], PRIOR[name], PRIOR_WINDOWS)
                for s, name in enumerate(SECTORS)
            ]
        )

    def sector_growth(self, elasticities: Floats) -> Floats:
        """Compute the expected log change by sector, for the rest less the nation's: (sector, origin, region)."""
        growth = elasticities[:, None, None] * self.departure
        # The rest follows the nation, whose growth is that of the account.
        growth[:-1] += np.nan_to_num(self.national_output[:-1])
        return growth

    def tilts(self, elasticities: Floats, nation: float) -> tuple[Floats, Floats]:
        """Compute the log change of sectors less that of the total, of the first origin.

        Parameters
        ----------
        elasticities : (sector,)
        nation : float
            Log change of the nation; the rest takes what the other sectors leave of it.

        Returns
        -------
        regions, nation : (sector, region), (sector,)
        """
        start, growth = self.start[:, 0], self.sector_growth(elasticities)[:, 0]
        left = start.sum() * np.exp(nation) - np.sum(start[:-1] * np.exp(growth[:-1]))
        own = np.sum(start[-1] * np.exp(growth[-1]))
        growth[-1] += np.log(np.maximum(left, LEAST_LEFT * own) / own)
        later = start * np.exp(growth)
        total = np.log(later.sum(axis=0) / start.sum(axis=0))
        whole = np.log(later.sum(axis=1) / start.sum(axis=1)) - np.log(later.sum() / start.sum())
        return growth - total, whole

    def centre(self, elasticities: Floats) -> Floats:
        """Compute the expected log change less the nation's: (origin, region), weighted sum of exp = 1."""
        growth = self.sector_growth(elasticities)
        raw = np.log(np.sum(self.start * np.exp(growth), axis=0) / self.start.sum(axis=0))
        return raked(raw, self.weights)


def _mean(values: Floats, weights: Floats, usable: NDArray[np.bool_]) -> Floats:
    """Compute the weighted mean over usable regions, 0 where there are none: (..., 1)."""
    total = np.sum(np.where(usable, weights, 0.0), axis=-1, keepdims=True)
    summed = np.sum(np.where(usable, weights * np.where(usable, values, 0.0), 0.0), axis=-1, keepdims=True)
    return np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)


def robust_slope(x: Floats, y: Floats, prior: float = 0.0, weight_of_prior: float = 0.0) -> float:
    """Fit a slope through the origin by Huber weights, shrunk to a prior with the weight of a number of windows."""
    if x.size == 0:
        return prior
    left, weight, slope = y - prior * x, np.ones(x.size), 0.0
    own = weight_of_prior * np.mean(x**2)
    for _ in range(ROUNDS):
        below = float(np.sum(weight * x**2) + own)
        slope = float(np.sum(weight * x * left)) / below if below > 0 else 0.0
        error = np.abs(left - slope * x)
        bound = HUBER * np.median(error) / MAD
        weight = np.minimum(1.0, bound / np.maximum(error, 1e-12))
    return prior + slope


#: First origin of the fit of elasticities, and of errors.
FIRST_TAUGHT, FIRST_SCORED = 2003, 2009
#: First inventory that is kept for parks whose tables end before the last one.
FIRST_KEPT = 2005
#: Number of folds of regions.
FOLDS = 6
#: Probabilities of the stored quantiles of errors.
PROBABILITIES = np.round(np.concatenate([[0.005], np.arange(1, 40) / 40, [0.995]]), 4)
# ASSUME: sectors of these names do as the province's power, iron or cement; all others as its rest.
SECTOR_IDS = {
    "power": ("power", "power_heat", "power_station", "electricity", "chp", "mixed_chp"),
    "iron": ("iron", "steel", "ironmaking", "steelmaking", "rolling", "ferrous_metals"),
    "cement": ("cement", "clinker", "cement_lime", "building_materials", "minerals", "glass_making", "ceramics"),
    "rest": (),
}
#: Decimals of stored numbers.
DIGITS = 5
VERSION = "1.0"


def folds_of(regions: int) -> NDArray[np.int_]:
    """Deal regions, sorted by name, into folds: (region,)."""
    return np.arange(regions) % FOLDS


def windows(activity: RegionalActivity, horizon: int, first: int = FIRST_TAUGHT) -> Changes:
    """Select all changes over a horizon with a known outcome, from a first origin on."""
    return Changes(activity, horizon, np.arange(first, activity.last_observed - horizon + 1))


def held_out_centre(changes: Changes, known: NDArray[np.bool_]) -> Floats:
    """Forecast every region with elasticities of the other folds: (origin, region).

    Parameters
    ----------
    changes : Changes
    known : (origin,) bool
        Origins of the training data.
    """
    folds = folds_of(changes.total.shape[1])
    centre = np.empty(changes.total.shape)
    for fold in range(FOLDS):
        taught = known[:, None] & (folds != fold)
        centre[:, folds == fold] = changes.centre(changes.elasticities(taught))[:, folds == fold]
    return centre


def root_mean_square(values: Floats) -> float:
    """Compute the root mean square, around zero."""
    return float(np.sqrt(np.mean(values**2)))


def fit_nowcast(activity: RegionalActivity) -> Nowcast:
    """Fit the nowcast of the years with activity and without inventory.

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
        # Few windows: the error of a longer horizon is set to at least that of a shorter one.
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


#: Longest horizon that is measured, years after the last table.
LONGEST = 8
#: Fewest sites of a country with a change of its own.
LEAST_SITES = 10
#: Continents whose countries are distinguished.
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
        Large and of several sites: training data; all sites count for their country and continent.
    """

    values: Floats
    regions: NDArray[np.str_]
    is_park: NDArray[np.bool_]

    @classmethod
    def of(cls, continent: str, sites: ContinentSites) -> Self:
        """Select the industry of all sites of a continent, as one country unless countries are distinguished."""
        regions = sites.regions if continent in BY_COUNTRY else np.zeros(len(sites.regions), int).astype(str)
        return cls(sites.emissions[EMISSIONS], regions, sites.is_park)

    def changes(self, horizon: int) -> tuple[Floats, Floats, Floats]:
        """Return log changes of parks, of their continent, of their country less it: (site, origin); NaN if unknown."""
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
    """Fit the share of a region's departure that parks follow, and quantiles of the residual; equal weight a continent.

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
    # ASSUME: the share does not fall with more years; it lies between 0 and 1.
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
    """Compute the quantiles of errors about their median, with equal weight of every part: (K,)."""
    # ASSUME: the median departure of the sample's parks from their nation (within 1 % a year) does not apply to China.
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


#: Members and seed of every command.
MEMBERS, SEED = 1000, 20240401


def nowcast(regions: Sequence[str] = (), *, members: int = MEMBERS, seed: int = SEED) -> RegionalEnsemble:
    """Estimate the CO2 of China's provinces after the last inventory, by member.

    Parameters
    ----------
    regions : sequence of str
        Names as in the inventory (``Hebei``) or in Chinese (``河北``); all by default. Members do not depend on it.
    members : int
    seed : int
        The members are those that `sample` gives parks with this seed.

    Returns
    -------
    RegionalEnsemble
        tCO2/yr from 2005 on: observed to 2019, nowcast to 2024.

    Raises
    ------
    PathwayError
        A region is not known, or there is no member.

    Examples
    --------
    >>> import pathway_models as pw
    >>> pw.nowcast(["Hebei"], members=8).emissions.shape
    (1, 8, 20)
    """
    if members < 1:
        raise PathwayError(f"members = {members}: expected at least 1")
    fit, account = read_nowcast(), read_activity()
    rows = _rows(regions, fit.regions, fit.names)
    after = fit.observed[rows, -1, None, None] * np.exp(region_members(fit, seed, members)[rows])
    before = np.broadcast_to(fit.observed[rows, None], (len(rows), members, fit.observed_years.size))
    years = np.concatenate([fit.observed_years, fit.years])
    return RegionalEnsemble(
        regions=tuple(fit.regions[row] for row in rows),
        names=tuple(fit.names[row] for row in rows),
        years=years,
        last_observed=fit.last_observed,
        emissions=np.concatenate([before, after], axis=-1),
        nation=account.nation[account.at(int(years[0])) : account.at(int(years[-1])) + 1],
        nation_error=np.concatenate([np.zeros(fit.observed_years.size), fit.nation_error]),
        seed=seed,
        version=fit.version,
    )


def _rows(asked: Sequence[str], regions: Sequence[str], names: Sequence[str]) -> list[int]:
    """Find the rows of the requested regions; refuse unknown ones."""
    places = {**{name: at for at, name in enumerate(names)}, **{name: at for at, name in enumerate(regions)}}
    unknown = [name for name in asked if name not in places]
    if unknown:
        raise PathwayError(f"no nowcast of {', '.join(unknown)}; there are {', '.join(regions)}")
    return [places[name] for name in dict.fromkeys(asked)] or list(range(len(regions)))
