"""Examining a park's CSV table with its description: every error, warning and note at once, and the park if none.

The checks are those of workbooks (`intake.checks`, `intake.plausibility`), the places are lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.assembly import assemble
from pathway_models.intake.cells import Finding
from pathway_models.intake.checks import Check
from pathway_models.intake.description import Description, sound_choices
from pathway_models.intake.energy_content import Factors
from pathway_models.intake.examination import Examination, build_park, in_order
from pathway_models.intake.hints import hint, hint_at_power, other_province
from pathway_models.intake.paths import fingerprint
from pathway_models.intake.plausibility import question
from pathway_models.intake.quality import activity_errors
from pathway_models.intake.rows import COUNTED, ENTERPRISE, Row, read_rows
from pathway_models.intake.statements import Statements
from pathway_models.intake.table_statements import statements_of
from pathway_models.intake.translation import SOLD, Translator
from pathway_models.intake.yaml_files import validated

#: Choices of a description that the assembling of a table checks.
CHOICES = ("factor_set", "grid_factor")


def examine_table(table: Path, **choices: str) -> Examination:
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
    statements, translator = _checked(table.name, description, rows)
    counted = _translated(rows, statements, translator)
    fields, more = assemble(table.name, description.activity, description.factor_set, description.grid_factor, counted)
    # Choices stand in the description, whichever file showed that they cannot hold.
    faults += [replace(fault, file=described) if fault.place in CHOICES else fault for fault in more]
    # Green power beyond the purchases is told where the purchases are split.
    faults += [fault for fault in statements.faults if fault.code != "green_high"]
    finding = other_province(description.grid_factor, description.province)
    if finding:
        parts = finding.expected, finding.remedy, finding.severity, finding.code
        faults.append(Fault(described, "grid_factor", description.grid_factor, *parts))
    if any(fault.severity == "error" for fault in faults):
        return Examination(None, in_order(faults))
    return _park_of(table, description, counted, fields, statements, translator, faults)


def _park_of(
    table: Path, description: Description, rows: list[Row], fields: dict[str, Any], statements: Statements,
    translator: Translator, faults: list[Fault],
) -> Examination:  # fmt: skip
    graded = any(row.grade for row in rows)
    return build_park(
        description,
        fields,
        rows,
        faults,
        files=[fingerprint(table), fingerprint(table.with_suffix(".yml"))],
        beside=translator.result.beside,
        # A table that grades nothing says nothing about its activity data.
        activity_errors=activity_errors(statements, fields) if graded else {},
    )


def _both_files(table: Path) -> tuple[Description, list[Row], list[Fault]]:
    """Read description and table; where either cannot be used, the faults of both are told."""
    faults: list[Fault] = []
    description, rows = None, None
    try:
        description, _ = validated(table.with_suffix(".yml"), Description)
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


def _checked(file: str, description: Description, rows: list[Row]) -> tuple[Statements, Translator]:
    """What the table states, checked as a workbook is."""
    choices, _ = sound_choices(description.activity, description.factor_set, description.grid_factor)
    book = Factors(choices)
    statements = statements_of(file, rows, book)
    years = sorted({s.year for s in statements.all.values() if s.entry.quantity == "energy"})
    check = Check(statements, choices, range(years[0], years[-1] + 1) if years else range(0))
    check.wholes()
    check.parts("enterprise")
    _twice(rows, statements)
    question(check)
    hint(check)
    if description.kind == "park":
        hint_at_power(check, "table")
    return statements, Translator(statements, description, book)


def _twice(rows: list[Row], statements: Statements) -> None:
    """Rows of the park beside rows of its sectors would be a sector more, and count twice."""
    owners: dict[tuple[str, str, int], set[str]] = {}
    for row in rows:
        if row.quantity in ("energy", "emissions", "product") and not row.sector.startswith(ENTERPRISE):
            owners.setdefault((row.quantity, row.item, row.year), set()).add(row.sector)
    for row in rows:
        if row.sector == "park" and len(owners.get((row.quantity, row.item, row.year), ())) > 1:
            remedy = "it stands for its sectors too: remove it, or name the sector of the rest"
            statements.report(row.place, row.written, Finding("sectors or the park, not both", remedy, "counted_twice"))
            return


def _translated(rows: list[Row], statements: Statements, translator: Translator) -> list[Row]:
    """The rows that count, with feedstock, sales, credits and captured CO2 as in `intake.translation`."""
    stated = {(s.role, s.owner, s.entry.quantity, s.entry.item, s.year): s for s in statements.all.values()}
    kept = {item: translator.kept(item) for item in SOLD}
    sales = {(s.entry.item, s.year): s.place for s in statements.all.values() if s.entry.quantity == "export"}
    counted = []
    for row in rows:
        if row.quantity not in COUNTED or row.sector.startswith(ENTERPRISE):
            continue
        role = "park" if row.sector == "park" else "sector"
        s = stated.get((role, row.sector, "energy", row.item, row.year)) if row.quantity == "energy" else None
        if row.quantity == "green_electricity":
            row = replace(row, value=row.value * kept["electricity"].get(row.year, 1.0))
        elif row.quantity in ("energy", "emissions") and (s or row.item in SOLD):
            less = [s.feedstock_place if s else "", sales.get((row.item, row.year), "")]
            place = " less ".join([row.place, " and ".join(part for part in less if part)]).removesuffix(" less ")
            value = (row.value - (s.feedstock if s else 0.0)) * kept.get(row.item, {}).get(row.year, 1.0)
            row = replace(row, value=value, place=place)
        counted.append(row)
    counted += _measured(rows, statements, translator)
    for s in statements.all.values():
        if s.feedstock:
            feedstock = translator.book.tj(s, s.feedstock)
            translator.result.beside.setdefault(("feedstock", s.owner, s.entry.item), {})[s.year] = feedstock
    translator.more()
    return counted + translator.result.rows


def _measured(rows: Iterable[Row], statements: Statements, translator: Translator) -> list[Row]:
    """Factor rows of the park where an enterprise measured its own and the table gives none for the park."""
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
