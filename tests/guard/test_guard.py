"""Checks of all results and comparison of two versions: every kind, by hand; files, pages and commands."""

import math
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.batch.results import write_results
from pathway_models.core.errors import BatchError, InputError, RecordError
from pathway_models.guard.command import compare_command, guard_command
from pathway_models.guard.comparing import (
    compare,
    comparison_lines,
    comparison_page,
    read_results,
    verdict_lines,
    verdict_page,
    write_figures,
)
from pathway_models.guard.result_checks import guard, guard_results
from pathway_models.intake.guard import read_guard
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.guard import Check, Guard, Key, Results, Tolerance

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
LAST = 2020


def results(rows, name="made"):
    """Figures of one park from (scenario, quantity, year): value."""
    return Results(name, {Key("tiny", *key): float(value) for key, value in rows.items()}, {"tiny": LAST})


def breaches(check, rows):
    """Figures a single check refuses, as (scenario, quantity, year)."""
    found = guard(results(rows), Guard((check,)))
    return [None if one.key is None else tuple(one.key[1:]) for one in found.breaches]


def check(kind, quantities, **more):
    return Check("tried", kind, tuple(quantities), **more)


def test_bounds_refuse_what_lies_outside_and_what_is_no_number():
    rows = {("a", "p_peak", 0): 1.0, ("b", "p_peak", 0): 1.01, ("c", "p_peak", 0): math.nan, ("a", "other", 0): 9}
    assert breaches(check("bounds", ["p_*"], low=0, high=1), rows) == [("b", "p_peak", 0), ("c", "p_peak", 0)]


def test_infinite_peak_year_is_within_a_lower_bound_alone():
    rows = {("a", "peak_year_p95", 0): math.inf}
    assert breaches(check("bounds", ["peak_*"], low=1990), rows) == []
    assert breaches(check("bounds", ["peak_*"], low=1990, high=2060), rows) == [("a", "peak_year_p95", 0)]


def test_bands_must_rise():
    rows = {("a", "p05", 2030): 1, ("a", "p50", 2030): 3, ("a", "p95", 2030): 2, ("a", "p05", 2031): 1}
    assert breaches(check("rising", ["p05", "p50", "p95"]), rows) == [("a", "p50", 2030)]


def test_stronger_scenario_is_never_above_the_next_one_that_is_there():
    rows = {("deep", "p50", 2030): 5, ("bau", "p50", 2030): 4, ("deep", "p50", 2040): 3, ("bau", "p50", 2040): 4}
    order = check("never_above", ["p50"], scenarios=("deep", "moderate", "bau"))
    assert breaches(order, rows) == [("deep", "p50", 2030)]
    assert breaches(replace(order, tolerance=0.25), rows) == []


def test_same_scenarios_agree_and_a_single_one_is_no_fault():
    rows = {("bau", "p50", 2030): 4, ("sinks", "p50", 2030): 4.5}
    assert breaches(check("same", ["p50"], scenarios=("sinks", "bau")), rows) == [("bau", "p50", 2030)]
    assert breaches(check("same", ["p50"], scenarios=("sinks", "bau")), {("bau", "p50", 2030): 4}) == []


def test_record_is_the_same_in_all_scenarios_but_the_projection_need_not_be():
    rows = {("a", "p50", 2019): 1, ("b", "p50", 2019): 2, ("a", "p50", 2021): 1, ("b", "p50", 2021): 2}
    assert breaches(check("same_in_record", ["p50"]), rows) == [("b", "p50", 2019)]


@given(st.floats(0.5, 1.5))
def test_first_projected_year_stays_within_the_largest_change(step):
    rows = {("a", "p50", LAST): 100, ("a", "p50", LAST + 1): 100 * step, ("a", "p50", LAST + 2): 900}
    expected = [] if abs(100 * step - 100) <= 15 else [("a", "p50", LAST + 1)]
    assert breaches(check("continuous", ["p50"], largest=0.15), rows) == expected


def test_parts_add_up_to_their_total():
    rows = {("a", "coal", 2030): 1, ("a", "gas", 2030): 2, ("a", "all", 2030): 3.5, ("a", "all", 2031): 9}
    assert breaches(check("adds_up", ["coal", "gas"], total="all"), rows) == [("a", "all", 2030)]


def test_check_that_finds_nothing_is_a_breach_unless_it_may():
    rows = {("a", "p50", 2030): 1}
    assert breaches(check("bounds", ["p5o"], low=0), rows) == [None]
    assert breaches(check("bounds", ["p5o"], low=0, optional=True), rows) == []


def test_warning_is_shown_and_does_not_fail():
    found = guard(results({("a", "p", 0): 2}), Guard((check("bounds", ["p"], high=1, severity="warning"),)))
    assert (found.passed, len(found.breaches)) == (True, 1)
    assert any(line.startswith("!") for line in verdict_lines(found))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "feels_right"}, "kind 'feels_right' is not one of"),
        ({"kind": "bounds"}, "needs low, high or both"),
        ({"kind": "continuous"}, "needs largest"),
        ({"kind": "never_above", "scenarios": ("bau",)}, "needs two scenarios"),
        ({"kind": "rising"}, "needs two quantities"),
        ({"kind": "bounds", "low": 0, "severity": "mild"}, "severity 'mild'"),
        ({"kind": "bounds", "low": 0, "quantities": ()}, "quantities: at least one"),
    ],
)
def test_impossible_checks_are_refused(wrong, told):
    with pytest.raises(RecordError, match=re.escape(told)):
        Check(**{"check_id": "tried", "quantities": ("p50",), **wrong})


FILE = """checks:
  - {id: one, kind: bounds, quantities: [p50], low: 0}
  - id: one
    kind: bownds
    quantities: [p50]
tolerances:
  - {quantities: ["*"], relative: -1}
"""


def test_mistakes_of_the_file_are_told_with_their_lines(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_guard(path)
    told = "\n".join(map(str, caught.value.faults))
    for part in (
        "mine.yml, line 3, checks.1 = 'one': expected kind 'bownds' is not one of",
        "line 3, checks.1.id = 'one': expected each id once",
        "line 7, tolerances.0",
    ):
        assert part in told
    path.write_text("checks: [{id: a, kind: bounds, quantities: [p], lowest: 1}]\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape("line 1, checks.0.lowest = '1': expected a key that has a meaning")):
        read_guard(path)


def test_figures_change_beyond_their_tolerance_only():
    rules = Guard((), (Tolerance(("p_*",), absolute=0.01), Tolerance(("*",), relative=0.1, absolute=1)))
    before = results(
        {("a", "p_1", 0): 0.5, ("a", "p_2", 0): 0.5, ("a", "e", 0): 100, ("a", "f", 0): 100, ("a", "g", 0): 0}
    )
    after = results(
        {("a", "p_1", 0): 0.509, ("a", "p_2", 0): 0.52, ("a", "e", 0): 111, ("a", "f", 0): 120, ("a", "g", 0): 1}
    )
    found = compare(before, after, rules)
    assert [(one.key.quantity, round(one.times, 2)) for one in found.changes] == [("p_2", 2.0), ("f", 1.67)]
    assert found.same == 3
    assert found.changes[1].relative == pytest.approx(0.2)


def test_infinite_against_finite_is_always_a_change():
    before, after = (
        results({("a", "peak", 0): math.inf, ("b", "peak", 0): math.inf}),
        results({("a", "peak", 0): 2058, ("b", "peak", 0): math.inf}),
    )
    found = compare(before, after, Guard((), (Tolerance(("*",), absolute=1e9),)))
    assert [one.key.scenario for one in found.changes] == ["a"]
    assert math.isinf(found.changes[0].times)
    assert found.changes[0].relative is None


def test_figures_of_one_side_are_listed_and_not_compared():
    found = compare(results({("a", "p", 0): 1, ("b", "p", 0): 1}), results({("a", "p", 0): 1, ("a", "q", 0): 1}))
    assert [key.scenario for key in found.only_before] == ["b"]
    assert [key.quantity for key in found.only_after] == ["q"]
    assert not found.unchanged
    assert found.changes == ()


@pytest.mark.slow
@given(st.dictionaries(st.integers(2000, 2060), st.floats(-1e9, 1e9), max_size=8))
def test_nothing_changed_against_itself_and_both_ways_change_alike(values):
    one = results({("a", "p50_tco2", year): value for year, value in values.items()})
    other = results({("a", "p50_tco2", year): 1.1 * value for year, value in values.items()})
    assert compare(one, one).unchanged
    there, back = compare(one, other), compare(other, one)
    assert {c.key for c in there.changes} == {c.key for c in back.changes}
    assert [c.difference for c in there.changes] == [-c.difference for c in back.changes]


@pytest.fixture(scope="module")
def computed(scenarios):
    return guard_results([pw.read_park("demo-cement")], scenarios, members=12)


def test_shipped_checks_look_at_everything_they_name(computed):
    found = guard(computed)
    assert found.passed
    assert all(count > 0 for _, count in found.looked_at)


def test_figures_survive_their_file(computed, tmp_path):
    endless = results({("a", "peak_year_p95", 0): math.inf})
    for figures in (computed, endless):
        path = write_figures(tmp_path / "figures.csv", figures)
        back = read_results(path)
        assert compare(figures, back).unchanged
        assert list(back.figures) == sorted(back.figures)
    assert back.figures == endless.figures


def test_run_folder_holds_the_figures_that_are_computed(computed, scenarios, tmp_path):
    """What is checked without a run is what a run writes."""
    park = pw.read_park("demo-cement")
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=12, seed=20240401))
    write_results(tmp_path / "demo-cement", park, scenarios, pathways, find_peaks(pathways))
    text = (tmp_path / "demo-cement" / "summary.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "summary.csv").write_text(text, encoding="utf-8-sig")
    run = read_results(tmp_path)
    assert run.last_observed == computed.last_observed
    assert guard(run).passed
    found = compare(computed, run)
    assert found.changes == ()
    # Sources are beyond a run's tables; everything else is there.
    assert {key.quantity.split("_")[0] for key in found.only_before} == {"source"}
    assert found.about.keys() == set()


def test_what_is_no_run_and_no_file_of_figures_is_refused(tmp_path):
    with pytest.raises(BatchError, match=re.escape("expected the folder of a run with summary.csv")):
        read_results(tmp_path)
    (tmp_path / "summary.csv").write_text("park_id,scenario,last_observed_year\n", encoding="utf-8-sig")
    with pytest.raises(BatchError, match="no park of this run came out"):
        read_results(tmp_path)
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape("other.csv, line 1")):
        read_results(path)
    path.write_text("park,scenario,quantity,year,value\nx,y,z,2030,many\nx,y,z\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape("2 faults")):
        read_results(path)


@LANGUAGES
def test_pages_and_lines_tell_the_same(computed, lang):
    moved = Results("moved", {key: value * 1.01 for key, value in computed.figures.items()}, computed.last_observed,
                    {"seed": "2"})  # fmt: skip
    found = compare(computed, moved)
    page, lines = comparison_page(found, lang=lang), comparison_lines(found, most=5, lang=lang)
    assert lines[1] in page
    assert "demo-cement" in page
    assert "seed: 20240401 -> 2" in "\n".join(lines)
    verdict = guard(moved)
    assert verdict_lines(verdict, lang=lang)[-1] in verdict_page(verdict, lang=lang)
    assert "://" not in page


def test_names_in_a_page_are_never_taken_for_markup():
    bad = results({("<script>", "p_peak_x", 0): 7})
    rules = Guard((check("bounds", ["p_*"], high=1),))
    assert "<script>" not in verdict_page(guard(bad, rules))
    assert "<script>" not in comparison_page(compare(bad, results({("<script>", "p_peak_x", 0): 8})))


@pytest.mark.slow
def test_commands_give_their_answer_as_exit_code(tmp_path):
    figures, page, table = tmp_path / "a.csv", tmp_path / "a.html", tmp_path / "changes.csv"
    call = ["--park", "demo-cement", "--members", "6", "--figures", str(figures), "--out", str(page)]
    told = CliRunner().invoke(guard_command, call)
    assert told.exit_code == 0, told.output
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert CliRunner().invoke(guard_command, [str(figures)]).exit_code == 0
    assert CliRunner().invoke(compare_command, [str(figures), str(figures)]).exit_code == 0
    other = tmp_path / "b.csv"
    CliRunner().invoke(
        guard_command, ["--park", "demo-cement", "--members", "6", "--seed", "3", "--figures", str(other)]
    )
    moved = CliRunner().invoke(compare_command, [str(figures), str(other), "--csv", str(table), "--out", str(page)])
    assert moved.exit_code == 1
    assert "demo-cement" in moved.output
    assert table.read_text(encoding="utf-8-sig").startswith("park,scenario,quantity,year,before,after")


@pytest.mark.parametrize(
    ("command", "call", "code", "told"),
    [
        (guard_command, ["--park", "nowhere"], 1, "nowhere"),
        (guard_command, ["no-such-run"], 1, "no-such-run"),
        (guard_command, ["--checks", "no-such.yml"], 1, "no-such.yml"),
        (compare_command, ["no-such-run", "other"], 1, "no-such-run"),
        (guard_command, ["--members", "0"], 2, "members = 0"),
    ],
)
def test_commands_refuse_without_a_traceback(command, call, code, told):
    result = CliRunner().invoke(command, call)
    assert (result.exit_code, told in result.output) == (code, True), result.output
