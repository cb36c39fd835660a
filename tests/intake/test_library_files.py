"""The shipped levers and scenarios: every number with unit and source, seven families, names in data only.

That no scenario and no lever is named in code is held by test_architecture.py.
"""

import re

import pytest
import yaml
from data_reading import DATA, bib_keys, rows_of

from pathway_models.intake.factors.spread import read_uncertainties
from pathway_models.intake.factors.tables import TRUSTED, read_carriers
from pathway_models.intake.library import read_levers
from pathway_models.intake.messages import read_catalogue
from pathway_models.intake.naming import cited, read_titles
from pathway_models.levers import ORDER
from pathway_models.records.levers import FAMILIES

#: Families of the notice's section two, in its order, and what we call them.
NOTICE = ("structure", "efficiency", "management", "substitution", "process", "ccus", "sinks")
SETTINGS = ("moderate", "strong")


def content(name):
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def numbers_of(node, keys=()):
    """Every block of numbers of a YAML tree that carries its own unit: keys to block."""
    if isinstance(node, dict):
        if "unit" in node:
            yield keys, node
        for key, value in node.items():
            yield from numbers_of(value, (*keys, key))


def bare_numbers(node, keys=()):
    """Keys of every number that stands in no block with a unit."""
    if isinstance(node, dict):
        if "unit" not in node:
            for key, value in node.items():
                yield from bare_numbers(value, (*keys, key))
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield keys


def is_sourced(source):
    """Whether a source is an assumption or a definition that says why, or names keys of the bibliography."""
    keys = set(bib_keys())
    in_brackets = re.findall(r"\(([^)]+)\)", source)
    named = {
        word for group in in_brackets for word in group.split(", ") if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", word)
    }
    return named <= keys and bool(source in keys or named or re.search(r"(ASSUME|definition): \w+", source))


@pytest.mark.parametrize("name", ["levers.yml", "uncertainties.yml"])
def test_every_number_has_a_unit_and_a_source(name):
    blocks = dict(numbers_of(content(name)))
    assert len(blocks) >= 10
    assert [keys for keys, block in blocks.items() if not str(block["unit"]).strip()] == []
    assert [keys for keys, block in blocks.items() if not is_sourced(block.get("source", ""))] == []


def test_no_number_of_a_lever_stands_outside_a_parameter_a_setting_or_a_ramp():
    allowed = {"settings", "ramp", "gives_to"}
    assert [keys for keys in bare_numbers(content("levers.yml")) if not allowed & set(keys)] == []
    units = {lever: set(given["parameters"]) for lever, given in content("levers.yml")["levers"].items()}
    for keys in bare_numbers(content("levers.yml")):
        if "settings" in keys:
            assert keys[-2] in units[keys[1]], keys


def test_every_lever_has_both_settings_and_strong_is_nowhere_weaker(levers):
    for lever_id, lever in levers.items():
        assert tuple(lever.settings) == SETTINGS, lever_id
        moderate, strong = (lever.settings[name] for name in SETTINGS)
        assert moderate.keys() == strong.keys()
        for name, weak in moderate.items():
            for corner in ("low", "mode", "high"):
                assert getattr(strong[name], corner) >= getattr(weak, corner), (lever_id, name, corner)
            assert strong[name].mode > weak.mode, (lever_id, name)


def test_every_parameter_of_a_lever_carries_its_unit_and_source_into_the_record(levers):
    for lever in levers.values():
        for setting in lever.settings:
            names = set(lever.triangles(setting))
            assert names == set(lever.units) == {name.rpartition(".")[2] for name in lever.sources}


def test_all_seven_families_exist_and_act_in_the_order_of_the_chain(levers):
    assert FAMILIES == NOTICE
    assert {lever.family for lever in levers.values()} == set(FAMILIES)
    # Routes of the family of processes act on the mix, before the levers that feed on what they bring.
    ranks = [(ORDER.index(lever.acts.part), lever.rank) for lever in levers.values()]
    assert ranks == sorted(ranks)


def test_every_lever_has_names_in_both_languages_and_a_known_energy_vocabulary(levers):
    library = read_carriers()
    groups = {carrier.group for carrier in library.values()}
    for lever in levers.values():
        assert lever.name_en.isascii()
        assert re.search(r"[\u4e00-\u9fff]", lever.name_zh)
        assert set(lever.takes_from) <= groups
        assert set(lever.gives_to) <= set(library)


def test_business_as_usual_is_an_ordinary_scenario_without_levers(scenarios):
    assert next(iter(scenarios)) == "bau"
    assert scenarios["bau"].measures == ()
    assert [name for name in scenarios if not scenarios[name].measures] == ["bau"]


#: Came after the scenarios, whose numbers they leave alone; their notes say so.
LATER = {"furnace_injection", "renewable_heat", "hydrogen_feedstock"}


def test_each_family_has_a_scenario_with_all_its_levers_and_no_other(scenarios, levers):
    for family in FAMILIES:
        moved = {measure.lever.lever_id for measure in scenarios[family].measures}
        assert moved == {name for name, lever in levers.items() if lever.family == family} - LATER


def test_a_lever_that_no_scenario_has_says_so(scenarios, levers):
    used = {measure.lever.lever_id for one in scenarios.values() for measure in one.measures}
    assert {name for name, one in levers.items() if "In no shipped scenario" in one.note} == set(levers) - used == LATER


def test_moderate_and_deep_move_every_lever(scenarios, levers):
    for name, setting in (("moderate", "moderate"), ("deep", "strong")):
        moved = {measure.lever.lever_id: measure.setting for measure in scenarios[name].measures}
        assert moved == {name: setting for name in levers if name not in LATER}


def test_every_scenario_says_what_it_is_in_both_languages(scenarios):
    for scenario in scenarios.values():
        assert scenario.description.endswith(".")
        assert re.search(r"[\u4e00-\u9fff]", scenario.name_zh)


def test_the_decline_of_the_grid_factor_follows_from_the_shipped_national_factors():
    national = {row["choice"]: float(row["value"]) for row in rows_of(DATA / "factors" / "grid_factors.csv")}
    first, second = (1 - national[f"national_{y + 1}"] / national[f"national_{y}"] for y in (2021, 2022))
    decline = read_uncertainties().grid_decline
    assert decline.high == pytest.approx(max(first, second), abs=0.0005)
    assert decline.low == pytest.approx(min(first, second), abs=0.0005)
    assert decline.mode == pytest.approx((first + second) / 2, abs=0.0006)


def test_no_fuel_factor_that_can_be_a_default_is_uncertain():
    complete = [
        row
        for row in rows_of(DATA / "factors" / "fuels.csv")
        if row["ncv"] and row["carbon_content"] and row["oxidation_rate_pct"]
    ]
    assert len(complete) > 50
    assert [row["fuel_cn"] for row in complete if row["confidence"] not in TRUSTED] == []


def test_a_cost_whose_most_likely_value_is_assumed_is_graded_so():
    graded = [
        (block["note"], block["confidence"])
        for block in blocks_of(content("costs.yml"))
        if re.search(r"ASSUME: [^;]*\bmode\b", str(block.get("note", "")))
    ]
    assert graded
    assert [note for note, confidence in graded if confidence != "assumed"] == []


def blocks_of(node):
    """Yield the mappings of a file that carry a grade."""
    if isinstance(node, dict):
        if "confidence" in node:
            yield node
        for below in node.values():
            yield from blocks_of(below)
    elif isinstance(node, list):
        for below in node:
            yield from blocks_of(below)


def test_every_source_of_a_shipped_lever_has_its_chinese():
    known = read_catalogue("tables")[0]
    sources = {one for lever in read_levers().values() for one in lever.sources.values()}
    assert len(sources) > 40
    assert sources - set(known) == set()


def test_a_source_names_titles_and_no_keys():
    titles = read_titles()
    assert {"pypsa_technology_data", "gcb2023", "eutl_verified"} <= set(titles)
    keys = {key for key in titles if set(key) & set("_0123456789")}
    assert not keys & set(cited(" ".join(titles)).split())
    assert cited("a source of my own, data/generation.csv") == "a source of my own, data/generation.csv"
