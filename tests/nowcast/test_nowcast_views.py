"""What people see of the nowcast: members, tables, figure, sentences and the command, in both languages."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import PathwayError
from pathway_models.nowcast import tables
from pathway_models.nowcast.figures import nowcast as draw

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])


@pytest.fixture(scope="module")
def found():
    return pw.nowcast(members=400)


def test_observed_years_are_those_of_the_inventories_and_marked(found):
    assert found.status[found.years.tolist().index(2019)] == "observed"
    assert set(found.status[found.years.tolist().index(2020) :]) == {"nowcast"}
    observed = found.emissions[..., found.years <= 2019]
    assert (observed == observed[:, :1]).all()
    hebei = found.emissions[found.regions.index("Hebei"), 0, found.years.tolist().index(2019)]
    assert hebei == pytest.approx(914_209_100)


def test_sum_of_the_provinces_lies_inside_the_error_of_the_account(found):
    table = tables.national(found)
    assert list(table["year"]) == [2019, 2020, 2021, 2022, 2023, 2024]
    assert table["inside"].all()
    # As wide as the error says: by construction, so within sampling error.
    after = table[table["status"] == "nowcast"]
    width = np.log(after["sum_t_p95"] / after["sum_t_p05"])
    np.testing.assert_allclose(width, np.log(after["high_t"] / after["low_t"]), rtol=0.15)


def test_members_do_not_depend_on_what_else_is_asked(found):
    alone = pw.nowcast(["河北"], members=100)
    assert alone.regions == ("Hebei",)
    np.testing.assert_array_equal(alone.emissions[0], found.emissions[found.regions.index("Hebei"), :100])


def test_unknown_regions_are_named_all_at_once():
    with pytest.raises(PathwayError, match="Atlantis, Lemuria"):
        pw.nowcast(["Hebei", "Atlantis", "Lemuria"], members=2)
    with pytest.raises(PathwayError, match="members = 0"):
        pw.nowcast(members=0)


def test_table_for_scripts_has_a_status_in_every_row(found):
    table = tables.yearly(found)
    assert len(table) == 30 * 20
    assert set(table["status"]) == {"observed", "nowcast"}
    assert (table.loc[table["status"] == "observed", "year"] <= 2019).all()
    assert (table["co2_t_p05"] <= table["co2_t_p95"]).all()


@LANGUAGES
def test_tables_and_sentences_mark_the_years(found, lang):
    table = tables.regions(found, lang=lang)
    assert len(table) == 30
    assert any({"en": "2024 nowcast", "zh": "现状推算"}[lang] in head for head in table)
    told = tables.describe(found, lang) + tables.describe_nation(found, lang)
    assert "2020" in told
    assert {"en": "never an observation", "zh": "并非观测值"}[lang] in told
    assert {"en": "5 of 5 years", "zh": "5年中5年"}[lang] in told


@LANGUAGES
def test_figure_draws_nowcast_years_hollow(found, lang):
    figure = draw(found, lang=lang)
    lines = figure.axes[0].get_lines()
    hollow = [line for line in lines if line.get_markerfacecolor() == "white" and len(line.get_xdata())]
    assert [list(line.get_xdata()) for line in hollow] == [[2020, 2021, 2022, 2023, 2024]]
    plt.close(figure)


@pytest.mark.slow
def test_command_prints_and_writes(tmp_path):
    done = CliRunner().invoke(main, ["nowcast", "--no-score", "--members", "50", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "Sum and national account" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"nowcast.csv", "nowcast_nation.csv", "nowcast.png"}
    assert set(pd.read_csv(tmp_path / "nowcast.csv")["status"]) == {"observed", "nowcast"}


@pytest.mark.slow
@LANGUAGES
def test_command_scores(lang):
    done = CliRunner().invoke(main, ["nowcast", "Hebei", "--members", "20", "--lang", lang])
    assert done.exit_code == 0, done.output
    assert {"en": "Both are beaten at every horizon", "zh": "各年数均优于两者"}[lang] in done.output


def test_wrong_calls_are_told_in_one_line():
    runner = CliRunner()
    done = runner.invoke(main, ["nowcast", "Hebei", "--year", "2031"])
    assert done.exit_code == 2
    assert "--year 2031: the nowcast has 2005 to 2024" in done.output
    done = runner.invoke(main, ["--lang", "zh", "nowcast", "Atlantis"])
    assert done.exit_code == 2
    assert "没有Atlantis的推算" in done.output


def test_csv_goes_to_standard_output():
    done = CliRunner().invoke(main, ["nowcast", "Hebei", "--format", "csv", "--members", "20"])
    assert done.exit_code == 0
    assert (
        done.output.splitlines()[0] == "region,region_zh,year,status,co2_t_p05,co2_t_p25,co2_t_p50,co2_t_p75,co2_t_p95"
    )
    assert len(done.output.splitlines()) == 21
