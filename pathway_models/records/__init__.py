"""The records that all rooms exchange: frozen, checked when made, with read-only arrays.

Those that many rooms use are imported from here (``from pathway_models.records import Park``), others from their
modules.
"""

# ruff: noqa: F401 - names for other rooms
import copyreg
from types import MappingProxyType

from pathway_models.records.assumptions import Assumptions, Correlation
from pathway_models.records.costs import Asset, Costs, Investment, LeverCost
from pathway_models.records.gaps import Gap, Gaps
from pathway_models.records.growth_laws import GrowthLaw, History, Windows
from pathway_models.records.inventory import Account, Bilingual, IndicatorRule, Inventory, Profile
from pathway_models.records.levers import (
    FAMILIES,
    NO_MEASURES,
    Block,
    Choice,
    Grid,
    Lever,
    Measure,
    Ramp,
    Scenario,
    Scenarios,
    Triangle,
    lever_grid,
    lever_streams,
)
from pathway_models.records.nowcast import Nowcast
from pathway_models.records.park import ACTIVITY_UNITS, INDICES, UNDIVIDED, Identified, Park, ParkIdentity, Process
from pathway_models.records.pathways import TOTAL, Draws, Pathways
from pathway_models.records.peaks import IF_DRIVERS_HOLD, SHARES, Headline, Peaks, Step
from pathway_models.records.plans import Carrier, DriverPath, DriverTarget, Project
from pathway_models.records.pollutants import Pollutant


def read_only(mapping: dict) -> MappingProxyType:
    """Return a view of a mapping that cannot be changed."""
    return MappingProxyType(mapping)


# Records can be sent to other processes: their read-only mappings travel as dicts.
copyreg.pickle(MappingProxyType, lambda mapping: (read_only, (dict(mapping),)))
