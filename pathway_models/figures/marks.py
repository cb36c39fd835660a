"""Composite artists: many lines, markers or texts as one; legends; bars of the members' peak years.

An artist of matplotlib takes as long to place, clip and draw for one mark as for fifty, so that figures of many
scenarios are made of few.  None of these moves the limits of its axes.  Legend entries are placed once, in
points from a corner of the axes; matplotlib's legend measures nested boxes anew at every draw.
"""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.container import BarContainer
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform, ScaledTranslation, Transform, offset_copy

from pathway_models.figures import axes, canvas
from pathway_models.intake.naming import scenario_name
from pathway_models.kernels import Floats
from pathway_models.language import rounding, word
from pathway_models.records import Peaks

#: Share of a text's width left of its anchor.
LEFT = {"left": 0.0, "center": 0.5, "right": 1.0}


def segments(ax: Axes, starts: np.ndarray, ends: np.ndarray, **look: object) -> LineCollection:
    """Draw straight lines, each from a start to an end, with flat ends.

    Parameters
    ----------
    ax : Axes
    starts, ends : (N, 2)
        In data units, or those of ``transform``.
    **look
        Of :class:`matplotlib.collections.LineCollection`; one value for all, or one a line.
    """
    lines = LineCollection(np.stack([starts, ends], axis=1), **({"capstyle": "butt"} | look))
    ax.add_artist(lines)
    return lines


def markers(ax: Axes, places: np.ndarray, *, shape: str = "o", size: float = 6.0, **look: object) -> PathCollection:
    """Draw markers of one shape.

    Parameters
    ----------
    ax : Axes
    places : (N, 2)
        Their middles, in data units.
    shape : str
        A marker of matplotlib.
    size : float
        Width, points.
    **look
        Of :class:`matplotlib.collections.PathCollection`; one value for all, or one a marker.
    """
    style = MarkerStyle(shape)
    path = style.get_path().transformed(style.get_transform())
    dots = PathCollection((path,), [size**2], offsets=places, offset_transform=ax.transData, **look)
    dots.set_transform(IdentityTransform())
    ax.add_artist(dots)
    return dots


class Labels(Artist):
    """Single-line texts of one style, by default vertically centred on their positions.

    They stand where single texts of matplotlib would (its layout of one line), which it also shows as its children.

    Parameters
    ----------
    places : (N, 2)
        In units of the transform.
    texts : (N,) sequence of str
    transform : Transform
    ha : {"left", "center", "right"}
        Side of each text that lies at its place.
    **look
        Further properties of :class:`matplotlib.text.Text`, the same for all; ``va`` as there.

    Raises
    ------
    ValueError
        A text has more than one line, or places and texts differ in number.
    """

    def __init__(
        self, places: np.ndarray, texts: Sequence[str], *, transform: Transform, ha: str = "center", **look: object
    ) -> None:
        super().__init__()
        if any("\n" in text for text in texts):
            raise ValueError("labels have one line each")
        if len(places) != len(texts):
            raise ValueError(f"{len(places)} places, but {len(texts)} labels")
        self.places, self.texts, self._ha = np.asarray(places, dtype=float).reshape(-1, 2), tuple(texts), ha
        self._look = {"ha": ha, "va": "center", "parse_math": False} | look
        self.set_transform(transform)
        self.set_zorder(self._look.pop("zorder", Text.zorder))

    def draw(self, renderer: RendererBase) -> None:
        """Draw all texts with one graphics context."""
        if not self.get_visible() or not self.texts:
            return
        pattern = self._single(0.0, 0.0, self.texts[0], IdentityTransform())
        font, gc = pattern.get_fontproperties(), renderer.new_gc()
        gc.set_foreground(pattern.get_color())
        # Texts of one look have one baseline, which is found by placing one of them in two ways.
        here = pattern.get_window_extent(renderer).y0
        pattern.set_verticalalignment("baseline")
        down = here - pattern.get_window_extent(renderer).y0
        high = renderer.get_canvas_width_height()[1]
        places = self.get_transform().transform(self.places)
        for (x, y), text in zip(places.tolist(), self.texts, strict=True):
            wide = renderer.get_text_width_height_descent(text, font, False)[0]
            y = high - y - down if renderer.flipy() else y + down
            renderer.draw_text(gc, x - LEFT[self._ha] * wide, y, text, font, 0.0)
        gc.restore()
        self.stale = False

    def get_children(self) -> list[Artist]:
        """Return the texts one by one, made on request."""
        pairs = zip(self.places.tolist(), self.texts, strict=True)
        return [self._single(x, y, text, self.get_transform()) for (x, y), text in pairs]

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Return the box around all texts, pixels."""
        return Bbox.union([one.get_window_extent(renderer) for one in self.get_children()] or [Bbox.null()])

    def _single(self, x: float, y: float, text: str, transform: Transform) -> Text:
        one = Text(x, y, text, transform=transform, **self._look)
        one.set_figure(self.get_figure(root=False))
        return one


def labels(ax: Axes, places: np.ndarray, texts: Sequence[str], **look: object) -> Labels:
    """Write short texts of one style; see `Labels` for the arguments.

    Parameters
    ----------
    ax : Axes
    places : (N, 2)
        In data units, or those of ``transform``.
    texts : (N,) sequence of str
    **look
        Of `Labels`.
    """
    written = Labels(places, texts, **({"transform": ax.transData} | look))
    written.set_clip_on(False)
    ax.add_artist(written)
    return written


#: Size of the names.
SIZE = "small"
#: Sizes of a swatch, gaps between it and its name, between columns and between rows, and heights of a name's first
#: and further lines, all in sizes of the text.
WIDE, LONG, HIGH, BESIDE, BETWEEN, BELOW, LINE, FURTHER = 1.6, 2.0, 0.7, 0.5, 1.2, 0.5, 1.05, 1.02


def entries_of(ax: Axes) -> list[tuple[Artist, str]]:
    """Collect the labelled artists of the axes, in the order of drawing."""
    return list(zip(*ax.get_legend_handles_labels(), strict=True))


def key_row(ax: Axes, entries: Sequence[tuple[Artist, str]], *, above: float) -> None:
    """Draw a legend in one row, from the left edge of the axes.

    Parameters
    ----------
    ax : Axes
    entries : sequence of (Artist, str)
        Lines, collections of lines, patches or bars, and their names (see `entries_of`).
    above : float
        Distance from the axes up to the bottom of the names, points.

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
        at += axes.text_width(name, SIZE) + BETWEEN * unit


def key_column(ax: Axes, entries: Sequence[tuple[Artist, str]]) -> None:
    """Draw a legend in one column beside the axes, from the top; names may have several lines.

    Parameters
    ----------
    ax : Axes
    entries : sequence of (Artist, str)
        As of `key_row`.

    Raises
    ------
    TypeError
        An entry of another kind.
    """
    unit, place = _points(), _from_corner(ax, (1, 1))
    left, top = 11.0, -7.5  # points from the upper right corner of the axes
    for handle, name in entries:
        height = (LINE + FURTHER * name.count("\n")) * unit
        middle = top - height / 2
        _put(ax, _swatch(handle, left, middle - HIGH * unit / 2, LONG * unit, HIGH * unit), place)
        look = {"size": SIZE, "va": "center", "ha": "left", "parse_math": False}
        ax.text(left + (LONG + BESIDE) * unit, middle, name, transform=place, **look)
        top -= height + BELOW * unit


#: Room between a mark and its name, and between two names, points.
NEXT, APART = 4.0, 1.5
#: Directions in which a name is tried beside its point, the reader's usual one first.
AROUND = ((1, 0), (1, 1), (1, -1), (0, 1), (0, -1), (-1, 0), (-1, 1), (-1, -1))
#: Distances at which it is tried, points; beyond the first a line leads to the point.
RINGS = (5.0, 14.0, 26.0, 40.0, 58.0, 80.0, 105.0, 135.0)


def name_beside(ax: Axes, places: Sequence[float], names: Sequence[str], colours: Sequence[str]) -> None:
    """Label marks right of the axes, each as close to its height as the others allow, with a leader line.

    Parameters
    ----------
    ax : Axes
        With final limits.
    places : (N,) sequence of float
        Heights of the marks at the right edge, in data units.
    names : (N,) sequence of str
        May have several lines.
    colours : (N,) sequence of str
        Of the lines that lead to the marks.
    """
    order = np.argsort(places, kind="stable")
    unit, high = _points(), ax.bbox.height / ax.figure.dpi * 72
    low, top = ax.get_ylim()
    marks = (np.asarray(places, dtype=float)[order] - low) / (top - low) * high
    halves = np.array([(LINE + FURTHER * names[at].count("\n")) * unit / 2 + APART / 2 for at in order])
    # The least moves that leave no two names over one another: regression on places that only rise.
    room = np.cumsum(np.concatenate([[0.0], halves[1:] + halves[:-1]]))
    put = only_rising(marks - room) + room
    put += max(0.0, halves[0] - put[0]) if put.size else 0.0
    put -= max(0.0, put[-1] + halves[-1] - high) if put.size else 0.0
    corner, beside = _from_corner(ax, (1, 0)), 16.0  # width of the lines, points
    for at, mark, height in zip(order, marks, put, strict=True):
        line = Line2D((1.0, beside / 2, beside), (mark, height, height), color=colours[at], linewidth=1.8)
        _put(ax, line, corner)
        look = {"size": SIZE, "va": "center", "ha": "left", "parse_math": False, "transform": corner}
        ax.text(beside + NEXT, height, names[at], **look)


def only_rising(values: Floats) -> Floats:
    """Return the non-decreasing sequence nearest by least squares: isotonic regression.

    Notes
    -----
    The max-min formula (Barlow, Bartholomew, Bremner and Brunk 1972): right for the dozen names of a figure, which
    should not wait for SciPy's optimisers to load.

    Examples
    --------
    >>> only_rising(np.array([1.0, 3.0, 2.0])).tolist()
    [1.0, 2.5, 2.5]
    """
    ends = np.arange(len(values))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    lengths = ends - ends[:, None] + 1
    means = np.where(lengths > 0, (sums[1:] - sums[:-1, None]) / np.maximum(lengths, 1), np.inf)  # (start, end)
    least = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]
    return np.where(lengths > 0, least, -np.inf).max(axis=0, initial=-np.inf)


def name_points(
    ax: Axes,
    places: np.ndarray,
    names: Sequence[str],
    colours: Sequence[str],
    lines: Sequence[tuple[tuple[float, float], tuple[float, float]]] = (),
) -> None:
    """Label each point beside it, clear of all points and labels, and of lines where possible.

    Names are tried around the point, then farther away with a line to it.

    Parameters
    ----------
    ax : Axes
        With final limits.
    places : (N, 2)
        In data units.
    names : (N,) sequence of str
        Of one line.
    colours : (N,) sequence of str
        Of the leading lines.
    lines : sequence of two places
        Level or upright lines of the figure, from one place to the other.
    """
    unit, scale = _points(), 72 / ax.figure.dpi
    points = scale * (ax.transData.transform(np.asarray(places, dtype=float)) - ax.bbox.p0)
    ends = scale * (ax.transData.transform(np.reshape(lines, (-1, 2))) - ax.bbox.p0)
    drawn = [(*np.minimum(one, two) - 1.5, *np.maximum(one, two) + 1.5) for one, two in ends.reshape(-1, 2, 2)]
    width, height = scale * np.array([ax.bbox.width, ax.bbox.height])
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in points.tolist()]
    corner = _from_corner(ax, (0, 0))
    # The outermost points first: the crowd in the middle has to reach out anyway.
    far = np.abs(points - np.median(points, axis=0)).sum(axis=1)
    for at in np.argsort(-far, kind="stable").tolist():
        x, y = points[at].tolist()
        wide = axes.text_width(names[at], SIZE)
        tried = []
        for ring, (across, up) in ((ring, way) for ring in RINGS for way in AROUND):
            left = x + across * ring - (0 if across > 0 else wide if across < 0 else wide / 2)
            foot = y + up * ring - unit / 2
            box = (left, foot, left + wide, foot + unit)
            outside = max(-left, 0) + max(left + wide - width, 0) + max(-foot, 0) + max(foot + unit - height, 0)
            covered = sum(_overlap(box, one) for one in taken) + 0.2 * sum(_overlap(box, one) for one in drawn)
            # A distant position costs more: it needs a leader line.
            tried.append((covered + 100 * outside + 0.6 * ring, ring, box, across))
            if not covered and not outside:
                break
        _, ring, box, across = min(tried, key=lambda one: one[0])
        taken.append((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1))
        if ring > RINGS[0]:
            end = box[0] if across > 0 else box[2] if across < 0 else (box[0] + box[2]) / 2
            foot = min(max(y, box[1]), box[3])
            _put(ax, Line2D((x, end), (y, foot), color=colours[at], linewidth=0.7, zorder=3), corner)
        look = {"size": SIZE, "va": "center", "ha": "left", "parse_math": False, "transform": corner, "zorder": 6}
        pale = {"boxstyle": "square,pad=0.05", "facecolor": "white", "alpha": 0.7, "linewidth": 0}
        ax.text(box[0], box[1] + unit / 2, names[at], bbox=pale, **look)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the area shared by two boxes (left, bottom, right, top)."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)


def _points() -> float:
    """Return the size of the names, points."""
    return FontProperties(size=SIZE).get_size_in_points()


def _from_corner(ax: Axes, corner: tuple[float, float]) -> Transform:
    """Return the transform that counts points from a corner of the axes."""
    return Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans + ScaledTranslation(*corner, ax.transAxes)


def _put(ax: Axes, swatch: Artist, place: Transform) -> None:
    """Add a swatch to the figure, so that the axes hold nothing but data."""
    swatch.set(transform=place, clip_on=False, label="")
    ax.figure.add_artist(swatch)


def _swatch(handle: Artist, x: float, y: float, width: float, height: float) -> Artist:
    """Make a small copy of an entry's line, area or marker."""
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


#: Width of the bar of members without a peak, years: areas are shares, as of the other bars, so that it does not
#: dwarf them.
WIDTH = 3.6


def peak_shares(peaks: Peaks, at: int) -> tuple[np.ndarray, float]:
    """Compute the share of all members by peak year, and of those without a peak; together they are 1.

    Parameters
    ----------
    peaks : Peaks
    at : int
        Position of the scenario.

    Returns
    -------
    shares : (Y,)
        By year of ``peaks.years``.
    censored : float
    """
    censored = peaks.censored()[at]
    counts = np.bincount(peaks.year[at][~censored] - peaks.years[0], minlength=peaks.years.size)
    return counts / peaks.members, float(censored.mean())


def tell_peaks(ax: Axes, peaks: Peaks, at: int, low: float, top: float, lang: str) -> None:
    """Attach the share of members that peak in each year, and of those without a peak, between two heights (`tell`)."""
    shares, rest = peak_shares(peaks, at)
    years, end = peaks.years[shares > 0].tolist(), int(peaks.years[-1]) + canvas.BEHIND
    boxes = [(year - 0.5, low, year + 0.5, top) for year in years] + [(end - WIDTH / 2, low, end + WIDTH / 2, top)]
    rows = [
        [str(year), rounding.share_text(share, lang)]
        for year, share in zip(years, shares[shares > 0].tolist(), strict=True)
    ]
    rows.append([f">{peaks.last_peak_year}", rounding.share_text(rest, lang)])
    head = (word("peak_year_column", lang), word("share_column", lang))
    canvas.tell(ax, np.array(boxes), head, rows, scenario_name(peaks.scenarios[at], lang))


def draw_spreads(
    ax: Axes,
    peaks: Peaks,
    rows: Sequence[int],
    colours: Sequence[str],
    bases: np.ndarray,
    lang: str,
    *,
    unit: float = 1,
) -> float:
    """Draw bars of the peak year from base lines, and the hatched bars of members without a peak, as few artists.

    Shares are areas: a year is one wide, the bar behind the horizon `WIDTH`.  The limits of the axes stay as they are.

    Parameters
    ----------
    ax : Axes
    peaks : Peaks
    rows : (N,) sequence of int
        Positions of the scenarios.
    colours : (N,) sequence of str
        Of the scenarios.
    bases : (N,)
        Base line of each row on the y axis.
    lang : {"en", "zh"}
    unit : float
        Height of all members together.

    Returns
    -------
    float
        Height of the highest bar above its base line.
    """
    spread = [peak_shares(peaks, at) for at in rows]
    shares, rest = np.array([part for part, _ in spread]), np.array([part for _, part in spread])
    first, end = int(peaks.years[0]), int(peaks.years[-1]) + canvas.BEHIND
    heights, tops = unit * shares, bases + unit * rest / WIDTH
    # One outline of steps a row, its corners between the years, from the base line and back to it.
    steps = np.empty((rest.size, 2 * shares.shape[1] + 2, 2))
    steps[..., 0] = np.repeat(np.arange(first, first + shares.shape[1] + 1) - 0.5, 2)
    steps[..., 1] = bases[:, None]
    steps[:, 1:-1, 1] += np.repeat(heights, 2, axis=1)
    ax.add_artist(PolyCollection(steps, facecolors=colours, linewidths=0, zorder=3, label="members"))
    boxes = np.empty((rest.size, 4, 2))
    boxes[..., 0] = end + WIDTH / 2 * np.array([-1, -1, 1, 1])
    boxes[..., 1] = np.column_stack([bases, tops, tops, bases])
    look = {"facecolors": "white", "edgecolors": colours, "linewidths": mpl.rcParams["patch.linewidth"]}
    ax.add_artist(PolyCollection(boxes, hatch="////", zorder=3, label="no peak", **look))
    places, words = [(end, top) for top in tops.tolist()], [rounding.share_text(float(share), lang) for share in rest]
    above = offset_copy(ax.transData, ax.figure, 0, 1.5, units="points")
    labels(ax, np.array(places), words, transform=above, va="bottom", size="small", zorder=6)
    return max(float(heights.max()), float((tops - bases).max()))
