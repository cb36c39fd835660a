"""The drivers of a park's baseline over observed and projected years.

Output of a park's processes over observed and projected years, and what carbon balances leave of a sector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pathway_models.intake.factors.tables import OFF_OWN_FUEL
from pathway_models.records.park import Park, Process


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


#: Groups that burn at the park's own stacks.
OWN_FUEL = ("coal", "oil", "gas", "other_fuel")


def balance_shares(park: Park) -> np.ndarray:
    """What carbon balances leave of a sector's emissions from energy: (sector, year), one where there is none.

    ASSUME: a balance of transformation stays the same share of the energy emissions it corrects. Followed on
    its own it would stay while the emissions it belongs to are cut, and totals could fall below zero. A balance
    that outweighs them is followed like a process instead.
    """
    is_fuel = np.isin(park.groups, OWN_FUEL)[:, None]
    emitted = (park.energy * park.factors * np.where(is_fuel, fuel_shares(park)[:, None], 1.0)).sum(axis=1)
    return _left(park, [p.is_balance and not _is_off_own_fuel(p) for p in park.processes], emitted)


def fuel_shares(park: Park) -> np.ndarray:
    """What sales beyond purchases, captured CO2 and carbon in products leave of a sector's own fuel: (sector, year).

    They stand in scope 1, in the inventory and here: what is sold, captured or kept came from fuel inside.
    ASSUME: they stay the same share of the fuel's emissions, for the reason given at `balance_shares`.
    """
    emitted = (park.energy * park.factors)[:, np.isin(park.groups, OWN_FUEL)].sum(axis=1)
    return _left(park, [_is_off_own_fuel(p) for p in park.processes], emitted)


def _is_off_own_fuel(process: Process) -> bool:
    return process.name.startswith(OFF_OWN_FUEL)


def _left(park: Park, picked: Sequence[bool], emitted: np.ndarray) -> np.ndarray:
    """What some balances leave of emissions (sector, year): (sector, year)."""
    left = np.ones(emitted.shape)
    for s in range(len(park.sectors)):
        own = [j for j, process in enumerate(park.processes) if picked[j] and process.sector == s]
        balance = (park.outputs[own] * park.process_factors[own]).sum(axis=0)
        if own and (emitted[s] > 0).all() and (balance > -emitted[s]).all():
            left[s] += balance / emitted[s]
    return left


def _is_carried(park: Park) -> list[bool]:
    """Of each process, whether factors carry it (`balance_shares`, `fuel_shares`)."""
    shares = {True: fuel_shares(park), False: balance_shares(park)}
    return [p.is_balance and bool((shares[_is_off_own_fuel(p)][p.sector] != 1.0).any()) for p in park.processes]


def process_output(park: Park, activity: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Process output by member: (member, process, year), from activity and energy (member, sector, year).

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
