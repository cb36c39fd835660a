"""Statements of a workbook: of whom, for which year, how much, in which unit; and what was found on the way."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pathway_models.core.errors import Fault
from pathway_models.intake.cells import Finding, shown
from pathway_models.intake.workbook.layout import Entry, Layout

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
        Lines of the sheet of energy assets (`intake.asset_sheet`).
    projects : list of (Sheet, ListBlock)
        Sheets of projects, read later (`intake.plans.investments`).
    uses : list of UseLine
        What energy is used for, line by line.
    supply : list of SupplyLine
        What the supplier of purchased heat burns and makes (`intake.factors.heat_supply`).
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
