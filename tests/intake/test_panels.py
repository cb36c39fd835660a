"""Panels: the shipped ones hold what their page says, and a user's own is read or refused with every fault."""

import gzip
import re

import numpy as np
import pandas as pd
import pytest

from pathway_models.core.errors import InputError
from pathway_models.core.files import data_folder
from pathway_models.intake.panels import PANELS, read_panel, read_series

GOOD = "entity,year,emissions_tco2\nA,2016,100\nA,2017,110\nB,2016,50\n"


def faults_of(path):
    with pytest.raises(InputError) as caught:
        read_panel(path)
    return {(fault.place, fault.code) for fault in caught.value.faults}


def write(folder, text, name="own.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "entities", "groups", "first", "last", "known"),
    [
        ("provinces", 30, 30, 1997, 2022, 686),
        ("cities", 290, 30, 1997, 2019, 3928),
        ("countries", 219, 219, 1960, 2022, 13160),
        ("eu_sites", 356, 356, 2013, 2022, 3545),
        ("us_sites", 84, 84, 2011, 2023, 1087),
        ("eu_sites_small", 1126, 1126, 2013, 2022, 11010),
        ("us_sites_small", 1055, 1055, 2011, 2023, 12601),
    ],
)
def test_shipped_panels_have_the_size_their_page_states(name, entities, groups, first, last, known):
    panel = read_panel(name)
    assert len(panel.entities) == entities
    assert len(set(panel.groups)) == groups
    assert (panel.years[0], panel.years[-1]) == (first, last)
    assert np.isfinite(panel.logs()).sum() == known


@pytest.mark.parametrize(("name", "closed"), [("eu_sites", 4), ("us_sites", 0), ("eu_sites_small", 8)])
def test_a_site_that_closed_stands_with_zero_and_is_not_missing(name, closed):
    """The flags of the file count the same records as its zeros do."""
    values = read_panel(name).values["emissions_tco2"]
    last = np.array([record[np.isfinite(record)][-1] for record in values])
    assert (last == 0.0).sum() == closed
    flags = pd.read_csv(data_folder() / "panels" / f"{name}.csv.gz")
    assert flags.loc[flags.flag == "closed", "entity"].nunique() == closed
    assert (flags.loc[flags.flag == "closed", "emissions_tco2"] == 0).all()


def test_the_first_site_panel_holds_large_clusters_of_several_sites_without_great_britain():
    table = pd.read_csv(data_folder() / "panels" / "eu_sites.csv.gz")
    assert (table.multi_site == 1).all()
    assert (table.groupby("entity").emissions_tco2.mean() >= 50_000).all()
    small = pd.read_csv(data_folder() / "panels" / "eu_sites_small.csv.gz")
    assert "GB" not in {*table.region, *small.region}
    means = small.groupby("entity").agg({"emissions_tco2": "mean", "multi_site": "first"})
    assert ((means.multi_site == 0) | (means.emissions_tco2 < 50_001)).all()
    assert not {*table.entity} & {*small.entity}


def test_zero_is_kept_and_has_no_logarithm(tmp_path):
    panel = read_panel(write(tmp_path, GOOD.replace("A,2017,110", "A,2017,0")))
    assert panel.values["emissions_tco2"][0].tolist() == [100, 0]
    assert np.isnan(panel.logs()[0, 1])


def test_columns_of_another_table_are_named_and_texts_are_left_aside(tmp_path):
    text = "cluster,when,industry_t,owner,sites\nA,2016,100,Ann,3\nA,2017,90,Ben,0\n"
    panel = read_panel(write(tmp_path, text), entity="cluster", year="when", value="industry_t")
    assert panel.values["emissions_tco2"].tolist() == [[100, 90]]
    assert panel.values["sites"].tolist() == [[3, 0]]
    assert panel.told == ("columns that are not used: owner",)


def test_the_table_that_peak_rules_judge_is_a_panel_too(tmp_path):
    path = write(tmp_path, GOOD.replace("emissions_tco2", "value"))
    assert read_panel(path).values["emissions_tco2"][0].tolist() == [100, 110]
    assert read_series(path).value.tolist() == [100, 110, 50]
    assert read_series(write(tmp_path, GOOD)).value.tolist() == [100, 110, 50]


def test_a_unit_that_changes_within_a_series_is_refused_as_peak_rules_refuse_it(tmp_path):
    text = "entity,year,emissions_tco2,unit\nA,2016,100,t\nA,2017,0.1,kt\n"
    assert faults_of(write(tmp_path, text)) == {("line 3, unit", "unit_changes")}


def test_cities_belong_to_the_provinces_of_the_other_panel():
    assert set(read_panel("cities").groups) <= set(read_panel("provinces").entities)


def test_years_without_energy_statistics_are_missing_and_not_tiny():
    panel = read_panel("provinces")
    ningxia = panel.entities.index("Ningxia")
    missing = panel.years[np.isnan(panel.logs()[ningxia])]
    assert [year for year in missing if year < 2020] == [2000, 2001, 2002]


@pytest.mark.parametrize("name", ["provinces", "countries"])
def test_fuels_never_exceed_the_total_by_more_than_rounding(name):
    panel = read_panel(name)
    fuels = re.compile(r"(coal|oil|gas|process)_tco2")
    parts = [array for quantity, array in panel.values.items() if fuels.fullmatch(quantity)]
    total = panel.values["emissions_tco2"]
    together = np.nansum(parts, axis=0)
    known = np.isfinite(total) & (together > 0)
    assert (together[known] <= total[known] * 1.001 + 1000).all()


def test_china_of_the_countries_is_smaller_than_the_sum_of_its_provinces():
    countries, provinces = read_panel("countries"), read_panel("provinces")
    china = countries.values["emissions_tco2"][countries.entities.index("CHN"), countries.years == 2019][0]
    together = np.nansum(provinces.values["emissions_tco2"][:, provinces.years == 2019])
    assert 1.0 < together / china < 1.15


def test_a_users_own_panel_is_read(tmp_path):
    panel = read_panel(write(tmp_path, GOOD))
    assert panel.name == "own"
    assert panel.entities == ("A", "B")
    assert panel.years.tolist() == [2016, 2017]
    np.testing.assert_allclose(panel.logs(), np.log([[100, 110], [50, np.nan]]))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_chinese_names_are_read_from_the_encodings_of_chinese_machines(tmp_path, encoding):
    path = write(tmp_path, GOOD.replace("A", "苏州").replace("B", "昆山"), encoding=encoding)
    assert set(read_panel(path).entities) == {"苏州", "昆山"}


def test_a_packed_table_is_read(tmp_path):
    path = tmp_path / "own.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert read_panel(path).entities == ("A", "B")


def test_entities_stand_for_themselves_where_no_group_is_named(tmp_path):
    text = "entity,year,emissions_tco2,group\nA,2016,100,north\nB,2016,50,\n"
    assert read_panel(write(tmp_path, text)).groups == ("north", "B")


def test_a_ratio_of_two_columns_is_an_intensity(tmp_path):
    text = "entity,year,emissions_tco2,gdp\nA,2016,100,20\n"
    assert read_panel(write(tmp_path, text)).logs(per="gdp")[0, 0] == pytest.approx(np.log(5))


def test_all_faults_are_told_at_once(tmp_path):
    text = (
        "entity,year,emissions_tco2\n"
        "A,2016,100\n"
        ",2016,100\n"
        "A,16,100\n"
        "A,2017,1e2x\n"
        "A,2018,-3\n"
        "A,2019,0\n"
        "A,2016,101\n"
        "A,2020\n"
        "A,2021,nan\n"
    )
    assert faults_of(write(tmp_path, text)) == {
        ("line 3, entity", "entity"),
        ("line 4, year", "year"),
        ("line 5, emissions_tco2", "number"),
        ("line 6, emissions_tco2", "negative"),
        ("line 8", "twice"),
        ("line 9", "fields"),
        ("line 10, emissions_tco2", "number"),
    }


def test_missing_and_doubled_columns_are_told_together(tmp_path):
    assert faults_of(write(tmp_path, "entity,gdp,gdp\nA,1,1\n")) == {("line 1", "columns")}
    with pytest.raises(InputError, match=re.escape("a column emissions_tco2")):
        read_panel(tmp_path / "own.csv")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "columns"),
        (b"entity,year,emissions_tco2\n", "empty"),
        (b"a\x00b", "not_text"),
        (b"\xff\xff", "encoding"),
        ("entity,year".encode("utf-16"), "utf16"),
    ],
)
def test_files_that_hold_no_table_are_refused(tmp_path, content, code):
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    assert {found for _, found in faults_of(path)} == {code}


def test_a_file_that_is_not_there_and_one_that_is_not_packed_are_refused(tmp_path):
    assert faults_of(tmp_path / "none.csv") == {("file", "no_file")}
    assert faults_of(write(tmp_path, GOOD, name="own.csv.gz")) == {("file", "not_gzip")}


@pytest.mark.parametrize("name", PANELS)
def test_values_cannot_be_changed_by_accident(name):
    with pytest.raises(ValueError, match="read-only"):
        read_panel(name).values["emissions_tco2"][0, 0] = 1.0
