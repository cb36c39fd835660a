"""Stacked emissions: the inventory of observed years, and the sources of projected ones."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.accounting.factor_ids import CAPTURED, SOLD
from pathway_models.accounting.inventory import take_inventory
from pathway_models.findings.effects import typical_sources
from pathway_models.intake.factors import read_carriers
from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.axes import light_ticks
from pathway_models.presenting.plotting.canvas import (
    area,
    emissions_axis,
    fills,
    mark_year,
    put_note,
    put_title,
    shade_record,
    sheet,
    wrapped,
    years_axis,
)
from pathway_models.presenting.plotting.key import entries_of, key_column
from pathway_models.presenting.rounding import scale_of
from pathway_models.presenting.words import word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways

#: Sources drawn from the bottom of a stack to its top.
ORDER = ("coal", "oil", "gas", "other_fuel", "process", "electricity", "heat", "capture_heat", "capture_electricity",
         "conversion", "exported", "captured")  # fmt: skip
#: Room for the legend beside the axes, as a share of the width.
BESIDE = 0.765
#: Room between a stack and the ends of its axis, as a share of its range.
MARGIN = 0.05
#: Years named below the bars of an inventory, at most.
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

    Returns
    -------
    Figure

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
    figure, (ax,) = sheet(lang, foot=0.35, right=BESIDE)
    scale = scale_of(float(accounts.total().max()), lang)
    _stack_bars(ax, accounts.years, {name: values / scale.divisor for name, values in parts.items()}, lang)
    ax.plot(accounts.years, accounts.total() / scale.divisor, "D-", color="black", markerfacecolor="white",
            markersize=5, linewidth=1.2, label=word("total", lang), zorder=5)  # fmt: skip
    emissions_axis(ax, scale, lang)
    shown = accounts.years[:: -(-accounts.years.size // YEARS)].tolist()
    light_ticks(ax, "x", shown, [str(year) for year in shown], grid=False)
    _legend(ax)
    put_title(figure, head, word("title_inventory" if by == "source" else "title_sectors", lang))
    return figure


def _groups(accounts: Inventory) -> dict[str, np.ndarray]:
    """Rows of an inventory by carrier group; processes together, balances of conversion apart."""
    library = read_carriers()
    groups: dict[str, np.ndarray] = {}
    for (_, item, _), values in zip(accounts.rows, accounts.emissions, strict=True):
        name = library[item].group if item in library else _kind(item)
        groups[name] = groups.get(name, 0.0) + values
    shown = {name: values for name, values in groups.items() if np.any(values)}
    return {name: shown[name] for name in (*ORDER, *shown) if name in shown}


def _kind(process: str) -> str:
    """What a row that is no carrier is: a process, a balance of conversion, a credit for sales, captured CO2."""
    if process.startswith(CAPTURED):
        return "captured"
    if process.startswith(SOLD):
        return "exported"
    return "conversion" if process.startswith("conversion_") else "process"


def _stack_bars(ax: Axes, years: np.ndarray, parts: dict[str, np.ndarray], lang: str) -> None:
    """Bars of each part on those before it, positive ones upwards and negative ones downwards."""
    above, below = np.zeros(years.size), np.zeros(years.size)
    for name, (colour, hatch) in fills(list(parts)).items():
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
    says so (`findings.effects.typical_sources`).

    Parameters
    ----------
    pathways : Pathways
    scenario : str
    park : Park, optional
        For the name in the title where the record carries no more than an id that the register does not know.
    before : int
    lang : {"en", "zh"}

    Returns
    -------
    Figure

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    PathwayError
        The park is not in the register and not given.
    """
    mean = typical_sources(pathways, scenario)
    head = headline(park or pathways.identity, lang)
    figure, (ax,) = sheet(lang, (8.0, 4.7), head=0.72, foot=0.68, right=BESIDE)
    total = mean.sum(axis=0)
    scale = scale_of(float(total.max()), lang)
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
    shade_record(ax, first, pathways.last_observed_year)
    emissions_axis(ax, scale, lang)
    years_axis(ax, first, last)
    mark_year(ax, before, lang)
    _legend(ax)
    put_title(figure, head, word("title_sources", lang, scenario=scenario_name(scenario, lang)))
    put_note(figure, word("note_sources", lang), lang)
    return figure


def _stack_areas(ax: Axes, years: np.ndarray, parts: dict[str, np.ndarray], lang: str) -> tuple[float, float]:
    """Areas of each part on those before it; returns the lowest and the highest place they reach.

    A source may change its sign (a conversion balance), so each part has its positive and its negative half.
    """
    above, below = np.zeros(years.size), np.zeros(years.size)
    for name, (colour, hatch) in fills(list(parts)).items():
        up, down = np.maximum(parts[name], 0), np.minimum(parts[name], 0)
        look = {"facecolor": colour, "hatch": hatch, "edgecolor": "black", "linewidth": 0.4, "zorder": 2}
        halves = [(above, up)] if up.any() else []
        halves += [(below, down)] if down.any() else []
        for at, (base, half) in enumerate(halves):
            label = word(name, lang) if at == 0 else None
            area(ax, years, base, base + half, label=label, **look)
        above, below = above + up, below + down
    return float(below.min()), float(above.max())


def _legend(ax: Axes) -> None:
    """Legend beside the axes, in the order of the stack from its top."""
    key_column(ax, [(handle, wrapped(name, LABEL_WIDTH)) for handle, name in reversed(entries_of(ax))])
