"""Numbers, paths and records that a call cannot mean: an exit code and a line, whatever the command."""

import shutil
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pathway_models.cli.main import COMMANDS, main

RUN = Path(__file__).parents[1] / "data" / "run_0_2_0"
SERIES = "entity,year,value\n" + "".join(f"A,{year},{year % 13}\n" for year in range(2000, 2020))
#: What has to stand before the options of a command that needs more than a park.
ARGUMENTS = {
    "judge": ["s.csv"], "economy": ["s.csv", "--growth", "value"], "hindcast": ["--panel", "s.csv"],
    "nowcast": [], "levers": [], "track": ["demo-cement", "s.csv"], "report": ["run", "demo-cement"], "guard": ["run"],
    "compare": ["run", "run"], "verify": ["run"], "list": [], "reproduce": [], "score": ["run"], "export": ["run"],
    "template": ["t.xlsx"], "summarise": ["run"],
}  # fmt: skip
NO_NUMBERS = ("nan", "inf", "-inf", "1e400", "", "[]")


def answered(*words):
    """Code and text of a call; what is no end of a command is raised."""
    answer = CliRunner().invoke(main, list(words))
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.exit_code, answer.output.strip()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.csv").write_text(SERIES, encoding="utf-8")
    shutil.copytree(RUN, tmp_path / "run")
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_takes_what_is_no_number(name, folder):
    module, _, attribute = COMMANDS[name][0].partition(":")
    for option in getattr(import_module(module), attribute).params:
        is_number = "integer" in option.type.name or "float" in option.type.name
        if isinstance(option, click.Argument) or option.is_flag or not is_number:
            continue
        for text in NO_NUMBERS:
            words = [name, *ARGUMENTS.get(name, ["demo-cement"]), option.opts[0], *[text] * option.nargs]
            code, said = answered(*words)
            assert code == 2, words
            assert said.splitlines()[-1].startswith("Error: "), words


@pytest.mark.parametrize("words", [
    ("export", "run", "--out"), ("nowcast", "--members", "3", "--out"), ("judge",), ("check",), ("summarise",),
    ("compare", "run"), ("run", "demo-cement", "--members", "3", "--out"),
])  # fmt: skip
@pytest.mark.parametrize("path", ["a.file/below", "x" * 300, "caf\udce9"])
def test_paths_that_cannot_be_are_said_in_a_line(words, path, folder):
    (folder / "a.file").write_text("", encoding="utf-8")
    code, said = answered(*words, path)
    assert code in (1, 2)
    assert said
    assert "Errno" not in said


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"parameters": 3}', '{"parameters": {"members": "x"}}'])
@pytest.mark.parametrize("words", [
    ("verify", "run"), ("export", "run", "--out", "o"), ("report", "run", "demo-cement"), ("guard", "run"),
    ("compare", "run", "run"),
])  # fmt: skip
def test_damaged_record_of_a_run_is_said(text, words, folder):
    (folder / "run" / "run.json").write_text(text, encoding="utf-8")
    if text.count('"members"') and words[0] in ("guard", "compare"):  # they need no members, and say what they are
        return
    code, said = answered(*words)
    assert code == 1
    assert "run.json" in said


def test_summary_of_a_run_says_that_its_record_is_damaged(folder):
    (folder / "run" / "run.json").write_text("{", encoding="utf-8")
    code, said = answered("summarise", "run")
    assert (code, "expected a whole record of a run" in said) == (0, True)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "words", [("run", "demo-cement", "--out", "s.csv", "--dry-run"), ("run", "demo-cement", "--out", "s.csv"),
              ("report", "run", "demo-cement", "--outline", "nothing")]
)  # fmt: skip
def test_a_wrong_place_or_outline_is_a_wrong_call(words, lang, folder):
    code, said = answered("--lang", lang, *words)
    assert code == 2
    assert said.splitlines()[-1].count("s.csv" if words[0] == "run" else "nothing") == 1
