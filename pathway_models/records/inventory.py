"""The emissions inventory of a park's observed years."""

from dataclasses import dataclass

import numpy as np

from pathway_models.core.arrays import frozen_array, rising_years
from pathway_models.core.lazy import Shown
from pathway_models.records.park import Identified, ParkIdentity


@dataclass(frozen=True, eq=False)
class Inventory(Identified, Shown):
    """Emissions by sector and source over the observed years, tCO2/yr.

    Parameters
    ----------
    identity : ParkIdentity
    years : (H,) int
    rows : (R,) tuple of (sector, source, scope)
        What each row of ``emissions`` is: sector id, carrier or process id, scope 1 or 2.
    emissions : (R, H), tCO2/yr
    factor_ids : (R,) str
        The factor behind each row.
    location_based : (H,), tCO2/yr
        Purchased electricity including its green part at the grid factor.
    sinks : (H,), tCO2/yr
        Beside the total, never inside it.
    """

    identity: ParkIdentity
    years: np.ndarray
    rows: tuple[tuple[str, str, int], ...]
    emissions: np.ndarray
    factor_ids: tuple[str, ...]
    location_based: np.ndarray
    sinks: np.ndarray

    def __post_init__(self) -> None:
        super().__post_init__()
        years = rising_years(f"{self.park_id}: years", self.years)
        put = object.__setattr__
        put(self, "years", years)
        shape = (len(self.rows), years.size)
        put(self, "emissions", frozen_array("emissions", self.emissions, shape))
        put(self, "location_based", frozen_array("location_based", self.location_based, (years.size,)))
        put(self, "sinks", frozen_array("sinks", self.sinks, (years.size,)))

    def total(self) -> np.ndarray:
        """Sum of all sources, scope 1 and market-based scope 2, (H,) tCO2/yr."""
        return self.emissions.sum(axis=0)

    def scope(self, scope: int) -> np.ndarray:
        """Sum of one scope, (H,) tCO2/yr."""
        return self.emissions[[row[2] == scope for row in self.rows]].sum(axis=0)

    def by_sector(self) -> dict[str, np.ndarray]:
        """Sum by sector: sector id to (H,) tCO2/yr, in the order of the rows."""
        names = dict.fromkeys(row[0] for row in self.rows)
        return {name: self.emissions[[row[0] == name for row in self.rows]].sum(axis=0) for name in names}

    def __repr__(self) -> str:
        total = self.total()
        return (
            f"<Inventory {self.park_id}: {len(self.rows)} sources, {self.years[0]}-{self.years[-1]}\n"
            f"  total {total[0] / 1e4:,.1f} -> {total[-1] / 1e4:,.1f} 万tCO2/yr,"
            f" scope 2 {self.scope(2)[-1] / max(abs(total[-1]), 1e-9):.0%} in {self.years[-1]}>"
        )
