"""The command line: ``pathways list | check | run | summarise | judge | template``.

Exit codes: 0 everything asked for came out, 1 something did not, 2 the call itself was wrong.
Heavy packages are imported where they are used, so that ``--help`` and ``list`` answer at once.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from pathway_models import __version__
from pathway_models.foundations.errors import InputError, PathwayError
from pathway_models.running.check_command import check_command
from pathway_models.running.decide_command import decide_command
from pathway_models.running.judge_command import judge_command
from pathway_models.running.reproduce_command import reproduce_command
from pathway_models.running.template_command import template_command


class VariadicScenarios(click.Command):
    """Lets ``--scenarios bau deep`` take several names up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat ``--scenarios`` before each of its names."""
        spread: list[str] = []
        taking = False
        for word in args:
            if word.startswith("-"):
                taking = word == "--scenarios"
                if taking:
                    continue
            spread += ["--scenarios", word] if taking else [word]
        return super().parse_args(ctx, spread)


def friendly(command: Callable[..., None]) -> Callable[..., None]:
    """Turn a user's mistake into a message and an exit code instead of a traceback."""

    @functools.wraps(command)
    def wrapped(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except InputError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except PathwayError as error:
            raise click.UsageError(str(error)) from None

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pathways")
def main() -> None:
    """When do a park's CO2 emissions peak, how sure are we, what brings the peak before 2030?

    园区碳达峰路径:何时达峰、把握多大、怎样在 2030 年前达峰。
    """
    for stream in (sys.stdout, sys.stderr):
        # A Windows console with another code page must not end a run because of a Chinese name.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@main.command("list")
@click.option("--data/--all", "only_data", default=False, help="Only parks with a table, or all (default).")
@friendly
def list_parks(only_data: bool) -> None:
    """List every park and region of the register, with and without data."""
    from pathway_models.intake.register import read_register

    entries = [entry for entry in read_register() if entry.has_data or not only_data]
    width = max(len(entry.park_id) for entry in entries)
    for entry in entries:
        state = "no data yet" if not entry.has_data else "INVENTED demonstration" if entry.invented else "data"
        click.echo(f"{entry.park_id:<{width}}  {entry.kind:<7} {state:<22} {entry.name_en} {entry.name_zh}")
    with_data = sum(entry.has_data for entry in entries)
    click.echo(f"{len(entries)} entries, {with_data} with data")


@main.command(cls=VariadicScenarios)
@click.argument("parks", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every park and region with data.")
@click.option("--scenarios", multiple=True, metavar="NAME ...", help="Scenarios of data/scenarios.yml; all by default.")
@click.option("--members", type=int, default=1000, show_default=True, help="Ensemble members.")
@click.option("--seed", type=int, default=20240401, show_default=True, help="0 is a seed like any other.")
@click.option("--until", type=int, default=2060, show_default=True, help="Last projected year.")
@click.option("--workers", type=int, default=os.cpu_count() or 1, show_default=True, help="Parallel processes.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the run.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--timeout", type=int, default=600, show_default=True, help="Seconds one notebook cell may take.")
@click.option("--quiet", is_flag=True, help="No progress bar and no table.")
@friendly
def run(
    parks: tuple[str, ...],
    everything: bool,
    scenarios: tuple[str, ...],
    out: Path | None,
    quiet: bool,
    **options: object,
) -> None:
    """Run parks: one executed notebook each, one summary of all.

    PARKS are ids of the register ('pathways list') or paths of tables.
    """
    if everything == bool(parks):
        raise click.UsageError("name parks, or give --all")
    from pathway_models.intake.register import read_register
    from pathway_models.running.batch import Request, run_parks

    chosen = parks or tuple(entry.park_id for entry in read_register() if entry.has_data)
    folder = out or Path("results") / time.strftime("run-%Y%m%d-%H%M%S")
    request = Request(parks=chosen, scenarios=scenarios, **options)
    with _Progress(len(chosen), quiet) as report:
        finished = run_parks(request, folder, report)
    index = _summarise(folder, finished.ordered(), str(options["lang"]), quiet)
    click.echo(str(index))
    sys.exit(0 if finished.complete else 1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@friendly
def summarise(folder: Path, lang: str) -> None:
    """Make the summary and the page of a run again from its parks' folders."""
    from pathway_models.running.summary import read_status

    outcomes = read_status(folder)
    click.echo(str(_summarise(folder, outcomes, lang, quiet=False)))
    sys.exit(0 if all(outcome.status == "done" for outcome in outcomes) else 1)


def _summarise(folder: Path, outcomes: list, lang: str, quiet: bool) -> Path:
    from pathway_models.running.summary import write_index, write_status, write_summary

    write_status(folder, outcomes)
    rows = write_summary(folder, outcomes)
    if not quiet:
        from pathway_models.running.terminal import summary_lines

        for line in summary_lines(rows, outcomes):
            click.echo(line)
    return write_index(folder, outcomes, rows, lang)


for command in (check_command, decide_command, judge_command, reproduce_command, template_command):
    main.add_command(command)


class _Progress:
    """A progress bar on stderr where a person is looking, nothing otherwise."""

    def __init__(self, total: int, quiet: bool) -> None:
        from tqdm import tqdm

        hidden = quiet or not sys.stderr.isatty()
        self.bar = tqdm(total=total, unit="park", disable=hidden, ascii=os.name == "nt", file=sys.stderr)

    def __enter__(self) -> Callable[[object], None]:
        return self.report

    def report(self, outcome: object) -> None:
        """Advance by one park, naming it where it failed."""
        self.bar.update()
        if outcome.status != "done":
            self.bar.write(f"{outcome.park_id}: {outcome.status}: {outcome.cause}", file=sys.stderr)

    def __exit__(self, *exception: object) -> None:
        self.bar.close()
