"""Boilers and kilns: when they are replaced, what they lock in, and levers that wait for them."""

from dataclasses import replace

import numpy as np
import pytest
from builders import coal_park, lever

from pathway_models.findings.assets import due_share, locked_in, respect, windows
from pathway_models.foundations.errors import InputError, PathwayError, RecordError
from pathway_models.intake.assets import HEADER, read_assets
from pathway_models.records.assets import Asset
from pathway_models.records.levers import Measure, Ramp

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


def test_all_faults_of_an_asset_table_are_told(tmp_path):
    path = tmp_path / "assets.csv"
    lines = [
        "b1,boiler,coke_dust,2,TJ,2005,20,,own",
        "b2,engine,bituminous,2,TJ,2005,20,,own",
        "b3,boiler,bituminous,2,barrels,2005,20,,own",
        "b4,boiler,bituminous,2,TJ,2005,0,,own",
        "b4,boiler,bituminous,2,TJ,2005,20,,own",
        "b5,boiler,bituminous,2,TJ,2005,20,,own",
        "b5,boiler,bituminous,2,TJ,2005,20,,own",
    ]
    path.write_text("\n".join([",".join(HEADER), *lines]) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_assets(path)
    assert [fault.place for fault in caught.value.faults] == ["line 2", "line 3", "line 4", "line 5", "asset_id"]
    path.write_text("name\n", encoding="utf-8")
    with pytest.raises(InputError, match="the header"):
        read_assets(path)
    with pytest.raises(InputError, match="a file to read"):
        read_assets(tmp_path / "none.csv")


def test_assets_that_cannot_be_are_refused():
    with pytest.raises(RecordError, match="kind"):
        replace(OLD, kind="toaster")
    with pytest.raises(RecordError, match="lifetime"):
        replace(OLD, lifetime=0)
    with pytest.raises(RecordError, match="capital"):
        replace(OLD, capital=-1.0)
