"""Parks of one's own are found by name, in the folder of --data or in the working folder."""

import json
import shutil

import pytest
from click.testing import CliRunner
from data_reading import DATA
from small_runs import make_notebook, make_parks, tables

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.intake.register import name_anywhere, table_here, table_of, tables_in


@pytest.fixture(autouse=True)
def working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="pathways", catch_exceptions=False)


def codes(function, *given):
    with pytest.raises(InputError) as refused:
        function(*given)
    return [fault.code for fault in refused.value.faults]


def told_in_one_line(answer, *words):
    """Return whether a call was refused as wrong, in one line below its usage, with these words in it."""
    line = answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.output
    assert answer.stderr.count("Error: ") == 1
    return answer.exit_code == 2 and all(word in line for word in words)


# where tables are looked for


def test_tables_of_a_folder_are_named_by_their_ids_and_plans_are_none(working_folder):
    make_parks(working_folder / "mine", ["a", "b"])
    for name in ("a.projects.csv", "~$b.xlsx", "notes.txt", ".hidden.csv"):
        (working_folder / "mine" / name).touch()
    (working_folder / "mine" / "c.csv").mkdir()
    assert list(tables_in(working_folder / "mine")) == ["a", "b"]


def test_a_folder_named_parks_goes_before_its_parent(working_folder):
    make_parks(working_folder / "mine" / "parks", ["a"])
    shutil.copy(DATA / "parks.csv", working_folder / "mine")
    assert tables_in(working_folder / "mine") == {"a": working_folder / "mine" / "parks" / "a.csv"}


def test_a_folder_that_gives_no_tables_is_refused(working_folder):
    assert codes(tables_in, working_folder / "nowhere") == ["no_folder"]
    assert codes(tables_in, working_folder) == ["no_tables"]
    make_parks(working_folder, ["a", "b"])
    (working_folder / "a.xlsx").touch()
    (working_folder / "b.xlsx").touch()
    assert codes(tables_in, working_folder) == ["two_tables"] * 2
    (working_folder / "factors").mkdir()
    assert codes(tables_in, working_folder) == ["whole_data_folder"]


def test_the_shipped_folder_is_a_folder_of_parks():
    assert set(tables_in(DATA)) == {entry.park_id for entry in pw.read_register() if entry.has_data}


@pytest.mark.parametrize("folder", [".", "data/parks"])
def test_a_park_of_the_working_folder_is_found_by_its_id(working_folder, folder):
    make_parks(working_folder / folder, ["my-park"])
    assert pw.read_park("my-park").park_id == "my-park"
    assert name_anywhere("my-park") == str((working_folder / folder / "my-park.csv").resolve())


def test_an_id_is_no_path(working_folder):
    make_parks(working_folder / "deep", ["my-park"])
    assert table_here("deep/my-park") is None
    assert codes(table_of, "deep/my-park") == ["park_unknown"]


def test_a_park_of_the_register_without_data_is_that_of_the_working_folder(working_folder):
    empty = next(entry.park_id for entry in pw.read_register() if not entry.has_data)
    assert codes(table_of, empty) == ["park_no_data"]
    make_parks(working_folder, [empty])
    assert table_of(empty).name == f"{empty}.csv"


def test_two_tables_of_an_id_are_not_chosen_between(working_folder):
    make_parks(working_folder, ["my-park"])
    make_parks(working_folder / "data" / "parks", ["my-park"])
    assert codes(table_of, "my-park") == ["two_tables"]


def test_a_table_named_like_a_shipped_park_is_never_taken_nor_passed_over(working_folder):
    shipped = table_of("demo-steel")
    for kind in (".csv", ".yml"):
        shutil.copy(shipped.with_suffix(kind), working_folder)
    assert table_of("demo-steel") == shipped == DATA / "parks" / "demo-steel.csv"
    assert name_anywhere("demo-steel") == "demo-steel"
    description = working_folder / "demo-steel.yml"
    description.write_text(description.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert codes(table_of, "demo-steel") == ["park_twice"]
    assert name_anywhere("demo-steel.csv") == str((working_folder / "demo-steel.csv").resolve())


# on the command line


def test_list_shows_a_folder_and_without_one_what_it_always_did(working_folder):
    make_parks(working_folder / "mine", ["a", "bcd"])
    assert call("list", "--data", "mine").output.splitlines() == ["a    mine/a.csv", "bcd  mine/bcd.csv", "tables: 2"]
    with_data = call("list", "--data").output
    assert "no data yet" not in with_data
    assert call("list", "--data", "--all").output == call("list").output != with_data


@pytest.mark.slow
def test_parks_of_a_folder_are_run_by_id_beside_those_of_the_register(working_folder):
    make_parks(working_folder / "mine", ["a", "b"])
    notebook = make_notebook(working_folder / "small.ipynb")
    options = ("--data", "mine", "--notebook", notebook, "--members", 1, "--until", 2040, "--workers", 1, "--quiet")
    assert call("run", "b", "demo-steel", *options, "--out", working_folder / "some").exit_code == 0
    assert json.loads((working_folder / "some" / "run.json").read_text(encoding="utf-8"))["parameters"]["parks"] == [
        "mine/b.csv",
        "demo-steel",
    ]
    assert call("run", "--all", *options, "--out", working_folder / "all").exit_code == 0
    assert set(tables(working_folder / "all")) >= {"a/totals.csv", "b/totals.csv"}
    assert not (working_folder / "all" / "demo-steel").exists()


def test_a_park_of_the_working_folder_is_run_wherever_its_notebook_works(working_folder):
    make_parks(working_folder, ["my-park"])
    notebook = make_notebook(working_folder / "small.ipynb")
    words = ("--notebook", notebook, "--members", 1, "--until", 2040, "--quiet", "--out", working_folder / "run")
    assert call("run", "my-park", *words).exit_code == 0
    assert call("run", "my-park.csv", *words, "--dry-run").output.splitlines()[1].split()[:2] == [
        "my-park",
        "unchanged",
    ]


def test_check_takes_parks_of_a_folder(working_folder):
    make_parks(working_folder / "mine", ["a"])
    answer = call("check", "a", "--data", "mine")
    assert answer.exit_code == 0
    assert answer.output.startswith("mine/a.csv: 0 errors")


@pytest.mark.parametrize("command", ["check", "run", "decide", "cobenefits", "track", "fleet", "explore"])
def test_a_name_that_is_nowhere_is_refused_in_one_line(working_folder, command):
    make_parks(working_folder / "mine", ["a"])
    answer = call(command, "b", "--data", "mine")
    assert told_in_one_line(answer, "'b' is neither a table in the --data folder (a) nor a park in the register")


@pytest.mark.parametrize("words", [("run", "--all"), ("list",), ("fleet",)])
@pytest.mark.parametrize("folder", ["nowhere", "empty", "small.ipynb"])
def test_a_folder_without_tables_is_refused_in_one_line(working_folder, words, folder):
    (working_folder / "empty").mkdir()
    (working_folder / "small.ipynb").touch()
    assert told_in_one_line(call(*words, "--data", folder), "--data: ", folder, "give the folder that holds")


def test_a_run_of_the_fleet_has_its_own_parks(working_folder):
    make_parks(working_folder / "mine", ["a"])
    (working_folder / "run.json").write_text('{"parameters": {}}', encoding="utf-8")
    assert told_in_one_line(call("fleet", "--run", ".", "--data", "mine"), "--data: a run has its own")


def test_refusals_are_told_in_chinese(working_folder):
    make_parks(working_folder / "mine", ["a"])
    assert "应为园区数据表" in call("--lang", "zh", "run", "--all", "--data", ".").stderr
    assert "也不在名录中" in call("--lang", "zh", "check", "b", "--data", "mine").stderr
