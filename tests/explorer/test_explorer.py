"""The explorer's sliders, sentences and files, without a browser."""

from dataclasses import replace

import matplotlib as mpl
import pytest

from pathway_models.core.errors import ScenarioError
from pathway_models.explorer.evaluation import Choice
from pathway_models.explorer.panel import HEADER, Explorer, explore, run_command, save_scenario
from pathway_models.intake.library import read_scenarios


@pytest.fixture(scope="module", params=["en", "zh"])
def explorer(request, tmp_path_factory):
    mpl.use("Agg")
    path = tmp_path_factory.mktemp("explorer") / "mine.yml"
    return Explorer("demo-steel", path, members=60, lang=request.param)


def pixels(explorer):
    return explorer.image.value


def test_moving_a_lever_redraws_and_moving_it_back_restores_the_picture(explorer):
    before, text = pixels(explorer), explorer.answer.value
    control = explorer.levers.controls["energy_efficiency"]
    control.setting.value = "strong"
    assert pixels(explorer) != before
    assert explorer.answer.value != text
    control.setting.value = "off"
    assert (pixels(explorer), explorer.answer.value) == (before, text)


def test_years_of_a_lever_that_is_off_change_nothing(explorer):
    before = pixels(explorer)
    explorer.levers.controls["biomass"].years.value = (2030, 2050)
    assert pixels(explorer) == before


def test_levers_are_what_the_sliders_say(explorer):
    explorer.levers.put(())
    control = explorer.levers.controls["ccus"]
    control.setting.value, control.years.value = "moderate", (2032, 2048)
    assert explorer.levers.choices() == {"ccus": Choice("moderate", 2032, 2048)}
    control.years.value = (2040, 2040)
    assert explorer.levers.choices()["ccus"].complete == 2041
    explorer.levers.put(())
    assert explorer.levers.choices() == {}


def test_starting_from_a_scenario_shows_its_measures(explorer):
    explorer.start.value = "efficiency"
    assert explorer.levers.choices().keys() == {"energy_efficiency"}
    explorer.start.value = "bau"
    assert explorer.levers.choices() == {}


def test_saving_keeps_what_was_saved_before_and_gives_the_command(explorer):
    explorer.levers.put(read_scenarios()["efficiency"].measures)
    for name in ("first", "second", "first"):
        explorer.name.value = name
        explorer.save.click()
    saved = read_scenarios(explorer.file)
    assert list(saved) == ["bau", "first", "second"]
    assert saved["first"].measures == read_scenarios()["efficiency"].measures
    assert run_command("demo-steel", explorer.file, "first").split()[-2:] == ["bau", "first"]
    assert "--scenario-file" in explorer.told.value


@pytest.mark.parametrize("name", ["", "Deep", "a b", "../x", "9", "deep", "x" * 41, "<b>"])
def test_names_that_cannot_be_are_refused_and_shown_harmless(explorer, name):
    before = explorer.file.read_text(encoding="utf-8") if explorer.file.exists() else None
    explorer.name.value = name
    explorer.save.click()
    assert "refused" in explorer.told.value
    assert "<b>" not in explorer.told.value
    assert (explorer.file.read_text(encoding="utf-8") if explorer.file.exists() else None) == before


def test_file_of_somebody_else_is_left_alone(tmp_path):
    path = tmp_path / "own.yml"
    path.write_text("scenarios:\n  mine: {name_en: Mine, name_zh: 我的}\n", encoding="utf-8")
    shipped = read_scenarios()["efficiency"]
    with pytest.raises(ScenarioError, match="not made by the explorer and is left as it is"):
        save_scenario(path, replace(shipped, scenario_id="mine"))
    assert HEADER not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_address_opens_parks_of_the_register_only(monkeypatch, tmp_path):
    monkeypatch.setenv("QUERY_STRING", "park=region-d")
    assert explore("demo-steel", tmp_path / "x.yml", members=10).park.value == "region-d"
    monkeypatch.setenv("QUERY_STRING", "park=../../secret.csv")
    assert explore("demo-steel", tmp_path / "x.yml", members=10).park.value == "demo-steel"
    monkeypatch.setenv("PATHWAYS_EXPLORE", '{"park": "demo-cement", "before": 2035}')
    opened = explore("demo-steel", tmp_path / "x.yml", members=10)
    assert (opened.park.value, opened.before.value) == ("demo-cement", 2035)
