"""Region D against its published emissions: four sectors to the last digit, industry with its known faults."""

import csv

import numpy as np
import pytest
from data_reading import DATA

import pathway_models as pw

#: Our sector id -> label of the published sheet.
SECTORS = {
    "agriculture": "农林消费部门",
    "industry": "工业消费部门",
    "transport": "交通消费部门",
    "buildings": "建筑消费部门",
    "residents": "居民生活消费",
}
#: The sheet contradicts itself in the 2020 emissions of industry, 万tCO2.
MISMATCH_2020 = 297.2
YEARS = list(range(2010, 2021))


@pytest.fixture(scope="module")
def published():
    """Published emissions by label: label to (year,), 万tCO2."""
    found = {}
    with (DATA / "raw" / "region_d" / "published.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["unit"] == "万tCO2"
            label = row["item"] if row["sub"] == "总量" else row["sub"]
            found.setdefault(label, {})[int(row["year"])] = float(row["value"])
    return {label: np.array([values[year] for year in YEARS]) for label, values in found.items()}


@pytest.fixture(scope="module")
def ours(region_d):
    """Our emissions by sector: sector to (year,), 万tCO2."""
    assert region_d.years.tolist() == YEARS
    return {sector: emissions / 1e4 for sector, emissions in pw.take_inventory(region_d).by_sector().items()}


@pytest.mark.parametrize("sector", ["agriculture", "transport", "buildings", "residents"])
def test_four_sectors_equal_the_published_emissions_in_every_year(ours, published, sector):
    np.testing.assert_allclose(ours[sector], published[SECTORS[sector]], rtol=1e-9)


def test_industry_is_within_065_wan_t_up_to_2019(ours, published):
    apart = np.abs(ours["industry"] - published[SECTORS["industry"]])[:-1]
    assert apart.max() <= 0.65 + 0.005
    # All but two years agree to the last digit.
    assert [year for year, gap in zip(YEARS, apart, strict=False) if gap > 1e-6] == [2013, 2018]


def test_industry_of_2020_is_off_by_the_known_mismatch(ours, published):
    assert published[SECTORS["industry"]][-1] - ours["industry"][-1] == pytest.approx(MISMATCH_2020, abs=0.05)


def test_the_total_differs_by_nothing_but_industry(ours, published, region_d):
    total = pw.take_inventory(region_d).total() / 1e4
    gap = ours["industry"] - published[SECTORS["industry"]]
    np.testing.assert_allclose(total - gap, published["碳排放量"], rtol=1e-9)


def test_the_mismatch_is_told_with_every_result_and_not_hidden(region_d):
    (told,) = [note for note in region_d.notes if "297.2" in note]
    assert "2020" in told
    assert told.startswith("Finding")


def test_region_d_is_a_real_region_at_full_detail(region_d):
    assert not region_d.invented
    assert region_d.kind == "region"
    assert set(region_d.sectors) == set(SECTORS)
    assert region_d.tier == "rich"
    assert all(process.is_balance for process in region_d.processes)
