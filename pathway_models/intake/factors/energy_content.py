"""Calorific values and factors by the choices of a park: of carriers, of processes, of heat and power from plants.

Factors of heat and power come from a plant's fuels, with a rule that allocates its emissions to power and heat.  A
table states by year what the supplier of purchased heat burns, and how much heat and power it makes; years after the
record are its plans.  It states the same of the park's own combined plant, whose fuel is part of the park's.
Arithmetic: `kernels.emissions.heat_share`; rules: ``data/chp_rules.yml``; docs/methods.md, section 2.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import Field

from pathway_models.core import files, units, yaml_files
from pathway_models.intake.factors import tables
from pathway_models.intake.numbers import Finding
from pathway_models.intake.statements import Choices, Statement, Statements, SupplyLine
from pathway_models.intake.table.rows import Row
from pathway_models.intake.workbook.layouts import Words
from pathway_models.kernels.emissions import heat_share
from pathway_models.records.park import HeatSupply, OwnPlant, PlantYear


@dataclass(frozen=True)
class ProcessFactor:
    """One row of the table.

    Parameters
    ----------
    value : float
        tCO2 per tonne produced or consumed.
    confidence : str
    """

    value: float
    confidence: str

    @property
    def is_trusted(self) -> bool:
        """Tell whether it may be used by default, without a choice of the user."""
        return self.confidence in tables.TRUSTED


@cache
def _factors(folder: Path) -> dict[str, ProcessFactor]:
    with (folder / "factors" / "process_factors.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["process_id"]: ProcessFactor(float(row["value"]), row["confidence"])
            for row in csv.DictReader(file)
            if row["value"] and row["gas"] == "CO2" and row["unit"].startswith("tCO2/t")
        }


def process_factors() -> dict[str, ProcessFactor]:
    """Return the process factors by id, tCO2/t."""
    return dict(_factors(files.data_folder()))


@dataclass
class Factors:
    """Factor tables by the choices of one park, with cached look-ups.

    Parameters
    ----------
    choices : Choices
    carriers : dict
    processes : dict
    supplied : HeatSupply or None
        Gives the factor of purchased heat where the supplier's fuels are known.
    """

    choices: Choices
    carriers: dict[str, tables.Carrier] = field(default_factory=tables.read_carriers)
    processes: dict[str, ProcessFactor] = field(default_factory=process_factors)
    supplied: HeatSupply | None = None
    _contents: dict[tuple[str, str], float | None] = field(default_factory=dict)
    _defaults: dict[tuple[str, int], float | None] = field(default_factory=dict)

    def tj_per(self, unit: str, item: str) -> float | None:
        """Return TJ per unit of a carrier; None where the factor set has no calorific value for it in that unit."""
        if (unit, item) not in self._contents:
            self._contents[unit, item] = self._content(unit, item)
        return self._contents[unit, item]

    def _content(self, unit: str, item: str) -> float | None:
        if unit == "TJ":
            return 1.0
        if unit == "MWh":
            return units.TJ_PER_MWH
        carrier = self.carriers.get(item)
        fuel = tables.find_fuel(self.choices.factor_set, carrier) if carrier else None
        return fuel.tj_per_unit if fuel and fuel.unit == unit else None

    def tj(self, s: Statement, value: float | None = None) -> float:
        """Return the energy of a statement or of a part of it, TJ; 0 where it is not known."""
        return (s.value if value is None else value) * (self.tj_per(s.unit, s.entry.item) or 0.0)

    def own(self, s: Statement) -> float | None:
        """Return the own factor of a statement, tCO2/TJ; None where it has none, or it cannot be converted."""
        if s.factor is None:
            return None
        content = self.tj_per(s.factor_unit.removeprefix("tCO2/"), s.entry.item)
        return s.factor / content if content else None

    def default(self, item: str, year: int) -> float | None:
        """Return the default factor of a carrier, tCO2/TJ; None where there is none."""
        if item == "heat" and self.supplied is not None:
            return float(self.supplied.of(np.array([year]))[0])
        if (item, year) not in self._defaults:
            self._defaults[item, year] = self._default(item, year)
        return self._defaults[item, year]

    def _default(self, item: str, year: int) -> float | None:
        carrier = self.carriers[item]
        if carrier.group == "electricity":
            factors, fault = tables.grid_factors(self.choices.grid_factor, "")
            return None if fault else factors.of(year).value / units.TJ_PER_MWH
        return tables.default_factor(self.choices.factor_set, carrier)


KELVIN = 273.15
#: Products of a supplier or a plant.
POWER, HEAT = "electricity", "heat"
FUEL, OUTPUT = "supplier_fuel", "supplier_output"
PLANT_FUEL, PLANT_OUTPUT = "plant_fuel", "plant_output"
#: Tolerance for rounding of the fuel of the park's plant over that of the park.
ROUNDING = 1.001


class ChpRule(yaml_files.Strict):
    """A rule that allocates the emissions of a plant to its power and its heat."""

    name: Words
    source: str
    weight: float | None = Field(default=None, gt=0)
    power_efficiency: float = Field(default=1.0, gt=0, le=1)
    heat_efficiency: float | None = Field(default=None, gt=0, le=1)
    ambient_celsius: float = Field(default=25.0, gt=-KELVIN)
    heat_celsius: float | None = None

    @property
    def heat_weight(self) -> float | None:
        """Weight of a unit of heat relative to a unit of power; None where all emissions go to heat."""
        if self.heat_efficiency is not None:
            return self.power_efficiency / self.heat_efficiency
        if self.heat_celsius is not None:
            return 1.0 - (self.ambient_celsius + KELVIN) / (self.heat_celsius + KELVIN)
        return self.weight


class _Rules(yaml_files.Strict):
    rules: dict[str, ChpRule]


def read_chp_rules() -> Mapping[str, ChpRule]:
    """Read the rules by id; the shipped ``data/chp_rules.yml``.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _rules(files.data_folder() / "chp_rules.yml")


@cache
def _rules(path: Path) -> Mapping[str, ChpRule]:
    return yaml_files.validated(path, _Rules)[0].rules


@dataclass
class _Year:
    """A plant's year: fuel (TJ), its emissions (tCO2), power and heat made (TJ)."""

    fuel: float = 0.0
    emitted: float = 0.0
    power: float = 0.0
    heat: float = 0.0


def check_rule(statements: Statements, rule: str, rule_place: str) -> None:
    """Warn of a rule without a plant that needs it.

    Parameters
    ----------
    statements : Statements
    rule, rule_place : str
        Rule chosen in the table, empty for none, and its place.
    """
    if rule and not statements.supply and not statements.plant:
        remedy = "state what the supplier of heat burns and makes, or leave the rule out"
        statements.report(rule_place, rule, Finding("a supplier of heat", remedy, "chp_rule_unused", "warning"))


def heat_supply_of(statements: Statements, rule: str, book: Factors, years: Iterable[int]) -> HeatSupply | None:
    """Derive the factor of purchased heat; None where the table has no supplier, or a faulty one.

    Parameters
    ----------
    statements : Statements
        Holds the lines of the supplier; every fault of them is reported there.
    rule : str
        Rule the table chose, empty for none.
    book : Factors
        Receives the factor of purchased heat.
    years : iterable of int
        Observed ones.
    """
    lines: list[SupplyLine] = statements.supply
    count = statements.errors
    if not lines:
        return None
    found = _by_year(lines, statements, book, book.default)
    _check(lines, found, rule, statements, set(years))
    if statements.errors > count:
        return None
    made_power = any(year.power > 0 for year in found.values())
    weight = read_chp_rules()[rule].heat_weight if made_power else None
    factors = {at: one.emitted * heat_share(one.heat, one.power, weight) / one.heat for at, one in found.items()}
    supply = HeatSupply(rule if made_power else "", dict(sorted(factors.items())))
    book.supplied = supply
    return supply


def own_plant_of(
    statements: Statements,
    rule: str,
    book: Factors,
    years: Iterable[int],
    burnt: Callable[[str, int], tuple[float, float]],
) -> OwnPlant | None:
    """Allocate the emissions of the park's own plant to its heat and its power; None where the table has none.

    Parameters
    ----------
    statements : Statements
        Holds the lines of the plant; every fault of them is reported there.
    rule : str
        Rule the table chose, empty for none.
    book : Factors
    years : iterable of int
        Observed ones.
    burnt : callable carrier, year -> TJ, tCO2/TJ
        Energy that the park burns of a carrier, and its mean factor.
    """
    lines: list[SupplyLine] = statements.plant
    if not lines:
        return None
    count, known = statements.errors, set(years)
    found = _by_year(lines, statements, book, lambda item, year: burnt(item, year)[1])
    _check_made(lines, found, rule, statements, PLANT_WORDS)
    for line in lines:
        if known and line.year not in known:
            remedy = "years ahead are not read: leave the line out"
            statements.report(line.place, line.written, Finding("a year of the record", remedy, "plant_year"))
        elif line.quantity == PLANT_FUEL:
            fuel, whole = line.value * (book.tj_per(line.unit, line.item) or 0.0), burnt(line.item, line.year)[0]
            if fuel > whole * ROUNDING:
                told = f"at most the {line.item} of the park, {whole:,.0f} TJ in {line.year}"
                remedy = "the plant's fuel is part of the park's: correct one"
                statements.report(line.place, line.written, Finding(told, remedy, "plant_fuel_high"))
    if statements.errors > count:
        return None
    shared = any(year.power > 0 and year.heat > 0 for year in found.values())
    weight = read_chp_rules()[rule].heat_weight if shared else None
    made = {
        at: PlantYear(one.fuel, one.emitted, one.heat, one.power, heat_share(one.heat, one.power, weight)
                      if one.heat > 0 and one.power > 0 else float(one.heat > 0))
        for at, one in sorted(found.items())
    }  # fmt: skip
    return OwnPlant(rule if shared else "", made)


def _by_year(
    lines: Iterable[SupplyLine], statements: Statements, book: Factors, factor_of: Callable[[str, int], float | None]
) -> dict[int, _Year]:
    """Sum the lines by year; check that each item stands once a year, with a calorific value and a factor."""
    found: dict[int, _Year] = {}
    seen: dict[tuple[int, str, str], str] = {}
    for line in lines:
        year, key = found.setdefault(line.year, _Year()), (line.year, line.quantity, line.item)
        if key in seen:
            finding = Finding("one value a year", f"it stands already in {seen[key]}; keep one", "twice")
            statements.report(line.place, line.written, finding)
        seen.setdefault(key, line.place)
        per = book.tj_per(line.unit, line.item)
        if per is None:
            remedy = "the factor set has no calorific value for it in this unit; give it in TJ or tce"
            statements.report(line.place, line.written, Finding("a unit of energy", remedy, "no_calorific_value"))
            continue
        energy = line.value * per
        if line.quantity in (OUTPUT, PLANT_OUTPUT):
            year.power += energy if line.item == POWER else 0.0
            year.heat += energy if line.item == HEAT else 0.0
            continue
        factor = factor_of(line.item, line.year)
        if factor is None:
            remedy = "the factor set has none for this carrier: name one that it has"
            statements.report(line.place, line.written, Finding("a carrier with a factor", remedy, "no_factor"))
        year.fuel += energy
        year.emitted += energy * (factor or 0.0)
    return found


#: Words of faults of a supplier and of the park's own plant: products, fuels, and remedies.
SUPPLIER_WORDS = (
    ("the heat that the supplier makes", "add it for {}: the factor is per unit of heat"),
    ("the fuel that the supplier burns", "add it for {}; 0 is no supplier of heat"),
    "write it as chp_rule: the supplier makes power too, and each rule gives another factor",
)
PLANT_WORDS = (
    ("the heat or power that the plant makes", "add it for {}: factors are per unit of what is made"),
    ("the fuel that the plant burns", "add it for {}; 0 is no plant"),
    "write it as chp_rule: the plant makes heat and power, and each rule gives other factors",
)


def _check_made(
    lines: list[SupplyLine], found: Mapping[int, _Year], rule: str, statements: Statements, words: tuple
) -> None:
    """Report missing data of the years of a plant, and a missing rule."""
    first, is_supplier = {line.year: line for line in reversed(lines)}, words is SUPPLIER_WORDS
    made_words, fuel_words, rule_remedy = words
    for at, year in found.items():
        line, wrong = first[at], None
        if year.heat <= 0 and (is_supplier or year.power <= 0):
            wrong = made_words[0], made_words[1].format(at), "supply_heat"
        elif year.fuel <= 0:
            wrong = fuel_words[0], fuel_words[1].format(at), "supply_fuel"
        elif year.power + year.heat > year.fuel:
            told = f"{year.power + year.heat:,.0f} TJ of {year.fuel:,.0f} TJ in {at}: correct one"
            wrong = "power and heat of at most the energy of the fuel", told, "supply_gain"
        if wrong:
            statements.report(line.place, line.written, Finding(*wrong))
    both = {at for at, year in found.items() if year.power > 0 and (is_supplier or year.heat > 0)}
    outputs = [line for line in lines if line.quantity in (OUTPUT, PLANT_OUTPUT)]
    power = [line for line in outputs if line.item == POWER and line.value > 0 and line.year in both]
    if power and rule not in read_chp_rules():
        finding = Finding(f"a rule, one of {', '.join(read_chp_rules())}", rule_remedy, "chp_rule")
        statements.report(power[0].place, power[0].written, finding)


def _check(
    lines: list[SupplyLine], found: Mapping[int, _Year], rule: str, statements: Statements, known: set[int]
) -> None:
    """Report missing data of the years of a supplier, and contradictions to the rest of the table."""
    _check_made(lines, found, rule, statements, SUPPLIER_WORDS)
    if known and not known & set(found):
        finding = Finding("a year of the record", "state at least one observed year of the supplier", "supply_years")
        statements.report(lines[0].place, lines[0].written, finding)
    bought = [s for s in statements.all.values() if (s.entry.quantity, s.entry.item) == ("energy", HEAT)]
    bought = [s for s in bought if s.role in ("park", "sector")]
    own = [s for s in bought if s.factor is not None]
    if own:
        remedy = "the supplier's fuels give the factor: remove the own factor, or the supplier"
        statements.report(own[0].factor_place, own[0].factor, Finding("one factor of heat", remedy, "supply_factor"))
    elif not any(s.value > 0 for s in bought):
        remedy = "the park buys no heat: remove the supplier, or state the purchases"
        statements.report(lines[0].place, lines[0].written, Finding("purchased heat", remedy, "supply_unused"))


def factor_rows(supply: HeatSupply | None, rows: Iterable[Row]) -> list[Row]:
    """Write the factor of purchased heat beside each of its rows, as a table of its own factors would.

    Parameters
    ----------
    supply : HeatSupply or None
    rows : iterable of Row
        Those that count.
    """
    if supply is None:
        return []
    heat = [row for row in rows if row.quantity in ("energy", "emissions") and row.item == HEAT]
    values = supply.of(np.array([row.year for row in heat]))
    said = "supplier", "derived", "", "", True
    return [
        Row("supplier of heat", row.year, row.sector, "factor", HEAT, float(value), "tCO2/TJ", *said)
        for row, value in zip(heat, values, strict=True)
    ]
