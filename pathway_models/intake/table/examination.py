"""Examine a park's CSV table with its description: all errors, warnings and notes, and the park if there is no error.

Rows are translated to the statements of workbooks, so that both are checked by the same rules (`intake.checks`,
`intake.plausibility_warnings`); places are lines.  A table has no park row beside its sectors: their sum stands for it.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pathway_models.core import Fault, InputError, files, yaml_files
from pathway_models.intake import assembly, checks, examination, numbers, plausibility_warnings, register, translation
from pathway_models.intake.factors import energy_content
from pathway_models.intake.statements import Description, Statement, Statements, SupplyLine, UseLine, sound_choices
from pathway_models.intake.table.rows import APART, COUNTED, ENTERPRISE, RECORDED, Row, read_rows
from pathway_models.intake.workbook.layouts import Entry, Layout, Section, Words, template_layout

Name = tuple[str, str]
#: Rows that state attributes of another row: its feedstock, its factor.
BESIDE_ANOTHER = ("feedstock", "factor", "process_factor")
#: Quantities whose sectors add up to the park.
ADDED = ("energy", "value_added", "population", "green_electricity", "product")


def statements_of(file: str, rows: Iterable[Row], book: energy_content.Factors) -> Statements:
    """Translate the rows of a table to statements.

    Parameters
    ----------
    file : str
    rows : iterable of Row
        Those without a value are left out, since their fault is reported on reading.
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
        if row.quantity in APART:
            _apart(row, statements, book)
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


def _apart(row: Row, statements: Statements, book: energy_content.Factors) -> None:
    """Store a row of uses, of the supplier of heat or of the park's own plant, which are checked separately."""
    if row.quantity == "use_share":
        carrier, sign, use = row.item.partition(":")
        if not sign:
            remedy = "write the carrier, a colon and the use, such as raw_coal:heat_below_200"
            statements.report(row.place, row.item, numbers.Finding("a carrier and its use", remedy, "use"))
            return
        written = f"{row.item} {row.written}"
        statements.uses.append(UseLine(f"{row.place}, item", row.sector, carrier, use, row.value, written))
        return
    made, is_own = (
        row.quantity in (energy_content.OUTPUT, energy_content.PLANT_OUTPUT),
        row.quantity in (energy_content.PLANT_FUEL, energy_content.PLANT_OUTPUT),
    )
    expected = (energy_content.POWER, energy_content.HEAT) if made else tuple(book.carriers)
    if row.item not in expected:
        named = ", ".join(expected) if made else "a carrier of carriers.csv"
        statements.report(row.place, row.item, numbers.Finding(named, "correct the item", "supply_item"))
    elif row.sector != "park":
        whose = "it is one for the whole park" if is_own else "the supplier is one for the whole park"
        statements.report(row.place, row.sector, numbers.Finding("the sector park", whose, "recorded_sector"))
    else:
        line = SupplyLine(row.place, row.year, row.quantity, row.item, row.value, row.unit, row.written)
        (statements.plant if is_own else statements.supply).append(line)


def _key(row: Row) -> tuple[str, str, str, int]:
    return row.quantity, row.sector, row.item, row.year


def _name(row: Row) -> Name:
    """Return the quantity and item under which a row is checked: reported emissions imply energy."""
    return ("energy" if row.quantity == "emissions" else row.quantity), row.item


def _entries(rows: Iterable[Row]) -> dict[Name, Entry]:
    """Return the entries of the template, and one for each quantity that only tables can state."""
    entries = {(entry.quantity, entry.item): entry for entry in template_layout().entries().values()}
    for row in rows:
        name = _name(row)
        if name not in entries and row.quantity not in (*BESIDE_ANOTHER, *RECORDED, *APART):
            key = "_".join(part for part in name if part)
            words = Words(zh=row.item or name[0], en=row.item or name[0])
            entries[name] = Entry(key=key, quantity=name[0], item=row.item, unit=row.unit or "t", units="", label=words)
    return entries


def _layout(entries: Iterable[Entry]) -> Layout:
    section = Section(title=Words(zh="", en=""), entries=tuple(entries))
    return template_layout().model_copy(update={"sections": (section,), "blocks": (), "description": None})


def _misplaced(row: Row, given: dict, entries: dict[Name, Entry]) -> Fault | None:
    """Find the fault of a row that corrects, checks or is recorded."""
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


def _stated(row: Row, entries: dict[Name, Entry], given: dict, book: energy_content.Factors) -> Statement | None:
    is_energy = row.quantity in ("energy", "emissions")
    if _name(row) not in entries or (is_energy and row.item not in book.carriers):
        return None  # reported where the rows are assembled
    is_enterprise = row.sector.startswith(ENTERPRISE)
    role = "enterprise" if is_enterprise else "park" if row.sector == "park" else "sector"
    entry, value, unit = entries[_name(row)], row.value, row.unit
    own = given.get(("process_factor" if row.quantity == "product" else "factor", *_key(row)[1:]))
    if row.quantity == "emissions":
        per = own.value if own else book.default(row.item, row.year)
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
        is_derived=row.confidence == "derived",
    )


def _add_up(statements: Statements, book: energy_content.Factors) -> None:
    """Add the park as the sum of its sectors, by entry and year, with the place of the largest of them."""
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
        whole = replace(
            whole, feedstock=0.0, feedstock_place="", factor=None, factor_unit="", factor_place="", is_derived=False
        )
        statements.all[whole.key] = whole


#: Choices of a description that are checked when a table is assembled.
CHOICES = ("factor_set", "grid_factor")


def examine_table(table: Path, **choices: str) -> examination.Examination:
    """Examine a CSV table and the ``.yml`` description of the same name beside it.

    Parameters
    ----------
    table : Path
    **choices : str
        Fields of the description to be replaced, such as ``factor_set``.

    Raises
    ------
    InputError
        Either file cannot be used at all; carries the faults of both.
    """
    description, rows, faults = _both_files(table)
    if choices:
        description = description.model_copy(update=choices)
    described = table.with_suffix(".yml").name
    if description.park_id != table.stem:
        remedy = "give the table, its description and the id the same name"
        faults.append(Fault(described, "park_id", description.park_id, table.stem, remedy, code="park_id"))
    faults += _foreign_rules(described, description)
    statements, translator = _checked(table.name, description, rows)
    uses = checks.uses_of(statements, dict.fromkeys((row.sector, row.item) for row in rows if _is_burnt(row)))
    checks.check_followers(
        statements, description.follows, "description, follows", {r.sector for r in rows if _is_burnt(r)}
    )
    years = {row.year for row in rows if _is_burnt(row)}
    rule = description.chp_rule
    energy_content.check_rule(statements, rule, "description, chp_rule")
    supply = energy_content.heat_supply_of(statements, rule, translator.book, years)
    translator.plant = energy_content.own_plant_of(statements, rule, translator.book, years, translator.burnt)
    counted = _translated(rows, statements, translator)
    counted += energy_content.factor_rows(supply, counted)
    chosen = description.activity, description.factor_set, description.grid_factor
    fields, more = assembly.assemble(
        table.name, *chosen, counted, own_factors=not register.has_rule(description.country, "factor_sets")
    )
    # Choices are in the description, whichever file revealed their fault.
    faults += [replace(fault, file=described) if fault.place in CHOICES else fault for fault in more]
    # Green power beyond the purchases is reported where the purchases are split.
    faults += [fault for fault in statements.faults if fault.code != "green_high"]
    finding = plausibility_warnings.other_province(description.grid_factor, description.province)
    if finding:
        parts = finding.expected, finding.remedy, finding.severity, finding.code
        faults.append(Fault(described, "grid_factor", description.grid_factor, *parts))
    if any(fault.severity == "error" for fault in faults):
        return examination.Examination(None, examination.in_order(faults))
    beside = {"uses": uses, "heat_supply": supply, "own_plant": translator.plant}
    return _park_of(table, description, counted, fields, statements, translator, faults, beside)


def _is_burnt(row: Row) -> bool:
    """Tell whether a row states energy, or emissions that imply it, and no enterprise's."""
    return row.quantity in ("energy", "emissions") and not row.sector.startswith(ENTERPRISE)


def _foreign_rules(file: str, description: Description) -> list[Fault]:
    """Report choices that exist in another country only."""
    named = register.country_of(description.country).name_en
    wrong = []
    if description.factor_set and not register.has_rule(description.country, "factor_sets"):
        remedy = f"no factor set is of {named}: write '' and give the factor of each carrier in the table"
        wrong.append(("factor_set", description.factor_set, "''", remedy))
    if description.grid_factor not in ("", "table") and not register.has_rule(description.country, "grid_factors"):
        remedy = f"no grid factor is of {named}: write 'table' and give it in the table, or '' where no power is bought"
        wrong.append(("grid_factor", description.grid_factor, "'table' or ''", remedy))
    return [Fault(file, *parts, code="foreign_rule") for parts in wrong]


def _park_of(
    table: Path, description: Description, rows: list[Row], fields: dict[str, Any], statements: Statements,
    translator: translation.Translator, faults: list[Fault], beside: dict[str, Any],
) -> examination.Examination:  # fmt: skip
    graded = any(row.grade for row in rows)
    return examination.build_park(
        description,
        fields,
        rows,
        faults,
        files=[files.fingerprint(table), files.fingerprint(table.with_suffix(".yml"))],
        memo_items=translator.result.memo_items,
        # A table without grades has no information on its activity data.
        activity_errors=checks.activity_errors(statements, fields) if graded else {},
        **beside,
    )


def _both_files(table: Path) -> tuple[Description, list[Row], list[Fault]]:
    """Read description and table; where either cannot be used, raise the faults of both."""
    faults: list[Fault] = []
    description, rows = None, None
    try:
        description, _ = yaml_files.validated(table.with_suffix(".yml"), Description)
    except InputError as error:
        faults.extend(error.faults)
    try:
        rows, more = read_rows(table)
        faults.extend(more)
    except InputError as error:
        faults.extend(error.faults)
    if description is None or rows is None:
        raise InputError(faults)
    return description, rows, faults


def _checked(file: str, description: Description, rows: list[Row]) -> tuple[Statements, translation.Translator]:
    """Return the statements of a table, checked like those of a workbook."""
    choices, _ = sound_choices(description.activity, description.factor_set, description.grid_factor)
    book = energy_content.Factors(choices)
    statements = statements_of(file, rows, book)
    years = sorted({s.year for s in statements.all.values() if s.entry.quantity == "energy"})
    check = checks.Check(statements, choices, range(years[0], years[-1] + 1) if years else range(0))
    check.wholes()
    checks.close(check, "enterprise")
    _twice(rows, statements)
    plausibility_warnings.question(check)
    plausibility_warnings.hint(check)
    if description.kind == "park":
        plausibility_warnings.hint_at_power(check, "table")
    return statements, translation.Translator(statements, description, book)


def _twice(rows: list[Row], statements: Statements) -> None:
    """Refuse rows of the park beside rows of its sectors, which would count twice."""
    owners: dict[tuple[str, str, int], set[str]] = {}
    for row in rows:
        if row.quantity in ("energy", "emissions", "product") and not row.sector.startswith(ENTERPRISE):
            owners.setdefault((row.quantity, row.item, row.year), set()).add(row.sector)
    for row in rows:
        if row.sector == "park" and len(owners.get((row.quantity, row.item, row.year), ())) > 1:
            remedy = "it stands for its sectors too: remove it, or name the sector of the rest"
            statements.report(
                row.place, row.written, numbers.Finding("sectors or the park, not both", remedy, "counted_twice")
            )
            return


def _translated(rows: list[Row], statements: Statements, translator: translation.Translator) -> list[Row]:
    """Return the rows that count, with feedstock, sales, credits and captured CO2 as in `intake.translation`."""
    stated = {(s.role, s.owner, s.entry.quantity, s.entry.item, s.year): s for s in statements.all.values()}
    kept = {item: translator.kept(item) for item in translation.SOLD}
    sales = {(s.entry.item, s.year): s.place for s in statements.all.values() if s.entry.quantity == "export"}
    counted = []
    for row in rows:
        if row.quantity not in COUNTED or row.sector.startswith(ENTERPRISE):
            continue
        role = "park" if row.sector == "park" else "sector"
        s = stated.get((role, row.sector, "energy", row.item, row.year)) if row.quantity == "energy" else None
        if row.quantity == "green_electricity":
            row = replace(row, value=row.value * kept["electricity"].get(row.year, 1.0))
        elif row.quantity in ("energy", "emissions") and (s or row.item in translation.SOLD):
            less = [s.feedstock_place if s and s.feedstock else "", sales.get((row.item, row.year), "")]
            place = " less ".join([row.place, " and ".join(part for part in less if part)]).removesuffix(" less ")
            value = (row.value - (s.feedstock if s else 0.0)) * kept.get(row.item, {}).get(row.year, 1.0)
            row = replace(row, value=value, place=place)
        counted.append(row)
    counted += _measured(rows, statements, translator)
    for s in statements.all.values():
        if s.feedstock:
            feedstock = translator.book.tj(s, s.feedstock)
            translator.result.memo_items.setdefault(("feedstock", s.owner, s.entry.item), {})[s.year] = feedstock
    translator.more()
    return counted + translator.result.rows


def _measured(rows: Iterable[Row], statements: Statements, translator: translation.Translator) -> list[Row]:
    """Make factor rows of the park where an enterprise measured its own factor and the table gives none."""
    owned = {(s.entry.item, s.year): s for s in statements.all.values() if s.role == "park"}
    given = {(row.item, row.year) for row in rows if row.quantity == "factor" and row.sector == "park"}
    measured = {
        s.entry.item
        for s in statements.all.values()
        if s.role == "enterprise" and s.factor is not None and s.entry.quantity == "energy"
    }
    found = []
    for (item, year), s in owned.items():
        if s.entry.quantity == "energy" and item in measured and (item, year) not in given:
            value, place = translator.own_factor("park", s)
            found.append(Row(place, year, "park", "factor", item, value, "tCO2/TJ", "enterprises", "seen"))
    return found
