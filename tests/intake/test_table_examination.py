"""A CSV table is held to the same rules as a workbook: what corrects it, what checks it, told by line."""

import numpy as np
import pytest
from click.testing import CliRunner
from workbook_maker import YEARS, Filled, cell_of, examined

import pathway_models as pw
from pathway_models.cli.data_commands import check_command
from pathway_models.core import files
from pathway_models.core.errors import InputError
from pathway_models.intake.parks import examine_park
from pathway_models.intake.register import read_register

HEAD = "year,sector,quantity,item,value,unit,source,confidence,note"
SIDECAR = """park_id: tried
name_zh: 试验园区
name_en: a park made for a test
kind: park
invented: true
activity: value_added
price_year: 2015
factor_set: GBT32151_2024
grid_factor: national_2021
province: 江苏
"""
#: quantity, item, value of 2018, unit; later years grow as the workbook's do.
LINES = (
    ("value_added", "", 60, "亿元"),
    ("energy", "bituminous", 10000, "t"),
    ("feedstock", "bituminous", 1000, "t"),
    ("energy", "diesel_oil", 300, "t"),
    ("energy", "natural_gas", 500, "10^4 Nm3"),
    ("energy", "electricity", 2000, "万kWh"),
    ("green_electricity", "", 500, "万kWh"),
    ("energy", "heat", 50000, "GJ"),
    ("export", "electricity", 200, "万kWh"),
    ("generation", "electricity", 600, "万kWh"),
    ("product", "limestone", 1000, "t"),
    ("process_factor", "limestone", 0.44, "tCO2/t"),
    ("gross_output", "", 250, "亿元"),
    ("waste", "solid_generated", 4000, "t"),
    ("waste", "solid_used", 3000, "t"),
    ("pollutant", "so2", 12, "t"),
)
GROWTH = dict(zip(YEARS, (1.0, 1.05, 1.08), strict=True))
CONSTANT = ("process_factor",)


def row(year, quantity, item, value, unit, sector="park", grade=None):
    line = f"{year},{sector},{quantity},{item},{value},{unit},invented,invented,"
    return line if grade is None else f"{line},{grade}"


def written(folder, *more, lines=LINES, grade=None, change=lambda year, line: line):
    """A table of three years, with further rows; every value graded where a grade is given."""
    lines_of_years = [
        row(year, quantity, item, round(value * (1 if quantity in CONSTANT else GROWTH[year]), 6), unit, grade=grade)
        for year in YEARS
        for quantity, item, value, unit in (change(year, line) for line in lines)
    ]
    head = HEAD if grade is None else f"{HEAD},grade"
    (folder / "tried.csv").write_text("\n".join([head, *lines_of_years, *more, ""]), encoding="utf-8")
    (folder / "tried.yml").write_text(SIDECAR, encoding="utf-8")
    return folder / "tried.csv"


def told(examination, *severities):
    return [(fault.code, fault.place.split(",")[0]) for fault in examination.faults if fault.severity in severities]


def test_a_table_and_a_workbook_that_state_the_same_are_accounted_alike(tmp_path):
    table, book = pw.read_park(written(tmp_path)), examined(Filled(), tmp_path).park
    ours, theirs = pw.take_inventory(table), pw.take_inventory(book)
    assert {row[1] for row in ours.rows} == {row[1] for row in theirs.rows}
    np.testing.assert_allclose(ours.total(), theirs.total(), rtol=1e-12)
    np.testing.assert_allclose(ours.location_based, theirs.location_based, rtol=1e-12)
    np.testing.assert_array_equal(table.pollutants["so2"], book.pollutants["so2"])
    assert table.memo_items["feedstock", "park", "bituminous"] == book.memo_items["feedstock", "park", "bituminous"]
    assert table.factor_errors == pytest.approx(book.factor_errors)
    assert table.origins["energy", "park", "bituminous"][2018] == "line 3 less line 4"
    assert book.origins["energy", "park", "bituminous"][2018].endswith(
        f"less 2018!{cell_of('bituminous', 'feedstock')}"
    )


def test_a_clean_table_has_no_error_and_no_warning(tmp_path):
    examination = examine_park(written(tmp_path))
    assert told(examination, "error", "warning") == []
    assert told(examination, "note") == [("beside", "workbook")] or told(examination, "note") == [("beside", "table")]


def test_sales_beyond_the_purchases_and_captured_co2_are_negative_rows_of_a_table_too(tmp_path):
    more = [row(year, "captured", "used", 700, "tCO2") for year in YEARS]
    sold = tuple(("export", "electricity", 2400, "万kWh") if line[0] == "export" else line for line in LINES)
    park = pw.read_park(written(tmp_path, *more, lines=sold))
    inventory = pw.take_inventory(park)
    emitted = {name: values for (_, name, _), values in zip(inventory.rows, inventory.emissions, strict=True)}
    np.testing.assert_allclose(emitted["conversion_captured_used"], -700)
    np.testing.assert_allclose(emitted["conversion_exported_electricity"], -4000 * 0.5568 * np.array([1, 1.05, 1.08]))
    assert "electricity" not in emitted


def test_grades_of_a_table_become_activity_errors_and_a_table_without_them_says_nothing(tmp_path):
    assert pw.read_park(written(tmp_path)).activity_errors == {}
    found = pw.read_park(written(tmp_path, grade="B")).activity_errors
    assert found == pytest.approx(dict.fromkeys(("coal", "oil", "gas", "electricity", "heat", "process"), 0.05))


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ([row(2019, "total_energy", "", 90000, "tce")], "total_differs", "line 50"),
        ([row(2019, "energy_share", "coal", 0.9, "share")], "share_differs", "line 50"),
        ([row(2019, "energy", "lng", 5e4, "t"), *(row(y, "energy", "lng", 50, "t") for y in (2018, 2020))],
         "unit_slip", "line 50"),
        ([row(2019, "factor", "diesel_oil", 500, "tCO2/TJ")], "factor_far", "line 50"),
        ([row(2019, "factor", "diesel_oil", 74, "tCO2/TJ")], "factor_years", "line 5"),
        ([row(y, "captured", "stored", 9e9, "tCO2") for y in YEARS], "captured_high", "line 50"),
    ],
)  # fmt: skip
def test_what_can_be_right_and_seldom_is_is_a_warning_by_line(tmp_path, more, code, place):
    assert (code, place) in told(examine_park(written(tmp_path, *more)), "warning")


def test_an_intensity_no_park_has_is_asked_about(tmp_path):
    lines = tuple(("energy", "heat", 9e9, "GJ") if line[1] == "heat" else line for line in LINES)
    assert ("intensity", "line 2") in told(examine_park(written(tmp_path, lines=lines)), "warning")


def test_a_jump_from_year_to_year_is_asked_about(tmp_path):
    def jump(year, line):
        return (*line[:2], line[2] * 6, line[3]) if (year, line[1]) == (2020, "natural_gas") else line

    assert ("jump", "line 38") in told(examine_park(written(tmp_path, change=jump)), "warning")


def test_a_copied_year_is_asked_about(tmp_path):
    def copy(year, line):
        return (*line[:2], line[2] * GROWTH[2019] / GROWTH[2020], line[3]) if year == 2020 else line

    assert "copied" in {code for code, _ in told(examine_park(written(tmp_path, change=copy)), "warning")}


def test_enterprises_of_a_table_check_the_park_and_their_measured_factor_counts(tmp_path):
    ours = [
        row(2019, "energy", "diesel_oil", value, "t", f"enterprise:{name}")
        for name, value in (("甲", 115), ("乙", 200))
    ]
    factor = row(2019, "factor", "diesel_oil", 80, "tCO2/TJ", "enterprise:甲")
    plain, measured = (pw.read_park(written(tmp_path, *given)) for given in (ours, [*ours, factor]))
    assert plain.sectors == measured.sectors == ("park",)
    change = pw.take_inventory(measured).total() - pw.take_inventory(plain).total()
    per_tj = 20.2 * 0.98 * 44 / 12
    np.testing.assert_allclose(change, [0, 115 * 42.652e-3 * (80 - per_tj), 0], rtol=1e-9, atol=1e-6)
    with pytest.raises(InputError, match="together they are"):
        pw.read_park(written(tmp_path, *ours[:1]))


def test_another_factor_set_can_be_tried_without_touching_the_table(tmp_path):
    path = written(tmp_path)
    own, other = pw.read_park(path), pw.read_park(path, factor_set="NDRC_other_industry_2015")
    at = own.carriers.index("bituminous")
    ratio = 23.204 * 26.18 / (19.57 * 26.1)
    np.testing.assert_allclose(
        other.energy[0, at] * other.factors[0, at], ratio * own.energy[0, at] * own.factors[0, at]
    )
    assert "NDRC_other_industry_2015" in repr(other)
    with pytest.raises(InputError, match="name a shipped set"):
        pw.read_park(path, factor_set="IPCC")


@pytest.mark.slow
def test_shipped_tables_have_no_error_and_invented_parks_no_warning():
    for entry in (entry for entry in read_register() if entry.table):
        examination = examine_park(entry.park_id)
        assert examination.park is not None
        questioned = {code for code, _ in told(examination, "error", "warning")}
        assert questioned <= (set() if entry.invented else {"jump", "unit_slip"}), entry.park_id


def test_the_change_a_province_is_asked_about_stands_in_its_table():
    """Chongqing reports 0.0521 Mt of one coal product in a year and 8.7784 Mt in the next: a true oddity."""
    faults = examine_park("region-chongqing").of("warning")
    assert any("168 times the year before" in fault.remedy for fault in faults)
    assert any("168 times" in note for note in pw.read_park("region-chongqing").notes)


def test_a_table_far_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_TEXT", 2**10)
    with pytest.raises(InputError) as refused:
        pw.read_park(written(tmp_path))
    assert [fault.code for fault in refused.value.faults] == ["text_large"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("a: &a [*a]\n", "yaml_large"),
        ("a: " + "[" * 900 + "]" * 900 + "\n", "yaml_large"),
        ("boundary: '+1'\n", "yaml_value_error"),
        ("park_id: ../../outside\n", "yaml_string_pattern_mismatch"),
    ],
)
def test_a_malicious_description_is_refused(tmp_path, more, code):
    path = written(tmp_path)
    text = SIDECAR.replace("park_id: tried\n", "") if more.startswith("park_id") else SIDECAR
    path.with_suffix(".yml").write_text(text + more, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        pw.read_park(path)
    assert code in {fault.code for fault in refused.value.faults}


def test_check_prints_errors_warnings_and_notes_of_a_table(tmp_path):
    path = written(tmp_path, row(2019, "total_energy", "", 90000, "tce"))
    good = CliRunner().invoke(check_command, [str(path)])
    assert good.exit_code == 0
    assert "0 errors, 1 warning, 1 note" in good.output
    assert "warning   line 50" in good.output
    assert "scope 1" in good.output
    bad = written(tmp_path, row(2019, "export", "electricity", 90000, "万kWh"), row(2018, "waste", "gold", 1, "t"))
    answer = CliRunner().invoke(check_command, [str(bad)])
    assert answer.exit_code == 1
    assert "2 errors, 0 warnings, 1 note" in answer.output
    assert "it stands already in line 26" in " ".join(answer.output.split())


@pytest.mark.parametrize(("missing", "severity", "code"), [(2019, "error", "blank"), (2018, "warning", None)])
@pytest.mark.parametrize("quantity", ["feedstock", "export", "captured"])
def test_what_comes_off_the_emissions_is_never_taken_for_zero_without_a_word(
    tmp_path, quantity, missing, severity, code
):
    lines = (*LINES, ("captured", "stored", 900, "tCO2"))
    path = written(tmp_path, lines=lines)
    kept = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith(f"{missing},park,{quantity},")
    ]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    codes = {"feedstock": "feedstock_years"}.get(quantity, "blank_year")
    assert [found for found, _ in told(examine_park(path), severity)] == [code or codes]


def test_more_sectors_than_industries_are_refused_in_a_line(tmp_path):
    many = (row(y, "energy", "bituminous", 1, "t", sector=f"s{n}") for n in range(2_001) for y in YEARS)
    assert "sectors_many" in [code for code, _ in told(examine_park(written(tmp_path, *many)), "error")]


@pytest.mark.parametrize("missing", YEARS)
@pytest.mark.parametrize("quantity", ["green_area", "sequestration"])
def test_a_sink_of_some_years_is_not_lost_in_all_of_them(tmp_path, quantity, missing):
    both = [row(y, *of) for y in YEARS for of in (("green_area", "", 20, "ha"), ("sequestration", "", 9, "tCO2/ha"))]
    path = written(tmp_path, *(one for one in both if not one.startswith(f"{missing},park,{quantity},")))
    assert [code for code, _ in told(examine_park(path), "error")] == ["gap"]
    filled = Filled()
    del filled.lines[missing][quantity]
    assert [fault.code for fault in examined(filled, tmp_path).of("error")] == ["gap"]


def test_a_measured_factor_of_some_years_is_told(tmp_path):
    filled = Filled()
    filled.lists["主要企业"] = [
        {"year": 2019, "name": "works", "entry": "bituminous", "value": 10500, "unit": "t", "feedstock": 1050,
         "factor": 2.0, "factor_unit": "tCO2/t"}
    ]  # fmt: skip
    found = examined(filled, tmp_path)
    assert [(fault.code, fault.place) for fault in found.of("warning")] == [
        ("factor_years", f"2018!{cell_of('bituminous')}")
    ]


def test_a_remark_on_the_form_of_a_value_hides_no_warning(tmp_path):
    filled = Filled()
    del filled.lines[2018]["bituminous"]["feedstock"]
    filled.put(2018, "bituminous", "10,000")
    assert [fault.code for fault in examined(filled, tmp_path).of("warning")] == ["feedstock_years"]


def test_years_of_a_table_in_different_units_are_compared_as_energy(tmp_path):
    def change(year, line):
        if line[:2] == ("energy", "bituminous") and year == 2019:
            return (*line[:2], 53 * 10000, "tce")
        return line

    lines = tuple(line for line in LINES if line[0] != "feedstock")
    assert "jump" in {code for code, _ in told(examine_park(written(tmp_path, lines=lines, change=change)), "warning")}
