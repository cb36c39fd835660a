"""``pathways run``: one executed notebook a park, one summary of all."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.intake.paths import PARK_NOTEBOOK
from pathway_models.running.cli_language import in_table
from pathway_models.running.fault_table import padded
from pathway_models.running.fork_server import can_fork
from pathway_models.running.own_parks import PARK, data_option, own_parks
from pathway_models.running.park_worker import start_servers
from pathway_models.running.summarise_command import summarise

if TYPE_CHECKING:
    from pathway_models.running.jobs import Outcome


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


@click.command("run", cls=VariadicScenarios)
@click.argument("parks", nargs=-1, type=PARK)
@data_option
@click.option("--all", "everything", is_flag=True, help="Every park and region with data, or all of --data.")
@click.option("--scenarios", multiple=True, metavar="NAME ...", help="Scenarios of data/scenarios.yml; all by default.")
@click.option("--members", type=int, default=1000, show_default=True, help="Ensemble members.")
@click.option("--seed", type=int, default=20240401, show_default=True, help="0 is a seed like any other.")
@click.option("--until", type=int, default=2060, show_default=True, help="Last projected year.")
@click.option("--workers", type=int, default=os.cpu_count() or 1, show_default=True, help="Parallel processes.")
@click.option("--out", metavar="FOLDER|URL", help="Folder of the run; run again, it does what has changed.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--timeout", type=int, default=600, show_default=True, help="Seconds one notebook cell may take.")
@click.option("--memory", type=float, default=0, metavar="GB", help="Address space one notebook may take.")
@click.option("--engine", type=click.Choice(["fork", "papermill"]), default="fork", show_default=True)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Hand the parks to this Dask cluster.")
@click.option("--scenario-file", type=click.Path(dir_okay=False, exists=True), help="Scenarios of your own.")
@click.option(
    "--notebook", type=click.Path(dir_okay=False, exists=True), help="A notebook of your own with the same parameters."
)
@click.option("--force", is_flag=True, help="Run unchanged parks too.")
@click.option("--retry-failed", is_flag=True, help="Run parks again that failed and have not changed.")
@click.option("--dry-run", is_flag=True, help="Say what would run and why, and run nothing.")
@click.option("--quiet", is_flag=True, help="No progress bar and no table.")
def run_command(
    parks: tuple[str, ...],
    everything: bool,
    scenarios: tuple[str, ...],
    out: str | None,
    dry_run: bool,
    quiet: bool,
    **options: object,
) -> None:
    """Run parks: one executed notebook each, one summary of all.

    PARKS are ids of the register ('pathways list') or paths of tables; ids too of tables in the working folder, in
    its data/parks, or in the folder of --data.
    """
    if everything == bool(parks):
        raise click.UsageError("name parks, or give --all")
    is_new = not (out and Path(out, "run.json").exists())
    if is_new and not dry_run and options["engine"] == "fork" and can_fork() and not options["scheduler"]:
        start_servers()  # while the request is looked at
    from pathway_models.intake.register import read_register
    from pathway_models.running.batch import Request, plan, run_parks
    from pathway_models.running.run_folders import RunFolder

    chosen = parks or own_parks() or tuple(entry.park_id for entry in read_register() if entry.has_data)
    options["scenario_file"] = options["scenario_file"] or ""
    options["notebook"] = Path(options["notebook"] or PARK_NOTEBOOK).absolute()
    request = Request(parks=chosen, scenarios=scenarios, **options)
    with contextlib.closing(RunFolder(out or Path("results") / time.strftime("run-%Y%m%d-%H%M%S"))) as place:
        if dry_run:
            for step, _ in plan(request, place.folder):
                click.echo(f"{step.park_id:<24} {padded(in_table(step.action), 10)} {in_table(step.why)}")
            return
        with _stoppable(), _Progress(len(chosen), quiet) as report:
            finished = run_parks(request, place, report)
        with _undisturbed():
            summarise(place.folder, finished.ordered(), str(options["lang"]), quiet)
            click.echo(place.finish())
    sys.exit(0 if finished.complete else 1)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C: what is finished is kept, and the status table written."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C cut off the writing of the status table."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Progress:
    """A progress bar on stderr where a person is looking, nothing otherwise."""

    def __init__(self, total: int, quiet: bool) -> None:
        from tqdm import tqdm

        hidden = quiet or not sys.stderr.isatty()
        self.bar = tqdm(total=total, unit="park", disable=hidden, ascii=os.name == "nt", file=sys.stderr)

    def __enter__(self) -> Callable[[Outcome], None]:
        return self.report

    def report(self, outcome: Outcome) -> None:
        """Advance by one park, naming it where it failed."""
        self.bar.update()
        if not outcome.came_out:
            self.bar.write(f"{outcome.park_id}: {outcome.status}: {outcome.cause}", file=sys.stderr)

    def __exit__(self, *exception: object) -> None:
        self.bar.close()
