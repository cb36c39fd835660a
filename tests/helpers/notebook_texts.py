"""Texts of a notebook in a language: the displays of its cells and the texts of its figures."""

from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.text import Text
from traitlets.config import Config

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
#: Fewer members than in the notebooks: texts are tested, not numbers.
SMALLER = {"orders=30": "orders=4", "members=3000": "members=600", '40, {"members": 400': '4, {"members": 60'}
#: Settings of a shell that leaves no file behind.
QUIET = Config({"HistoryManager": {"enabled": False}})


def shown(name, without=(), **given):
    """Run a notebook with parameters; return all it shows as text, but for cells that have a text of ``without``."""
    shell, texts = InteractiveShell(config=QUIET), []
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    cells = [cell.source for cell in cells if cell.cell_type == "code"]
    cells[0] += "".join(f"\n{key} = {value!r}" for key, value in given.items())
    for source in cells:
        if any(text in source for text in without):
            continue
        for large, small in SMALLER.items():
            source = source.replace(large, small)
        with capture_output() as kept:
            done = shell.run_cell(source)
        assert done.success, f"{name}: {source}\n{done.error_in_exec or done.error_before_exec!r}"
        displays = [output.data for output in kept.outputs]
        if done.result is not None:
            displays.append(shell.display_formatter.format(done.result)[0])
        texts += [one.get("text/markdown") or one.get("text/html") or one.get("text/plain", "") for one in displays]
        texts += [text.get_text() for number in plt.get_fignums() for text in plt.figure(number).findobj(Text)]
        plt.close("all")
    return "\n".join(texts)
