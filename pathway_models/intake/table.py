"""The rows of one park, indexed for assembling; every fault and every unused row is kept track of."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from pathway_models.foundations.errors import Fault
from pathway_models.intake.rows import Row

Key = tuple[str, str, str]
#: Quantities that may stand in a table without being used: they describe the park.
CONTEXT = ("value_added", "population")


class Table:
    """The rows of a park by quantity, sector and item.

    Parameters
    ----------
    file : str
        Name of the table, for messages.
    rows : list of Row
    """

    def __init__(self, file: str, rows: list[Row]) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.cells: dict[Key, dict[int, Row]] = defaultdict(dict)
        self._used: set[Key] = set()
        for row in rows:
            years = self.cells[row.quantity, row.sector, row.item]
            if row.year in years:
                self.fault(row, "one value a year", f"it stands already in {years[row.year].place}; keep one", "twice")
            years[row.year] = row
        used = [row.year for row in rows if row.quantity in ("energy", "emissions")]
        self.years = np.arange(min(used), max(used) + 1) if used else np.zeros(0, int)

    def fault(self, row: Row, expected: str, remedy: str, code: str) -> None:
        """Note a fault of a row."""
        name = "/".join(part for part in (str(row.year), row.sector, row.quantity, row.item) if part)
        value = row.written or f"{row.value:g}"
        self.faults.append(Fault(self.file, f"{row.place}, {name}", value, expected, remedy, code=code))

    def lack(self, what: str, remedy: str, code: str) -> None:
        """Note something the table as a whole lacks."""
        self.faults.append(Fault(self.file, "table", "", what, remedy, code=code))

    def rows(self, key: Key) -> list[Row]:
        """Rows of a key in order of appearance; none where the table says nothing."""
        return list(self.cells[key].values()) if key in self.cells else []

    def series(self, key: Key, absent: float | None = None) -> np.ndarray:
        """Values of a key over all years; ``absent`` for years without a row, or NaN and a fault where it is None."""
        self._used.add(key)
        cells = self.cells.get(key, {})
        missing = [int(year) for year in self.years if year not in cells]
        if missing and absent is None:
            name = "/".join(part for part in key if part)
            listed = ", ".join(map(str, missing))
            self.lack(f"{name} in every year, missing in {listed}", "add the rows; write 0 only where it is 0", "gap")
        fill = np.nan if absent is None else absent
        return np.array([cells[year].value if year in cells else fill for year in self.years])

    def items(self, quantity: str) -> list[tuple[str, str]]:
        """Sectors and items a quantity is given for, in order of appearance."""
        return [(sector, item) for name, sector, item in self.cells if name == quantity]

    def one_unit(self, key: Key) -> str:
        """The unit of a key's values; a fault where it changes between years, "" where there is no row."""
        rows = [row for row in self.rows(key) if row.unit]
        for row in rows:
            if row.unit != rows[0].unit:
                self.fault(row, f"{rows[0].unit} as in {rows[0].place}", "give all years in one unit", "unit_changes")
                break
        return rows[0].unit if rows else ""

    def refuse_unused(self, sectors: tuple[str, ...]) -> None:
        """Note every key that nothing used: a value that is read and dropped is a value that is lost."""
        for key in self.cells:
            quantity, sector, item = key
            is_context = quantity in CONTEXT and not item and sector in ("park", *sectors)
            if key not in self._used and not is_context:
                expected = f"a sector and an item that the energy or product rows have ({', '.join(sectors)})"
                remedy = "correct the sector or the item, or remove the row: nothing uses it"
                self.fault(self.rows(key)[0], expected, remedy, "unused")
