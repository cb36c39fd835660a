"""What people see of a park's plans: tables, figure and sentence, in both languages, from the numbers."""

import re

import numpy as np
import pytest
from data_reading import DATA
from figures import overhang, said

import pathway_models as pw
from pathway_models import plotting, sentences, tables
from pathway_models.language.words import INVENTED

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLANS = {kind: DATA / "plans" / f"demo-cement.{kind}.csv" for kind in ("projects", "overrides")}


@pytest.fixture(scope="module")
def park():
    cement = pw.read_park("demo-cement")
    return pw.with_plans(cement, pw.read_plans(cement, **PLANS))


@pytest.fixture(scope="module")
def effects(park, scenarios):
    return pw.plan_effects(park, scenarios.pick(["bau", "deep"]), members=120, seed=3)


def test_the_table_holds_baseline_and_given_value_of_every_target(effects):
    table = tables.overrides(effects)
    assert [int(year) for _, year in table.index] == [2025, 2030, 2025, 2030, 2030]
    grid = table.loc[("grid factor (tCO2/MWh)", "2030")]
    assert grid["given: median"] == "0.450" == grid["90 % of members, given"]
    low, high = map(float, grid["90 % of members"].split(" - "))
    assert low < float(grid["baseline: median"]) < high
    assert table["source"].eq("invented").all()
    assert "-13.5 % against 2020" in set(table["stated as"])


def test_chances_stand_side_by_side_and_are_those_of_the_members(effects):
    table = tables.chances(effects)
    assert table.shape == (2, 4)
    assert table.iloc[0, 0] == f"{100 * effects.p_without[0]:.0f} %"
    assert table.iloc[1, 3] == f"{100 * effects.p_with[1]:.0f} %"


def test_projects_are_listed_with_chance_delay_and_loads(park):
    table = tables.projects(park)
    kiln = table.loc["third kiln (invented)"]
    assert kiln["probability"] == "80 %"
    assert kiln.iloc[4] == "1 - 3"
    assert "clinker +900,000 t" in kiln["annual load"]
    assert "-2,000 TJ" in table.loc["first kiln closes (invented)", "annual load"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figure_keeps_to_its_sheet_and_says_the_park_is_invented(effects, lang):
    figure = plotting.overrides(effects, scenario="deep", lang=lang)
    assert overhang(figure) < 0.02
    words = said(figure)
    assert any(text.startswith(f"[{INVENTED}]") for text in words)
    assert len(figure.axes) == 5
    if lang == "en":
        assert not [text for text in words if CHINESE.search(text.replace("虚构", ""))]


def test_targets_stand_on_the_given_median(effects):
    marks = next(line for line in plotting.overrides(effects).axes[0].lines if line.get_marker() == "D")
    bands = effects.drivers[0]
    at = np.array([2025, 2030]) - effects.years[0]
    assert np.array_equal(marks.get_xdata(), [2025, 2030])
    assert np.array_equal(marks.get_ydata(), bands.given[1, at])


def test_a_scenario_that_was_not_compared_is_refused(effects):
    with pytest.raises(ValueError, match=re.escape("'moderate': expected one of bau, deep")):
        plotting.overrides(effects, scenario="moderate")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_heads_cells_and_the_sentence_are_in_one_language(effects, park, lang):
    parts = [tables.overrides(effects, lang=lang), tables.chances(effects, lang=lang), tables.projects(park, lang=lang)]
    for table in parts:
        heads = " ".join([*table.columns, *table.index.names])
        assert bool(CHINESE.search(heads)) == (lang == "zh")
    assert bool(CHINESE.search(sentences.plans(effects, lang=lang))) == (lang == "zh")


def test_the_sentence_tells_the_probabilities_it_speaks_of(effects):
    text = sentences.plans(effects)
    numbers = [f"{100 * float(part[0]):.0f} %" for part in (effects.p_without, effects.p_with, effects.p_projects)]
    assert all(number in text for number in numbers)
    assert "4 projects, 4 given drivers" in text
