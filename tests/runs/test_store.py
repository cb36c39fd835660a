"""Results on disk: members in one compact file, runs opened lazily, folders that are no run refused."""

import json
import os
import re
import shutil
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import coal_park
from hypothesis import given
from hypothesis import strategies as st
from workbook_maker import Filled

import pathway_models as pw
from pathway_models.core.errors import BatchError, InputError
from pathway_models.kernels.turning_points import STATUS
from pathway_models.runs import tables
from pathway_models.runs.store import kept_arrays
from pathway_models.runs.tables import MEMBERS, bitround, write_members

NUMBER = 25


@pytest.fixture(scope="module")
def chosen(scenarios):
    return scenarios.pick(["bau", "deep"])


@pytest.fixture(scope="module")
def ensemble(chosen):
    park = pw.read_park("demo-steel")
    pathways = pw.project(park, chosen, pw.sample(park, chosen, members=NUMBER, seed=4), keep="totals")
    return pathways, pw.find_peaks(pathways)


@pytest.fixture(scope="module")
def run(chosen, tmp_path_factory):
    """A run of two parks that come out, one that is not known, one named twice, and a record made in code."""
    folder = tmp_path_factory.mktemp("store") / "run"
    parks = ["demo-steel", "nowhere", coal_park(), "demo-steel"]
    seen = []
    found = pw.run_tables(parks, folder, chosen, members=NUMBER, seed=4, report=seen.append)
    assert [outcome.park_id for outcome in seen] == ["demo-steel", "nowhere", "tiny", "demo-steel"]
    return found


@pytest.mark.slow
def test_two_workbooks_of_one_id_are_not_run_as_two_parks(chosen, tmp_path):
    workbooks = [str(Filled().write(tmp_path / f"{name}.xlsx")) for name in ("first", "second")]
    other = Filled()
    other.park["park_id"] = "Demo-Steel".lower()
    workbooks.append(str(other.write(tmp_path / "third.xlsx")))
    seen = []
    pw.run_tables(
        ["demo-steel", *workbooks], tmp_path / "run", chosen, members=5, seed=4, workers=1, report=seen.append
    )
    assert [outcome.status for outcome in seen] == ["done", "done", "refused", "refused"]


# --- members.parquet


@pytest.mark.slow
@given(st.lists(st.floats(1e-20, 1e20), min_size=1, max_size=50), st.integers(1, 22))
def test_fewer_bits_are_off_by_no_more_than_half_of_the_last_one(values, bits):
    values = np.array(values)
    kept = bitround(values, bits)
    # Half a bit of what is kept, and single precision's own rounding.
    assert (np.abs(kept / values - 1) <= 2.0 ** -(bits + 1) + 2.0**-24).all()
    assert not (kept.view(np.uint32) & np.uint32(2 ** (23 - bits) - 1)).any()


def test_as_many_bits_as_single_precision_has_are_refused():
    with pytest.raises(ValueError, match=re.escape("bits = 23: expected 1 to 22")):
        bitround([1.0], 23)


def test_equal_members_are_equal_bytes_and_carry_no_place_or_time(ensemble, tmp_path):
    first, second = (
        write_members(tmp_path / name / MEMBERS, *ensemble) for name in ("a", "b") if made(tmp_path / name)
    )
    assert first.read_bytes() == second.read_bytes()
    about = {key.decode() for key in pq.read_metadata(first).metadata}
    assert about == {"park_id", "unit", "last_observed_year", "seed", "ARROW:schema"}
    assert not list(tmp_path.glob("**/*.partial"))


def made(folder):
    folder.mkdir()
    return folder


@pytest.mark.slow
def test_members_are_the_ensembles_to_six_digits(ensemble, run):
    pathways, peaks = ensemble
    frame = run["demo-steel"].members()
    assert frame["scenario"].tolist() == ["bau"] * NUMBER + ["deep"] * NUMBER
    assert frame["year_of_maximum"].tolist() == peaks.year.ravel().tolist()
    assert frame["status"].tolist() == [STATUS[code] for code in peaks.status.ravel()]
    for name, expected in (
        ("2035", pathways.total()[..., pathways.years == 2035]),
        ("value_tco2", peaks.value),
        ("cumulative_tco2", pathways.total()[..., pathways.years > 2020].sum(axis=-1)),
    ):
        np.testing.assert_allclose(frame[name], expected.ravel(), rtol=5e-6)


@pytest.mark.slow
def test_only_what_is_asked_for_is_given(run):
    park = run["demo-steel"]
    frame = park.members(scenarios=["deep"], columns=["member", 2030], where=[("member", "<", 3)])
    assert list(frame.columns) == ["member", "2030"]
    assert frame["member"].tolist() == [0, 1, 2]
    everything = park.members()
    expected = everything[(everything["scenario"] == "deep") & (everything["member"] < 3)]["2030"]
    assert frame["2030"].tolist() == expected.tolist()


def test_large_ensembles_have_a_row_group_a_scenario(ensemble, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "ROWS", NUMBER)
    groups = pq.ParquetFile(write_members(tmp_path / MEMBERS, *ensemble)).metadata
    assert [groups.row_group(at).num_rows for at in range(groups.num_row_groups)] == [NUMBER, NUMBER]


@pytest.mark.slow
def test_members_of_many_parks_come_park_by_park_or_in_one_frame(run):
    found = run.members(columns=["scenario", 2030])
    assert [park_id for park_id, _ in found] == ["demo-steel", "tiny"]
    frame = found.frame()
    assert len(frame) == 2 * 2 * NUMBER
    medians = frame.groupby("park_id", observed=True)["2030"].median()
    assert list(medians.index) == ["demo-steel", "tiny"]
    assert len(run.members(parks="tiny").frame()) == 2 * NUMBER


# --- the run


@pytest.mark.slow
def test_a_run_tells_how_its_parks_ended(run):
    assert run.status["status"].tolist() == ["done", "refused", "done", "refused"]
    assert run.parks == ("demo-steel", "tiny")
    assert "stands twice" in run.status["cause"][3]
    assert "4 parks (2 done, 2 refused); members 25, seed 4, until 2060" in repr(run)
    assert "with members" in repr(run["tiny"])
    assert [park.park_id for park in run] == ["demo-steel", "tiny"]


@pytest.mark.slow
def test_the_summary_grows_by_each_park_in_the_order_of_the_parks(run):
    assert list(zip(run.summary["park_id"], run.summary["scenario"], strict=True)) == [
        ("demo-steel", "bau"),
        ("demo-steel", "deep"),
        ("tiny", "bau"),
        ("tiny", "deep"),
    ]
    own = (run.folder / "tiny" / "summary.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (run.folder / "summary.csv").read_text(encoding="utf-8-sig").splitlines()[-2:] == own[1:]


@pytest.mark.slow
def test_tables_of_parks_stand_one_below_the_other(run):
    table = run.table("pathways")
    assert table["park_id"].unique().tolist() == ["demo-steel", "tiny"]
    assert len(run.table("pathways", parks=["tiny"])) == 2 * 46


@pytest.mark.slow
def test_tables_have_the_bytes_of_a_park_projected_by_source(run, chosen, tmp_path):
    park = pw.read_park("demo-steel")
    draws = pw.sample(park, chosen, members=NUMBER, seed=4)
    pathways = pw.project(park, chosen, draws)
    held = pw.survey(park, chosen, draws, probabilities=(), drivers="hold").peaks
    for path in pw.write_results(tmp_path, park, chosen, pathways, pw.find_peaks(pathways), held=held):
        if path.name != "gaps.csv":  # energy per value added is known where sources are kept
            assert path.read_bytes() == (run.folder / "demo-steel" / path.name).read_bytes(), path.name


@pytest.mark.slow
def test_the_record_names_parks_and_inputs(run):
    record = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["parks"] == ["demo-steel", "nowhere", "tiny"]
    assert len(record["inputs_sha256"]["demo-steel.csv"]) == 64


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda run: run["nowhere"], "park = 'nowhere': expected a park that came out, not one that refused"),
        (lambda run: run["elsewhere"], "park = 'elsewhere': expected a park of this run"),
        (
            lambda run: run.table("peaks"),
            "table = 'peaks': expected one of first_steps, gaps, inventory, levers, pathways, summary",
        ),
        (lambda run: run["tiny"].members(columns=[1900]), "column = '1900': expected one of scenario, member"),
        (lambda run: run["tiny"].members(scenarios=["wish"]), "scenario = 'wish': expected one of bau, deep"),
        (lambda run: pw.open_run(run.folder / "tiny"), "expected the folder of a run, with run.json"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(run, ask, message):
    with pytest.raises(InputError, match=re.escape(message)):
        ask(run)


@pytest.mark.slow
def test_a_run_that_was_cut_off_is_refused(run, tmp_path):
    (tmp_path / "run.json").write_bytes((run.folder / "run.json").read_bytes())
    with pytest.raises(InputError, match=re.escape("a run with its status.csv: this one was cut off")):
        pw.open_run(tmp_path)


@pytest.mark.slow
def test_a_broken_or_missing_file_of_members_is_told_by_park(run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(run.folder, copy)
    broken = copy / "tiny" / MEMBERS
    broken.write_bytes(broken.read_bytes()[:-40])
    with pytest.raises(InputError, match=re.escape("tiny/members.parquet, file: expected a whole file")):
        pw.open_run(copy)["tiny"].members()
    broken.unlink()
    with pytest.raises(InputError, match=re.escape("this run did not keep its members")):
        pw.open_run(copy)["tiny"].members()


class Killer(str):
    """The name of a park that ends the process that takes it up."""

    def __reduce__(self):
        return os._exit, (3,)


@pytest.mark.slow
def test_a_process_that_dies_costs_its_own_park_only(chosen, tmp_path):
    parks = [coal_park(), Killer("killer"), replace(coal_park(), park_id="other")]
    run = pw.run_tables(parks, tmp_path / "run", chosen, members=2, seed=0, workers=1, keep_members=False)
    assert run.status["status"].tolist() == ["done", "failed", "done"]
    assert "the process that ran the park died" in run.status["cause"][1]
    assert "members not kept" in repr(run["other"])
    assert not list(run.folder.glob(".*"))


@pytest.mark.slow
def test_a_folder_that_holds_something_is_not_run_into(run, chosen):
    with pytest.raises(BatchError, match=re.escape("expected a new or empty folder")):
        pw.run_tables(["demo-steel"], run.folder, chosen)


def test_arrays_are_kept_under_their_key_alone(tmp_path):
    path, made = tmp_path / "arrays.npz", []

    def work():
        made.append(len(made))
        return {"values": np.arange(3.0) + made[-1]}

    assert kept_arrays(path, "a", work)["values"].tolist() == [0, 1, 2]
    assert kept_arrays(path, "a", work)["values"].tolist() == [0, 1, 2]
    assert kept_arrays(path, "b", work)["values"].tolist() == [1, 2, 3]
    path.write_bytes(b"PK no archive")
    assert kept_arrays(path, "b", work)["values"].tolist() == [2, 3, 4]
    assert kept_arrays(tmp_path / "no" / "arrays.npz", "a", work)["values"].tolist() == [3, 4, 5]
    assert sorted(tmp_path.iterdir()) == [path]
