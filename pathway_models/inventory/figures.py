"""Figure of the value of detail: bands of emissions and of the peak year of a park at several levels of data detail."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pathway_models.figures.canvas import BEHIND, DARK, FAINT, mark_year, put_note, put_title, sheet, wrapped
from pathway_models.intake.naming import headline
from pathway_models.inventory import decomposition, tables
from pathway_models.language import rounding, say
from pathway_models.records import Park

#: The park as it is, and at other levels of detail.
GIVEN, OTHER = "#D55E00", "#0072B2"


def data_detail(
    found: Sequence[decomposition.DetailBands], park: Park, *, before: int = 2030, until: int = 2060, lang: str = "en"
) -> Figure:
    """Draw p05, p50 and p95 of emissions and of the peak year, a row a level of data detail.

    Parameters
    ----------
    found : sequence of DetailBands
        As `inventory.decomposition.detail_loss` returns them.
    park : Park
    before, until : int
        Target year and horizon.
    lang : {"en", "zh"}
    """
    figure, (left, right) = sheet(
        lang, (8.0, 0.38 * len(found) + 1.75), columns=(1, 1), head=0.85, foot=0.72, left=0.24, right=0.93, wspace=0.14
    )
    scale = rounding.scale_of(float(found[0].then[2]), lang)
    places = range(len(found) - 1, -1, -1)
    for place, one in zip(places, found, strict=True):
        colour = GIVEN if one.key == "as_given" else OTHER
        _range(left, place, [value / scale.divisor for value in one.then], colour)
        _range(right, place, [float(_year(text, until)) for text in one.peak], colour, middle=not one.parts)
        right.annotate(rounding.share_text(one.p_before, lang), (1.02, place), xycoords=("axes fraction", "data"),
                       va="center", size="small", annotation_clip=False)  # fmt: skip
    left.set_yticks(
        list(places), [wrapped(tables.named(tables.DETAIL, one.key, lang), 22 if lang == "en" else 11) for one in found]
    )
    left.set_ylim(-0.6, len(found) - 0.4)
    left.set_xlim(left=0)
    left.xaxis.set_major_locator(MaxNLocator(4))
    left.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    left.set_xlabel(say(lang, en=f"emissions in {before}, {scale.unit}", zh=f"{before}年排放，{scale.unit}"))
    right.set_xlabel(say(lang, en="peak year", zh="达峰年"))
    ticks = [*range(-(-int(park.years[0]) // 10) * 10, until, 10), until + BEHIND]
    right.set_xticks(ticks, [*(str(tick) for tick in ticks[:-1]), f">{until}"])
    right.set_xlim(int(park.years[0]) - 1, until + BEHIND + 2)
    right.axvline(until + BEHIND / 2, color=FAINT, linewidth=0.8)
    mark_year(right, before, lang)
    for ax in (left, right):
        ax.grid(axis="y", visible=False)
    put_title(figure, headline(park, lang), say(lang, en="What is detail worth?", zh="数据详略值多少？"))
    put_note(
        figure,
        say(lang, en=f"Dots: median; lines: p05 to p95. Right: P(before {before}).",
            zh=f"圆点：中位数；线段：p05至p95。右侧：{before}年以前达峰概率。"),
        lang,
    )  # fmt: skip
    return figure


def _range(ax: Axes, place: int, values: Sequence[float], colour: str, *, middle: bool = True) -> None:
    """Draw a range, and its median unless that lies between two parts."""
    ax.hlines(place, values[0], values[2], color=colour, linewidth=2.2)
    if middle:
        ax.plot(values[1], place, "o", color=colour, markeredgecolor=DARK, markersize=6)


def _year(text: str, until: int) -> int:
    """Place a peak year on the axis; members without a peak stand beyond the horizon."""
    return until + BEHIND if text.startswith(">") else int(text)
