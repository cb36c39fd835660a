"""Whether an inventory closes: every sum that must agree, with how far it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.accounting.factor_ids import SOLD
from pathway_models.accounting.indicators import summed_energy
from pathway_models.accounting.inventory import take_inventory
from pathway_models.accounting.ledger import ledger_rows
from pathway_models.findings.decomposition import decompose_past
from pathway_models.foundations.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.intake.bounds import read_plausible
from pathway_models.records.park import Park

#: Sums of the same numbers may differ by rounding only.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Closing:
    """One sum that must agree with another.

    Parameters
    ----------
    key : str
        ``ledger``, ``scopes``, ``sectors``, ``drivers``, ``stated_energy`` or ``stated_shares``.
    year : int
        The year in which they differ most.
    found, expected : float
    unit : str
    allowed : float
        Largest relative difference that counts as closed.
    """

    key: str
    year: int
    found: float
    expected: float
    unit: str
    allowed: float

    @property
    def difference(self) -> float:
        """Relative difference."""
        return abs(self.found - self.expected) / abs(self.expected) if self.expected else abs(self.found)

    @property
    def closes(self) -> bool:
        """Whether it is within what is allowed."""
        return self.difference <= self.allowed


def closure(park: Park) -> list[Closing]:
    """Every sum of a park that can be held against another one.

    Parameters
    ----------
    park : Park

    Returns
    -------
    list of Closing
        Sums the table states itself come last, where it states any.
    """
    inventory = take_inventory(park)
    total = inventory.total()
    by_year = dict.fromkeys(map(int, park.years), 0.0)
    for line in ledger_rows(park):
        by_year[int(line["year"])] += float(line["emissions_tco2"])
    found = [
        _worst("ledger", park, np.array(list(by_year.values())), total),
        _worst("scopes", park, inventory.scope(1) + inventory.scope(2), total),
    ]
    if len(park.sectors) > 1:
        found.append(_worst("sectors", park, sum(inventory.by_sector().values()), total))
    effects = decompose_past(park)
    moved = total[0] + np.concatenate([[0.0], effects.values.sum(axis=0).cumsum()])
    return [*found, _worst("drivers", park, moved, total), *_stated(park)]


def _carriers(park: Park) -> dict[int, float]:
    """Carriers with feedstock and power made on site, less what is sold beyond the purchases, TJ by year."""
    made = park.beside.get(("generation", "park", "renewable"), {})
    sold = [j for j, process in enumerate(park.processes) if process.name.startswith(SOLD)]
    beyond = dict(zip(map(int, park.years), park.outputs[sold].sum(axis=0), strict=True))
    return {
        year: tj + made.get(year, 0.0) * TJ_PER_MWH - float(beyond[year]) for year, tj in summed_energy(park).items()
    }


def _worst(key: str, park: Park, found: np.ndarray, expected: np.ndarray) -> Closing:
    off = np.abs(found / expected - 1)
    # Rounding has no worst year: which one it is depends on the processor.
    at = int(off.argmax()) if off.max() > ROUNDING else -1
    return Closing(key, int(park.years[at]), float(found[at]), float(expected[at]), "tCO2", ROUNDING)


def _stated(park: Park) -> list[Closing]:
    """What the table states as totals of its own."""
    bounds, closings = read_plausible().bounds, []
    stated, summed = park.beside.get(("total_energy", "park", ""), {}), _carriers(park)
    pairs = {year: (summed[year], stated[year]) for year in stated if year in summed and stated[year] > 0}
    if pairs:
        year = max(pairs, key=lambda year: abs(pairs[year][0] / pairs[year][1] - 1))
        one, other = (value / TJ_PER_TCE for value in pairs[year])
        closings.append(Closing("stated_energy", year, one, other, "tce", bounds["closure"].high - 1))
    shares = [values for (quantity, *_), values in park.beside.items() if quantity == "energy_share"]
    sums = {year: sum(values.get(year, 0.0) for values in shares) for year in (shares[0] if shares else ())}
    if sums and len(shares) == 5:
        year = max(sums, key=lambda year: abs(sums[year] - 1))
        closings.append(Closing("stated_shares", year, sums[year], 1.0, "share", bounds["shares"].high - 1))
    return closings
