"""A fan and its peak years, redrawn in a few hundredths of a second.

Axes and labels are drawn once and cached as pixels; a new view draws only the moving parts.
"""

import io
from collections.abc import Iterable

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from pathway_models.explorer.evaluation import Exploration, View
from pathway_models.figures import canvas, marks, style
from pathway_models.language import rounding, say, word

COLOUR = style.WITH
#: Height of the highest bar of peak years, as a share of its axes.
HIGHEST = 0.72
#: Colours of carrier groups in the energy mix; green for non-fossil ones.
CARRIERS = {
    "coal": "#3b3b3b",
    "oil": "#a65628",
    "gas": "#b9770e",
    "other_fuel": "#7a6a4f",
    "electricity": "#4a5fa5",
    "heat": "#8a5a83",
    "biomass": "#5f7f2e",
    "hydrogen": "#2f7f86",
    "green_electricity": "#127a57",
    "waste_heat": "#6f7d1f",
}
#: Size, inches, and resolution, pixels per inch: legible on a phone and in half a laptop window.
SIZE, RESOLUTION = (5.6, 3.2), 130


def height_of(views: Iterable[View]) -> float:
    """Choose the height of a picture: half as high again as the highest upper quartile, tCO2/yr.

    The top 5 % of members would flatten everything else.
    """
    bands = [view.band for view in views]
    return max(max(1.5 * float(band[3].max()), 1.15 * float(band[2].max())) for band in bands)


class Picture:
    """The picture of one park.

    Parameters
    ----------
    exploration : Exploration
    lang : {"en", "zh"}
    views : iterable of View
        Views that must fit beside the pathway without measures.
    """

    def __init__(self, exploration: Exploration, lang: str = "en", views: Iterable[View] = ()) -> None:
        self.lang = lang
        without = exploration.without
        self.years, self.horizon = without.years, int(without.years[-1])
        self.scale = rounding.scale_of(float(without.band[-1].max()), lang)
        self.top = height_of([without, *views])
        with mpl.rc_context():
            self.figure = self._sheet(exploration)
            self._moving = self._artists()
            plt.close(self.figure)  # a notebook would show it a second time
            self._canvas = FigureCanvasAgg(self.figure)
            self._canvas.draw()
            self._still = self._canvas.copy_from_bbox(self.figure.bbox)

    def _sheet(self, exploration: Exploration) -> Figure:
        figure, (ax, strip) = canvas.sheet(
            self.lang, SIZE, rows=(3.0, 1.0), head=0.26, foot=0.3, left=0.115, right=0.99
        )
        figure.set_dpi(RESOLUTION)
        first, observed = int(self.years[0]), exploration.park.last_observed_year
        band = exploration.without.band / self.scale.divisor
        ax.set_ylim(min(0.0, 1.1 * float(band[0].min())), self.top / self.scale.divisor)
        canvas.emissions_axis(ax, self.scale, self.lang)
        # Above the axis, not beside it: numbers of six digits leave no room there.
        ax.text(0.0, 1.03, ax.get_ylabel(), size="small", ha="left", va="bottom", transform=ax.transAxes)
        ax.set_ylabel("")
        for axes in (ax, strip):
            canvas.shade_record(axes, first, observed)
            canvas.years_axis(axes, first, self.horizon, behind=axes is strip)
        ax.set_xlim(strip.get_xlim())
        label = word("peak_share", self.lang).replace("\n", say(self.lang, en=" ", zh=""))
        strip.text(0.88, 0.92, label, size="small", ha="right", va="top", transform=strip.transAxes)
        # Shares are written on the bars, scaled to the highest in every view.
        strip.set_ylim(0, 1)
        strip.set_yticks([])
        self.ax, self.strip = ax, strip
        return figure

    def _artists(self) -> dict:
        """Create the moving artists, drawn on top of the cached pixels."""
        years, nothing = self.years, np.zeros(self.years.size)
        steps = np.arange(years[0] - 1, years[-1] + 2)
        shape = {"color": COLOUR, "linewidth": 0, "animated": True}
        end, label = self.horizon + canvas.BEHIND, {"va": "center", "weight": "bold", "animated": True}
        return {
            "wide": self.ax.fill_between(years, nothing, nothing, alpha=0.22, **shape),
            "middle": self.ax.fill_between(years, nothing, nothing, alpha=0.38, **shape),
            "median": self.ax.plot(years, nothing, color=COLOUR, linewidth=2.2, animated=True)[0],
            "bars": self.strip.fill_between(steps, 0, np.zeros(steps.size), step="mid", zorder=3, **shape),
            "rest": self.strip.bar(
                [end], [0.0], marks.WIDTH, color="white", edgecolor=COLOUR, hatch="//////", animated=True
            )[0],
            "rest_text": self.strip.text(end, 0.0, "", ha="center", va="bottom", size="small", animated=True),
            "top_text": self.strip.text(end, 0.0, "", ha="center", va="bottom", size="small", animated=True),
            "other": self.ax.plot(years, nothing, color=canvas.DARK, linestyle="dashed", linewidth=1.6, animated=True)[
                0
            ],
            "b": self.ax.text(self.horizon + 1, 0.0, "B", color=COLOUR, **label),
            "a": self.ax.text(self.horizon + 1, 0.0, "A", color=canvas.DARK, **label),
            "line": self.ax.axvline(0, color=canvas.MARK, linewidth=1.2, linestyle=(0, (4, 2)), animated=True),
            "line_below": self.strip.axvline(0, color=canvas.MARK, linewidth=1.2, linestyle=(0, (4, 2)), animated=True),
        }

    def draw(self, view: View, other: View, before: int) -> bytes:
        """Draw a view as PNG: its fan, and the median of another one.

        Parameters
        ----------
        view, other : View
            Of the park that the picture was made for.
        before : int
            Year whose line is shown.
        """
        band = view.band / self.scale.divisor
        moving = self._moving
        moving["wide"].set_data(self.years, band[0], band[4])
        moving["middle"].set_data(self.years, band[1], band[3])
        moving["median"].set_ydata(band[2])
        others = other.band[2] / self.scale.divisor
        moving["other"].set_ydata(others)
        # Two labels closer than a tenth of the height would overlap.
        ends, room = np.array([band[2][-1], others[-1]]), 0.1 * float(np.ptp(self.ax.get_ylim()))
        if abs(ends[0] - ends[1]) < room:
            apart = room / 2 if ends[0] >= ends[1] else -room / 2
            ends = ends.mean() + np.array([apart, -apart])
        for name, place in zip("ba", ends, strict=True):
            moving[name].set_y(place)
        shares, censored = marks.peak_shares(view.peaks, 0)
        unit = HIGHEST / max(float(shares.max()), censored / marks.WIDTH)
        heights = np.zeros(shares.size + 2)
        heights[1:-1] = unit * shares
        moving["bars"].set_data(np.arange(self.years[0] - 1, self.years[-1] + 2), 0, heights)
        moving["rest"].set_height(unit * censored / marks.WIDTH)
        highest = int(shares.argmax())
        for name, place, share, wide in (
            ("rest_text", self.horizon + canvas.BEHIND, censored, marks.WIDTH),
            ("top_text", self.years[highest], float(shares[highest]), 1.0),
        ):
            moving[name].set_text(rounding.share_text(share, self.lang))
            moving[name].set_position((place, unit * share / wide))
        for name in ("line", "line_below"):
            moving[name].set_xdata([before - 0.5, before - 0.5])
        self._canvas.restore_region(self._still)
        for artist in moving.values():
            artist.axes.draw_artist(artist)
        packed = io.BytesIO()
        # Low compression: more takes longer than sending the extra bytes over the loopback.
        Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB").save(packed, "PNG", compress_level=1)
        return packed.getvalue()
