"""What ``pathways fleet`` prints and writes: sentences and tables for people, CSV for scripts, figures for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pathway_models.running.cli_language import table_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from pathway_models.findings.budgets import Shares
    from pathway_models.findings.fleet_packages import FleetPackages
    from pathway_models.findings.together import Together
    from pathway_models.records.park import Park

FORMATS = ("png", "svg")


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found of a fleet; None where it was not asked for."""

    parks: list[Park]
    together: Together
    standing: pd.DataFrame
    groups: pd.Series | None
    shares: Shares | None
    packages: FleetPackages | None
    before: int


def lines(found: Findings, lang: str) -> Iterator[str]:
    """The summary that is printed: coverage first."""
    from pathway_models.presenting import fleet_sentences, fleet_tables, standing_sentences

    together, first = found.together, found.together.fleet.scenarios
    yield fleet_sentences.describe_coverage(together, lang=lang)
    for name in first:
        yield fleet_sentences.describe_total(together, name, before=found.before, lang=lang)
    yield fleet_sentences.describe_largest(together, first[-1], lang=lang)
    yield table_text(fleet_tables.totals(together, lang=lang))
    yield standing_sentences.describe_standing(found.standing, lang=lang)
    if found.groups is not None:
        yield standing_sentences.describe_groups(found.standing, found.groups, lang=lang)
    if together.kind != "region":
        from pathway_models.findings.norms import norms

        yield standing_sentences.describe_norms(norms(found.parks), lang=lang)
    if found.packages is not None:
        yield from fleet_sentences.describe_packages(found.packages, lang=lang)
        yield table_text(fleet_tables.packages(found.packages, lang=lang))
    if found.shares is not None:
        yield fleet_sentences.describe_shares(found.shares, lang=lang)
        yield table_text(fleet_tables.shares(found.shares, lang=lang))


def write_findings(folder: Path, found: Findings, lang: str) -> list[Path]:
    """Write every table as CSV and every figure as PNG and SVG.

    Returns
    -------
    list of Path
        ``fleet.csv`` (quantiles of the total by scenario and year, with the coverage), ``peaks.csv`` (peaks of the
        parks), ``standing.csv``, ``outliers.csv``; for parks ``norms.csv``; where asked for ``shares.csv`` and
        ``packages.csv``; then the figures.
    """
    from pathway_models.running.results import write_table

    folder.mkdir(parents=True, exist_ok=True)
    written = [write_table(folder / f"{name}.csv", table) for name, table in tables(found).items()]
    return written + [path for name, figure in _figures(found, lang) for path in _save(folder, name, figure)]


def tables(found: Findings) -> dict[str, pd.DataFrame]:
    """Every table by name, in canonical units."""
    from pathway_models.findings.norms import norms
    from pathway_models.findings.standing import outliers

    standing = found.standing.copy()
    for name in found.together.fleet.scenarios:
        chances = found.together.chances(name, found.before)
        standing[f"{chances.name}_{name}"] = chances.loc[standing["park_id"]].to_numpy()
    if found.groups is not None:
        standing["group"] = found.groups
    named = {
        "fleet": found.together.table(),
        "peaks": found.together.summary(found.before),
        "standing": standing,
        "outliers": outliers(found.standing),
    }
    if found.together.kind != "region":
        named["norms"] = norms(found.parks)
    if found.shares is not None:
        named["shares"] = found.shares.table()
    if found.packages is not None:
        named["packages"] = found.packages.table()
    return named


def _figures(found: Findings, lang: str) -> Iterator[tuple[str, Figure]]:
    from pathway_models.presenting import fleet_plots, standing_plots
    from pathway_models.presenting.plotting import all_parks

    together, names = found.together, found.together.fleet.scenarios
    for name in names:
        yield f"total_{name}", fleet_plots.total(together, name, before=found.before, lang=lang)
    yield "peak_years", fleet_plots.peak_years(together, before=found.before, lang=lang)
    pair = (names[0], names[-1])
    yield "parks", all_parks(together.summary(found.before), scenarios=pair, before=found.before, lang=lang)
    yield "standing", standing_plots.distances(found.standing, lang=lang)
    if found.shares is not None:
        yield "shares", standing_plots.shares(found.shares, found.standing, lang=lang)
    if found.packages is not None:
        yield "packages", fleet_plots.with_packages(found.packages, lang=lang)


def _save(folder: Path, name: str, figure: Figure) -> Iterator[Path]:
    import matplotlib.pyplot as plt

    for form in FORMATS:
        path = folder / f"fleet_{name}.{form}"
        # Without the date: equal results are equal bytes.
        figure.savefig(path, metadata={"Date": None} if form == "svg" else None)
        yield path
    plt.close(figure)
