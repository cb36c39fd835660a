"""Statements of a workbook or table, by owner, year, value and unit, with findings; the description of a park."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator

from pathway_models.core import Fault, files, units, yaml_files
from pathway_models.intake.factors.tables import factor_sets, grid_factors
from pathway_models.intake.numbers import Finding, has_control_sign, shown
from pathway_models.intake.workbook.layouts import Entry, Layout

PARK_ID = r"^[a-z][a-z0-9-]{0,59}$"


class Description(yaml_files.Strict):
    """Identity of a park, choices behind its accounts, and findings, which its table cannot state itself."""

    park_id: str = Field(pattern=PARK_ID)
    name_zh: str
    name_en: str
    kind: Literal["park", "region"]
    archetype: str = ""
    province: str = ""
    country: str = Field(default=units.HOME, pattern=r"^[A-Z]{2}$")
    invented: bool
    activity: Literal["value_added", "gdp", "energy_index", "emissions_index"]
    price_year: int | None = None
    #: Empty where the table has no carrier that needs the factor.
    factor_set: str
    grid_factor: str
    #: Allocation of a supplier's emissions to power and heat; only where the table has one that makes both.
    chp_rule: Literal["", "energy", "efficiency", "exergy", "none"] = ""
    #: Sectors whose activity follows that of another, such as an own power plant: sector to sector.
    follows: dict[str, str] = Field(default_factory=dict)
    boundary: str = ""
    source: list[str] = Field(default_factory=list)
    licence: str = ""
    notes: list[str] = Field(default_factory=list)
    #: Observed years that are left out of the trend, such as one of lockdowns; none by default.
    one_off_years: list[int] = Field(default_factory=list)

    @field_validator("source", "notes")
    @classmethod
    def _are_plain(cls, texts: list[str]) -> list[str]:
        """Check texts that are shown with every result, in tables too."""
        if any(text.startswith(files.FORMULA_SIGNS) for text in texts):
            raise ValueError("a text must not begin with = + - @, which spreadsheets take for a formula")
        return [_in_one_line(text) for text in texts]

    @field_validator("park_id", "name_zh", "name_en", "archetype", "province", "boundary", "licence")
    @classmethod
    def _is_plain(cls, text: str) -> str:
        """Refuse names that a spreadsheet would compute in tables of results."""
        if text.startswith(files.FORMULA_SIGNS):
            raise ValueError("a name must not begin with = + - @, which spreadsheets take for a formula")
        if yaml_files.RESERVED.match(text):
            raise ValueError("the name is kept by Windows for a device; choose another")
        return _in_one_line(text)


def _in_one_line(text: str) -> str:
    """Check a text for display: line ends become spaces, invisible characters are refused."""
    line = " ".join(part.strip() for part in text.splitlines()) if len(text.splitlines()) > 1 else text.rstrip("\n")
    if has_control_sign(line):
        raise ValueError("a text must have printable signs only; type it again without control signs")
    return line


def is_park_id(text: str) -> bool:
    """Tell whether a text can be the id of a park, and the name of a folder on every system."""
    return bool(re.fullmatch(PARK_ID, text)) and not yaml_files.RESERVED.match(text)


class Choices(NamedTuple):
    """Choices behind the accounts of a park; empty where a choice is missing or unknown."""

    activity: str = ""
    factor_set: str = ""
    grid_factor: str = ""


def sound_choices(activity: str, factor_set: str, grid: str) -> tuple[Choices, dict[str, Finding]]:
    """Return the valid choices, and the findings on the others."""
    wrong: dict[str, Finding] = {}
    if factor_set and factor_set not in factor_sets():
        expected = f"one of {', '.join(factor_sets())}"
        wrong["factor_set"] = Finding(expected, "choose a shipped set of factors", "factor_set")
    if grid and grid != "table":
        _, fault = grid_factors(grid, "")
        if fault:
            wrong["grid_factor"] = Finding(fault.expected, fault.remedy, "grid_factor")
    sound = Choices(
        activity if activity in ("value_added", "gdp", "energy_index", "emissions_index") else "",
        "" if "factor_set" in wrong else factor_set,
        "" if "grid_factor" in wrong else grid,
    )
    return sound, wrong


#: Role, owner, entry and year of a statement.
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Statement:
    """One value of a workbook with its attributes.

    Parameters
    ----------
    place : str
        ``2019!C12``.
    role : {"park", "sector", "enterprise"}
    owner : str
        ``park``, a sector id, or an enterprise's name.
    year : int
    entry : Entry
    value : float
        In ``unit``, a canonical unit.
    written : str
        Value and unit as the user wrote them.
    grade : str
        Quality grade, empty where none is given.
    feedstock : float
        Part of the value that is feedstock.
    feedstock_place : str
        Empty where none is stated, not even 0.
    factor : float or None
        Own factor in ``factor_unit``, a canonical unit.
    factor_place : str
    is_derived : bool
        Whether it was computed from other values, so that typing errors are not looked for in it.
    """

    place: str
    role: str
    owner: str
    year: int
    entry: Entry
    value: float
    unit: str
    written: str
    grade: str = ""
    feedstock: float = 0.0
    feedstock_place: str = ""
    factor: float | None = None
    factor_unit: str = ""
    factor_place: str = ""
    is_derived: bool = False

    @property
    def key(self) -> Key:
        """Role, owner, entry and year."""
        return self.role, self.owner, self.entry.key, self.year


@dataclass(frozen=True)
class UseLine:
    """Share of a carrier in a sector with a certain use.

    Parameters
    ----------
    place : str
    sector : str
        ``park`` for all sectors without lines of their own.
    carrier, use : str
        As written where they are unknown.
    share : float
        0-1.
    written : str
        The line's cells as the user wrote them.
    """

    place: str
    sector: str
    carrier: str
    use: str
    share: float
    written: str


@dataclass(frozen=True)
class SupplyLine:
    """Fuel or product of a supplier of heat, or of the park's own combined plant, in a year.

    Parameters
    ----------
    place : str
    year : int
    quantity : {"supplier_fuel", "supplier_output", "plant_fuel", "plant_output"}
    item : str
        A carrier; ``electricity`` or ``heat`` for a product.
    value : float
        In ``unit``, a canonical unit.
    written : str
        Value and unit as the user wrote them.
    """

    place: str
    year: int
    quantity: str
    item: str
    value: float
    unit: str
    written: str


@dataclass
class Statements:
    """All statements of a workbook's tables, with the faults found.

    Parameters
    ----------
    file : str
    layout : Layout
    all : dict of Key to Statement
    blanks : dict of Key to str
        Places of blank values, where a value could have stood; the entry of a blank part is ``bituminous, feedstock``.
    spoiled : set of Key
        Keys of values that could not be read, which are not to be reported again as missing.
    assets : list of AssetLine
        Lines of the sheet of energy assets (`intake.workbook.asset_sheet`).
    projects : list of (Sheet, ListBlock)
        Sheets of projects, read later (`intake.plans.investments`).
    uses : list of UseLine
        Lines of uses of energy.
    supply : list of SupplyLine
        Fuels and products of the supplier of purchased heat (`intake.factors.energy_content`).
    plant : list of SupplyLine
        Fuels and products of the park's own combined plant, part of the park's energy.
    sheets : dict year -> str
        Sheets of single years that were read.
    """

    file: str
    layout: Layout
    all: dict[Key, Statement] = field(default_factory=dict)
    blanks: dict[Key, str] = field(default_factory=dict)
    spoiled: set[Key] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    assets: list[Any] = field(default_factory=list)
    projects: list[Any] = field(default_factory=list)
    uses: list[UseLine] = field(default_factory=list)
    supply: list[SupplyLine] = field(default_factory=list)
    plant: list[SupplyLine] = field(default_factory=list)
    sheets: dict[int, str] = field(default_factory=dict)
    _reported: set[tuple[str, str]] = field(default_factory=set)
    _index: dict[tuple[str, str, str], list[Statement]] = field(default_factory=dict)
    _indexed: int = -1

    def report(self, place: str, raw: Any, finding: Finding) -> None:
        """Report a finding, once a place and code."""
        if (place, finding.code) not in self._reported:
            self._reported.add((place, finding.code))
            parts = finding.expected, finding.remedy, finding.severity, finding.code
            self.faults.append(Fault(self.file, place, shown(raw), *parts))

    @property
    def errors(self) -> int:
        """Number of errors found so far."""
        return sum(fault.severity == "error" for fault in self.faults)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Entries of the layout by key."""
        return self.layout.entries()

    def of(self, role: str, quantity: str, item: str = "") -> list[Statement]:
        """Return the statements of one quantity and item by role, from an index made after reading."""
        if len(self.all) != self._indexed:
            self._index, self._indexed = {}, len(self.all)
            for s in self.all.values():
                self._index.setdefault((s.role, s.entry.quantity, s.entry.item), []).append(s)
        return self._index.get((role, quantity, item), [])

    def renew(self, s: Statement) -> None:
        """Replace the statement of the same key."""
        self.all[s.key], self._indexed = s, -1

    def is_reported(self, place: str) -> bool:
        """Tell whether anything was found at a place."""
        return any(where == place for where, _ in self._reported)
