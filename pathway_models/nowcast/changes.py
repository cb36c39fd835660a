"""Changes of emissions by sector beside those of the activity behind them, over every pair of years.

A province's sector moves as the nation's output of that sector, and by a fitted share of what the province's output
departs from it::

    ln e_kp(T+h)/e_kp(T) = G_k + b_k (g_kp - G_k) + error        k: power, iron, cement
    ln e_rp(T+h)/e_rp(T) =       b_r (g_cp - G_c) + error        the rest, which construction explains best

with g the log growth of thermal generation, pig iron and cement, and G its mean over provinces, weighted by the
emissions of the sector in T.  The sum over sectors is the centre; the nation's growth is put in afterwards.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathway_models.baseline.bridges import raked
from pathway_models.kernels import Floats
from pathway_models.records.nowcast import RegionalActivity

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
#: Share of a departure from the nation that emissions follow, before data speak.
# ASSUME: rounded elasticities of 2003-2019; a fit is shrunk to them with the weight of `PRIOR_WINDOWS` windows.
PRIOR = {"power": 0.8, "iron": 0.6, "cement": 0.8, "rest": 0.1}
PRIOR_WINDOWS = 10.0
#: Sectors smaller than this teach nothing, tCO2/yr, and no change counts for more than so much, log.
LEAST, LARGEST = 1e6, 1.0
# ASSUME: the rest of the nation keeps at least a tenth of its emissions, whatever the other sectors take.
LEAST_LEFT = 0.1
#: Residuals beyond so many robust standard deviations weigh less (Huber 1964, Annals of Mathematical Statistics 35,
#: 73-101; cited from background knowledge), and how often the weights are renewed.
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
        """Return the emissions of a sector, (region, year); none reported is none where the total is known."""
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
        """Growth of output less the nation's: (sector, origin, region); none where it is not known."""
        return np.nan_to_num(self.output - self.national_output)

    @cached_property
    def sample(self) -> tuple[Floats, NDArray[np.bool_]]:
        """Log changes of sector emissions, and which of them can teach: (sector, origin, region)."""
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
            What may be learnt from.
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
        """Compute the expected log change by sector, that of the nation's rest left out: (sector, origin, region)."""
        growth = elasticities[:, None, None] * self.departure
        # The rest keeps to the nation, whose growth the account gives.
        growth[:-1] += np.nan_to_num(self.national_output[:-1])
        return growth

    def tilts(self, elasticities: Floats, nation: float) -> tuple[Floats, Floats]:
        """Compute the log change of sectors less that of the total, of the first origin.

        Parameters
        ----------
        elasticities : (sector,)
        nation : float
            Log change of the nation, which leaves the rest what the other sectors do not take.

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
    """Weighted mean over regions of what is usable, 0 where nothing is: (..., 1)."""
    total = np.sum(np.where(usable, weights, 0.0), axis=-1, keepdims=True)
    summed = np.sum(np.where(usable, weights * np.where(usable, values, 0.0), 0.0), axis=-1, keepdims=True)
    return np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)


def robust_slope(x: Floats, y: Floats, prior: float = 0.0, weight_of_prior: float = 0.0) -> float:
    """Fit a slope through the origin by Huber weights, shrunk to a prior that weighs like so many windows."""
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
