"""A fan and its peak years that can be drawn again in a few hundredths of a second.

Axes, labels and the line without levers are drawn once and kept as pixels; a new view draws only the moving parts.
"""

from __future__ import annotations

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from pathway_models.explorer.evaluation import Exploration, View
from pathway_models.figures.canvas import (
    BEHIND,
    DARK,
    LEGEND,
    MARK,
    emissions_axis,
    put_title,
    shade_record,
    sheet,
    years_axis,
)
from pathway_models.figures.marks import peak_shares
from pathway_models.intake.names import headline
from pathway_models.language.rounding import scale_of, share_text
from pathway_models.language.words import say, word

COLOUR = "#0072B2"
#: Share of members at which a bar of peak years is cut, so that one crowded year does not flatten all others.
CAP = 0.2
#: Pixels of an inch: the picture is as wide as a laptop's window.
RESOLUTION = 110


class Picture:
    """The picture of one park.

    Parameters
    ----------
    exploration : Exploration
    lang : {"en", "zh"}
    """

    def __init__(self, exploration: Exploration, lang: str = "en") -> None:
        self.lang = lang
        without = exploration.without
        self.years, self.horizon = without.years, int(without.years[-1])
        self.scale = scale_of(float(without.band[-1].max()), lang)
        with mpl.rc_context():
            self.figure = self._sheet(exploration)
            self._moving = self._artists()
            plt.close(self.figure)  # a notebook would show it once more as its own
            self._canvas = FigureCanvasAgg(self.figure)
            self._canvas.draw()
            self._still = self._canvas.copy_from_bbox(self.figure.bbox)

    def _sheet(self, exploration: Exploration) -> Figure:
        figure, (ax, strip) = sheet(self.lang, (8.0, 5.3), rows=(3.4, 1.2), head=0.98, foot=0.35)
        figure.set_dpi(RESOLUTION)
        first, observed = int(self.years[0]), exploration.park.last_observed_year
        band = exploration.without.band / self.scale.divisor
        label = say(self.lang, en="median without levers", zh="无措施的中位数")
        ax.plot(self.years, band[2], color=DARK, linestyle="dashed", linewidth=1.4, label=label)
        # Half as high again as the upper quartile: the wildest twentieth would press all else to the ground.
        top = max(1.5 * float(band[3].max()), 1.15 * float(band[2].max()))
        ax.set_ylim(min(0.0, 1.1 * float(band[0].min())), top)
        emissions_axis(ax, self.scale, self.lang)
        for axes in (ax, strip):
            shade_record(axes, first, observed)
            years_axis(axes, first, self.horizon, behind=axes is strip)
        ax.set_xlim(strip.get_xlim())
        strip.set_ylabel(word("peak_share", self.lang), size="small")
        strip.set_ylim(0, 1.3 * CAP * 100)
        strip.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
        strip.locator_params(axis="y", nbins=3)
        for colour, alpha, key in ((COLOUR, 0.22, "band_90"), (COLOUR, 0.6, "band_50")):
            ax.fill_between([], [], [], color=colour, alpha=alpha, linewidth=0, label=word(key, self.lang))
        ax.plot([], [], color=COLOUR, linewidth=2.2, label=word("median", self.lang))
        ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.03), ncols=4, **LEGEND)
        line = say(self.lang, en="Emissions with the levers as set, and when they peak", zh="当前措施下的排放与达峰年")
        put_title(figure, headline(exploration.park, self.lang), line)
        self.ax, self.strip = ax, strip
        return figure

    def _artists(self) -> dict:
        """Create the artists that move; they are drawn on top of the kept pixels and so left out of them."""
        years, nothing = self.years, np.zeros(self.years.size)
        steps = np.arange(years[0] - 1, years[-1] + 2)
        shape = {"color": COLOUR, "linewidth": 0, "animated": True}
        end = self.horizon + BEHIND
        return {
            "wide": self.ax.fill_between(years, nothing, nothing, alpha=0.22, **shape),
            "middle": self.ax.fill_between(years, nothing, nothing, alpha=0.38, **shape),
            "median": self.ax.plot(years, nothing, color=COLOUR, linewidth=2.2, animated=True)[0],
            "bars": self.strip.fill_between(steps, 0, np.zeros(steps.size), step="mid", zorder=3, **shape),
            "rest": self.strip.bar([end], [0.0], 2.6, color="white", edgecolor=COLOUR, hatch="//////", animated=True)[
                0
            ],
            "rest_text": self.strip.text(end, 0.0, "", ha="center", va="bottom", size="small", animated=True),
            "top_text": self.strip.text(end, 0.0, "", ha="center", va="bottom", size="small", animated=True),
            "line": self.ax.axvline(0, color=MARK, linewidth=1.2, linestyle=(0, (4, 2)), animated=True),
            "line_below": self.strip.axvline(0, color=MARK, linewidth=1.2, linestyle=(0, (4, 2)), animated=True),
        }

    def draw(self, view: View, before: int) -> bytes:
        """Draw a view as PNG.

        Parameters
        ----------
        view : View
            Of the exploration that the picture was made for.
        before : int
            Year whose line is shown.
        """
        band = view.band / self.scale.divisor
        moving = self._moving
        moving["wide"].set_data(self.years, band[0], band[4])
        moving["middle"].set_data(self.years, band[1], band[3])
        moving["median"].set_ydata(band[2])
        shares, censored = peak_shares(view.peaks, 0)
        heights = np.zeros(shares.size + 2)
        heights[1:-1] = 100 * np.minimum(shares, CAP)
        moving["bars"].set_data(np.arange(self.years[0] - 1, self.years[-1] + 2), 0, heights)
        moving["rest"].set_height(100 * min(censored, CAP))
        highest = int(shares.argmax())
        for name, place, share in (
            ("rest_text", self.horizon + BEHIND, censored),
            ("top_text", self.years[highest], float(shares[highest])),
        ):
            moving[name].set_text(share_text(share, self.lang))
            moving[name].set_position((place, 100 * min(share, CAP)))
        for name in ("line", "line_below"):
            moving[name].set_xdata([before - 0.5, before - 0.5])
        self._canvas.restore_region(self._still)
        for artist in moving.values():
            artist.axes.draw_artist(artist)
        packed = io.BytesIO()
        # Lightly packed: packing harder takes longer than sending the rest over the loopback.
        Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB").save(packed, "PNG", compress_level=1)
        return packed.getvalue()
