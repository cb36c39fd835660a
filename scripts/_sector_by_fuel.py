"""Emissions of a province by sector and fuel, from its two margins and the national table.

CEADs has a province's emissions by fuel *or* by sector, and the nation's by both.  The cells follow by iterative
proportional fitting (Deming and Stephan 1940): the national table of the year is scaled to the province's sectors and
fuels in turn until both margins hold.  It is the table nearest to the national one (least Kullback-Leibler divergence)
that a province can have.  Ten lines of NumPy: a package for it would be one more dependency of one script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

#: Sector of the tables -> sectors of CEADs; all others are other industry.
SECTORS: dict[str, tuple[str, ...]] = {
    "power_heat": ("Production and Supply of Electric Power, Steam and Hot Water",),
    "steel": ("Smelting and Pressing of Ferrous Metals",),
    "cement": ("Nonmetal Mineral Products",),
    "chemicals": (
        "Petroleum Processing and Coking",
        "Raw Chemical Materials and Chemical Products",
        "Chemical Fiber",
        "Rubber Products",
        "Plastic Products",
    ),
    "other_industry": (),
    "transport": ("Transportation, Storage, Post and Telecommunication Services",),
    "buildings": ("Wholesale, Retail Trade and Catering Services", "Others", "Urban", "Rural"),
    "agriculture": ("Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy",),
}
REST = "other_industry"
PROCESS = "Process"
#: Weight of the national mean of all years beside the table of the year: it gives a cell that the nation's statistic
#: leaves out in one year a small value instead of none.
MEAN = 0.02
#: Weight of cells that are zero in the nation but may not be in a province, whose margins might else not fit.
FLOOR = 1e-7
#: A cell below this share of its sector and this share of its fuel in every year is left out, and the rest fitted
#: again: it is the national table's noise, and each cell is one more series to project.
LEAST_OF_SECTOR, LEAST_OF_FUEL = 0.01, 0.05
#: Tolerance of both margins, Mt, and largest number of iterations.
TOLERANCE, ROUNDS = 1e-9, 5000
#: Sectors below this in some year, Mt, are merged: they have no trend.
SMALLEST = 0.01


def fitted(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Scale a table to its margins by iterative proportional fitting.

    Parameters
    ----------
    seed : (row, column)
        Not below zero; a zero stays a zero.
    rows, columns : (row,), (column,)
        Of the same sum.

    Raises
    ------
    ValueError
        The margins cannot both hold on the cells above zero.
    """
    table = seed.astype(float)
    for _ in range(ROUNDS):
        have = table.sum(axis=0)
        table *= np.divide(columns, have, out=np.zeros_like(have), where=have > 0)
        have = table.sum(axis=1)
        if np.abs(have - rows).max() < TOLERANCE and np.abs(table.sum(axis=0) - columns).max() < TOLERANCE:
            return table
        table *= np.divide(rows, have, out=np.zeros_like(have), where=have > 0)[:, None]
    raise ValueError(f"margins do not fit together: off by {np.abs(table.sum(axis=1) - rows).max():.2g}")


def sector_of(name: str) -> str:
    """Return the sector of the tables that a sector of CEADs belongs to."""
    return next((sector for sector, names in SECTORS.items() if name in names), REST)


def split(
    nation: Mapping[tuple[str, str], np.ndarray],
    by_sector: Mapping[str, np.ndarray],
    by_fuel: Mapping[str, np.ndarray],
) -> tuple[dict[tuple[str, str], np.ndarray], str]:
    """Split a province's emissions by sector and fuel.

    Parameters
    ----------
    nation : mapping (sector of CEADs, fuel) -> (year,)
        Missing where the nation has none.
    by_sector, by_fuel : mapping -> (year,), Mt
        The province's margins, process among the fuels.

    Returns
    -------
    cells : dict (sector of the tables, fuel) -> (year,), Mt
    merged : str
        Sectors that are too small to stand alone and went to other industry, comma-separated.

    Notes
    -----
    The published margins differ by their rounding, at most 0.0009 Mt: the fuels, which are the province's total, hold
    as they are, and the sectors are scaled to their sum.
    """
    names, fuels = list(by_sector), list(by_fuel)
    columns = np.array([by_fuel[fuel] for fuel in fuels])
    rows = np.array([by_sector[name] for name in names])
    rows = rows * (columns.sum(axis=0) / rows.sum(axis=0))
    years = range(columns.shape[1])
    fine = np.array([_of_year(nation, names, fuels, rows[:, y], columns[:, y], y) for y in years])
    groups, merged = _groups(names, rows)
    member = np.array([[groups[name] == sector for name in names] for sector in SECTORS], dtype=float)
    table = np.einsum("gn,ynf->gfy", member, fine)
    kept = _worth_keeping(table)
    margins = member @ rows
    for y in years:
        table[..., y] = fitted(table[..., y] * kept, margins[:, y], columns[:, y])
    cells = {
        (sector, fuel): table[g, f]
        for g, sector in enumerate(SECTORS)
        for f, fuel in enumerate(fuels)
        if kept[g, f] and table[g, f].any()
    }
    return cells, ", ".join(merged)


def _of_year(
    nation: Mapping[tuple[str, str], np.ndarray],
    names: Iterable[str],
    fuels: list[str],
    rows: np.ndarray,
    columns: np.ndarray,
    year: int,
) -> np.ndarray:
    """Fit the national table of a year, all sectors of CEADs, to a province: (sector, fuel)."""
    zero = np.zeros(year + 1)
    series = [[nation.get((name, fuel), zero) for fuel in fuels] for name in names]
    seed = np.array([[values[year] + MEAN * values.mean() for values in line] for line in series])
    floor = FLOOR * np.outer(rows, columns) / columns.sum() ** 2
    # Process emissions are those of cement; no other sector has any.
    floor[:, [fuel == PROCESS for fuel in fuels]] = 0.0
    return fitted(seed / seed.sum() + floor, rows, columns)


def _groups(names: Iterable[str], rows: np.ndarray) -> tuple[dict[str, str], list[str]]:
    """Return the sector of the tables by sector of CEADs, and those too small to stand alone."""
    groups = {name: sector_of(name) for name in names}
    sums = {sector: rows[[group == sector for group in groups.values()]].sum(axis=0) for sector in SECTORS}
    merged = [sector for sector, total in sums.items() if total.min() < SMALLEST]
    return {name: REST if sector in merged else sector for name, sector in groups.items()}, merged


def _worth_keeping(table: np.ndarray) -> np.ndarray:
    """Mark the cells that are more than noise in some year: (sector, fuel)."""
    of_sector, of_fuel = (
        np.divide(table, whole, out=np.zeros_like(table), where=whole > 0).max(axis=-1)
        for whole in (table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True))
    )
    return (of_sector >= LEAST_OF_SECTOR) | (of_fuel >= LEAST_OF_FUEL)
