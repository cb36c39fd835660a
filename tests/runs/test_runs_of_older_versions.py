"""Folders of runs that an older version made: read as before, or refused in one line.

``data/run_0_2_0`` is a run of two parks by version 0.2.0, without its notebooks and pages:
``pathways run demo-cement region-d --scenarios bau deep --members 20``.
"""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.runs.provenance import seals_in
from pathway_models.runs.store import read_record

RUN = Path(__file__).parents[1] / "data" / "run_0_2_0"
PARKS = ("demo-cement", "region-d")
#: Commands that read a run, and what each leaves in its folder.
COMMANDS = {
    "summarise": (["summarise", "RUN"], ["index.html", "summary.csv"]),
    "export iamc": (["export", "RUN"], ["export/run.csv", "export/run.xlsx"]),
    "export tidy": (["export", "RUN", "--format", "tidy"], ["export/run_tidy.csv"]),
    "export datapackage": (["export", "RUN", "--format", "datapackage"], ["export/datapackage.json"]),
    "report": (["report", "RUN", "region-d", "--format", "html", "--no-package"], ["reports/region-d_zh.html"]),
    "compare": (["compare", "RUN", str(RUN)], []),
    "guard": (["guard", "RUN"], []),
    "fleet": (["fleet", "--run", "RUN", "--kind", "region"], []),
    "verify": (["verify", "RUN", "--sample", "1", "--workers", "1"], []),
}
AGAIN = {"export tidy", "report"}
#: What may have become of a run's folder, and the commands that must then refuse it.
DAMAGES = {
    "record cut short": (lambda run: write(run, '{"parameters": {'), {*AGAIN, "compare", "verify"}),
    "record that is a list": (lambda run: write(run, "[]"), {*AGAIN, "compare", "verify"}),
    "record without parameters": (lambda run: write(run, "{}"), {*AGAIN, "verify"}),
    "no record": (lambda run: (run / "run.json").unlink(), {*AGAIN, "verify"}),
    "a parameter missing": (lambda run: reword(run / "run.json", '"before"', '"after"'), {*AGAIN, "verify"}),
    # Export and report compute a run of 0.2.0 again and refuse it: its numbers are not those of the law in levels.
    "a parameter of another version": (lambda run: reword(run / "run.json", '"lang"', '"world"'), {*AGAIN, "verify"}),
    "a scenario that is gone": (lambda run: reword(run / "run.json", '"deep"', '"gone"'), {*AGAIN, "verify"}),
    "no status": (lambda run: (run / "status.csv").unlink(), {*AGAIN, "verify", "summarise"}),
    "a table missing": (lambda run: (run / "region-d" / "pathways.csv").unlink(), AGAIN),
    "other columns": (lambda run: reword(run / "region-d" / "pathways.csv", "mean_tco2", "mean"), AGAIN),
    "other numbers": (lambda run: reword(run / "region-d" / "pathways.csv", ",2030,", ",2030,9"), AGAIN),
}


def write(run, text):
    (run / "run.json").write_text(text, encoding="utf-8")


def reword(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def run(tmp_path):
    return Path(shutil.copytree(RUN, tmp_path / "run"))


def call(run, name):
    """Call a command; an exception that a person would see as a traceback fails the test."""
    words = [str(run) if word == "RUN" else word for word in COMMANDS[name][0]]
    return CliRunner().invoke(main, words, prog_name="pathways", catch_exceptions=False)


def is_refusal(answer):
    """Tell whether a call ended with one line that says why."""
    around = ("Usage: ", "Try ", "1 fault in the input:")
    lines = [line for line in answer.stderr.splitlines() if line.strip() and not line.startswith(around)]
    return answer.exit_code in (1, 2) and len(lines) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_run_of_0_2_0_is_read_or_refused_in_one_line(run, name):
    answer = call(run, name)
    if answer.exit_code == 0:
        assert all((run / file).stat().st_size > 0 for file in COMMANDS[name][1])
        assert answer.output
    elif name == "verify":  # which tells what differs
        assert answer.exit_code == 1
        assert "DIFFERS" in answer.stdout
    else:  # what needs no more than the stored tables is never refused
        assert name.split()[0] in ("export", "report")
        assert is_refusal(answer)


def test_its_tables_are_read(run):
    stored = pw.open_run(run)
    assert stored.parks == PARKS
    assert len(stored.summary) == 4
    assert set(stored.summary["scenario"]) == {"bau", "deep"}
    members = stored["region-d"].members(scenarios=["deep"], columns=["year_of_maximum", 2030])
    assert members.shape == (20, 2)
    assert stored.table("pathways")["park_id"].nunique() == 2


def test_its_summary_is_gathered_byte_for_byte(run):
    assert call(run, "summarise").exit_code == 0
    for name in ("summary.csv", "status.csv"):
        assert (run / name).read_bytes() == (RUN / name).read_bytes()


def test_it_is_the_same_as_itself_and_another_where_a_number_moved(run):
    assert call(run, "compare").exit_code == 0
    reword(run / "region-d" / "pathways.csv", ",2030,", ",2030,9")
    moved = call(run, "compare")
    assert moved.exit_code == 1
    assert "region-d" in moved.stdout


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_run_is_refused_where_it_is_needed_whole(run, damage):
    spoil, refused = DAMAGES[damage]
    spoil(run)
    asked = ("summarise", "compare", "verify", *AGAIN)
    assert {name for name in asked if is_refusal(call(run, name))} == refused


#: Records whose sections are of other kinds than a run writes.
RECORDS = [{"inputs_sha256": None}, {"inputs_sha256": [1]}, {"versions": "1.0"}, {"outputs_sha256": ["a"]},
           {"seals": {"region-d": "x"}}]  # fmt: skip


@pytest.mark.parametrize("content", [*map(json.dumps, RECORDS), "[" * 100_000, "9" * 5_000])
def test_a_record_of_other_kinds_is_refused(run, content):
    own = json.loads((run / "run.json").read_text(encoding="utf-8"))
    write(run, json.dumps({**own, **json.loads(content)}) if content.startswith("{") else content)
    with pytest.raises(InputError, match="a whole record of a run"):
        read_record(run)
    assert is_refusal(call(run, "compare"))
    assert set(seals_in(run)) <= {"region-d"}


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00", b"\xff\xfe", b'a,b\n"1,2\n'])
def test_a_damaged_table_is_refused(run, content):
    for name in ("region-d/pathways.csv", "summary.csv"):
        (run / name).write_bytes(content)
    with pytest.raises(InputError):
        pw.open_run(run)["region-d"].table("pathways")
    with pytest.raises(InputError):
        assert pw.open_run(run).summary.empty
    assert call(run, "compare").exit_code in (1, 2)


def test_a_park_that_the_record_does_not_name_is_refused(run):
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    record["parameters"]["parks"] = ["../region-d", "demo-cement"]
    write(run, json.dumps(record).replace("../region-d", "elsewhere"))
    assert is_refusal(call(run, "export tidy"))


def test_a_report_takes_the_place_of_no_file_of_another_kind(run, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("keep", encoding="utf-8")
    words = ["report", str(run), "region-d", "--format", "html", "--out", str(mine)]
    answer = CliRunner().invoke(main, words)
    assert (answer.exit_code, mine.read_text(encoding="utf-8")) == (2, "keep")
    assert "a name that ends in .html, or a folder" in answer.stderr


@pytest.mark.slow
def test_a_run_without_notebooks_is_not_run_again(tmp_path):
    pw.run_tables(["demo-cement"], tmp_path / "run", pw.read_scenarios().pick(["bau"]), members=5, workers=1)
    answer = call(tmp_path / "run", "verify")
    assert is_refusal(answer)
    assert "keep_members" in answer.stderr


def test_the_kept_run_names_its_version():
    record = json.loads((RUN / "run.json").read_text(encoding="utf-8"))
    assert record["versions"]["pathway_models"] == "0.2.0"
    assert tuple(record["parameters"]["parks"]) == PARKS
