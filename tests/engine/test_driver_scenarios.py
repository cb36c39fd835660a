"""Scenarios that state drivers: three forms of one table, closed-form Kaya paths, refusals with place and remedy."""

import csv
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.core.files import data_folder
from pathway_models.intake.plans.scenario_tables import COLUMNS
from pathway_models.intake.workbook.template import write_template
from pathway_models.records.levers import Scenario
from pathway_models.records.plans import DriverPath

#: Baseline, low-carbon and strengthened, as such tables are printed: growth, coal share by five years.
STUDY = {"base": ((6.0, 5.0), (55, 50)), "low": ((5.5, 4.5), (50, 42)), "strong": ((5.0, 4.0), (48, 35))}
PERIODS = ((2026, 2030), (2031, 2035))


def study_rows():
    """Yield the rows of the table."""
    for name, (growth, coal) in STUDY.items():
        for at, (first, last) in enumerate(PERIODS):
            yield name, "activity", "all", "", first, last, "growth", growth[at], "%/yr", "", "table 3"
            yield name, "share", "all", "coal", first, last, "level", coal[at], "%", "", "table 5"
        yield name, "intensity", "all", "", 2026, 2030, "change", -13.5, "%", "", "table 4"
        yield name, "intensity", "all", "", 2031, 2035, "change", -12, "%", "", "table 4"


ROWS = list(study_rows())
ROWS_OF = {name: [row for row in ROWS if row[0] == name] for name in STUDY}


def as_csv(path, rows=ROWS):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def as_yaml(path):
    lines = ["scenarios:"]
    for name in STUDY:
        lines += [f"  {name}:", f"    name_en: {name}", f"    name_zh: {name}", "    drivers:"]
        for _, driver, sector, item, first, last, kind, value, unit, _, source in ROWS_OF[name]:
            what = f"driver: {driver}, sector: {sector}, item: '{item}', period: {first}-{last}, kind: {kind}"
            lines.append(f"      - {{{what}, value: {value}, unit: '{unit}', source: {source}}}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def as_sheet(path, lang="zh"):
    write_template(path, [2020], lang)
    book = openpyxl.load_workbook(path)
    sheet = book[{"zh": "情景", "en": "Scenarios"}[lang]]
    for at, row in enumerate(ROWS, start=4):
        for column, value in enumerate(row, start=1):
            sheet.cell(at, column, None if value == "" else value)
    book.save(path)
    return path


def totals(park, scenarios, **asked):
    assumed = pw.read_assumptions(as_of=asked.pop("as_of", 2026))
    draws = pw.sample(park, scenarios, members=20, seed=20240401, assumptions=assumed)
    return pw.project(park, scenarios, draws)


@pytest.mark.slow
def test_one_table_in_three_forms_gives_the_same_bytes(tmp_path):
    park = pw.read_park("demo-steel")
    forms = [
        as_csv(tmp_path / "a.csv"),
        as_yaml(tmp_path / "a.yml"),
        as_sheet(tmp_path / "a.xlsx"),
        as_sheet(tmp_path / "b.xlsx", "en"),
    ]
    found = [
        totals(park, pw.read_scenarios(path).pick(["base", "low", "strong"])).emissions.tobytes() for path in forms
    ]
    assert len(set(found)) == 1


def test_stronger_rows_of_the_table_emit_less(tmp_path):
    found = totals(
        pw.read_park("demo-steel"), pw.read_scenarios(as_csv(tmp_path / "a.csv")).pick(["base", "low", "strong"])
    )
    last = np.median(found.total()[..., 2035 - int(found.years[0])], axis=1)
    assert last[0] > last[1] > last[2]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-5, 8)] * 4), min_size=1, max_size=3),
)
def test_a_region_driven_by_kaya_rates_follows_the_closed_form(rates):
    """Population, GDP per head, energy per GDP and CO2 per energy, by periods of seven years, to 1e-9."""
    park = pw.read_park("region-hebei")
    names = ("population", "gdp_per_head", "energy_per_gdp", "co2_per_energy")
    paths, last = [], park.last_observed_year
    expected = []
    for at, values in enumerate(rates):
        first = last + 1 + 7 * at
        paths += [
            DriverPath(n, "", "", first, first + 6, "growth", v, "%/yr") for n, v in zip(names, values, strict=True)
        ]
        expected += [np.prod([1 + v / 100 for v in values])] * 7
    found = totals(park, [Scenario("kaya", "kaya", "kaya", drivers=tuple(paths))], as_of=last).total()[0]
    start = park.years.size - 1
    assert found[:, start : start + len(expected) + 1] == pytest.approx(
        found[:, start : start + 1] * np.r_[1.0, np.cumprod(expected)], rel=1e-9
    )


def test_kaya_rates_give_the_published_kind_of_peak():
    """Growth above the decline until 2030, below it afterwards: the peak is 2030."""
    park = pw.read_park("region-hebei")
    rates = [
        ("gdp", 2020, 2030, 5.0),
        ("gdp", 2031, 2060, 3.0),
        ("energy_per_gdp", 2020, 2060, -3.0),
        ("co2_per_energy", 2020, 2060, -1.0),
    ]
    paths = tuple(DriverPath(n, "", "", a, b, "growth", v, "%/yr") for n, a, b, v in rates)
    found = totals(park, [Scenario("kaya", "kaya", "kaya", drivers=paths)], as_of=2019)
    assert set(found.years[found.total()[0].argmax(axis=1)]) == {2030}


def test_sectors_in_output_depart_from_the_law_as_the_economy_does():
    """Without an intensity of its own, growth of the economy is not growth of power and steel."""
    park = pw.read_park("region-hebei")
    path = DriverPath("activity", "all", "", 2027, 2036, "growth", 3.0, "%/yr")
    both = [Scenario("free", "free", "free"), Scenario("given", "given", "given", drivers=(path,))]
    found = totals(park, both)
    at = 2026 - int(found.years[0])
    economy = found.memo_items["economy"][..., at + 10] / found.memo_items["economy"][..., at]
    assert economy[1] == pytest.approx(np.full(20, 1.03**10), rel=1e-9)
    emitted = found.total()[..., at + 10] / found.total()[..., at]
    assert emitted[1] / emitted[0] == pytest.approx(economy[1] / economy[0], rel=1e-9)


def test_nothing_differs_up_to_the_issue_year(tmp_path):
    park = pw.read_park("demo-steel")
    scenarios = [*pw.read_scenarios(as_csv(tmp_path / "a.csv")).pick(["bau", "base"]).values()]
    found = totals(park, scenarios)
    at = 2026 - int(found.years[0])
    assert found.total()[0, :, : at + 1] == pytest.approx(found.total()[1, :, : at + 1], rel=1e-12)
    assert (found.total()[0, :, at + 2] != found.total()[1, :, at + 2]).all()


def test_a_spread_widens_and_keeps_the_middle():
    park = pw.read_park("demo-cement")
    path = DriverPath("activity", "all", "", 2027, 2036, "growth", 4.0, "%/yr")
    pair = [Scenario(n, n, n, drivers=(replace(path, spread=s),)) for n, s in (("exact", 0.0), ("loose", 1.0))]
    assumed = pw.read_assumptions(as_of=2026)
    draws = pw.sample(park, pair, members=400, seed=20240401, assumptions=assumed)
    found = pw.project(park, pair, draws).memo_items["activity"]
    at = 2026 - int(park.years[0])
    growth = (found[:, :, at + 10] / found[:, :, at]) ** 0.1 - 1
    assert growth[0] == pytest.approx(np.full(400, 0.04), rel=1e-9)
    assert np.median(growth[1]) == pytest.approx(0.04, abs=0.002)
    assert growth[1].std() == pytest.approx(0.01, rel=0.15)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({7: 600.0}, "growth a year between -1 and 1"),
        ({8: "%"}, "correct"),
        ({8: "tce"}, "one of these units"),
        ({1: "gdb"}, "docs/driver_scenarios.md"),
        ({4: 2032}, "2031"),
        ({4: 2030}, "a year after 2030"),
        ({5: 2025}, "a year from"),
        ({6: "slope"}, "choose one"),
        ({7: "=1+1"}, "a number"),
        ({9: -1}, "0 or more"),
    ],
)
def test_a_wrong_row_is_refused_with_line_and_remedy(tmp_path, change, told):
    rows = [list(row) for row in ROWS]
    at = 0 if set(change) - {4, 5} else 2  # the second period of activity
    for column, value in change.items():
        rows[at][column] = value
    if change == {8: "%"}:
        rows = [row for row in rows if row[1] != "activity"]
        rows[0][8] = "%/yr"  # a share a year
        told = "one of these units"
    with pytest.raises(InputError) as error:
        pw.read_scenarios(as_csv(tmp_path / "wrong.csv", rows))
    assert told in str(error.value)
    assert "line" in str(error.value)


def test_shares_above_one_and_rival_drivers_are_refused(tmp_path):
    more = [
        *ROWS,
        ("base", "share", "all", "gas", 2026, 2030, "level", 60, "%", "", "x"),
        ("base", "gdp", "", "", 2026, 2030, "growth", 5, "%/yr", "", "x"),
    ]
    with pytest.raises(InputError) as error:
        pw.read_scenarios(as_csv(tmp_path / "wrong.csv", more))
    assert "add up to at most 1" in str(error.value)
    assert "says the same" in str(error.value)
    too_much = [(*row[:7], 155, *row[8:]) if row[1] == "share" else row for row in ROWS]
    with pytest.raises(InputError, match=r"between 0 and 100 %; a part is not more than the whole"):
        pw.read_scenarios(as_csv(tmp_path / "much.csv", too_much))


def test_a_sector_that_the_park_lacks_is_named_when_it_is_run():
    path = DriverPath("activity", "shipbuilding", "", 2027, 2030, "growth", 4.0, "%/yr", place="mine.csv, line 3")
    with pytest.raises(PathwayError, match=r"mine.csv, line 3: no sector 'shipbuilding'; it has"):
        totals(pw.read_park("demo-steel"), [Scenario("x", "x", "x", drivers=(path,))])


def test_inherited_levers_and_drivers_can_be_replaced_and_dropped(tmp_path):
    path = tmp_path / "own.yml"
    path.write_text(
        "scenarios:\n"
        "  a:\n    name_en: a\n    name_zh: a\n    levers: {ccus: strong, energy_efficiency: strong}\n"
        "    drivers: [{driver: gdp, period: 2027-2030, kind: growth, value: 5, unit: '%/yr'}]\n"
        "  b:\n    name_en: b\n    name_zh: b\n    inherits: a\n    levers: {ccus: none}\n"
        "    drivers: [{driver: gdp, period: 2027-2030, kind: growth, value: 3, unit: '%/yr'}]\n"
        "  c: {name_en: c, name_zh: c, inherits: b, levers: {ccus: moderate}}\n",
        encoding="utf-8",
    )
    found = pw.read_scenarios(path)
    assert [measure.lever.lever_id for measure in found["b"].measures] == ["energy_efficiency"]
    assert [one.value for one in found["b"].drivers] == [3.0]
    assert {m.lever.lever_id: m.setting for m in found["c"].measures} == {
        "energy_efficiency": "strong",
        "ccus": "moderate",
    }
    path.write_text(
        "scenarios:\n  b: {name_en: b, name_zh: b, inherits: a}\n  a: {name_en: a, name_zh: a}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="move it below"):
        pw.read_scenarios(path)


def test_shipped_families_run_for_every_kind_of_park():
    scenarios = pw.read_scenarios("drivers")
    assert list(scenarios) == [
        "bau",
        "clean_power",
        "low_growth",
        "mid_growth",
        "high_growth",
        "stated_policy",
        "towards_neutral_2060",
    ]
    for park_id in ("demo-steel", "region-hebei"):
        found = totals(pw.read_park(park_id), scenarios)
        at = 2040 - int(found.years[0])
        low, mid, high = np.median(found.memo_items["activity"][2:5, :, at], axis=1)
        assert low < mid < high
        assert np.median(found.total()[5, :, -1]) < np.median(found.total()[0, :, -1])


@pytest.mark.parametrize("park_id", ["demo-steel", "demo-electronics"])
def test_co2_per_energy_is_all_there_is_for_a_park_that_buys_power(park_id):
    """The decline of the grid and that of other factors do not come on top of what is given."""
    park = pw.read_park(park_id)
    last = park.last_observed_year
    rates = {"gdp": 3.0, "energy_per_gdp": -1.0, "co2_per_energy": -2.0}
    paths = tuple(DriverPath(n, "", "", last + 1, last + 30, "growth", v, "%/yr") for n, v in rates.items())
    found = totals(park, [Scenario("kaya", "kaya", "kaya", drivers=paths)], as_of=last).total()[0]
    at = park.years.size - 1
    expected = (1.03 * 0.99 * 0.98) ** np.arange(31)
    assert found[:, at : at + 31] == pytest.approx(found[:, at : at + 1] * expected, rel=1e-9)


@pytest.mark.slow
def test_provinces_under_stated_policy_keep_the_pledge_for_2035_in_at_least_half_of_the_members():
    """CO2 for all gases, clean power: 7 % below the highest year to 2035, in the sum of the 30 provinces."""
    stated, assumed = pw.read_scenarios("drivers")["stated_policy"], pw.read_assumptions(as_of=2026)
    assert stated.grid == "policy"
    regions = sorted(path.stem for path in (data_folder() / "parks").glob("region-*.csv"))
    paths = []
    for name in regions:
        if name != "region-d":
            park = pw.read_park(name)
            draws = pw.sample(park, [stated], members=60, seed=1, until=2035, assumptions=assumed)
            found = pw.project(park, [stated], draws)
            paths.append(found.total()[0][:, found.years >= park.last_observed_year])
    assert len(paths) == 30
    total = np.sum(paths, axis=0)
    kept = total[:, -1] <= 0.93 * total.max(axis=1)
    assert kept.mean() >= 0.5
