"""Grid factors by place and year: the published values, the rule for other years, and what follows the record."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from builders import BAU

import pathway_models as pw
from pathway_models.baseline.grid import published_level
from pathway_models.baseline.plans import baseline_paths
from pathway_models.core.files import data_folder
from pathway_models.core.units import TJ_PER_MWH
from pathway_models.intake.factors.ids import carrier_factor_id
from pathway_models.intake.factors.tables import grid_choices, grid_factors
from pathway_models.inventory import sentences
from pathway_models.tracking.records import up_to

#: Announcements 2024 no. 12, 2024 no. 33 and 2025 no. 47, tCO2/MWh.
PUBLISHED = {
    "provincial:北京": (0.5688, 0.5580, 0.5554),
    "provincial:云南": (0.1235, 0.1073, 0.1333),
    "regional:华东": (0.5992, 0.5617, 0.5500),
    "regional:西南": (0.2113, 0.2268, 0.2472),
    "national": (0.5568, 0.5366, 0.5306),
    "national_fossil": (0.8426, 0.8325, 0.8273),
}


@pytest.mark.parametrize("choice", PUBLISHED)
def test_each_year_has_the_factor_published_for_it(choice):
    factors, fault = grid_factors(choice, "")
    assert fault is None
    assert tuple(factors.of(year).value for year in (2021, 2022, 2023)) == PUBLISHED[choice]


@pytest.mark.parametrize(("year", "of"), [(2004, 2021), (2020, 2021), (2024, 2023), (2026, 2023)])
def test_a_year_without_a_factor_takes_the_nearest_published_one(year, of):
    factors, _ = grid_factors("provincial:江苏", "")
    assert factors.of(year).choice == f"provincial_{of}:江苏"


def test_a_value_that_was_not_seen_is_no_part_of_a_series():
    factors, _ = grid_factors("national_residual", "")
    assert [(one.year, one.value) for one in factors.published] == [(2022, 0.5856), (2023, 0.6096)]
    assert grid_factors("national_residual_2021", "x.csv")[1].remedy.startswith("it is background")


def test_every_province_and_region_has_three_years_and_the_grids_of_2012_stay_apart():
    with (data_folder() / "factors" / "grid_factors.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["series"]]
    years = {}
    for row in rows:
        years.setdefault(row["series"], []).append(row["data_year"])
    assert set(map(tuple, years.values())) == {("2021", "2022", "2023")}
    kinds = [name.split(":")[0] for name in years]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "provincial": 30, "regional": 7, "national": 1, "national_residual": 1, "national_fossil": 1
    }  # fmt: skip
    assert set(years) <= set(grid_choices())


def test_the_factor_of_an_unused_carrier_is_that_of_the_place_and_its_row_is_named():
    park = pw.read_park("region-yunnan")
    power = park.carriers.index("electricity")
    assert park.factors[:, power] == pytest.approx(0.1235 / TJ_PER_MWH)
    assert carrier_factor_id(park, park.sectors[0], "electricity", 2019) == "provincial_2021:云南"


def grid_of(park, until=2030):
    """Grid factor of every member over that of the last observed year: (member, year)."""
    draws = pw.sample(park, [BAU], members=50, seed=3, until=until)
    return baseline_paths(park, draws, slice(None), pw.read_assumptions()).grid


def test_factors_published_after_the_record_hold_and_the_decline_begins_after_them():
    park = pw.read_park("region-yunnan")
    grid = grid_of(park)
    at = {year: grid[:, year - int(park.years[0])] for year in (2019, 2020, 2021, 2022, 2023, 2024)}
    for year, value in {2019: 0.1235, 2020: 0.1235, 2021: 0.1235, 2022: 0.1073, 2023: 0.1333}.items():
        assert at[year] == pytest.approx(value / 0.1235), year
    # Yunnan's power is water: a dry year moves its factor by a fifth.
    fall = np.log(at[2024] / at[2023])
    assert 0.15 < fall.std() < 0.35
    assert abs(np.median(fall) - np.log(1.0 - 0.024)) < 0.1


def test_one_year_for_all_declines_from_the_record_on():
    park = pw.read_park("region-yunnan", grid_factor="provincial_2021:云南")
    assert park.grid_to_come == {}
    assert np.ptp(grid_of(park)[:, park.years.size]) > 0


def test_a_record_that_ends_inside_or_after_the_published_years_keeps_what_comes_after_it():
    whole = replace(pw.read_park("region-yunnan"), years=np.arange(2009, 2025))
    for last, level in {2021: (0.1073, 0.1333), 2022: (0.1333,), 2023: (), 2024: ()}.items():
        park = up_to(whole, last)
        now = grid_factors("provincial:云南", "")[0].of(last).value
        assert list(park.grid_to_come.values()) == pytest.approx([value / now for value in level])
        ratios, steps = published_level(park, 3)
        assert steps.tolist() == [max(k - len(level), 0) for k in (1, 2, 3)]
        assert ratios[-1] == pytest.approx(level[-1] / now if level else 1.0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_inventory_says_which_years_have_their_own_factor(lang):
    said = sentences.quality(pw.read_park("region-yunnan"), lang=lang)
    assert "2021-2023" in said
    assert "2004-2019" in said
