"""Published peak rules: known answers and ranges of validity, rule by rule."""

import csv
import gzip

import numpy as np
import pytest
from data_reading import DATA
from peak_series import judged, tent

from pathway_models.kernels.broken_stick import ar1_paths
from pathway_models.kernels.published_rules import RULES
from pathway_models.kernels.turning_points import PeakRule


def test_c40_needs_all_four_criteria():
    old_and_high = [100, 90, 89, 88, 87, 86, 85]
    assert judged("c40", old_and_high).verdict == "peaked"
    assert judged("c40", old_and_high, as_of=1996 + 6).verdict == "unknown"  # latest point six years old
    assert judged("c40", [100, 99, 98, 97, 96, 95, 91]).verdict == "unknown"  # old, but less than 10 % down
    assert judged("c40", [90, 100, 90, 88, 86, 84, 80]).verdict == "unknown"  # down, but five years only
    assert judged("c40", [80, 85, 90, 95, 100, 98]).verdict == "not_peaked"
    assert judged("c40", [100, 90]).verdict == "unknown"


@pytest.mark.parametrize(("noise", "stated"), [(0.02, 0.003), (0.05, 0.33), (0.08, 0.50)])
def test_c40_calls_level_cities_peaked_as_often_as_stated(noise, stated):
    cities = 100 * (1 + noise * ar1_paths(20, 0.0, 3000, np.random.default_rng(7)))
    share = np.mean([judged("c40", city).verdict == "peaked" for city in cities])
    # Three standard errors of a share of 3,000 series and of the stated, rounded number.
    assert share == pytest.approx(stated, abs=3 * np.sqrt(stated * (1 - stated) / 3000) + 0.006)


def test_lamb_wants_a_decline_since_the_peak_and_in_the_last_ten_years():
    stalled = [*tent(10, 12), *[tent(10, 12)[-1] * 1.02**k for k in range(1, 11)]]
    assert judged("lamb2022", stalled).verdict == "not_peaked"
    assert "GHG +" in judged("lamb2022", stalled).detail
    assert judged("lamb2022", tent(10, 9)).verdict == "not_peaked"
    assert judged("lamb2022", tent(10, 10)).verdict == "peaked"
    slow = judged("lamb2022", tent(10, 15, decline=0.0009))
    assert slow.verdict == "not_peaked"


def test_lamb_judges_all_gases_by_their_own_series_and_no_small_countries():
    co2, rising_gases = tent(10, 15), np.linspace(100, 130, 26)
    assert judged("lamb2022", co2, ghg=rising_gases).verdict == "not_peaked"
    assert judged("lamb2022", co2, population=np.full(26, 5e5)).verdict == "unknown"
    assert judged("lamb2022", co2, population=np.full(26, 5e6)).verdict == "peaked"


def test_le_quere_judges_2005_to_2015_only():
    assert judged("lequere2019", tent(15, 14)).verdict == "peaked"  # maximum in 2005
    assert judged("lequere2019", tent(16, 14)).verdict == "not_peaked"  # maximum in 2006
    assert judged("lequere2019", tent(15, 9)).verdict == "unknown"  # ends in 2014
    assert judged("lequere2019", tent(0, 12), first_year=2005).verdict == "unknown"  # nothing before 2005


def test_absolute_decoupling_needs_all_four_series():
    falling, rising = tent(15, 14), np.linspace(50, 90, 30)
    people = np.full(30, 2e6)
    complete = {"consumption": falling, "gdp": rising, "population": people}
    assert judged("hausfather2021", falling, **complete).verdict == "peaked"
    assert judged("hausfather2021", falling, **complete).peak_year is None
    lacking = judged("hausfather2021", falling, gdp=rising)
    assert lacking.verdict == "unknown"
    assert "consumption, population" in lacking.detail
    assert judged("hausfather2021", falling, **{**complete, "consumption": rising}).verdict == "not_peaked"
    assert judged("hausfather2021", falling, **{**complete, "gdp": falling}).verdict == "not_peaked"
    assert judged("hausfather2021", falling, **{**complete, "population": people / 10}).verdict == "unknown"
    with_gap = np.where(np.arange(30) == 20, np.nan, rising)
    assert judged("hausfather2021", falling, **{**complete, "gdp": with_gap}).verdict == "unknown"
    assert judged("hausfather2021", rising).verdict == "not_peaked"


def test_a_pledge_is_named_and_not_counted_as_a_peak():
    ruling = judged("wri2017", tent(8, 3), pledge_year=2030)
    assert ruling.verdict == "not_peaked"
    assert "pledge to peak by 2030" in ruling.detail


def test_five_years_are_enough_for_the_gap_rules_and_four_are_not():
    for name in ("wri2017", "unep_g20", "jiang2021", "zhang2022", "shan2022"):
        assert judged(name, tent(8, 5)).verdict == "peaked", name
        assert judged(name, tent(8, 4)).verdict == "not_peaked", name


def test_an_old_maximum_without_a_significant_decline_is_a_plateau():
    wavy = [90, 100, 95, 99, 94, 98, 95, 97, 94, 99]
    for name in ("jiang2021", "zhang2022", "shan2022"):
        assert judged(name, wavy).verdict == "plateau", name


def test_shan_tells_passive_decline_from_proactive():
    values, up, down = tent(8, 8), np.linspace(1, 2, 17), np.linspace(2, 1, 17)
    assert judged("shan2022", values, gdp=up, population=up).detail.endswith("proactive")
    assert judged("shan2022", values, gdp=up, population=down).detail.endswith("passive: population fell")
    assert judged("shan2022", values).detail.endswith("economy not given")


def test_moving_window_looks_at_the_last_ten_years_only():
    assert judged("moving_window_mk", [*tent(5, 15), *np.linspace(70, 90, 10)]).verdict == "rising"
    assert judged("moving_window_mk", [90, 100, 95, 99, 94, 98, 95, 97, 94, 99]).verdict == "plateau"


def test_a_city_on_its_plateau_has_not_begun_to_decline():
    assert judged("city_peak_definition", [80, 100, 99, 98.5]).verdict == "plateau"
    assert judged("city_peak_definition", [80, 100, 95, 96]).verdict == "plateau"
    assert judged("city_peak_definition", [80, 100, 99, 97, 95]).verdict == "peaked"


def test_bersalli_needs_the_smoothed_maximum_nine_years_before_the_end():
    assert judged("bersalli2023", tent(10, 11)).verdict == "peaked"
    assert judged("bersalli2023", tent(10, 10)).verdict == "not_peaked"


def test_our_description_of_a_series_that_falls_from_its_first_year_names_no_peak_year():
    ruling = judged("pathway", [100.0, 90.0, 80.0])
    assert (ruling.verdict, ruling.peak_year) == ("peaked", None)
    assert "1990" in ruling.detail
    assert judged("pathway", [80.0, 100.0, 98.5], rule=PeakRule(plateau=0.02, follow=1)).verdict == "plateau"


@pytest.mark.parametrize("name", ["lamb2022", "guan2018", "observed_peak_test"])
def test_rules_on_logarithms_refuse_zeros(name):
    ruling = judged(name, [0.0, *tent(15, 15)])
    assert ruling.verdict == "unknown"
    assert "zero in 1990" in ruling.detail


@pytest.mark.reproduction
@pytest.mark.parametrize(
    ("as_of", "gap", "level", "peaked"),
    [(2018, 5, 0.05, 50), (2018, 5, 0.01, 41), (2018, 10, 0.05, 43), (2019, 5, 0.05, 49), (2020, 5, 0.05, 56)],
)
def test_countries_past_their_peak_by_mann_kendall_are_as_many_as_counted_elsewhere(as_of, gap, level, peaked):
    """Counts of the sensitivity table kept with Zhang et al. 2022 (GCB 2023, from 1960)."""
    with gzip.open(DATA / "panels" / "countries.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["emissions_tco2"] and int(row["year"]) <= as_of]
    countries = {}
    for row in rows:
        countries.setdefault(row["entity"], {})[int(row["year"])] = float(row["emissions_tco2"])
    rulings = [
        RULES["zhang2022"].apply(sorted(series), [series[year] for year in sorted(series)], gap=gap, level=level)
        for series in countries.values()
    ]
    assert sum(ruling.verdict == "peaked" for ruling in rulings) == peaked


def test_lamb_fits_no_rate_to_two_points():
    years = [*range(1990, 2001), 2012]
    ruling = RULES["lamb2022"].apply(years, [*range(50, 60), 100, 80])
    assert ruling.verdict == "unknown"
    assert "fewer than three positive values" in ruling.detail
