"""Translate the statements of a workbook to the rows of a park table: feedstock, sales, measured factors, fixed carbon.

The rules (docs/workbook.md):

* Feedstock is no combustion: energy = use - feedstock.
* Power and heat sold outside the boundary are subtracted from the purchases of the same kind, green part alike, at the
  factor of purchases (net purchases, as in the NDRC industry guides).  Sales beyond the purchases are a credit,
  ``conversion_exported_*``: at the factor of the park's own plant, as far as that made them and its fuels are stated,
  else at that of purchases.
* Captured CO2 is subtracted from the emissions, stored and used parts separately, ``conversion_captured_*``.
* Fuel of a plant inside the boundary counts at its stack; its supplies inside count nowhere else.
* A measured factor takes precedence over the factor set; an enterprise's measured factor applies to its own use, the
  rest of the park's use keeps the park's factor.
"""

from dataclasses import dataclass, field
from functools import cached_property

from pathway_models.core.units import TJ_PER_MWH
from pathway_models.intake.factors.energy_content import Factors
from pathway_models.intake.statements import Description, Statement, Statements
from pathway_models.intake.table.rows import Row
from pathway_models.intake.workbook.layouts import Entry
from pathway_models.records.park import OwnPlant

#: Quantities that are adopted unchanged.
SAME = ("population",)
#: Quantities used by the projection; all others are recorded beside.
USED = (
    "energy", "product", "fixed_carbon", "captured", "green_electricity", "export", "green_area", "sequestration",
    *SAME,
)  # fmt: skip
SOLD = ("electricity", "heat")
CAPTURED_PARTS = ("stored", "used")
Series = dict[int, Statement]


def _entry(series: Series) -> Entry:
    return next(iter(series.values())).entry


@dataclass
class Translation:
    """A workbook as rows of a park table.

    Parameters
    ----------
    rows : list of Row
    beside : dict (quantity, owner, item) -> year -> value
        Quantities recorded in canonical units that are not part of the emissions.
    """

    rows: list[Row] = field(default_factory=list)
    memo_items: dict[tuple[str, str, str], dict[int, float]] = field(default_factory=dict)


@dataclass
class Translator:
    """Translation of the checked statements of a workbook.

    Parameters
    ----------
    statements : Statements
    description : Description
    book : Factors
        The factor tables by the choices of the description.
    plant : OwnPlant or None
        The park's own combined plant.
    """

    statements: Statements
    description: Description
    book: Factors
    result: Translation = field(default_factory=Translation)
    plant: OwnPlant | None = None

    def translate(self) -> Translation:
        """Translate the whole workbook."""
        kept = {item: self.kept(item) for item in SOLD}
        for (owner, _), series in self._owned.items():
            entry = _entry(series)
            if entry.quantity == "energy":
                self._energy(owner, entry.item, series, kept.get(entry.item, {}))
            elif entry.quantity in ("product", "fixed_carbon"):
                self._process(owner, series)
            elif entry.quantity == self.description.activity:
                self._take(owner, series, "value_added")
            elif entry.quantity in SAME:
                self._take(owner, series, entry.quantity)
        self._green(kept["electricity"])
        self._sinks()
        self.more()
        return self.result

    def more(self) -> None:
        """Add credits for sales, captured CO2, and quantities recorded beside."""
        for item in SOLD:
            self._surplus(item)
        self._captured()
        for s in self.statements.all.values():
            named = s.entry.quantity, "park", s.entry.item
            if s.role == "park" and s.entry.quantity not in (*USED, self.description.activity):
                self.result.memo_items.setdefault(named, {})[s.year] = self._recorded(s)

    def _recorded(self, s: Statement) -> float:
        """Convert a value to the canonical unit of its entry: power may be given in units of energy."""
        unit = self.statements.layout.conversion(s.entry.unit)[0]
        if (s.unit, unit) == ("TJ", "MWh"):
            return s.value / TJ_PER_MWH
        return s.value * TJ_PER_MWH if (s.unit, unit) == ("MWh", "TJ") else s.value

    @cached_property
    def _owned(self) -> dict[tuple[str, str], Series]:
        """Group statements by owner and entry, without the park's own where an entry is split by sector."""
        split = {s.entry.key for s in self.statements.all.values() if s.role == "sector"}
        owned: dict[tuple[str, str], Series] = {}
        for s in self.statements.all.values():
            if s.role == "sector" or (s.role == "park" and s.entry.key not in split):
                owned.setdefault((s.owner, s.entry.key), {})[s.year] = s
        return owned

    def _of(self, quantity: str, item: str = "", role: str = "park") -> list[Statement]:
        return self.statements.of(role, quantity, item)

    def _bought(self, item: str) -> dict[int, float]:
        """Return the purchases by year, TJ."""
        bought: dict[int, float] = {}
        for series in self._owned.values():
            if (_entry(series).quantity, _entry(series).item) == ("energy", item):
                for year, s in series.items():
                    bought[year] = bought.get(year, 0.0) + self.book.tj(s)
        return bought

    def kept(self, item: str) -> dict[int, float]:
        """Compute the share of the purchases of each year that is not sold on.

        ASSUME: sales have the mix of purchases, green part alike.
        """
        bought = self._bought(item)
        kept = {}
        for s in self._of("export", item):
            total = bought.get(s.year, 0.0)
            kept[s.year] = 1.0 - min(self.book.tj(s), total) / total if total else 1.0
        return kept

    def _surplus(self, item: str) -> None:
        """Add the credit for sales beyond the purchases, at the factor of the own plant, or of purchases."""
        bought = self._bought(item)
        sold = {s.year: (s, self.book.tj(s)) for s in self._of("export", item)}
        beyond = {year: max(0.0, tj - bought.get(year, 0.0)) for year, (_, tj) in sold.items()}
        if not any(beyond.values()):
            return
        owner = self._main_sector()
        for year in self.years():
            s = sold.get(year)
            factor = self._factor_of_sales(item, year, beyond.get(year, 0.0))
            place = s[0].place if s else ""
            # ASSUME: the credit of a projected year keeps the last observed factor, though the grid gets cleaner.
            self._row(place, year, owner, "product", f"conversion_exported_{item}", beyond.get(year, 0.0), "TJ")
            self._row(place, year, owner, "process_factor", f"conversion_exported_{item}", -factor, "tCO2/TJ")

    def _factor_of_sales(self, item: str, year: int, sold: float) -> float:
        """Compute the factor of sales beyond purchases: the own plant's up to its output, then that of purchases."""
        bought = self._factor_of_purchases(item, year)
        if self.plant is None or sold <= 0:
            return bought
        made = self.plant.made(item, year)
        ours = min(1.0, made / sold)
        return ours * self.plant.factor(item, year) + (1.0 - ours) * bought

    def burnt(self, item: str, year: int) -> tuple[float, float]:
        """Return the energy of a carrier burnt in a year, without feedstock, TJ, and its mean factor, tCO2/TJ."""
        found = [(owner, s) for (owner, _), series in self._owned.items() for s in series.values()
                 if (s.entry.quantity, s.entry.item, s.year) == ("energy", item, year)]  # fmt: skip
        use = [self.book.tj(s, s.value - s.feedstock) for _, s in found]
        emitted = sum(tj * self.own_factor(owner, s)[0] for tj, (owner, s) in zip(use, found, strict=True))
        total = sum(use)
        return total, emitted / total if total > 0 else self.book.default(item, year) or 0.0

    def _factor_of_purchases(self, item: str, year: int) -> float:
        """Return the own factor of purchases, the mean of the sectors' where only they have one; else the default."""
        bought = [s for series in self._owned.values() if _entry(series).quantity == "energy"
                  for s in series.values() if (s.entry.item, s.year) == (item, year)]  # fmt: skip
        for found in ([p for p in self._of("energy", item) if p.year == year], bought):
            own, use = [self.book.own(s) for s in found], [self.book.tj(s) for s in found]
            if len(own) == 1 and own[0] is not None:
                return own[0]
            if sum(use) > 0 and None not in own:
                return sum(factor * tj for factor, tj in zip(own, use, strict=True)) / sum(use)
        return self.book.default(item, year) or 0.0

    def _captured(self) -> None:
        """Add captured CO2, stored or used, as a negative source; its energy is part of the other energy."""
        for part in CAPTURED_PARTS:
            taken = {s.year: s for s in self._of("captured", part)}
            for year in self.years() if taken else ():
                s, item = taken.get(year), f"conversion_captured_{part}"
                self._row(s.place if s else "", year, self._main_sector(), "product", item, s.value if s else 0.0, "t")
                self._row("", year, self._main_sector(), "process_factor", item, -1.0, "tCO2/t")

    def years(self) -> list[int]:
        """List the years with energy."""
        return sorted({s.year for s in self.statements.all.values() if s.entry.quantity == "energy"})

    def _main_sector(self) -> str:
        """Return the sector of credits without a sector of their own: the park, or the first sector."""
        owners = [owner for (owner, _), series in self._owned.items() if _entry(series).quantity == "energy"]
        return owners[0] if owners else "park"

    def _energy(self, owner: str, item: str, series: Series, kept: dict[int, float]) -> None:
        factors = {year: self.own_factor(owner, s) for year, s in series.items()}
        has_own = any(place for _, place in factors.values())
        sales = {sale.year: sale.place for sale in self._of("export", item)}
        for year, s in series.items():
            less = [place for place in (s.feedstock_place if s.feedstock else "", sales.get(year)) if place]
            place = f"{s.place} less {' and '.join(less)}" if less else s.place
            self._row(place, year, owner, "energy", item, (s.value - s.feedstock) * kept.get(year, 1.0), s.unit)
            if has_own:
                value, place = factors[year]
                self._row(place, year, owner, "factor", item, value, "tCO2/TJ", measured=s.factor is not None)
            if s.feedstock:
                self.result.memo_items.setdefault(("feedstock", owner, item), {})[year] = self.book.tj(s, s.feedstock)

    def own_factor(self, owner: str, s: Statement) -> tuple[float, str]:
        """Return the factor of a statement, tCO2/TJ, and the places of measured factors in it (empty: of the set)."""
        stated = self.book.own(s)
        base = (self.book.default(s.entry.item, s.year) or 0.0) if stated is None else stated
        places = [s.factor_place] if stated is not None else []
        total = self.book.tj(s, s.value - s.feedstock)
        members = self._of("energy", s.entry.item, "enterprise") if owner == "park" else []
        measured = [m for m in members if m.year == s.year and m.factor is not None]
        if not measured or total <= 0:
            return base, ", ".join(places)
        burnt = {m: self.book.tj(m, m.value - m.feedstock) for m in measured}
        ours = {m: self.book.own(m) or 0.0 for m in measured}
        emitted = sum(burnt[m] * ours[m] for m in measured) + (total - sum(burnt.values())) * base
        return emitted / total, ", ".join([*places, *(m.factor_place for m in measured)])

    def _process(self, owner: str, series: Series) -> None:
        for year, s in series.items():
            default = self.book.processes.get(s.entry.default_factor)
            factor = s.factor if s.factor is not None else default.value if default else 0.0
            is_fixed = s.entry.quantity == "fixed_carbon"
            item = f"conversion_fixed_{s.entry.item}" if is_fixed else s.entry.item
            place = s.factor_place if s.factor is not None else f"process_factors.csv:{s.entry.default_factor}"
            self._row(s.place, year, owner, "product", item, s.value, s.unit)
            per, sign, own = f"tCO2/{s.unit}", -1.0 if is_fixed else 1.0, s.factor is not None
            self._row(place, year, owner, "process_factor", item, sign * factor, per, measured=own)

    def _green(self, kept: dict[int, float]) -> None:
        """Sum green power trades, certificates and direct supply, MWh."""
        parts = [one for item in ("", "certificates", "direct") for one in self._of("green_electricity", item)]
        for year in self.years() if parts else []:
            found = [s for s in parts if s.year == year]
            value = sum(s.value if s.unit == "MWh" else s.value / TJ_PER_MWH for s in found)
            place = ", ".join(s.place for s in found)
            self._row(place, year, "park", "green_electricity", "", value * kept.get(year, 1.0), "MWh")

    def _sinks(self) -> None:
        """Add green area and its sequestration, where both are known in every year; else record the area."""
        area, rate = ({s.year: s for s in self._of(name)} for name in ("green_area", "sequestration"))
        if area and all(year in area and year in rate for year in self.years()):
            self._take("park", area, "green_area")
            self._take("park", rate, "sequestration")
        if area:
            self.result.memo_items["green_area", "park", ""] = {year: s.value for year, s in area.items()}

    def _take(self, owner: str, series: Series, quantity: str) -> None:
        for year, s in series.items():
            self._row(s.place, year, owner, quantity, "", s.value, s.unit)

    def _row(
        self, place: str, year: int, sector: str, quantity: str, item: str, value: float, unit: str, *,
        measured: bool = False,
    ) -> None:  # fmt: skip
        row = Row(place, year, sector, quantity, item, value, unit, "workbook", "", is_measured=measured)
        self.result.rows.append(row)
