"""How the members' peak years are spread, scenario by scenario, with those that have none."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.presenting.names import headline, scenario_name, scenario_order
from pathway_models.presenting.plotting.canvas import (
    BEHIND,
    DARK,
    FAINT,
    RECORD,
    colour_of,
    decades,
    fill_of,
    mark_year,
    put_note,
    put_title,
    sheet,
)
from pathway_models.presenting.rounding import share_text
from pathway_models.presenting.words import word
from pathway_models.records.park import Park
from pathway_models.records.peaks import Peaks

#: Height of the tallest bar in rows.
TALLEST = 0.86


def peak_years(peaks: Peaks, *, park: Park | None = None, before: int = 2030, lang: str = "en") -> Figure:
    """Draw the share of members by peak year, one row a scenario, to one scale.

    Members without a peak inside the horizon have a bar of their own behind it; the share that peaks before
    ``before`` stands beside each row, as a share of *all* members.

    Parameters
    ----------
    peaks : Peaks
    park : Park, optional
        For the name in the title; looked up in the register by default.
    before : int
    lang : {"en", "zh"}

    Returns
    -------
    Figure

    Raises
    ------
    PathwayError
        The park is not in the register and not given.
    """
    head = headline(park or peaks.park_id, lang)
    count, last = len(peaks.scenarios), int(peaks.years[-1])
    height = 1.45 + 0.52 * count
    figure, (ax,) = sheet(
        lang, (8.0, height), top=1 - 0.85 / height, bottom=0.6 / height, left=0.245, right=0.885
    )  # fmt: skip
    spread = [peak_shares(peaks, at) for at in range(count)]
    tallest = max(max(shares.max(), censored) for shares, censored in spread)
    for row, name in enumerate(peaks.scenarios):
        _row(ax, peaks, *spread[row], base=count - 1 - row, unit=TALLEST / tallest, colour=fill_of(name))
        share = share_text(float(peaks.p_peaked_by(before - 1)[row]), lang)
        ax.annotate(share, (1.015, count - 0.72 - row), xycoords=("axes fraction", "data"), va="center", weight="bold")
    ax.annotate(word("p_before", lang, year=before), (1.015, 1), (0, 4), xycoords="axes fraction",
                textcoords="offset points", va="bottom", size="small", color=DARK)  # fmt: skip
    names = [scenario_name(name, lang) for name in peaks.scenarios]
    ax.set_yticks(count - 0.72 - np.arange(count), [wrapped(name, lang) for name in names])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.04, count + 0.06)
    _years_axis(ax, peaks, last, lang)
    mark_year(ax, before, lang)
    put_title(figure, head, f"{word('title_peak_years', lang)} {word('title_peak_years_sub', lang)}")
    put_note(figure, word("scale_of_bars", lang, share=f"{100 * tallest:.0f} %", year=last))
    return figure
