"""Tables of plans: what is wrong is told all at once, each fault at its cell; what lies beside a park is picked up."""

import csv
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from builders import coal_park, mixed_park, park
from data_reading import DATA
from plan_tables import OVERRIDES, PROJECT, PROJECTS, TARGET, planned, plans_of, write

import pathway_models as pw
from pathway_models.core.errors import InputError
from pathway_models.intake.plans.reading import without_plans
from pathway_models.records.plans import Plans

DEMO = [DATA / "plans" / f"demo-cement.{kind}.csv" for kind in ("projects", "overrides")]
GROWTH = {"kind": "growth", "unit": "%", "value": "5"}
SHARE = {"driver": "share", "item": "natural_gas", "value": "40", "unit": "%"}
GRID = {"driver": "grid_factor", "sector": "", "value": "0.3", "unit": "tCO2/MWh"}
FACTOR = {"quantity": "process_factor", "item": "lime", "unit": "tCO2/t", "value": "0.7"}


def faults_of(folder, projects=(), targets=(), park=None):
    with pytest.raises(InputError) as refused:
        plans_of(folder, projects, targets, park)
    return refused.value.faults


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ([{"project": ""}], "plan_name", "project"),
        ([{"project": "=cmd()"}], "plan_name", "project"),
        ([{"sector": "mines"}], "sector", "sector"),
        ([{"start": "2020"}], "plan_year", "start"),
        ([{"start": "next year"}], "plan_year", "start"),
        ([{"start": "2101"}], "plan_year", "start"),
        ([{"ramp_years": "0"}], "ramp_years", "ramp_years"),
        ([{"ramp_years": "1.5"}], "ramp_years", "ramp_years"),
        ([{"probability": "0"}], "probability", "probability"),
        ([{"probability": "80"}], "probability", "probability"),
        ([{"probability": ""}], "number", "probability"),
        ([{"delay_likely": "3", "delay_longest": "1"}], "delay", "delay_likely"),
        ([{"quantity": "coal"}], "quantity", "quantity"),
        ([{"item": "unicorn"}], "carrier", "item"),
        ([{"unit": "MW"}], "unit", "unit"),
        ([{"value": "1,5"}], "fields", ""),
        ([{"value": "much"}], "number", "value"),
        ([{"value": "1e300"}], "number", "value"),
        ([{"value": "-1e6"}], "closure", ""),
        ([{"value": "-600"}, {"project": "other", "value": "-900"}], "closure", ""),
        ([{"source": ""}], "source", "source"),
        ([{"confidence": "sure"}], "confidence", "confidence"),
        ([{}, {}], "twice", "item"),
        ([{}, {"item": "diesel_oil", "start": "2024"}], "project_differs", "start"),
        ([{"quantity": "product", "item": "glass", "unit": "t"}], "process", "item"),
        ([{"quantity": "product", "item": "clinker", "unit": "TJ"}], "unit", "unit"),
        ([{"quantity": "value_added", "item": "", "unit": "TJ"}], "unit", "unit"),
        ([{"quantity": "value_added", "item": "coal", "unit": "million CNY"}], "item", "item"),
        ([{}, {**FACTOR, "item": "clinker"}], "factor_known", "item"),
        ([{}, {**FACTOR, "value": "-1"}], "negative", "value"),
        ([{}, {**FACTOR, "item": "bituminous"}], "process", "item"),
        ([FACTOR], "load", "quantity"),
    ],
)
def test_a_bad_project_is_refused_at_its_cell(tmp_path, changes, code, column):
    first = faults_of(tmp_path, changes)[0]
    assert first.code == code
    assert first.file == "tiny.projects.csv"
    assert column in first.place
    assert first.remedy


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ([{"driver": "luck"}], "driver", "driver"),
        ([{"sector": "mines"}], "sector", "sector"),
        ([{"sector": "all"}], "sector", "sector"),
        ([{**SHARE, "sector": "all"}], "sector", "sector"),
        ([{**GRID, "sector": "works"}], "item", "sector"),
        ([{"item": "coal"}], "item", "item"),
        ([{"year": "2019"}], "plan_year", "year"),
        ([{"year": "2020"}], "plan_year", "year"),
        ([{"year": "2101"}], "plan_year", "year"),
        ([{"year": "soon"}], "plan_year", "year"),
        ([{"kind": "guess"}], "kind", "kind"),
        ([{**SHARE, "kind": "growth"}], "kind", "kind"),
        ([{"value": "many"}], "number", "value"),
        ([{"value": "-5"}], "level", "value"),
        ([{"value": "0"}], "level", "value"),
        ([{"unit": "TJ"}], "unit", "unit"),
        ([{**GRID, "unit": "t"}], "unit", "unit"),
        ([{**GROWTH, "unit": "million CNY"}], "unit", "unit"),
        ([{**GROWTH, "unit": "share"}], "growth_range", "value"),
        ([{**GROWTH, "value": "-100"}], "growth_range", "value"),
        ([{**GROWTH, "kind": "change", "value": "-13.5", "unit": "share"}], "change_range", "value"),
        ([{**SHARE, "unit": "share"}], "share_range", "value"),
        ([{**SHARE, "value": "-1"}], "share_range", "value"),
        ([{**SHARE, "item": "unicorn"}], "carrier", "item"),
        ([{**SHARE, "value": "60"}, {**SHARE, "item": "bituminous", "value": "60"}], "share_sum", "share of works"),
        (
            [{**SHARE, "item": name, "value": "30"} for name in ("bituminous", "natural_gas", "electricity")],
            "share_sum",
            "share of works",
        ),
        ([{"spread": "-1"}], "spread", "spread"),
        ([{**GRID, "value": "0", "spread": "0.1"}], "spread", "spread"),
        ([{}, {"value": "300"}], "twice", "year"),
        ([GROWTH, {**GROWTH, "sector": "all", "year": "2025"}], "all_and_one", "sector"),
        ([{"base_year": "2018"}], "base_year", "base_year"),
        ([{**GROWTH, "kind": "change", "base_year": "2010"}], "base_year", "base_year"),
        ([{"driver": "output", "item": "glass", "unit": "t"}], "process", "item"),
        ([{"source": ""}], "source", "source"),
        ([{"confidence": ""}], "confidence", "confidence"),
    ],
)
def test_a_bad_override_is_refused_at_its_cell(tmp_path, changes, code, column):
    first = faults_of(tmp_path, targets=changes)[0]
    assert first.code == code
    assert first.file == "tiny.overrides.csv"
    assert column in first.place
    assert first.remedy


def test_what_a_sector_without_value_added_has_not_is_refused(tmp_path):
    by_energy = coal_park(kind="energy_index", activity={"park": np.full(6, 1000.0)})
    there = {"sector": "park"}
    value = {**there, "quantity": "value_added", "item": "", "unit": "million CNY"}
    assert faults_of(tmp_path, [value], park=by_energy)[0].code == "no_value_added"
    intensity = {**there, **GROWTH, "driver": "intensity"}
    assert faults_of(tmp_path, targets=[intensity], park=by_energy)[0].code == "energy_index"


def test_a_carrier_without_any_factor_is_refused(tmp_path):
    assert faults_of(tmp_path, [{"item": "other_energy"}])[0].code == "no_factor"
    assert faults_of(tmp_path, targets=[{**SHARE, "item": "other_energy"}])[0].code == "no_factor"


def test_growth_of_an_output_of_zero_and_a_park_without_a_grid_factor_are_refused(tmp_path):
    idle = park({"park": {"bituminous": np.full(6, 10.0)}}, processes=[("lime", "park", np.zeros(6), 0.7)])
    growth = {**GROWTH, "sector": "park", "driver": "output", "item": "lime"}
    assert faults_of(tmp_path, targets=[growth], park=idle)[0].code == "kind"
    off_grid = park({"park": {"bituminous": np.full(6, 10.0)}}, factors={"electricity": 0.0})
    assert faults_of(tmp_path, targets=[GRID], park=off_grid)[0].code == "grid_factor"


def test_all_faults_of_both_tables_are_told_together(tmp_path):
    faults = faults_of(
        tmp_path, [{"start": "1999", "unit": "x"}, {"source": "", "item": "y"}], [{"year": "1"}, SHARE | {"value": "z"}]
    )
    assert {(fault.file, fault.code) for fault in faults} >= {
        ("tiny.projects.csv", "plan_year"),
        ("tiny.projects.csv", "unit"),
        ("tiny.projects.csv", "source"),
        ("tiny.projects.csv", "carrier"),
        ("tiny.overrides.csv", "plan_year"),
        ("tiny.overrides.csv", "number"),
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "no_file"),
        ("", "columns"),
        ("project,sector\na,b\n", "columns"),
        (",".join(PROJECTS) + "\n", "empty"),
        (",".join(PROJECTS) + "\na,b,c\n", "fields"),
        (",".join(PROJECTS) + '\n"boiler,works\n', "csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, code):
    path = tmp_path / "tiny.projects.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        pw.read_plans(mixed_park(), path)
    assert code in {fault.code for fault in refused.value.faults}


def test_gb18030_and_a_byte_order_mark_are_read(tmp_path):
    path = write(tmp_path / "tiny.projects.csv", PROJECTS, [PROJECT | {"project": "三号窑"}])
    text = path.read_text(encoding="utf-8")
    for encoding in ("gb18030", "utf-8-sig"):
        path.write_text(text, encoding=encoding)
        assert pw.read_plans(mixed_park(), path).projects[0].name == "三号窑"


@pytest.fixture
def cement(tmp_path):
    """A copy of a demonstration park in a folder of its own."""
    for ending in ("csv", "yml"):
        shutil.copy(DATA / "parks" / f"demo-cement.{ending}", tmp_path)
    return tmp_path / "demo-cement.csv"


def test_plans_beside_a_table_are_picked_up_and_said(cement):
    assert not pw.read_park(cement).plans
    for path in DEMO:
        shutil.copy(path, cement.parent)
    park = pw.read_park(cement)
    assert (len(park.plans.projects), len(park.plans.targets)) == (4, 5)
    assert sum(note.startswith("PLANS: ") for note in park.notes) == 3
    assert {name for name, _ in park.files} >= {path.name for path in DEMO}
    assert "plans: 4 projects, 5 targets" in repr(park)
    bare = without_plans(park)
    assert not bare.plans
    assert not [note for note in bare.notes if note.startswith("PLANS: ")]
    assert bare.files == pw.read_park("demo-cement").files


def test_faults_of_plans_beside_a_table_are_told_when_it_is_read(cement):
    write(cement.parent / "demo-cement.overrides.csv", OVERRIDES, [TARGET | {"sector": "mines"}])
    with pytest.raises(InputError, match="mines"):
        pw.read_park(cement)


@pytest.mark.slow
def test_shipped_parks_have_no_plans_unless_asked(shipped_parks):
    assert not [name for name, park in shipped_parks.items() if park.plans or park.one_off_years]


def test_plans_put_on_twice_stand_once(tmp_path):
    park = planned(tmp_path, [{"item": "fuel_oil"}], [{}])
    again = pw.with_plans(park, park.plans)
    assert again.carriers == park.carriers
    assert again.notes == park.notes
    assert pw.with_plans(park, Plans()).plans == Plans()


def test_the_readme_names_every_column_of_the_tables():
    text = (Path(DATA) / "README.md").read_text(encoding="utf-8")
    assert ",".join(PROJECTS) in text
    assert ",".join(OVERRIDES) in text


@pytest.mark.parametrize("last", ["Source: plan of 2026", "来源：2026年规划"])
def test_a_remark_below_a_table_of_plans_is_told(tmp_path, caplog, monkeypatch, last):
    # Another test may have configured logging, which switches existing loggers off.
    monkeypatch.setattr(logging.getLogger("pathway_models"), "disabled", False)
    text = DEMO[0].read_text(encoding="utf-8").splitlines()
    (tmp_path / "plans.csv").write_text("\n".join([*text, last + "," * text[0].count(","), ""]), encoding="utf-8")
    pw.read_plans(pw.read_park("demo-cement"), projects=tmp_path / "plans.csv")
    assert [f"plans.csv: line {len(text) + 1} is no row of data: {last}"] == caplog.messages


@pytest.mark.parametrize("column", range(13))
def test_signs_that_nobody_sees_are_refused_in_every_column_and_line_ends_are_spaces(tmp_path, column):
    with DEMO[0].open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows[0][column] += "\u202e"
    rows[0][-1] = rows[0][-1] or "two\nlines"
    with (tmp_path / "plans.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    with pytest.raises(InputError) as refused:
        pw.read_plans(pw.read_park("demo-cement"), projects=tmp_path / "plans.csv")
    assert (f"line 2, {header[column]}", "control_sign") in {(f.place, f.code) for f in refused.value.faults}
