"""What the numbers of levers rest on: grades, shares of assumptions, declines beside those of real regions."""

import csv
import io

import numpy as np
import pytest
from builders import BAU, coal_park, lever, scenario
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.decisions.attribution import (
    assumed_numbers,
    best_tenth,
    grade,
    held_decline,
    intensity_declines,
    lever_numbers,
    weighed_drivers,
    weighed_levers,
)
from pathway_models.decisions.command import levers_command
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.records.plans import DriverPath


@pytest.mark.parametrize(
    ("source", "mode", "end"),
    [
        ("ASSUME: a guess", "assumed", "assumed"),
        ("derived: 1 over 2 (key); ASSUME: the ends", "derived", "assumed"),
        ("derived: 1 over 2 (key)", "derived", "derived"),
        ("background: read once", "background", "background"),
        ("iscience_2022_ccus", "seen", "seen"),
        ("", "assumed", "assumed"),
    ],
)
def test_a_number_is_graded_by_its_source(source, mode, end):
    assert (grade(source), grade(source, "low")) == (mode, end)


def test_every_number_of_every_lever_is_listed_with_a_source(levers):
    rows = lever_numbers(levers.values())
    assert {row["lever"] for row in rows} == set(levers)
    assert all(row["source"] and row["unit"] for row in rows)


def test_equal_corners_are_one_number():
    one = {"low": 1.0, "mode": 1.0, "high": 1.0, "grade": "derived", "grade_of_ends": "assumed"}
    three = {"low": 0.5, "mode": 1.0, "high": 2.0, "grade": "derived", "grade_of_ends": "assumed"}
    assert assumed_numbers([one, three]) == (2, 4)


def test_drivers_are_weighed_by_the_logs_of_what_they_lower():
    half = DriverPath("co2_per_energy", "", "", 2026, 2030, "change", -50.0, "%", source="key")
    yearly = DriverPath("energy_per_gdp", "", "", 2031, 2040, "growth", -2.0, "%/yr", source="ASSUME: so")
    grown = DriverPath("gdp", "", "", 2026, 2060, "growth", 4.0, "%/yr", source="ASSUME: so")
    found = weighed_drivers([half, yearly, grown], 2035)
    assert [(name, mark) for name, _, mark in found] == [
        ("co2_per_energy 2026-2030", "seen"),
        ("energy_per_gdp 2031-2035", "assumed"),
    ]
    assert [size for _, size, _ in found] == pytest.approx([np.log(2), -5 * np.log(0.98)])


def test_levers_are_weighed_by_the_tonnes_they_avoid():
    cut = lever("reduce_intensity", {"reduction": 0.1})
    found = weighed_levers(coal_park(), scenario(cut), 2035, 5, 1, read_assumptions(as_of=1990))
    assert found == [("tried", pytest.approx(1.0), 1.0)]


def test_the_decline_held_for_ten_years_is_the_fastest_of_all_windows():
    path = np.concatenate([np.ones(5), 0.95 ** np.arange(11), np.full(5, 0.95**10)])
    assert held_decline(path) == pytest.approx(0.05)
    assert np.isnan(held_decline(np.ones(9)))
    assert best_tenth([0.9 ** np.arange(11), *[np.ones(11)] * 10]) == pytest.approx(0.0)


def test_the_decline_of_a_scenario_is_that_of_its_measures():
    cut = lever("reduce_intensity", {"reduction": 0.5}, ramp=("linear", 2020, 2030))
    found = intensity_declines(coal_park(), [BAU, scenario(cut)], 5, 1, read_assumptions(as_of=1990))
    assert found["tried"] > max(found["nothing"], 1 - 0.5**0.1)


def test_the_command_prints_each_number_and_what_is_missing():
    done = CliRunner().invoke(levers_command, [])
    assert done.exit_code == 0, done.output
    assert "scrap_steel.energy_ratio: 0.1 / 0.12 / 0.16  [TJ/TJ]  derived (assumed)" in done.output
    assert "numbers of levers are assumed" in done.output
    assert "stated_policy, 2035:" in done.output
    assert "What rests on assumptions, by weight:" in done.output
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(levers_command, ["--format", "csv"]).output)))
    assert len(rows) == len(lever_numbers(pw.read_levers().values()))
    assert CliRunner().invoke(levers_command, ["--scenario", "nonsense"]).exit_code == 2


def test_what_is_missing_is_listed_where_more_than_a_third_rests_on_assumptions():
    parts = weighed_drivers(pw.read_scenarios("drivers")["stated_policy"].drivers, 2035)
    assumed = {name: size for name, size, mark in parts if mark == "assumed"}
    assert sum(assumed.values()) > sum(size for _, size, _ in parts) / 3
    listed = CliRunner().invoke(levers_command, ["--scenario", "stated_policy"]).output.partition("What rests on")[2]
    assert all(name in listed for name in assumed)


def test_stated_policy_cuts_co2_per_gdp_by_the_plan_the_pledge_and_the_shares_of_other_than_fossil_energy():
    """-17 % over 2026-2030, 8.5 % less CO2 in 2035 than in 2030; 20, 25 and 30 % in 2025, 2030 and 2035."""
    paths = pw.read_scenarios("drivers")["stated_policy"].drivers
    cut = {(path.driver, path.first): 1 + path.value / 100 for path in paths if path.kind == "change"}
    assert cut["energy_per_gdp", 2026] * cut["co2_per_energy", 2026] == pytest.approx(0.83, abs=0.001)
    assert cut["co2_per_energy", 2026] == pytest.approx(0.75 / 0.80)
    assert cut["co2_per_energy", 2031] == pytest.approx(0.70 / 0.75, abs=0.001)
    grown = 1.04**5
    assert grown * cut["energy_per_gdp", 2031] * cut["co2_per_energy", 2031] == pytest.approx(0.915, abs=0.001)


def test_a_setting_may_have_a_source_of_its_own():
    """Half of a zero-carbon park's power is asked for by the rules: the strong setting of green power says so."""
    rows = [row for row in lever_numbers([pw.read_levers()["green_power"]]) if row["parameter"] == "share"]
    assert {row["setting"]: row["grade"] for row in rows} == {"moderate": "assumed", "strong": "derived"}
    assert "ndrc_2025_910" in next(row["source"] for row in rows if row["setting"] == "strong")


@pytest.mark.slow
def test_the_command_weighs_levers_in_a_park_and_sets_intensity_beside_real_regions():
    words = ["--scenario", "deep", "--park", "demo-steel", "--members", "10", "--lang", "zh"]
    done = CliRunner().invoke(levers_command, words)
    assert done.exit_code == 0, done.output
    assert "依据假设" in done.output
    assert "缺少依据的部分（按权重）：" in done.output
    assert "连续十年的最快年均降幅" in done.output
