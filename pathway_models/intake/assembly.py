"""Putting checked rows together into the arrays of a `Park`, with the faults only the whole table shows."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from pathway_models.foundations.errors import Fault
from pathway_models.foundations.units import TJ_PER_MWH
from pathway_models.intake.factors import factor_sets, find_fuel, grid_factor, heat_factor, read_carriers
from pathway_models.intake.rows import Row
from pathway_models.records.park import Process

#: Groups whose emissions are zero by convention.
ZERO_GROUPS = ("biomass", "hydrogen", "green_electricity", "waste_heat")
Key = tuple[str, str, str]


class Table:
    """The rows of a park, indexed for assembling; faults are collected as they are found."""

    def __init__(self, file: str, rows: list[Row]) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.cells: dict[Key, dict[int, Row]] = defaultdict(dict)
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
        self.faults.append(Fault(self.file, f"{row.place}, {name}", f"{row.value:g}", expected, remedy, code=code))

    def lack(self, what: str, remedy: str, code: str) -> None:
        """Note something the table as a whole lacks."""
        self.faults.append(Fault(self.file, "table", "", what, remedy, code=code))

    def series(self, key: Key, absent: float | None = None) -> np.ndarray:
        """Values of a key over all years; ``absent`` for years without a row, or a fault where it is None."""
        cells = self.cells.get(key, {})
        missing = [int(year) for year in self.years if year not in cells]
        if missing and absent is None:
            name = "/".join(part for part in key if part)
            listed = ", ".join(map(str, missing))
            self.lack(f"{name} in every year, missing in {listed}", "add the rows; write 0 only where it is 0", "gap")
        fill = 0.0 if absent is None else absent
        return np.array([cells[year].value if year in cells else fill for year in self.years])

    def items(self, quantity: str) -> list[tuple[str, str]]:
        """Sectors and items a quantity is given for, in order of appearance."""
        return [(sector, item) for name, sector, item in self.cells if name == quantity]


def assemble(
    file: str, activity: str, factor_set: str, grid_choice: str, rows: list[Row]
) -> tuple[dict[str, object], list[Fault]]:
    """Assemble the array fields of a `Park`.

    Parameters
    ----------
    file : str
    activity : {"value_added", "gdp", "energy_index"}
    factor_set, grid_choice : str
    rows : list of Row

    Returns
    -------
    fields, faults
        Fields of `Park`; not to be used where there are faults.
    """
    table = Table(file, rows)
    if not table.years.size:
        table.lack("rows with energy or emissions", "add the energy use of at least one year", "no_energy")
        return {}, table.faults
    if factor_set not in factor_sets():
        expected = f"one of {', '.join(factor_sets())}"
        table.faults.append(Fault(file, "factor_set", factor_set, expected, "name a shipped set", code="factor_set"))
    used = [*table.items("energy"), *table.items("emissions")]
    library = read_carriers()
    processes, outputs, process_factors, used_fuels = _processes(table, used, library)
    sectors = tuple(dict.fromkeys(sector for sector, _ in used))
    carriers = tuple(dict.fromkeys([item for _, item in used_fuels] + ["electricity", "green_electricity"]))
    shape = (len(sectors), len(carriers), table.years.size)
    energy, factors = np.zeros(shape), np.zeros(shape)
    defaults = {name: _default_factor(table, factor_set, grid_choice, library[name].group, name) for name in carriers}
    for sector, item in dict.fromkeys(used_fuels):
        at = sectors.index(sector), carriers.index(item)
        energy[at], factors[at] = _energy(table, factor_set, sector, item, defaults[item])
    _split_green(table, sectors, carriers, energy)
    grid = factors[:, carriers.index("electricity")]
    grid[(grid == 0).all(axis=1)] = defaults["electricity"] or 0.0
    kinds, levels = _activities(table, sectors, activity, energy.sum(axis=1))
    area = table.series(("green_area", "park", ""), 0.0)
    rate = table.series(("sequestration", "park", ""), 0.0)
    fields = {
        "years": table.years,
        "sectors": sectors,
        "carriers": carriers,
        "groups": tuple(library[name].group for name in carriers),
        "activity": levels,
        "activity_kinds": kinds,
        "energy": energy,
        "factors": factors,
        "processes": tuple(Process(n, sectors.index(s), u, n.startswith("conversion_")) for s, n, u in processes),
        "outputs": outputs,
        "process_factors": process_factors,
        "sinks": area * rate,
    }
    return fields, table.faults


def _default_factor(table: Table, factor_set: str, grid_choice: str, group: str, carrier: str) -> float | None:
    """Factor of a carrier where the table gives none, tCO2/TJ; None where there is no default."""
    if group in ZERO_GROUPS:
        return 0.0
    if group == "heat":
        return heat_factor()
    if group == "electricity":
        if grid_choice == "table":
            return None
        factor, fault = grid_factor(grid_choice, table.file)
        if fault and fault not in table.faults:
            table.faults.append(fault)
        return factor / TJ_PER_MWH
    fuel = find_fuel(factor_set, read_carriers()[carrier])
    return fuel.factor if fuel else None


def _energy(
    table: Table, factor_set: str, sector: str, item: str, default: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Energy (TJ) and factors (tCO2/TJ) of one sector and carrier by year."""
    given = table.series(("factor", sector, item), 0.0)
    in_mwh = {row.unit for row in table.cells.get(("factor", sector, item), {}).values()} == {"tCO2/MWh"}
    factor = given / TJ_PER_MWH if in_mwh else given
    has_own = ("factor", sector, item) in table.cells
    if not has_own:
        factor = np.full(table.years.size, default or 0.0)
    if ("emissions", sector, item) in table.cells:
        emissions = table.series(("emissions", sector, item))
        use = np.divide(emissions, factor, out=np.zeros_like(emissions), where=factor > 0)
    else:
        table.series(("energy", sector, item))  # notes the gaps
        cells = table.cells["energy", sector, item]
        use = np.array([_in_tj(table, factor_set, cells[y]) if y in cells else 0.0 for y in table.years])
    lacking = (use > 0) & (factor == 0) if has_own else np.full(use.shape, default is None)
    reported = table.cells.get(("energy", sector, item)) or table.cells[("emissions", sector, item)]
    for year in table.years[lacking & (use >= 0)]:
        # A sheet may state a factor of zero on purpose; only a missing one is a fault.
        if year in reported and not (has_own and year in table.cells["factor", sector, item]):
            table.fault(
                reported[year], f"a factor of {item}", "add a factor row or choose a set that has it", "no_factor"
            )
    return use, factor


def _in_tj(table: Table, factor_set: str, row: Row) -> float:
    """Energy of a row in TJ; mass and volume through the calorific value of the factor set."""
    if row.unit == "TJ":
        return row.value
    if row.unit == "MWh":
        return row.value * TJ_PER_MWH
    fuel = find_fuel(factor_set, read_carriers()[row.item])
    if fuel is None or fuel.unit != row.unit:
        unit = f"TJ, tce or {fuel.unit}" if fuel else "TJ or tce"
        table.fault(row, f"{row.item} in {unit}", f"{factor_set} has no calorific value for it in {row.unit}", "no_ncv")
        return 0.0
    return row.value * fuel.tj_per_unit


def _processes(table: Table, used: list, library: dict) -> tuple[list, np.ndarray, np.ndarray, list]:
    """Processes with outputs and factors; and the rest of the used items, which must be carriers."""
    processes, outputs, factors, fuels = [], [], [], []
    for sector, item in table.items("product"):
        rows = table.cells["product", sector, item]
        processes.append((sector, item, next(iter(rows.values())).unit))
        outputs.append(table.series(("product", sector, item)))
        factors.append(table.series(("process_factor", sector, item), 0.0 if item.startswith("conversion_") else None))
    for sector, item in used:
        if item in library:
            fuels.append((sector, item))
        elif ("emissions", sector, item) in table.cells:
            # Reported process emissions without an output: the emission itself is the output.
            processes.append((sector, item, "t"))
            outputs.append(table.series(("emissions", sector, item)))
            factors.append(np.ones(table.years.size))
        else:
            row = next(iter(table.cells["energy", sector, item].values()))
            table.fault(row, "a carrier of carriers.csv", f"there is no carrier {item!r}; see its list", "carrier")
    shape = (len(processes), table.years.size)
    return processes, np.reshape(outputs, shape), np.reshape(factors, shape), fuels


def _split_green(table: Table, sectors: tuple, carriers: tuple, energy: np.ndarray) -> None:
    """Move the green part of purchased electricity to its own carrier, by sector in proportion to use."""
    where = dict.fromkeys(("park", *sectors))
    green = TJ_PER_MWH * sum(table.series(("green_electricity", sector, ""), 0.0) for sector in where)
    bought = energy[:, carriers.index("electricity")]
    total = bought.sum(axis=0)
    for at in np.flatnonzero(green > total * (1 + 1e-9)):
        what = f"green electricity of at most {total[at] / TJ_PER_MWH:g} MWh in {table.years[at]}"
        table.lack(what, f"it is {green[at] / TJ_PER_MWH:g} MWh, more than all purchased electricity", "green")
    share = np.divide(green, total, out=np.zeros_like(green), where=total > 0)
    energy[:, carriers.index("green_electricity")] = bought * share
    energy[:, carriers.index("electricity")] = bought * (1 - share)


def _activities(table: Table, sectors: tuple, kind: str, use: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Activity of each sector: value added, else population for residents, else its own energy."""
    kinds, levels = [], []
    for at, sector in enumerate(sectors):
        if kind != "energy_index" and ("value_added", sector, "") in table.cells:
            kinds.append(kind)
            levels.append(table.series(("value_added", sector, "")))
        elif kind != "energy_index" and sector == "residents" and ("population", "park", "") in table.cells:
            kinds.append("population")
            levels.append(table.series(("population", "park", "")))
        else:
            kinds.append("energy_index")
            levels.append(use[at])
        if (levels[-1] <= 0).any():
            year = table.years[int((levels[-1] <= 0).argmax())]
            table.lack(f"an activity above 0 in {sector}, {year}", "add the value or leave the year out", "activity")
    return tuple(kinds), np.array(levels)
