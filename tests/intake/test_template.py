"""The empty workbook, and the whole way round: template, filled by a script, checked, accounted by hand."""

import re
import zipfile
from collections import defaultdict

import openpyxl
import pytest
from click.testing import CliRunner
from workbook_maker import PARK, ROOT, YEARS, Filled, cell_of, examined, fill_template, grown, park_cell, row_of, told

import pathway_models as pw
from pathway_models.cli.data_commands import check_command, template_command
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.workbook.layouts import template_layout
from pathway_models.intake.workbook.template import write_template
from pathway_models.inventory.accounts import ledger_rows

EXAMPLE = (ROOT / "docs" / "worked_example.md").read_text(encoding="utf-8")
FIELDS = re.findall(r"^\| (\w+) \| (value|feedstock|factor) \| ([\d.]+) \| (\S.*?) \|$", EXAMPLE, re.MULTILINE)
ARITHMETIC = re.search(r"```python\n(.*?)```", EXAMPLE, re.DOTALL)[1]
RESULTS = dict(re.findall(r"^\| (\w+) \| ([\d.]+) \|$", EXAMPLE, re.MULTILINE))


def by_hand():
    """The lines of arithmetic of the worked example, computed as they stand on the page."""
    names = {}
    for line in ARITHMETIC.splitlines():
        assert re.fullmatch(r"\w+ = [\w\s+\-*/().]+(#.*)?", line), line
        name, expression = line.split("#")[0].split("=")
        names[name.strip()] = eval(expression, {"__builtins__": {}}, names)
    return names


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The worked example, filled into an empty template."""
    lines = defaultdict(dict)
    for key, column, value, unit in FIELDS:
        lines[key][column] = float(value)
        lines[key]["factor_unit" if column == "factor" else "unit"] = unit
    path = tmp_path_factory.mktemp("example") / "example.xlsx"
    return fill_template(path, {**PARK, "first_year": 2020, "last_year": 2020}, {2020: lines})


def test_the_worked_example_is_clean_and_says_what_it_does_not_use(example):
    examination = examine_workbook(example)
    assert told(examination, "error", "warning") == []
    assert [fault.remedy for fault in examination.of("note")] == [
        "recorded and checked, not part of the emissions: plant_power"
    ]


def test_the_inventory_is_what_the_page_computes_by_hand(example):
    park = pw.read_park(example)
    inventory, hand = pw.take_inventory(park), by_hand()
    found = {row[1]: float(inventory.emissions[at, 0]) for at, row in enumerate(inventory.rows)}
    near = {"rel": 1e-9, "abs": 0.0}
    assert found["bituminous"] == pytest.approx(hand["coal"], **near)
    assert found["diesel_oil"] == pytest.approx(hand["diesel"], **near)
    assert found["natural_gas"] == pytest.approx(hand["gas"], **near)
    assert found["limestone"] == pytest.approx(hand["limestone"], **near)
    assert found["electricity"] == pytest.approx(hand["power"], **near)
    assert found["heat"] == pytest.approx(hand["heat"], **near)
    assert float(inventory.scope(1)[0]) == pytest.approx(hand["scope_1"], **near)
    assert float(inventory.scope(2)[0]) == pytest.approx(hand["scope_2"], **near)
    assert float(inventory.total()[0]) == pytest.approx(hand["total"], **near)
    assert float(inventory.location_based[0]) == pytest.approx(hand["power_by_place"], **near)
    assert float(inventory.sinks[0]) == pytest.approx(20 * 8.99, **near)


def test_the_results_printed_on_the_page_are_those_of_its_arithmetic():
    hand = by_hand()
    assert len(RESULTS) == 10
    assert {name: float(text) for name, text in RESULTS.items()} == pytest.approx(hand, rel=1e-9)


def test_every_tonne_of_the_ledger_leads_to_a_cell_and_a_factor(example):
    park = pw.read_park(example)
    ledger = {line["source"]: line for line in ledger_rows(park)}
    coal = [f"2020!{cell_of('bituminous', column)}" for column in ("value", "feedstock")]
    assert ledger["bituminous"]["place"] == " less ".join(coal)
    assert ledger["bituminous"]["factor_id"] == "GBT32151_2024:烟煤"
    assert ledger["diesel_oil"]["factor_id"] == f"own: 2020!{cell_of('diesel_oil', 'factor')}"
    assert ledger["electricity"]["factor_id"] == "national_2021"
    assert ledger["limestone"]["factor_id"] == "process_factors.csv:limestone"
    assert all(line["place"] and line["factor_id"] for line in ledger.values())
    total = float(pw.take_inventory(park).total()[0])
    assert sum(line["emissions_tco2"] for line in ledger.values()) == pytest.approx(total, rel=1e-12)


@pytest.mark.slow
def test_both_languages_and_a_plain_copy_are_read_alike(tmp_path):
    lines = {year: grown(year) for year in YEARS}
    parks = [pw.read_park(fill_template(tmp_path / f"{lang}.xlsx", PARK, lines, lang)) for lang in ("zh", "en")]
    parks.append(examined(Filled(), tmp_path).park)
    totals = [pw.take_inventory(park).total().tolist() for park in parks]
    assert totals[0] == totals[1] == totals[2]
    diesel_of_the_set = 300 * 42.652 * 20.2 * 0.98 * 44 / 12 / 1000
    assert totals[0][0] == pytest.approx(by_hand()["total"] - by_hand()["diesel"] + diesel_of_the_set, rel=1e-9)


def test_a_template_filled_and_saved_again_by_libreoffice_is_read_alike(tmp_path):
    """The file was made by LibreOffice from the template with the lines of the invented park; it computes nothing."""
    examination = examine_workbook(ROOT / "tests" / "data" / "resaved" / "by_libreoffice.xlsx")
    assert told(examination, "error", "warning") == []
    ours = examined(Filled(), tmp_path).park
    assert pw.take_inventory(examination.park).total().tolist() == pw.take_inventory(ours).total().tolist()
    assert examination.park.activity_errors == ours.activity_errors


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_template_asks_for_what_it_needs_and_for_nothing_else(tmp_path, lang):
    path = write_template(tmp_path / "empty.xlsx", [2019, 2020], lang)
    required = [field.key for field in template_layout().description.fields if field.required]
    blank = {f"{template_layout().description.sheet[lang == 'en']}!{park_cell(key)}" for key in required}
    found = told(examine_workbook(path), "error", "warning")
    years = {park_cell("first_year"), park_cell("last_year")}
    assert {place for place, code in found if code == "field_blank"} == {
        place for place in blank if place.split("!")[1] not in years
    }
    assert {code for _, code in found} == {"field_blank", "sheet_empty", "no_energy"}


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "不是科财函〔2021〕159号附件1的官方表格"), ("en", "NOT the official Annex 1")]
)
def test_it_says_that_it_is_not_the_official_form(tmp_path, lang, words):
    book = openpyxl.load_workbook(write_template(tmp_path / "empty.xlsx", [2020], lang))
    for name in book.sheetnames[:2]:
        assert words in book[name]["B2"].value


def test_cells_are_guided_and_guarded(tmp_path):
    book = openpyxl.load_workbook(write_template(tmp_path / "empty.xlsx", range(2016, 2021)))
    assert [name for name in book.sheetnames if name.isdecimal()] == ["2016", "2017", "2018", "2019", "2020"]
    assert all(sheet.protection.sheet for sheet in book.worksheets if sheet.title != "_lists")
    sheet = book["2018"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    units = next(rule for area, rule in rules.items() if cell_of("natural_gas", "unit") in area.split())
    assert units.formula1 == '"10^4 Nm3,亿Nm3,Nm3,tce,万tce,GJ,百万千焦,TJ"'
    assert not sheet[cell_of("natural_gas")].protection.locked
    assert sheet[cell_of("biomass", "factor")].protection.locked
    assert "绿电" in sheet[f"B{row_of('electricity')}"].comment.text


def test_rows_of_the_proposed_form_are_all_there():
    """The nineteen rows of the proposal in facts/template_analogues: none is forgotten."""
    quantities = {entry.quantity for entry in template_layout().entries().values()}
    assert quantities >= {
        "area", "population", "employees", "gdp", "gross_output", "value_added", "total_energy", "energy", "export",
        "green_electricity", "generation", "shared", "product", "fixed_carbon", "captured", "waste", "green_area",
        "pollutant",
    }  # fmt: skip


def test_two_templates_of_the_same_years_are_the_same_file(tmp_path):
    first, second = (write_template(tmp_path / name, [2020]) for name in ("a.xlsx", "b.xlsx"))
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        assert {part.filename: part.CRC for part in one.infolist()} == {p.filename: p.CRC for p in two.infolist()}


@pytest.mark.slow
def test_the_commands_go_the_whole_way(tmp_path, example):
    runner, out = CliRunner(), tmp_path / "park.xlsx"
    answer = runner.invoke(template_command, [str(out), "--years", "2019-2020", "--lang", "en"])
    assert (answer.exit_code, answer.output.strip()) == (0, str(out))
    again = runner.invoke(template_command, [str(out)])
    assert again.exit_code == 1
    assert "it exists; choose another name or give --force" in again.output
    assert runner.invoke(template_command, [str(out), "--years", "2020-2016", "--force"]).exit_code == 2
    empty = runner.invoke(check_command, [str(out), "--annotate", str(tmp_path / "marked.xlsx")])
    assert empty.exit_code == 1
    assert "error     Park!C5" in empty.output
    good = runner.invoke(check_command, [str(example), "--ledger", str(tmp_path / "ledger.csv")])
    assert good.exit_code == 0
    assert "GBT32151_2024" in good.output
    assert "national grid, 2021" in good.output
    assert "40,873" in good.output
    assert len((tmp_path / "ledger.csv").read_text(encoding="utf-8-sig").splitlines()) == 8


def test_check_takes_ids_and_several_tables_and_says_which_are_wrong(tmp_path, example):
    runner = CliRunner()
    answer = runner.invoke(check_command, ["demo-steel", "nowhere", str(example), "--quiet"])
    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert lines[0] == "demo-steel: 0 errors, 0 warnings, 0 notes"
    assert "nowhere: 1 error, 0 warnings, 0 notes" in lines
    assert f"{example}: 0 errors, 0 warnings, 1 note" in lines
    for wrong in (["demo-steel", "--annotate", "x.xlsx"], [str(example), "demo-steel", "--ledger", "x.csv"]):
        assert runner.invoke(check_command, wrong).exit_code == 2
    (tmp_path / "old.csv").write_text("kept", encoding="utf-8")
    kept = runner.invoke(check_command, [str(example), "--ledger", str(tmp_path / "old.csv")])
    assert kept.exit_code == 1
    assert (tmp_path / "old.csv").read_text(encoding="utf-8") == "kept"
