"""Figures of pathways: the fan of an ensemble above its members' peak years, and emissions stacked by source."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.figures import canvas, marks
from pathway_models.figures.axes import light_line, light_number_ticks, light_ticks
from pathway_models.intake.factors import ids, tables
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.inventory.accounts import take_inventory
from pathway_models.language import rounding, say, word
from pathway_models.peaks import finding, sentences
from pathway_models.records import UNDIVIDED, Inventory, Park, Pathways, Peaks, nowcast

#: Size of one fan and of several, inches.
SIZE, SIZES = (8.0, 5.7), (8.0, 5.2)
#: Members drawn as single lines, one per decile.
SINGLE = 10
#: Height of the axes in units of the record or peak of the median: neither lies in the bottom fifth.
TALLEST = 4.5
#: Margin above and below the data, as a factor.
ROOM = 1.06
#: Quantiles of the members: two bands and the median.
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
MIDDLE = 0.5
#: Height of the axis of peak years, in units of the highest bar: the shares stand above the bars.
HEADROOM = 1.32


def fan(
    pathways: Pathways,
    scenario: str,
    *,
    peaks: Peaks | None = None,
    park: Park | None = None,
    inventory: Inventory | None = None,
    before: int = 2030,
    lang: str = "en",
) -> Figure:
    """Draw total emissions of one scenario with bands of its members, and the members' peak years below.

    Parameters
    ----------
    pathways : Pathways
    scenario : str
    peaks : Peaks, optional
        Found from the pathways by default.
    park : Park, optional
        For the name in the title where the record carries no more than an id that the register does not know.
    inventory : Inventory, optional
        Draws the observed totals as points.
    before : int
        Year before which the park shall peak.
    lang : {"en", "zh"}

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    PathwayError
        The park is not in the register and not given.
    """
    return fans(pathways, [scenario], peaks=peaks, park=park, inventory=inventory, before=before, lang=lang)


def fans(
    pathways: Pathways,
    scenarios: Sequence[str],
    *,
    peaks: Peaks | None = None,
    park: Park | None = None,
    inventory: Inventory | None = None,
    before: int = 2030,
    lang: str = "en",
) -> Figure:
    """Draw the fans of some scenarios side by side, all to one scale; see `fan` for the arguments.

    A scenario named twice is drawn once.
    """
    names, count = list(dict.fromkeys(scenarios)), len(set(scenarios))
    totals = [pathways.total()[pathways.index(name)] for name in names]
    peaks = finding.find_peaks(pathways) if peaks is None else peaks
    head, size = headline(park or pathways.identity, lang), SIZE if count == 1 else SIZES
    room = {"head": 0.98, "foot": 0.76 if count == 1 else 0.45 + 0.15 * (count + 1), "wspace": 0.1}
    figure, axes = canvas.sheet(lang, size, rows=(4.2, 1.0), columns=(1.0,) * count, **room)
    bands = [np.quantile(total, BAND, axis=0) for total in totals]
    low, high = frame(bands, pathways.last_observed_year - int(pathways.years[0]))
    scale = rounding.scale_of(high, lang)
    axes[0].set_ylim(low / scale.divisor, high / scale.divisor)
    later: list[tuple[Axes, tuple]] = []
    for ax, name, band, total in zip(axes, names, bands, totals, strict=False):
        single = typical_members(total, low, high)
        _bands(ax, pathways.years, band / scale.divisor, single / scale.divisor, name, lang)
        if band[-1].max() > high:
            _cut_band(ax, pathways.years, band[-1], scale, lang)
        _record(ax, pathways, inventory, scale, lang)
        _bridged(ax, pathways, band[2] / scale.divisor, lang)
        canvas.mark_year(ax, before, lang)
        texts = [word("median", lang), *(f"{round(100 * share)} %" for share in BAND if share != MIDDLE)]
        columns = dict(zip(texts, band[[2, 0, 1, 3, 4]] / scale.divisor, strict=True))
        told = (pathways.years, columns, word("year_and_unit", lang, unit=scale.unit), scenario_name(name, lang))
        later.append((ax, told))
        if count > 1:
            canvas.put_above(ax, float(pathways.years[-1]) + canvas.BEHIND, scenario_name(name, lang), size=None,
                             ha="right", weight="bold", color=canvas.style_of(name)["color"])  # fmt: skip
    canvas.emissions_axis(axes[0], scale, lang)
    if low < 0:
        for ax in axes[1:count]:  # the first has its zero line from its axis
            light_line(ax, "y", 0, color="black", linewidth=0.8)
    # The legend stands above: no place inside the axes is always free of paths.
    marks.key_row(axes[0], marks.entries_of(axes[0]), above=20)
    _strips(axes[count:], pathways, peaks, names, before, lang)
    for ax, told in later:  # the limits of the years are those of the strips below
        canvas.tell_years(ax, *told)
    canvas.put_title(figure, head, scenario_name(names[0], lang) if count == 1 else word("title_fans", lang))
    canvas.put_note(figure, _note(pathways, peaks, names, lang), lang)
    return figure


def frame(bands: Sequence[np.ndarray], last_observed: int) -> tuple[float, float]:
    """Choose the common limits of compared fans, with the record and the peaks inside and above the bottom fifth.

    The middle half of the members is always inside.  The outer band may leave the axes above where it would press the
    record and the peak of the median into the lowest fifth.

    Parameters
    ----------
    bands : sequence of (5, year)
        Of `BAND`, tCO2/yr.
    last_observed : int
        Position of the last observed year.

    Returns
    -------
    low, high : float
        tCO2/yr.
    """
    read = min(max(float(band[2, : last_observed + 1].max()) for band in bands),
               max(float(band[2].max()) for band in bands))  # fmt: skip
    inner, outer = (max(float(band[at].max()) for band in bands) for at in (3, 4))
    high = ROOM * max(inner, min(outer, TALLEST * read))
    # A park without emissions still has an axis.
    return min(0.0, ROOM * min(float(band[0].min()) for band in bands)), high or 1.0


def typical_members(total: np.ndarray, low: float, high: float) -> np.ndarray:
    """Choose members to draw as lines: of each decile by the sum over all years, one that stays in the axes.

    Parameters
    ----------
    total : (member, year)
    low, high : float
        Limits of the axes.

    Returns
    -------
    (N, year)
        At most `SINGLE` members; of each decile the middle one, or the nearest to it that stays inside.
    """
    inside = (total.max(axis=1) <= high) & (total.min(axis=1) >= low)
    chosen = []
    for tenth in np.array_split(np.argsort(total.sum(axis=1), kind="stable"), min(SINGLE, len(total))):
        nearest = tenth[np.argsort(np.abs(np.arange(tenth.size) - tenth.size // 2), kind="stable")]
        chosen += nearest[inside[nearest]][:1].tolist()
    return total[chosen]


def _cut_band(ax: Axes, years: np.ndarray, upper: np.ndarray, scale: rounding.Scale, lang: str) -> None:
    """Write the maximum of an outer band that leaves the axes."""
    text = word("band_goes_on", lang, value=f"{rounding.significant(float(upper.max()) / scale.divisor)} {scale.unit}",
                year=int(years[upper.argmax()]))  # fmt: skip
    look = {"ha": "right", "va": "top", "size": "small", "color": canvas.DARK, "zorder": 6, "parse_math": False}
    ax.text(0.99, 0.985, text, transform=ax.transAxes, **look)


def _note(pathways: Pathways, peaks: Peaks, names: Sequence[str], lang: str) -> str:
    """Explain the median line, with the name of each scenario where there are several."""
    notes = [sentences.median_path(pathways, peaks, name, lang=lang) for name in names]
    if len(notes) == 1:
        return notes[0]
    colon = word("colon", lang)
    firsts = [
        f"{scenario_name(name, lang)}{colon}{note.split(chr(10))[0]}" for name, note in zip(names, notes, strict=True)
    ]
    return "\n".join([*firsts, notes[0].split("\n")[1]])


def _bands(ax: Axes, years: np.ndarray, band: np.ndarray, single: np.ndarray, scenario: str, lang: str) -> None:
    """Draw bands and the median of `BAND`, (5, year), and single members, (member, year)."""
    p05, p25, p50, p75, p95 = band
    colour = canvas.fill_of(scenario)
    canvas.area(ax, years, p05, p95, color=colour, alpha=0.22, linewidth=0, label=word("band_90", lang))
    canvas.area(ax, years, p25, p75, color=colour, alpha=0.38, linewidth=0, label=word("band_50", lang))
    some = [np.column_stack([years, path]) for path in single]
    label = word("single_members", lang, count=len(some))
    ax.add_artist(LineCollection(some, colors=canvas.DARK, linewidths=0.6, alpha=0.65, label=label))
    ax.add_artist(Line2D(years, p50, **canvas.style_of(scenario), linewidth=2.2, label=word("median", lang)))


def _record(ax: Axes, pathways: Pathways, inventory: Inventory | None, scale: rounding.Scale, lang: str) -> None:
    """Shade and name the observed years, and draw their inventory."""
    first, last_observed = int(pathways.years[0]), pathways.last_observed_year
    if inventory is not None:
        dots = {"marker": "o", "color": "black", "markersize": 3.5, "linestyle": "none"}
        observed = inventory.total() / scale.divisor
        ax.add_artist(Line2D(inventory.years, observed, label=word("inventory", lang), **dots))
    canvas.shade_record(ax, first, last_observed)
    canvas.put_above(ax, (first + last_observed) / 2, word("record", lang), color=canvas.DARK)


def _bridged(ax: Axes, pathways: Pathways, median: np.ndarray, lang: str) -> None:
    """Draw the years to the issue year as hollow points: they are estimated, not observed."""
    for status, marker in {nowcast.NOWCAST: "o", nowcast.BY_LAW: "D"}.items():
        here = np.array([one == status for one in pathways.status])
        if here.any():
            look = {"marker": marker, "markerfacecolor": "white", "markersize": 3.5, "color": "black"}
            label = word(f"year_{status}", lang)
            ax.add_artist(Line2D(pathways.years[here], median[here], zorder=5, label=label, linestyle="none", **look))


def _strips(
    axes: Sequence[Axes], pathways: Pathways, peaks: Peaks, names: Sequence[str], before: int, lang: str
) -> None:
    """Draw the peak years of each scenario's members to one scale, with room above the highest bar for its share."""
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    highest = 0.0
    for ax, name in zip(axes, names, strict=True):
        row, colour = finding.index_of(peaks, name), canvas.fill_of(name)
        highest = max(highest, marks.draw_spreads(ax, peaks, [row], [colour], np.zeros(1), lang, unit=100))
        canvas.shade_record(ax, first, pathways.last_observed_year)
        canvas.years_axis(ax, first, last, behind=True)
        canvas.mark_year(ax, before, lang, label=False)
    axes[0].set_ylabel(word("peak_share", lang), size="small")
    axes[0].set_ylim(0, HEADROOM * highest)
    for ax, name in zip(axes, names, strict=True):
        marks.tell_peaks(ax, peaks, finding.index_of(peaks, name), 0.0, np.inf, lang)
    light_number_ticks(axes[0], "y", count=3, format=lambda value: f"{value:g}{say(lang, en=' ', zh='')}%")


#: Sources drawn from the bottom of a stack to its top.
ORDER = ("coal", "oil", "gas", "other_fuel", "undivided_fuel", "undivided", "process", "electricity", "heat",
         "capture_heat", "capture_electricity", "conversion", "exported", "captured")  # fmt: skip
#: Width of the legend beside the axes, as a share of the figure.
MEMO_ITEMS = 0.765
#: Margin between a stack and the ends of its axis, as a share of its range.
MARGIN = 0.05
#: Most years named below the bars of an inventory.
YEARS = 12
#: Characters of a name in one line of the legend.
LABEL_WIDTH = 20


def inventory(found: Park | Inventory, *, by: str = "source", lang: str = "en") -> Figure:
    """Draw observed emissions by year, stacked by source or by sector; negative terms lie below zero.

    Parameters
    ----------
    found : Park or Inventory
    by : {"source", "sector"}
        Sources are groups of carriers, processes, and the balance of energy conversion.
    lang : {"en", "zh"}

    Raises
    ------
    ValueError
        ``by`` is neither of the two.
    PathwayError
        An inventory of a park that is not in the register: give the park instead.
    """
    if by not in ("source", "sector"):
        raise ValueError(f"by is 'source' or 'sector', not {by!r}")
    head = headline(found.identity, lang)
    accounts = take_inventory(found) if isinstance(found, Park) else found
    parts = _groups(accounts) if by == "source" else accounts.by_sector()
    figure, (ax,) = canvas.sheet(lang, foot=0.35, right=MEMO_ITEMS)
    scale = rounding.scale_of(float(accounts.total().max()), lang)
    shown = {word(name, lang): values / scale.divisor for name, values in parts.items()}
    shown[word("total", lang)] = accounts.total() / scale.divisor
    _stack_bars(ax, accounts.years, {name: values / scale.divisor for name, values in parts.items()}, lang)
    ax.plot(accounts.years, accounts.total() / scale.divisor, "D-", color="black", markerfacecolor="white",
            markersize=5, linewidth=1.2, label=word("total", lang), zorder=5)  # fmt: skip
    canvas.emissions_axis(ax, scale, lang)
    ticks = accounts.years[:: -(-accounts.years.size // YEARS)].tolist()
    light_ticks(ax, "x", ticks, [str(year) for year in ticks], grid=False)
    canvas.tell_years(ax, accounts.years.tolist(), shown, word("year_and_unit", lang, unit=scale.unit))
    _legend(ax)
    canvas.put_title(figure, head, word("title_inventory" if by == "source" else "title_sectors", lang))
    return figure


def _groups(accounts: Inventory) -> dict[str, np.ndarray]:
    """Sum the rows of an inventory by carrier group; processes together, balances of conversion apart."""
    library = tables.read_carriers()
    groups: dict[str, np.ndarray] = {}
    for (_, item, _), values in zip(accounts.rows, accounts.emissions, strict=True):
        name = library[item].group if item in library else _kind(item)
        groups[name] = groups.get(name, 0.0) + values
    shown = {name: values for name, values in groups.items() if np.any(values)}
    return {name: shown[name] for name in (*ORDER, *shown) if name in shown}


def _kind(process: str) -> str:
    """Classify a row that is no carrier: a process, a balance of conversion, a credit for sales, captured CO2."""
    if process.startswith(ids.CAPTURED):
        return "captured"
    if process.startswith(ids.SOLD):
        return "exported"
    if process in UNDIVIDED:
        return process
    return "conversion" if process.startswith("conversion_") else "process"


def _stack_bars(ax: Axes, years: np.ndarray, parts: dict[str, np.ndarray], lang: str) -> None:
    """Stack the bars of each part, positive ones upwards and negative ones downwards."""
    above, below = np.zeros(years.size), np.zeros(years.size)
    for name, (colour, hatch) in canvas.fills(list(parts)).items():
        values = parts[name]
        bottom = np.where(values >= 0, above, below)
        ax.bar(years, values, 0.72, bottom, color=colour, hatch=hatch, edgecolor="black", linewidth=0.4,
               label=word(name, lang), zorder=2)  # fmt: skip
        above, below = above + np.maximum(values, 0), below + np.minimum(values, 0)


def sources(
    pathways: Pathways, scenario: str, *, park: Park | None = None, before: int = 2030, lang: str = "en"
) -> Figure:
    """Draw emissions by source of one scenario, as the mean over the middle half of its members.

    Medians of sources do not add up to the median of the total; means do, so means are drawn, and the note
    says so (`peaks.finding.typical_sources`).

    Parameters
    ----------
    pathways : Pathways
    scenario : str
    park : Park, optional
        For the name in the title where the record carries no more than an id that the register does not know.
    before : int
    lang : {"en", "zh"}

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    PathwayError
        The park is not in the register and not given.
    """
    mean = finding.typical_sources(pathways, scenario)
    head = headline(park or pathways.identity, lang)
    figure, (ax,) = canvas.sheet(lang, (8.0, 4.7), head=0.72, foot=0.68, right=MEMO_ITEMS)
    total = mean.sum(axis=0)
    scale = rounding.scale_of(float(total.max()), lang)
    parts = {name: values / scale.divisor for name, values in zip(pathways.sources, mean, strict=True)}
    parts = {name: parts[name] for name in ORDER if name in parts and parts[name].any()}
    if (parts.get("process", np.zeros(1)) < 0).any():
        # Only balances, of energy conversion or for sales, can be below zero; pathways carry them with the processes.
        parts = {"process_and_balance" if name == "process" else name: part for name, part in parts.items()}
    low, high = _stack_areas(ax, pathways.years, parts, lang)
    ax.add_artist(
        Line2D(pathways.years, total / scale.divisor, color="black", linewidth=2.0, label=word("total", lang))
    )
    # A park without emissions still has an axis.
    room = MARGIN * (high - low) or 1.0
    ax.set_ylim(low - room if low < 0 else 0.0, high + room)
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    canvas.shade_record(ax, first, pathways.last_observed_year)
    canvas.emissions_axis(ax, scale, lang)
    canvas.years_axis(ax, first, last)
    canvas.mark_year(ax, before, lang)
    columns = {word(name, lang): part for name, part in parts.items()} | {word("total", lang): total / scale.divisor}
    canvas.tell_years(ax, pathways.years.tolist(), columns, word("year_and_unit", lang, unit=scale.unit))
    _legend(ax)
    canvas.put_title(figure, head, word("title_sources", lang, scenario=scenario_name(scenario, lang)))
    canvas.put_note(figure, word("note_sources", lang), lang)
    return figure


def _stack_areas(ax: Axes, years: np.ndarray, parts: dict[str, np.ndarray], lang: str) -> tuple[float, float]:
    """Stack the areas of each part; return the lowest and the highest value they reach.

    A source may change its sign (a conversion balance), so each part has its positive and its negative half.
    """
    above, below = np.zeros(years.size), np.zeros(years.size)
    for name, (colour, hatch) in canvas.fills(list(parts)).items():
        up, down = np.maximum(parts[name], 0), np.minimum(parts[name], 0)
        look = {"facecolor": colour, "hatch": hatch, "edgecolor": "black", "linewidth": 0.4, "zorder": 2}
        halves = [(above, up)] if up.any() else []
        halves += [(below, down)] if down.any() else []
        for at, (base, half) in enumerate(halves):
            label = word(name, lang) if at == 0 else None
            canvas.area(ax, years, base, base + half, label=label, **look)
        above, below = above + up, below + down
    return float(below.min()), float(above.max())


def _legend(ax: Axes) -> None:
    """Put the legend beside the axes, in the order of the stack from its top."""
    marks.key_column(
        ax, [(handle, canvas.wrapped(name, LABEL_WIDTH)) for handle, name in reversed(marks.entries_of(ax))]
    )
