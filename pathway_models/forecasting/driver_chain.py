"""Activity times intensity: do two forecast drivers add up to honest bands of the total?

With ``log total = log activity + log intensity`` the centre adds up, and the scale is::

    scale^2(h) = h (a^2 + i^2 + 2 rho a i) + A(h)^2 + I(h)^2 + 2 rho_slope A(h) I(h)

``a, i`` the yearly noise and ``A, I`` the slope loadings of the two.  The two correlations are fitted to
the errors of the total, the parameters of each driver to that driver alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from pathway_models.forecasting.calibration import estimate, horizon_weights, predictive
from pathway_models.forecasting.windows import rolling_origins
from pathway_models.intake.panels import Panel
from pathway_models.kernels.growth import TrendParameters, record_growth, slope_loading
from pathway_models.kernels.scores import pit_student_t, student_t_loss
from pathway_models.records.growth_laws import Windows

Floats = NDArray[np.float64]


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
        """Degrees of freedom of the total: between those of the drivers, whose members share calm and storm."""
        return 0.5 * (self.activity.tail + self.intensity.tail)


@dataclass(frozen=True, eq=False)
class DriverWindows:
    """The same records and outcomes of activity, intensity and total."""

    activity: Windows
    intensity: Windows
    total: Windows

    def take(self, kept: NDArray) -> DriverWindows:
        """Some of the windows."""
        return DriverWindows(self.activity.take(kept), self.intensity.take(kept), self.total.take(kept))

    def known_by(self, year: int) -> DriverWindows:
        """What was known at the end of a year."""
        return DriverWindows(*(part.known_by(year) for part in (self.activity, self.intensity, self.total)))


def driver_windows(panel: Panel, activity: str, record: int, horizon: int) -> DriverWindows:
    """Cut a panel where both emissions and activity are known.

    Parameters
    ----------
    panel : Panel
    activity : str
        Column of the activity, e.g. ``gdp_million_usd_2015``.
    record, horizon : int
        Years.

    Returns
    -------
    DriverWindows
    """
    total, driver = panel.logs(), panel.logs(activity)
    both = np.isfinite(total) & np.isfinite(driver)
    logs = (np.where(both, array, np.nan) for array in (driver, total - driver, total))
    return DriverWindows(*(rolling_origins(array, panel.years, record, horizon) for array in logs))


def total_forecast(windows: DriverWindows, law: DriverLaw) -> tuple[Floats, Floats]:
    """Centre and scale of the total by window and horizon; (window, horizon) each."""
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
        Panels that weigh the same.

    Returns
    -------
    DriverLaw
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

    return law(optimize.minimize(loss, np.array([-0.2, -0.4]), method="Nelder-Mead", options={"xatol": 0.01}).x)


def total_pit(windows: DriverWindows, law: DriverLaw) -> Floats:
    """Probability the drivers' forecast of the total gave to less than the outcome; (window, horizon)."""
    return pit_student_t(windows.total.change, *total_forecast(windows, law), law.tail)
