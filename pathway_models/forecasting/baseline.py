"""The baseline of a park: activity, intensity and mix of every sector to the horizon, by member.

Each driver follows a damped log-trend (``kernels.growth``) whose parameters were fitted on real panels
(``data/baseline.yml``, ``docs/baseline.md``).  Observed years are kept as they are; years set aside lend no
growth.  Overrides of drivers take the place of their paths, committed projects come on top.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pathway_models.forecasting.committed import with_projects
from pathway_models.forecasting.overriding import overridden, overridden_output
from pathway_models.forecasting.paths import BaselinePaths
from pathway_models.forecasting.process_output import process_output
from pathway_models.forecasting.reading import drifting, tilted
from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.trend_parameters import Baselines
from pathway_models.intake.uncertainties import Uncertainties
from pathway_models.kernels.emissions import normalised_shares
from pathway_models.kernels.growth import TrendParameters, damped_log_trend
from pathway_models.kernels.quantiles import triangular
from pathway_models.records.draws import Draws
from pathway_models.records.park import LEAST_YEARS, Park

#: Drivers with shocks of their own, beside ``mix:<carrier>``.
DRIVERS = ("activity", "intensity")


def baseline_paths(
    park: Park, draws: Draws, members: slice, baselines: Baselines, uncertainties: Uncertainties
) -> BaselinePaths:
    """Project the drivers of a park without levers, its plans included.

    Parameters
    ----------
    park : Park
    draws : Draws
        With shocks for `DRIVERS` and ``mix:<carrier>`` of `mixed_carriers`, and the draws of its plans.
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
        The park has fewer than three observed years, or the draws were made without its plans.
    """
    lacking = [name for name in park.plans.uniforms() if name not in draws.uniforms]
    lacking += [name for name in park.plans.normals() if name not in draws.normals]
    if lacking:
        raise PathwayError(f"{park.park_id}: {', '.join(lacking)} were not drawn; sample the park as it is now")
    paths = overridden(park, free_paths(park, draws, members, baselines, uncertainties), draws, members)
    output = process_output(park, paths.activity, paths.activity * paths.intensity)
    paths = replace(paths, output=overridden_output(park, output, draws, members))
    return with_projects(park, paths, draws, members)


def free_paths(
    park: Park, draws: Draws, members: slice, baselines: Baselines, uncertainties: Uncertainties
) -> BaselinePaths:
    """The drivers as the law has them, without plans and without process output; as `baseline_paths`."""
    if park.years.size < LEAST_YEARS:
        raise PathwayError(
            f"{park.park_id}: {park.years.size} observed years, expected at least {LEAST_YEARS};"
            " add years to the table, no trend can be read from fewer"
        )
    sample = _Sample(park, draws, members, baselines.correlation)
    use = park.energy.sum(axis=1)
    activity, intensity, shares = [], [], []
    for s, kind in enumerate(park.activity_kinds):
        activity.append(_activity(park.activity[s], kind, sample, baselines, uncertainties))
        per_activity = use[s] / park.activity[s]
        if kind == "energy_index" or (per_activity <= 0).any():
            # Energy is the activity itself, or has no logarithm: intensity stays where it is.
            intensity.append(sample.extended(per_activity, np.zeros((sample.size, draws.years.size))))
        else:
            change = sample.trend("intensity", per_activity, baselines.trends["intensity"], baselines, "intensity")
            intensity.append(sample.extended(per_activity, change))
        shares.append(_shares(park, s, sample, baselines))
    steps = np.arange(1, draws.years.size + 1)
    pace = uncertainties.grid_decline
    decline = triangular(draws.uniforms["shared:grid_decline"][members], pace.low, pace.mode, pace.high)
    grid = np.ones((park.years.size + steps.size, sample.size)).T
    grid[:, park.years.size :] = (1.0 - decline)[:, None] ** steps
    return BaselinePaths(_by_sector(activity), _by_sector(intensity), _by_sector(shares), grid)


class _Sample:
    """The draws of some members, with the correlations between drivers put in, and how the record is read."""

    def __init__(self, park: Park, draws: Draws, members: slice, correlation: dict[str, float]) -> None:
        self.draws, self.members, self.kept = draws, members, park.kept
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
        logs = np.log(history, out=np.full(history.shape, -np.inf), where=history > 0)
        record = tilted(logs, self.kept, parameters)
        return damped_log_trend(record, years.size, parameters, slope, shock, self.scale, prior)

    def extended(self, history: np.ndarray, change: np.ndarray) -> np.ndarray:
        """Observed values followed by the last one times exp(change): (member, year)."""
        # Year after year in memory, as the engine steps through it.
        paths = np.empty((history.size + change.shape[1], change.shape[0])).T
        paths[:, : history.size] = history
        np.exp(change, out=paths[:, history.size :])
        paths[:, history.size :] *= history[-1]
        return paths


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
    return sample.extended(history, change)


def _by_sector(paths: list[np.ndarray]) -> np.ndarray:
    """Paths of sectors as one array (member, sector, ..., year); in memory members are neighbours, not sectors."""
    return np.moveaxis(np.stack([np.moveaxis(path, 0, -1) for path in paths]), -1, 0)


def _shares(park: Park, s: int, sample: _Sample, baselines: Baselines) -> np.ndarray:
    """Shares of a sector's carriers: (member, carrier, year)."""
    energy = park.energy[s]
    total = energy.sum(axis=0)
    observed = np.divide(energy, total, out=np.zeros_like(energy), where=total > 0)
    present = energy[:, -1] > 0
    throughout = drifting(park)[s]
    steps = sample.draws.years.size
    log_shares = np.zeros((energy.shape[0], steps, sample.size)).transpose(2, 0, 1)
    for c in np.flatnonzero(present):
        log_shares[:, c] = np.log(observed[c, -1])
        # A carrier that came or went during the record has no trend one could read.
        if throughout[c] and throughout.sum() > 1:
            driver = f"mix:{park.carriers[c]}"
            log_shares[:, c] += sample.trend(driver, observed[c], baselines.trends["mix"], baselines, "mix")
    shares = np.empty((energy.shape[0], park.years.size + steps, sample.size)).transpose(2, 0, 1)
    shares[:, :, : park.years.size] = observed
    shares[:, :, park.years.size :] = normalised_shares(log_shares, present)
    return shares
