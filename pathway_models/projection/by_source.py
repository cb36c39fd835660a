"""Emissions of a package by source, and what stands beside them: for those who want more than the total."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pathway_models.kernels import levers as act
from pathway_models.projection.accounts import ECONOMIC, EMITTING, RESIDENT, Accounts, Mix, times
from pathway_models.projection.plans import measures_of
from pathway_models.projection.stages import Leaf, Stage
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import SOURCES

#: What stands beside the emissions of every pathway.
BESIDE = ("sinks", "stored", "location_based", "energy", "activity")
#: Activity kinds that measure an economy.
ECONOMIES = ("value_added", "gdp")
AT = {source: at for at, source in enumerate(SOURCES)}


def beside_names(park: Park) -> tuple[str, ...]:
    """What stands beside a park's emissions: `BESIDE`, and ``economy`` where activity is more than that.

    The economy can be told apart where it has one measure, value added or GDP, and other sectors another activity.
    """
    kinds = {kind for kind in park.activity_kinds if kind in ECONOMIES}
    return (*BESIDE, "economy") if len(kinds) == 1 and kinds != set(park.activity_kinds) else BESIDE


def write_observed(stage: Stage, emissions: np.ndarray, beside: Mapping[str, np.ndarray]) -> None:
    """Write the observed years of a batch, the same in every scenario.

    Parameters
    ----------
    stage : Stage
    emissions : (source, year, member)
        All years; the observed ones are written.
    beside : mapping of `BESIDE` to (year, member)
    """
    books, known = stage.past, stage.batch.frame.known
    for group in EMITTING:
        emissions[AT[group], :known] = books.both(books.emissions, (group,), 1.0)
    emissions[AT["process"], :known] = sum(books.process.values())
    beside["energy"][:known] = books.both(books.energy, books.groups, 1.0)
    beside["activity"][:known] = books.activity()
    if "economy" in beside:
        beside["economy"][:known] = books.activity(ECONOMIES)
    beside["location_based"][:known] = _located(books, Mix(), 1.0)


def write_sinks(stage: Stage, scenario: Scenario, sinks: np.ndarray) -> None:
    """Write the sinks of a batch under a scenario: (year, member), all years."""
    frame = stage.batch.frame
    sinks[: frame.known] = frame.sinks[: frame.known, None]
    sinks[frame.known :] = stage.grown(measures_of(scenario, "sinks"))


def write_projected(
    stage: Stage, leaf: Leaf, scenario: Scenario, emissions: np.ndarray, beside: Mapping[str, np.ndarray]
) -> None:
    """Write the projected years of a batch under a scenario, and its sinks; arguments as in `write_observed`."""
    write_sinks(stage, scenario, beside["sinks"])
    books, trunk, known = stage.accounts, leaf.trunk, stage.batch.frame.known
    emissions, beside = emissions[:, known:], {name: array[known:] for name, array in beside.items()}
    for group in EMITTING:
        np.multiply(
            books.both(trunk.blend.emissions, (group,), trunk.structure), leaf.intensity, out=emissions[AT[group]]
        )
    emissions[AT["process"]] = leaf.process
    np.multiply(books.both(trunk.energy, books.groups, trunk.structure), leaf.intensity, out=beside["energy"])
    np.multiply(_located(books, trunk.mix, trunk.structure), leaf.intensity, out=beside["location_based"])
    closed = tuple(m for m in measures_of(scenario, "structure") if m.lever.action == "retire_activity")
    left = stage.left(closed)
    np.add(stage.activity * left, books.activity(("population",)), out=beside["activity"])
    if "economy" in beside:
        np.multiply(books.activity(ECONOMIES), left, out=beside["economy"])
    _write_captured(stage, leaf, emissions, beside)


def _write_captured(stage: Stage, leaf: Leaf, emissions: np.ndarray, beside: Mapping[str, np.ndarray]) -> None:
    trunk = leaf.trunk
    for measure, captured in leaf.captures:
        drawn, _ = stage.values(measure)
        # What has been captured goes through the kernel once more for the energy it needs.
        taken = act.capture(
            captured,
            **{**drawn, "equipped_share": 1.0, "capture_rate": 1.0},
            heat_factor=trunk.heat_factor,
            electricity_factor=trunk.electricity_factor,
        )
        emissions[AT["captured"]] -= taken.captured
        emissions[AT["capture_heat"]] += taken.heat_emissions
        emissions[AT["capture_electricity"]] += taken.electricity_emissions
        beside["stored"] += taken.stored
        beside["energy"] += taken.heat + taken.electricity
        beside["location_based"] += taken.electricity * stage.accounts.grid_factor()


def _located(books: Accounts, mix: Mix, structure: np.ndarray | float) -> np.ndarray:
    """Location-based emissions of purchased electricity before intensity: (year, member), tCO2/yr."""
    total = times(structure, books.located(mix, ECONOMIC))
    return total + books.located(mix, RESIDENT) if RESIDENT in books.classes else total
