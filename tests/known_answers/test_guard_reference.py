"""Results that changed: figures of the demonstration parks and region D against those stored.

A changed figure is not a fault as such: renew the reference by ``pytest --update-golden``, and say in the change why
the results moved.
"""

from pathlib import Path

import pytest
from builders import SEED

import pathway_models as pw
from pathway_models.guard.comparing import compare, comparison_lines, read_results, verdict_lines, write_figures
from pathway_models.guard.result_checks import guard, guard_results
from pathway_models.records.guard import Results, fits

REFERENCE = Path(__file__).resolve().parents[1] / "golden" / "guard_reference.csv"
MEMBERS = 40
YEARS = (0, 2025, 2030, 2045, 2060)
KEPT = ("p05_tco2", "p50_tco2", "p95_tco2", "peak_*", "p_peak_*", "share_censored", "emissions_last_tco2")


@pytest.fixture(scope="module")
def today(shipped_parks, scenarios):
    chosen = [park for park in shipped_parks.values() if park.invented or park.park_id == "region-d"]
    return guard_results(chosen, scenarios, members=MEMBERS, seed=SEED, assumptions=pw.read_assumptions(as_of=2026))


def few(results):
    """Only the figures worth storing: a change of any other shows in one of these."""
    kept = {k: v for k, v in results.figures.items() if k.year in YEARS and fits(k.quantity, KEPT)}
    return Results("today", kept)


@pytest.mark.slow
def test_every_check_holds_for_every_demonstration_park_and_scenario(today):
    found = guard(today)
    assert found.passed, "\n" + "\n".join(verdict_lines(found))


@pytest.mark.slow
def test_figures_are_those_of_the_reference(today, update_golden):
    if update_golden:
        write_figures(REFERENCE, few(today))
    found = compare(read_results(REFERENCE), few(today))
    told = "\n".join(comparison_lines(found, most=40))
    assert found.unchanged, f"\n{told}\nexplain the change and run pytest --update-golden"
