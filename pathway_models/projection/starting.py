"""What a projection starts from: carriers, their factors and the errors of the factors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pathway_models.forecasting.process_output import OWN_FUEL, fuel_shares
from pathway_models.foundations.errors import PathwayError
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park


def with_added(
    park: Park, chosen: list[Scenario], assumptions: Assumptions
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """The park's carriers with those the levers bring in, their groups and factors (sector, carrier, year).

    The factors of the park's own fuels carry what is captured and what is sold beyond the purchases
    (`forecasting.process_output.fuel_shares`).
    """
    library = assumptions.carriers
    given = {name for scenario in chosen for measure in scenario.measures for name in measure.lever.gives_to}
    # In the order of the library, so that no sum depends on the order of the scenarios.
    new = tuple(name for name in library if name in given and name not in park.carriers)
    factors = np.zeros((len(park.sectors), len(park.carriers) + len(new), park.years.size))
    is_fuel = np.isin(park.groups, OWN_FUEL)
    factors[:, : len(park.carriers)] = np.where(is_fuel[:, None], fuel_shares(park)[:, None], 1.0) * park.factors
    for at, name in enumerate(new, start=len(park.carriers)):
        factor = assumptions.default_factor(park.factor_set, name)
        if factor is None:
            raise PathwayError(f"{park.park_id}: a lever gives {name!r}, of which {park.factor_set} has no factor")
        factors[:, at] = factor
    return (*park.carriers, *new), (*park.groups, *(library[name].group for name in new)), factors


def factor_errors(park: Park, draws: Draws, members: slice, sizes: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Constant errors by group, median one: group -> (member, 1).

    The error of a group's factor (from the confidence of the factors behind it) and that of its activity data
    (from quality grades) multiply; both are log-normal and independent, so that their variances add.
    ``sizes`` holds for groups of which the park states none (`Uncertainties.factor_errors`).
    """
    errors = {**sizes, **park.factor_errors}
    spread = {name: np.hypot(sd, park.activity_errors.get(name, 0.0)) for name, sd in errors.items()}
    return {name: np.exp(sd * draws.normals[f"factor:{name}"][members])[:, None] for name, sd in spread.items()}
