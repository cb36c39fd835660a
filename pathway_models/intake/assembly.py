"""Assemble checked rows into the arrays of a `Park`, and report the faults that only the whole table shows.

Rows that nothing uses are reported as well.
"""

from collections import defaultdict

import numpy as np

from pathway_models.core import Fault, units
from pathway_models.intake.factors import tables
from pathway_models.intake.table.rows import Row
from pathway_models.records.park import UNDIVIDED, Process

Key = tuple[str, str, str]
#: Outputs that measure the activity of a sector: item -> kind of activity and unit.
OUTPUTS = {
    "electricity": ("power_output", "MWh"),
    "crude_steel": ("steel_output", "t"),
    "cement": ("cement_output", "t"),
    "pig_iron": ("pig_iron_output", "t"),
    "nonferrous_metals": ("nonferrous_output", "t"),
}
#: Quantities that may stand in a table without being used: they describe the park.
CONTEXT = ("value_added", "population")
#: ASSUME: least share of a park's undivided emissions of a sector that goes on by its own trend.
OWN_TREND = 0.05


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
        self._items: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for quantity, sector, item in self.cells:
            self._items[quantity].append((sector, item))
        used = [row.year for row in rows if row.quantity in ("energy", "emissions")]
        self.years = np.arange(min(used), max(used) + 1) if used else np.zeros(0, int)

    def needs_factors(self) -> bool:
        """Tell whether anything in the table needs the factor of a fuel or of the grid."""
        return any(quantity == "energy" or item not in PROCESS_EMISSIONS for quantity, _, item in self._emitting())

    def _emitting(self) -> list[Key]:
        return [key for key in self.cells if key[0] in ("energy", "emissions")]

    def fault(self, row: Row, expected: str, remedy: str, code: str) -> None:
        """Note a fault of a row."""
        name = "/".join(part for part in (str(row.year), row.sector, row.quantity, row.item) if part)
        value = row.written or f"{row.value:g}"
        self.faults.append(Fault(self.file, f"{row.place}, {name}", value, expected, remedy, code=code))

    def lack(self, what: str, remedy: str, code: str) -> None:
        """Note that the table as a whole lacks something."""
        self.faults.append(Fault(self.file, "table", "", what, remedy, code=code))

    def rows(self, key: Key) -> list[Row]:
        """Return the rows of a key in order of appearance; empty where the table has none."""
        return list(self.cells[key].values()) if key in self.cells else []

    def series(self, key: Key, absent: float | None = None) -> np.ndarray:
        """Return the values of a key by year; ``absent`` for years without a row, or NaN and a fault if it is None."""
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
        """List the sectors and items of a quantity, in order of appearance."""
        return self._items.get(quantity, [])

    def one_unit(self, key: Key) -> str:
        """Return the unit of a key's values; empty without a row, a fault where it changes between years."""
        rows = [row for row in self.rows(key) if row.unit]
        for row in rows:
            if row.unit != rows[0].unit:
                self.fault(row, f"{rows[0].unit} as in {rows[0].place}", "give all years in one unit", "unit_changes")
                break
        return rows[0].unit if rows else ""

    def refuse_unused(self, sectors: tuple[str, ...]) -> None:
        """Report every key that nothing used, so that no value is dropped silently."""
        for key in self.cells:
            quantity, sector, item = key
            is_context = quantity in CONTEXT and not item and sector in ("park", *sectors)
            if key not in self._used and not is_context:
                expected = f"a sector and an item that the energy or product rows have ({', '.join(sectors)})"
                remedy = "correct the sector or the item, or remove the row: nothing uses it"
                self.fault(self.rows(key)[0], expected, remedy, "unused")


#: Most sectors, more than any classification of industries has; each takes all carriers, processes and levers.
MOST_SECTORS = 2_000
#: Items of process emissions that may be reported without their output.
PROCESS_EMISSIONS = ("process", *UNDIVIDED)


def assemble(
    file: str, activity: str, factor_set: str, grid_choice: str, rows: list[Row], *, own_factors: bool = False
) -> tuple[dict[str, object], list[Fault]]:
    """Assemble the array fields of a `Park`.

    Parameters
    ----------
    file : str
    activity : {"value_added", "gdp", "energy_index", "emissions_index"}
    factor_set, grid_choice : str
        Empty where the table has no carriers and needs none.
    rows : list of Row
    own_factors : bool
        Whether there is no factor set, so that each carrier needs rows of its own factor.

    Returns
    -------
    fields, faults
        Fields of `Park`; invalid where there are faults.
    """
    table = Table(file, rows)
    if not table.years.size:
        table.lack("rows with energy or emissions", "add the energy use of at least one year", "no_energy")
        return {}, table.faults
    named = {row.sector for row in rows}
    if len(named) > MOST_SECTORS:
        what = f"at most {MOST_SECTORS} sectors, not {len(named)}"
        table.lack(what, "put small ones together, or correct the column of sectors", "sectors_many")
        return {}, table.faults
    needs_factors = table.needs_factors()
    if factor_set not in tables.factor_sets() and (factor_set or needs_factors) and not own_factors:
        expected = f"one of {', '.join(tables.factor_sets())}"
        table.faults.append(Fault(file, "factor_set", factor_set, expected, "name a shipped set", code="factor_set"))
    used = [*table.items("energy"), *table.items("emissions")]
    library = tables.read_carriers()
    processes, outputs, process_factors, used_fuels = _processes(table, used, library)
    sectors = tuple(dict.fromkeys(sector for sector, _ in [*used, *table.items("product")]))
    carriers = tuple(dict.fromkeys([item for _, item in used_fuels] + ["electricity", "green_electricity"]))
    energy, factors = np.zeros((2, len(sectors), len(carriers), table.years.size))
    factors_from = factor_set, grid_choice
    defaults = {
        name: _default_factor(table, *factors_from, library[name]) if grid_choice or needs_factors else 0.0
        for name in carriers
    }
    for sector, item in dict.fromkeys(used_fuels):
        at = sectors.index(sector), carriers.index(item)
        energy[at], factors[at] = _energy(table, factor_set, sector, item, defaults[item])
    _split_green(table, sectors, carriers, energy)
    _factors_of_unused(carriers, defaults, energy, factors)
    told = _undivided(processes, sectors, outputs)
    kinds, levels = _activities(table, sectors, activity, energy.sum(axis=1), told)
    sinks = _sinks(table)
    table.refuse_unused(sectors)
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
        "sinks": sinks,
    }
    return fields, table.faults


def _default_factor(table: Table, factor_set: str, grid_choice: str, carrier: tables.Carrier) -> np.ndarray | None:
    """Return the default factor of a carrier by year, tCO2/TJ; None where there is none."""
    if carrier.group == "electricity":
        if grid_choice == "table":
            if not any(item == carrier.carrier for _, item in table.items("factor")):
                what = "factor rows for electricity, because grid_factor is 'table'"
                table.lack(
                    what,
                    f"add energy and factor rows (0 TJ where none is bought), or {tables.GRID_CHOICES}",
                    "grid_table",
                )
            return None
        factors, fault = tables.grid_factors(grid_choice, table.file)
        if fault:
            if fault not in table.faults:
                table.faults.append(fault)
            return np.zeros(table.years.size)
        return np.array([factors.of(int(year)).value for year in table.years]) / units.TJ_PER_MWH
    if not factor_set and carrier.group not in tables.ZERO_GROUPS:
        return None
    factor = tables.default_factor(factor_set, carrier)
    return None if factor is None else np.full(table.years.size, factor)


def _energy(
    table: Table, factor_set: str, sector: str, item: str, default: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Compute energy (TJ) and factors (tCO2/TJ) of one sector and carrier by year."""
    own, energy, reported = (
        {row.year: row for row in table.rows((quantity, sector, item))}
        for quantity in ("factor", "energy", "emissions")
    )
    given = table.series(("factor", sector, item), 0.0)
    factor = given if own else _or_zero(default, table.years.size)
    if reported:
        emissions = table.series(("emissions", sector, item))
        use = np.divide(emissions, factor, out=np.zeros_like(emissions), where=factor > 0)
    else:
        table.series(("energy", sector, item))  # notes the gaps
        use = np.array([_in_tj(table, factor_set, energy[y]) if y in energy else 0.0 for y in table.years])
    if energy and reported:
        row = next(iter(energy.values()))
        table.series(("energy", sector, item))
        table.fault(row, "energy or emissions, not both", "emissions imply the energy; keep one of the two", "both")
    if tables.read_carriers()[item].group in tables.ZERO_GROUPS:
        for row in [*own.values(), *reported.values()]:
            if row.value > 0:
                table.fault(
                    row, f"no emissions from {item}", "they count as zero; remove the row", "zero_by_convention"
                )
        return use, factor
    for row in (reported or energy).values():
        # A sheet may state a factor of zero on purpose; only a missing one is a fault, but emissions need one.
        stated = row.year in own if own else default is not None
        lost = bool(reported) and row.value > 0 and factor[row.year - table.years[0]] == 0
        if lost or (not stated and (row.value > 0 or not own)):
            table.fault(row, f"a factor of {item}", "add a factor row or choose a set that has it", "no_factor")
    return use, factor


def _or_zero(default: np.ndarray | None, years: int) -> np.ndarray:
    return np.zeros(years) if default is None else default


def _in_tj(table: Table, factor_set: str, row: Row) -> float:
    """Convert the energy of a row to TJ, mass and volume by the calorific value of the set; NaN for a wrong unit."""
    if row.unit in ("TJ", ""):
        return row.value
    if row.unit == "MWh":
        return row.value * units.TJ_PER_MWH
    fuel = tables.find_fuel(factor_set, tables.read_carriers()[row.item])
    if fuel is None or fuel.unit != row.unit:
        unit = f"TJ, tce or {fuel.unit}" if fuel else "TJ or tce"
        table.fault(row, f"{row.item} in {unit}", f"{factor_set} has no calorific value for it in {row.unit}", "no_ncv")
        return 0.0
    return row.value * fuel.tj_per_unit


def _processes(table: Table, used: list, library: dict) -> tuple[list, np.ndarray, np.ndarray, list]:
    """Assemble processes with outputs and factors; also return the other used items, which must be carriers."""
    processes, outputs, factors, fuels = [], [], [], []
    for sector, item in table.items("product"):
        keys = ("product", sector, item), ("process_factor", sector, item)
        unit, per = (table.one_unit(key) for key in keys)
        if unit and per and per != f"tCO2/{unit}":
            expected, remedy = f"tCO2/{unit}", f"the output of {item} is given in {unit}; give both in one unit"
            table.fault(table.rows(keys[1])[0], expected, remedy, "unit_per_output")
        processes.append((sector, item, unit))
        outputs.append(table.series(keys[0]))
        factors.append(table.series(keys[1], 0.0 if item.startswith("conversion_") else None))
    for sector, item in used:
        if item in library:
            fuels.append((sector, item))
        elif item in PROCESS_EMISSIONS and table.rows(("emissions", sector, item)):
            # Reported process emissions without an output: the emission itself is the output.
            processes.append((sector, item, "t"))
            outputs.append(table.series(("emissions", sector, item)))
            factors.append(np.ones(table.years.size))
        else:
            keys = ("energy", sector, item), ("emissions", sector, item)
            key = next(key for key in keys if table.rows(key))
            table.series(key)
            expected = f"a carrier of carriers.csv, or {PROCESS_EMISSIONS[0]!r} for reported process emissions"
            table.fault(table.rows(key)[0], expected, f"there is no carrier {item!r}; see its list", "carrier")
    shape = (len(processes), table.years.size)
    return processes, np.reshape(outputs, shape), np.reshape(factors, shape), fuels


def _given(table: Table, key: tuple[str, str, str]) -> np.ndarray:
    """Return the values of an optional key: all zero without a row, complete with one."""
    return table.series(key, None if table.rows(key) else 0.0)


def _sinks(table: Table) -> np.ndarray:
    """Compute the sequestration of green areas, tCO2/yr; area and rate are given together or not at all."""
    keys = ("green_area", "park", ""), ("sequestration", "park", "")
    absent = None if any(table.rows(key) for key in keys) else 0.0
    area, rate = (table.series(key, absent) for key in keys)
    return area * rate


def _factors_of_unused(carriers: tuple, defaults: dict, energy: np.ndarray, factors: np.ndarray) -> None:
    """Give every sector factors of carriers it does not use, so that levers do not bring them in without emissions.

    It is the park's own mean factor where another sector uses the carrier, else the default.
    """
    for c, name in enumerate(carriers):
        use = energy[:, c].sum(axis=0)
        own = np.divide((energy[:, c] * factors[:, c]).sum(axis=0), use, out=np.zeros_like(use), where=use > 0)
        lacking = ~energy[:, c].any(axis=1) & ~factors[:, c].any(axis=1)
        factors[lacking, c] = np.where(use > 0, own, _or_zero(defaults[name], use.size))


def _split_green(table: Table, sectors: tuple, carriers: tuple, energy: np.ndarray) -> None:
    """Move the green part of purchased electricity to its own carrier, by sector in proportion to use."""
    where = dict.fromkeys(("park", *sectors))
    green = units.TJ_PER_MWH * sum(_given(table, ("green_electricity", sector, "")) for sector in where)
    bought = energy[:, carriers.index("electricity")]
    total = bought.sum(axis=0)
    for at in np.flatnonzero(green > total * (1 + 1e-9)):
        what = f"green electricity of at most {total[at] / units.TJ_PER_MWH:g} MWh in {table.years[at]}"
        table.lack(what, f"it is {green[at] / units.TJ_PER_MWH:g} MWh, more than all purchased electricity", "green")
    share = np.divide(green, total, out=np.zeros_like(green), where=total > 0)
    energy[:, carriers.index("green_electricity")] = bought * share
    energy[:, carriers.index("electricity")] = bought * (1 - share)


def _undivided(processes: list, sectors: tuple, outputs: np.ndarray) -> np.ndarray:
    """Sum the emissions of each sector not known by carrier: (sector, year), tCO2."""
    told = np.zeros((len(sectors), outputs.shape[-1]))
    for (sector, item, _), output in zip(processes, outputs, strict=True):
        if item in UNDIVIDED:
            told[sectors.index(sector)] += output
    return told


def _activities(
    table: Table, sectors: tuple, kind: str, use: np.ndarray, told: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray]:
    """Choose the activity of each sector: value added, output, population of residents, else energy or emissions."""
    kinds, levels = [], []
    for at, sector in enumerate(sectors):
        product = _output(table, sector) if kind != "energy_index" else ""
        if told[at].any() and not use[at].any():
            # ASSUME: a sector of which only emissions are known follows their trend, also where value added is known,
            # which would have no intensity.  One that began or closed within the record, or is small, has no reliable
            # trend, and follows that of all of them together.
            whole = told.sum(axis=0)
            is_own = (told[at] > 0).all() and told[at].sum() >= OWN_TREND * whole.sum()
            kinds.append("emissions_index")
            levels.append(told[at] if is_own else whole * told[at].mean() / whole.mean())
        elif kind != "energy_index" and table.rows(("value_added", sector, "")):
            kinds.append(kind)
            levels.append(table.series(("value_added", sector, "")))
        elif product:
            kinds.append(OUTPUTS[product][0])
            levels.append(table.series(("output", sector, product)))
        elif kind != "energy_index" and sector == "residents" and table.rows(("population", "park", "")):
            kinds.append("population")
            levels.append(table.series(("population", "park", "")))
        else:
            kinds.append("energy_index")
            levels.append(use[at])
        levels[-1] = _as_when_it_closed(levels[-1])
        if (levels[-1] <= 0).any():
            year = table.years[int((levels[-1] <= 0).argmax())]
            table.lack(f"an activity above 0 in {sector}, {year}", "add the value or leave the year out", "activity")
    return tuple(kinds), np.array(levels)


def _as_when_it_closed(level: np.ndarray) -> np.ndarray:
    """Hold the activity of a closed sector at its last value: (year,).

    ASSUME: a closed sector stays closed: its energy and emissions remain zero, whatever its activity.
    """
    worked = np.flatnonzero(level)
    if not worked.size or worked[-1] == level.size - 1:
        return level
    return np.where(np.arange(level.size) > worked[-1], level[worked[-1]], level)


def _output(table: Table, sector: str) -> str:
    """Return the product whose output measures a sector, or ""; other products and units are reported as unused."""
    for owner, item in table.items("output"):
        if owner == sector and item in OUTPUTS and table.one_unit(("output", owner, item)) == OUTPUTS[item][1]:
            return item
    return ""
