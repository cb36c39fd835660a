"""Grids of packages and invented costs, shared by the tests of the decision layer."""

from dataclasses import replace

import pathway_models as pw
from pathway_models.intake.costs import read_costs
from pathway_models.records.costs import Amount, LeverCost
from pathway_models.records.levers import Triangle, lever_grid

SEVEN = (
    "low_carbon_industries",
    "energy_efficiency",
    "energy_management",
    "electrification",
    "green_power",
    "process_change",
    "ccus",
)


def invented_costs():
    """The shipped costs, with an invented cost for every lever that has none: no search below has unknown levers.

    Efficiency, which pays for itself at its shipped cost, gets one too, so that what reaches a target costs money.
    """
    costs = read_costs()
    rates = {"replace_activity": 0.6, "retire_activity": 0.8, "reduce_intensity": 0.2, "reduce_process": 4e-4}
    for lever_id, lever in pw.read_levers().items():
        if not costs.levers[lever_id].known or lever_id == "energy_efficiency":
            rate = rates.get(lever.action, 1e-3)
            amount = Amount(((0, Triangle(rate / 2, rate, rate * 2)),), "invented", "invented", "invented", "invented")
            costs = costs.with_lever(lever_id, LeverCost(running=(amount,)))
    heat = Amount(((0, Triangle(0.05, 0.05, 0.05)),), "million CNY/TJ", "invented", "invented", "invented")
    return replace(costs, prices={**costs.prices, "heat": heat, "waste_heat": heat, "other_fuel": heat})


def seven_by_four():
    return lever_grid(pw.read_levers(), {name: (name,) for name in SEVEN}, delays=(0, 5))


def small_grid():
    """Seven levers, off or strong."""
    blocks = lever_grid(pw.read_levers(), {name: (name,) for name in SEVEN})
    return blocks.without({name: (1,) for name in SEVEN})
