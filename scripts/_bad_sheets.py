"""Workbooks whose sheets, rows or sums are wrong, by file name."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import xlsxwriter
from _workbooks import GROWTH, YEARS, Filled, Formula, cell_of, row_of

from pathway_models.intake.workbook.layouts import template_layout

Change = Callable[[Filled], object]


def _touch(change: Callable[[xlsxwriter.Workbook], object]) -> Change:
    """Change the workbook itself once it is filled."""
    return lambda filled: setattr(filled, "touch", change)


def _sheet_2019(workbook: xlsxwriter.Workbook) -> Any:
    return workbook.get_worksheet_by_name("2019")


def _every_year(key: str, **columns: object) -> Change:
    def change(filled: Filled) -> None:
        for lines in filled.lines.values():
            lines[key] = {**lines.get(key, {}), **columns}

    return change


def _look(key: str = "bituminous", value: float = 10500, **look: object) -> Change:
    """A value of 2019 whose cell is formatted."""
    return _touch(lambda book: _sheet_2019(book).write_number(cell_of(key), value, book.add_format(look)))


def _runs(*runs: tuple[str, dict[str, object]]) -> Change:
    """A value of 2019 written as a text of differently formatted parts."""

    def change(book: xlsxwriter.Workbook) -> None:
        parts = [part for text, look in runs for part in (book.add_format(look), text)]
        _sheet_2019(book).write_rich_string(cell_of("bituminous"), *parts)

    return _touch(change)


def _without(key: str) -> Change:
    return lambda filled: [lines.pop(key) for lines in filled.lines.values()]


def _list(sheet: str, *records: dict[str, object]) -> Change:
    return lambda filled: filled.lists.update({sheet: list(records)})


def _member(name: str, value: object, **more: object) -> dict[str, object]:
    return {"year": 2019, "name": name, "entry": "natural_gas", "value": value, "unit": "10^4 Nm3", **more}


def _sector(year: int, name: str, entry: str, value: float, unit: str) -> dict[str, object]:
    return {"year": year, "name": name, "entry": entry, "value": value, "unit": unit}


def _swapped_years(filled: Filled) -> None:
    filled.cells["2018", "C2"], filled.cells["2019", "C2"] = 2019, 2018


def _copied_year(filled: Filled) -> None:
    filled.lines[2020] = copy.deepcopy(filled.lines[2019])


def _row_twice(filled: Filled) -> None:
    filled.cells["2019", f"A{row_of('lng')}"] = "bituminous"
    filled.put(2019, "lng", 700)
    filled.put(2019, "lng", "t", "unit")


def _one_sector(filled: Filled) -> None:
    """Split gas among sectors, but no other energy."""
    parts = [
        _sector(year, "glass", "natural_gas", filled.lines[year]["natural_gas"]["value"], "10^4 Nm3") for year in YEARS
    ]
    filled.lists["分行业"] = parts


def _two_sectors(filled: Filled) -> None:
    """Split all energy, processes and value added."""
    keys = ("bituminous", "diesel_oil", "natural_gas", "electricity", "heat", "limestone", "value_added")
    filled.lists["分行业"] = [
        {
            "year": year,
            "name": name,
            "entry": key,
            **filled.lines[year][key],
            "value": share * filled.lines[year][key]["value"],
        }
        for year in YEARS
        for key in keys
        for name, share in (("glass", 0.75), ("food", 0.25))
    ]
    for record in filled.lists["分行业"]:
        record["unit"] = template_layout().entries()[str(record["entry"])].unit
        if "feedstock" in record:
            record["feedstock"] *= 0.75 if record["name"] == "glass" else 0.25


def _not_closing(filled: Filled) -> None:
    _two_sectors(filled)
    _record(filled, "food", "natural_gas", 2019)["value"] = 20


def _record(filled: Filled, name: str, entry: str, year: int) -> dict[str, Any]:
    """Return a row of the sheet of sectors."""
    wanted = (name, entry, year)
    return next(one for one in filled.lists["分行业"] if (one["name"], one["entry"], one["year"]) == wanted)


def _split(*changes: Change) -> Change:
    """Split everything in two sectors, then change the park's rows or theirs."""

    def change(filled: Filled) -> None:
        _two_sectors(filled)
        for one in changes:
            one(filled)

    return change


def _own(value: object, key: str = "bituminous", unit: str = "tCO2/TJ") -> Change:
    """An own factor in the park's rows of all years."""
    return lambda filled: [lines[key].update(factor=value, factor_unit=unit) for lines in filled.lines.values()]


#: A unit with all its fields.
UNIT = {
    "name": "2号锅炉", "kind": "锅炉", "entry": "烟煤", "use": 4000, "use_unit": "t", "commissioned": 2009,
    "lifetime": 20, "capital": 12, "capacity": 35, "capacity_unit": "t/h",
}  # fmt: skip


def _assets(*units: dict[str, object]) -> Change:
    """Lines of the sheet of energy assets, each the unit above with something changed."""
    columns = template_layout().block("list", "asset").columns

    def change(filled: Filled) -> None:
        for row, unit in enumerate(units, start=4):
            cells = {("能源设施", f"{columns[name]}{row}"): value for name, value in {**UNIT, **unit}.items()}
            filled.cells.update({where: value for where, value in cells.items() if value is not None})

    return change


def _lines(role: str, *lines: dict[str, object]) -> Change:
    """Lines of an optional sheet of the template."""
    block = template_layout().block("list", role)

    def change(filled: Filled) -> None:
        for row, line in enumerate(lines, start=block.first_row):
            filled.cells.update({(block.sheets.zh, f"{block.columns[name]}{row}"): v for name, v in line.items()})

    return change


def _use(purpose: str, value: object, entry: str = "烟煤", **more: object) -> dict[str, object]:
    return {"entry": entry, "purpose": purpose, "value": value, "unit": "%", **more}


def _supply(entry: str, value: object, unit: str) -> dict[str, object]:
    return {"year": 2019, "entry": entry, "value": value, "unit": unit}


#: A faultless supplier of heat: 2,000 t of coal for 30 TJ of heat.
SUPPLY = (_supply("烟煤", 2000, "t"), _supply("供热量（供热企业）", 30000, "GJ"))
#: A faultless boiler house of the park's own, and its possible power generation.
PLANT = (_supply("烟煤", 2000, "t"), _supply("供热量（自备热电厂）", 30000, "GJ"))
PLANT_POWER = _supply("发电量（自备热电厂）", 100, "万kWh")


SHEETS: dict[str, Change] = {
    "merged_cells": _touch(
        lambda book: _sheet_2019(book).merge_range(f"C{row_of('bituminous')}:D{row_of('bituminous')}", 9)
    ),
    "hidden_row": _touch(
        lambda book: _sheet_2019(book).set_row(row_of("bituminous") - 1, None, None, {"hidden": True})
    ),
    "column_of_no_width": _touch(lambda book: _sheet_2019(book).set_column_pixels("C:C", 0)),
    "row_of_no_height": _touch(lambda book: _sheet_2019(book).set_row(row_of("bituminous") - 1, 0)),
    "footnote_in_a_number": _runs(("10500", {"bold": False}), ("2", {"font_script": 1})),
    "correction_in_a_number": _runs(("10400", {"font_strikeout": True}), ("10500", {"bold": False})),
    "struck_through": _look(font_strikeout=True),
    "raised_number": _look(font_script=1),
    "format_of_thousands": _look(num_format="#,##0,"),
    "format_with_a_unit": _look(num_format='0.00"万t"'),
    "format_of_nothing": _look(num_format=";;;"),
    "format_of_percent": lambda filled: (
        _every_year("water_reuse", value=85)(filled),
        _look("water_reuse", 0.85, num_format="0%")(filled),
    ),
    "hidden_sheet": _touch(lambda book: _sheet_2019(book).hide()),
    "renamed_sheet": lambda filled: filled.names.update({"2019": "2019年数据"}),
    "missing_sheet": lambda filled: filled.lines.pop(2019),
    "missing_park_sheet": lambda filled: filled.names.update({"park": "Sheet1"}),
    "sheet_with_year_sign": lambda filled: filled.names.update({"2019": "2019年"}),
    "sheet_of_same_year": _touch(lambda book: book.add_worksheet("2019年")),
    "sheet_of_other_year": lambda filled: filled.lines.update({2021: copy.deepcopy(filled.lines[2020])}),
    "sheet_nobody_reads": _touch(lambda book: book.add_worksheet("草稿").write_number("A1", 1)),
    "empty_sheet": lambda filled: filled.lines.update({2019: {}}),
    "stray_cell": lambda filled: filled.cells.update({("2019", "XFD1048576"): 1}),
    "swapped_years": _swapped_years,
    "copied_year": _copied_year,
    "year_cell_blank": lambda filled: filled.cells.update({("2019", "C2"): None}),
    "year_cell_unreadable": lambda filled: filled.cells.update({("2019", "C2"): "二〇一九"}),
    "row_twice": _row_twice,
    "row_code_changed": lambda filled: filled.cells.update({("2019", f"A{row_of('diesel_oil')}"): "diesel"}),
    "park_field_removed": lambda filled: filled.cells.update({("园区", "A11"): "x"}),
    "year_without_value": lambda filled: filled.lines[2019].update({"diesel_oil": {}}),
    "no_energy_at_all": lambda filled: [
        lines.pop(key)
        for lines in filled.lines.values()
        for key in ("bituminous", "diesel_oil", "natural_gas", "electricity", "heat", "green_power", "export_power")
    ],
    "set_without_fuel": lambda f: (f.park.update(factor_set="NDRC_steel_2013"), _every_year("naphtha", value=50)(f)),
    "aggregate_without_factor": _every_year("lime", value=400),
    "activity_zero": lambda filled: filled.put(2019, "value_added", 0),
    "activity_blank": _without("value_added"),
    "green_above_purchase": lambda filled: filled.put(2019, "green_power", 3000),
    "export_above_production": lambda filled: filled.put(2019, "export_power", 9000),
    "shared_above_production": _every_year("shared_heat", value=1000),
    "waste_used_above_made": lambda filled: filled.put(2019, "solid_waste_used", 9000),
    "value_added_above_output": lambda filled: filled.put(2019, "gross_output", 50),
    "industrial_above_planned": lambda filled: filled.put(2019, "area_industrial", 40),
    "tonnes_for_ten_thousand": lambda filled: filled.put(2019, "bituminous", "万t", "unit"),
    "jump": lambda filled: filled.put(2020, "natural_gas", 5200),
    "total_differs": _every_year("total_energy", value=9000),
    "total_at_equivalent_value": lambda filled: [
        lines.update(total_energy={"value": round(21200 * GROWTH[year])}) for year, lines in filled.lines.items()
    ],
    "shares_above_one": lambda filled: [
        lines.update(share_coal={"value": 60}, share_gas={"value": 50}) for lines in filled.lines.values()
    ],
    "share_differs": _every_year("share_coal", value=90),
    "intensity_too_high": lambda filled: [lines["value_added"].update(unit="万元") for lines in filled.lines.values()],
    "process_factor_far": lambda f: (
        f.put(2019, "limestone", 44, "factor"),
        f.put(2019, "limestone", "tCO2/t", "factor_unit"),
    ),
    "sink_without_rate": _without("sequestration"),
    "enterprises_not_closing": _list("主要企业", _member("甲厂", 100), _member("乙厂", 200)),
    "enterprise_without_name": _list("主要企业", _member("甲厂", 500), _member(None, 25)),
    "enterprise_named_formula": _list("主要企业", _member("甲厂", 500), _member("@SUM(1+1)", 25)),
    "enterprise_without_year": _list("主要企业", _member("甲厂", 525), _member("乙厂", 25, year=None)),
    "enterprise_of_other_year": _list("主要企业", _member("甲厂", 525), _member("乙厂", 25, year=2011)),
    "enterprise_of_unknown_entry": _list("主要企业", _member("甲厂", 525), _member("乙厂", 25, entry="蒸气")),
    "enterprise_value_unreadable": _list("主要企业", _member("甲厂", "五百"), _member("乙厂", 25)),
    "sector_with_blank_in_name": _list("分行业", _member("Glass Works", 525)),
    "sectors_not_closing": _not_closing,
    "sectors_without_the_feedstock": _split(
        lambda f: [record.pop("feedstock", None) for record in f.lists["分行业"]],
        lambda f: [record.pop("grade", None) for record in f.lists["分行业"]],
    ),
    "sectors_without_the_factor": _split(_own(93)),
    "sector_with_a_factor_beside_the_park": _split(
        _own(93), lambda f: _record(f, "food", "bituminous", 2019).update(factor=80, factor_unit="tCO2/TJ")
    ),
    "green_power_of_a_sector": _split(
        lambda f: f.lines[2019].pop("green_power"),
        lambda f: f.lists["分行业"].append(_sector(2019, "food", "green_power", 500, "万kWh")),
    ),
    "measured_factor_beside_sectors": _split(_list("主要企业", _member("甲厂", 525, factor=56, factor_unit="tCO2/TJ"))),
    "feedstock_of_an_enterprise": _list(
        "主要企业",
        _member("甲厂", 4200, entry="bituminous", unit="t", feedstock=300),
        _member("乙厂", 6300, entry="bituminous", unit="t"),
    ),
    "feedstock_blank_between": lambda filled: filled.put(2019, "bituminous", None, "feedstock"),
    "feedstock_of_later_years": lambda filled: filled.put(2018, "bituminous", None, "feedstock"),
    "zero_between": lambda filled: filled.put(2019, "heat", 0),
    "zero_in_the_last_year": lambda filled: filled.put(2020, "heat", 0),
    "second_park_sheet": _touch(lambda book: book.add_worksheet("Park").write_string("A1", "pathways-template-1")),
    "second_enterprise_sheet": lambda f: (
        _list("主要企业", _member("甲厂", 525))(f),
        _list("Enterprises", _member("甲厂", 400))(f),
    ),
    "park_field_twice": lambda filled: filled.cells.update({("园区", "A30"): "factor_set", ("园区", "C30"): "x"}),
    "one_carrier_by_sector": _one_sector,
    "asset_of_1935": _assets({"commissioned": 1935}),
    "asset_of_unknown_kind": _assets({"kind": "蒸汽机"}),
    "asset_of_no_energy": _assets({"entry": "工业增加值"}),
    "asset_of_half_a_year": _assets({"lifetime": 0.5}),
    "asset_twice": _assets({"use": 100}, {"use": 200}),
    "asset_without_lifetime": _assets({"lifetime": None}),
    "asset_without_name": _assets({"name": None}),
    "assets_above_the_park": _assets({"use": 30000}),
    "uses_of_energy": _lines(
        "use",
        _use("200 °C以下供热", 70),
        _use("取暖", 10),
        _use("power", 40),
        _use("transport", 10, "焦炭"),
        _use("kiln", 10, sector="smelting"),
        _use("kiln", None),
    ),
    "supplier_with_power": _lines("supplier", *SUPPLY, _supply("发电量（供热企业）", 100, "万kWh")),
    "supplier_without_heat": _lines("supplier", SUPPLY[0]),
    "supplier_without_fuel": _lines("supplier", SUPPLY[1]),
    "supplier_of_more_than_it_burns": _lines("supplier", SUPPLY[0], _supply("供热量（供热企业）", 90000, "GJ")),
    "supplier_of_other_years": _lines("supplier", *({**line, "year": 2030} for line in SUPPLY)),
    "supplier_beside_an_own_factor": lambda f: (
        _lines("supplier", *SUPPLY)(f),
        [lines["heat"].update(factor=0.1, factor_unit="tCO2/GJ") for lines in f.lines.values()],
    ),
    "supplier_of_nobody": lambda f: (_lines("supplier", *SUPPLY)(f), [lines.pop("heat") for lines in f.lines.values()]),
    "plant_without_a_rule": _lines("plant", *PLANT, PLANT_POWER),
    "plant_that_makes_nothing": _lines("plant", PLANT[0]),
    "plant_without_fuel": _lines("plant", PLANT[1]),
    "plant_of_more_fuel_than_the_park": _lines("plant", _supply("烟煤", 30000, "t"), PLANT[1]),
    "plant_of_years_ahead": _lines("plant", *PLANT, *({**line, "year": 2030} for line in PLANT)),
    "rule_without_a_supplier": lambda f: f.park.update(chp_rule="energy"),
    "factor_of_one_year": lambda f: (
        f.put(2019, "bituminous", 90, "factor"),
        f.put(2019, "bituminous", "tCO2/TJ", "factor_unit"),
    ),
    "captured_above_emissions": _every_year("captured_stored", value=90000),
    "captured_in_one_year": lambda filled: filled.lines[2019].update(captured_used={"value": 50}),
    "grid_of_another_province": lambda filled: filled.park.update(grid_factor="provincial_2021:云南"),
    "no_power": lambda filled: [
        lines.pop(key)
        for lines in filled.lines.values()
        for key in ("electricity", "green_power", "export_power", "plant_power")
    ],
    "factors_a_hundredfold": lambda f: [
        lines[key].update(factor=9000 if key == "natural_gas" else 80, factor_unit="tCO2/TJ")
        for lines in f.lines.values()
        for key in ("bituminous", "natural_gas")
    ],
    "unit_formula": lambda f: f.cells.update({("2019", cell_of("natural_gas", "unit")): Formula("=D1", "t")}),
}
