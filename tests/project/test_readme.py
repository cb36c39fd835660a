"""The README's own code runs, and what it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_code_runs():
    import matplotlib.pyplot as plt

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
