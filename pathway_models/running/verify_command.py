"""``pathways verify``: a run computed again, and its tables compared byte for byte."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from pathway_models.running.cli_language import in_table

#: Differing lines shown of one table.
SHOWN = 3


@click.command("verify")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="RUN")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only so many parks, drawn by the run's id.")
@click.option("--workers", type=int, default=os.cpu_count() or 1, show_default=True, help="Parallel processes.")
@click.option("--engine", type=click.Choice(["fork", "papermill"]), default="fork", show_default=True)
def verify_command(folder: Path, sample: int | None, workers: int, engine: str) -> None:
    """Run parks of RUN again and compare their tables byte for byte.

    Says which inputs, versions or code have changed since, and where tables differ. Exit code 0 when every table
    is the same, 1 when one differs or a park does not come out.
    """
    from pathway_models.running.verifying import changes_since, verify

    found = 0
    for line in changes_since(folder):
        click.echo(in_table(line))
    for park_id, differences in verify(folder, sample=sample, workers=workers, engine=engine):
        click.echo(f"{park_id:<24} {in_table('the same' if not differences else 'DIFFERS')}")
        for difference in differences:
            _show(difference)
        found += bool(differences)
    sys.exit(1 if found else 0)


def _show(difference: Any) -> None:
    click.echo(f"  {difference.table}: {in_table(difference.what)}")
    for line in difference.lines[:SHOWN]:
        click.echo(f"    {line}")
    if len(difference.lines) > SHOWN:
        click.echo(f"    {in_table(f'... and {len(difference.lines) - SHOWN} more lines')}")
