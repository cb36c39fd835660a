"""Figure of the distribution of members' peak years by scenario, members without a peak included."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from pathway_models.figures import axes, canvas, marks
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.language import rounding, words
from pathway_models.records import Park, Peaks

#: Height of the tallest bar, in rows.
TALLEST = 0.68
#: Place of the shares beside the rows, in widths of the axes.
RIGHT = 1.06
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
        For the name in the title where the record carries no more than an id that the register does not know.
    before : int
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        The park is not in the register and not given.
    """
    head = headline(park or peaks.identity, lang)
    count, first, last = len(peaks.scenarios), int(peaks.years[0]), int(peaks.years[-1])
    figure, (ax,) = canvas.sheet(lang, (8.0, 1.6 + 0.55 * count), head=0.85, foot=0.8, left=0.245, right=0.895)
    ax.set_ylim(-0.02, count + 0.1)
    canvas.years_axis(ax, first, last, behind=True)
    canvas.shade_record(ax, first, peaks.last_observed_year)
    canvas.mark_year(ax, before, lang)
    bases = np.arange(count)[::-1]
    axes.light_ticks(ax, "y", bases, [""] * count)
    colours = [canvas.fill_of(name) for name in peaks.scenarios]
    parts = [marks.peak_shares(peaks, at) for at in range(count)]
    highest = max(max(float(shares.max()), rest / marks.WIDTH) for shares, rest in parts)
    marks.draw_spreads(ax, peaks, range(count), colours, bases, lang, unit=TALLEST / highest)
    _words(ax, peaks, bases, before, lang)
    for at, base in enumerate(bases.tolist()):
        marks.tell_peaks(ax, peaks, at, base, base + 1, lang)
    canvas.put_title(figure, head, words.word("title_peak_years", lang))
    canvas.put_note(figure, words.word("note_peak_years", lang, last=peaks.last_peak_year, before=before), lang)
    return figure


def _words(ax: Axes, peaks: Peaks, bases: np.ndarray, before: int, lang: str) -> None:
    """Name each row on its left, and write the share that peaks before the year on its right, under a head."""
    rows, above = ax.get_yaxis_transform(), offset_copy(ax.transAxes, ax.figure, 0, 2, units="points")
    for name, base in zip(peaks.scenarios, bases.tolist(), strict=True):
        name = canvas.wrapped(scenario_name(name, lang), NAME_WIDTH[lang])
        ax.text(-0.015, base + 0.32, name, transform=rows, ha="right", va="center", parse_math=False)
    early = [rounding.share_text(share, lang) for share in peaks.p_before(before).tolist()]
    marks.labels(ax, np.column_stack([np.full(bases.size, RIGHT), bases + 0.3]), early, transform=rows, weight="bold")
    look = {"va": "bottom", "ha": "center", "size": "small", "color": canvas.DARK, "parse_math": False}
    ax.text(RIGHT, 1, words.word("p_before", lang, year=before), transform=above, **look)
