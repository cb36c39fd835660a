"""Every way a workbook can be wrong is told once, by cell, with what was expected and what to do."""

import ast
import csv
import subprocess
import sys
import zipfile
from collections import defaultdict

import pytest
from workbook_maker import BAD, ROOT, YEARS, Filled, Formula, examined, told

from pathway_models.core.errors import InputError
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.workbook.book import write_annotated
from pathway_models.intake.workbook.layouts import read_layout
from pathway_models.intake.workbook.template import write_template

with (BAD / "messages.csv").open(encoding="utf-8", newline="") as stream:
    MESSAGES = defaultdict(list)
    for row in csv.DictReader(stream):
        MESSAGES[row.pop("file")].append(row)
FILES = sorted(path.stem for path in BAD.glob("*.xlsx"))
#: Codes that need a file made on the fly, a layout of one's own, or another command: tested by name elsewhere.
ELSEWHERE = {
    "no_file": "test_workbook_safety",
    "file_large": "test_workbook_safety",
    "unpacked_large": "test_workbook_safety",
    "cells_many": "test_workbook_safety",
    "sheet_missing": "here",
    "beside": "here",
    "year_twice": "test_workbook_reading",
    "asset": "test_workbook_reading",
    "cell_unread": "test_workbook_reading",
    "blank_year": "test_table_examination",
    "no_rules": "test_template_purposes",
    "no_sample": "test_samples",
    "share": "test_uses_and_supplier",
    "follows_sector": "test_uses_and_supplier",
    "follows_chain": "test_uses_and_supplier",
    "follows_text": "test_uses_and_supplier",
}
MODULES = (
    "checks", "examination", "factors/energy_content", "numbers", "statements", "plausibility_warnings",
    "workbook/asset_sheet", "workbook/blocks", "workbook/book", "workbook/layouts", "workbook/reading",
    "workbook/template",
)  # fmt: skip


def faults_of(path):
    try:
        return [fault for fault in examine_workbook(path).faults if fault.code != "beside"]
    except InputError as error:
        return list(error.faults)


@pytest.mark.parametrize("name", FILES)
def test_a_bad_workbook_is_told_what_is_wrong_where_and_what_to_do(name):
    found = [
        {
            "severity": fault.severity,
            "code": fault.code,
            "place": fault.place,
            "value": fault.value,
            "message": f"expected {fault.expected}; {fault.remedy}",
        }
        for fault in faults_of(BAD / f"{name}.xlsx")
    ]
    assert found == MESSAGES[name]
    assert found


def test_messages_are_there_for_every_file_and_for_no_other():
    assert sorted(MESSAGES) == FILES
    assert len(FILES) >= 40


@pytest.mark.slow
def test_the_script_makes_the_same_files_again(tmp_path):
    script = ROOT / "scripts" / "make_bad_workbooks.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, cwd=ROOT)
    assert sorted(path.stem for path in tmp_path.glob("*.xlsx")) == FILES

    def content(path):
        try:
            with zipfile.ZipFile(path) as archive:
                return [(part.filename, part.CRC) for part in archive.infolist()]
        except zipfile.BadZipFile:
            # A cut archive depends on the compression of the machine that made it.
            return path.name

    changed = [name for name in FILES if content(tmp_path / f"{name}.xlsx") != content(BAD / f"{name}.xlsx")]
    assert changed == []


def stated_codes():
    """Codes of faults in the source of the intake: the third word of a finding, the last of our short forms."""
    at = {"Finding": 2, "_FileError": 4, "report": 3}
    for module in MODULES:
        tree = ast.parse((ROOT / "pathway_models" / "intake" / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = node.args[at[name] : at[name] + 1] if name in at else []
            words += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            words += [node.args[2]] if name == "_at_most" else []
            yield from (word for word in words if isinstance(word, (ast.Constant, ast.JoinedStr)))


def test_every_message_of_the_intake_has_a_file():
    wanted = {word.value for word in stated_codes() if isinstance(word, ast.Constant)}
    wholes = {"green", "export", "shared", "waste", "value_added", "area"}  # they end in _high
    have = {row["code"] for rows in MESSAGES.values() for row in rows} | set(ELSEWHERE)
    assert len(wanted) > 60
    assert {word for word in wanted - wholes if isinstance(word, str)} - have == set()
    assert {f"{word}_high" for word in wholes} <= have
    assert {"feedstock_unused", "factor_unused", "sector_sum", "enterprise_sum", "macro", "external_link"} <= have


def seeded(filled):
    """A park with thirty faults; returns the place and code of each."""
    f = filled
    f.lines = {year: {**lines, "water_reuse": {"value": 85}} for year, lines in f.lines.items()}
    f.park.update(name_en=None, kind="zone", grid_factor="provincial_2020:江苏", price_year="不变价")
    seeds = [
        ("园区!C7", "field_blank"), ("园区!C8", "field_choice"), ("园区!C17", "grid_factor"), ("园区!C15", "year"),
        (f.put(2018, "population", "约五万"), "number"), (f.put(2018, "gross_output", "250,5"), "comma"),
        (f.put(2018, "value_added", "60亿元"), "unit_in_value"), (f.put(2018, "bituminous", -1), "negative"),
        (f.put(2018, "diesel_oil", "无"), "no_value"), (f.put(2018, "natural_gas", "万t", "unit"), "unit"),
        (f.put(2018, "electricity", True), "boolean"), (f.put(2018, "heat", "X", "grade"), "grade"),
        (f.put(2018, "so2", Formula("=A1*2")), "formula_empty"), (f.put(2018, "limestone", "#REF!"), "error_cell"),
        (f.put(2018, "water_reuse", "85%"), "percent_sign"), (f.put(2019, "water_reuse", 250), "share_high"),
        (f.put(2019, "bituminous", 99999, "feedstock"), "feedstock"), (f.put(2019, "diesel_oil", None), "gap"),
        (f.put(2019, "natural_gas", None, "unit"), "unit_blank"), (f.put(2019, "green_power", 5000), "green_high"),
        (f.put(2019, "heat", 9, "feedstock"), "feedstock_unused"), (f.put(2019, "so2", 3, "factor"), "factor_unused"),
        (f.put(2019, "solid_waste_used", 9000), "waste_high"), (f.put(2019, "area_industrial", 40), "area_high"),
        (f.put(2019, "limestone", Formula("=500+500", 900)), "formula_differs"),
        (f.put(2020, "export_power", 99000), "export_high"), (f.put(2020, "value_added", 0), "activity"),
        (f.put(2020, "gross_output", 2000), "jump"), ("2020!C83", "unit_slip"),
        ("2020!C2", "year_cell"),
    ]  # fmt: skip
    f.cells["2020", "C2"] = 2019
    f.put(2020, "solid_waste", "万t", "unit")
    return seeds


def test_thirty_seeded_faults_are_all_told_at_once_and_none_twice(tmp_path):
    filled = Filled()
    seeds = seeded(filled)
    assert len(seeds) == 30
    found = told(examined(filled, tmp_path), "error", "warning")
    assert sorted(found) == sorted(seeds)


def test_nothing_is_found_in_a_clean_workbook(tmp_path):
    examination = examined(Filled(), tmp_path)
    assert told(examination, "error", "warning") == []
    assert [fault.code for fault in examination.faults] == ["beside"]
    assert examination.park is not None


def test_warnings_are_kept_with_the_park_and_shown_with_its_results(tmp_path):
    filled = Filled()
    place = filled.put(2020, "natural_gas", 5200)
    park = examined(filled, tmp_path).park
    assert any(place in note and "9.90 times the year before" in note for note in park.notes)


def test_a_sheet_of_the_description_that_is_missing_is_told(tmp_path):
    """Only with a layout of one's own: a workbook without its signature is of no layout at all."""
    filled = Filled(names={"park": "基本情况"})
    path = filled.write(tmp_path / "park.xlsx")
    layout = ROOT / "data" / "layouts" / "template.yml"
    assert ("园区", "sheet_missing") in told(examine_workbook(path, layout), "error")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("solid: [t,", "solid: [t, 担,", "layout_unit"),
        ("{key: anthracite,", "{key: raw_coal,", "layout_key_twice"),
        ("item: lignite, unit: t,", "item: lignite, unit: MWh,", "layout_unit_set"),
        ("quantity: energy, item: lignite,", "quantity: energy, item: peat,", "layout_label"),
    ],
)
def test_a_layout_that_cannot_work_is_refused_by_line(tmp_path, old, new, code):
    text = (ROOT / "data" / "layouts" / "template.yml").read_text(encoding="utf-8")
    (tmp_path / "own.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_layout(tmp_path / "own.yml")
    assert code in {fault.code for fault in refused.value.faults}
    assert refused.value.faults[0].place.startswith("line ")


@pytest.mark.parametrize(
    ("name", "code"),
    [("park.txt", "template_name"), ("no/park.xlsx", "template_folder"), ("old.xlsx", "template_exists")],
)
def test_a_template_is_written_only_where_nothing_is_lost(tmp_path, name, code):
    (tmp_path / "old.xlsx").write_bytes(b"a year of work")
    with pytest.raises(InputError) as refused:
        write_template(tmp_path / name, YEARS)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert (tmp_path / "old.xlsx").read_bytes() == b"a year of work"


@pytest.mark.parametrize(("name", "code"), [("copy.txt", "annotate_name"), ("park.xlsx", "annotate_exists")])
def test_a_marked_copy_never_replaces_the_workbook(tmp_path, name, code):
    path = Filled().write(tmp_path / "park.xlsx")
    before = path.read_bytes()
    with pytest.raises(InputError) as refused:
        write_annotated(path, [], tmp_path / name)
    assert [fault.code for fault in refused.value.faults] == [code]
    assert path.read_bytes() == before
