"""The baseline of a park: activity, intensity and mix of every sector to the horizon, by member.

Each driver follows the growth law of the assumptions (``baseline.laws``, ``docs/baseline.md``).  Observed years
are kept as they are; years set aside lend no growth.  Overrides of drivers take the place of their paths, committed
projects come on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.baseline.laws.register import laws_of
from pathway_models.baseline.paths import BaselinePaths, process_output
from pathway_models.baseline.plans import overridden, overridden_output, with_projects
from pathway_models.core.errors import PathwayError
from pathway_models.kernels.emissions import normalised_shares
from pathway_models.kernels.quantiles import triangular
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.growth_laws import History
from pathway_models.records.park import LEAST_YEARS, Park

#: Drivers with shocks of their own, beside ``mix:<carrier>``.
DRIVERS = ("activity", "intensity")
#: Levels above the park whose draws a law may use.
ABOVE = ("shared", "province")


def mixed_carriers(park: Park) -> tuple[str, ...]:
    """Carriers whose share can drift: in use in all kept years in some sector that uses more than one."""
    used = drifting(park)
    several = used.sum(axis=1) > 1
    return tuple(name for c, name in enumerate(park.carriers) if used[several, c].any())


def drifting(park: Park) -> np.ndarray:
    """Whether a carrier was in use in all kept years, and is in the last observed one: (sector, carrier)."""
    return (park.energy[..., park.kept] > 0).all(axis=-1) & (park.energy[..., -1] > 0)


def baseline_paths(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> BaselinePaths:
    """Project the drivers of a park without levers, its plans included.

    Parameters
    ----------
    park : Park
    draws : Draws
        With shocks for `DRIVERS` and ``mix:<carrier>`` of `mixed_carriers`, and the draws of its plans.
    members : slice
        Which members to compute.
    assumptions : Assumptions
        Growth law, decline of the grid factor.

    Returns
    -------
    BaselinePaths

    Raises
    ------
    PathwayError
        The park has fewer than three observed years, or the draws were made without its plans or for another law.
    """
    lacking = [name for name in park.plans.uniforms() if name not in draws.uniforms]
    lacking += [name for name in park.plans.normals() if name not in draws.normals]
    if lacking:
        raise PathwayError(f"{park.park_id}: {', '.join(lacking)} were not drawn; sample the park as it is now")
    paths = overridden(park, free_paths(park, draws, members, assumptions), draws, members)
    output = process_output(park, paths.activity, paths.activity * paths.intensity)
    paths = replace(paths, output=overridden_output(park, output, draws, members))
    return with_projects(park, paths, draws, members)


def free_paths(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> BaselinePaths:
    """The drivers as the law has them, without plans and without process output; as `baseline_paths`."""
    if park.years.size < LEAST_YEARS:
        raise PathwayError(
            f"{park.park_id}: {park.years.size} observed years, expected at least {LEAST_YEARS};"
            " add years to the table, no trend can be read from fewer"
        )
    sample = _Sample(park, draws, members, assumptions)
    use = park.energy.sum(axis=1)
    activity, intensity, shares = [], [], []
    for s, kind in enumerate(park.activity_kinds):
        activity.append(_activity(park.activity[s], kind, sample))
        per_activity = use[s] / park.activity[s]
        if kind == "energy_index" or (per_activity <= 0).any():
            # Energy is the activity itself, or has no logarithm: intensity stays where it is.
            intensity.append(sample.extended(per_activity, np.zeros((sample.size, draws.years.size))))
        else:
            intensity.append(sample.extended(per_activity, sample.change("intensity", per_activity, "intensity")))
        shares.append(_shares(park, s, sample))
    steps = np.arange(1, draws.years.size + 1)
    pace = assumptions.uncertainties.grid_decline
    decline = triangular(draws.uniforms["shared:grid_decline"][members], pace.low, pace.mode, pace.high)
    grid = np.ones((park.years.size + steps.size, sample.size)).T
    grid[:, park.years.size :] = (1.0 - decline)[:, None] ** steps
    return BaselinePaths(_by_sector(activity), _by_sector(intensity), _by_sector(shares), grid)


class _Sample:
    """The draws of some members, with the correlations between drivers put in, and the laws that use them."""

    def __init__(self, park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> None:
        self.park, self.draws, self.members, self.laws = park, draws, members, laws_of(assumptions)
        correlation = assumptions.baselines.correlation
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

    def change(self, driver: str, history: np.ndarray, use: str) -> np.ndarray:
        """Log changes of a driver from its last observed value, by the law of its use: (member, step)."""
        logs = np.log(history, out=np.full(history.shape, -np.inf), where=history > 0)
        record = History(logs, self.park.last_observed_year, self.park.kept, self.park.province)
        return self.laws[use].simulate(record, self.draws.years.size, _DriverNormals(self, driver))

    def extended(self, history: np.ndarray, change: np.ndarray) -> np.ndarray:
        """Observed values followed by the last one times exp(change): (member, year)."""
        # Year after year in memory, as the engine steps through it.
        paths = np.empty((history.size + change.shape[1], change.shape[0])).T
        paths[:, : history.size] = history
        np.exp(change, out=paths[:, history.size :])
        paths[:, history.size :] *= history[-1]
        return paths


@dataclass(frozen=True)
class _DriverNormals:
    """Standard normals of one driver, as growth laws ask for them (`records.growth_laws.Normals`)."""

    sample: _Sample
    driver: str

    def once(self, name: str) -> np.ndarray:
        """One a member: (member,)."""
        if name == "scale":
            return self.sample.scale
        if name == "slope" and self.driver in DRIVERS:
            return self.sample.slope[self.driver]
        return self._drawn(self.sample.draws.normals, name)

    def yearly(self, name: str) -> np.ndarray:
        """One a member and projected year: (member, step)."""
        if name != "shock":
            return self._drawn(self.sample.draws.shocks, name)
        if self.driver in DRIVERS:
            return self.sample.shock[self.driver]
        return self.sample.draws.shocks[self.driver][self.sample.members]

    def _drawn(self, drawn: Mapping[str, np.ndarray], name: str) -> np.ndarray:
        """A stream of the park's driver, or one that stands above the park under its own name."""
        keys = (f"{name}:{self.driver}", *(f"{level}:{name}" for level in ABOVE))
        found = next((key for key in keys if key in drawn), None)
        if found is None:
            raise PathwayError(f"{self.sample.park.park_id}: {name} was not drawn; sample with these assumptions")
        return drawn[found][self.sample.members]


def _activity(history: np.ndarray, kind: str, sample: _Sample) -> np.ndarray:
    """Activity of one sector: (member, year)."""
    # Energy without value added has its own trend and error, fitted on emissions.
    use = {"energy_index": "emissions", "population": "population"}.get(kind, "activity")
    return sample.extended(history, sample.change("activity", history, use))


def _by_sector(paths: list[np.ndarray]) -> np.ndarray:
    """Paths of sectors as one array (member, sector, ..., year); in memory members are neighbours, not sectors."""
    return np.moveaxis(np.stack([np.moveaxis(path, 0, -1) for path in paths]), -1, 0)


def _shares(park: Park, s: int, sample: _Sample) -> np.ndarray:
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
            log_shares[:, c] += sample.change(f"mix:{park.carriers[c]}", observed[c], "mix")
    shares = np.empty((energy.shape[0], park.years.size + steps, sample.size)).transpose(2, 0, 1)
    shares[:, :, : park.years.size] = observed
    shares[:, :, park.years.size :] = normalised_shares(log_shares, present)
    return shares
