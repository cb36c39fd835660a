"""What people see of co-benefits: figures, tables, sentences and the command, in both languages."""

import json

import matplotlib.pyplot as plt
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

import pathway_models as pw
from pathway_models.cobenefits import figures as cobenefit_plots
from pathway_models.cobenefits import tables as cobenefit_tables
from pathway_models.cobenefits.command import cobenefits_command
from pathway_models.cobenefits.records import CUMULATIVE
from pathway_models.cobenefits.scenarios import cobenefits, lever_cobenefits, single_levers, unit_costs
from pathway_models.decisions.tables import UNKNOWN
from pathway_models.intake.costs import read_costs

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])


@pytest.fixture(scope="module")
def park():
    return pw.read_park("demo-steel")


@pytest.fixture(scope="module")
def found(park, scenarios):
    draws = pw.sample(park, scenarios, members=40, seed=1)
    return {
        "whole": cobenefits(park, scenarios, draws, allow_background=True),
        "parts": lever_cobenefits(park, scenarios["deep"], draws, orders=3, allow_background=True),
        "families": lever_cobenefits(park, scenarios["deep"], draws, by="family", allow_background=True),
        "costs": unit_costs(
            park,
            cobenefits(park, single_levers(scenarios["deep"]), draws, allow_background=True),
            draws,
            read_costs(),
            tax_rate=4.0,
        ),
    }


@pytest.mark.slow
@LANGUAGES
def test_every_figure_is_drawn_and_marks_the_invented_park(found, park, lang):
    figures = [
        cobenefit_plots.coordinates(found["parts"], lang=lang),
        cobenefit_plots.coordinates(found["families"], CUMULATIVE, "alone", lang=lang),
        cobenefit_plots.over_years(found["whole"], ["bau", "deep"], lang=lang),
        cobenefit_plots.over_years(found["whole"], lang=lang),
    ]
    for figure in figures:
        assert isinstance(figure, Figure)
        assert any("INVENTED" in text.get_text() for text in figure.texts)
        figure.canvas.draw()
        plt.close(figure)


@LANGUAGES
def test_tables_have_a_row_for_every_scenario_and_lever(found, scenarios, lang):
    whole, parts = found["whole"], found["parts"]
    assert len(cobenefit_tables.scenarios(whole, lang=lang)) == len(scenarios)
    shown = cobenefit_tables.coordinates(parts, lang=lang)
    taken = {measure.lever.lever_id for measure in scenarios["deep"].measures}
    levers = [one for name, one in pw.read_levers().items() if name in taken]
    assert list(shown.index) == [one.name_zh if lang == "zh" else one.name_en for one in levers]
    assert len(cobenefit_tables.coordinates(found["families"], lang=lang)) == 7
    basis = cobenefit_tables.basis(whole.basis, lang=lang)
    assert len(basis) == len(whole.basis.background) > 0
    words = {"en": {"background", "uncertain"}, "zh": {"背景知识", "不确定"}}
    assert set(basis.iloc[:, -1]) <= words[lang]
    assert cobenefit_tables.equipment(whole.basis, lang=lang).notna().all(axis=None)


@LANGUAGES
def test_cost_that_is_not_known_is_said(found, lang):
    table = cobenefit_tables.unit_costs(found["costs"], 2024, lang=lang)
    for one, cells in zip(found["costs"], table.to_numpy().tolist(), strict=True):
        assert (cells[0] == UNKNOWN[lang]) == (not one.known)


@LANGUAGES
def test_sentences_name_what_rises_and_what_rests_on_background(found, lang):
    whole, parts = found["whole"], found["parts"]
    said = cobenefit_tables.describe(whole, "deep", lang=lang)
    assert "2035" in said
    assert ("cross-elasticity" in said) or ("交叉弹性" in said)
    levers = cobenefit_tables.describe_levers(parts, lang=lang)
    capture = pw.read_levers()["ccus"]
    assert (capture.name_zh if lang == "zh" else capture.name_en) in levers
    basis = cobenefit_tables.describe_basis(whole.basis, lang=lang)
    assert str(len(whole.basis.background)) in basis[0]
    unknown = sum(not one.known for one in found["costs"])
    assert str(unknown) in cobenefit_tables.describe_costs(found["costs"], lang=lang)


def test_reference_says_nothing_of_itself(found):
    said = cobenefit_tables.describe(found["whole"], "bau")
    assert "elasticity" not in said
    assert "0.0 %" in said


@LANGUAGES
def test_command_prints_tables_and_every_background_number(lang):
    called = ["demo-textile-dyeing", "--allow-background", "--members", "30", "--lang", lang, "--by", "family"]
    result = CliRunner().invoke(cobenefits_command, called, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "INVENTED" in result.output
    assert "burners.coal_cfb.factors.so2" in result.output


def test_command_gives_json_for_scripts():
    called = ["demo-textile-dyeing", "--allow-background", "--members", "20", "--by", "family", "--format", "json"]
    record = json.loads(CliRunner().invoke(cobenefits_command, called).output)
    assert record["year"] == 2035
    assert len(record["levers"]) == 7
    assert record["not_known"] == {}
    assert record["background"]


@pytest.mark.parametrize(
    ("call", "code", "told"),
    [
        (["demo-steel"], 2, "--allow-background"),
        (["demo-steel", "--allow-background", "--year", "1999", "--members", "5"], 2, "1999"),
        (["nowhere"], 1, "nowhere"),
        (["demo-steel", "--factors", "no-such-file.yml"], 1, "no-such-file.yml"),
        (["demo-steel", "--allow-background", "--members", "5", "--tax-rate", "-1"], 2, "tax_rate = -1.0"),
    ],
)
def test_command_refuses_without_a_traceback(call, code, told):
    result = CliRunner().invoke(cobenefits_command, call)
    assert (result.exit_code, told in result.output) == (code, True), result.output


@LANGUAGES
def test_coke_of_a_steel_park_is_used_in_a_furnace_and_steam_coal_in_a_boiler(found, lang):
    burner = cobenefit_tables.equipment(found["whole"].basis, lang=lang).iloc[:, 0]
    coke, coal = ("coke", "bituminous coal") if lang == "en" else ("焦炭", "烟煤")
    assert ("blast furnace" if lang == "en" else "高炉") in burner[coke]
    assert ("fluidised bed" if lang == "en" else "流化床") in burner[coal]


@LANGUAGES
def test_green_power_cuts_no_pollutant_of_the_park_and_is_the_cheapest_for_both_nowhere(found, lang):
    name = "Green power purchase and on-site renewables" if lang == "en" else "绿色电力"
    (cost,) = [one for one in found["costs"] if name in (one.name_en, one.name_zh)]
    assert cost.ranges()["per_equivalent"] is None
    assert cost.ranges()["per_carbon"] is not None
    row = cobenefit_tables.unit_costs(found["costs"], 2024, lang=lang).loc[name]
    assert row.iloc[1] == row.iloc[2]  # the same words in place of a number
    assert not any(sign.isdigit() for sign in row.iloc[2])
    assert name not in cobenefit_tables.describe_costs(found["costs"], lang=lang).partition("(")[0]


@LANGUAGES
@pytest.mark.parametrize("view", ["scenarios", "coordinates"])
def test_a_column_of_carbon_has_one_unit_in_its_head(found, view, lang):
    tabled = {
        "scenarios": lambda: cobenefit_tables.scenarios(found["whole"], lang=lang),
        "coordinates": lambda: cobenefit_tables.coordinates(found["parts"], lang=lang),
    }[view]()
    carbon = tabled.iloc[:, 0]
    assert carbon.name.endswith("Mt CO₂" if lang == "en" else "万tCO₂")
    assert [text for text in carbon if "CO₂" in text] == []
