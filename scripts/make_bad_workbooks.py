"""Make workbooks with one fault each, for the tests of the workbook intake.

    python scripts/make_bad_workbooks.py [FOLDER]

Every file starts from the same invented park (`_workbooks.Filled`) and changes one thing.  The messages
about each file are in ``messages.csv`` beside them.  Large files (zip bombs, 200 MB of empty rows) are made by
the tests themselves.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from _bad_archives import ARCHIVES
from _bad_sheets import SHEETS
from _tables import places
from _workbooks import Filled, Formula, park_cell

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "bad_workbooks"
Change = Callable[[Filled], object]


def _value(value: object, key: str = "bituminous", column: str = "value") -> Change:
    """Change one cell of the year 2019."""
    return lambda filled: filled.put(2019, key, value, column)


def _field(key: str, value: object) -> Change:
    """Change one field of the park sheet."""
    return lambda filled: filled.park.update({key: value})


def _line(key: str, **columns: object) -> Change:
    """Add a row to every year sheet."""
    return lambda filled: [lines.update({key: columns}) for lines in filled.lines.values()]


def _formula_name(filled: Filled) -> None:
    filled.cells["园区", park_cell("name_zh")] = Formula("=HYPERLINK(A1)", "park")


CELLS: dict[str, Change] = {
    "full_width_digits": _value("１０５００"),
    "thousands_separators": _value("10,500"),
    "no_break_spaces": _value("\u00a010\u00a0500\u3000"),
    "number_as_text": _value("10500"),
    "decimal_comma": _value("10500,5"),
    "decimal_comma_after_zero": _value("0,315"),
    "group_after_a_zero": _value("0 315"),
    "groups_of_two": _value("10,50,00"),
    "underscore_in_a_number": _value("10_500"),
    "digits_of_two_kinds": _value("１0500"),
    "footnote_sign": _value("10500①"),
    "superscript_digits": _value("10⁴"),
    "percent_sign": _line("water_reuse", value="85%"),
    "word_for_missing": _value("无"),
    "unit_in_value": _value("1.05万吨"),
    "words_for_number": _value("约一万"),
    "far_too_large": _value(1e60),
    "far_too_small": _value(1e-300),
    "endless_number": _value("1e999"),
    "date_in_value": _value(datetime.date(2019, 5, 1)),
    "date_as_text": _value("2019-05"),
    "true_for_number": _value(True),
    "error_cell": _value(Formula("=1/0", "#DIV/0!")),
    "error_as_text": _value("#REF!"),
    "formula_without_result": _value(Formula("=B5*2")),
    "formula_with_zero": _value(Formula("=B5*2", 0)),
    "formula_with_other_result": _value(Formula("=10000+500", 10400)),
    "formula_plain_sum": _value(Formula("=10000+500", 10500)),
    "formula_with_result": _value(Formula("=SUM(K1:K3)", 10500)),
    "negative_use": _value(-10500),
    "unit_unknown": _value("顿", column="unit"),
    "unit_of_another": _value("万kWh", column="unit"),
    "unit_blank": _value(None, column="unit"),
    "unit_with_spaces": _value(" 吨\u00a0", column="unit"),
    "grade_unknown": _value("E", column="grade"),
    "grade_small": _value("ａ", column="grade"),
    "feedstock_above_use": _value(20000, column="feedstock"),
    "feedstock_of_power": _value(10, "electricity", "feedstock"),
    "factor_of_waste": _value(1.5, "so2", "factor"),
    "factor_without_unit": _value(95, column="factor"),
    "factor_in_other_unit": lambda f: (f.put(2019, "heat", 95, "factor"), f.put(2019, "heat", "tCO2/t", "factor_unit")),
    "factor_per_tonne_of_gas": lambda f: (
        f.put(2019, "natural_gas", 2.1, "factor"),
        f.put(2019, "natural_gas", "tCO2/t", "factor_unit"),
    ),
    "factor_far_off": lambda f: (
        f.put(2019, "bituminous", 250, "factor"),
        f.put(2019, "bituminous", "tCO2/TJ", "factor_unit"),
    ),
    "feedstock_without_use": _value(None),
    "percent_as_share": _line("water_reuse", value=85, unit="share"),
    "share_above_one": _line("water_reuse", value=150),
    "share_as_percent": _line("water_reuse", value=0.85),
    "park_id_with_path": _field("park_id", "../../outside"),
    "park_id_of_device": _field("park_id", "con"),
    "name_blank": _field("name_en", None),
    "name_as_formula": _field("name_zh", "=cmd|' /C calc'!A0"),
    "name_by_formula": _formula_name,
    "name_with_control_sign": _field("name_en", "Park\u202e elif"),
    "name_too_long": _field("name_en", "Park " * 120),
    "kind_not_in_list": _field("kind", "园区"),
    "price_year_blank": _field("price_year", None),
    "price_year_wrong": _field("price_year", "2015不变价"),
    "factor_set_unknown": _field("factor_set", "IPCC"),
    "grid_factor_unverified": _field("grid_factor", "provincial_2020:江苏"),
    "grid_factor_in_table_missing": _field("grid_factor", "table"),
    "years_in_wrong_order": _field("last_year", 2016),
    "year_full_width": _field("first_year", "２０１８"),
    "year_unreadable": _field("first_year", "十三五"),
}


def make(folder: Path) -> list[Path]:
    """Write all files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, change in {**CELLS, **SHEETS}.items():
        filled = Filled()
        change(filled)
        made.append(filled.write(folder / f"{name}.xlsx"))
    for name, content in ARCHIVES.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(content())
        made.append(path)
    return made


if __name__ == "__main__":
    make(*places(__doc__, OUT=FOLDER))
