"""Fitting the damped log-trend to a panel: maximum likelihood of the Student-t errors at all horizons."""

from collections.abc import Sequence

import numpy as np
import scipy
from scipy import special

from pathway_models.kernels import Floats
from pathway_models.kernels.growth import TrendParameters, error_scale, expected_change, record_growth
from pathway_models.kernels.scores import student_t_loss
from pathway_models.records.growth_laws import Windows

#: Where the search begins and what the ridge pulls to.
START = TrendParameters(
    damping=0.8,
    prior_growth=0.03,
    prior_growth_sd=0.01,
    slope_error_sd=0.03,
    recency=0.75,
    slope_noise=1.0,
    noise=0.07,
    noise_weight=3.0,
    tail=6.0,
)
#: Weight of the squared distance from the start, in the search's own units: it decides only where
#: the panel cannot tell two parameters apart.
RIDGE = 1e-4
#: Windows of one set that enter the likelihood; more change the fit by less than its own error.
MOST_WINDOWS = 1500
#: Relative change of the score at which the search stops.
TOLERANCE = 1e-7


def _to_search(parameters: TrendParameters) -> Floats:
    p = parameters
    logs = np.log([p.prior_growth_sd, p.slope_error_sd, p.slope_noise, p.noise, p.noise_weight, p.tail - 2.0])
    return np.array([special.logit(p.damping), 10.0 * p.prior_growth, special.logit(p.recency), *logs])


def _from_search(point: Floats) -> TrendParameters:
    positive = np.exp(np.clip(point[3:], -12.0, 8.0))
    return TrendParameters(
        damping=float(np.clip(special.expit(point[0]), 0.0, 0.999)),
        prior_growth=float(point[1] / 10.0),
        prior_growth_sd=float(positive[0]),
        slope_error_sd=float(positive[1]),
        recency=float(np.clip(special.expit(point[2]), 1e-6, 1.0)),
        slope_noise=float(positive[2]),
        noise=float(positive[3]),
        noise_weight=float(positive[4]),
        tail=float(2.0 + positive[5]),
    )


def predictive(windows: Windows, parameters: TrendParameters) -> tuple[Floats, Floats]:
    """Forecast centre and scale of the Student-t for every window and horizon; (window, horizon) each."""
    steps = windows.change.shape[1]
    _, noise, _ = record_growth(windows.log_history, parameters)
    return expected_change(windows.log_history, steps, parameters), error_scale(noise, steps, parameters)


def horizon_weights(windows: Windows) -> Floats:
    """Compute the weight of each horizon: the number of origins that know it, scaled to sum to one.

    Regions share the shocks of a year, so that origins and not windows count the evidence.
    """
    known = np.isfinite(windows.change)
    origins = [np.unique(windows.origin[known[:, at]]).size for at in range(known.shape[1])]
    return np.array(origins) / np.sum(origins)


def estimate(samples: Sequence[Windows], start: TrendParameters = START) -> TrendParameters:
    """Fit the parameters to sets of windows that weigh the same.

    Parameters
    ----------
    samples : sequence of Windows
        E.g. the records of 5, 8 and 12 years of a panel, or one set a panel.
    start : TrendParameters
        Where the search begins; a fit to nearly the same windows saves time.

    Returns
    -------
    TrendParameters

    Raises
    ------
    ValueError
        No window has an outcome.
    """
    samples = [windows.sample(MOST_WINDOWS, seed=0) for windows in samples if len(windows)]
    if not samples:
        raise ValueError("no record with a known outcome: nothing to fit to")
    weights = [horizon_weights(windows) for windows in samples]
    centre = _to_search(START)

    def loss(point: Floats) -> float:
        parameters = _from_search(point)
        scores = [
            student_t_loss(windows.change, *predictive(windows, parameters), parameters.tail, weight)
            for windows, weight in zip(samples, weights, strict=True)
        ]
        return float(np.mean(scores) + RIDGE * np.sum((point - centre) ** 2))

    found = scipy.optimize.minimize(loss, _to_search(start), method="L-BFGS-B", options={"ftol": TOLERANCE})
    return _from_search(found.x)
