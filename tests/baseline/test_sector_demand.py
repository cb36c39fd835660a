"""Sectors measured by a product follow the nation's demand for it (docs/baseline.md, section 12)."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from builders import BAU, quiet
from data_reading import DATA

import pathway_models as pw
from pathway_models.baseline.plans import baseline_paths
from pathway_models.intake.assumptions import read_assumptions, read_demand


@pytest.fixture(scope="module")
def hebei():
    return pw.read_park("region-hebei")


def paths_of(park, demand, change=quiet):
    """Baseline paths of a region without noise after its bridge, under a demand."""
    assumed = replace(read_assumptions(as_of=2026), demand=demand)
    draws = change(pw.sample(park, [BAU], members=4, seed=1, assumptions=assumed))
    return baseline_paths(park, draws, slice(None), assumed)


@pytest.fixture(scope="module")
def both(hebei):
    return paths_of(hebei, {}), paths_of(hebei, read_demand())


def at(park, year):
    return year - int(park.years[0])


@pytest.mark.parametrize(("sector", "kind"), [("steel", "steel_output"), ("cement", "cement_output")])
def test_output_follows_the_nations_from_the_first_year_of_its_table_on(hebei, both, sector, kind):
    before, after = (paths.activity[:, hebei.sectors.index(sector)] for paths in both)
    knots = read_demand()[kind]
    np.testing.assert_array_equal(after[:, : at(hebei, 2024) + 1], before[:, : at(hebei, 2024) + 1])
    for year in (2030, 2040, 2050):
        ratio = after[:, at(hebei, year)] / after[:, at(hebei, 2024)]
        np.testing.assert_allclose(ratio, knots[year] / knots[2024], rtol=1e-9)
    # Straight in logs between the years of the table.
    middle = np.sqrt(after[:, at(hebei, 2044)] * after[:, at(hebei, 2042)])
    np.testing.assert_allclose(after[:, at(hebei, 2043)], middle, rtol=1e-9)


def test_energy_per_output_stays_and_processes_follow(hebei, both):
    _, after = both
    for sector in ("steel", "cement"):
        intensity = after.intensity[:, hebei.sectors.index(sector), at(hebei, 2024) :]
        np.testing.assert_allclose(intensity, intensity[:, :1] * np.ones_like(intensity), rtol=1e-9)
    cement = hebei.sectors.index("cement")
    (process,) = [j for j, one in enumerate(hebei.processes) if one.sector == cement]
    output, activity = after.output[:, process], after.activity[:, cement]
    np.testing.assert_allclose(output[:, 30] / output[:, 20], activity[:, 30] / activity[:, 20], rtol=1e-9)


def test_other_sectors_stay_as_they_were(hebei, both):
    before, after = both
    others = [s for s, name in enumerate(hebei.sectors) if name not in ("steel", "cement")]
    np.testing.assert_array_equal(after.activity[:, others], before.activity[:, others])
    np.testing.assert_array_equal(after.intensity[:, others], before.intensity[:, others])


def test_errors_are_those_of_the_law(hebei):
    """Every member lies as far from the middle as without the table, whatever the middle is."""
    free, led = (paths_of(hebei, demand, change=lambda draws: draws) for demand in ({}, read_demand()))
    steel, year = hebei.sectors.index("steel"), at(hebei, 2050)
    factor = led.activity[:, steel, year] / free.activity[:, steel, year]
    np.testing.assert_allclose(factor, factor[0], rtol=1e-9)


def test_a_table_that_begins_after_the_bridge_acts_from_its_first_year(hebei):
    late = {"steel_output": {2035: 100.0, 2045: 50.0}}
    before, after = (paths_of(hebei, demand).activity[:, hebei.sectors.index("steel")] for demand in ({}, late))
    np.testing.assert_array_equal(after[:, : at(hebei, 2035) + 1], before[:, : at(hebei, 2035) + 1])
    np.testing.assert_allclose(after[:, at(hebei, 2045)] / after[:, at(hebei, 2035)], 0.5, rtol=1e-9)


@pytest.mark.parametrize("park_id", ["demo-steel", "region-d", "eu-linz"])
def test_parks_without_such_sectors_stay_as_they_were(park_id):
    park = pw.read_park(park_id)
    before, after = paths_of(park, {}), paths_of(park, read_demand())
    np.testing.assert_array_equal(after.activity, before.activity)


def test_steel_and_cement_do_not_grow_for_ever_and_iron_goes_with_steel():
    demand = read_demand()
    for kind in ("steel_output", "cement_output", "pig_iron_output"):
        years = sorted(demand[kind])
        assert demand[kind][years[-1]] < 0.8 * demand[kind][years[0]]
    for year, level in demand["pig_iron_output"].items():
        assert level == pytest.approx(0.8474 * demand["steel_output"][year], rel=1e-3)


def test_the_nations_last_output_is_the_sum_of_its_provinces():
    """2024 of each product: the sum of data/china/provinces.csv."""
    with (DATA / "china" / "provinces.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == "2024"]
    columns = {"steel_output": "crude_steel_t", "pig_iron_output": "pig_iron_t", "nonferrous_output": "nonferrous_t"}
    for kind, column in columns.items():
        total = sum(float(row[column]) for row in rows if row[column]) / 1e6
        assert read_demand()[kind][2024] == pytest.approx(total, abs=0.06)


@pytest.mark.parametrize(
    ("item", "kind"), [("pig_iron", "pig_iron_output"), ("nonferrous_metals", "nonferrous_output")]
)
def test_a_sector_measured_by_iron_or_metals_follows_the_nation_with_its_coke_power_and_process(tmp_path, item, kind):
    """By hand: output, coke, electricity and process emissions of a works go with the nation's output after 2024."""
    lines = ["year,sector,quantity,item,value,unit,source,confidence,note"]
    for year in range(2016, 2025):
        given = [("output", item, 1e6 + 1e4 * (year % 3), "t"), ("energy", "coke", 9000, "TJ"),
                 ("energy", "electricity", 500_000, "MWh"), ("product", "limestone", 1e5, "t"),
                 ("process_factor", "limestone", 0.44, "tCO2/t")]  # fmt: skip
        lines += [f"{year},works,{q},{i},{v},{u},plant,seen," for q, i, v, u in given]
    (tmp_path / "mine.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    said = (DATA / "parks" / "demo-steel.yml").read_text(encoding="utf-8").replace("demo-steel", "mine")
    (tmp_path / "mine.yml").write_text(said, encoding="utf-8")
    park = pw.read_park(tmp_path / "mine.csv")
    assert park.activity_kinds == (kind,)
    paths = paths_of(park, read_demand())
    demand, now = read_demand()[kind], at(park, 2026)
    wanted = np.interp([2026, 2040], sorted(demand), [np.log(demand[year]) for year in sorted(demand)])
    growth = np.exp(wanted[1] - wanted[0])
    energy = paths.activity * paths.intensity
    coke, power = (energy[:, 0] * paths.shares[:, 0, park.carriers.index(c)] for c in ("coke", "electricity"))
    for path in (paths.activity[:, 0], coke, power, paths.output[:, 0]):
        np.testing.assert_allclose(path[:, at(park, 2040)] / path[:, now], growth, rtol=1e-6)
