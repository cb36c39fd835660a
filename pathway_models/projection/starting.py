"""What a projection starts from: carriers and factors, process output and factor errors of the baseline."""

from __future__ import annotations

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.intake.factors import default_factor, read_carriers
from pathway_models.intake.uncertainties import read_uncertainties
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park


def with_added(park: Park, chosen: list[Scenario]) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """The park's carriers with those the levers bring in, their groups and factors (sector, carrier, year)."""
    library = read_carriers()
    given = {name for scenario in chosen for measure in scenario.measures for name in measure.lever.gives_to}
    # In the order of the library, so that no sum depends on the order of the scenarios.
    new = tuple(name for name in library if name in given and name not in park.carriers)
    factors = np.zeros((len(park.sectors), len(park.carriers) + len(new), park.years.size))
    factors[:, : len(park.carriers)] = park.factors
    for at, name in enumerate(new, start=len(park.carriers)):
        factor = default_factor(park.factor_set, library[name])
        if factor is None:
            raise PathwayError(f"{park.park_id}: a lever gives {name!r}, of which {park.factor_set} has no factor")
        factors[:, at] = factor
    return (*park.carriers, *new), (*park.groups, *(library[name].group for name in new)), factors


def balance_shares(park: Park) -> np.ndarray:
    """What carbon balances leave of a sector's emissions from energy: (sector, year), one where there is none.

    ASSUME: a balance of transformation, or a credit for energy sold, stays the same share of the energy
    emissions it corrects. Followed on its own it would stay while the emissions it belongs to are cut, and
    totals could fall below zero. A balance that outweighs them is followed like a process instead.
    """
    left = np.ones((len(park.sectors), park.years.size))
    from_energy = (park.energy * park.factors).sum(axis=1)
    for s in range(len(park.sectors)):
        own = [j for j, process in enumerate(park.processes) if process.is_balance and process.sector == s]
        balance = (park.outputs[own] * park.process_factors[own]).sum(axis=0)
        if own and (from_energy[s] > 0).all() and (balance > -from_energy[s]).all():
            left[s] += balance / from_energy[s]
    return left


def process_output(park: Park, activity: np.ndarray, energy: np.ndarray) -> np.ndarray:
    """Process output by member: (member, process, year), from activity and energy (member, sector, year).

    ASSUME: output follows the baseline energy of its sector, as kilns and furnaces do; efficiency
    measures save energy at the same output. Where the sector used no energy in the last observed year,
    output follows its activity. Balances that `balance_shares` carries in the factors stand at zero here.
    """
    carried = (balance_shares(park) != 1.0).any(axis=1)
    output = np.zeros((energy.shape[0], len(park.processes), energy.shape[-1]))
    known = park.years.size
    for j, process in enumerate(park.processes):
        if process.is_balance and carried[process.sector]:
            continue
        uses_energy = park.energy[process.sector, :, -1].any()
        leader = (energy if uses_energy else activity)[:, process.sector]
        output[:, j, :known] = park.outputs[j]
        output[:, j, known:] = park.outputs[j, -1] * (leader[:, known:] / leader[:, known - 1 : known])
    return output


def factor_errors(park: Park, draws: Draws, members: slice) -> dict[str, np.ndarray]:
    """Constant errors by group, median one: group -> (member, 1).

    The error of a group's factor and that of its activity data (from quality grades, where a workbook gives
    them) multiply; both are log-normal and independent, so that their variances add.
    """
    errors = read_uncertainties().factor_errors
    spread = {name: np.hypot(sd, park.activity_errors.get(name, 0.0)) for name, sd in errors.items()}
    return {name: np.exp(sd * draws.normals[f"factor:{name}"][members])[:, None] for name, sd in spread.items()}
