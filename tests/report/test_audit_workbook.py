"""The audit workbook: live formulas that come to the package's numbers, in the file and recalculated."""

import csv
import io
import re
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
import reports
from builders import mixed_park
from office import formulas_of, values_of, worked_out_anew
from workbook_maker import Filled

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.core.files import data_folder
from pathway_models.report.audit_formulas import column_of, ratio, term, total
from pathway_models.report.audit_pathway import PathwaySheets, likely_draws
from pathway_models.report.audit_workbook import to_xlsx

pytestmark = pytest.mark.slow

PARKS = ("demo-steel", "demo-food-pharma", "region-d", "region-anhui")
CLOSE = 1e-9


def report_inputs(park_id, lang="en"):
    """The deepest scenario of the file: every lever of the library."""
    return reports.report_inputs(park_id, lang, scenarios=("deep",), search=False)


@pytest.fixture(scope="module")
def workbooks():
    return {park_id: to_xlsx(report_inputs(park_id), park_id) for park_id in PARKS}


def row_named(sheet, text):
    """Numbers of the row with a label."""
    for row in sheet.iter_rows(values_only=True):
        if text in row:
            return np.array([value for value in row if isinstance(value, int | float)], dtype=float)
    raise AssertionError(f"no row {text!r} on {sheet.title}")


@pytest.mark.parametrize("park_id", PARKS)
def test_inventory_of_the_workbook_is_that_of_the_package(workbooks, park_id):
    sheet = values_of(workbooks[park_id])["inventory"]
    ours = pw.take_inventory(pw.read_park(park_id))
    np.testing.assert_allclose(row_named(sheet, "total, as reported"), ours.total(), rtol=CLOSE)
    for scope in (1, 2):
        # The last row of that name is the sum; the ones before are its sources.
        rows = [row for row in sheet.iter_rows(values_only=True) if row[2] == f"scope {scope}"]
        np.testing.assert_allclose(rows[-1][5:], ours.scope(scope), rtol=CLOSE)


@pytest.mark.parametrize("park_id", PARKS)
def test_path_of_the_workbook_is_that_of_the_engine(workbooks, park_id):
    on = report_inputs(park_id)
    scenario = on.scenarios[on.chosen]
    draws = likely_draws(pw.sample(on.park, [scenario], members=1, seed=reports.SEED), scenario)
    ours = pw.project(on.park, [scenario], draws)
    start = on.park.years.size - 1
    sheet = values_of(workbooks[park_id])["pathway"]
    np.testing.assert_allclose(row_named(sheet, "total"), ours.total()[0, 0, start:], rtol=CLOSE)
    np.testing.assert_allclose(row_named(sheet, "scope 1"), ours.scope(1)[0, 0, start:], rtol=CLOSE)
    np.testing.assert_allclose(row_named(sheet, "total less sinks"), ours.net()[0, 0, start:], rtol=CLOSE)


def test_every_tonne_of_the_total_is_a_formula_down_to_values_that_are_given(workbooks):
    """From the total of the last year back through all sheets: only numbers that are put in end the chain."""
    formulas, book = formulas_of(workbooks["demo-steel"]), values_of(workbooks["demo-steel"])
    sheet = book["pathway"]
    row = next(row for row in sheet.iter_rows() if row[2].value == "total")
    waiting, seen, ends = [("pathway", row[-1].coordinate)], set(), {}
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        if place in formulas:
            found = re.findall(r"(?:'([^']+)'!)?\$?([A-Z]{1,2})\$?(\d+)", formulas[place])
            waiting += [(name or place[0], f"{column}{number}") for name, column, number in found]
        else:
            ends[place] = book[place[0]][place[1]].value
    assert {name for name, _ in seen} >= {"pathway", "energy", "levers", "drivers", "factors"}
    assert all(isinstance(value, int | float) for value in ends.values())


def test_factors_of_a_set_are_followed_to_carbon_content_and_oxidation(workbooks):
    formulas = formulas_of(workbooks["demo-steel"])
    made = [text for (name, _), text in formulas.items() if name == "factors"]
    assert any("3.6666666666666665" in text for text in made)
    assert any("0.0036" in text for text in made)


def test_energy_begins_with_the_values_as_written(workbooks):
    with (data_folder() / "parks" / "demo-steel.csv").open(encoding="utf-8") as file:
        table = [row for row in csv.DictReader(file) if (row["quantity"], row["item"]) == ("energy", "coke")]
    sheet = values_of(workbooks["demo-steel"])["base data"]
    written = next(r for r in sheet.iter_rows(values_only=True) if r[1:3] == ("coke", "as written"))
    assert written[3] == "t"
    assert list(written[5:]) == [float(row["value"]) for row in table]
    places = [row for row in sheet.iter_rows(values_only=True) if row[2] == "line or cell"]
    assert all(str(cell).startswith("line ") for row in places for cell in row[5:])


def test_text_of_a_table_never_becomes_a_formula():
    on = report_inputs("demo-electronics")
    nasty = '=HYPERLINK("http://x")&1+1'
    park = replace(on.park, name_en=nasty, name_zh=nasty)
    content = to_xlsx(replace(on, park=park), "demo-electronics")
    assert nasty not in " ".join(formulas_of(content).values())
    assert any(nasty in str(cell.value) for row in values_of(content)["read me"].iter_rows() for cell in row)


def test_the_same_inputs_are_the_same_bytes(workbooks):
    assert to_xlsx(report_inputs("demo-steel"), "demo-steel") == workbooks["demo-steel"]


def test_an_invented_park_is_marked_on_the_first_sheet(workbooks):
    def front(park_id):
        return " ".join(str(row[0].value) for row in values_of(workbooks[park_id])["read me"].iter_rows())

    assert "INVENTED / 虚构" in front("demo-steel")
    assert "INVENTED" not in front("region-d")


def test_terms_know_what_they_come_to():
    one, two = term(3.0), term(4.0)
    assert ((one + two) * two).text(0, "") == "((3.0+4.0)*4.0)"
    assert float(((one + two) * two).values) == 28.0
    assert float((1.0 - one / two).values) == 0.25
    assert float(np.maximum(one, two).values) == 4.0
    assert np.minimum(one, 5.0).text(0, "") == "MIN(3.0,5.0)"
    assert (2.0 * -np.exp(one)).text(0, "") == "(2.0*(0.0-EXP(3.0)))"
    assert float((2.0**-1 * one**two).values) == 40.5
    with pytest.raises(PathwayError, match="no formula for sin: there are ABS, EXP"):
        np.sin(one)
    assert float(total([one] * 450).values) == 1350.0
    assert total([one] * 450).text(0, "").count("SUM(") == 4
    assert float(ratio(one, term(0.0), two).values) == 4.0
    assert ratio(one, two, one).text(0, "") == "IF(4.0>0,3.0/4.0,3.0)"
    assert float(column_of(term(5.0), 3).values) == 5.0


@pytest.mark.parametrize("park_id", PARKS)
def test_libreoffice_works_out_the_same_numbers(workbooks, park_id, tmp_path):
    anew, ours = values_of(worked_out_anew(workbooks[park_id], tmp_path)), values_of(workbooks[park_id])
    formulas = formulas_of(workbooks[park_id])
    assert len(formulas) > 1000
    for name, place in formulas:
        theirs, stored = anew[name][place].value, ours[name][place].value
        assert theirs == pytest.approx(stored, rel=CLOSE, abs=1e-9), f"{name}!{place} = {formulas[name, place]}"


def test_a_park_that_the_workbook_cannot_reproduce_is_refused_not_written(monkeypatch):
    on = report_inputs("demo-electronics")
    theirs = PathwaySheets.measures
    monkeypatch.setattr(PathwaySheets, "measures", lambda self, part: [] if part == "capture" else theirs(self, part))
    with pytest.raises(PathwayError, match="does not reproduce the emissions"):
        to_xlsx(on, "demo-electronics")


def test_parks_of_several_sectors_with_processes_are_followed(tmp_path):
    """A park made in code has no table: its energy is put in as the package read it."""
    park = replace(mixed_park(), kind="park")
    on = reports.inputs_of(park, "zh", scenarios=("deep",))
    book = values_of(to_xlsx(on, "demo-steel"))
    ours = pw.take_inventory(park).total()
    np.testing.assert_allclose(row_named(book["排放清单"], "总量（填报口径）"), ours, rtol=CLOSE)


def test_a_filled_workbook_is_followed_from_its_cells(tmp_path):
    """Use as written in its cell, less feedstock, times calorific value; sales are taken off where they stand."""
    path = Filled().write(tmp_path / "tried.xlsx")
    park = pw.read_park(path)
    book = values_of(to_xlsx(reports.inputs_of(park, scenarios=("deep",)), str(path)))
    rows = list(book["base data"].iter_rows(values_only=True))
    place = next(row for row in rows if row[2] == "line or cell")
    assert re.fullmatch(r"\d{4}!\w+\d+", place[5])
    assert any(row[1:3] == ("bituminous coal", "feedstock") for row in rows)
    assert any(row[1] == "purchased electricity" and str(row[2]).startswith("sold") and row[5] < 0 for row in rows)
    ours = pw.take_inventory(park).total()
    np.testing.assert_allclose(row_named(book["inventory"], "total, as reported"), ours, rtol=CLOSE)


def test_the_summary_links_to_the_totals_and_draws_them(workbooks):
    content = workbooks["demo-steel"]
    shown, book = values_of(content)["summary"], openpyxl.load_workbook(io.BytesIO(content))
    rows = {row[0]: row for row in shown.iter_rows(values_only=True) if isinstance(row[0], int | float)}
    total = pw.take_inventory(pw.read_park("demo-steel")).total()
    assert rows[2020][1] == pytest.approx(total[-1], rel=CLOSE)
    assert rows[2020][2] == pytest.approx(total[-1], rel=CLOSE)
    formulas = formulas_of(content)
    links = [text for (sheet, _), text in formulas.items() if sheet == "summary"]
    assert len(links) == total.size + len([row for row in rows.values() if row[2] is not None])
    assert all(text.startswith("='") for text in links)
    (chart,) = book["summary"]._charts
    assert len(chart.series) == 3
    assert book.sheetnames[0] == book.active.title == "summary"


def test_every_sheet_is_set_up_for_print_and_inputs_are_not_called_outputs(workbooks):
    book = openpyxl.load_workbook(io.BytesIO(workbooks["demo-steel"]))
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        # The summary is one page; of the others as many as they are long.
        assert sheet.page_setup.fitToHeight == (None if sheet.title == book.sheetnames[0] else 0)
        assert sheet.title == "read me" or sheet.print_title_rows
    for sheet in (book["base data"], book["drivers"]):
        told = {str(row[2]) for row in sheet.iter_rows(values_only=True) if row[1] == "limestone"}
        assert any("consumption" in text for text in told)
        assert not any("output" in text for text in told)
