"""The page "Add a study" walked from an empty folder to a verdict, with a real table.

Yearly effects behind the CO2 of public buildings in China, Discrete Dynamics in Nature and Society 2022, article
4958660, table 2 (CC BY 4.0). The paper prints effects and their sum: the sum is all that can be computed again.
"""

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from data_reading import DATA, ROOT
from nbclient import NotebookClient

from pathway_models.core.errors import InputError
from pathway_models.intake.published import COLUMNS, list_studies, read_study
from pathway_models.reproduction.command import reproduce_command
from pathway_models.reproduction.comparison import Answer, Answers
from pathway_models.reproduction.register import reproduce

pytestmark = [pytest.mark.reproduction, pytest.mark.slow]

NAME = "buildings2022"
SCOPE = "China, public buildings"
EFFECTS = {  # 10^8 tCO2
    "2010-2011": [-0.02, 0.12, -0.01, 0.15, 0.12, 0.21, 0.03],
    "2011-2012": [0.22, 0.04, 0.01, -0.05, 0.32, 0.16, 0.03],
}
PRINTED = {"2010-2011": 0.61, "2011-2012": 0.73}
ABOUT = f"""\
study: {NAME}
title: CO2 of public buildings in China, effects by year
citation: Discrete Dynamics in Nature and Society 2022, article 4958660, table 2
licence: CC BY 4.0
given: [effects of seven factors and their sum, two digits]
assumed: []
inputs: {{inputs: inputs.csv}}
expected: {{reproduced: 2}}
"""
COMPUTATION = f"""\
totals = inputs.groupby("scenario")["value"].sum()
ours = {{("{SCOPE}", period, "change"): float(total) for period, total in totals.items()}}
causes = dict.fromkeys(ours, "sum of seven rounded effects")
result = compare_with_published(the_study, ours, causes)"""


def run_command(*words):
    return CliRunner().invoke(reproduce_command, [str(word) for word in words])


def run_notebook(path, monkeypatch):
    """Execute in the notebook's own folder, as Jupyter does, and return the text of the last output."""
    monkeypatch.setenv("IPYTHONDIR", str(ROOT / "tests" / "ipython"))
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    return notebook.cells[-1].outputs[-1]["data"]["text/markdown"]


def append_rows(path, rows):
    with Path(path).open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


@pytest.fixture
def folder(tmp_path):
    """Step 1 of the page."""
    done = run_command("new", "--study", NAME, "--folder", tmp_path)
    assert done.exit_code == 0, done.output
    return tmp_path / NAME


@pytest.fixture
def filled(folder):
    """Steps 2 to 4."""
    (folder / "study.yml").write_text(ABOUT, encoding="utf-8")
    inputs = [("effect", period, "", e, "10^8 tCO2", "table 2") for period, found in EFFECTS.items() for e in found]
    append_rows(folder / "inputs.csv", inputs)
    reason = "eight numbers rounded to two digits"
    rows = [
        (NAME, SCOPE, period, "change", value, "10^8 tCO2", 0.04, 0.1, reason, "table 2", "seen", "CC BY 4.0")
        for period, value in PRINTED.items()
    ]
    append_rows(folder / "estimates.csv", rows)
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (computing,) = [cell for cell in notebook.cells if cell.source.startswith("ours = {}")]
    computing.source = COMPUTATION
    nbformat.write(notebook, path)
    return folder


def test_new_study_is_a_description_two_heads_and_a_notebook(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{NAME}.ipynb",
        "estimates.csv",
        "inputs.csv",
        "study.yml",
    ]
    assert (folder / "estimates.csv").read_text(encoding="utf-8") == ",".join(COLUMNS) + "\n"
    assert read_study(folder).estimates == ()


def test_notebook_of_a_new_study_runs_as_it_is(folder, monkeypatch):
    assert run_notebook(folder / f"{NAME}.ipynb", monkeypatch) == "Title of the study: no published value yet."


def test_filled_in_study_gets_its_verdicts_from_its_notebook(filled, monkeypatch):
    finding = run_notebook(filled / f"{NAME}.ipynb", monkeypatch)
    assert finding.endswith("of 2 published values 2 reproduced.")


def test_a_wrong_value_in_ones_own_table_is_told_by_its_line(filled):
    append_rows(filled / "estimates.csv", [(NAME, "x", "y", "z", "many", "t", 1, 2, "a", "b", "seen", "c")])
    with pytest.raises(InputError, match=r"estimates\.csv, line 4, value = 'many'"):
        read_study(filled)


def test_study_can_be_shipped_and_computed_by_the_package(filled, tmp_path, monkeypatch):
    """Steps 5 and 6, in a copy of the shipped studies."""
    shutil.copytree(DATA / "published", tmp_path / "data" / "published")
    own = (filled / "estimates.csv").read_text(encoding="utf-8").splitlines(keepends=True)[1:]
    with (tmp_path / "data" / "published" / "estimates.csv").open("a", encoding="utf-8", newline="") as stream:
        stream.writelines(own)
    (filled / "estimates.csv").unlink()
    shutil.move(filled, tmp_path / "data" / "published" / NAME)
    monkeypatch.setenv("PATHWAY_DATA", str(tmp_path / "data"))
    assert list_studies()[-1] == NAME

    def compute(study):
        totals = study.table().groupby("scenario")["value"].sum()
        return Answers({e.key: Answer(float(totals[e.scenario]), "sum of rounded effects") for e in study.estimates})

    assert reproduce(NAME, compute).is_as_expected
    told = run_command(NAME)
    assert told.exit_code == 1
    assert "no computation is registered" in told.output


@pytest.mark.parametrize("name", ["Smith2024", "2024smith", "guan2018"])
def test_name_that_cannot_be_or_is_taken_is_refused(name, tmp_path):
    done = run_command("new", "--study", name, "--folder", tmp_path)
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_existing_folder_is_never_written_over(folder):
    before = (folder / "study.yml").read_bytes()
    assert run_command("new", "--study", NAME, "--folder", folder.parent).exit_code == 2
    assert (folder / "study.yml").read_bytes() == before
