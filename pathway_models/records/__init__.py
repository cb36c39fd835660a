"""The records everything passes around: frozen, valid from birth, arrays read-only."""

from pathway_models.records.draws import Draws
from pathway_models.records.inventory import Inventory
from pathway_models.records.levers import Lever, Measure, Ramp, Scenario, Scenarios, Triangle
from pathway_models.records.park import Park, Process
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

__all__ = [
    "Draws",
    "Inventory",
    "Lever",
    "Measure",
    "Park",
    "Pathways",
    "Peaks",
    "Process",
    "Ramp",
    "Scenario",
    "Scenarios",
    "Triangle",
]
