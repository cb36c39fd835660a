"""First half of the twin: from the values as written to energy, factors, tonnes by source, scopes and totals."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pathway_models.core.units import CO2_PER_C, TJ_PER_MWH
from pathway_models.intake.factors.tables import carrier_factor_id, fuel_parts, process_factor_id, read_carriers
from pathway_models.intake.names import item_name
from pathway_models.inventory.account import take_inventory
from pathway_models.language.words import say
from pathway_models.records.park import Park
from pathway_models.report.audit_stated import SAME, Stated, Table, tj_per
from pathway_models.report.audit_terms import FormulaBook, Page, Term, ratio, term, total

Cell = tuple[int, int]


@dataclass
class Base:
    """Terms of the inventory that the pathway goes on from; keys are (sector, carrier) by position."""

    energy: dict[Cell, Term] = field(default_factory=dict)
    factors: dict[Cell, Term] = field(default_factory=dict)
    outputs: dict[int, Term] = field(default_factory=dict)
    process_factors: dict[int, Term] = field(default_factory=dict)
    scopes: dict[int, Term] = field(default_factory=dict)
    total: Term | None = None


class Inventory:
    """Writes the sheets of base data, factors and inventory of one park.

    Parameters
    ----------
    book : FormulaBook
    park : Park
    stated : Table
    lang : {"en", "zh"}
    """

    def __init__(self, book: FormulaBook, park: Park, stated: Table, lang: str) -> None:
        self.park, self.stated, self.lang = park, stated, lang
        years = [int(year) for year in park.years]
        labels = [(self._say(en, zh), width) for en, zh, width in (
            ("sector", "行业", 14), ("source", "排放源", 22), ("what", "内容", 30), ("unit", "单位", 12),
            ("where from", "出处", 26))]  # fmt: skip
        self.data = Page(book, self._say("base data", "基础数据"), labels, years)
        self.made = Page(book, self._say("factors", "排放因子"), labels, years)
        self.sheet = Page(book, self._say("inventory", "排放清单"), labels, years)
        self.base = Base()
        self._made: dict[str, Term] = {}

    def _say(self, en: str, zh: str) -> str:
        return say(self.lang, en=en, zh=zh)

    def write(self) -> Base:
        """Write all three sheets."""
        for page, en, zh in (
            (self.data, "Base data: as written -> canonical unit -> TJ. Blue: given; black: formula.",
             "基础数据：填报值→规范单位→TJ。蓝色为给定值，黑色为公式。"),
            (self.made, "Emission factors in use", "采用的排放因子"),
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

    # factors ---------------------------------------------------------------------------------------------------

    def _factor(self, s: int, c: int) -> Term:
        """The factor of a carrier in a sector: worked out from its parts where it is of a shipped set."""
        park, carrier = self.park, self.park.carriers[c]
        values = park.factors[s, c]
        ids = list(dict.fromkeys(carrier_factor_id(park, park.sectors[s], carrier, int(y)) for y in park.years))
        if len(ids) == 1 and np.ptp(values) == 0:
            if ids[0] not in self._made:
                self._made[ids[0]] = self._from_parts(ids[0], carrier, float(values[0]))
            found = self._made[ids[0]]
            if abs(float(found.values) - values[0]) <= SAME * abs(values[0]):
                return found
        names = self._labels(s, carrier, self._say("factor", "因子"), "tCO2/TJ", "; ".join(ids))
        return self.made.given(names, values)

    def _from_parts(self, factor_id: str, carrier: str, value: float) -> Term:
        """One factor in a cell, from what its table states."""
        page, name = self.made, item_name(carrier, self.lang)
        parts = fuel_parts(factor_id)
        if parts is not None:
            carbon = page.number(
                ["", name, self._say("carbon content", "单位热值含碳量"), "tC/TJ", factor_id], parts.carbon_content
            )
            oxidised = page.number(["", name, self._say("oxidation", "碳氧化率"), "1", factor_id], parts.oxidation)
            labels = ["", name, self._say("carbon x oxidation x 44/12", "含碳量×氧化率×44/12"), "tCO2/TJ", factor_id]
            return page.number(labels, carbon * oxidised * CO2_PER_C)
        if read_carriers()[carrier].group == "electricity":
            labels = ["", name, self._say("grid factor", "电网因子"), "tCO2/MWh", factor_id]
            grid = page.number(labels, value * TJ_PER_MWH)
            return page.number(
                ["", name, self._say("by 0.0036 TJ/MWh", "÷0.0036 TJ/MWh"), "tCO2/TJ", factor_id], grid / TJ_PER_MWH
            )
        return page.number(["", name, self._say("factor", "因子"), "tCO2/TJ", factor_id], value)

    # energy ----------------------------------------------------------------------------------------------------

    def _energy(self, s: int) -> None:
        """Energy of one sector by carrier, TJ; the green part of its electricity is split off as the park has it."""
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
                share = self.data.given(labels, part)
                labels = self._labels(s, park.carriers[green], self._say("energy", "能源"), "TJ", "")
                self.base.energy[s, green] = self.data.worked(labels, found * share)
                labels = self._labels(s, carrier, self._say("energy without green power", "扣除绿电的能源"), "TJ", "")
                found = self.data.worked(labels, found * (1.0 - share))
            if park.energy[s, c].any():
                self.base.energy[s, c] = found

    def _stated(self, s: int, c: int, used: np.ndarray) -> Term:
        """Energy from the values as written, as far as they can be followed; else as the park has it."""
        park, sector, carrier = self.park, self.park.sectors[s], self.park.carriers[c]
        for quantity in ("energy", "emissions"):
            cells = [self.stated.get((quantity, sector, carrier, int(year))) for year in park.years]
            if all(cell is not None for cell in cells):
                break
        else:
            place = park.origins.get(("energy", sector, carrier), {}).get(park.last_observed_year, "")
            labels = self._labels(
                s, carrier, self._say("energy, as the package read it", "能源（程序读取值）"), "TJ", place
            )
            return self.data.given(labels, used)
        per = np.array([tj_per(park, carrier, cell.canonical) for cell in cells])
        self._places(s, carrier, cells)
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
        if (np.abs(rest) > SAME * np.maximum(np.abs(used), 1e-9)).any():
            text = ("sold, shared or set apart (docs/workbook.md)", "外售、共用或另计（docs/workbook.md）")
            energy = energy + self._row(s, carrier, text, "TJ", rest)
        return self.data.worked(self._labels(s, carrier, self._say("energy", "能源"), "TJ", ""), energy)

    def _places(self, s: int, carrier: str, cells: list[Stated]) -> None:
        page = self.data
        page.label(self._labels(s, carrier, self._say("line or cell", "行或单元格"), "", ""))
        for at, cell in enumerate(cells):
            page.sheet.write_string(page.row, page.first + at, cell.place, page.book.formats["text"])
        page.row += 1

    def _row(self, s: int, carrier: str, what: tuple[str, str], unit: str, values: list[float] | np.ndarray) -> Term:
        labels = self._labels(s, carrier, self._say(*what), unit, "")
        return self.data.given(labels, np.asarray(values, dtype=float))

    def _labels(self, s: int, item: str, what: str, unit: str, source: str) -> list[str]:
        return [item_name(self.park.sectors[s], self.lang), item_name(item, self.lang), what, unit, source]

    # tonnes ----------------------------------------------------------------------------------------------------

    def _sources(self) -> None:
        """Tonnes by source, scopes and totals, beside what the package has."""
        park, page, found = self.park, self.sheet, take_inventory(self.park)
        by_scope: dict[int, list[Term]] = {1: [], 2: []}
        for (sector, item, scope), values, factor_id in zip(found.rows, found.emissions, found.factor_ids, strict=True):
            s = park.sectors.index(sector)
            c = park.carriers.index(item) if item in park.carriers else -1
            what = self.base.energy[s, c] * self.base.factors[s, c] if c >= 0 else self._process(s, item)
            labels = self._labels(s, item, self._say(f"scope {scope}", f"范围{scope}"), "tCO2", factor_id)
            by_scope[scope].append(page.worked(labels, what))
            if not np.allclose(by_scope[scope][-1].values, values, rtol=1e-9, atol=1e-6):
                raise AssertionError(f"{park.park_id}: {sector} {item}: the twin does not follow the inventory")
        for scope, terms in by_scope.items():
            labels = ["", "", self._say(f"scope {scope}", f"范围{scope}合计"), "tCO2", ""]
            self.base.scopes[scope] = page.worked(labels, total(terms), "sum")
        labels = ["", "", self._say("total, market-based", "合计（市场法）"), "tCO2", ""]
        self.base.total = page.worked(labels, self.base.scopes[1] + self.base.scopes[2], "sum")
        labels = ["", "", self._say("sinks (beside, not in the total)", "碳汇（并列，不计入合计）"), "tCO2", ""]
        page.given(labels, park.sinks)
        labels = [
            "",
            "",
            self._say("total of the package", "程序的合计"),
            "tCO2",
            self._say("for comparison", "用于核对"),
        ]
        ours = page.given(labels, found.total())
        difference = (self.base.total - ours) / ours
        page.worked(["", "", self._say("relative difference", "相对差"), "1", ""], difference, "small")

    def _process(self, s: int, item: str) -> Term:
        park = self.park
        j = next(j for j, p in enumerate(park.processes) if p.name == item and p.sector == s)
        unit = park.processes[j].unit
        place = park.origins.get(("product", park.sectors[s], item), {}).get(park.last_observed_year, "")
        labels = self._labels(s, item, self._say("output", "产量"), unit, place)
        self.base.outputs[j] = self.data.given(labels, park.outputs[j])
        factor_id = process_factor_id(park, park.sectors[s], item, park.last_observed_year)
        labels = self._labels(s, item, self._say("process factor", "过程因子"), f"tCO2/{unit}", factor_id)
        self.base.process_factors[j] = self.made.given(labels, park.process_factors[j])
        return self.base.outputs[j] * self.base.process_factors[j]
