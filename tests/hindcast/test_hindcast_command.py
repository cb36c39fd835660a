"""``pathways hindcast``: works on anyone's panel, writes what it prints, refuses what cannot be forecast."""

import io
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.baseline.windows import Subject
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.hindcast import report
from pathway_models.hindcast.command import _measure, hindcast_command
from pathway_models.hindcast.event_scores import LEVEL_TABLES, above_of, closed_within, holds
from pathway_models.hindcast.report import LAWS, TABLES, Case, measure, report_cases, with_closures
from pathway_models.intake.messages import lacking
from pathway_models.intake.panels import FILES, Panel, read_hindcasts


def write_panel(path, entities=12, years=14):
    """A panel of random walks that grow by 3 % a year."""
    rng = np.random.default_rng(6)
    logs = 10 + np.cumsum(rng.normal(0.03, 0.06, (entities, years)), axis=1)
    rows = [
        (f"region {at}", 2000 + year, f"{np.exp(value):.6g}")
        for at, record in enumerate(logs)
        for year, value in enumerate(record)
    ]
    pd.DataFrame(rows, columns=["entity", "year", "emissions_tco2"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The command on a user's own panel."""
    folder = tmp_path_factory.mktemp("hindcast")
    panel = write_panel(folder / "mine.csv")
    words = ["--panel", str(panel), "--record", "5", "--horizon", "6", "--quick", "--out", str(folder / "out")]
    return CliRunner().invoke(hindcast_command, words), folder / "out"


@pytest.mark.slow
def test_a_panel_of_ones_own_is_forecast_by_its_own_law_and_by_the_one_for_parks(own):
    result, _ = own
    assert result.exit_code == 0, result.output
    for case in ("mine, law own, region held out, 5 years", "mine, law parks, future held out, 5 years"):
        assert f"## {case}" in result.output


@pytest.mark.slow
def test_tables_and_figures_are_written_beside_each_other(own):
    _, folder = own
    written = {path.name for path in folder.iterdir()}
    assert written == {
        "hindcast_summary.csv",
        "hindcast_deciles.csv",
        "hindcast_peaks.csv",
        "hindcast_reliability.csv",
        "hindcast_coverage.png",
        "hindcast_calibration.png",
    }
    table = pd.read_csv(folder / "hindcast_summary.csv")
    assert set(table.panel) == {"mine"}
    assert table.coverage_90.between(0.0, 1.0).all()
    deciles = pd.read_csv(folder / "hindcast_deciles.csv")
    shares = deciles[[f"decile_{at}" for at in range(1, 11)]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(np.ones(len(deciles)), abs=1e-3)


@pytest.mark.slow
def test_the_law_for_parks_is_applied_to_a_strange_panel_as_it_is_shipped(own):
    """Nothing is fitted, so that both hold-outs give the same forecasts where both test them."""
    table = pd.read_csv(own[1] / "hindcast_summary.csv").query("law == 'parks' and horizon == 1").set_index("holdout")
    assert table.half_width_90["region"] == pytest.approx(table.half_width_90["future"], rel=0.2)
    assert table.forecasts["region"] > table.forecasts["future"]


def test_a_panel_of_one_region_or_of_too_few_years_is_refused_in_words(tmp_path):
    short = write_panel(tmp_path / "short.csv", entities=1, years=5)
    result = CliRunner().invoke(main, ["hindcast", "--panel", str(short), "--record", "5"])
    assert result.exit_code == 1
    assert "at least 2 regions" in result.output
    assert "more than 5 years" in result.output


@pytest.mark.slow
def test_what_a_short_panel_cannot_show_is_named_and_the_rest_is_printed(tmp_path):
    """Records of five years have five origins, too few to hide the future."""
    panel = write_panel(tmp_path / "ten.csv", years=10)
    words = ["hindcast", "--panel", str(panel), "--record", "5", "--horizon", "3", "--quick"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "## ten, law parks, region held out, 5 years" in result.output
    assert "left out: ten, law own, future held out, 5 years" in result.output
    assert "records of 5 years that end in at least 6 different years" in result.output
    assert "left out: ten, law parks, future held out, 5 years" in result.output


@pytest.mark.parametrize(("record", "holdout"), [(5, "future"), (10, "region"), (12, "region")])
def test_a_case_that_cannot_be_measured_says_why(record, holdout):
    with pytest.raises(InputError) as caught:
        measure(Case("eu_sites", "parks", holdout, record, 3))
    assert {fault.file for fault in caught.value.faults} == {"eu_sites"}
    assert all("shorter records" in fault.remedy for fault in caught.value.faults)
    assert not [part for fault in caught.value.faults for part in lacking(fault.expected) + lacking(fault.remedy)]


def test_faults_of_several_panels_are_told_at_once(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["hindcast", "--panel", str(tmp_path / "one.csv"), str(tmp_path / "two.csv")])
    assert result.exit_code == 1
    assert "one.csv" in result.output
    assert "two.csv" in result.output


def test_columns_are_named_by_options(tmp_path):
    table = pd.read_csv(write_panel(tmp_path / "mine.csv", years=5))
    table.columns = ["cluster", "when", "industry_t"]
    table.to_csv(tmp_path / "mine.csv", index=False)
    options = ["--entity", "cluster", "--year", "when", "--value", "industry_t", "--record", "5"]
    result = CliRunner().invoke(main, ["hindcast", "--panel", str(tmp_path / "mine.csv"), *options])
    assert result.exit_code == 1
    assert "more than 5 years" in result.output


def test_a_closure_is_counted_beside_the_scores():
    """Four records of three years; of those known to have an outcome two years on, one of two has closed."""
    values = np.array([[5.0, 6, 7, 8, 0], [5.0, 6, 7, 7, 7], [5.0, 6, 0, 8, 8]])
    panel = Panel("made", ("A", "B", "C"), ("A", "B", "C"), np.arange(2000, 2005), {"emissions_tco2": values})
    summary = pd.DataFrame({"record": 3, "horizon": [1, 2], "forecasts": [3, 1], "coverage_90": [1.0, 1.0]})
    found = with_closures(summary, Subject(panel), np.array([2002, 2003]))
    assert found.closures.tolist() == [1, 1]
    assert found.coverage_90_closures.tolist() == [0.75, 0.5]


def test_a_closed_site_is_an_outcome_where_it_is_asked_for_and_an_event_that_holds():
    values = np.array([[1.0, 2.0, 3.0, 4.0, 0.0, 0.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    panel = Panel("made", ("closed", "open"), ("a", "b"), np.arange(2000, 2006), {"emissions_tco2": values})
    subject = Subject(panel)
    found = subject.windows(3, 3, closures=True)
    first = found.take(found.origin == 2002)
    assert first.change[0].tolist() == [pytest.approx(np.log(4 / 3)), -np.inf, -np.inf]
    assert closed_within(first, 2).tolist() == [True, False]
    assert closed_within(first, 1).tolist() == [False, False]
    assert holds(np.zeros(2), first.change, 2).tolist() == [True, False]
    assert subject.windows(3, 2).origin.tolist() == found.origin[np.isfinite(found.change[:, :2]).any(axis=1)].tolist()
    assert not closed_within(subject.windows(3, 3), 3).any()
    above = above_of(first, dict.fromkeys(range(2000, 2006), 1.0) | {2004: 1.5, 2005: 0.5})
    assert above.tolist() == [[0.0, 0.5, -0.5]] * 2


def test_row_parks_is_the_law_in_force_and_the_one_before_it_keeps_its_row():
    assert LAWS["parks"] == pw.read_assumptions().law
    cases = report_cases(("cities", "eu_sites"), (5,))
    assert {case.law for case in cases if case.panel == "eu_sites"} == {"own", "parks", "parks_0_2"}
    assert {case.law for case in cases if case.panel == "cities"} == {"own", "parks_0_2"}
    assert all(case.is_usual for case in cases)
    assert str(cases[-1]) == "eu_sites, law parks_0_2, future held out, 5 years"
    other = report_cases(("cities",), (5,), growth_law="log_trend")
    assert {case.law for case in other} == {"own", "parks"}
    assert not any(case.is_usual for case in other)


@pytest.mark.slow
@pytest.mark.parametrize("panel", ["eu_sites", "us_sites", "us_sites_small"])
def test_the_law_in_force_covers_real_sites_that_it_had_not_seen(panel):
    rows = measure(Case(panel, "parks", "region", 5, 5), quick=True)["summary"].set_index("horizon").loc[[1, 3, 5]]
    former = measure(Case(panel, "parks_0_2", "region", 5, 5), quick=True)["summary"].set_index("horizon")
    assert rows.coverage_90.between(0.86, 0.95).all()
    assert (rows.crps < former.crps.loc[[1, 3, 5]]).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("panel", "covered", "skill"),
    [("eu_sites", (0.78, 0.80, 0.75), (-0.09, -0.31, -0.53)), ("us_sites", (0.86, 0.85, 0.81), (-0.04, -0.15, -0.30))],
)
def test_the_law_of_0_2_is_too_narrow_on_sites_and_worse_than_persistence(panel, covered, skill):
    """The figures of docs/baseline.md, section 11, whatever law is in force."""
    case = Case(panel, "parks_0_2", "region", 5, 5)
    rows = measure(case, quick=True)["summary"].set_index("horizon").loc[[1, 3, 5]]
    assert rows.coverage_90.to_numpy() == pytest.approx(covered, abs=0.01)
    assert rows.skill_persistence.to_numpy() == pytest.approx(skill, abs=0.01)


def test_a_file_that_is_no_panel_is_refused_with_its_faults(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["hindcast", "--panel", str(tmp_path / "other.csv")])
    assert result.exit_code == 1
    assert "a column emissions_tco2" in result.output


def test_the_shipped_card_is_renewed_whole_or_not_at_all():
    result = CliRunner().invoke(main, ["hindcast", "--write", "--panel", "provinces"])
    assert result.exit_code == 2
    assert "--write renews the whole report card" in result.output


def test_several_values_of_an_option_need_no_repeating_of_its_name():
    parsed = hindcast_command.make_context(
        "hindcast", ["--record", "5", "8", "--panel", "cities", "provinces", "--quick"]
    )
    assert parsed.params["records"] == (5, 8)
    assert parsed.params["panels"] == ("cities", "provinces")
    assert parsed.params["quick"]


def test_all_impossible_lengths_are_named_at_once():
    with pytest.raises(InputError) as caught:
        report_cases(records=(2, 5, 60), horizon=0)
    assert [fault.value for fault in caught.value.faults] == ["2", "60", "0"]


def test_the_future_is_hidden_from_the_shortest_records_only():
    cases = report_cases(("cities",), (5, 8))
    assert {(case.holdout, case.record) for case in cases} == {("region", 5), ("region", 8), ("future", 5)}


# --- the stored card -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_every_table_of_the_card_is_stored_with_one_version(name):
    table = read_hindcasts(name)
    of_levels = name in (*LEVEL_TABLES, "outlook")
    expected = {pw.read_assumptions().levels.version} if of_levels else set(read_hindcasts("summary").version)
    assert set(table.version) == expected
    assert len(set(table.version)) == 1


def test_the_stored_tables_are_those_a_report_gives():
    assert set(FILES) == {*TABLES, *LEVEL_TABLES, "outlook"}


def test_the_league_is_printed_from_what_is_stored():
    result = CliRunner().invoke(main, ["hindcast", "--league"])
    assert result.exit_code == 0, result.output
    for part in ("league: countries", "sums: cities", "events: eu_sites", "raftery_2017", "parks_0_2"):
        assert part in result.output
    heads = [line.split() for line in result.output.splitlines() if " better" in line or " brier" in line]
    assert heads
    assert {head[0] for head in heads} == {"law"}, "a score stands beside its law"


def test_an_unknown_table_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="one of summary, deciles, peaks, reliability, combination, chain"):
        read_hindcasts("weather")


PANELS = ("provinces", "cities", "countries")


@pytest.mark.parametrize("panel", PANELS)
def test_pooled_by_skill_the_forecast_is_no_worse_than_persistence_and_better_than_the_log_trend(panel):
    """Cities at ten years tie with persistence: 0.0003 is left for that."""
    pool = read_hindcasts("combination").query("taught_by == 'own' and panel == @panel").set_index("horizon")
    assert (pool.pool_vs_log_trend[[3, 5, 10]] > 0).all()
    assert (pool.pool_vs_persistence[[3, 5, 10]] > -0.001).all()


def test_weights_learnt_on_other_panels_do_not_carry_over():
    """Why parks keep a single law."""
    strange = read_hindcasts("combination").query("taught_by == 'others'")
    gain = 1 - strange.crps_pool / strange.crps_law
    assert gain.min() < -0.05
    assert gain[strange.horizon <= 5].max() < 0.03


@pytest.mark.parametrize("panel", PANELS)
def test_pooled_with_the_frequency_of_other_regions_the_probability_of_a_peak_beats_it(panel):
    rows = read_hindcasts("peaks").query("law == 'own' and panel == @panel and holdout == 'region'")
    assert (rows.skill_pooled > 0).all()


@pytest.mark.parametrize("panel", PANELS)
def test_the_probability_of_a_peak_beats_the_frequency_known_at_the_time(panel):
    rows = read_hindcasts("peaks").query("law == 'parks_0_2' and panel == @panel and holdout == 'future'")
    assert (rows.skill_known_rate > 0).all()


def test_bands_of_drivers_and_of_synthetic_parks_cover():
    chain = read_hindcasts("chain")
    made = chain.query("test == 'synthetic' and record == 5 and horizon in (1, 5, 10)")
    assert made.coverage_90.between(0.86, 0.94).all()
    wide = chain.query("test == 'drivers' and law == 'widened' and horizon in (1, 5, 10)")
    assert (wide.coverage_90 >= 0.86).all()


def test_a_terminal_is_told_how_many_cases_are_done(monkeypatch, tmp_path):
    panel = write_panel(tmp_path / "mine.csv", entities=3, years=8)
    monkeypatch.setattr(report, "measure", lambda *_, **__: {"summary": pd.DataFrame({"horizon": [1]})})
    monkeypatch.setattr(sys, "stderr", terminal := io.StringIO())
    terminal.isatty = lambda: True
    _measure((str(panel),), ("entity", "year", None), None, (5,), 3, 1, True, False, "en")
    cases = len(report_cases([panel], [5], 3, quick=True))
    assert f"{cases}/{cases}" in terminal.getvalue()
    assert "law parks, future held out, 5 years" in terminal.getvalue()
