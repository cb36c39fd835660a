"""The issue year comes from the call, else from the variable, else from the clock; everything stored fixes it."""

import contextlib
import io
import json
from datetime import date
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models import core
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError, RecordError

ROOT = Path(__file__).resolve().parents[2]
FIXED = 2026


class Clock(date):
    """A clock that is set by hand."""

    year_now = 2031

    @classmethod
    def today(cls):
        return cls(cls.year_now, 3, 1)


@pytest.fixture(params=[2027, 2031])
def later(request, monkeypatch):
    """A machine whose clock stands at a later year, and which nobody told the year to answer in."""
    monkeypatch.setattr(Clock, "year_now", request.param)
    monkeypatch.setattr(core, "date", Clock)
    monkeypatch.delenv(core.ISSUE_VARIABLE, raising=False)
    return request.param


def test_call_goes_before_variable_and_variable_before_clock(later, monkeypatch):
    assert pw.read_assumptions().issue_year == later
    monkeypatch.setenv(core.ISSUE_VARIABLE, "2028")
    assert pw.read_assumptions().issue_year == 2028
    assert pw.read_assumptions(as_of=FIXED).issue_year == FIXED


def test_the_issue_year_is_part_of_the_hash_and_both_are_shipped():
    one, other = pw.read_assumptions(as_of=2026), pw.read_assumptions(as_of=2027)
    assert one.hash != other.hash
    assert {one.label[:7], other.label[:7]} == {"shipped"}
    assert "issued in 2027" in repr(other)


@pytest.mark.parametrize("wrong", ["26", "now", "1500", "２０２６"])
def test_a_wrong_variable_is_refused(monkeypatch, wrong):
    monkeypatch.setenv(core.ISSUE_VARIABLE, wrong)
    with pytest.raises(InputError, match=core.ISSUE_VARIABLE):
        pw.read_assumptions()


@pytest.mark.parametrize("wrong", [26, True, 2026.0, "2026"])
def test_a_wrong_year_is_refused(wrong):
    with pytest.raises(RecordError, match="issue year"):
        pw.read_assumptions(as_of=wrong)


def test_the_option_holds_for_its_command_only(monkeypatch):
    said = CliRunner().invoke(main, ["run", "--as-of", "26", "region-d"])
    assert said.exit_code == 2
    assert "--as-of" in said.output
    with core.issued_in(2030):
        assert core.present_year() == 2030
    assert core.present_year() == FIXED


def sampling_notebooks():
    paths = sorted((ROOT / "notebooks").glob("**/*.ipynb"))
    return [path for path in paths if "read_assumptions(as_of" in path.read_text(encoding="utf-8")]


def parameters(path):
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if "parameters" in cell.metadata.get("tags", []))


def test_every_notebook_that_draws_an_ensemble_fixes_the_issue_year():
    drawing = ("pw.sample(", "project_fleet(", "detail_loss(", "cheapest_package(", "track(", "outlook(", "explore(")
    for path in sorted((ROOT / "notebooks").glob("**/*.ipynb")):
        code = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code")
        if any(word in code for word in drawing):
            assert f"as_of: int = {FIXED}" in parameters(path), path.name


def test_the_first_notebook_says_the_same_at_any_clock(later):
    """The other notebooks read the year by the same parameter; the slow test below executes them."""
    assert texts(ROOT / "notebooks" / "00_start_here.ipynb") == texts(ROOT / "notebooks" / "00_start_here.ipynb", FIXED)


@pytest.mark.slow
@pytest.mark.parametrize("path", sampling_notebooks(), ids=lambda path: path.stem)
def test_no_notebook_reads_the_clock(path, monkeypatch):
    class Stopped(date):
        @classmethod
        def today(cls):
            raise AssertionError("the clock was read")

    monkeypatch.setattr(core, "date", Stopped)
    monkeypatch.delenv(core.ISSUE_VARIABLE, raising=False)
    texts(path)


def texts(path, at=None):
    """Execute a notebook with few members; return what its cells say, as text."""
    import matplotlib.pyplot as plt

    said, space = [], {"display": lambda shown: said.append(repr(shown))}
    with core.issued_in(at), contextlib.redirect_stdout(io.StringIO()), contextlib.chdir(path.parent):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            source = cell.source
            *body, last = source.rstrip().split("\n")
            exec(compile(source, path.name, "exec"), space)
            if "parameters" in cell.metadata.get("tags", []) and "members" in space:
                space["members"] = 30
            if last.startswith("Markdown(") and not body:
                said.append(eval(last, space)._repr_markdown_())
            plt.close("all")
    pathways = space.get("pathways")
    return said, None if pathways is None else np.round(pathways.total().sum(), 3)


@pytest.mark.slow
def test_a_run_keeps_its_issue_year(tmp_path, later):
    run = pw.run_tables(["demo-steel"], tmp_path / "run", pw.read_scenarios().pick(["bau"]), members=5, as_of=FIXED)
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["as_of"] == FIXED
    assert record["assumptions_sha256"] == pw.read_assumptions(as_of=FIXED).hash
    assert len(run) == 1
