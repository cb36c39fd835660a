"""The command line: what it answers, what it refuses, with which exit code."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from interrupting import interrupted_at
from workbook_maker import Filled

from pathway_models.cli import ENDING
from pathway_models.cli.main import COMMANDS, main

BAD = Path(__file__).parents[1] / "data" / "bad_workbooks" / "share_above_one.xlsx"


@pytest.fixture
def call():
    runner = CliRunner()
    return lambda *words: runner.invoke(main, list(words))


def test_help_names_every_command(call):
    answer = call("--help")
    assert answer.exit_code == 0
    for command in COMMANDS:
        assert f"  {command} " in answer.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_explains_itself(call, name):
    answer = call(name, "--help")
    assert answer.exit_code == 0
    assert f"Usage: main {name}" in answer.output.replace("pathways", "main")


@pytest.mark.parametrize("words", [["--help"], ["list"], ["--version"]])
def test_help_and_list_load_nothing_heavy(words):
    """Each of these packages takes longer to load than help may take in all."""
    code = (
        "import sys\nfrom pathway_models.cli.main import main\n"
        f"main({words}, standalone_mode=False)\n"
        "heavy = {'numpy', 'pandas', 'scipy', 'matplotlib', 'papermill', 'nbformat', 'IPython', 'pydantic', 'yaml'}\n"
        "print('heavy:', *sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert told.stdout.splitlines()[-1].strip() == "heavy:", told.stderr


@pytest.mark.parametrize(("wrong", "meant"), [("chek", "'check'"), ("summarize", "'summarise'"), ("lst", "'list'")])
def test_a_misspelt_command_is_recognised(call, wrong, meant):
    answer = call(wrong)
    assert answer.exit_code == 2
    assert f"No such command '{wrong}'. Did you mean {meant}" in answer.output


def test_list_shows_parks_without_data_as_such(call):
    answer = call("list")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert any(line.startswith("region-d ") and " data " in line for line in lines)
    assert any(line.startswith("demo-steel ") and "INVENTED" in line for line in lines)
    assert any(line.startswith("eip-suzhou") and "no data yet" in line for line in lines)


def test_list_can_leave_out_parks_without_data(call):
    assert "no data yet" not in call("list", "--data").output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run"], "name parks, or give --all"),
        (["run", "region-d", "--all"], "name parks, or give --all"),
        (["run", "nowhere"], "park_id = 'nowhere'"),
        (["run", "region-d", "region-d"], "asked for twice: region-d"),
        (["run", "region-d", "--scenarios", "bau", "nothing"], "no scenario 'nothing'"),
        (["run", "region-d", "--scenarios", "stated_policy"], "--scenario-file drivers has stated_policy"),
        (["run", "region-d", "--members", "0"], "members must be at least 1"),
        (["run", "region-d", "--seed", "-1"], "-1 is not in the range 0<=x"),
        (["run", "region-d", "--workers", "0"], "workers"),
        (["run", "region-d", "--member", "5"], "No such option"),
        (["run", "region-d", "--until", "soon"], "not a valid integer"),
        (["run", "region-d", "--timeout", "0"], "timeout must be at least 1 second"),
        (["run", "region-d", "--engine", "steam"], "is not one of 'fork', 'papermill'"),
        (["run", "region-d", "--scenario-file", "nowhere.yml"], "does not exist"),
        (["unknown"], "No such command"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_why(call, words, message, tmp_path):
    if words[0] == "run":
        words = [*words, "--out", str(tmp_path / "run")]
    answer = call(*words)
    assert answer.exit_code == 2
    assert message in answer.output
    assert "Traceback" not in answer.output
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("names", [("first.xlsx", "second.xlsx"), ("invented-park.xlsx", "Invented-Park.csv")])
def test_two_tables_of_one_id_are_refused_before_anything_starts(call, tmp_path, names):
    """Two workbooks of one id crashed the run, or doubled the keys of its exports."""
    tables = [tmp_path / name for name in names]
    for table in tables:
        if table.suffix == ".xlsx":
            Filled().write(table)
        else:
            table.write_text("year\n", encoding="utf-8")
    answer = call("run", *map(str, tables), "--out", str(tmp_path / "run"))
    assert answer.exit_code == 2
    assert "asked for twice: invented-park" in answer.output
    assert not (tmp_path / "run").exists()


def test_a_park_without_data_is_refused_before_anything_starts(call, tmp_path):
    answer = call("run", "eip-suzhou-industrial-park", "--out", str(tmp_path / "run"))
    assert answer.exit_code == 2
    assert "there is no data yet" in answer.output


def test_summarise_refuses_a_folder_that_is_no_run(call, tmp_path):
    answer = call("summarise", str(tmp_path))
    assert answer.exit_code == 2
    assert "status.csv" in answer.output


@pytest.mark.slow
@pytest.mark.parametrize(
    "at",
    [
        "pathway_models.cli.main",
        "click",
        "pathway_models.console.cli_language",
        "pathway_models.batch.command",
        "numpy",
        "pathway_models.batch.running",
        "tqdm",
    ],
)
def test_ctrl_c_ends_with_one_line_whatever_is_being_imported(at, tmp_path):
    words = ["run", "demo-steel", "--members", "1", "--engine", "papermill", "--out", tmp_path / "run"]
    ended = interrupted_at(at, [sys.executable, "-m", "pathway_models", *words], tmp_path)
    assert ended == (130, "", "Stopped. 已停止。\n")
    assert not (tmp_path / "run").exists()


def test_ctrl_c_in_a_command_ends_with_one_line_and_nobody_can_cut_that_off(monkeypatch):
    @click.command()
    def endless():
        signal.raise_signal(signal.SIGINT)

    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    monkeypatch.setattr(type(main), "get_command", lambda *_: endless)
    monkeypatch.setattr("pathway_models.cli._asked", [])
    try:
        answer = CliRunner().invoke(main, ["run"])
        assert {signal.getsignal(number) for number in numbers} == {signal.SIG_IGN}
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert (answer.exit_code, answer.output) == (130, "Stopped. 已停止。\n")


def test_the_command_computes_with_one_thread_unless_told_otherwise():
    code = "import atexit, os, sys; from pathway_models.__main__ import main; sys.argv[1:] = ['--version']\n"
    code += "atexit.register(lambda: print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS']))\nmain()"
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    env = {**bare, "OMP_NUM_THREADS": "2"}
    answer = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines()[-1] == "1 2"


def test_a_check_ends_with_what_to_do_next(call):
    fit, faulty = call("check", "demo-steel"), call("check", str(BAD))
    assert fit.output.splitlines()[-1] == "now run: pathways run demo-steel"
    assert faulty.output.splitlines()[-1].startswith("mend the errors, then check again")
    assert "nothing more" not in faulty.output
    assert call("check", "demo-steel", "--lang", "zh").output.splitlines()[-1] == "下一步：pathways run demo-steel"


def test_a_missing_grid_factor_is_told_with_its_choices(call, tmp_path):
    filled = Filled()
    filled.park["grid_factor"] = None
    said = " ".join(call("check", str(filled.write(tmp_path / "park.xlsx"))).output.split())
    assert "provincial:<province> such as provincial:江苏" in said


@pytest.mark.skipif("os.name == 'nt'")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_within_an_exec_as_of_a_dataclass_keeps_its_code(tmp_path, name):
    number = getattr(signal, name)
    command = [sys.executable, "-m", "pathway_models", "--help"]
    assert interrupted_at("click", command, tmp_path, number) == (128 + number, "", "Stopped. 已停止。\n")


@pytest.mark.skipif(os.name == "nt", reason="limits of other systems")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["template", "OUT/own.xlsx"], marks=pytest.mark.slow),
        pytest.param(["template", "--filled", "OUT/own.xlsx"], marks=pytest.mark.slow),
        ["check", "region-d", "--ledger", "OUT/own.csv"],
    ],
)
def test_on_a_full_disk_nothing_is_left_and_one_line_says_so(tmp_path, words):
    """A limit on the size of files takes the place of the disk; a library must not tell of its half-written archive."""
    (tmp_path / "OUT").mkdir()
    limit = "import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))"
    program = (
        f"{limit}; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from pathway_models.cli.main import main; main()"
    )
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    given = [sys.executable, "-c", program, *words]
    ended = subprocess.run(given, capture_output=True, text=True, cwd=tmp_path, env=env, check=False)
    assert ended.returncode == 1
    assert "expected a file that can be written" in " ".join((ended.stdout + ended.stderr).split())
    assert "Traceback" not in ended.stderr
    assert list((tmp_path / "OUT").iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="names of other systems")
@pytest.mark.parametrize(("name", "told"), [(b"\xd6\xd0", "not UTF-8"), (None, "no longer there")])
def test_a_run_in_a_folder_of_foreign_bytes_or_of_none_is_refused_in_one_line(tmp_path, name, told):
    place = os.path.join(os.fsencode(tmp_path), name or b"gone")
    os.mkdir(place)
    remove = "" if name else "os.rmdir(os.getcwd()); "
    program = f"import os; {remove}from pathway_models.cli.main import main; main()"
    words = [sys.executable, "-c", program, "run", "demo-cement", "--members", "1"]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=place, check=False)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
    assert told in ended.stderr
