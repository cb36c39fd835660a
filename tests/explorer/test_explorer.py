"""The explorer's sliders, sentences and files, without a browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from functools import partial
from pathlib import Path

import ipywidgets as widgets
import matplotlib as mpl
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup

from pathway_models.batch.running import run_tables
from pathway_models.core.errors import InputError, ScenarioError
from pathway_models.core.files import data_folder
from pathway_models.explorer.controls import choices_of, packed, unpacked
from pathway_models.explorer.files import HEADER, newest_run, run_command, save_scenario
from pathway_models.explorer.panel import Explorer, explore
from pathway_models.figures.marks import peak_shares
from pathway_models.intake.library import read_scenarios
from pathway_models.language.rounding import money_text
from pathway_models.records.levers import Choice


@pytest.fixture(scope="module", params=["en", "zh"])
def explorer(request, tmp_path_factory):
    mpl.use("Agg")
    path = tmp_path_factory.mktemp("explorer") / "mine.yml"
    return Explorer("demo-steel", path, members=60, lang=request.param)


def pixels(explorer):
    return explorer.image.value


def said(explorer):
    """What the card and the table say, without the time that drawing took."""
    shown = "".join([str(explorer.answer.value), str(explorer.facts.value)])
    return BeautifulSoup(re.sub(r">\d+</span>", "></span>", shown), "html.parser").text


def test_moving_a_lever_redraws_and_moving_it_back_restores_the_picture(explorer):
    before, text = pixels(explorer), said(explorer)
    control = explorer.levers.controls["energy_efficiency"]
    control.setting.value = "strong"
    assert pixels(explorer) != before
    assert said(explorer) != text
    control.setting.value = "off"
    assert (pixels(explorer), said(explorer)) == (before, text)


def test_years_of_a_lever_that_is_off_change_nothing(explorer):
    before = pixels(explorer)
    explorer.levers.controls["biomass"].years.value = (2030, 2050)
    assert pixels(explorer) == before


def test_levers_are_what_the_sliders_say(explorer):
    explorer.levers.put({})
    control = explorer.levers.controls["ccus"]
    control.setting.value, control.years.value = "moderate", (2032, 2048)
    assert explorer.levers.choices() == {"ccus": Choice("moderate", 2032, 2048)}
    control.years.value = (2040, 2040)
    assert explorer.levers.choices()["ccus"].complete == 2041
    explorer.levers.put({})
    assert explorer.levers.choices() == {}


def test_starting_from_a_scenario_shows_its_measures(explorer):
    explorer.start.value = "efficiency"
    assert explorer.levers.choices().keys() == {"energy_efficiency"}
    explorer.start.value = "bau"
    assert explorer.levers.choices() == {}


def test_saving_keeps_what_was_saved_before_and_gives_the_command(explorer):
    explorer.start.value = "efficiency"
    for name in ("first", "second", "first"):
        explorer.name.value = name
        explorer.buttons["save"].click()
    saved = read_scenarios(explorer.file)
    assert list(saved) == ["bau", "first", "second"]
    assert saved["first"].measures == read_scenarios()["efficiency"].measures
    assert run_command("demo-steel", explorer.file, "first").split()[-2:] == ["bau", "first"]
    assert "--scenario-file" in explorer.told.value


@pytest.mark.parametrize("name", ["", "Deep", "a b", "../x", "9", "deep", "x" * 41, "<b>"])
def test_names_that_cannot_be_are_refused_and_shown_harmless(explorer, name):
    before = explorer.file.read_text(encoding="utf-8") if explorer.file.exists() else None
    explorer.name.value = name
    explorer.buttons["save"].click()
    assert "refused" in explorer.told.value
    assert "<b>" not in explorer.told.value
    assert (explorer.file.read_text(encoding="utf-8") if explorer.file.exists() else None) == before


HOSTILE = "<img src=x onerror=window.ran=1><script>window.ran=2</script><a href=javascript:window.ran=3>x</a>"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_texts_of_parks_levers_and_files_become_no_markup(tmp_path, lang):
    shipped = data_folder() / "parks" / "demo-cement"
    shutil.copy(shipped.with_suffix(".csv"), tmp_path / "hostile.csv")
    park = yaml.safe_load(shipped.with_suffix(".yml").read_text(encoding="utf-8"))
    park |= {"park_id": "hostile", **dict.fromkeys(("name_zh", "name_en", "archetype", "boundary"), HOSTILE)}
    (tmp_path / "hostile.yml").write_text(yaml.safe_dump(park, allow_unicode=True), encoding="utf-8")
    levers = yaml.safe_load((data_folder() / "levers.yml").read_text(encoding="utf-8"))
    own = {**levers["levers"]["electrification"], **dict.fromkeys(("name_zh", "name_en"), HOSTILE)}
    for parameter in own["parameters"].values():
        parameter["source"] = HOSTILE
    (tmp_path / "levers.yml").write_text(
        yaml.safe_dump({"levers": {"electrification": own}}, allow_unicode=True), encoding="utf-8"
    )
    file, given = tmp_path / "<img src=x onerror=1>.yml", tmp_path / "levers.yml"
    made = Explorer(str(tmp_path / "hostile.csv"), file, members=20, lang=lang, lever_file=given)
    made.levers.controls["electrification"].setting.value = "strong"
    for name in ("mine", HOSTILE):
        made.name.value = name
        made.buttons["save"].click()
    shown = "".join(html_of(made.box))
    page = BeautifulSoup(shown, "html.parser")
    assert HOSTILE in page.text
    assert page.select("img, script, [onerror], [href^=javascript]") == []


def html_of(widget):
    """Texts of all fields of a page that are read as HTML."""
    if isinstance(widget, widgets.HTML):
        yield str(widget.value)
    for child in getattr(widget, "children", ()):
        yield from html_of(child)


def test_file_of_somebody_else_is_left_alone(tmp_path):
    path = tmp_path / "own.yml"
    path.write_text("scenarios:\n  mine: {name_en: Mine, name_zh: 我的}\n", encoding="utf-8")
    shipped = read_scenarios()["efficiency"]
    with pytest.raises(ScenarioError, match="not made by the explorer and is left as it is"):
        save_scenario(path, replace(shipped, scenario_id="mine"))
    assert HEADER not in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_undo_reset_and_copy_go_back_and_across(explorer):
    explorer.buttons["reset"].click()
    first = said(explorer)
    for name in ("energy_efficiency", "ccus"):
        explorer.levers.controls[name].setting.value = "strong"
    explorer.buttons["undo"].click()
    assert explorer.sides["b"].keys() == {"energy_efficiency"}
    explorer.buttons["copy"].click()
    assert explorer.sides["a"] == explorer.sides["b"] != {}
    explorer.side.value = "a"
    assert explorer.levers.controls["energy_efficiency"].setting.value == "strong"
    explorer.buttons["reset"].click()
    explorer.side.value = "b"
    assert (explorer.sides, said(explorer)) == ({"a": {}, "b": {}}, first)


@pytest.mark.slow
def test_scenario_that_states_drivers_is_started_from_linked_saved_and_undone(explorer, monkeypatch, tmp_path):
    explorer.buttons["reset"].click()
    first = said(explorer)
    explorer.start.value = "high_growth"
    assert (explorer.growth.value, explorer.sides["b"]) == ("high_growth", {})
    assert {"en": "“High growth”", "zh": "“高增长情景”"}[explorer.lang] in said(explorer)
    assert said(explorer) != first
    assert "b=high_growth" in explorer.link.value
    explorer.levers.controls["ccus"].setting.value = "strong"
    explorer.name.value = "grown"
    explorer.buttons["save"].click()
    saved = read_scenarios(explorer.file)["grown"]
    assert saved.drivers == read_scenarios("drivers")["high_growth"].drivers
    assert choices_of(saved.measures).keys() == {"ccus"}
    monkeypatch.setenv("QUERY_STRING", BeautifulSoup(explorer.link.value, "html.parser").a["href"].removeprefix("?"))
    again = explore("demo-steel", tmp_path / "x.yml", members=60, lang=explorer.lang)
    assert (again.sides, again.under) == (explorer.sides, {"a": "", "b": "high_growth"})
    explorer.buttons["undo"].click()
    explorer.buttons["undo"].click()
    assert said(explorer) == first
    explorer.growth.value = "clean_power"
    assert said(explorer) != first
    explorer.buttons["reset"].click()


@pytest.mark.slow
def test_drivers_of_what_a_park_has_not_are_refused(tmp_path):
    text = (
        f"{HEADER}\nscenarios:\n  bau: {{name_en: B, name_zh: 惯常}}\n  tide:\n    name_en: Tide\n    name_zh: 潮汐\n"
        "    drivers: [{driver: share, sector: sea, item: coal, period: 2027-2030, kind: level, value: 5, unit: '%'}]\n"
    )
    (tmp_path / "mine.yml").write_text(text, encoding="utf-8")
    opened = Explorer("demo-steel", tmp_path / "mine.yml", members=10)
    opened.growth.value = "tide"
    assert "no sector &#39;sea&#39;" in opened.told.value
    assert (opened.under["b"], opened.growth.value) == ("", "")


@pytest.mark.slow
def test_numbers_of_the_run_that_no_longer_hold_are_told_for_both_packages(tmp_path):
    scenarios = read_scenarios().pick(["bau", "efficiency", "deep"])
    run_tables(["demo-steel"], tmp_path / "run", scenarios, members=30, as_of=2026, workers=1)
    opened = partial(Explorer, "demo-steel", tmp_path / "mine.yml", run=tmp_path / "run")
    assert "run gave" not in said(opened())
    path = tmp_path / "run" / "summary.csv"
    rows = pd.read_csv(path, encoding="utf-8-sig")
    rows["p_peak_before"] -= 0.1
    rows.to_csv(path, index=False, encoding="utf-8-sig")
    explorer = opened()
    assert all(f"for “{name}”, now" in said(explorer) for name in ("No new measures", "Deep reduction"))
    explorer.start.value = "efficiency"
    assert "for “Energy efficiency”, now" in said(explorer)
    assert "Deep reduction" not in said(explorer)


@pytest.mark.slow
def test_link_carries_both_packages(explorer, monkeypatch, tmp_path):
    explorer.start.value = "efficiency"
    explorer.levers.controls["ccus"].setting.value = "moderate"
    link = BeautifulSoup(explorer.link.value, "html.parser").a["href"]
    monkeypatch.setenv("QUERY_STRING", link.removeprefix("?"))
    again = explore("demo-cement", tmp_path / "x.yml", members=60, lang=explorer.lang)
    assert again.sides == explorer.sides != {"a": {}, "b": {}}
    assert said(again) == said(explorer)
    explorer.buttons["reset"].click()


@pytest.mark.parametrize(
    "text", ["wind.strong.2030.2040", "ccus.huge.2030.2040", "ccus.strong.2040.2030", "ccus.strong.1.2", "<b>", "ccus"]
)
def test_link_that_cannot_be_is_refused_and_names_what(text, levers):
    with pytest.raises(ScenarioError, match=r"expected lever\.setting\.first\.last"):
        unpacked(f"energy_efficiency.strong.2026.2030~{text}", levers)


def test_choices_of_a_link_are_those_written(levers):
    choices = choices_of(read_scenarios()["deep"].measures)
    assert unpacked(packed(choices), levers) == (choices, "")
    assert unpacked(packed(choices, "low_growth"), levers, ["low_growth"]) == (choices, "low_growth")
    with pytest.raises(ScenarioError, match="no_growth"):
        unpacked(packed(choices, "no_growth"), levers, ["low_growth"])


@pytest.mark.slow
def test_page_with_a_broken_link_opens_and_says_so(tmp_path):
    opened = Explorer("demo-steel", tmp_path / "x.yml", members=10, state={"b": "<b>.x.1.2"})
    assert "refused" in opened.told.value
    assert "<b>" not in opened.told.value
    assert opened.sides == {"a": {}, "b": {}}


def test_every_lever_says_what_is_strong_who_says_so_and_what_it_costs(explorer):
    texts = [control.row.children[0].value for control in explorer.levers.controls.values()]
    words = {"en": ("strong", "Source: ", "Cost: "), "zh": ("强化", "来源：", "成本：")}[explorer.lang]
    assert all(word in text for text in texts for word in words)
    if explorer.lang == "zh":
        assert not any("ASSUME" in text or "prices of" in text for text in texts)


def test_what_decides_and_what_to_do_first_stand_on_the_card_and_behind_the_question_mark(explorer):
    first = {"en": "What to do first: ", "zh": "首先要做的："}[explorer.lang]
    assert first in said(explorer)
    _, steps = explorer._advice(2030)
    name = steps[0].name_zh if explorer.lang == "zh" else steps[0].name_en
    assert said(explorer).split(first)[1].startswith(name)
    note = explorer.levers.controls[steps[0].lever].label.value
    assert {"en": "In this park, ", "zh": "在本园区，"}[explorer.lang] in note


def test_a_package_with_unpriced_measures_says_below_which_cost_it_is_the_cheaper_one(explorer):
    def row():
        cells = BeautifulSoup(explorer.facts.value, "html.parser").select("td[colspan]")
        return cells[0].text if cells else ""

    explorer._reset()
    assert row() == ""
    control = explorer.levers.controls["low_carbon_industries"]  # saves energy, and has no price
    control.setting.value = "strong"
    saved = money_text(explorer.views["a"].cost - explorer.views["b"].cost, explorer.lang)
    assert saved in row()
    explorer._copy()  # now both have it: it costs the same in both
    assert row() == ""
    explorer._reset()


def test_levers_of_one_family_have_one_colour_and_families_different_ones(explorer):
    colours = {}
    for control in explorer.levers.controls.values():
        colour = re.search(r"background:(#\w+)", control.row.children[0].value)[1]
        colours.setdefault(control.lever.family, set()).add(colour)
    assert all(len(own) == 1 for own in colours.values())
    assert len(set.union(*colours.values())) == len(colours)


def test_newest_run_that_holds_the_park_is_found_and_broken_ones_are_passed_over(tmp_path):
    kept = Path(__file__).parents[1] / "data" / "run_0_2_0"
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{", encoding="utf-8")
    assert newest_run("demo-steel", tmp_path) is None
    shutil.copytree(kept, tmp_path / "whole")
    park = next(path.parent.name for path in sorted(kept.glob("*/summary.csv")))
    assert newest_run(park, tmp_path) == tmp_path / "whole"
    assert newest_run("nowhere", tmp_path) is None


@pytest.mark.slow
def test_address_opens_parks_of_the_register_only(monkeypatch, tmp_path):
    monkeypatch.setenv("QUERY_STRING", "park=region-d")
    assert explore("demo-steel", tmp_path / "x.yml", members=10).park.value == "region-d"
    monkeypatch.setenv("QUERY_STRING", "park=../../secret.csv")
    assert explore("demo-steel", tmp_path / "x.yml", members=10).park.value == "demo-steel"
    monkeypatch.setenv("PATHWAYS_EXPLORE", '{"park": "demo-cement", "before": 2035}')
    opened = explore("demo-steel", tmp_path / "x.yml", members=10)
    assert (opened.park.value, opened.before.value) == ("demo-cement", 2035)


def test_no_bar_of_peak_years_is_cut_and_the_highest_says_its_share(explorer):
    picture = explorer.picture
    for view in explorer.views.values():
        picture.draw(view, view, 2030)
        bars, rest = picture._moving["bars"], picture._moving["rest"]
        top, shares = picture.strip.get_ylim()[1], peak_shares(view.peaks, 0)[0]
        assert 0 < bars.get_paths()[0].vertices[:, 1].max() <= top
        assert rest.get_height() <= top
        told = int(re.search(r"\d+", picture._moving["top_text"].get_text())[0])
        assert told == pytest.approx(100 * shares.max(), abs=0.51)


def test_saving_follows_no_link_and_a_folder_that_is_gone_is_said(tmp_path):
    mine = replace(read_scenarios()["efficiency"], scenario_id="mine")
    other = tmp_path / "other.txt"
    other.write_text("secret", encoding="utf-8")
    (tmp_path / "link.yml").symlink_to(other)
    with pytest.raises(ScenarioError, match="is a link"):
        save_scenario(tmp_path / "link.yml", mine)
    (tmp_path / "own.yml.partial").symlink_to(other)
    save_scenario(tmp_path / "own.yml", mine)
    assert other.read_text(encoding="utf-8") == "secret"
    assert "mine" in read_scenarios(tmp_path / "own.yml")
    for place in (tmp_path / "gone" / "own.yml", tmp_path / ("x" * 300 + ".yml"), tmp_path):
        with pytest.raises(InputError, match=r"a file that can be written"):
            save_scenario(place, mine)


@pytest.mark.slow
@pytest.mark.skipif("sys.platform == 'win32'", reason="signals of other systems")
def test_server_keeps_its_cookie_short_says_refusals_in_a_line_and_leaves_nothing(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "pathway_models", "explore", "demo-cement", "--members", "20", "--no-browser"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            address = process.stdout.readline().strip()
            opened = opened_page(address)
            (cookie,) = (line for line in opened.headers.get_all("Set-Cookie") if "username" in line)
            assert "SameSite=Strict" in cookie
            assert "HttpOnly" in cookie
            assert "expires" not in cookie.lower()
            keys = list(tmp_path.rglob("kernel-*.json"))
            assert keys
            assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(address.partition("?")[0] + "api/kernels", data=b"", timeout=60)
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert [line.split("(")[0] for line in errors.splitlines()] == ["403 POST /api/kernels ", "Stopped. 已停止。"]
    assert list(tmp_path.iterdir()) == []


def opened_page(address):
    """Ask for a page until its server has started."""
    for _ in range(240):
        try:
            return urllib.request.urlopen(address, timeout=120)
        except urllib.error.URLError:
            time.sleep(0.25)
    raise AssertionError("the server has not started")
