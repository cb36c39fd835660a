"""The emissions inventory: every tonne by sector, source and factor."""

from __future__ import annotations

import numpy as np

from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park

#: Groups that count as scope 2.
SCOPE_2 = ("electricity", "green_electricity", "heat", "waste_heat")


def take_inventory(park: Park) -> Inventory:
    """Account a park's emissions over its observed years.

    Parameters
    ----------
    park : Park

    Returns
    -------
    Inventory
        One row a sector and carrier with any use, and one a process; scope 1 for fuels and
        processes, scope 2 (market-based) for purchased electricity and heat.  Sinks stand beside.

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
                rows.append((sector, carrier, 2 if group in SCOPE_2 else 1))
                values.append(emissions[s, c])
                factor_ids.append(park.grid_factor if group == "electricity" else park.factor_set)
        for j, process in enumerate(park.processes):
            if process.sector == s:
                rows.append((sector, process.name, 1))
                values.append(park.outputs[j] * park.process_factors[j])
                factor_ids.append("table")
    return Inventory(
        park_id=park.park_id,
        years=park.years,
        rows=tuple(rows),
        emissions=np.reshape(values, (len(rows), park.years.size)),
        factor_ids=tuple(factor_ids),
        location_based=location_based(park),
        sinks=park.sinks,
    )


def location_based(park: Park) -> np.ndarray:
    """Purchased electricity with its green part at the grid factor, (H,) tCO2/yr."""
    grid, green = park.carriers.index("electricity"), park.carriers.index("green_electricity")
    bought = park.energy[:, grid] + park.energy[:, green]
    return (bought * park.factors[:, grid]).sum(axis=0)
