"""The README's own code runs, and what it names exists."""

import re
from datetime import date
from pathlib import Path

import pytest

import pathway_models as pw
from pathway_models import core

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh.md").read_text(encoding="utf-8")
#: Numbers written as words in one language or the other.
IN_WORDS = {"ten": "十", "seven": "七", "four": "四", "twenty": "二十", "five": "五"}


def test_the_python_code_runs_and_does_not_read_the_clock(monkeypatch):
    import matplotlib.pyplot as plt

    class Stopped(date):
        @classmethod
        def today(cls):
            raise AssertionError("the clock was read")

    monkeypatch.setattr(core, "date", Stopped)
    monkeypatch.delenv(core.ISSUE_VARIABLE)
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert len(names["peaks"].scenarios) == len(names["scenarios"])
    plt.close("all")


def test_every_command_it_shows_exists():
    from pathway_models.cli.main import COMMANDS

    shown = set(re.findall(r"^pathways (\w+)", README, flags=re.M))
    assert shown
    assert shown <= set(COMMANDS)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:docs|data|notebooks)/[\w./-]+)`", README))))
def test_every_file_it_names_exists(name):
    assert list(ROOT.glob(name + "*")), name


def test_the_figure_it_shows_exists():
    for name in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / name).is_file()


def calls_of(text):
    """Commands a README shows, without the remarks behind them."""
    return [
        line.partition("#")[0].strip() for line in re.findall(r"^(?:pathways|python tasks.py) .*$", text, flags=re.M)
    ]


def figures_of(text):
    """Numbers outside of code blocks and links, sorted."""
    prose = re.sub(r"```.*?```|\]\(.*?\)", "", text, flags=re.S)
    return sorted(re.findall(r"(?<![A-Za-z\d.])\d+(?:[.,]\d+)*", prose))


def test_the_chinese_readme_has_the_same_figures_commands_and_files():
    assert figures_of(CHINESE) == figures_of(README)
    assert calls_of(CHINESE) == calls_of(README)
    files = r"`((?:docs|data|notebooks)/[\w./-]+)`"
    assert sorted(re.findall(files, CHINESE)) == sorted(re.findall(files, README))
    for english, chinese in IN_WORDS.items():
        assert (english in README) == (chinese in CHINESE)
    assert "(README.zh.md)" in README
    assert "(README.md)" in CHINESE


@pytest.mark.slow
def test_the_answer_it_gives_is_that_of_the_model():
    park, scenarios = pw.read_park("region-d"), pw.read_scenarios()
    assumptions = pw.read_assumptions(as_of=2026)
    draws = pw.sample(park, scenarios, members=1000, seed=20240401, assumptions=assumptions)
    pathways = pw.project(park, scenarios, draws)
    found = pw.headline(pathways, before=2030)
    at = {name: number for number, name in enumerate(pathways.scenarios)}
    before = {name: round(100 * float(found.p_past[row] + found.p_ahead[row])) for name, row in at.items()}
    deep = at["deep"]
    numbers = [before["bau"], round(100 * float(found.p_past[deep])), before["deep"]]
    numbers += [round(100 * float(found.p_ahead[deep] / (1 - found.p_past[deep])))]
    numbers += [before["efficiency"], before["substitution"]]
    for text, start in ((README, "The answer for this region"), (CHINESE, "该区域在2026年的答案")):
        told = text[text.index(start) :].partition("\n\n")[0]
        assert [int(number) for number in re.findall(r"(\d+) ?%", told)] == numbers
