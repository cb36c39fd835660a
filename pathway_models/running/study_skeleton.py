"""What ``pathways reproduce new`` writes: a study's description, heads of its tables, and a notebook that runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pathway_models.intake.estimates import COLUMNS

STUDY_FILE = """\
study: {study}
title: Title of the study
citation: Authors (year), title, journal volume, pages
# doi: 10.1234/abcd
source: []                  # keys of data/SOURCES.bib, when the study is to be shipped
licence: under what terms values and inputs may be shown and passed on
given:                      # what the paper gives
- ...
assumed:                    # what you had to assume
- ...
inputs:
  inputs: inputs.csv        # name: file, relative to this folder
expected: {{}}                # verdicts recorded once they are final, e.g. {{reproduced: 3, near: 1}}
"""
#: Heads of the input table: a long table takes any study; other columns are as good.
INPUT_COLUMNS = ("quantity", "scenario", "year", "value", "unit", "locator")

TITLE = """\
# {study}: what was published, and what comes out here

One sentence: what the study found, and why it matters for a park."""
PARAMETERS = """\
study: str = "."  # the folder of study.yml; the notebook stands in it"""
READING = """\
import pandas as pd
from IPython.display import Markdown

import pathway_models as pw
from pathway_models.findings.reproduction import compare_with_published
from pathway_models.intake.published import read_study

pd.options.display.max_colwidth = None
the_study = read_study(study)
the_study"""
GIVEN = "**What was given?** The inputs of the study, each with its unit and the place where it stands."
INPUTS = """\
inputs = the_study.table("inputs")
inputs"""
COMPUTING = """\
**What comes out here?** Compute through the package, and key each value as in `estimates.csv`:
`ours[scope, scenario, quantity] = number`, in the unit of the published value; `causes` the same way."""
OURS = """\
ours = {}
causes = {}
# ours["the park", "deep", "peak_year"] = float(peaks.quantiles()[0, 1])
# causes["the park", "deep", "peak_year"] = "growth rates are read off a figure"
result = compare_with_published(the_study, ours, causes)"""
TABLE = "**Do both agree?** Published, ours, difference, tolerance, verdict and cause."
SHOW = "result.table(folded=True)"
DIFFERENCES = "**Why do they differ?** A paragraph on every difference."
EXPLAIN = "Markdown(result.differences())"
FINDING = "Markdown(result.finding())"


def write_skeleton(folder: Path) -> tuple[Path, ...]:
    """Write a study's folder; its notebook runs as it is and finds no published value yet.

    Parameters
    ----------
    folder : Path
        The folder to make; its name is the name of the study.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    FileExistsError
        The folder exists.
    """
    folder.mkdir(parents=True, exist_ok=False)
    name = folder.resolve().name
    texts = {
        "study.yml": STUDY_FILE.format(study=name),
        "inputs.csv": ",".join(INPUT_COLUMNS) + "\n",
        "estimates.csv": ",".join(COLUMNS) + "\n",
    }
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    notebook = folder / f"{name}.ipynb"
    nbformat.write(_notebook(name), notebook)
    return (*(folder / file for file in texts), notebook)


def _notebook(name: str) -> nbformat.NotebookNode:
    parameters = new_code_cell(PARAMETERS)
    parameters.metadata["tags"] = ["parameters"]
    cells = [
        new_markdown_cell(TITLE.format(study=name)),
        parameters,
        new_code_cell(READING),
        new_markdown_cell(GIVEN),
        new_code_cell(INPUTS),
        new_markdown_cell(COMPUTING),
        new_code_cell(OURS),
        new_markdown_cell(TABLE),
        new_code_cell(SHOW),
        new_markdown_cell(DIFFERENCES),
        new_code_cell(EXPLAIN),
        new_code_cell(FINDING),
    ]
    for position, cell in enumerate(cells):
        cell.id = f"cell-{position:02d}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
