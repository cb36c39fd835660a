"""The baseline of a park: activity, intensity and mix of every sector to the horizon, by member.

Each driver follows a damped log-trend (``kernels.growth``) whose parameters were fitted on real panels
(``data/baseline.yml``, ``docs/baseline.md``).  Observed years are kept as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.trend_parameters import Baselines
from pathway_models.intake.uncertainties import Uncertainties
from pathway_models.kernels.emissions import normalised_shares
from pathway_models.kernels.growth import TrendParameters, damped_log_trend
from pathway_models.kernels.quantiles import triangular
from pathway_models.records.draws import Draws
from pathway_models.records.park import Park

#: Drivers with shocks of their own, beside ``mix:<carrier>``.
DRIVERS = ("activity", "intensity")
#: Fewest observed years a trend can be read from.
LEAST_YEARS = 3


@dataclass(frozen=True)
class BaselinePaths:
    """Drivers over observed and projected years.

    Parameters
    ----------
    activity : (member, sector, year)
    intensity : (member, sector, year), TJ per unit of activity
    shares : (member, sector, carrier, year)
    grid : (member, year)
        Grid factor relative to the last observed year; one in observed years.
    """

    activity: np.ndarray
    intensity: np.ndarray
    shares: np.ndarray
    grid: np.ndarray


def mixed_carriers(park: Park) -> tuple[str, ...]:
    """Carriers whose share can drift: in use throughout in some sector that uses more than one."""
    used = (park.energy > 0).all(axis=-1)
    several = used.sum(axis=1) > 1
    return tuple(name for c, name in enumerate(park.carriers) if used[several, c].any())


def baseline_paths(
    park: Park, draws: Draws, members: slice, baselines: Baselines, uncertainties: Uncertainties
) -> BaselinePaths:
    """Project the drivers of a park without levers.

    Parameters
    ----------
    park : Park
    draws : Draws
        With shocks for `DRIVERS` and ``mix:<carrier>`` of `mixed_carriers`.
    members : slice
        Which members to compute.
    baselines, uncertainties
        Fitted and assumed parameters.

    Returns
    -------
    BaselinePaths

    Raises
    ------
    PathwayError
        The park has fewer than three observed years.
    """
    if park.years.size < LEAST_YEARS:
        raise PathwayError(
            f"{park.park_id}: {park.years.size} observed years, expected at least {LEAST_YEARS};"
            " add years to the table, no trend can be read from fewer"
        )
    sample = _Sample(draws, members, baselines.correlation)
    use = park.energy.sum(axis=1)
    activity, intensity, shares = [], [], []
    for s, kind in enumerate(park.activity_kinds):
        activity.append(_activity(park.activity[s], kind, sample, baselines, uncertainties))
        per_activity = use[s] / park.activity[s]
        if kind == "energy_index" or (per_activity <= 0).any():
            # Energy is the activity itself, or has no logarithm: intensity stays where it is.
            intensity.append(_extended(per_activity, np.zeros((sample.size, draws.years.size))))
        else:
            change = sample.trend("intensity", per_activity, baselines.trends["intensity"], baselines, "intensity")
            intensity.append(_extended(per_activity, change))
        shares.append(_shares(park, s, sample, baselines))
    steps = np.arange(1, draws.years.size + 1)
    pace = uncertainties.grid_decline
    decline = triangular(draws.uniforms["shared:grid_decline"][members], pace.low, pace.mode, pace.high)
    grid = np.ones((sample.size, park.years.size + steps.size))
    grid[:, park.years.size :] = (1.0 - decline)[:, None] ** steps
    return BaselinePaths(np.stack(activity, 1), np.stack(intensity, 1), np.stack(shares, 1), grid)


class _Sample:
    """The draws of some members, with the correlations between drivers put in."""

    def __init__(self, draws: Draws, members: slice, correlation: dict[str, float]) -> None:
        self.draws, self.members = draws, members
        self.size = len(range(*members.indices(draws.members)))
        self.scale = draws.normals["scale"][members]
        shared = correlation["shared_activity"]
        own, common = np.sqrt(1.0 - shared), np.sqrt(shared)
        slope = {name: draws.normals[f"slope:{name}"][members] for name in DRIVERS}
        shock = {name: draws.shocks[name][members] for name in DRIVERS}
        # ASSUME: the sectors of a park share its shocks, so that the park's total keeps the spread that
        # was measured on whole regions instead of averaging it away.
        slope["activity"] = own * slope["activity"] + common * draws.normals["shared:slope"][members]
        shock["activity"] = own * shock["activity"] + common * draws.shocks["shared:activity"][members]
        for drawn, rho in ((slope, correlation["slope"]), (shock, correlation["innovation"])):
            drawn["intensity"] = rho * drawn["activity"] + np.sqrt(1.0 - rho**2) * drawn["intensity"]
        self.slope, self.shock = slope, shock

    def trend(
        self, driver: str, history: np.ndarray, parameters: TrendParameters, baselines: Baselines, long_run: str | None
    ) -> np.ndarray:
        """Log changes of a driver from its last observed value: (member, step)."""
        years = self.draws.years
        prior = np.zeros(years.size) if long_run is None else baselines.prior_path(long_run, years)
        if driver in DRIVERS:
            slope, shock = self.slope[driver], self.shock[driver]
        else:
            slope = self.draws.normals[f"slope:{driver}"][self.members]
            shock = self.draws.shocks[driver][self.members]
        return damped_log_trend(np.log(history), years.size, parameters, slope, shock, self.scale, prior)


def _activity(
    history: np.ndarray, kind: str, sample: _Sample, baselines: Baselines, uncertainties: Uncertainties
) -> np.ndarray:
    """Activity of one sector: (member, year)."""
    if kind == "energy_index":
        # Energy without value added: its own trend and error, fitted on emissions.
        change = sample.trend("activity", history, baselines.trends["emissions"], baselines, "emissions")
    elif kind == "population":
        slow = replace(
            baselines.trends["activity"],
            noise=uncertainties.population["noise"],
            slope_error_sd=uncertainties.population["slope_error_sd"],
            prior_growth_sd=uncertainties.population["slope_error_sd"],
        )
        # ASSUME: population growth fades to zero.
        change = sample.trend("activity", history, slow, baselines, None)
    else:
        change = sample.trend("activity", history, baselines.trends["activity"], baselines, "activity")
    return _extended(history, change)


def _extended(history: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Observed values followed by the last one times exp(change): (member, year)."""
    paths = np.empty((change.shape[0], history.size + change.shape[1]))
    paths[:, : history.size] = history
    paths[:, history.size :] = history[-1] * np.exp(change)
    return paths


def _shares(park: Park, s: int, sample: _Sample, baselines: Baselines) -> np.ndarray:
    """Shares of a sector's carriers: (member, carrier, year)."""
    energy = park.energy[s]
    total = energy.sum(axis=0)
    observed = np.divide(energy, total, out=np.zeros_like(energy), where=total > 0)
    present = energy[:, -1] > 0
    throughout = (energy > 0).all(axis=-1)
    steps = sample.draws.years.size
    log_shares = np.zeros((sample.size, energy.shape[0], steps))
    for c in np.flatnonzero(present):
        log_shares[:, c] = np.log(observed[c, -1])
        # A carrier that came or went during the record has no trend one could read.
        if throughout[c] and throughout.sum() > 1:
            driver = f"mix:{park.carriers[c]}"
            log_shares[:, c] += sample.trend(driver, observed[c], baselines.trends["mix"], baselines, "mix")
    shares = np.empty((sample.size, energy.shape[0], park.years.size + steps))
    shares[:, :, : park.years.size] = observed
    shares[:, :, park.years.size :] = normalised_shares(log_shares, present)
    return shares
