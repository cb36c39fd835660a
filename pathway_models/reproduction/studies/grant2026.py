"""Could a run of declines come from noise? The structural-peak bootstrap on world fossil CO2.

Grant and Fyson, working repository nezzag/peaking_test (2026), not peer reviewed; method restated in
:mod:`pathway_models.kernels.published_rules`.
"""

import numpy as np
import pandas as pd

from pathway_models.intake.published import Study
from pathway_models.kernels.published_rules import historical_noise, noise_paths, slope_p, trend_residuals
from pathway_models.reproduction.comparison import Answer, Answers

#: Our names of the trend methods by those in ``estimates.csv``.
METHODS = {
    "world, regression on four lags": "hamilton",
    "world, regression on year and last value": "regression",
    "world, piecewise linear": "piecewise",
}
DRAWS, SEED = 100_000, 20_260_526
#: Draws of the published simulation.
THEIR_DRAWS = 10_000
NO_SPLINE = (
    "the fourth method is not in the package: the published smoothing spline warns that it does not converge on "
    "its own data, so that its noise depends on where the fit stopped"
)
NO_SETTINGS = (
    "the settings behind the G20 table were not found, and its input vintage (GCB 2025 by country) is not here"
)


def compute(study: Study) -> Answers:
    """Simulate level paths with the noise of 1970-2024 and count slopes below those of the test years."""
    given = study.table()
    history = given["world_fossil_co2_mt"].to_numpy(float)
    noise = {name: historical_noise(trend_residuals(given["year"], history, m)) for name, m in METHODS.items()}
    paths = {name: noise_paths(fit, 3, DRAWS, np.random.default_rng(SEED)) for name, fit in noise.items()}
    ours = {
        estimate.key: slope_p(paths[estimate.scope], declining_years(history[-1], _declines(estimate.scenario)))
        for estimate in study.estimates
        if estimate.scope in METHODS
    }
    published = {estimate.key: estimate.value for estimate in study.estimates}
    values = {}
    for estimate in study.estimates:
        if estimate.scope in METHODS:
            gaps = [abs(ours[key] - published[key]) for key in ours if key[0] == estimate.scope]
            cause = f"noise of two simulations: mean difference {np.mean(gaps):.3f}, largest {max(gaps):.3f}"
            values[estimate.key] = Answer(ours[estimate.key], cause)
        elif estimate.quantity == "slope_p_value":
            values[estimate.key] = Answer(None, NO_SPLINE, "not reproduced")
        else:
            values[estimate.key] = Answer(None, NO_SETTINGS)
    table = pd.DataFrame(
        [(name, fit.memory, fit.degrees, fit.scale) for name, fit in noise.items()],
        columns=["method", "autocorrelation", "degrees_of_freedom", "scale_mt"],
    )
    gaps = np.array([abs(value - published[key]) for key, value in ours.items()])
    sentence = (
        f"Over {gaps.size} p-values the mean difference is {gaps.mean():.3f} and the largest {gaps.max():.3f}; chance "
        f"alone would give about {expected_gap(list(ours.values())):.3f} on average."
    )
    return Answers(values, {"noise": table}, {"agreement": sentence})


def expected_gap(p_values: list[float]) -> float:
    """Compute the mean difference of two simulations of the same p-values, by the normal approximation."""
    p = np.asarray(p_values)
    spread = np.sqrt(p * (1.0 - p) * (1.0 / THEIR_DRAWS + 1.0 / DRAWS))
    return float(np.mean(spread) * np.sqrt(2.0 / np.pi))


def _declines(scenario: str) -> list[float]:
    """Parse yearly declines, %, from a text such as ``declines 0, 1, 2 %``."""
    return [float(part) for part in scenario.removeprefix("declines ").removesuffix(" %").split(", ")]


def declining_years(last: float, declines: list[float]) -> np.ndarray:
    """Return emissions of the test years when the last value falls by these percentages one after the other."""
    return last * np.cumprod([1.0 - decline / 100.0 for decline in declines])
