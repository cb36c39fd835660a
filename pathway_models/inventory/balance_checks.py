"""Balance checks of an inventory: sums that must agree, and their differences."""

from dataclasses import dataclass

import numpy as np

from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.intake.factors.ids import SOLD
from pathway_models.intake.plausible_ranges import read_plausible
from pathway_models.inventory.account import ledger_rows, take_inventory
from pathway_models.inventory.decomposition import decompose_past
from pathway_models.inventory.indicators import summed_energy
from pathway_models.records.park import Park

#: Sums of the same numbers may differ by rounding only.
ROUNDING = 1e-9


@dataclass(frozen=True)
class BalanceCheck:
    """Sum that must agree with another one.

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
        """True where the difference is within what is allowed."""
        return self.difference <= self.allowed


def check_balances(park: Park) -> list[BalanceCheck]:
    """Compare every sum of a park with the one it must agree with.

    Returns
    -------
    list of BalanceCheck
        Sums the table states itself come last, where it states any.
    """
    inventory = take_inventory(park)
    total = inventory.total()
    by_year = dict.fromkeys(map(int, park.years), 0.0)
    for line in ledger_rows(park):
        by_year[int(line["year"])] += float(line["emissions_tco2"])
    found = [
        _largest("ledger", park, np.array(list(by_year.values())), total),
        _largest("scopes", park, inventory.scope(1) + inventory.scope(2), total),
    ]
    if len(park.sectors) > 1:
        found.append(_largest("sectors", park, sum(inventory.by_sector().values()), total))
    effects = decompose_past(park)
    moved = total[0] + np.concatenate([[0.0], effects.values.sum(axis=0).cumsum()])
    return [*found, _largest("drivers", park, moved, total), *_stated(park)]


def _carriers(park: Park) -> dict[int, float]:
    """Sum carriers with feedstock and power made on site, less sales beyond the purchases, TJ by year."""
    made = park.memo_items.get(("generation", "park", "renewable"), {})
    sold = [j for j, process in enumerate(park.processes) if process.name.startswith(SOLD)]
    beyond = dict(zip(map(int, park.years), park.outputs[sold].sum(axis=0), strict=True))
    return {
        year: tj + made.get(year, 0.0) * TJ_PER_MWH - float(beyond[year]) for year, tj in summed_energy(park).items()
    }


def _largest(key: str, park: Park, found: np.ndarray, expected: np.ndarray) -> BalanceCheck:
    off = np.abs(found / expected - 1)
    # Rounding has no worst year: which one it is depends on the processor.
    at = int(off.argmax()) if off.max() > ROUNDING else -1
    return BalanceCheck(key, int(park.years[at]), float(found[at]), float(expected[at]), "tCO2", ROUNDING)


def _stated(park: Park) -> list[BalanceCheck]:
    """Compare the totals stated in the table with the sums of their parts."""
    bounds, checks = read_plausible().bounds, []
    stated, summed = park.memo_items.get(("total_energy", "park", ""), {}), _carriers(park)
    pairs = {year: (summed[year], stated[year]) for year in stated if year in summed and stated[year] > 0}
    if pairs:
        year = max(pairs, key=lambda year: abs(pairs[year][0] / pairs[year][1] - 1))
        one, other = (value / TJ_PER_TCE for value in pairs[year])
        checks.append(BalanceCheck("stated_energy", year, one, other, "tce", bounds["closure"].high - 1))
    shares = [values for (quantity, *_), values in park.memo_items.items() if quantity == "energy_share"]
    sums = {year: sum(values.get(year, 0.0) for values in shares) for year in (shares[0] if shares else ())}
    if sums and len(shares) == 5:
        year = max(sums, key=lambda year: abs(sums[year] - 1))
        checks.append(BalanceCheck("stated_shares", year, sums[year], 1.0, "share", bounds["shares"].high - 1))
    return checks


#: Name of `check_balances` before 0.3, kept for one release.
closure = check_balances
