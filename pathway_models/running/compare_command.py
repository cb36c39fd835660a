"""``pathways compare``: which results changed between two runs, where, and by how much."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.foundations.errors import InputError, PathwayError
from pathway_models.running.cli_language import mistake_text, of_terminal

if TYPE_CHECKING:
    from pathway_models.findings.comparing import Comparison


@click.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--checks", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own tolerances."
)
@click.option("--most", type=int, default=30, show_default=True, help="Changes shown here; page and CSV have more.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.html", help="Write a page.")
@click.option(
    "--csv", "table", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv", help="Write all changes."
)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def compare_command(
    before: Path, after: Path, checks: Path | None, most: int, out: Path | None, table: Path | None, lang: str
) -> None:
    """Compare the results of two runs (folders, or CSVs of figures).

    Exit code 0 where nothing changed, 1 where something did or a file is faulty, 2 for a wrong call.
    """
    try:
        from pathway_models.findings.comparing import compare
        from pathway_models.intake.guard import read_guard
        from pathway_models.presenting.guard_pages import comparison_lines, comparison_page
        from pathway_models.running.result_files import read_results

        found = compare(read_results(before), read_results(after), read_guard(checks))
        if out:
            out.write_text(comparison_page(found, lang=lang), encoding="utf-8")
        if table:
            write_changes(table, found)
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None
    for line in comparison_lines(found, most=most, lang=of_terminal(lang)):
        click.echo(line)
    sys.exit(0 if found.unchanged else 1)


def write_changes(path: Path, found: Comparison) -> Path:
    """Write every change as CSV that Excel opens, numbers in full."""
    columns = (
        "park", "scenario", "quantity", "year", "before", "after", "difference", "relative", "times_tolerance",
    )  # fmt: skip
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.DictWriter(file, columns, lineterminator="\n")
        lines.writeheader()
        lines.writerows(found.table())
    return path
