"""Axes without tick objects: ticks as one collection of grid lines and a few bare texts.

A tick of matplotlib is five artists, made, placed and drawn one by one; the ticks of an ordinary axes are the most
expensive part of a figure.  Figures of a park are static, so that fixed tick positions suffice.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator, NullLocator

#: Artist labels of light ticks and grids; legends skip labels that begin with an underscore.
LABEL, GRID = "_{} tick", "_{} grid"
#: Distance between axes and labels, points.
PAD = 5.0
#: Tick steps that give round numbers.
ROUND = (1, 2, 2.5, 5, 10)
#: Tolerance for ticks at the limits, as a share of their range: rounding of floats.
SLACK = 1e-9


class _Tickless:
    """Axis without the first major and minor tick that matplotlib creates for every axis."""

    def reset_ticks(self) -> None:
        """Drop all ticks; matplotlib creates those it draws when it draws them."""
        self.majorTicks, self.minorTicks = [], []

    def get_ticks_position(self) -> str:
        """Return the side of the ordinary ticks, read from the first one."""
        for locator, ticks in (
            (self.get_major_locator(), self.get_major_ticks),
            (self.get_minor_locator(), self.get_minor_ticks),
        ):
            if not isinstance(locator, NullLocator):
                ticks(1)
        return super().get_ticks_position()


class _TicklessX(_Tickless, XAxis):
    """The x axis of `LightAxes`."""


class _TicklessY(_Tickless, YAxis):
    """The y axis of `LightAxes`."""


class LightAxes(Axes):
    """Axes created in half the time; ordinary ticks work as usual."""

    def _init_axis(self) -> None:
        # The hook in which a projection replaces the axis objects (matplotlib's gallery, "Custom projection").
        self.xaxis, self.yaxis = _TicklessX(self, clear=False), _TicklessY(self, clear=False)
        for axis, sides in ((self.xaxis, ("bottom", "top")), (self.yaxis, ("left", "right"))):
            for side in sides:
                self.spines[side].register_axis(axis)


def light_ticks(
    ax: Axes, axis: str, places: Sequence[float], labels: Sequence[str], *, grid: bool = True, size: str | None = None
) -> None:
    """Put ticks at fixed positions: grid lines below everything, labels outside the axes.

    The limits must be final: positions outside them are left out, and neither grid nor labels follow when limits
    change.  Axes that share the axis get the grid without the labels.  Ticks put there before are replaced.

    Parameters
    ----------
    ax : Axes
        With a linear axis.
    axis : {"x", "y"}
    places : (N,) sequence of float
        In data units.
    labels : (N,) sequence of str
        An empty one gives a grid line only.
    grid : bool
    size : str, optional
        Size of the labels, of ``xtick.labelsize`` or ``ytick.labelsize`` by default.

    Raises
    ------
    ValueError
        Places and labels differ in number, or the axis is neither of the two.
    """
    if axis not in ("x", "y"):
        raise ValueError(f"axis is 'x' or 'y', not {axis!r}")
    if len(places) != len(labels):
        raise ValueError(f"{len(places)} places, but {len(labels)} labels")
    low, high = sorted(ax.get_xlim() if axis == "x" else ax.get_ylim())
    slack = SLACK * (high - low)
    shown = [(place, text) for place, text in zip(places, labels, strict=True) if low - slack <= place <= high + slack]
    group = ax.get_shared_x_axes() if axis == "x" else ax.get_shared_y_axes()
    for sibling in group.get_siblings(ax):
        _clear(sibling, axis)
        if grid and shown:
            _draw_grid(sibling, axis, [place for place, _ in shown])
    _write_labels(ax, axis, [pair for pair in shown if pair[1]], size or mpl.rcParams[f"{axis}tick.labelsize"])


def light_number_ticks(ax: Axes, axis: str, *, count: int = 6, format: Callable[[float], str] | None = None) -> None:
    """Put ticks at round numbers inside the present limits, which must be final (see `light_ticks`).

    Parameters
    ----------
    ax : Axes
        With a linear axis.
    axis : {"x", "y"}
    count : int
        Steps between ticks at most.
    format : callable, optional
        Writes a number; with thousands separators by default.
    """
    low, high = sorted(ax.get_xlim() if axis == "x" else ax.get_ylim())
    places = MaxNLocator(count, steps=ROUND).tick_values(low, high)
    # Adding zero turns a negative zero into one without a sign.
    places = [float(place) + 0.0 for place in places]
    light_ticks(ax, axis, places, [(format or _plain)(place) for place in places])


def light_line(ax: Axes, axis: str, place: float, **look: object) -> None:
    """Draw a straight line across the axes at one x or y position; the limits stay as they are.

    Parameters
    ----------
    ax : Axes
    axis : {"x", "y"}
        Axis of the position: "x" gives a vertical line.
    place : float
    **look
        Of :class:`matplotlib.lines.Line2D`.
    """
    at, whole = (place, place), (0.0, 1.0)
    if axis == "x":
        ax.add_artist(Line2D(at, whole, transform=ax.get_xaxis_transform("grid"), **look))
    else:
        ax.add_artist(Line2D(whole, at, transform=ax.get_yaxis_transform("grid"), **look))


def tick_texts(ax: Axes, axis: str) -> list[Text]:
    """Return the labels of the light ticks of an axis, in the order of their positions."""
    return [text for text in ax.texts if text.get_label() == LABEL.format(axis)]


def _plain(value: float) -> str:
    return f"{value:,.10g}"


def _clear(ax: Axes, axis: str) -> None:
    """Remove all ticks of an axis, ordinary and light ones."""
    which = ax.xaxis if axis == "x" else ax.yaxis
    which.set_major_locator(NullLocator())
    # The label positions of all axes that share ticks are queried, which updates the edge of the axes.
    ax.get_xaxis_text1_transform(0) if axis == "x" else ax.get_yaxis_text1_transform(0)
    which.labelpad = mpl.rcParams["axes.labelpad"]
    before = [lines for lines in ax.collections if lines.get_label() == GRID.format(axis)]
    for artist in [*tick_texts(ax, axis), *before]:
        artist.remove()


def _draw_grid(ax: Axes, axis: str, places: Sequence[float]) -> None:
    """Draw all grid lines as one collection, from edge to edge."""
    ends = np.empty((len(places), 2, 2))
    along, across = (0, 1) if axis == "x" else (1, 0)
    ends[:, :, along] = np.asarray(places, dtype=float)[:, None]
    ends[:, :, across] = (0.0, 1.0)
    lines = LineCollection(
        ends,
        colors=mpl.rcParams["grid.color"],
        linewidths=mpl.rcParams["grid.linewidth"],
        linestyles=mpl.rcParams["grid.linestyle"],
        transform=ax.get_xaxis_transform("grid") if axis == "x" else ax.get_yaxis_transform("grid"),
        zorder=0.5,
        label=GRID.format(axis),
    )
    ax.add_artist(lines)


def _write_labels(ax: Axes, axis: str, pairs: Sequence[tuple[float, str]], size: str | float) -> None:
    """Write the labels beside the axes and move the axis label outwards by their size."""
    transform, va, ha = ax.get_xaxis_text1_transform(PAD) if axis == "x" else ax.get_yaxis_text1_transform(PAD)
    look = {"transform": transform, "va": va, "ha": ha, "size": size, "parse_math": False, "label": LABEL.format(axis)}
    for place, text in pairs:
        ax.text(*((place, 0.0) if axis == "x" else (0.0, place)), text, **look)
    which = ax.xaxis if axis == "x" else ax.yaxis
    if pairs:
        which.labelpad += PAD + _room(axis, [text for _, text in pairs], size)


def _room(axis: str, labels: Sequence[str], size: str | float) -> float:
    """Return the extent of the labels perpendicular to the axis, points."""
    if axis == "x":
        return 1.2 * FontProperties(size=size).get_size_in_points() * (1 + max(text.count("\n") for text in labels))
    return text_width(max((line for text in labels for line in text.split("\n")), key=len), size)


def text_width(text: str, size: str | float) -> float:
    """Measure the width of one line of text in the font of the figures, points."""
    font = FontProperties(size=size)
    return _measured(text, font.get_size_in_points(), tuple(font.get_family()))


@lru_cache(4096)
def _measured(text: str, points: float, family: tuple[str, ...]) -> float:
    font = FontProperties(family=list(family), size=points)
    return text_to_path.get_text_width_height_descent(text, font, False)[0]
