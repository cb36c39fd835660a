"""What an export is made of: every quantity of a park by scenario, member and year, in the unit of the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from pathway_models.foundations.units import TJ_PER_TCE
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways

#: Factors from canonical units to the units of the definitions.
TO_UNIT = {"Mt CO2/yr": 1e-6, "EJ/yr": 1e-6, "billion CNY/yr": 1e-3, "t CO2/tce": TJ_PER_TCE}
#: Quantity of a carrier -> the groups of carriers in it.
CARRIER_GROUPS = {
    "energy_coal": ("coal",),
    "energy_oil": ("oil",),
    "energy_gas": ("gas",),
    "energy_biomass": ("biomass",),
    "energy_hydrogen": ("hydrogen",),
    "energy_electricity": ("electricity", "green_electricity"),
    "energy_heat": ("heat", "waste_heat"),
    "energy_other": ("other_fuel", "other_energy"),
}
#: Kinds of activity that are money, so that sectors may be added up.
MONEY = ("value_added", "gdp")
#: Sources that are one quantity of the export each.
SOURCES = ("coal", "oil", "gas", "other_fuel", "process", "capture_heat", "heat")
Compute = Callable[[Pathways], np.ndarray]


def paths_of(pathways: Pathways, park: Park) -> dict[str, np.ndarray]:
    """Every quantity that has a path, in canonical units.

    Parameters
    ----------
    pathways : Pathways
    park : Park
        Of these pathways.

    Returns
    -------
    dict quantity -> (scenario, member, year)
        tCO2/yr, TJ, million CNY.  What the pathways do not carry is left out, and so is the value added of a park
        whose sectors are measured in something that cannot be added up.
    """
    found = {name: compute(pathways) for name, compute in _ALWAYS.items()}
    for name, (needs, compute) in _BESIDE.items():
        if all(need in pathways.beside for need in needs):
            found[name] = compute(pathways)
    if set(park.activity_kinds) <= set(MONEY) and "activity" in pathways.beside:
        found["value_added"] = pathways.beside["activity"]
    return found


def observed_carriers(park: Park) -> dict[str, np.ndarray]:
    """Energy by group of carriers over the observed years: quantity -> (H,) TJ; only what the park uses."""
    used = {
        quantity: park.energy[:, np.isin(park.groups, groups)].sum(axis=(0, 1))
        for quantity, groups in CARRIER_GROUPS.items()
    }
    return {quantity: values for quantity, values in used.items() if values.any()}


def ratios(paths: Mapping[str, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Intensities as what stands above and below: quantity -> two (scenario, member, year)."""
    parts = {"intensity_energy": ("total", "energy"), "intensity_value_added": ("total", "value_added")}
    return {
        name: (paths[above], paths[below])
        for name, (above, below) in parts.items()
        if below in paths and (paths[below] > 0).all()
    }


def _source(*names: str) -> Compute:
    def compute(pathways: Pathways) -> np.ndarray:
        picked = [name in names for name in pathways.sources]
        return pathways.emissions[:, :, picked].sum(axis=2)

    return compute


def _captured(pathways: Pathways) -> np.ndarray:
    return 0.0 - _source("captured")(pathways)


#: Quantities of every ensemble.
_ALWAYS: dict[str, Compute] = {
    "total": Pathways.total,
    "scope_1": lambda pathways: pathways.scope(1),
    **{name: _source(name) for name in SOURCES},
    "electricity": _source("electricity", "capture_electricity"),
    "captured": _captured,
}
#: Quantities that need something beside the emissions.
_BESIDE: dict[str, tuple[tuple[str, ...], Compute]] = {
    "sinks": (("sinks",), lambda pathways: pathways.beside["sinks"]),
    "land": (("sinks",), lambda pathways: 0.0 - pathways.beside["sinks"]),
    "net_direct": (("sinks",), lambda pathways: pathways.scope(1) - pathways.beside["sinks"]),
    "stored": (("stored",), lambda pathways: pathways.beside["stored"]),
    "used": (("stored",), lambda pathways: _captured(pathways) - pathways.beside["stored"]),
    "location_based": (("location_based",), lambda pathways: pathways.beside["location_based"]),
    "total_location_based": (
        ("location_based",),
        lambda pathways: (
            pathways.total()
            - _source("electricity", "capture_electricity")(pathways)
            + pathways.beside["location_based"]
        ),
    ),
    "energy": (("energy",), lambda pathways: pathways.beside["energy"]),
}
