"""Levers and scenarios of one's own: `--lever-file` and `--scenario-file` of every command, and what a run keeps."""

import json
import shutil

import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.batch.command import outputs_now
from pathway_models.batch.results import compute_again
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.intake.library import read_levers
from pathway_models.runs.store import own_files, scenarios_of

LEVERS = """
levers:
  compressed_air:
    family: efficiency
    name_en: Compressed air without leaks
    name_zh: 压缩空气治漏
    action: reduce_intensity
    ramp: {shape: linear, start: 2026, complete: 2030}
    parameters:
      reduction: {unit: share of energy per activity, source: "ASSUME: leaks found and closed"}
    settings:
      moderate: {reduction: {low: 0.01, mode: 0.02, high: 0.03}}
      strong: {reduction: {low: 0.02, mode: 0.04, high: 0.06}}
"""
SCENARIOS = """
scenarios:
  bau: {name_en: Business as usual, name_zh: 惯常情景}
  mine:
    name_en: Mine
    name_zh: 我的情景
    grid: policy
    levers: {compressed_air: strong, electrification: moderate}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Folder with a file of levers and one of scenarios."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "levers_of_mine.yml").write_text(LEVERS, encoding="utf-8")
    (folder / "mine.yml").write_text(SCENARIOS, encoding="utf-8")
    return folder


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_own_levers_are_laid_over_the_shipped_ones(own):
    shipped, laid = pw.read_levers(), pw.read_levers(own / "levers_of_mine.yml")
    assert list(laid) == [*shipped, "compressed_air"]
    assert {name: laid[name] for name in shipped} == shipped
    assert pw.read_scenarios(None, own / "levers_of_mine.yml")["deep"] == pw.read_scenarios()["deep"]
    mine = pw.read_scenarios(own / "mine.yml", own / "levers_of_mine.yml")["mine"]
    assert [measure.lever.lever_id for measure in mine.measures] == ["compressed_air", "electrification"]


def test_a_lever_of_a_shipped_id_takes_its_place(own, tmp_path):
    path = tmp_path / "levers.yml"
    path.write_text(LEVERS.replace("compressed_air", "energy_efficiency"), encoding="utf-8")
    laid, shipped = pw.read_levers(path), pw.read_levers()
    assert list(laid) == list(shipped)
    assert laid["energy_efficiency"].name_en == "Compressed air without leaks"
    assert laid["energy_efficiency"].rank == shipped["energy_efficiency"].rank
    assert pw.read_scenarios(None, path)["deep"].measures != pw.read_scenarios()["deep"].measures


def test_faults_of_own_levers_come_all_at_once_by_line(tmp_path):
    path = tmp_path / "wrong.yml"
    path.write_text(LEVERS.replace("mode: 0.04", "mode: four").replace("start: 2026", "start: soon"), encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_levers(path)
    assert len(told.value.faults) == 2
    assert {fault.file for fault in told.value.faults} == {"wrong.yml"}
    assert sorted(fault.place.split(",")[0] for fault in told.value.faults) == ["line 13", "line 8"]
    told = call("run", "demo-steel", "--lever-file", path, "--out", tmp_path / "run")
    assert told.exit_code != 0
    assert "line 13" in told.output
    assert not (tmp_path / "run" / "demo-steel").exists()


@pytest.mark.slow
def test_a_run_keeps_its_own_files_hashed_and_does_without_them_afterwards(own, tmp_path):
    given = tmp_path / "given"
    shutil.copytree(own, given)
    run = tmp_path / "run"
    words = ["--lever-file", given / "levers_of_mine.yml", "--scenario-file", given / "mine.yml"]
    told = call("run", "demo-electronics", *words, "--members", 20, "--workers", 1, "--out", run)
    assert told.exit_code == 0, told.output
    shutil.rmtree(given)
    assert {path.name for path in own_files(run).values()} == {"levers_of_mine.yml", "mine.yml"}
    hashes = json.loads((run / "run.json").read_text(encoding="utf-8"))["outputs_sha256"]
    assert {"inputs/levers_of_mine.yml", "inputs/mine.yml"} < set(hashes)
    assert scenarios_of(run)["mine"].measures[0].lever.lever_id == "compressed_air"
    assert outputs_now(run) == {}
    assert compute_again(run, "demo-electronics").pathways.scenarios == ("bau", "mine")  # what a report begins with
    for command in (
        ("verify", run, "--workers", 1),
        ("export", run, "--format", "tidy"),
    ):
        told = call(*command)
        assert told.exit_code == 0, told.output
    kept = run / "inputs" / "mine.yml"
    kept.write_text(kept.read_text(encoding="utf-8").replace("moderate", "strong"), encoding="utf-8")
    assert "ALTERED" in outputs_now(run)["inputs/mine.yml"]


@pytest.mark.slow
def test_a_search_takes_own_levers_and_starts_from_a_scenario(own):
    words = ["--members", 20, "--fresh", 0, "--by", "family", "--format", "json", "--probability", "0.1"]
    files = ["--lever-file", own / "levers_of_mine.yml", "--scenario-file", own / "mine.yml"]
    plain = call("decide", "demo-electronics", *words)
    told = call("decide", "demo-electronics", *words, *files, "--scenario", "mine")
    before, found = json.loads(plain.stdout), json.loads(told.stdout)
    assert "compressed_air" in found["cost_not_known"]
    assert "compressed_air" not in before["cost_not_known"]
    # Power gets cleaner than in bau, and the search begins there: what every package gets to, the best ones get to.
    assert max(one["p_before"] for one in found["front"]) >= max(one["p_before"] for one in before["front"])


def test_files_of_one_name_are_refused_before_a_run_begins(own, tmp_path):
    other = tmp_path / "mine.yml"
    other.write_text(LEVERS, encoding="utf-8")
    told = call(
        "run", "demo-steel", "--lever-file", other, "--scenario-file", own / "mine.yml", "--out", tmp_path / "r"
    )
    assert told.exit_code != 0
    assert "rename one" in told.output
