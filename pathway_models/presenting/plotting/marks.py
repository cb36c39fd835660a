"""Many lines, markers or short texts as one artist: figures of many scenarios are made of few.

Every artist of matplotlib costs as much again to be placed, clipped and drawn, whether it shows one mark or fifty.
None of these moves the limits of its axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform, Transform

#: How much of a text's width lies left of its place.
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
    """Texts of one line and one look, centred on the height of their places unless told otherwise.

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
        """Draw all texts with one pen."""
        if not self.get_visible() or not self.texts:
            return
        pattern = self._single(0.0, 0.0, self.texts[0], IdentityTransform())
        font, gc = pattern.get_fontproperties(), renderer.new_gc()
        gc.set_foreground(pattern.get_color())
        # Texts of one look have one baseline, which matplotlib tells by placing one of them in two ways.
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
        """The texts one by one, made for whoever asks."""
        pairs = zip(self.places.tolist(), self.texts, strict=True)
        return [self._single(x, y, text, self.get_transform()) for (x, y), text in pairs]

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Box around all texts, pixels."""
        return Bbox.union([one.get_window_extent(renderer) for one in self.get_children()] or [Bbox.null()])

    def _single(self, x: float, y: float, text: str, transform: Transform) -> Text:
        one = Text(x, y, text, transform=transform, **self._look)
        one.set_figure(self.get_figure(root=False))
        return one


def labels(ax: Axes, places: np.ndarray, texts: Sequence[str], **look: object) -> Labels:
    """Write short texts of one look; see `Labels` for the arguments.

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


def apart(places: np.ndarray, sizes: np.ndarray, room: float) -> np.ndarray:
    """Of marks that could carry a text, those that get one: the largest first, none within the room of another.

    Parameters
    ----------
    places, sizes : (N,)
        Of the marks; of equal ones the first is taken.
    room : float
        Distance at which two texts would run into each other.

    Returns
    -------
    (M,) int
        Positions among the marks, from the first to the last.
    """
    kept: list[int] = []
    for at in np.argsort(-np.asarray(sizes), kind="stable").tolist():
        if all(abs(places[at] - places[other]) > room for other in kept):
            kept.append(at)
    return np.array(sorted(kept), dtype=int)
