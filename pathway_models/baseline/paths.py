"""The drivers of a park by its growth law: activity, intensity, mix and process output to the horizon, by member.

Each driver follows the growth law of the assumptions (``baseline.laws``, ``docs/baseline.md``).  Observed years are
kept as they are; years set aside lend no growth.  Plans come on top (``baseline.plans``).  Carbon balances, and what
is sold, captured or kept of the own fuel, are carried by the factors of their sector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pathway_models.baseline.laws.register import laws_of
from pathway_models.core.errors import PathwayError
from pathway_models.intake.factors.ids import OFF_OWN_FUEL
from pathway_models.kernels.emissions import normalised_shares
from pathway_models.kernels.quantiles import triangular
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws, DriverNormals
from pathway_models.records.growth_laws import History
from pathway_models.records.park import LEAST_YEARS, OUTPUT_KINDS, Park, Process

#: Drivers with shocks of their own, beside ``mix:<carrier>``.
DRIVERS = ("activity", "intensity")
#: Groups that burn at the park's own stacks.
#: Kinds of activity whose energy per unit has no trend of its own.  ASSUME: the law of emissions, which an energy index
#: follows, holds for output too, and what a product needs changes by levers only.
WITHOUT_TREND = ("energy_index", *OUTPUT_KINDS)
OWN_FUEL = ("coal", "oil", "gas", "other_fuel")


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
    output : (member, process, year)
        Process output in each process's unit.
    """

    activity: np.ndarray
    intensity: np.ndarray
    shares: np.ndarray
    grid: np.ndarray
    output: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0)))


def mixed_carriers(park: Park) -> tuple[str, ...]:
    """List carriers whose share can drift: in use in all kept years in some sector that uses more than one."""
    used = drifting(park)
    several = used.sum(axis=1) > 1
    return tuple(name for c, name in enumerate(park.carriers) if used[several, c].any())


def drifting(park: Park) -> np.ndarray:
    """Mark carriers in use in all kept years and in the last observed one: (sector, carrier)."""
    return (park.energy[..., park.kept] > 0).all(axis=-1) & (park.energy[..., -1] > 0)


def free_paths(park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> BaselinePaths:
    """Simulate the drivers by the law, without plans and without process output."""
    if park.years.size < LEAST_YEARS:
        raise PathwayError(
            f"{park.park_id}: {park.years.size} observed years, expected at least {LEAST_YEARS};"
            " add years to the table, no trend can be read from fewer"
        )
    sample = _Sample(park, draws, members, assumptions)
    use = park.energy.sum(axis=1)
    activity, intensity = [], []
    count = park.years.size + draws.years.size
    # In memory members are neighbours; carriers that a sector does not use stay zero and are never written.
    shares = np.zeros((len(park.sectors), len(park.carriers), count, sample.size))
    for s, kind in enumerate(park.activity_kinds):
        activity.append(_activity(park.activity[s], kind, sample))
        per_activity = use[s] / park.activity[s]
        if kind in WITHOUT_TREND or (per_activity <= 0).any():
            # Energy is the activity itself, follows a product, or has no logarithm: intensity stays where it is.
            intensity.append(sample.extended(per_activity, np.zeros((sample.size, draws.years.size))))
        else:
            intensity.append(sample.extended(per_activity, sample.change("intensity", per_activity, "intensity")))
        _write_shares(park, s, sample, shares[s])
    pace = assumptions.uncertainties.grid_decline
    decline = triangular(draws.uniforms["shared:grid_decline"][members], pace.low, pace.mode, pace.high)
    level, steps = published_level(park, draws.years.size)
    grid = np.ones((park.years.size + steps.size, sample.size)).T
    grid[:, park.years.size :] = level * (1.0 - decline)[:, None] ** steps
    return BaselinePaths(_by_sector(activity), _by_sector(intensity), np.moveaxis(shares, -1, 0), grid)


def published_level(park: Park, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Grid factor published for projected years, and years of decline since: two of (count,).

    ASSUME: a published factor holds in its own year, relative to that of the last observed year; a projected year
    before the first of them is still at one, and the decline begins after the last.
    """
    ahead, steps = park.grid_to_come, np.arange(1, count + 1)
    if not ahead:
        return np.ones(count), steps
    years = park.last_observed_year + steps
    known = np.array(sorted(ahead))
    at = np.searchsorted(known, years, side="right") - 1
    level = np.where(at < 0, 1.0, np.array([ahead[year] for year in known.tolist()])[np.maximum(at, 0)])
    return level, np.maximum(years - known[-1], 0)


class _Sample:
    """The draws of some members, with the correlations between drivers put in, and the laws that use them."""

    def __init__(self, park: Park, draws: Draws, members: slice, assumptions: Assumptions) -> None:
        self.park, self.draws, self.members, self.laws = park, draws, members, laws_of(assumptions)
        correlation = assumptions.baselines.correlation
        self.size = len(range(*members.indices(draws.members)))
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
        """Simulate log changes of a driver from its last observed value, by the law of its use: (member, step)."""
        logs = np.log(history, out=np.full(history.shape, -np.inf), where=history > 0)
        record = History(logs, self.park.last_observed_year, self.park.kept, self.park.province)
        correlated = (self.slope.get(driver), self.shock.get(driver))
        return self.laws[use].simulate(
            record, self.draws.years.size, DriverNormals(self.draws, self.members, driver, *correlated)
        )

    def extended(self, history: np.ndarray, change: np.ndarray) -> np.ndarray:
        """Continue observed values by the last one times exp(change): (member, year)."""
        # Year after year in memory, as the engine steps through it.
        paths = np.empty((history.size + change.shape[1], change.shape[0])).T
        paths[:, : history.size] = history
        np.exp(change, out=paths[:, history.size :])
        paths[:, history.size :] *= history[-1]
        return paths


def _activity(history: np.ndarray, kind: str, sample: _Sample) -> np.ndarray:
    """Simulate the activity of one sector: (member, year)."""
    # Energy without value added, and output, have their own trend and error, fitted on emissions.
    use = "emissions" if kind in WITHOUT_TREND else "population" if kind == "population" else "activity"
    return sample.extended(history, sample.change("activity", history, use))


def _by_sector(paths: list[np.ndarray]) -> np.ndarray:
    """Stack paths of sectors as (member, sector, ..., year); in memory members are neighbours, not sectors."""
    return np.moveaxis(np.stack([np.moveaxis(path, 0, -1) for path in paths]), -1, 0)


def _write_shares(park: Park, s: int, sample: _Sample, shares: np.ndarray) -> None:
    """Simulate the shares of a sector's carriers and write those it uses: (carrier, year, member)."""
    energy, known = park.energy[s], park.years.size
    total = energy.sum(axis=0)
    observed = np.divide(energy, total, out=np.zeros_like(energy), where=total > 0)
    throughout = drifting(park)[s]
    for c in np.flatnonzero(observed.any(axis=1)):
        shares[c, :known] = observed[c, :, None]
    present = np.flatnonzero(energy[:, -1] > 0)
    log_shares = np.zeros((present.size, sample.draws.years.size, sample.size)).transpose(2, 0, 1)
    for at, c in enumerate(present):
        log_shares[:, at] = np.log(observed[c, -1])
        # A carrier that came or went during the record has no trend one could read.
        if throughout[c] and throughout.sum() > 1:
            log_shares[:, at] += sample.change(f"mix:{park.carriers[c]}", observed[c], "mix")
    shares[present, known:] = normalised_shares(log_shares, np.ones(present.size, dtype=bool)).transpose(1, 2, 0)


def balance_shares(park: Park) -> np.ndarray:
    """Compute the share of energy emissions that carbon balances leave: (sector, year), one without balances.

    ASSUME: a balance of transformation stays the same share of the energy emissions it corrects. Followed on
    its own it would stay while the emissions it belongs to are cut, and totals could fall below zero. A balance
    that outweighs them is followed like a process instead.
    """
    is_fuel = np.isin(park.groups, OWN_FUEL)[:, None]
    emitted = (park.energy * park.factors * np.where(is_fuel, fuel_shares(park)[:, None], 1.0)).sum(axis=1)
    return _left(park, [p.is_balance and not _is_off_own_fuel(p) for p in park.processes], emitted)


def fuel_shares(park: Park) -> np.ndarray:
    """Compute the share of own fuel that sales, captured CO2 and carbon in products leave: (sector, year).

    They stand in scope 1, in the inventory and here: what is sold, captured or kept came from fuel inside.
    ASSUME: they stay the same share of the fuel's emissions, for the reason given at `balance_shares`.
    """
    emitted = (park.energy * park.factors)[:, np.isin(park.groups, OWN_FUEL)].sum(axis=1)
    return _left(park, [_is_off_own_fuel(p) for p in park.processes], emitted)


def _is_off_own_fuel(process: Process) -> bool:
    return process.name.startswith(OFF_OWN_FUEL)


def _left(park: Park, picked: Sequence[bool], emitted: np.ndarray) -> np.ndarray:
    """Compute the share that some balances leave of emissions (sector, year): (sector, year)."""
    left = np.ones(emitted.shape)
    for s in range(len(park.sectors)):
        own = [j for j, process in enumerate(park.processes) if picked[j] and process.sector == s]
        balance = (park.outputs[own] * park.process_factors[own]).sum(axis=0)
        if own and (emitted[s] > 0).all() and (balance > -emitted[s]).all():
            left[s] += balance / emitted[s]
    return left


def _is_carried(park: Park) -> list[bool]:
    """Mark the processes that factors carry (`balance_shares`, `fuel_shares`)."""
    shares = {True: fuel_shares(park), False: balance_shares(park)}
    return [p.is_balance and bool((shares[_is_off_own_fuel(p)][p.sector] != 1.0).any()) for p in park.processes]


def process_output(park: Park, activity: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Compute the process output by member: (member, process, year), from activity and energy (member, sector, year).

    ASSUME: output follows the baseline energy of its sector, as kilns and furnaces do; efficiency
    measures save energy at the same output. Where the sector used no energy in the last observed year,
    output follows its activity. Balances that factors carry (`balance_shares`, `fuel_shares`) stand at zero here.
    """
    carried = _is_carried(park)
    output = np.zeros((len(park.processes), energy.shape[-1], energy.shape[0])).transpose(2, 0, 1)
    known = park.years.size
    for j, process in enumerate(park.processes):
        if carried[j]:
            continue
        leader = (energy if park.energy[process.sector, :, -1].any() else activity)[:, process.sector]
        output[:, j, :known] = park.outputs[j]
        output[:, j, known:] = park.outputs[j, -1] * (leader[:, known:] / leader[:, known - 1 : known])
    return output
