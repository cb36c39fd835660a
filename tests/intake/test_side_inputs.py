"""Costs, scenarios and levers of a user's own are read as strictly as workbooks: every fault at once, by line."""

import contextlib
import copy

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.core.errors import InputError
from pathway_models.core.files import data_folder
from pathway_models.core.yaml_files import read_yaml
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


TAGS = (
    "!!bool",
    "!!int",
    "!!float",
    "!!null",
    "!!timestamp",
    "!!binary",
    "!!set",
    "!!omap",
    "!!pairs",
    "!!map",
    "!!seq",
)
TAGS += ("!!str", "!!python/name:os", "!own")
WORDS = [
    "x",
    "1",
    "''",
    "[1, 2]",
    "{a: 1}",
    "[[1, 2]]",
    "[x: 1]",
    "2020-13-45",
    ".nan",
    "~",
    f"0x{'f' * 9000}",
    "9" * 9000,
]
KEYS = ["a", "1", "~", ".nan", "2020-01-01", "? [1, 2]\n", "? {a: 1}\n", "<<", "!!binary aGk=", "!!bool x", "&k a"]


@pytest.mark.slow
@given(st.sampled_from(KEYS), st.sampled_from(["", *TAGS]), st.sampled_from(WORDS))
def test_keys_and_tags_of_every_kind_are_read_or_refused_in_words(tmp_path_factory, key, tag, word):
    path = tmp_path_factory.mktemp("forms") / "own.yml"
    path.write_text(f"first: 1\n{key}: {tag} {word}\n", encoding="utf-8")
    for read in (read_yaml, read_scenarios, read_levers, read_costs):
        with contextlib.suppress(InputError):
            read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("? [1, 2]\n: 3\n", "a key is one word, no list or table"),
        ("a: !!bool x\n", "a value does not fit its tag"),
        (f"a: 0x{'f' * 5000}\n", "a number has too many digits"),
    ],
)
def test_what_no_description_needs_is_refused_by_line(tmp_path, text, said):
    path = tmp_path / "own.yml"
    path.write_text(f"first: 1\n{text}", encoding="utf-8")
    with pytest.raises(InputError) as found:
        read_yaml(path)
    (fault,) = found.value.faults
    assert fault.remedy == f"mend the syntax: {said}"
    assert fault.place in {"line 1", "line 2"}
