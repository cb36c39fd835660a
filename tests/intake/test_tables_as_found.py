"""Tables as offices write them are read where there is one reading, and refused by their cause where there are two."""

import openpyxl
import pytest
from click.testing import CliRunner
from workbook_maker import Filled, repacked

from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.panels import read_series
from pathway_models.intake.table.rows import read_rows

ROWS = [("A", 2010, 90.5), ("A", 2011, 100), ("A", 2012, 97)]


def read(folder, content, name="own.csv", **options):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_series(path, **options)


def values(table):
    return list(table[["entity", "year", "value"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("entity;year;value\nA;2010;90,5\nA;2011;100\nA;2012;97\n", "semicolon-separated, decimal commas"),
        ("sep=;\nentity;year;value\nA;2010;90.5\nA;2011;100\nA;2012;97\n", "semicolon-separated"),
        ("entity\tyear\tvalue\nA\t2010\t90.5\nA\t2011\t100\nA\t2012\t97\n", "tab-separated"),
        ("entity,year,value\nA,2010,90.5\n,,\nA,2011,100\nA,2012,97\n,,\nSource: yearbook,,\n", "no row of data"),
        ("entity,year,value,,\nA,2010,90.5,,\nA,2011,100,,\nA,2012,97,,\n", ""),
        ("entity,year,value\nA,2010,90.5\nA,2011,100\nA,2012,97\nB,2010,\nB,2011,\n", "without any value"),
        ("entity,year,value\nB,2010,500\nB,2011,-0.5\nA,2010,90.5\nA,2011,100\nA,2012,97\n", "below zero"),
    ],
)
def test_a_table_with_one_reading_is_read_and_the_reading_told(tmp_path, content, told):
    table = read(tmp_path, content)
    assert values(table) == ROWS
    assert told in "; ".join(table.attrs["told"])


def test_one_series_needs_no_column_of_names(tmp_path):
    table = read(tmp_path, "year,value\n2010,90.5\n2011,100\n", "steel.csv")
    assert values(table) == [("steel", 2010, 90.5), ("steel", 2011, 100)]


def test_years_as_columns_are_read_when_it_is_said(tmp_path):
    wide = "entity,2010,2011,2012年\nA,90.5,100,97\n"
    assert values(read(tmp_path, wide, wide=True)) == ROWS
    with pytest.raises(InputError, match="give --wide"):
        read(tmp_path, wide)


def test_a_workbook_is_judged(tmp_path):
    book = openpyxl.Workbook()
    for row in [("entity", "year", "value"), *ROWS]:
        book.active.append(row)
    book.create_sheet("remarks").append(["made by hand"])
    book.save(tmp_path / "own.xlsx")
    table = read_series(tmp_path / "own.xlsx")
    assert values(table) == ROWS
    assert table.attrs["told"] == ["sheets that are not read: remarks"]
    answer = CliRunner().invoke(main, ["judge", str(tmp_path / "own.xlsx"), "--rule", "c40"])
    assert answer.exit_code == 0


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("entity;year;value\nA;2010;1.234,5\n", "it looks semicolon-separated"),
        ("entity;year;value\nA;2010;1.234\nA;2011;2.345\n", "it looks semicolon-separated"),
        ("entity\tyear\tvalue\nA\t2010\t1,234\n", "it looks tab-separated"),
        ("Country,Year,Total\nA,2010,90\nA,2011,100\n", "give --entity 'Country'"),
        ("Country,year,value\nA,2010,90\nB,2010,100\n", "give --entity 'Country'"),
        ("entity,year,value\nA,2010,90\n".encode("utf-16"), "UTF-16"),
        ("entity,year,value\nA,2010,90\nB,2010,-50\n", "check the sign"),
        ("entity,year,value\nA,2010,\n", "at least one value"),
        ('entity,year,value\nA,2010,"90\n', "quotation mark"),
        ("entity,year,value\nA,2010,1,5\n", "commas"),
    ],
)
def test_a_table_with_two_readings_is_refused_by_its_cause(tmp_path, content, cause):
    with pytest.raises(InputError) as refused:
        read(tmp_path, content)
    assert cause in str(refused.value)


def test_a_park_table_may_have_remarks_and_empty_rows(tmp_path):
    head = "year,sector,quantity,item,value,unit,source,confidence,note\n"
    row = "2019,park,energy,bituminous,1000,tce,me,invented,\n"
    path = tmp_path / "park.csv"
    path.write_text(f"{head}{row},,,,,,,,\nNote: an invented park,,,,,,,,\n", encoding="utf-8")
    rows, faults = read_rows(path)
    assert len(rows) == 1
    assert [(fault.severity, fault.code) for fault in faults] == [("note", "left_aside")]


def test_strict_open_xml_is_called_by_its_name(tmp_path):
    path = Filled().write(tmp_path / "park.xlsx")
    old, new = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    content = repacked(path.read_bytes(), lambda parts: {name: part.replace(old, new) for name, part in parts.items()})
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"save it again as Excel Workbook"):
        examine_workbook(path)
