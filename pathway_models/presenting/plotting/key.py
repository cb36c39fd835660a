"""The key of a figure: swatches and names of what is drawn, in a row above the axes or in a column beside them.

matplotlib's legend measures nested boxes anew at every level and every drawing; here each entry is placed once, in
points from a corner of the axes.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.container import BarContainer
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from pathway_models.presenting.plotting.axes import text_width

#: Size of the names.
SIZE = "small"
#: Sizes of a swatch, gaps between it and its name, between columns and between rows, and heights of a name's first
#: and further lines, all in sizes of the text.
WIDE, LONG, HIGH, BESIDE, BETWEEN, BELOW, LINE, FURTHER = 1.6, 2.0, 0.7, 0.5, 1.2, 0.5, 1.05, 1.02


def entries_of(ax: Axes) -> list[tuple[Artist, str]]:
    """What the axes draw under a name, in the order of drawing."""
    return list(zip(*ax.get_legend_handles_labels(), strict=True))


def key_row(ax: Axes, entries: Sequence[tuple[Artist, str]], *, above: float) -> None:
    """Write a key in one row from the left edge of the axes.

    Parameters
    ----------
    ax : Axes
    entries : sequence of (Artist, str)
        Lines, collections of lines, patches or bars, and their names (see `entries_of`).
    above : float
        Foot of the names above the axes, points.

    Raises
    ------
    TypeError
        An entry of another kind.
    """
    unit, place = _points(), _from_corner(ax, (0, 1))
    at = 0.0
    for handle, name in entries:
        _put(ax, _swatch(handle, at, above, WIDE * unit, HIGH * unit), place)
        at += (WIDE + BESIDE) * unit
        ax.text(at, above, name, size=SIZE, transform=place, va="baseline", ha="left", parse_math=False)
        at += text_width(name, SIZE) + BETWEEN * unit


def key_column(ax: Axes, entries: Sequence[tuple[Artist, str]], *, beside: float = 11.0, below: float = 7.5) -> None:
    """Write a key in one column beside the axes, from the top; names may have several lines.

    Parameters
    ----------
    ax : Axes
    entries : sequence of (Artist, str)
        As of `key_row`.
    beside, below : float
        Where the column begins, right of and below the upper right corner of the axes, points.

    Raises
    ------
    TypeError
        An entry of another kind.
    """
    unit, place = _points(), _from_corner(ax, (1, 1))
    top = -below
    for handle, name in entries:
        height = (LINE + FURTHER * name.count("\n")) * unit
        middle = top - height / 2
        _put(ax, _swatch(handle, beside, middle - HIGH * unit / 2, LONG * unit, HIGH * unit), place)
        look = {"size": SIZE, "va": "center", "ha": "left", "parse_math": False}
        ax.text(beside + (LONG + BESIDE) * unit, middle, name, transform=place, **look)
        top -= height + BELOW * unit


def _points() -> float:
    """Size of the names, points."""
    return FontProperties(size=SIZE).get_size_in_points()


def _from_corner(ax: Axes, corner: tuple[float, float]) -> Transform:
    """Points from a corner of the axes."""
    return Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans + ScaledTranslation(*corner, ax.transAxes)


def _put(ax: Axes, swatch: Artist, place: Transform) -> None:
    """Swatches belong to the figure: the axes hold nothing but the matter."""
    swatch.set(transform=place, clip_on=False, label="")
    ax.figure.add_artist(swatch)


def _swatch(handle: Artist, x: float, y: float, width: float, height: float) -> Artist:
    """A small piece of what an entry names, looking like it."""
    if isinstance(handle, BarContainer):
        handle = handle.patches[0]
    if isinstance(handle, Patch):
        piece = Rectangle((x, y), width, height)
        piece.update_from(handle)
        return piece
    middle = y + height / 2
    if isinstance(handle, LineCollection):
        look = {"color": handle.get_colors()[0], "linewidth": handle.get_linewidths()[0], "alpha": handle.get_alpha()}
        return Line2D((x, x + width), (middle, middle), **look)
    if not isinstance(handle, Line2D):
        raise TypeError(f"a key shows lines, patches and bars, not {type(handle).__name__}")
    # Three points, and the marker on the one between.
    piece = Line2D((x, x + width / 2, x + width), (middle,) * 3)
    piece.update_from(handle)
    piece.set_markevery([1])
    return piece
