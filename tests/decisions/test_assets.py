"""Boilers and kilns: when they are replaced, what they lock in, and levers that wait for them."""

from dataclasses import replace

import numpy as np
import pytest
from builders import coal_park, lever, mixed_park
from workbook_maker import Filled

from pathway_models.core.errors import InputError, PathwayError, RecordError
from pathway_models.decisions.investments import due_share, locked_in, plan_assets, respect, windows
from pathway_models.decisions.priced_grid import measure_blocks
from pathway_models.decisions.sentences import describe_assets
from pathway_models.intake.parks import HEADER, read_assets
from pathway_models.records.costs import Asset
from pathway_models.records.levers import Measure, Ramp, lever_grid

OLD = Asset("old boiler", "boiler", "bituminous", 600.0, 2000, 25, 50.0, "made for a test")
NEW = Asset("new boiler", "boiler", "bituminous", 400.0, 2018, 25, 100.0, "made for a test")


def switch(share, start=2024, complete=2025):
    one = lever(
        "substitute",
        {"share": share, "energy_ratio": 1.0},
        family="substitution",
        ramp=("linear", start, complete),
        takes_from=("coal",),
        gives_to={"biomass": 1.0},
    )
    return Measure(one, "on", one.ramp)


def test_boiler_is_replaced_every_lifetime_and_an_overdue_one_at_once():
    assert OLD.windows(2021, 2060) == (2025, 2050)
    assert NEW.windows(2021, 2060) == (2043,)
    assert replace(OLD, commissioned=1980).windows(2021, 2060) == (2021, 2046)
    assert [row["asset"] for row in windows([NEW, OLD], 2021, 2060)] == ["old boiler", "new boiler", "old boiler"]


def test_share_due_rises_unit_by_unit():
    years = np.arange(2023, 2045)
    due = due_share([OLD, NEW], ["coal"], years, start=2023)
    assert due[years == 2024] == 0.0
    assert due[years == 2025] == pytest.approx(0.6)
    assert due[years == 2043] == 1.0
    with pytest.raises(PathwayError, match="no asset uses oil"):
        due_share([OLD], ["oil"], years, 2023)


def test_units_lock_in_their_emissions_until_they_are_due():
    """600 TJ and 400 TJ of coal at 90 tCO2/TJ."""
    locked = locked_in([OLD, NEW], coal_park(), np.array([2024, 2025, 2043]))
    assert locked.tolist() == [90_000.0, 36_000.0, 0.0]
    with pytest.raises(PathwayError, match="does not use 'diesel_oil'"):
        locked_in([replace(OLD, carrier="diesel_oil")], coal_park(), np.array([2024]))


def test_switch_within_what_is_due_need_not_wait():
    fitted = respect(switch(0.5), [OLD, NEW])
    assert fitted.years_later == 0
    assert fitted.early == ()
    assert fitted.early_cost == 0.0


def test_switch_beyond_what_is_due_waits_for_the_new_boiler():
    """80 % of coal needs the new boiler too, due in 2043; doing it in 2025 writes off 18 of its 25 years."""
    fitted = respect(switch(0.8), [OLD, NEW])
    assert fitted.measure.ramp.complete == 2043
    assert fitted.years_later == 18
    assert fitted.early == ("new boiler",)
    assert fitted.early_cost == pytest.approx(100.0 * 18 / 25)


def test_slow_switch_moves_less_than_a_fast_one():
    slow = switch(0.8, start=2024, complete=2044)
    assert respect(slow, [OLD, NEW]).years_later < respect(switch(0.8), [OLD, NEW]).years_later


def test_early_retirement_of_a_unit_of_unknown_price_has_no_known_cost():
    assert respect(switch(0.8), [OLD, replace(NEW, capital=None)]).early_cost is None


def test_only_substitutions_replace_equipment():
    saving = lever("reduce_intensity", {"reduction": 0.2})
    with pytest.raises(PathwayError, match="only substitutions"):
        respect(Measure(saving, "on", Ramp("linear", 2024, 2025)), [OLD])


def test_table_of_assets_is_read_with_units_and_empty_prices(tmp_path):
    path = tmp_path / "assets.csv"
    lines = ["b1,boiler,bituminous,2,万tce,2005,20,,own", "k1,kiln,natural_gas,300,TJ,2015,30,120,own"]
    path.write_text("\n".join([",".join(HEADER), *lines]) + "\n", encoding="utf-8")
    first, second = read_assets(path)
    assert first.energy == pytest.approx(2 * 293.076)
    assert first.capital is None
    assert second.capital == 120.0


LINE = {
    "asset_id": "b1", "kind": "boiler", "carrier": "bituminous", "energy": "2", "unit": "TJ", "commissioned": "2005",
    "lifetime": "20", "capital": "", "source": "own",
}  # fmt: skip


def written(folder, *lines, header=HEADER):
    path = folder / "assets.csv"
    path.write_text(
        "\n".join([",".join(header), *(",".join(line.values()) for line in lines)]) + "\n", encoding="utf-8"
    )
    return path


def faults_of(path):
    with pytest.raises(InputError) as caught:
        read_assets(path)
    return [(fault.place, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("asset_id", "=1+1", "plan_name"),
        ("asset_id", "", "plan_name"),
        ("carrier", "coke_dust", "carrier"),
        ("kind", "engine", "kind"),
        ("unit", "barrels", "unit"),
        ("unit", "t", "unit"),
        ("energy", "nan", "number"),
        ("energy", "", "number"),
        ("energy", "-2", "negative"),
        ("capital", "-1", "negative"),
        ("capital", "五千万", "number"),
        ("commissioned", "2005年", "commissioned"),
        ("commissioned", "20005", "commissioned"),
        ("lifetime", "0", "lifetime"),
        ("lifetime", "20.5", "lifetime"),
    ],
)
def test_a_fault_of_an_asset_is_told_by_line_and_column(tmp_path, column, value, code):
    assert faults_of(written(tmp_path, LINE | {column: value})) == [(f"line 2, {column}", code)]


def test_all_faults_of_an_asset_table_are_told_together(tmp_path):
    lines = [LINE | {"kind": "engine", "energy": "x"}, LINE, LINE, LINE | {"asset_id": "b2", "lifetime": "-1"}]
    assert faults_of(written(tmp_path, *lines)) == [
        ("line 2, kind", "kind"),
        ("line 2, energy", "number"),
        ("line 5, lifetime", "lifetime"),
        ("line 3, asset_id", "twice"),
        ("line 4, asset_id", "twice"),
    ]


def test_what_is_no_table_of_assets_is_refused(tmp_path):
    assert faults_of(written(tmp_path, header=("name",))) == [("line 1", "columns")]
    assert faults_of(written(tmp_path)) == [("table", "empty")]
    assert faults_of(written(tmp_path, dict(list(LINE.items())[:3]))) == [("line 2", "fields")]
    assert faults_of(tmp_path / "none.csv") == [("file", "no_file")]
    assert faults_of(tmp_path) == [("file", "no_file")]


def test_a_table_saved_by_a_chinese_spreadsheet_is_read(tmp_path):
    path = written(tmp_path, LINE | {"asset_id": "一号锅炉"})
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert [one.asset_id for one in read_assets(path)] == ["一号锅炉"]


def test_a_workbook_that_lists_no_unit_says_so(tmp_path):
    assert faults_of(Filled().write(tmp_path / "park.xlsx")) == [("workbook", "no_asset")]


# a grid that waits


def test_a_grid_waits_for_the_units_its_levers_replace(levers):
    grid = lever_grid(levers, measure_blocks(levers))
    plan = plan_assets(coal_park(), grid, [replace(NEW, commissioned=2019, lifetime=40)])
    waits = {(one.lever.lever_id, one.option): one.fitted.years_later for one in plan.waiting}
    assert {name for name, _ in waits} == {n for n, one in levers.items() if "coal" in one.takes_from} - {"ccus"}
    assert all(years > 0 for years in waits.values())
    moved = {m.lever.lever_id: m.ramp for m in plan.grid.everything().measures}
    for lever_id, option in waits:
        if option == "strong":
            assert moved[lever_id].start == levers[lever_id].ramp.start + waits[lever_id, option]
            assert plan.locked_in[plan.years == 2058] > 0 == plan.locked_in[plan.years == 2059]
    still = {m.lever.lever_id: m.ramp for m in grid.everything().measures}
    assert all(moved[name] == still[name] for name in moved if name not in {waited for waited, _ in waits})
    assert {lever.lever_id for lever in plan.free} == {
        name for name, one in levers.items() if one.action == "substitute" and "coal" not in one.takes_from
    }


def test_overdue_units_let_a_grid_go_as_it_is(levers):
    grid = lever_grid(levers, measure_blocks(levers))
    plan = plan_assets(coal_park(), grid, [replace(OLD, commissioned=1990)])
    assert plan.grid == grid
    assert {one.fitted.years_later for one in plan.waiting} == {0}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sentences_say_when_units_are_replaced_what_waits_and_what_not_waiting_costs(levers, lang):
    grid = lever_grid(levers, measure_blocks(levers))
    park = coal_park()
    for assets, known in (([OLD, NEW], True), ([replace(OLD, capital=None), NEW], False)):
        told = " ".join(describe_assets(plan_assets(park, grid, assets), 2030, lang=lang))
        assert all(word in told for word in ("2025", "old boiler", "2043", "new boiler"))
        assert ("not known" in told or "未知" in told) != known
        assert "nan" not in told.lower()


def test_what_the_table_leaves_out_is_said(levers):
    """A steel park's table that lists gas units only: levers on coal have nothing to wait for."""
    grid = lever_grid(levers, measure_blocks(levers))
    plan = plan_assets(mixed_park(), grid, [replace(NEW, carrier="natural_gas")])
    told = describe_assets(plan, 2030)
    assert levers["coal_to_gas"].name_en in told[-1]
    assert told[-1].startswith("No listed unit")


def test_assets_that_cannot_be_are_refused():
    with pytest.raises(RecordError, match="kind"):
        replace(OLD, kind="toaster")
    with pytest.raises(RecordError, match="lifetime"):
        replace(OLD, lifetime=0)
    with pytest.raises(RecordError, match="capital"):
        replace(OLD, capital=-1.0)
