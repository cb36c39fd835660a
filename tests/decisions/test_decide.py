"""The command line of the decision: answers, exit codes, and the same numbers for people and scripts."""

import json

import pytest
from click.testing import CliRunner

from pathway_models.decisions.command import decide_command
from pathway_models.intake.parks import HEADER

SMALL = ["--by", "family", "--members", "40", "--fresh", "80"]


def decide(*words):
    return CliRunner().invoke(decide_command, [*words, *SMALL])


def test_reached_target_ends_with_zero_and_names_the_package():
    done = decide("demo-electronics", "--before", "2040", "--probability", "0.3")
    assert done.exit_code == 0, done.output
    assert "INVENTED" in done.output
    assert "peaks before 2040" in done.output
    assert "fresh draws" in done.output
    assert "Cost not known" in done.output


def test_target_out_of_reach_ends_with_one_and_says_so():
    done = decide("demo-electronics", "--before", "2025", "--as-of", "2020", "--probability", "1.0", "--lang", "zh")
    assert done.exit_code == 1
    assert "没有组合" in done.output
    assert "最接近" in done.output


def test_json_carries_the_same_answer():
    done = decide("demo-electronics", "--before", "2040", "--probability", "0.3", "--format", "json")
    record = json.loads(done.output)
    assert record["reached"]
    assert record["best"]["p_before"] >= 0.3
    assert record["best_is_proven"]
    assert record["every_package_looked_at"]
    assert record["evaluated"] <= record["packages"]


def test_own_costs_make_a_lever_known(tmp_path):
    path = tmp_path / "own.yml"
    amount = "{low: 20, mode: 30, high: 40, unit: CNY/GJ, price_year: 2023, source: own, confidence: seen}"
    path.write_text(f"levers:\n  energy_management:\n    running:\n      - {amount}\n", encoding="utf-8")
    words = ["demo-electronics", "--before", "2040", "--probability", "0.3", "--format", "json"]
    assert "energy_management" in json.loads(decide(*words).output)["cost_not_known"]
    assert "energy_management" not in json.loads(decide(*words, "--costs", str(path)).output)["cost_not_known"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("demo-electronics", "--probability", "2"), "probability = 2.0"),
        (("demo-electronics", "--before", "1990"), "before = 1990"),
        (("demo-electronics", "--neutral", "1999"), "neutral = 1999"),
        (("demo-electronics", "--rate", "-2"), "rate = -2.0"),
        (("demo-electronics", "--later", "-5"), "-5 is not in the range"),
        (("demo-electronics", "--checkpoint", "2025"), "such as 2025=1200000"),
        (("demo-electronics", "--checkpoint", "2025=1", "--checkpoint", "2025=2"), "each year once"),
        (("demo-electronics", "--covered", "1"), "only the park knows both shares"),
    ],
)
def test_wrong_calls_end_with_two_and_no_traceback(words, message):
    done = decide(*words)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_missing_cost_file_is_told_like_any_fault(tmp_path):
    done = decide("demo-electronics", "--costs", str(tmp_path / "none.yml"))
    assert done.exit_code == 1
    assert "a file to read" in done.output


GOAL = ("demo-electronics", "--before", "2040", "--probability", "0.3")


def test_conditions_are_told_with_what_the_package_does():
    words = ("--checkpoint", "2025=9e9", "--checkpoint", "2030=9e9", "--cap", "9e9", "--neutral", "2060")
    done = decide(*GOAL, *words)
    line = " ".join(done.output[done.output.index("Further conditions") :].split())
    assert all(word in line for word in ("in 2025 (100 %)", "in 2030 (100 %)", "peak level", "zero in 2060"))
    record = json.loads(decide(*GOAL, *words, "--format", "json").output)
    assert set(record["best" if record["reached"] else "closest"]["conditions"]) == {
        "peak", "total_2025", "total_2030", "neutral",
    }  # fmt: skip


def test_a_budget_says_that_it_leaves_out_what_has_no_price():
    # As many as no lever of known price: only packages with some of unknown price peak so surely.
    done = decide("demo-electronics", "--before", "2034", "--probability", "0.99", "--budget", "99999", "--lang", "en")
    assert "cost not known" in done.output
    assert "whether the budget holds is not known" in done.output


def test_tighter_targets_front_and_alternatives_are_told():
    done = decide(*GOAL)
    told = ("One year earlier", "One percentage point more", "With levers of known cost")
    assert all(word in done.output for word in told)
    record = json.loads(decide(*GOAL, "--format", "json", "--margin", "0.5").output)
    assert record["alternatives_within"] == 0.5
    assert record["alternatives_in_all"] >= len(record["alternatives"])
    assert {"one_year_earlier", "one_percent_more", "cheapest_without", "gap"} < set(record)


def test_allowances_are_priced_where_the_park_says_its_shares():
    shares = ("--covered", "1", "--free", "0.9")
    assert "Allowances to be bought in 2045" in decide(*GOAL, *shares).output
    assert "Allowances" not in decide(*GOAL).output
    rows = json.loads(decide(*GOAL, *shares, "--format", "json").output)["allowances_million_cny"]
    assert rows[0]["year"] == 2021
    assert all(row["without_levers"] > 0 for row in rows)


def test_substitutions_wait_for_the_assets_of_a_table(tmp_path):
    path = tmp_path / "units.csv"
    lines = ["一号锅炉,boiler,natural_gas,300,TJ,2019,40,120,own"]
    path.write_text("\n".join([",".join(HEADER), *lines]) + "\n", encoding="utf-8")
    done = decide(*GOAL, "--assets", str(path))
    assert done.exit_code == 0, done.output
    said = ("Energy assets: 1 unit, 300 TJ", "2059", "Locked-in", "Green hydrogen (strong) waits", "not yet written")
    assert [word for word in said if word not in done.output] == []
    record = json.loads(decide(*GOAL, "--assets", str(path), "--format", "json").output)["assets"]
    waits = {row["lever"]: row["years_later"] for row in record["levers"]}
    assert waits["green_hydrogen"] > 20
    assert record["reinvestment_windows"][0]["year"] == 2059
    assert "coal_to_gas" in record["not_waiting"]


def test_assets_that_cannot_be_used_are_told_like_any_fault(tmp_path):
    done = decide(*GOAL, "--assets", str(tmp_path / "none.csv"))
    assert done.exit_code == 1
    assert "an existing file" in done.output
    path = tmp_path / "units.csv"
    path.write_text(",".join(HEADER) + "\nb1,boiler,lignite,300,TJ,2019,40,120,own\n", encoding="utf-8")
    done = decide(*GOAL, "--assets", str(path))
    assert done.exit_code == 2
    assert "the park does not use 'lignite'" in done.output
