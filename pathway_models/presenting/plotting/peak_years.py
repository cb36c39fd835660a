"""How the members' peak years are spread, scenario by scenario, with those that have none."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.canvas import (
    DARK,
    fill_of,
    mark_year,
    put_note,
    put_title,
    shade_record,
    sheet,
    wrapped,
    years_axis,
)
from pathway_models.presenting.plotting.spread import draw_spread
from pathway_models.presenting.rounding import share_text
from pathway_models.presenting.words import word
from pathway_models.records.park import Park
from pathway_models.records.peaks import Peaks

#: Share of members at which a bar is cut, so that one crowded year does not flatten all others; and its height
#: in rows.
CAP = 0.1
TALLEST = 0.68
#: Characters of a scenario's name in one line.
NAME_WIDTH = {"en": 24, "zh": 11}


def peak_years(peaks: Peaks, *, park: Park | None = None, before: int = 2030, lang: str = "en") -> Figure:
    """Draw the share of members by peak year, one row a scenario, all to one scale.

    Members without a peak inside the horizon have a hatched bar of their own behind it; the share that peaks
    before ``before``, of *all* members, stands at the end of each row.

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
    count, first, last = len(peaks.scenarios), int(peaks.years[0]), int(peaks.years[-1])
    figure, (ax,) = sheet(lang, (8.0, 1.6 + 0.55 * count), head=0.85, foot=0.8, left=0.235, right=0.895)
    early = peaks.p_peaked_by(before - 1)
    for at, name in enumerate(peaks.scenarios):
        base = count - 1 - at
        draw_spread(ax, peaks, at, fill_of(name), lang, base=base, unit=TALLEST / CAP, cap=CAP)
        share = share_text(float(early[at]), lang)
        ax.annotate(
            share, (1.06, base + 0.3), xycoords=("axes fraction", "data"), va="center", ha="center", weight="bold"
        )
    ax.annotate(word("p_before", lang, year=before), (1.06, 1), (0, 2), xycoords="axes fraction", color=DARK,
                textcoords="offset points", va="bottom", ha="center", size="small")  # fmt: skip
    names = [wrapped(scenario_name(name, lang), NAME_WIDTH[lang]) for name in peaks.scenarios]
    ax.set_yticks(count - 1 - np.arange(count), [])
    for at, name in enumerate(names):
        ax.annotate(name, (-0.015, count - 0.68 - at), xycoords=("axes fraction", "data"), ha="right", va="center")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.02, count + 0.1)
    shade_record(ax, first, peaks.last_observed_year)
    years_axis(ax, first, last, behind=True)
    mark_year(ax, before, lang)
    put_title(figure, head, word("title_peak_years", lang))
    put_note(figure, word("note_peak_years", lang, cap=f"{CAP:.0%}", last=last, before=before), lang)
    return figure
