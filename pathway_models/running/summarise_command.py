"""``pathways summarise``: summary and page of a run from its parks' folders."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.running.cli_language import language

if TYPE_CHECKING:
    from pathway_models.running.jobs import Outcome


@click.command("summarise")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def summarise_command(folder: Path, lang: str) -> None:
    """Make the summary and the page of a run again from its parks' folders."""
    from pathway_models.running.summary import read_status

    outcomes = read_status(folder)
    click.echo(str(summarise(folder, outcomes, lang, quiet=False)))
    sys.exit(0 if all(outcome.came_out for outcome in outcomes) else 1)


def summarise(folder: Path, outcomes: Sequence[Outcome], lang: str, quiet: bool) -> Path:
    """Write status, summary and page of a run, print the summary unless ``quiet``, return the page's path."""
    from pathway_models.running.fork_client import call_preloaded
    from pathway_models.running.preload import preload_cells
    from pathway_models.running.summary import write_index, write_status, write_summary

    page = folder / "index.html"
    before = _content(folder / "summary.csv") if page.is_file() else None
    write_status(folder, outcomes)
    rows = write_summary(folder, outcomes)
    if not quiet:
        from pathway_models.running.terminal import summary_lines

        for line in summary_lines(rows, outcomes, language()):
            click.echo(line)
    if before == _content(folder / "summary.csv") and all(outcome.status == "unchanged" for outcome in outcomes):
        return page  # which says the same already
    return call_preloaded(preload_cells, write_index, folder, list(outcomes), rows, lang)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
