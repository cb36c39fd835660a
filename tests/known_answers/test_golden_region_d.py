"""The golden table of region-d: small, sorted, text; renewed by ``pytest --update-golden``.

A changed number is not a fault as such: renew the table, and say in the change why the results moved.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
from builders import SEED

import pathway_models as pw
from pathway_models.core import ISSUE_VARIABLE

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "region_d.csv"
COLUMNS = ("scenario", "year", "total_p50_tco2")
MEMBERS = 200
STEP = 5


def table(pathways):
    """Median total by scenario and every fifth year, six significant digits, sorted."""
    median = np.median(pathways.total(), axis=1)
    rows = [
        (scenario, str(year), f"{median[s, y]:.5e}")
        for s, scenario in enumerate(pathways.scenarios)
        for y, year in enumerate(pathways.years.tolist())
        if year % STEP == 0
    ]
    return sorted(rows)


@pytest.fixture(scope="module")
def today(region_d, scenarios):
    return answered_in_2026(region_d, scenarios)


def answered_in_2026(region_d, scenarios):
    assumed = pw.read_assumptions(as_of=2026)
    draws = pw.sample(region_d, scenarios, members=MEMBERS, seed=SEED, assumptions=assumed)
    return table(pw.project(region_d, scenarios, draws))


@pytest.mark.parametrize("year", [2027, 2031])
def test_the_golden_table_is_the_same_at_any_clock(today, year, region_d, scenarios, monkeypatch):
    monkeypatch.setenv(ISSUE_VARIABLE, str(year))
    assert answered_in_2026(region_d, scenarios) == today


def test_medians_of_region_d_are_those_of_the_golden_table(today, update_golden):
    if update_golden:
        with GOLDEN.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *today])
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        header, *golden = (tuple(row) for row in csv.reader(file))
    assert header == COLUMNS
    assert [row[:2] for row in today] == [row[:2] for row in golden]
    # The sixth digit may turn with the last bit of a processor's exp().
    moved = [
        f"{new[0]} {new[1]}: {old[2]} -> {new[2]}"
        for new, old in zip(today, golden, strict=True)
        if float(new[2]) != pytest.approx(float(old[2]), rel=1.1e-5)
    ]
    assert moved == [], "explain the change and run pytest --update-golden"
