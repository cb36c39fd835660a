"""Reading the park sheet of a workbook: identity and choices, field by field."""

from __future__ import annotations

from typing import Any

from pathway_models.foundations.errors import Fault
from pathway_models.intake.book import Sheet
from pathway_models.intake.cells import Finding, label_of, read_text, read_year
from pathway_models.intake.description import Choices, Description, is_park_id, sound_choices
from pathway_models.intake.hints import other_province
from pathway_models.intake.layout import DescriptionField, DescriptionSheet
from pathway_models.intake.statements import Statements


def read_description(
    sheet: Sheet, block: DescriptionSheet, statements: Statements
) -> tuple[Description | None, Choices, range]:
    """Read the park sheet.

    Returns
    -------
    description : Description or None
        None where a required field is missing or wrong.
    choices : Choices
        Those that can be used, whatever else is wrong.
    years : range
        First to last year; empty where they cannot be read.
    """
    lines = {label_of(sheet.raw(f"{block.keys}{row}")): row for row in sheet.rows(block.first_row)}
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    count = len(_errors(statements))
    for field in block.fields:
        row = lines.get(field.key)
        if row is None:
            finding = Finding(f"a row {field.key}", "copy the row anew from an empty template", "field_missing")
            statements.report(f"{sheet.name}!{block.keys}{block.first_row}", None, finding)
            continue
        ref = f"{block.values}{row}"
        places[field.key] = sheet.place(ref)
        values[field.key] = _field(sheet, ref, field, statements)
    years = _years(values, places, statements)
    choices = _choices(values, places, statements)
    if len(_errors(statements)) > count:
        return None, choices, years
    remarks, invented = values.pop("remarks"), values.pop("invented") == "yes"
    described = {key: value for key, value in values.items() if value and key not in ("first_year", "last_year")}
    notes = [remarks] if remarks else []
    return Description(**described, invented=invented, source=["workbook"], notes=notes), choices, years


def _errors(statements: Statements) -> list[Fault]:
    return [fault for fault in statements.faults if fault.severity == "error"]


def _field(sheet: Sheet, ref: str, field: DescriptionField, statements: Statements) -> Any:
    raw = sheet.raw(ref)
    if sheet.is_formula(ref):
        found = [Finding("a typed value", "type the value instead of a formula", "formula_text")]
        value: Any = None
    elif field.key in ("first_year", "last_year", "price_year"):
        value, found = read_year(raw)
    else:
        value, found = read_text(raw)
    if not found and value in ("", None) and field.required:
        found = [Finding(field.label.en, "fill it in", "field_blank")]
    if not found and value and field.key == "park_id" and not is_park_id(value):
        remedy = "choose a plain id of at most 60 signs: it becomes the name of a folder"
        found = [Finding("lower-case letters, digits and hyphens, a letter first", remedy, "park_id")]
    if not found and value and isinstance(field.choices, tuple) and field.choices and value not in field.choices:
        found = [Finding(f"one of {', '.join(field.choices)}", "choose from the list of the cell", "field_choice")]
    for finding in found:
        statements.report(sheet.place(ref), raw, finding)
    return value


def _years(values: dict[str, Any], places: dict[str, str], statements: Statements) -> range:
    first, last = values.get("first_year"), values.get("last_year")
    if not first or not last:
        return range(0)
    if first > last:
        finding = Finding(f"a year from {first}", "the last year is before the first", "years_order")
        statements.report(places["last_year"], last, finding)
        return range(0)
    return range(first, last + 1)


def _choices(values: dict[str, Any], places: dict[str, str], statements: Statements) -> Choices:
    """Factor set, grid factor and price year: choices that must be made knowingly."""
    given = (str(values.get(key) or "") for key in ("activity", "factor_set", "grid_factor"))
    choices, wrong = sound_choices(*given)
    for key, finding in wrong.items():
        statements.report(places[key], values[key], finding)
    province = other_province(choices.grid_factor, str(values.get("province") or ""))
    if province:
        statements.report(places["grid_factor"], values["grid_factor"], province)
    is_blank = "price_year" in values and not values["price_year"]
    needs_price = choices.activity in ("value_added", "gdp")
    if needs_price and is_blank and not statements.is_reported(places["price_year"]):
        finding = Finding("the price year of value added", "money of different years cannot be compared", "price_year")
        statements.report(places["price_year"], None, finding)
    return choices
