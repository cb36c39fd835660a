"""The command line of the decision: answers, exit codes, and the same numbers for people and scripts."""

import json

import pytest
from click.testing import CliRunner

from pathway_models.running.decide_command import decide_command

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
    done = decide("demo-electronics", "--before", "2025", "--probability", "1.0", "--lang", "zh")
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
    path.write_text(f"levers:\n  energy_efficiency:\n    running:\n      - {amount}\n", encoding="utf-8")
    words = ["demo-electronics", "--before", "2040", "--probability", "0.3", "--format", "json"]
    assert "energy_efficiency" in json.loads(decide(*words).output)["cost_not_known"]
    assert "energy_efficiency" not in json.loads(decide(*words, "--costs", str(path)).output)["cost_not_known"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("demo-electronics", "--probability", "2"), "probability = 2.0"),
        (("demo-electronics", "--before", "1990"), "before = 1990"),
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
