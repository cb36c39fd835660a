"""Coverage of totals forecast as activity times intensity, on panels and on synthetic parks whose truth is known.

With ``log total = log activity + log intensity`` the centre adds up, and the scale is::

    scale^2(h) = h (a^2 + i^2 + 2 rho a i) + A(h)^2 + I(h)^2 + 2 rho_slope A(h) I(h)

``a, i`` are the yearly noise and ``A, I`` the slope loadings of the two.  The two correlations are fitted to
the errors of the total, the parameters of each driver to that driver alone.

Synthetic parks are deliberately not drawn from the forecast's own law: growth saturates sector by sector, plants open
and close, noise is autocorrelated, the accounts of every year are wrong by some percent.  All numbers are INVENTED
(`SyntheticDesign`), set so that totals scatter nearly like those of Chinese cities: the spread of the five-year log
change is 0.27 against 0.29, though records look calmer (0.07 against 0.11 a year).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from pathway_models.baseline.laws.damped_trend import estimate, horizon_weights, predictive
from pathway_models.baseline.windows import rolling_origins
from pathway_models.intake.panels import Panel
from pathway_models.kernels import Floats
from pathway_models.kernels.growth import TrendParameters, record_growth, slope_loading
from pathway_models.kernels.scores import pit_student_t, student_t_loss
from pathway_models.records import Windows


@dataclass(frozen=True)
class DriverLaw:
    """Trend parameters of the two drivers and the correlations of their errors.

    Parameters
    ----------
    activity, intensity : TrendParameters
    innovation : float
        Correlation of the innovations of a year, -1 to 1.
    slope : float
        Correlation of the slope errors, -1 to 1.
    """

    activity: TrendParameters
    intensity: TrendParameters
    innovation: float
    slope: float

    @property
    def tail(self) -> float:
        """Degrees of freedom of the total: between those of the drivers, whose members share their error scale."""
        return 0.5 * (self.activity.tail + self.intensity.tail)


@dataclass(frozen=True, eq=False)
class DriverWindows:
    """Records and outcomes of activity, intensity and total of the same entities and origins."""

    activity: Windows
    intensity: Windows
    total: Windows

    def take(self, kept: NDArray) -> "DriverWindows":
        """Select some of the windows."""
        return DriverWindows(self.activity.take(kept), self.intensity.take(kept), self.total.take(kept))


def driver_windows(panel: Panel, activity: str, record: int, horizon: int) -> DriverWindows:
    """Cut a panel where both emissions and activity are known.

    Parameters
    ----------
    panel : Panel
    activity : str
        Column of the activity, e.g. ``gdp_million_usd_2015``.
    record, horizon : int
        Years.
    """
    total, driver = panel.logs(), panel.logs(activity)
    both = np.isfinite(total) & np.isfinite(driver)
    logs = (np.where(both, array, np.nan) for array in (driver, total - driver, total))
    return DriverWindows(*(rolling_origins(array, panel.years, record, horizon) for array in logs))


def total_forecast(windows: DriverWindows, law: DriverLaw) -> tuple[Floats, Floats]:
    """Forecast centre and scale of the total by window and horizon; (window, horizon) each."""
    steps = windows.total.change.shape[1]
    years = np.arange(1.0, steps + 1.0)
    centre, noise, loading = np.zeros(windows.total.change.shape), [], []
    for part, parameters in ((windows.activity, law.activity), (windows.intensity, law.intensity)):
        _, own, _ = record_growth(part.log_history, parameters)
        noise.append(own[:, None])
        loading.append(slope_loading(own, steps, parameters))
        centre = centre + predictive(part, parameters)[0]
    walk = noise[0] ** 2 + noise[1] ** 2 + 2.0 * law.innovation * noise[0] * noise[1]
    tilt = loading[0] ** 2 + loading[1] ** 2 + 2.0 * law.slope * loading[0] * loading[1]
    return centre, np.sqrt(walk * years + tilt)


def fit_drivers(samples: Sequence[DriverWindows]) -> DriverLaw:
    """Fit each driver to its own errors, then the correlations to the errors of the total.

    Parameters
    ----------
    samples : sequence of DriverWindows
        Panels of equal weight.
    """
    activity = estimate([part.activity for part in samples])
    intensity = estimate([part.intensity for part in samples])
    weights = [horizon_weights(part.total) for part in samples]

    def law(point: Floats) -> DriverLaw:
        innovation, slope = np.tanh(point)
        return DriverLaw(activity, intensity, float(innovation), float(slope))

    def loss(point: Floats) -> float:
        candidate = law(point)
        scores = [
            student_t_loss(part.total.change, *total_forecast(part, candidate), candidate.tail, weight)
            for part, weight in zip(samples, weights, strict=True)
        ]
        return float(np.mean(scores))

    return law(scipy.optimize.minimize(loss, np.array([-0.2, -0.4]), method="Nelder-Mead", options={"xatol": 0.01}).x)


def total_pit(windows: DriverWindows, law: DriverLaw) -> Floats:
    """Compute the probability integral transform of the drivers' forecast of the total: (window, horizon)."""
    return pit_student_t(windows.total.change, *total_forecast(windows, law), law.tail)


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
        Growth to which it saturates: mean and spread, log a year.
    half_life : float
        Mean half-life of the transition, years; between half and twice that.
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
        Observed years; the others are the outcome.
    """

    value_added: Floats
    emissions: Floats
    record: int

    def windows(self) -> DriverWindows:
        """Cut whole parks into records and outcomes of activity, intensity and total."""
        activity = np.log(self.value_added.sum(axis=1))
        total = np.log(self.emissions.sum(axis=1))
        return DriverWindows(*(self._windows(logs) for logs in (activity, total - activity, total)))

    def _windows(self, logs: Floats) -> Windows:
        parks = np.arange(logs.shape[0])
        last = self.record - 1
        change = logs[:, self.record :] - logs[:, [last]]
        # Every park has its own origin, so that none share a shock.
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
        Years observed, and years of the outcome.
    seed : int
    design : SyntheticDesign, optional
        Its default values where not given.
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
    """Draw autocorrelated yearly changes, partly common to the sectors of a park; (park, sector, year)."""
    own = rng.standard_normal((*shape, years))
    common = rng.standard_normal((shape[0], 1, years))
    fresh = np.sqrt(1.0 - design.common) * own + np.sqrt(design.common) * common
    shocks = np.empty_like(fresh)
    shocks[..., 0] = fresh[..., 0]
    for year in range(1, years):
        new = np.sqrt(1.0 - design.autocorrelation**2) * fresh[..., year]
        shocks[..., year] = design.autocorrelation * shocks[..., year - 1] + new
    return design.noise * shocks
