"""``pathways reproduce``: one command, one table, every value with verdict and cause."""

import csv
import shutil

import pytest
from click.testing import CliRunner
from data_reading import DATA

from pathway_models.intake.published import list_studies, read_estimates
from pathway_models.reproduction.command import reproduce_command

pytestmark = [pytest.mark.reproduction, pytest.mark.slow]


def run(*words):
    return CliRunner().invoke(reproduce_command, [str(word) for word in words])


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    file = tmp_path_factory.mktemp("table") / "all.csv"
    return run("--all", "--csv", file), file


def test_one_command_prints_every_study_and_ends_well(everything):
    done, _ = everything
    assert done.exit_code == 0, done.output
    assert [name for name in list_studies() if f"\n{name}: " not in f"\n{done.output}"] == []
    assert f"{len(read_estimates())} published values: " in done.output


def test_every_row_of_the_table_has_its_cause_below_it(everything):
    lines = everything[0].output.splitlines()
    rows = [
        at for at, line in enumerate(lines) if line.startswith(("reproduced: ", "near: ", "not rep", "text only: "))
    ]
    assert len(rows) > 50
    below = {at: "\n".join(lines[at + 1 : after]) for at, after in zip(rows, [*rows[1:], len(lines)], strict=True)}
    assert [lines[at] for at in rows if "    cause: " not in below[at]] == []


def test_every_value_can_be_written_as_csv(everything):
    with everything[1].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(read_estimates())
    assert all(row["verdict"] and row["cause"] for row in rows)


def test_each_value_can_stand_in_a_row_of_its_own():
    assert run("lmdir_example", "--each").output.count("    cause: ") == 16
    assert run("lmdir_example").output.count("    cause: ") == 5


def test_call_without_studies_says_which_there_are():
    done = run()
    assert done.exit_code == 2
    assert "guan2018" in done.output
    assert run("--all", "guan2018").exit_code == 2


def test_unknown_study_ends_with_a_message():
    done = run("guan2081")
    assert done.exit_code == 1
    assert "expected a folder, or one of" in done.output


def test_moved_verdict_ends_with_one_and_says_what_moved(tmp_path, monkeypatch):
    shutil.copytree(DATA / "published", tmp_path / "published")
    about = tmp_path / "published" / "lmdir_example" / "study.yml"
    text = about.read_text(encoding="utf-8")
    about.write_text(text.replace("reproduced: 16", "reproduced: 15\n  near: 1"), encoding="utf-8")
    monkeypatch.setenv("PATHWAY_DATA", str(tmp_path))
    done = run("lmdir_example")
    assert done.exit_code == 1
    assert "verdicts have changed: 16 reproduced; recorded in its study.yml: 15 reproduced, 1 near" in done.output


def test_help_shows_both_forms():
    text = run("--help").output
    assert "STUDY ... | --all" in text
    assert "new --study ID" in text
