"""``pathways reproduce``: published estimates recomputed in one table of verdicts; and a new study of the user's.

``pathways reproduce new`` writes a study's description, the heads of its tables, and a notebook that runs.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pathway_models.console import common_options, screen
from pathway_models.console.cli_language import in_table, language, mistake_text
from pathway_models.core import PathwayError, files
from pathway_models.intake.plans.scenario_tables import COLUMNS as SCENARIO_COLUMNS
from pathway_models.intake.published import COLUMNS, STUDY_ID, list_studies
from pathway_models.language import say, word

if TYPE_CHECKING:
    from pathway_models.reproduction.register import Reproduction


#: Names of the numbers of a value, in the order of `_cells`.
HEAD = ("published", "ours", "difference", "tolerance", "unit", "values")


class _StudiesOrNew(click.Group):
    """A group whose first word is ``new``, or else the name of a study."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Redirect names and options of studies to the hidden command that computes them."""
        if not args or args[0] not in (*self.commands, "-h", "--help"):
            args = ["studies", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show both forms."""
        formatter.write_usage(ctx.command_path, "STUDY ... | --all  [--each] [--csv FILE]")
        formatter.write_usage(ctx.command_path, "--baselines  [--markdown] [--members N]")
        formatter.write_usage(ctx.command_path, "new --study ID  [--folder FOLDER]")


@click.group("reproduce", cls=_StudiesOrNew)
def reproduce_command() -> None:
    """Compute published estimates again and print published, ours, difference, verdict and cause.

    --baselines sets published peaks without new measures beside ours instead.

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
@click.option("--baselines", is_flag=True, help="Set published baselines of regions beside ours, with the reason.")
@click.option("--markdown", is_flag=True, help="With --baselines: as a Markdown table.")
@click.option("--members", type=click.IntRange(2), default=200, show_default=True, help="With --baselines.")
def compute_studies(
    studies: tuple[str, ...],
    everything: bool,
    each: bool,
    file: Path | None,
    baselines: bool,
    markdown: bool,
    members: int,
) -> None:
    """Compute studies again and print one table."""
    if baselines:
        if studies or everything:
            raise click.UsageError("--baselines goes without studies", ctx=click.get_current_context().parent)
        for line in _baselines(members, markdown):
            click.echo(line)
        return
    # Deferred: SciPy takes a while to load, which --help should not wait for.
    from pathway_models.reproduction.register import reproduce

    if everything == bool(studies):
        names = ", ".join(list_studies())
        context = click.get_current_context().parent
        raise click.UsageError(f"name studies, or give --all; there are {names}", ctx=context)
    try:
        found = {}
        chosen = list_studies() if everything else tuple(dict.fromkeys(studies))
        with common_options.working(len(chosen)) as stage:
            for name in chosen:
                stage(name)
                found[name] = reproduce(name)
    except PathwayError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(1)
    for line in _table(found.values(), each):
        click.echo(line)
    if file is not None:
        import pandas as pd

        table = pd.concat([result.table() for result in found.values()], ignore_index=True)
        text = files.sheet_table(table.drop(columns="values")).to_csv(index=False, lineterminator="\n")
        text = files.sheet_table(table.drop(columns="values")).to_csv(index=False, lineterminator="\n")
        file.write_text(text, encoding="utf-8")
        click.echo(say(language(), en=f"{len(table)} values written to {file}", zh=f"{len(table)}个值已写入{file}"))
    moved = [name for name, result in found.items() if not result.is_as_expected]
    for name in moved:
        recorded, now = (_counted(counts) for counts in (found[name].study.about.expected, found[name].counts()))
        text = say(
            language(),
            en=f"{name}: verdicts have changed: {now}; recorded in its study.yml: {recorded}",
            zh=f"{name}：判定已变化：{now}；study.yml所记：{recorded}",
        )
        click.echo(text, err=True)
    sys.exit(1 if moved else 0)


def _baselines(members: int, markdown: bool) -> list[str]:
    """Format published baselines beside ours: a Markdown table, or place by place."""
    from pathway_models.reproduction.plausibility import baseline_table, baselines_beside

    lang = language()
    with common_options.working(1) as stage:
        stage(say(lang, en="summing provinces without new measures", zh="汇总各省无新措施的路径"))
        table = baseline_table(baselines_beside(members), lang=lang)
    rows = [list(table.columns), *table.to_numpy().tolist()]
    if markdown:
        rows.insert(1, ["---"] * len(table.columns))
        return [f"| {' | '.join(row)} |" for row in rows]
    room, lines = screen.terminal_columns(), []
    for row in rows[1:]:
        place, published, peak, ours, apart, reason = row
        told = [f"{name} {cell}" for name, cell in zip(rows[0][2:5], (peak, ours, apart), strict=True)]
        lines += screen.wrapped(f"{place}{word('colon', lang)}{published}", room)
        lines += _indented(say(lang, en="; ", zh="；").join(told), room, 4)
        lines += [*(_indented(reason, room, 4) if reason else []), ""]
    return lines


def _table(results: "Iterable[Reproduction]", each: bool) -> list[str]:
    """Format values study by study: verdict and quantity, below it the numbers and the cause."""
    from pathway_models.reproduction.comparison import VERDICTS

    results, room = list(results), screen.terminal_columns()
    head = tuple(map(in_table, HEAD))
    lines = []
    for result in results:
        lines += [*screen.wrapped(_finding(result), room), *_indented(result.study.about.citation, room, 2), ""]
        for row in result.table(folded=not each).itertuples():
            verdict, *numbers, what = _cells(row, each)
            told = say(language(), en="; ", zh="；").join(
                f"{name} {number}" for name, number in zip(head, numbers, strict=True) if number
            )
            cause = say(language(), en=f"cause: {row.cause}", zh=f"原因：{row.cause}")
            lines += screen.wrapped(f"{verdict}{word('colon', language())}{what}", room)
            lines += [*_indented(told, room, 4), *_indented(cause, room, 4)]
        lines.append("")
    found = Counter(row.verdict for result in results for row in result.rows)
    total = {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}
    count, counted = found.total(), _counted(total)
    return [*lines, say(language(), en=f"{count} published values: {counted}", zh=f"发表值{count}个：{counted}")]


def _finding(result: "Reproduction") -> str:
    """State the outcome of a study; its title is not translated."""
    title, count = result.study.about.title, len(result.rows)
    chinese = f"{title}：发表值{count}个，{_counted(result.counts())}。"
    return f"{result.study.study}: {say(language(), en=result.finding(), zh=chinese)}"


def _cells(row: Any, each: bool) -> tuple[str, ...]:
    from pathway_models.reproduction.comparison import shown

    numbers = [row.published, row.ours, row.difference, row.tolerance]
    if each:
        numbers = ["-" if number != number else shown(number, row.unit) for number in numbers]
    return (in_table(row.verdict), *numbers, row.unit, str(row.values), f"{row.scope}: {row.scenario}: {row.quantity}")


def _indented(text: str, room: int, blanks: int) -> list[str]:
    return [f"{'':{blanks}}{line}" for line in screen.wrapped(text, room - blanks)]


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
@click.option("--scenarios", "by_scenarios", is_flag=True, help="A study that states scenarios by period.")
def new_study(study: str, folder: Path, by_scenarios: bool) -> None:
    """Write a folder with study.yml, the heads of two CSV tables and a notebook that runs.

    With --scenarios a third table, scenarios.csv, takes growth rates, levels and shares by period
    (docs/driver_scenarios.md); notebooks/methods/own_scenario_study.ipynb runs it.
    """
    if not re.match(STUDY_ID, study):
        raise click.UsageError(f"--study {study!r}: small letters, digits and underscores, a letter first: smith2024")
    if study in list_studies():
        raise click.UsageError(f"--study {study!r}: a shipped study has this name; choose another")
    target = folder / study
    if target.exists():
        raise click.UsageError(f"{target} exists already; choose another name, or remove it")
    for path in write_skeleton(target, by_scenarios):
        click.echo(str(path))
    click.echo(
        say(
            language(),
            en="Next: fill in the three tables, then run the notebook. docs/add_a_study.md describes every step.",
            zh="接下来：填写三张表，然后运行笔记本。完整步骤见docs/add_a_study.md。",
        )
    )


STUDY_FILE = """\
study: {study}
title: Title of the study
citation: Authors (year), title, journal volume, pages
# doi: 10.1234/abcd
source: []                  # keys of data/SOURCES.bib, when the study is to be shipped
licence: under what terms values and inputs may be shown and passed on
given:                      # what the paper gives
- ...
assumed:                    # what you had to assume
- ...
inputs:
  inputs: inputs.csv        # name: file, relative to this folder
expected: {{}}                # verdicts recorded once they are final, e.g. {{reproduced: 3, near: 1}}
"""
#: Columns of the input table: a long table suits any study; other columns work as well.
INPUT_COLUMNS = ("quantity", "scenario", "year", "value", "unit", "locator")

TITLE = """\
# {study}: what was published, and what comes out here

One sentence: what the study found, and why it matters for a park."""
PARAMETERS = """\
study: str = "."  # the folder of study.yml; the notebook stands in it"""
READING = """\
import pandas as pd
from IPython.display import Markdown

import pathway_models as pw
from pathway_models.reproduction.register import compare_with_published
from pathway_models.intake.published import read_study

pd.options.display.max_colwidth = None
the_study = read_study(study)
the_study"""
GIVEN = "**What was given?** The inputs of the study, each with its unit and the place where it stands."
INPUTS = """\
inputs = the_study.table("inputs")
inputs"""
COMPUTING = """\
**What comes out here?** Compute through the package, and key each value as in `estimates.csv`:
`ours[scope, scenario, quantity] = number`, in the unit of the published value; `causes` the same way."""
OURS = """\
ours = {}
causes = {}
# ours["the park", "deep", "peak_year"] = float(peaks.quantiles()[0, 1])
# causes["the park", "deep", "peak_year"] = "growth rates are read off a figure"
result = compare_with_published(the_study, ours, causes)"""
TABLE = "**Do both agree?** Published, ours, difference, tolerance, verdict and cause."
SHOW = "result.table(folded=True)"
DIFFERENCES = "**Why do they differ?** A paragraph on every difference."
EXPLAIN = "Markdown(result.differences())"
FINDING = "Markdown(result.finding())"


def write_skeleton(folder: Path, by_scenarios: bool = False) -> tuple[Path, ...]:
    """Write a study's folder; its notebook runs unchanged, without published values yet.

    Parameters
    ----------
    folder : Path
        The folder to make; its name is the name of the study.
    by_scenarios : bool
        Also write the head of a table of scenarios, and name it in ``study.yml``.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    FileExistsError
        The folder exists.
    """
    folder.mkdir(parents=True, exist_ok=False)
    name = folder.resolve().name
    texts = {
        "study.yml": STUDY_FILE.format(study=name),
        "inputs.csv": ",".join(INPUT_COLUMNS) + "\n",
        "estimates.csv": ",".join(COLUMNS) + "\n",
    }
    if by_scenarios:
        texts["study.yml"] = texts["study.yml"].replace("expected:", "  scenarios: scenarios.csv\nexpected:")
        texts["scenarios.csv"] = ",".join(SCENARIO_COLUMNS) + "\n"
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    notebook = folder / f"{name}.ipynb"
    nbformat.write(_notebook(name), notebook)
    return (*(folder / file for file in texts), notebook)


def _notebook(name: str) -> nbformat.NotebookNode:
    parameters = new_code_cell(PARAMETERS)
    parameters.metadata["tags"] = ["parameters"]
    cells = [
        new_markdown_cell(TITLE.format(study=name)),
        parameters,
        new_code_cell(READING),
        new_markdown_cell(GIVEN),
        new_code_cell(INPUTS),
        new_markdown_cell(COMPUTING),
        new_code_cell(OURS),
        new_markdown_cell(TABLE),
        new_code_cell(SHOW),
        new_markdown_cell(DIFFERENCES),
        new_code_cell(EXPLAIN),
        new_code_cell(FINDING),
    ]
    for position, cell in enumerate(cells):
        cell.id = f"cell-{position:02d}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
