"""Figure of the gaps: one panel a target, the members' range of every scenario on either side of zero."""

from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pathway_models.figures.axes import ROUND, light_ticks
from pathway_models.figures.canvas import DARK, MARK, fill_of, put_note, put_title, sheet, wrapped
from pathway_models.figures.marks import labels, markers, segments
from pathway_models.gaps.sentences import gap_name
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.language import rounding, say
from pathway_models.records import Gap, Gaps, Park

#: Most panels side by side; further intensities are left to the table.
MOST_PANELS = 5
#: Gap between two panels, in panel widths; height of a row, and of the parts above and below the rows, inches.
BETWEEN = 0.12
ROW, HEAD, FOOT = 0.325, 1.15, 0.95
#: Characters of a panel's title and of a scenario's name in one line.
TITLE_WIDTH = {"en": 17, "zh": 9}
NAME_WIDTH = {"en": 24, "zh": 11}
#: Quantiles drawn of each row.
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Limit of the axis, in units of the largest median: the upper tail of compounded growth would flatten all else.
REACH = 2.0
#: Largest numbers of tick steps, tried in this order until their labels fit; width of a digit of a label, and of a
#: sign or comma, in panel widths.
STEPS = (3, 4, 5, 2, 6)
DIGIT, SIGN = 0.052, 0.031


class Panel(NamedTuple):
    """One target in its slot of the axes; a slot is 1 wide, values are mapped linearly."""

    entry: Gap
    quantiles: np.ndarray
    unit: str
    first: float
    last: float
    left: float

    def place(self, values: np.ndarray | float) -> np.ndarray:
        """Map values in the unit shown to x positions."""
        return self.left + (np.asarray(values, dtype=float) - self.first) / (self.last - self.first)

    @property
    def right(self) -> float:
        """Right end of the slot."""
        return self.left + 1.0


def gaps(found: Gaps, *, park: Park | None = None, lang: str = "en") -> Figure:
    """Draw the gap to each target by scenario: median and nine members in ten, and the share that meets it.

    The panels are slots of one axes (`panels`), so that everything of one kind is one artist.

    Parameters
    ----------
    found : Gaps
    park : Park, optional
        For the name in the title where the record carries no more than an id that the register does not know.
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        The park is not in the register and not given.
    """
    head = headline(park or found.identity, lang)
    shown, count = panels(found, lang), len(found.scenarios)
    height = HEAD + FOOT + ROW * (count + 0.2)
    figure, (ax,) = sheet(lang, (8.0, height), head=HEAD, foot=FOOT, left=0.24)
    ax.set_axis_off()
    ax.set_xlim(0.0, shown[-1].right if shown else 1.0)
    ax.set_ylim(count - 0.4, -0.6)
    _frames(ax, shown, count)
    _values(ax, shown, [fill_of(name) for name in found.scenarios])
    names = [wrapped(scenario_name(name, lang), NAME_WIDTH[lang]) for name in found.scenarios]
    light_ticks(ax, "y", range(count), names, grid=False)
    _words(ax, found, shown, lang)
    put_title(
        figure,
        head,
        say(lang, en="How far from the targets? Left of the line: met", zh="与目标差多少？线左侧为已达成"),
    )
    note = say(
        lang,
        en="Dot and lines: median, 50 % and 90 % of members. Arrow: the range goes beyond the panel, or includes"
        " members without a peak. Number: share of all members that meet the target. Rules: docs/gaps.md.",
        zh="点与线：中位数、50%与90%区间；箭头：区间超出图外，或含未达峰的模拟结果。"
        "数字：达成目标的模拟结果占全部模拟结果的比例。规则见docs/gaps.md。",
    )
    put_note(figure, note, lang)
    return figure


def panels(found: Gaps, lang: str = "en") -> list[Panel]:
    """Lay out the targets that could be computed, each in its slot, from left to right.

    Parameters
    ----------
    found : Gaps
    lang : {"en", "zh"}
        Emissions are shown in the unit of the language.
    """
    shown = []
    # Cuts of a single year say least and are the first to be left to the table.
    for entry in sorted(found.entries, key=_of_one_year):
        if entry.values is not None and len(shown) < MOST_PANELS:
            values = entry.quantiles(BAND)
            divisor, unit = _unit(entry, values, lang)
            first, last = _limits(*values[:, [0, 2, 4]].T / divisor, entry.furthest / divisor)
            shown.append(Panel(entry, values / divisor, unit, first, last, len(shown) * (1.0 + BETWEEN)))
    return shown


def _of_one_year(entry: Gap) -> bool:
    """Tell whether a target is a cut from one year to the next."""
    years = entry.gap.split("_")[-2:]
    return all(year.isdecimal() for year in years) and int(years[-1]) - int(years[0]) == 1


def _frames(ax: Axes, shown: list[Panel], count: int) -> None:
    """Draw lines behind the rows, the left and the lower edge of each panel, and its line of zero."""
    bottom, top = ax.get_ylim()
    grid = {"color": mpl.rcParams["grid.color"], "linewidth": mpl.rcParams["grid.linewidth"], "zorder": 0.5}
    sides = np.array([(panel.left, panel.right) for panel in shown]).reshape(-1, 2)
    left, right, rows = np.repeat(sides[:, 0], count), np.repeat(sides[:, 1], count), np.tile(range(count), len(shown))
    segments(ax, np.column_stack([left, rows]), np.column_stack([right, rows]), **grid)
    zero, lower, upper = ([panel.place(0.0) for panel in shown], *np.full((2, len(shown)), [[bottom], [top]]))
    corners = np.column_stack([sides[:, 0], lower])
    starts = np.concatenate([np.column_stack([sides[:, 0], upper]), corners])
    ends = np.concatenate([corners, np.column_stack([sides[:, 1], lower])])
    edge = {"color": "black", "linewidth": mpl.rcParams["axes.linewidth"], "capstyle": "projecting"}
    segments(ax, starts, ends, clip_on=False, zorder=2.5, **edge)
    dashes = {"color": MARK, "linewidth": 1.2, "linestyle": (0, (4, 2))}
    segments(ax, np.column_stack([zero, lower]), np.column_stack([zero, upper]), zorder=2, label="zero", **dashes)


def _values(ax: Axes, shown: list[Panel], colours: list[str]) -> None:
    """Draw range and median of each row of each panel; an arrow where the range goes on."""
    rows, count = np.tile(np.arange(len(colours)), len(shown)), len(shown)
    low, inner, middle, outer, high = (
        np.array([panel.place(panel.quantiles[:, at]) for panel in shown]).ravel() for at in range(len(BAND))
    )
    left, right = (np.repeat([getattr(panel, side) for panel in shown], len(colours)) for side in ("left", "right"))
    ends = np.column_stack([np.clip(high, left, right), rows])
    look = np.array(colours * count)
    starts = np.column_stack([np.clip(low, left, right), rows])
    segments(ax, starts, ends, colors=look, linewidths=1.4, zorder=3, label="ranges")
    half = [np.column_stack([np.clip(side, left, right), rows]) for side in (inner, outer)]
    segments(ax, *half, colors=look, linewidths=4.0, zorder=3, label="halves")
    on, inside = high > right, middle <= right
    markers(ax, ends[on], shape=">", size=5, color=look[on], linewidths=1.0, clip_on=False, zorder=4, label="arrows")
    dots = np.column_stack([middle, rows])[inside]
    markers(ax, dots, size=6, facecolors=look[inside], edgecolors="black", linewidths=0.5, zorder=5, label="medians")


def _words(ax: Axes, found: Gaps, shown: list[Panel], lang: str) -> None:
    """Write title, unit and ticks of each panel, and the share that meets its target above each row."""
    below, above = ax.get_xaxis_text1_transform(18)[0], ax.get_xaxis_text2_transform(6)[0]
    places, numbers, shares, chances = [], [], [], []
    for panel in shown:
        middle = panel.left + 0.5
        title = wrapped(gap_name(found, panel.entry, lang), TITLE_WIDTH[lang])
        ax.text(middle, 1, title, transform=above, ha="center", va="bottom", size="small", parse_math=False)
        ax.text(middle, 0, panel.unit, transform=below, ha="center", va="top", size="small", parse_math=False)
        shares += [(panel.right - 0.025, at - 0.3) for at in range(len(found.scenarios))]
        chances += panel.entry.probability().tolist()
        ticks = _ticks(panel)
        places += panel.place(ticks).tolist()
        numbers += [f"{tick:,.10g}" for tick in ticks]
    labels(
        ax, shares, [rounding.share_text(chance, lang) for chance in chances], ha="right", size="x-small", color=DARK
    )
    light_ticks(ax, "x", places, numbers, size="x-small")


def _ticks(panel: Panel) -> list[float]:
    """Choose two or more round numbers whose labels stay apart and in their slot; zero alone where there are none."""
    for steps in STEPS:
        values = MaxNLocator(steps, steps=ROUND).tick_values(panel.first, panel.last)
        # Adding zero turns a negative zero into one without a sign.
        ticks = [float(value) + 0.0 for value in values if panel.first <= value <= panel.last]
        half = np.array([_width(f"{tick:,.10g}") / 2 for tick in ticks])
        places = panel.place(ticks)
        inside = (places - half >= panel.left - BETWEEN / 2) & (places + half <= panel.right + BETWEEN / 2)
        places, half = places[inside], half[inside]
        apart = np.all(places[1:] - half[1:] >= places[:-1] + half[:-1] + SIGN)
        if inside.sum() > 1 and apart:
            return [tick for tick, kept in zip(ticks, inside.tolist(), strict=True) if kept]
    return [0.0]


def _width(label: str) -> float:
    """Measure the label of a tick, in widths of a panel."""
    return sum(DIGIT if sign.isdigit() else SIGN for sign in label)


def _unit(entry: Gap, values: np.ndarray, lang: str) -> tuple[float, str]:
    """Return divisor and name of the unit of a panel."""
    if entry.unit == "years":
        return 1.0, say(lang, en="years late", zh="晚，年")
    if entry.unit == "points":
        return 1.0, say(lang, en="points", zh="百分点")
    scale = rounding.scale_of(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)), lang)
    return scale.divisor, scale.unit + (say(lang, en=" a year", zh="/年") if entry.unit.endswith("/yr") else "")


def _limits(low: np.ndarray, middle: np.ndarray, high: np.ndarray, furthest: float) -> tuple[float, float]:
    """Choose limits that show zero, every lower end and every known median, or else what the horizon allows."""
    known, inside = low[np.isfinite(low)], middle[np.isfinite(middle)]
    reach = max(REACH * np.abs(inside).max(initial=0.0), np.abs(known).max(initial=0.0))
    if reach == 0:
        reach = furthest if 0 < furthest < np.inf else 1.0
    ends = high[np.isfinite(high)]
    last = min(float(ends.max(initial=0.0)), reach) if ends.size == high.size else reach
    first, last = min(float(known.min(initial=0.0)), 0.0), max(last, 0.0)
    margin = 0.06 * (last - first) or 1.0
    return first - margin, last + margin
