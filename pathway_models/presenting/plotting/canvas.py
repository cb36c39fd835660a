"""What all figures share: the sheet with its title, the line of the year, colours and hatches of sources."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.presenting.rounding import Scale
from pathway_models.presenting.style import OKABE_ITO, SCENARIO_COLOURS, WIDE, scenario_styles, use_style
from pathway_models.presenting.words import word

#: Pale, to stand behind; dark, to be read on white and in grey print.
PALE, FAINT, DARK = "#F2F2F2", "#BDBDBD", "#4D4D4D"
MARK = OKABE_ITO[2]
#: Colour and hatch of each source: neighbours in a stack differ in brightness, so that grey print keeps them apart.
SOURCE_STYLES = {
    "coal": ("#3B3B3B", ""),
    "oil": ("#D55E00", ""),
    "gas": ("#F0C27B", ""),
    "other_fuel": ("#8C6D31", "xx"),
    "process": ("#CC79A7", ""),
    "balance": ("#FFFFFF", "...."),
    "electricity": ("#0072B2", ""),
    "heat": ("#9CCBE8", ""),
    "capture_heat": ("#E6E6E6", "////"),
    "capture_electricity": ("#E6E6E6", "\\\\\\\\"),
    "captured": ("#009E73", "////"),
}
#: For sectors, which have no colour of their own.
SEQUENCE = ("#0072B2", "#F0C27B", "#3B3B3B", "#9CCBE8", "#D55E00", "#009E73", "#CC79A7", "#F0E442")


def sheet(
    lang: str, size: tuple[float, float] = WIDE, rows: Sequence[float] = (1.0,), top: float = 0.86, **adjust: float
) -> tuple[Figure, list[Axes]]:
    """Open a figure in the project's style with one column of axes that share their x axis.

    Parameters
    ----------
    lang : {"en", "zh"}
    size : (width, height), inches
    rows : heights of the axes, relative
    top : where the first axes begin, as a share of the height
    **adjust : further margins of :meth:`matplotlib.figure.Figure.subplots_adjust`

    Raises
    ------
    ValueError
        The language is not one of the two.
    """
    use_style(lang)
    figure, axes = plt.subplots(len(rows), 1, figsize=size, height_ratios=rows, sharex=True, squeeze=False)
    figure.subplots_adjust(**({"left": 0.1, "right": 0.97, "bottom": 0.12, "hspace": 0.08} | {"top": top} | adjust))
    return figure, list(axes[:, 0])


def put_title(figure: Figure, head: str, line: str = "") -> None:
    """Write the park's headline in bold and a line below it, at the left edge of the axes."""
    left = figure.subplotpars.left
    height = figure.get_figheight()
    size = plt.rcParams["font.size"]
    figure.text(left, 1 - 0.12 / height, head, size=size + 1, weight="bold", va="top", ha="left", parse_math=False)
    if line:
        figure.text(left, 1 - 0.36 / height, line, size=size, color=DARK, va="top", ha="left", parse_math=False)


def put_note(figure: Figure, note: str) -> None:
    """Write a small note below the axes."""
    size = plt.rcParams["font.size"] - 1.5
    figure.text(figure.subplotpars.left, 0.01, note, size=size, color=DARK, va="bottom", ha="left", parse_math=False)


def mark_year(ax: Axes, year: int, lang: str, label: bool = True) -> None:
    """Draw the line that parts the years before ``year`` from the rest."""
    ax.axvline(year - 0.5, color=MARK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=4)
    if label:
        place = {"xy": (year - 0.5, 1), "xycoords": ("data", "axes fraction")}
        shift = {"xytext": (-3, -2), "textcoords": "offset points"}
        ax.annotate(word("before", lang, year=year), **place, **shift, color=MARK, ha="right", va="top", size="small")


def emissions_axis(ax: Axes, scale: Scale, lang: str) -> None:
    """Label the y axis of emissions and draw a line at zero where emissions fall below it."""
    ax.set_ylabel(word("per_year", lang, unit=scale.unit))
    low, high = ax.get_ylim()
    if low < 0:
        ax.axhline(0, color=DARK, linewidth=0.8)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.set_ylim(min(low, 0.0), high)


def colour_of(scenario: str, order: Sequence[str]) -> dict[str, str]:
    """Colour and line style of a scenario; those of a user's own file follow the shipped ones."""
    return scenario_styles([*order, *([] if scenario in order else [scenario])])[scenario]


def fills(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Colour and hatch of each part of a stack."""
    free = iter(np.resize(np.array(SEQUENCE), len(names)).tolist())
    return {name: SOURCE_STYLES[name] if name in SOURCE_STYLES else (next(free), "") for name in names}


def light(colour: str) -> str:
    """Whether black is to be replaced as a fill: bands of the black scenario are drawn in grey."""
    return "#808080" if colour == SCENARIO_COLOURS[0] else colour
