"""Growth, decoupling and drivers of anybody's table: as by hand, in every identity, no finding without a value."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.inventory.decomposition import tapio_state

POSITIVE = st.floats(0.1, 1e6)


def table_of(**columns):
    return pd.DataFrame({"entity": "a", "year": [2000, 2014], **columns})


def codes(action):
    with pytest.raises(InputError) as refused:
        action()
    return [fault.code for fault in refused.value.faults]


@given(emitted=st.tuples(POSITIVE, POSITIVE), earned=st.tuples(POSITIVE, POSITIVE))
def test_two_years_are_decoupled_where_emissions_fell_and_gdp_rose(emitted, earned):
    found = pw.decouple(table_of(value=emitted, gdp=earned), 2000, 2014).loc[0]
    assert found["decoupled"] == (emitted[1] < emitted[0] and earned[1] > earned[0])
    assert found["state"] == tapio_state(emitted[1] / emitted[0] - 1, earned[1] / earned[0] - 1)


@given(lacking=st.sets(st.sampled_from([("value", 0), ("value", 1), ("gdp", 0), ("gdp", 1)]), min_size=1))
def test_what_is_missing_is_never_a_finding(lacking):
    table = table_of(value=[10.0, 9.0], gdp=[1.0, 2.0])
    for column, at in lacking:
        table.loc[at, column] = None
    if table["value"].isna().all():
        return
    found = pw.decouple(table, 2000, 2014).loc[0]
    assert (found["state"], found["decoupled"] is pd.NA) == ("not given", True)
    assert all(f"{column} of {(2000, 2014)[at]}" in found["detail"] for column, at in lacking)


def test_growth_is_as_by_hand_and_says_what_is_not_given():
    table = pd.DataFrame({"entity": "a", "year": [2015, 2016, 2018], "value": [100.0, 110.0, None], "gdp": [1.0, 0, 4]})
    found = pw.growth(table, ["value", "gdp"]).set_index(["quantity", "first", "last"])
    assert found.loc[("value", 2015, 2016), "change"] == pytest.approx(0.1)
    assert found.loc[("gdp", 2015, 2018), "yearly"] == pytest.approx(4 ** (1 / 3) - 1)
    assert np.isnan(found.loc[("gdp", 2016, 2018), "change"])
    assert ("value", 2016, 2018) not in found.index
    told = pw.growth(table, spans=[(2015, 2018)]).loc[0]
    assert (told["detail"], np.isnan(told["change"])) == ("not given: value of 2018", True)
    assert codes(lambda: pw.growth(table, spans=[(2018, 2015)])) == ["years_order"]


@pytest.mark.slow
@given(
    columns=st.lists(st.tuples(POSITIVE, POSITIVE), min_size=2, max_size=5),
    parts=st.integers(1, 3),
)
def test_effects_of_any_chain_of_ratios_add_up_to_the_change(columns, parts):
    """x0, x1/x0, ..., total/xn: whatever the columns are, their product is the total."""
    rows = [
        {"entity": "a", "part": f"p{part}", "year": year}
        | {f"x{k}": pair[at] * (1 + part) for k, pair in enumerate(columns)}
        for part in range(parts)
        for at, year in enumerate((2000, 2014))
    ]
    table = pd.DataFrame(rows)
    last = len(columns) - 1
    factors = ["x0", *(f"x{k}/x{k - 1}" for k in range(1, last + 1))]
    found = pw.decompose(table, factors, total=f"x{last}", part="part")
    change = table.groupby("year")[f"x{last}"].sum()
    assert found["effect"].sum() == pytest.approx(change[2014] - change[2000], rel=1e-9, abs=1e-6)
    assert found["factor"].tolist() == factors


@pytest.mark.parametrize(
    ("columns", "factors", "total", "code"),
    [
        ({"value": [10, 9], "gdp": [1, 2]}, ["gdp", "value"], "value", ["identity"]),
        ({"value": [10, 9], "gdp": [1, None]}, ["gdp", "value/gdp"], "", ["gap"]),
        ({"value": [10, 9], "gdp": [1, 0]}, ["gdp", "value/gdp"], "", ["zero_denominator"]),
        ({"value": [10, 9]}, ["gdp", "value/gdp"], "", ["columns"]),
        ({"value": ["10", "9_0"], "gdp": [1, 2]}, ["gdp", "value/gdp"], "", ["number"]),
        ({"value": [10, 9], "gdp": [1, 2], "unit": ["Mt", "t"]}, ["gdp", "value/gdp"], "", ["unit_changes"]),
    ],
)
def test_a_table_that_carries_no_identity_is_refused(columns, factors, total, code):
    assert codes(lambda: pw.decompose(table_of(**columns), factors, total=total)) == code


def test_a_part_that_is_new_carries_its_whole_change():
    table = pd.DataFrame(
        {"entity": "a", "part": list("xxyy"), "year": [2000, 2014] * 2, "v": [4.0, 4, 0, 6], "e": [2, 2, 0, 3]}
    )
    found = pw.decompose(table, ["e", "v/e"], total="v", part="part")
    assert found["effect"].sum() == pytest.approx(6.0)
    gone = table[(table["part"] == "x") | (table["year"] == 2014)]
    assert codes(lambda: pw.decompose(gone, ["e", "v/e"], part="part")) == ["gap", "gap"]


def test_the_command_does_all_three_and_tells_a_mistake_in_one_line(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("entity,year,value,gdp,flag\na,2000,10,1,x\na,2014,9,2,y\n合计说明\n", encoding="utf-8")

    def call(*words):
        return CliRunner().invoke(main, ["economy", str(path), "--format", "json", *words])

    assert json.loads(call().stdout)[0]["decoupled"] is True
    assert [row["quantity"] for row in json.loads(call("--growth", "value", "--growth", "gdp").stdout)] == [
        "value",
        "gdp",
    ]
    effects = json.loads(call("--factor", "gdp", "--factor", "value/gdp", "--total", "value").stdout)
    assert sum(row["effect"] for row in effects) == pytest.approx(-1)
    assert "columns that are not used: flag" in call().stderr
    for words, code, said in (
        (("--growth", "value", "--factor", "gdp"), 2, "not both"),
        (("--total", "value"), 2, "go with --factor"),
        (("--years", "2014", "2000"), 1, "the earlier year first"),
        (("--factor", "gdp/nothing"), 1, "a column nothing"),
    ):
        answer = call(*words)
        assert (answer.exit_code, said in answer.stderr, "Traceback" in answer.output) == (code, True, False)
