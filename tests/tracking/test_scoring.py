"""``pathways score``: sealed forecasts of a run against later years; an altered one is refused in one line."""

import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import PathwayError
from pathway_models.inventory.accounts import take_inventory
from pathway_models.kernels.quantiles import sorted_quantiles
from pathway_models.kernels.scores import crps_ensemble
from pathway_models.runs import provenance
from pathway_models.runs.provenance import (
    FORECAST,
    LEVELS,
    BrokenSealError,
    content_hash,
    read_forecasts,
    seals_in,
    write_record,
)
from pathway_models.tracking.updating import peaked_before, score

PARKS = ("demo-cement", "region-d")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of two parks, issued in 2026."""
    folder = tmp_path_factory.mktemp("sealed") / "run"
    scenarios = pw.read_scenarios().pick(["bau", "deep"])
    pw.run_tables(PARKS, folder, scenarios, members=60, until=2045, as_of=2026, workers=1)
    return folder


def sealed(**changed):
    """A forecast of one park with the record 100, 110 and quantiles that lie evenly on 101 ... 139 in every year."""
    content = {
        "observed": {"2019": 100.0, "2020": 110.0},
        "last_observed_year": 2020,
        "years": [2021, 2022],
        "scenarios": {"bau": {"peaks_before": {"2021": 0.25}, "quantiles": [[float(v) for v in range(101, 140)]] * 2}},
    }
    return content | changed


def call(*words, **environment):
    return CliRunner().invoke(main, ["score", *map(str, words)], env=environment, catch_exceptions=False)


# --- what is sealed


@pytest.mark.slow
def test_headline_law_issue_year_and_account_are_sealed(run):
    for park, content in read_forecasts(run).items():
        rows = pw.open_run(run).summary.query("park_id == @park").set_index("scenario")
        assert (content["park"], content["issue_year"], content["law"]) == (park, 2026, pw.read_assumptions().law)
        assert content["law_versions"]["baselines"] == pw.read_assumptions().baselines.version
        assert content["account"] == rows["account"]["bau"]
        for scenario, row in rows.iterrows():
            kept = content["scenarios"][scenario]
            assert kept["headline"]["p_past"] == pytest.approx(row["p_past"])
            assert kept["headline"]["p_ahead"] == pytest.approx(row["p_ahead"])
            assert kept["peaks_before"] == {"2030": pytest.approx(row["p_past"] + row["p_ahead"], abs=1e-5)}


@pytest.mark.slow
def test_quantiles_are_of_what_the_park_will_report(run):
    """Growth of each member times the last report: the error of a factor, which a member has in both years, cancels."""
    park, scenarios = pw.read_park("demo-cement"), pw.read_scenarios().pick(["bau", "deep"])
    draws = pw.sample(
        park, scenarios, members=60, until=2045, seed=20240401, assumptions=pw.read_assumptions(as_of=2026)
    )
    total = pw.project(park, scenarios, draws).total()[1]
    reported = take_inventory(park).total()[-1] * total[:, -20] / total[:, park.years.size - 1]
    content = read_forecasts(run)["demo-cement"]
    at = content["years"].index(2026)
    assert content["scenarios"]["deep"]["quantiles"][at] == pytest.approx(
        sorted_quantiles(np.sort(reported), LEVELS), rel=1e-5
    )
    assert content["years"] == list(range(2021, 2042))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_no_date(run, tmp_path):
    scenarios = pw.read_scenarios().pick(["bau", "deep"])
    pw.run_tables(["demo-cement"], tmp_path / "again", scenarios, members=60, until=2045, as_of=2026, workers=1)
    text = (run / "demo-cement" / FORECAST).read_bytes()
    assert (tmp_path / "again" / "demo-cement" / FORECAST).read_bytes() == text
    assert b"date" not in text
    assert set(seals_in(run)["demo-cement"]) == {"sha256", "date"}


def test_a_forecast_made_again_unchanged_keeps_its_day_and_a_changed_one_does_not(tmp_path):
    content = {"park": "a"}
    (tmp_path / "a").mkdir()
    provenance.write_forecast(tmp_path / "a" / FORECAST, content)
    earlier = {"a": {"sha256": content_hash(content), "date": "2026-01-02"}, "b": {"sha256": "0", "date": "2026-01-03"}}
    write_record(tmp_path, {"run_id": "x"}, ["a"], earlier)
    assert seals_in(tmp_path) == earlier
    provenance.write_forecast(tmp_path / "a" / FORECAST, {"park": "a", "seed": 2})
    write_record(tmp_path, {"run_id": "x"}, ["a"], earlier)
    assert seals_in(tmp_path)["a"]["date"] > "2026-01-02"
    # A run that has not made it again must not put a new seal on what somebody altered.
    write_record(tmp_path, {"run_id": "x"}, [], earlier)
    assert seals_in(tmp_path)["a"] == earlier["a"]
    with pytest.raises(BrokenSealError, match=r"seal broken.*: a, b"):
        read_forecasts(tmp_path)


# --- scores


def test_bands_and_crps_by_hand():
    """115 lies inside all bands, 139.5 above all; the record is 110."""
    found = score({"a": sealed()}, {"a": {2021: 115.0, 2022: 139.5}})
    assert found.by_year[["coverage_50", "coverage_80", "coverage_90"]].to_numpy().tolist() == [[1, 1, 1], [0, 0, 0]]
    expected = crps_ensemble(115.0, np.arange(101.0, 140.0)) / 110.0
    assert found.by_year.crps[0] == pytest.approx(expected)
    assert found.by_year.skill_persistence[0] == pytest.approx(1 - expected / (5 / 110))
    assert found.bands[["park_count", "forecasts", "coverage_90"]].to_numpy().tolist() == [[1, 2, 0.5]]
    assert found.scored == {"a": (2021, 2022)}
    assert found.restated == {}


@pytest.mark.parametrize(
    ("outcome", "inside"),
    [
        (101.5, (0, 0, 0)),
        (103.5, (0, 0, 1)),
        (104.5, (0, 1, 1)),
        (109.5, (0, 1, 1)),
        (110.5, (1, 1, 1)),
        (130.5, (0, 1, 1)),
    ],
)
def test_a_band_ends_at_its_quantiles(outcome, inside):
    """The 90 % band reaches from 102 to 138, the 80 % band from 104 to 136, the 50 % band from 110 to 130."""
    row = score({"a": sealed()}, {"a": {2021: outcome}}).bands.iloc[0]
    assert (row.coverage_50, row.coverage_80, row.coverage_90) == inside


def test_a_restated_last_year_scales_the_forecast():
    plain = score({"a": sealed()}, {"a": {2021: 115.0}})
    restated = score({"a": sealed()}, {"a": {2020: 220.0, 2021: 230.0}})
    assert restated.bands.crps[0] == pytest.approx(plain.bands.crps[0])
    assert restated.restated == {"a": (110.0, 220.0)}


def test_a_closure_is_an_outcome_like_any_other():
    row = score({"a": sealed()}, {"a": {2021: 0.0}}).bands.iloc[0]
    assert row.coverage_90 == 0
    assert np.isfinite(row.crps)


def test_having_peaked_is_decided_by_the_whole_window_and_not_before():
    content, down = sealed(), {2021: 109.0, 2022: 108.0, 2023: 107.0, 2024: 106.0}
    assert peaked_before(content, down, 2021) is None
    assert peaked_before(content, {2021: 200.0}, 2021) is None
    assert peaked_before(content, down | {2025: 110.0}, 2021) is True
    assert peaked_before(content, down | {2025: 111.0}, 2021) is False
    assert peaked_before(content, down | {2026: 105.0}, 2021) is None
    event = score({"a": content, "b": content}, {"a": down | {2025: 110.0}, "b": down}).events.iloc[0]
    assert (event.target_year, event.decided, event.undecided) == (2021, 1, 1)
    assert (event.mean_forecast, event.frequency, event.brier) == (0.25, 1.0, 0.75**2)


def test_without_a_new_year_nothing_is_scored():
    with pytest.raises(PathwayError, match="records to 2020"):
        score({"a": sealed()}, {"a": {2020: 110.0}})


# --- the command


def new_years(folder, *rows):
    path = folder / "new.csv"
    path.write_text("\n".join(["entity,year,value", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_command_prints_bands_crps_and_brier(run, tmp_path):
    last = take_inventory(pw.read_park("demo-cement")).total()[-1]
    rows = [f"demo-cement,{year},{last * 0.99 ** (year - 2020):.0f}" for year in range(2021, 2035)]
    answer = call(run, new_years(tmp_path, *rows))
    assert answer.exit_code == 0, answer.output
    assert "demo-cement: 2021-2034 scored; law levels, issued in 2026, sealed on 20" in answer.output
    assert all(name in answer.output for name in ("coverage 50", "coverage 90", "crps", "brier", "skill persistence"))
    assert "undecided: some" in answer.output
    chinese = call(run, tmp_path / "new.csv", PATHWAYS_LANG="zh")
    assert all(name in chinese.output for name in ("覆盖率90%", "惯常情景", "目标年", "封存于", "Brier分数"))


@pytest.mark.slow
def test_a_table_of_a_park_is_read_in_the_account_of_the_forecast(run):
    """The table that the forecast was made from holds no new year."""
    answer = call(run, "demo-cement")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "no new year of a park of this run" in answer.stderr


@pytest.mark.slow
def test_faults_of_all_tables_are_told_together(run, tmp_path):
    strange = new_years(tmp_path, "nowhere,2021,5")
    (tmp_path / "other.csv").write_text("entity,year,value\nregion-d,2021,-5\n", encoding="utf-8")
    answer = call(run, strange, tmp_path / "other.csv")
    assert answer.exit_code == 1
    assert "a park of the run" in answer.stderr
    assert "emissions of 0 or more" in answer.stderr


@pytest.mark.parametrize("spoil", ["content", "content and hash", "gone", "no seals"])
def test_an_altered_seal_is_refused_in_one_line(run, tmp_path, spoil):
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    path = copy / "demo-cement" / FORECAST
    content = json.loads(path.read_text(encoding="utf-8"))
    content["sealed"]["scenarios"]["bau"]["headline"]["p_past"] = 0.99
    if spoil == "content and hash":
        content["sha256"] = content_hash(content["sealed"])
    path.write_text(json.dumps(content), encoding="utf-8")
    if spoil == "gone":
        path.unlink()
    if spoil == "no seals":
        record = json.loads((copy / "run.json").read_text(encoding="utf-8"))
        del record["seals"]
        (copy / "run.json").write_text(json.dumps(record), encoding="utf-8")
    answer = call(copy, new_years(tmp_path, "demo-cement,2021,5000000"))
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert ("no sealed forecasts" if spoil == "no seals" else "seal broken") in answer.stderr
