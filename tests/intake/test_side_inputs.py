"""Costs, scenarios and levers of a user's own are read as strictly as workbooks: every fault at once, by line."""

import copy

import pytest
import yaml

from pathway_models.core.errors import InputError
from pathway_models.core.files import data_folder
from pathway_models.intake.costs import read_costs
from pathway_models.intake.library import read_levers, read_scenarios

AMOUNT = {"low": 0.02, "mode": 0.06, "high": 0.08, "unit": "share/yr", "source": "me", "confidence": "assumed"}
PRICE = {"low": 5, "mode": 6, "high": 7, "unit": "CNY/GJ", "source": "me", "confidence": "assumed", "price_year": 2020}
SCENARIO = {"name_en": "Own", "name_zh": "自有", "levers": {"electrification": "strong"}}


def refused(read, folder, content):
    path = folder / "own.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError) as found:
        read(path)
    assert all(fault.file == "own.yml" for fault in found.value.faults)
    return found.value.faults


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"discount_rate": {**AMOUNT, "low": 2, "mode": 6, "high": 8}},
        {"discount_rate": {**AMOUNT, "low": False}},
        {"discount_rate": {**AMOUNT, "mode": "0.06"}},
        {"discount_rate": {**AMOUNT, "mode": float("nan")}},
        {"discount_rate": {**AMOUNT, "high": float("inf")}},
        {"discount_rate": {**AMOUNT, "source": "=1+1"}},
        {"discount_rate": {**AMOUNT, "confidence": "sure"}},
        {"discount_rate": {**AMOUNT, "source": " "}},
        {"prices": {"coal": {**PRICE, "low": -5}}},
        {"prices": {"coal": {**PRICE, "price_year": True}}},
        {"prices": {"../../x": PRICE}},
        {"price_year": True},
        {"price_year": -5},
        {"currencies": {"USD": {"value": 0, "unit": "CNY/USD", "source": "me", "confidence": "assumed"}}},
        {"currencies": {"USD": {"value": -7, "unit": "CNY/USD", "source": "me", "confidence": "assumed"}}},
    ],
)
def test_costs_that_no_careful_person_means_are_refused(tmp_path, content):
    assert refused(read_costs, tmp_path, content)


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "../../x",
        "a\nb",
        "a\u202eb",
        "",
        " ",
        "a/b",
        "a\\b",
        ".hidden",
        "a b",
        "x" * 81,
        "@x",
        "a,b",
        "CON",
        "lpt1.txt",
    ],
)
def test_an_id_that_cannot_stand_in_tables_and_names_of_files_is_refused(tmp_path, name):
    assert refused(read_scenarios, tmp_path, {"scenarios": {name: SCENARIO}})


@pytest.mark.parametrize("years", [{"start": -5}, {"start": True}, {"complete": 99999}, {"start": "2030"}])
def test_a_year_that_is_none_is_refused(tmp_path, years):
    choice = {"setting": "strong", **years}
    assert refused(
        read_scenarios, tmp_path, {"scenarios": {"own": {**SCENARIO, "levers": {"electrification": choice}}}}
    )


def test_names_of_many_writings_are_taken(tmp_path):
    path = tmp_path / "own.yml"
    names = ["own", "深度2030", "a-b_c.d", "2030"]
    content = {"scenarios": {name: {**SCENARIO, "levers": {}} for name in names}}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert set(read_scenarios(path)) == set(names)


def test_all_faults_of_levers_are_told_at_once(tmp_path):
    levers = yaml.safe_load((data_folder() / "levers.yml").read_text(encoding="utf-8"))["levers"]
    first, second = (copy.deepcopy(levers[name]) for name in list(levers)[:2])
    first["ramp"]["start"], second["ramp"]["delay_years"] = -5, True
    first["name_en"], second["name_zh"] = "=cmd()", "\u202e"
    parameter = next(iter(next(iter(second["settings"].values())).values()))
    parameter["low"] = False
    faults = refused(read_levers, tmp_path, {"levers": {"one": first, "two": second}})
    assert len(faults) == 5
    assert all(fault.place.startswith("line ") for fault in faults)
