"""Synthetic parks with known truth: what a short record shows, and what really comes after it.

Deliberately not drawn from the forecast's own law: growth saturates sector by sector, plants open and
close, noise is autocorrelated, the accounts of every year are wrong by some percent.  All numbers are
INVENTED (`SyntheticDesign`), set so that totals scatter nearly like those of Chinese cities: the spread of the
five-year log change is 0.27 against 0.29, though records look calmer (0.07 against 0.11 a year).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathway_models.forecasting.driver_chain import DriverWindows
from pathway_models.records.growth_laws import Windows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SyntheticDesign:
    """Invented properties of synthetic parks.

    Parameters
    ----------
    sectors : int
        Most sectors of a park; each park has one to that many.
    growth, growth_sd : float
        Growth of a sector's value added at the start, log a year: mean and spread.
    mature, mature_sd : float
        Growth it saturates to: mean and spread, log a year.
    half_life : float
        Mean years until half of the way is gone; between half and twice that.
    decline, decline_sd : float
        Growth of intensity, log a year: mean and spread between sectors.
    noise : float
        Standard deviation of a year's permanent change of a sector's value added and intensity, log.
    autocorrelation : float
        Of these changes from year to year.
    common : float
        Share of the variance of those changes that the sectors of a park have in common.
    breaks : float
        Probability a year that a sector gains or loses a plant.
    break_size : float
        Standard deviation of the log of that change.
    accounting : float
        Standard deviation of the error of a year's account, log.
    """

    sectors: int = 4
    growth: float = 0.07
    growth_sd: float = 0.05
    mature: float = 0.02
    mature_sd: float = 0.02
    half_life: float = 8.0
    decline: float = -0.03
    decline_sd: float = 0.025
    noise: float = 0.06
    autocorrelation: float = 0.2
    common: float = 0.3
    breaks: float = 0.06
    break_size: float = 0.35
    accounting: float = 0.02


@dataclass(frozen=True, eq=False)
class SyntheticParks:
    """Accounts of synthetic parks.

    Parameters
    ----------
    value_added, emissions : (park, sector, year) float
        Million CNY and tCO2; zero for sectors a park does not have.
    record : int
        Years that have been observed; the others are the truth to come.
    """

    value_added: Floats
    emissions: Floats
    record: int

    def windows(self) -> DriverWindows:
        """Records and outcomes of activity, intensity and total of whole parks."""
        activity = np.log(self.value_added.sum(axis=1))
        total = np.log(self.emissions.sum(axis=1))
        return DriverWindows(*(self._windows(logs) for logs in (activity, total - activity, total)))

    def _windows(self, logs: Floats) -> Windows:
        parks = np.arange(logs.shape[0])
        last = self.record - 1
        change = logs[:, self.record :] - logs[:, [last]]
        # Every park has an origin of its own: nothing is common to them.
        return Windows(parks, parks, logs[:, : self.record], change)


def make_synthetic_parks(
    count: int, record: int = 5, horizon: int = 15, *, seed: int, design: SyntheticDesign | None = None
) -> SyntheticParks:
    """Draw synthetic parks.

    Parameters
    ----------
    count : int
        Number of parks.
    record, horizon : int
        Years observed, and years to come.
    seed : int
    design : SyntheticDesign, optional
        Other properties than the documented ones.

    Returns
    -------
    SyntheticParks
    """
    design = SyntheticDesign() if design is None else design
    rng = np.random.default_rng(seed)
    years = record + horizon
    shape = (count, design.sectors)
    present = np.arange(design.sectors) < rng.integers(1, design.sectors + 1, count)[:, None]
    size = rng.lognormal(8.0, 1.0, shape) * present
    intensity = rng.lognormal(5.0, 1.0, shape)
    half_life = design.half_life * 2.0 ** rng.uniform(-1.0, 1.0, shape)
    left = 0.5 ** (np.arange(years) / half_life[..., None])
    start = rng.normal(design.growth, design.growth_sd, shape)[..., None]
    mature = rng.normal(design.mature, design.mature_sd, shape)[..., None]
    decline = rng.normal(design.decline, design.decline_sd, shape)[..., None]
    plants = (rng.random((*shape, years)) < design.breaks) * rng.normal(0.0, design.break_size, (*shape, years))
    growth = left * start + (1.0 - left) * mature + plants + _shocks(rng, shape, years, design)
    value_added = size[..., None] * np.exp(np.cumsum(growth, axis=-1))
    change = decline + _shocks(rng, shape, years, design)
    emissions = value_added * intensity[..., None] * np.exp(np.cumsum(change, axis=-1))
    error = np.exp(rng.normal(0.0, design.accounting, (count, 1, years)))
    return SyntheticParks(value_added, emissions * error, record)


def _shocks(rng: np.random.Generator, shape: tuple[int, int], years: int, design: SyntheticDesign) -> Floats:
    """Autocorrelated yearly changes, partly common to the sectors of a park; (park, sector, year)."""
    own = rng.standard_normal((*shape, years))
    common = rng.standard_normal((shape[0], 1, years))
    fresh = np.sqrt(1.0 - design.common) * own + np.sqrt(design.common) * common
    shocks = np.empty_like(fresh)
    shocks[..., 0] = fresh[..., 0]
    for year in range(1, years):
        new = np.sqrt(1.0 - design.autocorrelation**2) * fresh[..., year]
        shocks[..., year] = design.autocorrelation * shocks[..., year - 1] + new
    return design.noise * shocks
