"""Verdicts of three kinds: nothing is met on a missing input, and what is missing is named by cell."""

import json
from itertools import combinations

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from workbook_maker import Filled, examined

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.compliance.judging import place_of
from pathway_models.core.errors import InputError
from pathway_models.intake.rules import read_profile
from pathway_models.intake.workbook.template import write_template

#: Rows of the workbook that an indicator of the zero-carbon profile cannot do without.
NEEDED = {
    "solid_waste": ["solid_waste_use"],
    "solid_waste_used": ["solid_waste_use"],
    "water_reuse": ["water_reuse"],
    "waste_heat_use": ["waste_heat_use"],
    "electricity": ["co2_per_energy"],
    "heat": ["co2_per_energy"],
}
GOOD = {
    "solid_waste": {"value": 100}, "solid_waste_used": {"value": 95}, "water_reuse": {"value": 95},
    "waste_heat_use": {"value": 80}, "heat": {"value": 0},
}  # fmt: skip


def clean(years=3, without=(), year=None):
    """Fill a workbook whose park meets what can be met, some rows left out, in one year or in all."""
    filled = Filled()
    for at, lines in filled.lines.items():
        lines.update({key: dict(value) for key, value in GOOD.items()})
        for key in without:
            if year in (None, at):
                lines.pop(key, None)
    return filled


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    return examined(clean(), tmp_path_factory.mktemp("clean")).park


def test_what_is_stated_is_judged(park):
    found = pw.comply(park)
    assert {found[name].verdict for name in ("solid_waste_use", "waste_heat_use", "water_reuse")} == {"met"}
    assert found["clean_energy_share"].verdict == "cannot_say"
    assert found["clean_energy_share"].reason_en == "the table gives only a lower bound"


def test_a_park_below_all_classes_has_no_limit(park):
    core = pw.comply(park)["co2_per_energy"]
    assert core.values
    assert core.verdict == "cannot_say"
    assert "200,000" in core.reason_en


@pytest.mark.parametrize(
    "without", [rows for count in range(1, 5) for rows in combinations(sorted(NEEDED), count)], ids="+".join
)
def test_nothing_is_met_on_a_missing_input(tmp_path, without):
    """Leave out one to four of the rows, as a park would, in every way; what needs them is never met."""
    found = examined(clean(without=without), tmp_path)
    if found.park is None:  # the table itself is refused, by cell
        assert found.faults
        return
    judged = pw.comply(found.park)
    for key in without:
        for indicator in NEEDED[key]:
            one = judged[indicator]
            assert one.verdict == "cannot_say"
            assert any(f"row {key})" in missing.place for missing in one.missing), (key, one.missing)


def test_the_cell_of_a_missing_input_is_the_one_of_the_template(tmp_path, park):
    write_template(tmp_path / "empty.xlsx", [2020])
    sheet = load_workbook(tmp_path / "empty.xlsx")["2020"]
    for quantity, item, key in (
        ("reuse_share", "water", "water_reuse"),
        ("energy", "heat", "heat"),
        ("employees", "", "employees"),
    ):
        name, where, cell = place_of(park, quantity, item, 2020).place.split(", ")
        assert (name, where) == (park.files[0][0], "sheet 2020")
        assert sheet[f"A{cell.split(' ')[0].strip('C')}"].value == key
        assert cell.endswith(f"(row {key})")


def test_both_coefficients_are_shown_and_two_results_come_out():
    core = pw.comply(pw.read_park("demo-electronics"))["co2_per_energy"]
    assert core.values == pytest.approx({"kgce_0.2856": 2.6594, "kgce_0.3024": 2.5240}, abs=5e-5)
    assert core.verdict == "not_met"


def test_a_threshold_that_was_not_seen_is_judged_only_where_accepted():
    park = pw.read_park("demo-electronics")
    assert pw.comply(park, "hj274_2015")["hj274:11"].verdict == "cannot_say"
    assert pw.comply(park, "hj274_2015", accept=["background"])["hj274:11"].verdict == "met"


def test_a_standard_whose_text_was_not_seen_says_nothing():
    found = pw.comply(pw.read_park("demo-electronics"), "eco_industrial_2026")
    assert found.count("cannot_say") == len(found.judgements)


def test_no_chinese_profile_is_held_against_a_park_elsewhere():
    found = pw.comply(pw.read_park("eu-ludwigshafen"))
    assert {one.reason_en for one in found.judgements} == {"the profile applies only in China"}


@pytest.mark.parametrize(
    "words",
    [
        ("comply",),
        ("comply", "--ahead"),
        ("comply", "--profile", "hj274_2015"),
        ("account", "--account", "zero_carbon_910"),
        ("account", "--bridge", "location", "ets"),
        ("budget",),
        ("budget", "--rule", "neutral"),
    ],
)
def test_a_rule_of_another_country_is_told_in_one_line(words):
    command, *more = words
    for lang, told in (("en", "is in Germany"), ("zh", "位于德国")):
        done = CliRunner().invoke(main, [command, "eu-ludwigshafen", *more], env={"PATHWAYS_LANG": lang})
        assert done.exit_code == 1
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert told in line


def test_a_year_before_the_rule_is_judged_as_if_it_had_held():
    told = CliRunner().invoke(main, ["comply", "demo-electronics"]).output
    assert "The rule applies from 2025; 2020 is judged as if it already applied." in " ".join(told.split())


def test_command_says_by_its_exit_code_what_can_be_said():
    runner = CliRunner()
    told = runner.invoke(main, ["comply", "demo-electronics"])
    assert told.exit_code == 1
    assert "2.66 / 2.52" in told.output
    assert runner.invoke(main, ["comply", "demo-electronics", "--profile", "nothing"]).exit_code == 2
    rows = json.loads(runner.invoke(main, ["comply", "demo-electronics", "--format", "json"]).output)
    assert {row["verdict"] for row in rows} == {"not_met", "cannot_say"}
    table = runner.invoke(main, ["comply", "demo-electronics", "--format", "csv"]).output
    assert table.splitlines()[0].startswith("park_id,profile,year,indicator")


def test_a_profile_of_ones_own_is_judged_completely(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(
        "name: {en: mine, zh: 我的}\nsource: own\nvalid_from: 2020\ncountry: CN\naccount: location\nindicators:\n"
        "  - {id: a, name: {en: energy, zh: 能耗}, formula: energy_per_value_added, unit: tce/万元, kind: guiding,"
        " confidence: seen, at_most: 0.1}\n",
        encoding="utf-8",
    )
    runner = CliRunner()
    told = runner.invoke(main, ["comply", "demo-electronics", "--profile", str(path)])
    assert told.exit_code == 0, told.output
    assert "1 met" in told.output
    path.write_text(
        path.read_text(encoding="utf-8").replace("at_most: 0.1", "at_most: 0.1, at_least: 3"), encoding="utf-8"
    )
    with pytest.raises(InputError, match="not both"):
        read_profile(path)
