"""Filled workbooks for the tests of the intake, made as the script of the bad ones makes them."""

import sys
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from _workbooks import (  # noqa: E402, F401 - the scripts folder is no package
    COLUMNS,
    LINES,
    PARK,
    YEARS,
    Filled,
    Formula,
    cell_of,
    grown,
    park_cell,
    repacked,
    row_of,
)

from pathway_models.intake.examination import examine_workbook  # noqa: E402
from pathway_models.intake.workbook.template import write_template  # noqa: E402

BAD = Path(__file__).parents[1] / "data" / "bad_workbooks"


def fill_template(path, park, lines, lang="zh"):
    """Write an empty template and fill it as a park would: park fields, and lines by year, key and column."""
    write_template(path, sorted(lines), lang)
    book = openpyxl.load_workbook(path)
    for key, value in park.items():
        book["园区" if lang == "zh" else "Park"][park_cell(key)] = value
    for year, of_year in lines.items():
        for key, columns in of_year.items():
            for column, value in columns.items():
                book[str(year)][cell_of(key, column)] = value
    book.save(path)
    return path


def examined(filled, folder, name="park"):
    """Write a filled workbook and examine it."""
    return examine_workbook(filled.write(folder / f"{name}.xlsx"))


def told(examination, *severities):
    """Place and code of each fault of the given severities."""
    return [(fault.place, fault.code) for fault in examination.faults if fault.severity in severities]
