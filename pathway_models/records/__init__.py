"""The records everything passes around: frozen, valid from birth, arrays read-only."""

import copyreg
from types import MappingProxyType

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


def read_only(mapping: dict) -> MappingProxyType:
    """Return a view of a mapping that cannot be changed."""
    return MappingProxyType(mapping)


# Records can be sent to other processes: their read-only mappings travel as dicts.
copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))
