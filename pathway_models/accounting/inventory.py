"""The emissions inventory: every tonne by sector, source and factor."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pathway_models.accounting.factor_ids import carrier_factor_id, process_factor_id, scope_of
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park


def take_inventory(park: Park) -> Inventory:
    """Account a park's emissions over its observed years.

    Parameters
    ----------
    park : Park

    Returns
    -------
    Inventory
        One row a sector and carrier with any use, and one a process; scope 1 for fuels and processes,
        scope 2 (market-based) for purchased electricity and heat.  Sales beyond the purchases and captured
        CO2 (stored and used parts apart) are rows below zero in scope 1.  Sinks stand beside.

    Notes
    -----
    ``E = sum energy x factor + sum output x process factor``; factor = carbon content x oxidation x 44/12
    (GB/T 32150, NDRC industry guides).
    """
    rows, values, factor_ids = [], [], []
    emissions = park.energy * park.factors
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            if park.energy[s, c].any():
                rows.append((sector, carrier, scope_of(group)))
                values.append(emissions[s, c])
                factor_ids.append(_one_id(carrier_factor_id(park, sector, carrier, int(y)) for y in park.years))
        for j, process in enumerate(park.processes):
            if process.sector == s:
                rows.append((sector, process.name, scope_of()))
                values.append(park.outputs[j] * park.process_factors[j])
                factor_ids.append(_one_id(process_factor_id(park, sector, process.name, int(y)) for y in park.years))
    return Inventory(
        identity=park.identity,
        years=park.years,
        rows=tuple(rows),
        emissions=np.reshape(values, (len(rows), park.years.size)),
        factor_ids=tuple(factor_ids),
        location_based=location_based(park),
        sinks=park.sinks,
    )


def _one_id(by_year: Iterable[str]) -> str:
    """The factors behind a source over all years: own ones named once, without their cells."""
    kinds = dict.fromkeys("own" if name.startswith("own: ") else name for name in by_year)
    return "; ".join(name for name in kinds if name) or "own"


def location_based(park: Park) -> np.ndarray:
    """Purchased electricity with its green part at the grid factor, (H,) tCO2/yr."""
    grid, green = park.carriers.index("electricity"), park.carriers.index("green_electricity")
    bought = park.energy[:, grid] + park.energy[:, green]
    return (bought * park.factors[:, grid]).sum(axis=0)
