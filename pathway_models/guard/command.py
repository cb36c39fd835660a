"""``pathways guard`` checks that all results are plausible; ``pathways compare`` lists those that changed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console import cli_language, common_options
from pathway_models.core import InputError, PathwayError, files
from pathway_models.language import say

if TYPE_CHECKING:
    from pathway_models.guard.comparing import Comparison
    from pathway_models.records.guard import Results


#: Real region checked with the demonstration parks.
REAL_REGION = "region-d"


@click.command("guard")
@click.argument("run", required=False, type=click.Path(path_type=Path))
@click.option(
    "--park", "parks", multiple=True, metavar="ID", help="Work out these parks instead of the demonstration parks."
)
@common_options.as_of_option
@click.option("--all", "everything", is_flag=True, help="Work out every park and region with data.")
@click.option("--checks", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own checks.")
@click.option("--members", type=int, default=50, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--until", type=int, default=2060, show_default=True)
@click.option(
    "--figures", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv", help="Write the figures."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.html", help="Write a page.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def guard_command(
    run: Path | None, checks: Path | None, figures: Path | None, out: Path | None, lang: str, **asked: object
) -> None:
    """Check the results of RUN (a run's folder or a CSV of figures), or work some out and check them.

    Exit code 0 where every check holds, 1 where one is breached or a file is faulty, 2 for a wrong call.
    """
    try:
        from pathway_models.guard import comparing, result_checks
        from pathway_models.intake.guard import read_guard

        rules = read_guard(checks)
        with common_options.working(1, say(cli_language.of_terminal(lang), en="computing the results", zh="计算结果")):
            results = comparing.read_results(run) if run else _computed(**asked)
        verdict = result_checks.guard(results, rules)
        if figures:
            comparing.write_figures(figures, results)
        if out:
            out.write_text(comparing.verdict_page(verdict, lang=lang), encoding="utf-8")
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None
    for line in comparing.verdict_lines(verdict, lang=cli_language.of_terminal(lang)):
        click.echo(line)
    sys.exit(0 if verdict.passed else 1)


def _computed(*, parks: tuple[str, ...], everything: bool, members: int, seed: int, until: int) -> "Results":
    from pathway_models.guard.result_checks import guard_results
    from pathway_models.intake import library, register
    from pathway_models.intake.parks import read_park

    with_data = [entry for entry in register.read_register() if entry.has_data]
    chosen = parks or [e.park_id for e in with_data if everything or e.invented or e.park_id == REAL_REGION]
    records = [read_park(name) for name in chosen]
    return guard_results(records, library.read_scenarios(), members=members, seed=seed, until=until)


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
        from pathway_models.guard.comparing import compare, comparison_lines, comparison_page, read_results
        from pathway_models.intake.guard import read_guard

        found = compare(read_results(before), read_results(after), read_guard(checks))
        if out:
            out.write_text(comparison_page(found, lang=lang), encoding="utf-8")
        if table:
            _write_changes(table, found)
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None
    for line in comparison_lines(found, most=most, lang=cli_language.of_terminal(lang)):
        click.echo(line)
    sys.exit(0 if found.unchanged else 1)


def _write_changes(path: Path, found: "Comparison") -> None:
    """Write every change as CSV that Excel opens, numbers in full."""
    columns = (
        "park", "scenario", "quantity", "year", "before", "after", "difference", "relative", "times_tolerance",
    )  # fmt: skip
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        files.SheetWriter(file, columns).rows(found.table())
