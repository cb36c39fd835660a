"""Tables as offices write them are read where there is one reading, and refused by their cause where there are two."""

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from workbook_maker import Filled, repacked

from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.panels import read_series
from pathway_models.intake.plans.investments import read_investments
from pathway_models.intake.plans.rows import settle
from pathway_models.intake.plans.scenario_tables import read_scenario_sheet
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
        ("entity,year,value\nA,2010,90.5\nA,2011,100\nA,2012,97\nSource: yearbook, p. 5\n", "no row of data"),
        ('entity;year;value;note\nA;2010;90,5;"a, b"\nA;2011;100;\nA;2012;97;c, d\n', "decimal commas"),
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


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("entity,2010,2011,2011\nA,90,100,97\n", "each column once"),
        ("Country;2010;2011\nA;90,5;100\n", "give --entity 'Country'"),
        ("entity,first,last\nA,90,100\n", "give no --wide"),
    ],
)
def test_a_wide_table_is_refused_by_its_cause(tmp_path, content, cause):
    with pytest.raises(InputError) as refused:
        read(tmp_path, content, wide=True)
    assert cause in str(refused.value)
    assert str(refused.value).startswith("1 fault")


def test_names_that_a_reader_takes_for_one_are_told(tmp_path):
    table = read(tmp_path, "entity,year,value\nChina,2010,90\nchina,2011,100\nＣhina,2012,97\nIndia,2010,5\n")
    assert table["entity"].nunique() == 4
    assert table.attrs["told"] == ["names that may mean one, read as 3: China, china, Ｃhina"]


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
        ("entity;year;value\nA;2010;1,234\nA;2011;950\n", "with numbers such as 1,234"),
        ("entity,year,value\nA,2010,90\nA\u200b,2011,100\n", "without control signs"),
        ("entity,year,value\nA\u202eB,2010,90\n", "without control signs"),
        ("entity,year,value,UoM\nA,2010,90,t\nA,2011,100,kt\n", "all years of an entity in one unit"),
        ("entity,year,value,industry\nA,2010,90,steel\nA,2011,100,cement\n", "of several series"),
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


# what a workbook shows of a number, in every table of a workbook

HEAD = {"A": "entity", "B": "year", "C": "value"}
PLAN = {"A": "bau", "B": "activity", "E": 2021, "F": 2030, "G": "growth", "H": 5, "I": "%/yr", "K": "the park"}
PROJECT = {"A": "boiler", "B": "park", "C": "renewal", "D": 2026, "E": 2, "F": 15, "H": 5, "K": 4, "R": "the park"}


def series_of(path):
    table = read_series(path)
    return table["value"][0], table.attrs["told"]


def scenarios_of(path):
    faults = []
    found = read_scenario_sheet(path, faults)
    settle(faults)
    return found["bau"][0].value, [str(fault) for fault in faults]


def projects_of(path):
    faults = [str(fault) for fault in examine_workbook(path).of("warning")]
    return read_investments(path)[0].capital[1], faults


#: Reader, name of the sheet, its rows from a row on, and the cell of a number that is 5.
SHEETS = {
    "series": (
        series_of,
        "Sheet",
        1,
        [{"A": "entity", "B": "year", "C": "value"}, {"A": "A", "B": 2010, "C": 5}],
        "C2",
    ),
    "scenarios": (scenarios_of, "情景", 4, [PLAN], "H4"),
    "projects": (projects_of, "重点项目", 4, [PROJECT], "H4"),
}


def shown_as(folder, kind, value=5, **looks):
    """The number that a table of a workbook gives for a cell, and what is told of it."""
    reader, name, first, rows, ref = SHEETS[kind]
    path = folder / "own.xlsx"
    book = openpyxl.Workbook() if kind == "series" else openpyxl.load_workbook(Filled().write(path))
    sheet = book.active if kind == "series" else book.create_sheet(name)
    for row, cells in enumerate(rows, start=first):
        for column, content in cells.items():
            sheet[f"{column}{row}"].value = content
    sheet[ref].value = value
    for attribute, look in looks.items():
        setattr(sheet[ref], attribute, look)
    book.save(path)
    return reader(path)


def of_fonts(*parts):
    return CellRichText(*(TextBlock(InlineFont(**font), text) for text, font in parts))


@pytest.mark.parametrize("kind", SHEETS)
@pytest.mark.parametrize(
    "second",
    [{"vertAlign": "superscript"}, {"vertAlign": "subscript"}, {"strike": True}, {"sz": 6}, {"color": "FFFFFFFF"}],
)
def test_digits_of_which_a_part_looks_otherwise_are_no_number(tmp_path, kind, second):
    with pytest.raises(InputError, match="digits that are all alike"):
        shown_as(tmp_path, kind, of_fonts(("5", {}), ("1", second)))


@pytest.mark.parametrize("kind", SHEETS)
def test_digits_of_several_fonts_that_look_alike_are_a_number(tmp_path, kind):
    value, told = shown_as(tmp_path, kind, of_fonts(("1", {"b": True}), ("5", {"rFont": "Arial"})))
    assert (value, told) == (15, [])


@pytest.mark.parametrize("kind", SHEETS)
@pytest.mark.parametrize(
    ("looks", "words"),
    [
        ({"number_format": "0,"}, "shows another number"),
        ({"number_format": 'General"0"'}, "shows another number"),
        ({"number_format": '0"‰"'}, "adds ‰"),
        ({"number_format": '0"²"'}, "adds ²"),
        ({"number_format": '0"万"'}, "adds 万"),
        ({"number_format": ";;"}, "hides it"),
        ({"font": Font(strike=True)}, "struck through"),
        ({"font": Font(vertAlign="superscript")}, "raised or lowered"),
        ({"font": Font(color="FFFFFFFF")}, "its font is white"),
    ],
)
def test_a_number_that_may_mean_another_by_its_looks_is_told(tmp_path, kind, looks, words):
    value, told = shown_as(tmp_path, kind, **looks)
    assert value == 5
    assert words in "; ".join(told)


@pytest.mark.parametrize("kind", SHEETS)
@pytest.mark.parametrize("number_format", ["#,##0.00", "0.0_ ", '0"元"', "0;[Red]-0", "@"])
def test_usual_formats_are_told_of_in_no_table(tmp_path, kind, number_format):
    font = Font(color="FFFFFFFF", bold=True) if number_format == "0.0_ " else Font(bold=True)
    fill = PatternFill("solid", fgColor="FF1F4E79")  # white on a colour is seen
    assert shown_as(tmp_path, kind, number_format=number_format, font=font, fill=fill) == (5, [])


def test_a_percentage_of_a_plan_is_not_a_hundredth_of_it(tmp_path):
    with pytest.raises(InputError, match=r"the cell shows 5% and holds 0\.05"):
        shown_as(tmp_path, "scenarios", 0.05, number_format="0%")


def test_merged_cells_of_a_series_hide_no_year(tmp_path):
    book = openpyxl.Workbook()
    for row in [("entity", "year", "value"), *ROWS]:
        book.active.append(row)
    book.active.merge_cells("C2:C3")
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(InputError, match="take C2:C3 apart"):
        read_series(tmp_path / "own.xlsx")


def test_a_footnote_mark_makes_no_new_name(tmp_path):
    book = openpyxl.Workbook()
    for row in [("entity", "year", "value"), *ROWS]:
        book.active.append(row)
    book.active["A3"].value = of_fonts(("A", {}), ("1", {"vertAlign": "superscript"}))
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(InputError, match="type the name alone"):
        read_series(tmp_path / "own.xlsx")


def test_a_remark_below_the_table_of_a_workbook_is_told(tmp_path):
    book = openpyxl.Workbook()
    for row in [("entity", "year", "value"), *ROWS, (), ("Source: yearbook",)]:
        book.active.append(row)
    book.active.merge_cells("A6:C6")
    book.save(tmp_path / "own.xlsx")
    table = read_series(tmp_path / "own.xlsx")
    assert values(table) == ROWS
    assert table.attrs["told"] == ["row 6 is no row of data: Source: yearbook"]


@pytest.mark.parametrize("names", [("情景", "Scenarios"), ("Scenarios", "情景")])
def test_two_sheets_of_scenarios_are_not_one(tmp_path, names):
    path = Filled().write(tmp_path / "own.xlsx")
    book = openpyxl.load_workbook(path)
    for name in names:
        sheet = book.create_sheet(name)
        for column, content in PLAN.items():
            sheet[f"{column}4"] = content
    book.save(path)
    with pytest.raises(InputError, match="one sheet of this content"):
        scenarios_of(path)
