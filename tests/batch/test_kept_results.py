"""What is worked out once and kept for whoever asks again: equal to working it out anew, and safe from writing."""

import inspect
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import pathway_models as pw
from pathway_models.batch import preload
from pathway_models.batch.notebook_page import to_html
from pathway_models.core.files import PARK_NOTEBOOK, data_folder
from pathway_models.engine.ensemble_summary import survey
from pathway_models.intake.library import read_scenarios
from pathway_models.kernels.quantiles import censored_quantiles
from pathway_models.runs.tables import write_table

PARK = pw.read_park("demo-steel")
SCENARIOS = pw.read_scenarios()
DRAWS = pw.sample(PARK, SCENARIOS, members=40, seed=3, until=2060)
PATHWAYS = pw.project(PARK, SCENARIOS, DRAWS)
PEAKS = pw.find_peaks(PATHWAYS)


def test_the_total_is_the_sum_of_the_sources_and_cannot_be_written_over():
    assert PATHWAYS.total() is PATHWAYS.total()
    np.testing.assert_array_equal(PATHWAYS.total(), PATHWAYS.emissions.sum(axis=2))
    with pytest.raises(ValueError, match="read-only"):
        PATHWAYS.total()[0, 0, 0] = 0.0


@pytest.mark.parametrize("probabilities", [(0.05, 0.5, 0.95), (0.5,), [0.25, 0.75]])
def test_quantiles_asked_for_twice_are_those_of_the_members(probabilities):
    asked = [PEAKS.quantiles(probabilities) for _ in range(2)]
    expected = censored_quantiles(PEAKS.year, PEAKS.censored(), probabilities)
    for found in asked:
        np.testing.assert_array_equal(found, expected)
    late = pw.gaps(PARK, PATHWAYS, PEAKS)["peak_year"]
    beyond = np.isposinf(late.values)
    np.testing.assert_array_equal(late.quantiles(probabilities), censored_quantiles(late.values, beyond, probabilities))
    # Met is who peaks before the year, whatever comes after it; how late a member is, its highest year says.
    for _ in range(2):
        np.testing.assert_array_equal(late.probability(), PEAKS.p_before(2030))
    assert (late.probability() >= (late.values <= 0).mean(axis=1)).all()


def test_observed_years_are_the_same_in_every_scenario():
    known = PARK.years.size
    for array in (PATHWAYS.emissions, *PATHWAYS.memo_items.values()):
        assert (array[..., :known] == array[:1, ..., :known]).all()


def test_a_survey_without_quantiles_finds_the_same_means_and_peaks():
    plain, asked = survey(PARK, SCENARIOS, DRAWS, probabilities=()), survey(PARK, SCENARIOS, DRAWS)
    np.testing.assert_array_equal(plain.mean, asked.mean)
    np.testing.assert_array_equal(plain.peaks.year, asked.peaks.year)
    assert plain.quantiles.shape == (len(SCENARIOS), 0, asked.mean.shape[1])


def test_scenarios_are_read_anew_when_their_file_has_changed(tmp_path):
    path = tmp_path / "scenarios.yml"
    text = (data_folder() / "scenarios.yml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    before = read_scenarios(path)
    assert read_scenarios(path).scenarios is before.scenarios
    path.write_text(text.replace(before["bau"].name_en, "Nothing at all"), encoding="utf-8")
    assert read_scenarios(path)["bau"].name_en == "Nothing at all"


def test_what_a_caller_does_to_the_levers_stays_with_the_caller():
    levers = pw.read_levers()
    levers.clear()
    assert pw.read_levers()
    assert pw.read_scenarios().levers


def test_the_report_card_is_that_of_the_park_not_of_the_one_asked_before():
    region = replace(PARK, kind="region")
    first, second, again = (pw.sentences.report_card(park) for park in (PARK, region, PARK))
    assert first == again != second


def test_a_table_is_written_as_pandas_would_but_for_its_numbers(tmp_path):
    numbers = [1234567.0, np.nan, -0.0]
    columns = {"name": ["a, b", "c", None], "number": numbers, "count": [1, 2, 3], "holds": [True, False, True]}
    table = pd.DataFrame(columns)
    written = write_table(tmp_path / "table.csv", table).read_bytes()
    assert written == '\ufeffname,number,count,holds\n"a, b",1234570,1,true\nc,,2,false\n,0,3,true\n'.encode()


def test_every_image_of_a_page_stands_in_its_place():
    images = ["aaaa" * 30, "bbbb" * 20, "aaaa" * 30]
    shown = [new_output("display_data", {"image/png": image, "text/plain": "<Figure>"}) for image in images]
    notebook = new_notebook(cells=[new_code_cell("1", outputs=shown[:2]), new_code_cell("2", outputs=shown[2:])])
    page = to_html(notebook)
    assert re.findall(r"<img [^>]*data:image/png;base64,(\w+)", page) == images
    assert page.count('<img alt="') >= len(images)
    assert notebook.cells[0].outputs[0].data["image/png"] == images[0]


def test_filling_the_caches_says_and_shows_all_that_the_batch_notebook_does():
    named = set(re.findall(r"pw\.((?:sentences|tables)\.\w+)", PARK_NOTEBOOK.read_text(encoding="utf-8")))
    filled = set(re.findall(r"((?:sentences|tables)\.\w+)", inspect.getsource(preload)))
    # A park without plans shows no table of their chances.
    assert named - filled == {"tables.chances"}


def test_filling_the_caches_gives_back_what_figures_need():
    done = preload.compute("demo-steel", members=3)
    assert done.pathways.members == 3
    assert done.gaps.scenarios == done.peaks.scenarios == tuple(done.scenarios)
    assert done.inventory.park_id == "demo-steel"
