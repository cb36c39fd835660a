"""Statements of a workbook: of whom, for which year, how much, in which unit; and what was found on the way.

The description of a park table: identity, choices behind its accounts, findings.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pydantic import Field, field_validator

from pathway_models.core import Fault, files, units, yaml_files
from pathway_models.intake.factors.tables import factor_sets, grid_factors
from pathway_models.intake.numbers import Finding, has_control_sign, shown
from pathway_models.intake.workbook.layout import Entry, Layout

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
    #: Written empty where the table has no carrier whose factor they would be.
    factor_set: str
    grid_factor: str
    #: How a supplier's emissions are shared between power and heat; only where the table states one that makes both.
    chp_rule: Literal["", "energy", "efficiency", "exergy", "none"] = ""
    #: Sectors whose activity goes with that of another, such as a power plant of one's own: sector to sector.
    follows: dict[str, str] = Field(default_factory=dict)
    boundary: str = ""
    source: list[str] = Field(default_factory=list)
    licence: str = ""
    notes: list[str] = Field(default_factory=list)
    #: Observed years that say nothing about the trend, such as one of lockdowns; none unless named.
    one_off_years: list[int] = Field(default_factory=list)

    @field_validator("source", "notes")
    @classmethod
    def _are_plain(cls, texts: list[str]) -> list[str]:
        """They are shown with every result, in tables too."""
        if any(text.startswith(files.FORMULA_SIGNS) for text in texts):
            raise ValueError("a text must not begin with = + - @, which spreadsheets take for a formula")
        return [_in_one_line(text) for text in texts]

    @field_validator("park_id", "name_zh", "name_en", "archetype", "province", "boundary", "licence")
    @classmethod
    def _is_plain(cls, text: str) -> str:
        """Names end up in tables of results, where a spreadsheet would run them."""
        if text.startswith(files.FORMULA_SIGNS):
            raise ValueError("a name must not begin with = + - @, which spreadsheets take for a formula")
        if yaml_files.RESERVED.match(text):
            raise ValueError("the name is kept by Windows for a device; choose another")
        return _in_one_line(text)


def _in_one_line(text: str) -> str:
    """A text as it is shown: a line end is a space, and nothing in it is unseen."""
    line = " ".join(part.strip() for part in text.splitlines()) if len(text.splitlines()) > 1 else text.rstrip("\n")
    if has_control_sign(line):
        raise ValueError("a text must have printable signs only; type it again without control signs")
    return line


def is_park_id(text: str) -> bool:
    """Tell whether a text can be the id of a park, and the name of a folder on every system."""
    return bool(re.fullmatch(PARK_ID, text)) and not yaml_files.RESERVED.match(text)


class Choices(NamedTuple):
    """The choices behind the accounts of a park; empty where none, or none that exists, was made."""

    activity: str = ""
    factor_set: str = ""
    grid_factor: str = ""


def sound_choices(activity: str, factor_set: str, grid: str) -> tuple[Choices, dict[str, Finding]]:
    """The choices that can be used, and what is wrong with the others."""
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


Key = tuple[str, str, str, int]
"""Role, owner, entry and year of a statement."""


@dataclass(frozen=True)
class Statement:
    """One value of a workbook with all that stands beside it.

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
        Computed from other values, not stated: a slip of the pen is not to be looked for in it.
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
        """What it speaks of."""
        return self.role, self.owner, self.entry.key, self.year


@dataclass(frozen=True)
class UseLine:
    """Share of a carrier that a sector uses for something.

    Parameters
    ----------
    place : str
    sector : str
        ``park`` stands for every sector that says nothing of its own.
    carrier, use : str
        As written where they are not known.
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
    """What a supplier of heat, or the park's own combined plant, burns or makes in a year.

    Parameters
    ----------
    place : str
    year : int
    quantity : {"supplier_fuel", "supplier_output", "plant_fuel", "plant_output"}
    item : str
        A carrier; ``electricity`` or ``heat`` of what is made.
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
    """All that is read from a workbook's tables, with the faults found on the way.

    Parameters
    ----------
    file : str
    layout : Layout
    all : dict of Key to Statement
    blanks : dict of Key to str
        Places of blank values, where a value could have stood; the entry of a blank part is ``bituminous, feedstock``.
    spoiled : set of Key
        What was given but could not be read: not to be reported again as missing.
    assets : list of AssetLine
        Lines of the sheet of energy assets (`intake.workbook.asset_sheet`).
    projects : list of (Sheet, ListBlock)
        Sheets of projects, read later (`intake.plans.investments`).
    uses : list of UseLine
        What energy is used for, line by line.
    supply : list of SupplyLine
        What the supplier of purchased heat burns and makes (`intake.factors.energy_content`).
    plant : list of SupplyLine
        What the park's own combined plant burns and makes, part of the park's energy.
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
        """Note a finding once."""
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
        """Statements of one quantity and item by role, looked up in an index made when all have been read."""
        if len(self.all) != self._indexed:
            self._index, self._indexed = {}, len(self.all)
            for s in self.all.values():
                self._index.setdefault((s.role, s.entry.quantity, s.entry.item), []).append(s)
        return self._index.get((role, quantity, item), [])

    def renew(self, s: Statement) -> None:
        """Put a statement in the place of an earlier one of the same key."""
        self.all[s.key], self._indexed = s, -1

    def is_reported(self, place: str) -> bool:
        """Tell whether anything was found at a place."""
        return any(where == place for where, _ in self._reported)
