"""What the rows of a CSV table state, in the words in which workbooks are checked: the same rules for both.

A table has no park row beside its sectors, so their sum stands for it where the checks ask for the park.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from pathway_models.foundations.errors import Fault
from pathway_models.intake.energy_content import Factors
from pathway_models.intake.layout import Entry, Layout, Section, Words, template_layout
from pathway_models.intake.rows import ENTERPRISE, RECORDED, Row
from pathway_models.intake.statements import Statement, Statements

Name = tuple[str, str]
#: Rows that speak of another row: what part of it is feedstock, what its factor is.
BESIDE_ANOTHER = ("feedstock", "factor", "process_factor")
#: Quantities whose sectors add up to the park.
ADDED = ("energy", "value_added", "population", "green_electricity", "product")


def statements_of(file: str, rows: Iterable[Row], book: Factors) -> Statements:
    """Statements of a table.

    Parameters
    ----------
    file : str
    rows : iterable of Row
        Those without a value are left out: their fault is told where they are read.
    book : Factors

    Returns
    -------
    Statements
        With the faults of rows that correct or check others.
    """
    rows = list(rows)
    entries = _entries(rows)
    statements = Statements(file, _layout(entries.values()))
    given: dict[tuple[str, str, str, int], Row] = {}
    for row in rows:
        given.setdefault(_key(row), row)
    for row in rows:
        if math.isnan(row.value):
            continue
        fault = _misplaced(row, given, entries)
        if fault:
            statements.faults.append(replace(fault, file=file))
        elif row.quantity not in BESIDE_ANOTHER:
            stated = _stated(row, entries, given, book)
            if stated is not None:
                statements.all.setdefault(stated.key, stated)
    _add_up(statements, book)
    return statements


def _key(row: Row) -> tuple[str, str, str, int]:
    return row.quantity, row.sector, row.item, row.year


def _name(row: Row) -> Name:
    """The quantity and item a row is checked as: reported emissions imply energy."""
    return ("energy" if row.quantity == "emissions" else row.quantity), row.item


def _entries(rows: Iterable[Row]) -> dict[Name, Entry]:
    """Entries of the template, and one for each thing only tables can state."""
    entries = {(entry.quantity, entry.item): entry for entry in template_layout().entries().values()}
    for row in rows:
        name = _name(row)
        if name not in entries and row.quantity not in (*BESIDE_ANOTHER, *RECORDED):
            key = "_".join(part for part in name if part)
            words = Words(zh=row.item or name[0], en=row.item or name[0])
            entries[name] = Entry(key=key, quantity=name[0], item=row.item, unit=row.unit or "t", units="", label=words)
    return entries


def _layout(entries: Iterable[Entry]) -> Layout:
    section = Section(title=Words(zh="", en=""), entries=tuple(entries))
    return template_layout().model_copy(update={"sections": (section,), "blocks": (), "description": None})


def _misplaced(row: Row, given: dict, entries: dict[Name, Entry]) -> Fault | None:
    """What is wrong with a row that corrects, checks or is recorded."""
    parts: tuple[str, str, str] | None = None
    if row.quantity == "feedstock":
        use = given.get(("energy", *_key(row)[1:]))
        if use is None:
            parts = "an energy row of the same sector, item and year", "a part alone says nothing", "use_missing"
        elif use.unit != row.unit:
            parts = f"{use.unit} as in {use.place}", "give use and feedstock in one unit", "feedstock_unit"
        elif row.value > use.value:
            parts = f"at most the use itself in {use.place}", "feedstock is a part of the use", "feedstock"
    if row.quantity in RECORDED and given[_key(row)] is not row:
        # Rows that count are compared where they are assembled.
        parts = "one value a year", f"it stands already in {given[_key(row)].place}; keep one", "twice"
    elif row.quantity in RECORDED and row.quantity != "feedstock" and (row.quantity, row.item) not in entries:
        items = sorted({item for quantity, item in entries if quantity == row.quantity})
        parts = f"one of {', '.join(items) or 'no item'}", f"correct the item of {row.quantity}", "recorded_item"
    elif row.quantity in RECORDED and row.sector != "park" and not row.sector.startswith(ENTERPRISE):
        parts = "the sector park", "it is recorded for the park as a whole", "recorded_sector"
    if parts is None:
        return None
    name = "/".join(part for part in (str(row.year), row.sector, row.quantity, row.item) if part)
    return Fault("", f"{row.place}, {name}", row.written, *parts[:2], code=parts[2])


def _stated(row: Row, entries: dict[Name, Entry], given: dict, book: Factors) -> Statement | None:
    is_energy = row.quantity in ("energy", "emissions")
    if _name(row) not in entries or (is_energy and row.item not in book.carriers):
        return None  # told where the rows are assembled
    is_enterprise = row.sector.startswith(ENTERPRISE)
    role = "enterprise" if is_enterprise else "park" if row.sector == "park" else "sector"
    entry, value, unit = entries[_name(row)], row.value, row.unit
    own = given.get(("process_factor" if row.quantity == "product" else "factor", *_key(row)[1:]))
    if row.quantity == "emissions":
        per = own.value if own else book.default(row.item)
        if not per:
            return None
        value, unit = value / per, "TJ"
    feedstock = given.get(("feedstock", *_key(row)[1:]))
    return Statement(
        row.place,
        role,
        row.sector.removeprefix(ENTERPRISE),
        row.year,
        entry,
        value,
        unit,
        row.written,
        row.grade,
        feedstock.value if feedstock else 0.0,
        feedstock.place if feedstock else "",
        own.value if own else None,
        own.unit if own else "",
        own.place if own else "",
    )


def _add_up(statements: Statements, book: Factors) -> None:
    """The park as the sum of its sectors, entry by entry and year by year; it stands at the largest of them."""
    parts: dict[tuple[str, int], list[Statement]] = {}
    for s in statements.all.values():
        if s.role == "sector" and s.entry.quantity in ADDED:
            parts.setdefault((s.entry.key, s.year), []).append(s)
    for (key, year), members in parts.items():
        if ("park", "park", key, year) in statements.all:
            continue
        units = {s.unit for s in members}
        values = [s.value if len(units) == 1 else book.tj(s) for s in members]
        unit, largest = units.pop() if len(units) == 1 else "TJ", max(members, key=lambda s: s.value)
        written = f"{sum(values):g} {unit}" if len(members) > 1 else largest.written
        whole = replace(largest, role="park", owner="park", value=sum(values), unit=unit, written=written)
        whole = replace(whole, feedstock=0.0, feedstock_place="", factor=None, factor_unit="", factor_place="")
        statements.all[whole.key] = whole
