"""Audit workbook, first half: from the values as written to energy, factors, tonnes by source and totals."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from pathway_models.core.units import CO2_PER_C, CONVERSIONS, TJ_PER_MWH
from pathway_models.intake.factors.ids import carrier_factor_id, process_factor_id
from pathway_models.intake.factors.tables import find_fuel, fuel_parts, read_carriers
from pathway_models.intake.naming import factor_name, item_name
from pathway_models.intake.register import table_of
from pathway_models.intake.table.rows import read_rows
from pathway_models.intake.workbook.layouts import template_layout
from pathway_models.inventory.accounts import take_inventory
from pathway_models.language.words import place_name, say, word
from pathway_models.records import Park
from pathway_models.report.audit_formulas import FormulaBook, Sheet, Term, ratio, term, total

#: Largest relative difference between a stated value and the one the park used.
TOLERANCE = 1e-12


@dataclass(frozen=True)
class StatedValue:
    """One value of a table.

    Parameters
    ----------
    place : str
    value : float
        As written.
    unit : str
        As written.
    multiplier : float
        From the unit as written to the canonical one.
    canonical : str
    feedstock : float
        Part used as feedstock, in the canonical unit.
    """

    place: str
    value: float
    unit: str
    multiplier: float
    canonical: str
    feedstock: float = 0.0


#: (quantity, sector, item, year) -> value as written.
StatedValues = dict[tuple[str, str, str, int], StatedValue]


def read_stated_values(given: str) -> StatedValues:
    """Read energy and emissions of a table or workbook as the user wrote them.

    Parameters
    ----------
    given : str
        Id of the register, or path of a table.
    """
    path = table_of(given)
    return _of_workbook(path) if path.suffix.lower() == ".xlsx" else _of_table(path)


def _of_table(path: Path) -> StatedValues:
    rows, _ = read_rows(path)
    feedstock = {(r.sector, r.item, r.year): r.value for r in rows if r.quantity == "feedstock"}
    return {
        (row.quantity, row.sector, row.item, row.year): _stated(
            row.place, row.written, row.value, row.unit, feedstock.get((row.sector, row.item, row.year), 0.0)
        )
        for row in rows
        if row.quantity in ("energy", "emissions")
    }


def _of_workbook(path: Path) -> StatedValues:
    # Deferred: loads a library that text tables do not need.
    from pathway_models.intake.workbook.reading import read_workbook

    found = read_workbook(path).statements.all.values()
    return {
        (s.entry.quantity, s.owner, s.entry.item, s.year): _stated(s.place, s.written, s.value, s.unit, s.feedstock)
        for s in found
        if s.entry.quantity in ("energy", "emissions") and s.role in ("park", "sector")
    }


@cache
def consumed() -> frozenset[str]:
    """Return the processes whose amount is an input, such as limestone, and not a product."""
    entries = template_layout().entries().values()
    named = {entry.item: entry.words() for entry in entries if entry.quantity == "product"}
    return frozenset(item for item, words in named.items() if words is not None and "消耗" in words.zh)


def _stated(place: str, written: str, value: float, unit: str, feedstock: float) -> StatedValue:
    """Keep a value as written, or as read where number or unit cannot be parsed."""
    text, _, name = written.partition(" ")
    multiplier = CONVERSIONS[name][1] if name in CONVERSIONS else 0.0
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = np.nan
    if abs(number * multiplier - value) <= TOLERANCE * abs(value):
        return StatedValue(place, number, name, multiplier, unit, feedstock)
    return StatedValue(place, value, unit, 1.0, unit, feedstock)


def tj_per(park: Park, carrier: str, unit: str) -> float:
    """Look up TJ per canonical unit of a carrier; 0 where the factor set has none."""
    if unit in ("TJ", "MWh"):
        return {"TJ": 1.0, "MWh": TJ_PER_MWH}[unit]
    fuel = find_fuel(park.factor_set, read_carriers()[carrier])
    return fuel.tj_per_unit if fuel and fuel.unit == unit else 0.0


Cell = tuple[int, int]


@dataclass
class InventoryTerms:
    """Terms of the inventory from which the pathway starts; keys are (sector, carrier) by position."""

    energy: dict[Cell, Term] = field(default_factory=dict)
    factors: dict[Cell, Term] = field(default_factory=dict)
    outputs: dict[int, Term] = field(default_factory=dict)
    process_factors: dict[int, Term] = field(default_factory=dict)
    scopes: dict[int, Term] = field(default_factory=dict)
    total: Term | None = None
    total_row: int = 0


class InventorySheets:
    """Writer of the sheets with base data, factors and inventory of one park."""

    def __init__(self, book: FormulaBook, park: Park, stated: StatedValues, lang: str) -> None:
        self.park, self.stated, self.lang = park, stated, lang
        years = [int(year) for year in park.years]
        labels = [(self._say(en, zh), width) for en, zh, width in (
            ("sector", "行业", 14), ("source", "排放源", 22), ("what", "内容", 30), ("unit", "单位", 12),
            ("origin", "出处", 26))]  # fmt: skip
        self.data_sheet = Sheet(book, self._say("base data", "基础数据"), labels, years)
        self.factor_sheet = Sheet(book, self._say("factors", "排放因子"), labels, years)
        self.sheet = Sheet(book, self._say("inventory", "排放清单"), labels, years)
        self.base = InventoryTerms()
        self._written: dict[str, Term] = {}

    def _say(self, en: str, zh: str) -> str:
        return say(self.lang, en=en, zh=zh)

    def write(self) -> InventoryTerms:
        """Write all three sheets; return the terms the pathway starts from."""
        for page, en, zh in (
            (self.data_sheet, "Base data: as written -> canonical unit -> TJ. Blue: given; black: formula.",
             "基础数据：填报值→规范单位→TJ。蓝色为给定值，黑色为公式。"),
            (self.factor_sheet, "Emission factors in use", "采用的排放因子"),
            (self.sheet, "Inventory: TJ x factor = tCO2, by source and year", "排放清单：TJ×因子=tCO2，分源分年"),
        ):  # fmt: skip
            page.write(self._say(en, zh), "title")
            page.head()
        for s in range(len(self.park.sectors)):
            for c in range(len(self.park.carriers)):
                if self.park.energy[s, c].any():
                    self.base.factors[s, c] = self._factor(s, c)
        for s in range(len(self.park.sectors)):
            self._energy(s)
        self._sources()
        return self.base

    def _factor(self, s: int, c: int) -> Term:
        """Write the factor of a carrier in a sector, from its components where it belongs to a shipped set."""
        park, carrier = self.park, self.park.carriers[c]
        values = park.factors[s, c]
        ids = list(dict.fromkeys(carrier_factor_id(park, park.sectors[s], carrier, int(y)) for y in park.years))
        if len(ids) == 1 and np.ptp(values) == 0:
            if ids[0] not in self._written:
                self._written[ids[0]] = self._from_parts(ids[0], carrier, float(values[0]))
            found = self._written[ids[0]]
            if abs(float(found.values) - values[0]) <= TOLERANCE * abs(values[0]):
                return found
        names = self._labels(s, carrier, self._say("factor", "因子"), "tCO2/TJ", factor_name("; ".join(ids), self.lang))
        return self.factor_sheet.inputs(names, values)

    def _from_parts(self, factor_id: str, carrier: str, value: float) -> Term:
        """Write one factor in a cell, from the components its table states."""
        page, name, origin = self.factor_sheet, item_name(carrier, self.lang), factor_name(factor_id, self.lang)
        parts = fuel_parts(factor_id)
        if parts is not None:
            carbon = page.number(
                ["", name, self._say("carbon content", "单位热值含碳量"), "tC/TJ", origin], parts.carbon_content
            )
            oxidised = page.number(["", name, self._say("oxidation", "碳氧化率"), "1", origin], parts.oxidation)
            labels = ["", name, self._say("carbon x oxidation x 44/12", "含碳量×氧化率×44/12"), "tCO2/TJ", origin]
            return page.number(labels, carbon * oxidised * CO2_PER_C)
        if read_carriers()[carrier].group == "electricity":
            labels = ["", name, self._say("grid factor", "电网因子"), "tCO2/MWh", origin]
            grid = page.number(labels, value * TJ_PER_MWH)
            return page.number(
                ["", name, self._say("by 0.0036 TJ/MWh", "÷0.0036 TJ/MWh"), "tCO2/TJ", origin], grid / TJ_PER_MWH
            )
        return page.number(["", name, self._say("factor", "因子"), "tCO2/TJ", origin], value)

    def _energy(self, s: int) -> None:
        """Write energy of one sector by carrier, TJ, with green power split off electricity as in the park."""
        park = self.park
        grid, green = park.carriers.index("electricity"), park.carriers.index("green_electricity")
        for c, carrier in enumerate(park.carriers):
            if c == green or not (park.energy[s, c].any() or (c == grid and park.energy[s, green].any())):
                continue
            used = park.energy[s, c] + (park.energy[s, green] if c == grid else 0.0)
            found = self._stated(s, c, used)
            if c == grid and park.energy[s, green].any():
                part = np.divide(park.energy[s, green], used, out=np.zeros_like(used), where=used > 0)
                labels = self._labels(s, carrier, self._say("green share", "绿电份额"), "1", "")
                share = self.data_sheet.inputs(labels, part)
                labels = self._labels(s, park.carriers[green], self._say("energy", "能源"), "TJ", "")
                self.base.energy[s, green] = self.data_sheet.formula(labels, found * share)
                labels = self._labels(s, carrier, self._say("energy without green power", "扣除绿电的能源"), "TJ", "")
                found = self.data_sheet.formula(labels, found * (1.0 - share))
            if park.energy[s, c].any():
                self.base.energy[s, c] = found

    def _stated(self, s: int, c: int, used: np.ndarray) -> Term:
        """Write energy from the values as written where they can be traced, else as the park has it."""
        park, sector, carrier = self.park, self.park.sectors[s], self.park.carriers[c]
        for quantity in ("energy", "emissions"):
            cells = [self.stated.get((quantity, sector, carrier, int(year))) for year in park.years]
            if all(cell is not None for cell in cells):
                break
        else:
            place = park.origins.get(("energy", sector, carrier), {}).get(park.last_observed_year, "")
            labels = self._labels(
                s, carrier, self._say("energy, as read by the program", "能源（程序读取值）"), "TJ", place
            )
            return self.data_sheet.inputs(labels, used)
        per = np.array([tj_per(park, carrier, cell.canonical) for cell in cells])
        self._provenance(s, carrier, cells)
        value = self._row(s, carrier, ("as written", "填报值"), cells[-1].unit, [cell.value for cell in cells])
        times = self._row(
            s, carrier, ("to canonical unit", "换算为规范单位"), cells[-1].canonical, [x.multiplier for x in cells]
        )
        amount = value * times
        if any(cell.feedstock for cell in cells):
            raw = self._row(s, carrier, ("feedstock", "原料用途"), cells[-1].canonical, [x.feedstock for x in cells])
            amount = amount - raw
        if quantity == "emissions":
            energy = ratio(amount, self.base.factors[s, c], term(0.0)) if (s, c) in self.base.factors else term(0.0)
        else:
            energy = amount * self._row(s, carrier, ("TJ per unit", "单位热值"), f"TJ/{cells[-1].canonical}", per)
        rest = used - np.broadcast_to(energy.values, used.shape)
        if (np.abs(rest) > TOLERANCE * np.maximum(np.abs(used), 1e-9)).any():
            text = ("sold, shared or set apart (docs/workbook.md)", "外售、共用或另计（docs/workbook.md）")
            energy = energy + self._row(s, carrier, text, "TJ", rest)
        return self.data_sheet.formula(self._labels(s, carrier, self._say("energy", "能源"), "TJ", ""), energy)

    def _provenance(self, s: int, carrier: str, cells: list[StatedValue]) -> None:
        page = self.data_sheet
        page.label(self._labels(s, carrier, self._say("line or cell", "行或单元格"), "", ""))
        for at, cell in enumerate(cells):
            place = place_name(cell.place, self.lang)
            page.sheet.write_string(page.row, page.first + at, place, page.book.formats["text"])
        page.row += 1

    def _row(self, s: int, carrier: str, what: tuple[str, str], unit: str, values: list[float] | np.ndarray) -> Term:
        labels = self._labels(s, carrier, self._say(*what), unit, "")
        return self.data_sheet.inputs(labels, np.asarray(values, dtype=float))

    def _labels(self, s: int, item: str, what: str, unit: str, source: str) -> list[str]:
        return [item_name(self.park.sectors[s], self.lang), item_name(item, self.lang), what, unit, source]

    def _sources(self) -> None:
        """Write tonnes by source, scopes and totals, with the total of the package for comparison."""
        park, page, found = self.park, self.sheet, take_inventory(self.park)
        by_scope: dict[int, list[Term]] = {1: [], 2: []}
        for (sector, item, scope), values, factor_id in zip(found.rows, found.emissions, found.factor_ids, strict=True):
            s = park.sectors.index(sector)
            c = park.carriers.index(item) if item in park.carriers else -1
            what = self.base.energy[s, c] * self.base.factors[s, c] if c >= 0 else self._process(s, item)
            origin = factor_name(factor_id, self.lang)
            labels = self._labels(s, item, self._say(f"scope {scope}", f"范围{scope}"), "tCO2", origin)
            by_scope[scope].append(page.formula(labels, what))
            if not np.allclose(by_scope[scope][-1].values, values, rtol=1e-9, atol=1e-6):
                raise AssertionError(
                    f"{park.park_id}: {sector} {item}: the audit workbook does not reproduce the inventory"
                )
        for scope, terms in by_scope.items():
            labels = ["", "", self._say(f"scope {scope}", f"范围{scope}合计"), "tCO2", ""]
            self.base.scopes[scope] = page.formula(labels, total(terms), "sum")
        labels = ["", "", word("total_reported", self.lang), "tCO2", ""]
        self.base.total = page.formula(labels, self.base.scopes[1] + self.base.scopes[2], "sum")
        self.base.total_row = page.row - 1
        labels = ["", "", self._say("sinks (separate, not in the total)", "碳汇（并列，不计入合计）"), "tCO2", ""]
        page.inputs(labels, park.sinks)
        note = self._say("for comparison", "用于核对")
        labels = ["", "", self._say("total of the program", "程序的合计"), "tCO2", note]
        ours = page.inputs(labels, found.total())
        difference = (self.base.total - ours) / ours
        page.formula(["", "", self._say("relative difference", "相对差"), "1", ""], difference, "small")

    def _process(self, s: int, item: str) -> Term:
        park = self.park
        j = next(j for j, p in enumerate(park.processes) if p.name == item and p.sector == s)
        unit = park.processes[j].unit
        place = park.origins.get(("product", park.sectors[s], item), {}).get(park.last_observed_year, "")
        amount = self._say("output", "产量") if item not in consumed() else self._say("consumption", "消耗量")
        labels = self._labels(s, item, amount, unit, place_name(place, self.lang))
        self.base.outputs[j] = self.data_sheet.inputs(labels, park.outputs[j])
        factor_id = process_factor_id(park, park.sectors[s], item, park.last_observed_year)
        origin = factor_name(factor_id, self.lang)
        labels = self._labels(s, item, self._say("process factor", "过程因子"), f"tCO2/{unit}", origin)
        self.base.process_factors[j] = self.factor_sheet.inputs(labels, park.process_factors[j])
        return self.base.outputs[j] * self.base.process_factors[j]
