"""``pathways judge``: has an emissions series peaked, by every published rule?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pathway_models.console.cli_language import in_table, mistake_text
from pathway_models.console.tables import padded, width_of

#: Columns whose texts are the program's own; the others are names of the user and of rules.
TOLD = ("verdict", "detail")


@click.command("judge")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="A rule; may be repeated. All by default.")
@click.option("--as-of", type=int, metavar="YEAR", help="Judge with what was known up to this year.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--entity", default="entity", show_default=True, metavar="COL", help="Column of the name.")
@click.option("--year", default="year", show_default=True, metavar="COL", help="Column of the year.")
@click.option("--value", default="value", show_default=True, metavar="COL", help="Column of the emissions.")
def judge_command(
    file: Path, rules: tuple[str, ...], as_of: int | None, form: str, entity: str, year: str, value: str
) -> None:
    """Judge the emissions series of FILE (CSV) by published peak rules.

    FILE has one line an entity and year, in any one unit.  Verdicts: peaked, plateau, rising, not_peaked,
    unknown.  The rules, their equations and sources: docs/peak_rules.md.
    """
    # Deferred: pandas and SciPy take a second to load, which --help should not wait for.
    import pandas as pd

    from pathway_models.core.errors import InputError
    from pathway_models.intake.series import read_series
    from pathway_models.peaks.judging import judge

    try:
        table = judge(read_series(file, entity, year, value), rules or None, as_of)
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(1)
    if form == "csv":
        click.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)
    elif form == "json":
        click.echo(table.to_json(orient="records", force_ascii=False, indent=1))
    else:
        told = [
            ["-" if pd.isna(cell) else in_table(cell) if name in TOLD else str(cell) for cell in table[name]]
            for name in table
        ]
        for line in _aligned([[in_table(name) for name in table], *map(list, zip(*told, strict=True))]):
            click.echo(line)


def _aligned(rows: list[list[str]]) -> list[str]:
    """Format lines of left-aligned columns."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(padded(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows]
