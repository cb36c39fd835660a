"""What people see of a decision: every figure and table in both languages, nothing unknown shown as zero."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.decisions import figures as decision_plots
from pathway_models.decisions import sentences as decision_sentences
from pathway_models.decisions import tables as decision_tables
from pathway_models.decisions.attribution import abatement_costs, attribute
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.decisions.figures import label
from pathway_models.decisions.package_cost import carbon_exposure
from pathway_models.decisions.records import READINGS, DiscoveredRule
from pathway_models.decisions.sensitivity import Ensemble, discover, given_data, sobol, study, worth_knowing
from pathway_models.decisions.tables import family_name, option_name, package_name
from pathway_models.figures.style import FAMILY_COLOURS
from pathway_models.intake.costs import read_costs
from pathway_models.language.rounding import money_text
from pathway_models.records.levers import lever_grid

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])


@pytest.fixture(scope="module")
def park():
    return pw.read_park("demo-steel")


@pytest.fixture(scope="module")
def decision(park):
    grid = lever_grid(pw.read_levers(), by="family", delays=(0, 5))
    return cheapest_package(park, 2040, 0.5, grid=grid, members=60, fresh=60)


@pytest.fixture(scope="module")
def views(park, scenarios):
    draws = pw.sample(park, scenarios, members=60, seed=1)
    ensemble = Ensemble(park, scenarios["deep"])
    evaluated = study(ensemble, members=500, seed=1)
    return {
        "shared": attribute(park, scenarios["deep"], draws),
        "levers": attribute(park, scenarios["deep"], draws, by="lever", orders=4),
        "curve": abatement_costs(park, scenarios["deep"], draws, read_costs(), orders=4),
        "study": evaluated,
        "sobol": sobol(ensemble, runs=64),
        "given": given_data(evaluated),
        "worth": worth_knowing(evaluated),
    }


@pytest.mark.slow
@LANGUAGES
def test_every_figure_is_drawn_and_marks_the_invented_park(views, decision, park, lang):
    figures = [
        decision_plots.wedges(views["shared"], lang=lang),
        decision_plots.wedges(views["levers"], lang=lang),
        decision_plots.years_gained(views["shared"], lang=lang),
        decision_plots.years_gained(views["levers"], lang=lang),
        decision_plots.cost_front(decision, lang=lang),
        *(decision_plots.abatement_curve(views["curve"], reading, lang=lang) for reading in READINGS),
        decision_plots.drivers(views["sobol"], park, 2030, lang=lang),
        decision_plots.drivers(views["given"], park, 2030, lang=lang),
        decision_plots.measure_first(views["worth"], park, 2030, lang=lang),
    ]
    for figure in figures:
        assert isinstance(figure, Figure)
        assert any("INVENTED" in text.get_text() for text in figure.texts)
        figure.canvas.draw()
        plt.close(figure)


@pytest.mark.slow
@LANGUAGES
def test_lever_of_unknown_cost_never_shows_a_number(views, decision, lang):
    table = decision_tables.abatement(views["curve"], lang=lang)
    words = decision_tables.UNKNOWN[lang]
    shown = [row for row in views["curve"].table() if row["tco2_per_year"]]
    for cells, row in zip(table.to_numpy().tolist(), shown, strict=True):
        assert (cells[2] == words) == (not row["cost_known"])
    levers = pw.read_levers()
    listed = decision_tables.costs(read_costs(), levers, lang=lang)
    assert set(listed.index) == {one.name_zh if lang == "zh" else one.name_en for one in levers.values()}
    packages = decision_tables.packages(decision, lang=lang)
    assert len(packages) == min(len(decision.alternatives), 8) + 2


def test_columns_of_contributions_end_with_what_all_reach(views):
    table = decision_tables.contributions(views["shared"], year=2035)
    numbers = table.map(lambda text: float(text.replace(",", ""))).to_numpy()
    assert numbers[:-1].sum(axis=0) == pytest.approx(numbers[-1], abs=0.4)
    compared = decision_tables.comparison(views["shared"], "years_gained", lang="zh")
    assert list(compared.index[-2:]) == ["合计", "共同效果"]


@LANGUAGES
def test_sentences_give_the_answer_first_and_what_it_leaves_open(decision, park, lang):
    said = decision_sentences.describe(decision, lang=lang)
    assert "2040" in said[0]
    assert any(word in " ".join(said) for word in ("Cost not known", "成本未知"))
    asked = {"grid": lever_grid(pw.read_levers(), {"ccus": ("ccus",)}), "members": 20, "fresh": 0}
    failed = cheapest_package(park, 2025, 1.0, **asked, assumptions=pw.read_assumptions(as_of=2020))
    first = decision_sentences.describe(failed, lang=lang)[0]
    assert ("No package" in first) or ("没有组合" in first)


@LANGUAGES
def test_blocks_and_allowances_are_told(decision, park, lang):
    assert len(decision_tables.indispensable(decision, lang=lang)) == len(decision.without_block)
    package = decision.scenario()
    draws = pw.sample(park, [package], members=20, seed=1)
    exposure = carbon_exposure(park, package, draws, decision.costs, covered_share=1.0, free_share=0.5)
    assert "2035" in decision_sentences.describe_exposure(exposure, 2035, lang=lang)
    with pytest.raises(PathwayError, match="year 2015"):
        decision_sentences.describe_exposure(exposure, 2015, lang=lang)


@LANGUAGES
def test_search_that_did_not_look_at_everything_claims_nothing_of_the_rest(park, lang):
    grid = lever_grid(pw.read_levers(), {name: (name,) for name in ("ccus", "green_power", "biomass")}, delays=(0, 5))
    asked = {"grid": grid, "members": 20, "fresh": 0, "most": 10, "assumptions": pw.read_assumptions(as_of=2020)}
    partial = cheapest_package(park, 2025, 1.0, **asked)
    first = decision_sentences.describe(partial, lang=lang)[0]
    assert str(partial.evaluated) in first
    assert not any(
        "known cost alone" in line or "仅用成本已知" in line for line in decision_sentences.describe(partial, lang=lang)
    )


@LANGUAGES
def test_rule_of_failure_reads_as_a_sentence(views, lang):
    rule = discover(views["study"])
    text = decision_sentences.describe_rule(rule, 2030, lang=lang)
    for one, _, _ in rule.bounds:
        assert (one.label_zh if lang == "zh" else one.label_en) in text
    plain = decision_sentences.describe_rule(DiscoveredRule((), 1.0, 0.2, 0.2), 2030, lang=lang)
    assert "2030" in plain


@LANGUAGES
def test_tables_of_the_doubt_list_the_strongest_first(views, lang):
    strongest = decision_tables.drivers(views["given"], "log_peak_level", lang=lang)
    values = strongest.iloc[:, 0].astype(float).to_numpy()
    assert (np.diff(values) <= 0).all()
    assert decision_tables.drivers(views["sobol"], lang=lang).shape[1] == 4
    assert len(decision_tables.measure_first(views["worth"], lang=lang)) <= 6


@LANGUAGES
def test_figures_are_told_by_their_own_numbers(views, decision, lang):
    told = decision_sentences
    shared = views["shared"]
    best = int(shared.shares[:, shared.column("years_gained")].argmax())
    name = family_name(shared.players[best], lang)
    assert name in told.describe_years(shared, lang=lang)
    assert "2040" in told.describe_contributions(shared, 2040, lang=lang)
    rows = [row for row in views["curve"].table() if row["cny_per_tco2"] is not None]
    assert rows[0]["name_zh" if lang == "zh" else "name_en"] in told.describe_curve(views["curve"], lang=lang)
    labels = views["given"].labels_zh if lang == "zh" else views["given"].labels_en
    assert labels[int(views["given"].first[:, 0].argmax())] in told.describe_drivers(views["given"], 2030, lang=lang)
    assert told.describe_front(decision, lang=lang)


@LANGUAGES
def test_a_curve_counts_the_levers_it_shows(views, lang):
    table = decision_tables.abatement(views["curve"], lang=lang)
    height = table.iloc[:, 2]
    unknown = sum(height == decision_tables.UNKNOWN[lang])
    said = decision_sentences.describe_curve(views["curve"], lang=lang)
    assert 0 < unknown < len(table)
    assert {"en": f"{unknown} measures have no known cost", "zh": f"{unknown}项措施成本未知"}[lang] in said


@LANGUAGES
def test_nothing_is_told_of_what_stays_below_chance(views, lang):
    told = decision_sentences
    worth = [replace(one, doubt=0.5 * one.spread) for one in views["worth"]]
    assert any(word in told.describe_worth(worth, lang=lang) for word in ("No input that the park can", "未超过"))
    clear = [replace(one, doubt=2.0 * one.spread) for one in views["worth"]]
    first = next(one for one in clear if one.input.can_be_learnt).input
    assert (first.label_zh if lang == "zh" else first.label_en) in told.describe_worth(clear, lang=lang)
    nothing = replace(views["shared"], shares=np.zeros_like(views["shared"].shares))
    assert any(word in told.describe_years(nothing, lang=lang) for word in ("No measure", "没有措施"))
    assert any(word in told.describe_contributions(nothing, lang=lang) for word in ("No measure", "没有措施"))


def test_words_for_options_money_and_packages(decision):
    assert option_name("strong+5", "en") == "strong, 5 years later"
    assert option_name("strong-2", "zh") == "强化，早2年"
    assert option_name("own setting", "en") == "own setting"
    assert money_text(-250.0, "zh") == "-2.50亿元"
    assert package_name(decision.grid, decision.off.code, "en") == "no lever"


@LANGUAGES
@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        ("cumulative", {"en": "Mt CO₂", "zh": "万tCO₂"}),
        ("peak_level", {"en": "Mt CO₂ a year", "zh": "万tCO₂/年"}),
        (2035, {"en": "Mt CO₂ a year", "zh": "万tCO₂/年"}),
        ("years_gained", {"en": "years", "zh": "年"}),
        ("probability", {"en": "points", "zh": "百分点"}),
    ],
)
def test_a_comparison_names_its_unit_in_every_head(views, quantity, unit, lang):
    shared = views["shared"]
    table = decision_tables.comparison(shared, quantity, lang=lang)
    assert all(name.endswith(unit[lang]) for name in table.columns)
    divisor = {"Mt": 1e6, "万t": 1e4, "po": 0.01, "百分": 0.01}.get(unit[lang][:2], 1.0)
    whole = float(table.iloc[-1, 0].replace(",", "")) * divisor
    assert whole == pytest.approx(float(shared.whole()[shared.column(quantity)]), rel=6e-3)


@LANGUAGES
def test_tonnes_of_the_curve_have_one_unit_in_the_head(views, lang):
    table = decision_tables.abatement(views["curve"], lang=lang)
    assert ("Mt CO₂ a year" if lang == "en" else "万tCO₂/年") in table.columns[0]
    assert not table.iloc[:, :2].map(lambda text: "CO₂" in text).to_numpy().any()


@LANGUAGES
def test_wedges_and_years_gained_have_the_colours_of_their_families_and_their_names_beside_them(views, lang):
    shared = views["shared"]
    wedges = decision_plots.wedges(shared, lang=lang).axes[0]
    drawn = {
        area.get_label(): to_hex(area.get_facecolor()[0]).upper()
        for area in wedges.collections
        if area.get_label()[0] != "_"
    }
    for family in shared.families:
        name = label(family_name(family, lang))
        if name in drawn:
            assert drawn[name] == FAMILY_COLOURS[family]
            assert name in [text.get_text() for text in wedges.texts]
    assert wedges.get_legend() is None
    bars = decision_plots.years_gained(shared, lang=lang).axes[0].patches
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [FAMILY_COLOURS[one] for one in shared.families]
    plt.close("all")


def test_no_factor_is_told_by_its_key(views):
    labels = [*views["given"].labels_en, *views["sobol"].labels_en]
    assert not [text for text in labels if "_" in text]
