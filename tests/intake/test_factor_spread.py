"""Confidence of a factor becomes a spread: worked by hand, wider with lower confidence, the median left alone."""

import math
from dataclasses import replace
from statistics import median, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_maker import Filled, examined

import pathway_models as pw
from pathway_models.baseline.bridges import factor_errors
from pathway_models.intake.factors.spread import range_of_sets, read_uncertainties, spread_of_substitutes
from pathway_models.intake.table.rows import CONFIDENCE

SIZES = read_uncertainties()
TABLE = """year,sector,quantity,item,value,unit,source,confidence,note,grade
2021,park,value_added,,100,亿元,invented,invented,,
2021,park,energy,{carrier},1000,{unit},invented,invented,,
2021,park,energy,electricity,500,MWh,invented,invented,,
2021,park,factor,coal,95,tCO2/TJ,invented,{confidence},,{grade}
"""
SIDECAR = """park_id: tried
name_zh: 试验园区
name_en: a park made for a test
kind: park
invented: true
activity: value_added
factor_set: GBT32151_2024
grid_factor: {grid}
province: {province}
"""


def tried(folder, carrier="coal", unit="tce", confidence="seen", grade="", grid="national_2021", province="''"):
    """Factor errors of a park of one year, one fuel and some power."""
    text = TABLE.format(carrier=carrier, unit=unit, confidence=confidence, grade=grade)
    if carrier != "coal":
        text = "".join(line for line in text.splitlines(keepends=True) if ",factor," not in line)
    (folder / "tried.csv").write_text(text, encoding="utf-8")
    (folder / "tried.yml").write_text(SIDECAR.format(grid=grid, province=province), encoding="utf-8")
    return pw.read_park(folder / "tried.csv").factor_errors


@pytest.mark.parametrize("confidence", CONFIDENCE)
def test_a_factor_of_the_table_has_the_size_of_its_group_times_its_confidence(tmp_path, confidence):
    found = tried(tmp_path, confidence=confidence)
    assert found["coal"] == pytest.approx(SIZES.factor_errors["coal"] * SIZES.factor_confidence[confidence])


def test_the_less_is_known_of_a_factor_the_wider_it_is():
    order = ["seen_multi", "seen", "derived", "assumed", "uncertain", "background"]
    assert sorted(SIZES.factor_confidence[name] for name in order) == [SIZES.factor_confidence[name] for name in order]
    assert set(SIZES.factor_confidence) == set(CONFIDENCE)
    for group, size in SIZES.measured_factor_errors.items():
        assert 0 < size < SIZES.factor_errors[group]


def test_a_factor_that_was_seen_in_a_source_is_spread_as_it_always_was(tmp_path):
    assert tried(tmp_path)["coal"] == SIZES.factor_errors["coal"] == 0.05
    # The cells of a province, by sector and fuel, are derived from what was seen.
    for park_id, mark in {"region-d": "seen", "region-shanxi": "derived"}.items():
        found = pw.read_park(park_id).factor_errors
        groups = set(found) - {"electricity"}
        assert {group: found[group] for group in groups} == pytest.approx(
            {group: SIZES.factor_errors[group] * SIZES.factor_confidence[mark] for group in groups}
        )
    assert pw.read_park("region-d").factor_errors["electricity"] == pytest.approx(0.05)


@pytest.mark.parametrize(("grade", "size"), [("A", 0.02), ("B", 0.02), ("C", 0.05), ("", 0.05)])
def test_a_factor_the_park_metered_itself_is_narrower(tmp_path, grade, size):
    assert tried(tmp_path, grade=grade)["coal"] == pytest.approx(size)


def test_a_measured_factor_of_a_workbook_is_narrow_in_its_years_only(tmp_path):
    filled = Filled()
    for year in (2019, 2020):
        filled.put(year, "bituminous", 88, "factor")
        filled.put(year, "bituminous", "tCO2/TJ", "factor_unit")
    park = examined(filled, tmp_path).park
    emitted = park.energy[0, 0] * park.factors[0, 0]
    assert park.carriers[0] == "bituminous"
    sd = [range_of_sets("bituminous", "t"), 0.02, 0.02]
    assert park.factor_errors["coal"] == pytest.approx(float(np.average(sd, weights=emitted)))


def test_tonnes_of_coal_carry_the_range_of_the_published_sets_and_energy_does_not(tmp_path):
    """Bituminous coal, tCO2/t of the three sets: 19.57 x 26.1, 23.204 x 26.18, 19.57 x 26.18, all oxidised to 93 %."""
    per_tonne = stdev(map(math.log, (19.57 * 26.1, 23.204 * 26.18, 19.57 * 26.18)))
    assert tried(tmp_path, "bituminous", "t")["coal"] == pytest.approx(per_tonne)
    assert tried(tmp_path, "bituminous", "tce")["coal"] == pytest.approx(0.05)
    assert tried(tmp_path, "natural_gas", "10^4 Nm3")["gas"] == pytest.approx(0.02)


def test_a_fuel_that_another_stands_for_counts_as_assumed(tmp_path):
    assert tried(tmp_path, "raw_coal", "tce")["coal"] == pytest.approx(0.05 * 1.5)


def test_a_substitute_grid_factor_carries_the_spread_of_the_three_substitutes(tmp_path):
    """Jiangsu: national 0.5568 and provincial 0.6451 of 2021, regional 0.7035 of 2012, tCO2/MWh."""
    between = stdev(map(math.log, (0.5568, 0.6451, 0.7035)))
    assert spread_of_substitutes("江苏") == pytest.approx(between)
    assert spread_of_substitutes("") == median(spread_of_substitutes(name) for name in SIZES.grid_regions)
    own_year = tried(tmp_path, province="江苏", grid="provincial_2021:江苏")
    other = tried(tmp_path, province="江苏", grid="provincial_2022:江苏")
    assert own_year["electricity"] == pytest.approx(0.05)
    assert other["electricity"] == pytest.approx(math.hypot(0.05, between))


def test_every_province_with_a_factor_belongs_to_a_grid():
    assert len(SIZES.grid_regions) == 30


@pytest.fixture(scope="module")
def region():
    park = pw.read_park("region-d")
    return park, pw.sample(park, {}, members=4001, seed=5)


def test_the_median_factor_is_the_factor_itself_and_the_spread_is_the_size(region):
    park, draws = region
    wide = replace(park, factor_errors={**park.factor_errors, "coal": 0.3})
    errors = factor_errors(wide, draws.normals, slice(None), SIZES.factor_errors)
    assert float(np.median(errors["coal"])) == pytest.approx(1.0, abs=0.02)  # 0.3 / sqrt(4001) x 1.25, three times
    assert float(np.log(errors["coal"]).std()) == pytest.approx(0.3, rel=0.04)
    before = factor_errors(park, draws.normals, slice(None), SIZES.factor_errors)
    np.testing.assert_array_equal(errors["oil"], before["oil"])


@settings(max_examples=25, deadline=None)
@given(low=st.floats(0.001, 0.5), more=st.floats(1.0, 3.0), grade=st.floats(0, 0.3))
def test_spread_grows_with_either_error_and_members_keep_their_order(region, low, more, grade):
    park, draws = region
    narrow, wide = (
        factor_errors(
            replace(park, factor_errors={"oil": sd}, activity_errors={"oil": grade}),
            draws.normals,
            slice(None),
            SIZES.factor_errors,
        )
        for sd in (low, low * more)
    )
    assert np.log(wide["oil"]).std() >= np.log(narrow["oil"]).std() * (1 - 1e-12)
    assert (np.argsort(wide["oil"], axis=0) == np.argsort(narrow["oil"], axis=0)).all()


def test_emissions_of_an_ensemble_are_wider_with_less_confident_factors(region):
    park, _ = region
    scenarios = pw.read_scenarios()
    draws = pw.sample(park, scenarios, members=300, seed=5, until=2025)
    widths, medians = [], []
    for times in (1.0, 2.0):
        spread = {group: times * sd for group, sd in SIZES.factor_errors.items()}
        total = pw.project(replace(park, factor_errors=spread), scenarios, draws).total()[0, :, 0]
        widths.append(float(np.ptp(np.quantile(np.log(total), [0.05, 0.95]))))
        medians.append(float(np.median(total)))
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.05)  # logs of sums are nearly linear at these sizes
    assert medians[1] == pytest.approx(medians[0], rel=0.01)
