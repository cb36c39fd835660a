"""``pathways reproduce``: published estimates computed again, one table of verdicts; and a study of one's own."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.foundations.errors import PathwayError
from pathway_models.presenting.words import say
from pathway_models.running.cli_language import in_table, language, mistake_text
from pathway_models.running.fault_table import padded, width_of

if TYPE_CHECKING:
    from pathway_models.findings.reproduction import Reproduction

HEAD = ("verdict", "published", "ours", "difference", "tolerance", "unit", "values", "of what")


class _StudiesOrNew(click.Group):
    """A group whose first word is ``new``, or else the name of a study."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take names and options of studies as a call of the hidden command that computes them."""
        if not args or args[0] not in (*self.commands, "-h", "--help"):
            args = ["studies", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show both forms."""
        formatter.write_usage(ctx.command_path, "STUDY ... | --all  [--each] [--csv FILE]")
        formatter.write_usage(ctx.command_path, "new --study ID  [--folder FOLDER]")


@click.group("reproduce", cls=_StudiesOrNew)
def reproduce_command() -> None:
    """Compute published estimates again and print published, ours, difference, verdict and cause.

    STUDY is a name of data/published, such as guan2018.  Values of a place and quantity with the same verdict
    and cause stand in one row; --each prints every value, --csv writes every value.

    Verdicts: reproduced, near, not reproduced, text only (inputs not reachable: shown for reference).
    Exit code 0 when all verdicts are those recorded with the studies, 1 when one has moved.
    """


@reproduce_command.command("studies", hidden=True)
@click.argument("studies", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every shipped study.")
@click.option("--each", is_flag=True, help="Print every published value in a row of its own.")
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write every value to a CSV file.")
def compute_studies(studies: tuple[str, ...], everything: bool, each: bool, file: Path | None) -> None:
    """Compute studies again and print one table."""
    # Deferred: pandas and SciPy take a second to load, which --help should not wait for.
    from pathway_models.findings.reproduction import reproduce, reproduce_all
    from pathway_models.intake.published import list_studies

    if everything == bool(studies):
        names = ", ".join(list_studies())
        context = click.get_current_context().parent
        raise click.UsageError(f"name studies, or give --all; there are {names}", ctx=context)
    try:
        found = reproduce_all() if everything else {name: reproduce(name) for name in dict.fromkeys(studies)}
    except PathwayError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(1)
    for line in _table(found.values(), each):
        click.echo(line)
    if file is not None:
        import pandas as pd

        table = pd.concat([result.table() for result in found.values()], ignore_index=True)
        file.write_text(table.drop(columns="values").to_csv(index=False, lineterminator="\n"), encoding="utf-8")
        click.echo(say(language(), en=f"{len(table)} values written to {file}", zh=f"{len(table)}个值已写入{file}"))
    moved = [name for name, result in found.items() if not result.is_as_expected]
    for name in moved:
        recorded, now = (_counted(counts) for counts in (found[name].study.about.expected, found[name].counts()))
        text = say(
            language(),
            en=f"{name}: verdicts have moved: {now}; recorded in its study.yml: {recorded}",
            zh=f"{name}：判定已变化：{now}；study.yml所记：{recorded}",
        )
        click.echo(text, err=True)
    sys.exit(1 if moved else 0)


def _table(results: Iterable[Reproduction], each: bool) -> list[str]:
    """Lines of one table: the numbers of a row in columns, its cause below them."""
    from pathway_models.findings.reproductions.comparison import VERDICTS

    results = list(results)
    rows = {result.study.study: [_cells(row, each) for row in _rows(result, each)] for result in results}
    head = tuple(map(in_table, HEAD))
    widths = [max(map(width_of, column)) for column in zip(head, *chain(*rows.values()), strict=True)]
    lines = [_aligned(head, widths)]
    for result in results:
        lines += ["", _finding(result), f"  {result.study.about.citation}"]
        for cells, row in zip(rows[result.study.study], _rows(result, each), strict=True):
            lines += [
                _aligned(cells, widths),
                say(language(), en=f"    cause: {row.cause}", zh=f"    原因：{row.cause}"),
            ]
    found = Counter(row.verdict for result in results for row in result.rows)
    total = {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}
    count, counted = found.total(), _counted(total)
    return [*lines, "", say(language(), en=f"{count} published values: {counted}", zh=f"发表值{count}个：{counted}")]


def _finding(result: Reproduction) -> str:
    """What came out of a study; its title is a name and stays as it is."""
    title, count = result.study.about.title, len(result.rows)
    chinese = f"{title}：发表值{count}个，{_counted(result.counts())}。"
    return f"{result.study.study}: {say(language(), en=result.finding(), zh=chinese)}"


def _rows(result: Reproduction, each: bool) -> list[Any]:
    return list(result.table(folded=not each).itertuples())


def _cells(row: Any, each: bool) -> tuple[str, ...]:
    from pathway_models.findings.reproductions.comparison import shown

    numbers = [row.published, row.ours, row.difference, row.tolerance]
    if each:
        numbers = ["-" if number != number else shown(number, row.unit) for number in numbers]
    return (in_table(row.verdict), *numbers, row.unit, str(row.values), f"{row.scope}: {row.scenario}: {row.quantity}")


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    columns = [padded(cell, width) for cell, width in zip(cells, widths, strict=True)]
    return ("  " + "  ".join(columns)).rstrip()


def _counted(counts: dict[str, int]) -> str:
    parts = [f"{count} {verdict}" for verdict, count in counts.items()]
    if language() == "zh":
        parts = [f"{in_table(verdict)}{count}个" for verdict, count in counts.items()]
    return say(language(), en=", ", zh="，").join(parts) or in_table("none")


@reproduce_command.command("new")
@click.option("--study", required=True, metavar="ID", help="Name of the study: small letters, digits, underscores.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="here",
    help="Folder in which the study's folder is made.",
)
def new_study(study: str, folder: Path) -> None:
    """Write a folder with study.yml, the heads of two CSV tables and a notebook that runs."""
    from pathway_models.intake.published import STUDY_ID, list_studies
    from pathway_models.running.study_skeleton import write_skeleton

    if not re.match(STUDY_ID, study):
        raise click.UsageError(f"--study {study!r}: small letters, digits and underscores, a letter first: smith2024")
    if study in list_studies():
        raise click.UsageError(f"--study {study!r}: a shipped study has this name; choose another")
    target = folder / study
    if target.exists():
        raise click.UsageError(f"{target} exists already; choose another name, or remove it")
    for path in write_skeleton(target):
        click.echo(str(path))
    click.echo(
        say(
            language(),
            en="Next: fill in the three tables, then run the notebook. docs/add_a_study.md has the whole way.",
            zh="接下来：填写三张表，然后运行笔记本。完整步骤见docs/add_a_study.md。",
        )
    )
