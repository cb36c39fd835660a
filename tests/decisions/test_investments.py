"""Investments valued one by one and together, their effects with interactions; what is not known stays unknown."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from plan_tables import planned
from workbook_maker import Filled, fill_template

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.decisions.investments import CORNERS, WHOLE, Valued, value_investments
from pathway_models.decisions.project_effects import evaluate_load, project_effects
from pathway_models.decisions.tables import economics
from pathway_models.intake.plans.investments import COLUMNS, investments_of, read_investments
from pathway_models.intake.rules import read_account
from pathway_models.kernels.costs import internal_rates, net_present_value, payback
from pathway_models.records.costs import Investment


def investment(
    name="one", capital=(90.0, 100.0, 120.0), saving=(8.0, 12.0, 15.0), start=2026, years=2, lifetime=20, subsidy=10.0
):
    return Investment(name, "owner", "content", "source", start, years, lifetime, capital, saving, subsidy)


def test_cash_flow_by_hand():
    """Two years of construction with 45 each after the subsidy, then twenty years of 12."""
    assert investment().flows() == pytest.approx([-45, -45, *[12] * 20])
    assert investment().flows("worst") == pytest.approx([-55, -55, *[8] * 20])
    assert investment().flows("best") == pytest.approx([-40, -40, *[15] * 20])


def test_value_rates_and_payback_are_those_of_the_flow():
    (one,) = value_investments([investment()], rate=0.05)
    flow = np.array([-45, -45, *[12] * 20], dtype=float)
    assert one.value["likely"] == pytest.approx(float(net_present_value(flow, 0.05)))
    assert one.rates["likely"] == pytest.approx(tuple(internal_rates(flow)))
    assert one.payback["likely"] == pytest.approx(2 - 1 + 90 / 12)
    assert one.value["worst"] < one.value["likely"] < one.value["best"]


def test_unknown_costs_stay_in_the_list_and_out_of_the_whole():
    known, other, unknown = investment(), investment("two", start=2028), investment("three", saving=None)
    found = value_investments([known, unknown, other])
    assert [one.name for one in found] == ["one", "three", "two", WHOLE]
    assert not found[1].is_priced
    later = net_present_value(other.flows(), 0.06) / 1.06**2
    assert found[-1].value["likely"] == pytest.approx(float(net_present_value(known.flows(), 0.06) + later))


def test_several_rates_of_return_are_all_named_and_none_is_said():
    """-100, 230, -132 has 10 % and 20 %; a project that only costs has none and never pays back."""
    flows = {"several": [-100, 230, -132], "none": [-100, -1, -1]}
    valued = [
        Valued(
            name,
            {corner: float(net_present_value(flow, 0.06)) for corner in CORNERS},
            {corner: tuple(internal_rates(flow)) for corner in CORNERS},
            {corner: payback(flow) for corner in CORNERS},
        )
        for name, flow in flows.items()
    ]
    told = economics(valued)
    assert told.loc["several", "internal rate of return"] == "10.0 % and 20.0 %"
    assert told.loc["none", "internal rate of return"] == "none"
    assert told.loc["none", "payback, years"] == "never"
    assert economics(valued, lang="zh").loc["several", "内部收益率"] == "10.0%、20.0%"


LINES = f"""{",".join(COLUMNS)}
Boilers,Heat works,Electric boilers,2026,2,20,90,100,120,8,12,15,5,-4000,-21000,electrification,,invented,invented
Roofs,Power company,Solar roofs,2027,1,25,,,,,30,,,-2000,-9000,green_power,,invented,invented
Courses,Park,Courses,2027,1,10,,2,,,,,,,,,,invented,invented
"""


def listed(tmp_path, text=LINES):
    path = tmp_path / "mine.investments.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def effects(tmp_path_factory):
    """An electricity load of 360 TJ and 10,000 t of clinker-like product, certain, in full from its first year on."""
    loads = [
        {"project": "kiln", "start": "2027", "ramp_years": "1", "item": "electricity", "value": "360"},
        {"project": "kiln", "start": "2027", "ramp_years": "1", "quantity": "product", "item": "glass",
         "value": "10000", "unit": "t"},
        {"project": "kiln", "start": "2027", "ramp_years": "1", "quantity": "process_factor", "item": "glass",
         "value": "0.2", "unit": "tCO2/t"},
    ]  # fmt: skip
    park = planned(tmp_path_factory.mktemp("plans"), loads)
    projects = [
        investment("kiln", start=2026, years=1),
        investment("pumps", start=2027, years=1),
        investment("roofs", start=2028, years=1),
        investment("courses", start=2028, years=1),
    ]
    ties = ({"load": "kiln"}, {"lever": "electrification", "carbon": -100.0}, {"lever": "green_power"}, {})
    tied = [replace(one, **tie) for one, tie in zip(projects, ties, strict=True)]
    return park, tied, project_effects(park, tied, read_account("zero_carbon_910"), members=40, seed=20240401)


def test_a_load_is_evaluated_by_the_account(effects):
    """360 TJ are 100,000 MWh at 0.8325, 10,000 t at 0.2; both over 10,000 t of product."""
    _, _, found = effects
    kiln = found.effects[0]
    assert kiln.sources == pytest.approx({"electricity": 83_250.0, "glass": 2_000.0})
    assert kiln.total == pytest.approx(85_250.0)
    assert kiln.products == pytest.approx({"glass": 8.525})
    at_grid, _ = evaluate_load(effects[0], effects[0].plans.projects[0], read_account("location"))
    assert at_grid["electricity"] < kiln.sources["electricity"]


def test_a_load_is_projected_with_and_without_itself(effects):
    park, _, found = effects
    year, kiln = found.year, found.effects[0]
    assert year == 2029
    draws = pw.sample(park, [pw.read_scenarios()["bau"]], members=40, seed=20240401)
    with_it, without = (
        pw.project(one, [pw.read_scenarios()["bau"]], draws).total()[0, :, year - int(park.years[0])]
        for one in (park, pw.without_plans(park))
    )
    assert kiln.alone == pytest.approx(float(np.mean(with_it - without)), rel=0.05)  # means are over central members
    assert kiln.together < kiln.alone  # green power takes emissions off the load


def test_what_owners_state_counts_as_far_as_the_others_leave_it(effects):
    park, tied, found = effects
    pumps, roofs, courses = found.effects[1:]
    assert (pumps.alone, roofs.alone, courses.alone) == (-100.0, None, None)
    assert pumps.together != -100.0
    only = project_effects(park, tied[1:2], read_account("zero_carbon_910"), year=2029, members=40, seed=20240401)
    assert only.effects[0].together == pytest.approx(-100.0)  # nobody beside it
    assert (roofs.together, courses.together) == (None, None)
    assert roofs.lever_alone < 0


def test_a_load_that_nobody_committed_is_refused(effects):
    park, tied, _ = effects
    with pytest.raises(PathwayError, match="none of the committed projects \\(kiln\\)"):
        project_effects(park, [replace(tied[0], load="mill")], read_account("location"))


def test_unknown_values_stay_empty_in_the_export(tmp_path):
    words = ["projects", "demo-electronics", "--investments", str(listed(tmp_path)), "--members", "20"]
    done = CliRunner().invoke(main, [*words, "--format", "json"])
    assert done.exit_code == 0, done.output
    rows = {(row["project"], row["quantity"], row["item"]): row["value"] for row in json.loads(done.output)}
    assert rows["Roofs", "net_present_value", "likely"] is None
    assert rows["Courses", "effect_alone", ""] is None
    assert rows["Boilers", "internal_rate_of_return", "likely 1"] == pytest.approx(0.1033, abs=5e-5)
    told = CliRunner().invoke(main, words, env={"COLUMNS": "200"}).output
    assert "cost not known" in told
    assert "tied to no lever or load" in told


@pytest.mark.slow
def test_projects_of_a_workbook_are_those_of_a_table(tmp_path):
    given = Filled()
    filled = fill_template(tmp_path / "park.xlsx", given.park, given.lines)
    assert investments_of(filled) == ()
    book = load_workbook(filled)
    sheet = book["重点项目"]
    for row, line in enumerate(LINES.splitlines()[1:], start=4):
        for column, text in zip("ABCDEFGHIJKLMNOPQR", line.split(","), strict=False):
            sheet[f"{column}{row}"] = float(text) if text.lstrip("-").isdecimal() else text or None
    book.save(filled)
    assert investments_of(filled) == read_investments(listed(tmp_path))
    sheet["E5"] = 0
    book.save(filled)
    with pytest.raises(InputError, match="whole number of years"):
        read_investments(filled)
    assert "whole number of years" in CliRunner().invoke(main, ["check", str(filled)]).output
