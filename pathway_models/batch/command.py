"""``pathways run``, ``summarise`` and ``verify``: a notebook a park, the summary of a run, a check of its tables."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from pathway_models.batch import fork_client
from pathway_models.batch.fork_server import Stop, can_fork
from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import BatchError, InputError, files
from pathway_models.intake.register import read_register, table_of
from pathway_models.runs import folders, provenance, store, tables

if TYPE_CHECKING:
    from pathway_models.runs.folders import Outcome


@click.command("summarise")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def summarise_command(folder: Path, lang: str) -> None:
    """Make the summary and the page of a run again from its parks' folders."""
    outcomes = [_as_found(folder, outcome) for outcome in tables.read_status(folder)]
    try:
        store.read_record(folder)
    except InputError as error:  # the summary works without it, but nothing can be recomputed from this folder
        click.echo(cli_language.mistake_text(error), err=True)
    for line in _told_unhashed(folder, outcomes):
        click.echo(line, err=True)
    click.echo(str(summarise(folder, outcomes, lang, quiet=False, is_run=False)))
    sys.exit(0 if all(outcome.came_out for outcome in outcomes) else 1)


def _told_unhashed(folder: Path, outcomes: Sequence[Outcome]) -> list[str]:
    """Return warnings about parks whose results have no hashes and cannot be verified."""
    ends = {}
    for outcome in outcomes:
        if outcome.came_out:
            ends |= _without_hash(outcome.park_id, provenance.read_park_record(folder, outcome.park_id) or {})
    lines = [f"{name:<24} {cli_language.in_table(end)}" for name, end in ends.items()]
    more = [cli_language.in_table(f"... and {len(lines) - SHOWN} more lines")] if len(lines) > SHOWN else []
    return [*lines[:SHOWN], *more]


def _as_found(folder: Path, outcome: Outcome) -> Outcome:
    """Count a park whose results are missing or altered as failed."""
    if not outcome.came_out:
        return outcome
    if not (folder / outcome.park_id).is_dir():
        return replace(outcome, status="failed", cause="its results are no longer there: run it again")
    changed = provenance.altered_results(folder, outcome.park_id)
    if not changed:
        return outcome
    cause = f"not as the run wrote it: {', '.join(changed)}; run it again"
    return replace(outcome, status="failed", cause=cause)


def summarise(folder: Path, outcomes: Sequence[Outcome], lang: str, quiet: bool, *, is_run: bool = True) -> Path:
    """Write status, summary and page of a run, print the summary unless ``quiet``, return the page's path."""
    from pathway_models.batch import summary

    page = folder / "index.html"
    before = _content(folder / "summary.csv") if page.is_file() else None
    tables.write_status(folder, outcomes)
    rows = summary.write_summary(folder, outcomes)
    provenance.hash_outputs(folder, with_inputs=is_run)
    if not quiet:
        for line in summary.summary_lines(rows, outcomes, cli_language.language(), summary.steps_of(folder, rows)):
            click.echo(line)
    if before == _content(folder / "summary.csv") and all(outcome.status == "unchanged" for outcome in outcomes):
        return page  # which has been updated
    # The preloading process may have started in another working folder.
    fork_client.call_preloaded(fork_client.CELLS, summary.write_index, folder.absolute(), list(outcomes), rows, lang)
    return page


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


@click.command("run", cls=cli_language.Variadic)
@click.argument("parks", nargs=-1, type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
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
@click.option(
    "--scenario-file",
    type=common_options.SCENARIOS,
    metavar="FILE|drivers",
    help="Scenarios of your own: .yml, .csv or workbook; or the shipped ones that state drivers.",
)
@common_options.lever_file_option
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
    if out and Path(out).is_file():
        raise click.BadParameter(f"{out}: expected a folder, found a file", param_hint="'--out'")
    cli_language.refuse_foreign([str(Path(out or ".").absolute())])  # its pages contain the path
    is_new = not (out and Path(out, "run.json").exists())
    if is_new and not dry_run and options["engine"] == "fork" and can_fork() and not options["scheduler"]:
        from pathway_models.batch.scheduling import start_servers

        start_servers()  # while the request is examined
    from pathway_models.batch.running import Request, plan, run_parks

    chosen = parks or common_options.own_parks() or tuple(entry.park_id for entry in read_register() if entry.has_data)
    options |= {name: options[name] or "" for name in store.OWN_FILES}
    options["notebook"] = Path(options["notebook"] or files.PARK_NOTEBOOK).absolute()
    request = Request(parks=chosen, scenarios=scenarios, **options)
    with contextlib.closing(folders.RunFolder(out or Path("results") / time.strftime("run-%Y%m%d-%H%M%S"))) as place:
        if dry_run:
            steps = [
                (step.park_id, cli_language.in_table(step.action), cli_language.in_table(step.why))
                for step, _ in plan(request, place.folder)
            ]
            for line in screen.screen_lines([tuple(map(cli_language.in_table, ("park", "action", "why"))), *steps]):
                click.echo(line)
            return
        progress = contextlib.ExitStack()
        report = progress.enter_context(_progress(len(chosen), quiet))
        # From here on a signal ends the run with its status table, at any time: finished parks are kept.
        with (stop := Stop()).heard():
            with progress:
                finished = run_parks(request, place, report, stop)
            summarise(place.folder, finished.ordered(), str(options["lang"]), quiet)
            click.echo(place.finish())
    sys.exit(0 if finished.complete else 1)


@contextlib.contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Callable[[Outcome], None]]:
    """Show a progress bar; yield the function that takes an outcome."""
    with common_options.progress_bar(total, "park", quiet=quiet) as bar:

        def report(outcome: Outcome) -> None:
            bar.update()
            if not outcome.came_out:
                bar.write(f"{outcome.park_id}: {outcome.status}: {outcome.cause}", file=sys.stderr)

        yield report


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
    found = 0
    for line in changes_since(folder):
        click.echo(cli_language.in_table(line))
    for name, end in outputs_now(folder).items():
        click.echo(f"{name:<24} {cli_language.in_table(end)}")
        found += end == ALTERED
    for park_id, differences in verify(folder, sample=sample, workers=workers, engine=engine):
        click.echo(f"{park_id:<24} {cli_language.in_table('the same' if not differences else 'DIFFERS')}")
        for difference in differences:
            _show(difference)
        found += bool(differences)
    sys.exit(1 if found else 0)


#: States of a file of a run.
ALTERED, NOT_HASHED = "ALTERED since it was written", "not hashed: it cannot be checked"
NOT_SEALED = "not sealed: the forecast cannot be checked"


def outputs_now(folder: Path) -> dict[str, str]:
    """Compare the files of a run and of its parks with their hashes; return the state of each that differs."""
    record, ends = store.read_record(folder), {}
    hashes, seals = record.get("outputs_sha256", {}), provenance.seals_in(folder)
    kept = [f"{provenance.KEPT_INPUTS}/{path.name}" for path in sorted(folder.glob(f"{provenance.KEPT_INPUTS}/*"))]
    for name in dict.fromkeys([*provenance.OUTPUTS, *kept, *hashes]):
        if name not in hashes:
            ends[name] = NOT_HASHED
        elif not (folder / name).is_file() or provenance.file_hash(folder / name) != hashes[name]:
            ends[name] = ALTERED
    for outcome in tables.read_status(folder):
        if not outcome.came_out:
            continue
        of_park = provenance.read_park_record(folder, outcome.park_id) or {}
        ends |= _without_hash(outcome.park_id, of_park)
        ends |= {f"{outcome.park_id}/{name}": ALTERED for name in provenance.altered(folder / outcome.park_id, of_park)}
        if outcome.park_id not in seals and (folder / outcome.park_id / provenance.FORECAST).is_file():
            ends.setdefault(f"{outcome.park_id}/{provenance.FORECAST}", NOT_SEALED)
    return ends


def _without_hash(park_id: str, record: Mapping[str, Any]) -> dict[str, str]:
    """List the files of a park without a hash, each by its name, or all together."""
    if not record.get("files_sha256"):
        return {f"{park_id}/*": NOT_HASHED}
    return {f"{park_id}/{name}": NOT_HASHED for name in provenance.unhashed(record)}


def _show(difference: Any) -> None:
    click.echo(f"  {difference.table}: {cli_language.in_table(difference.what)}")
    for line in difference.lines[:SHOWN]:
        click.echo(f"    {line}")
    if len(difference.lines) > SHOWN:
        click.echo(f"    {cli_language.in_table(f'... and {len(difference.lines) - SHOWN} more lines')}")


#: Differing lines shown of one table.
SHOWN = 3
#: Files compared: computed tables. Notebooks and pages contain times.
COMPARED = (".csv", ".parquet")


@dataclass(frozen=True)
class Difference:
    """Difference between the stored and the recomputed table.

    Parameters
    ----------
    table : str
        File name; empty where the park did not come out.
    what : str
        One line.
    lines : tuple of str
        Line, column, value before and now of each difference.
    """

    table: str
    what: str
    lines: tuple[str, ...] = ()


def changes_since(folder: Path) -> Iterator[str]:
    """List the inputs, code and versions of a run that have changed since."""
    record = store.read_record(folder)
    now = provenance.shared_inputs()
    for park in store.parameters_of(folder)["parks"]:
        try:
            now |= provenance.park_inputs(table_of(park))
        except InputError:
            yield f"{park}: its table is no longer there"
    before = record.get("inputs_sha256", {})
    changed = sorted(name for name in before if name in now and before[name] != now[name])
    gone, new = sorted(set(before) - set(now)), sorted(set(now) - set(before))
    for word, names in (("changed", changed), ("no longer there", gone), ("new", new)):
        if names:
            yield f"inputs {word} since the run: {', '.join(names)}"
    if record.get("code_sha256", "") != provenance.code_hash():
        yield "the package has changed since the run"
    if record.get("notebook_sha256", "") != provenance.file_hash(files.PARK_NOTEBOOK):
        yield "the notebook has changed since the run"
    for name, version in provenance.versions().items():
        was = record.get("versions", {}).get(name, "not recorded")
        if was != version:
            yield f"{name} was {was}, is {version}"


def verify(
    folder: Path, *, sample: int | None = None, workers: int = 1, engine: str = "fork"
) -> Iterator[tuple[str, list[Difference]]]:
    """Run parks again and compare.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    sample : int, optional
        Number of parks, drawn by the run's id: the same ones each time. All by default.

    Yields
    ------
    park_id : str
    differences : list of Difference

    Raises
    ------
    BatchError, InputError
        The folder holds no run with results.
    """
    from pathway_models.batch.running import Request, run_parks

    record = store.read_record(folder)
    done = {outcome.park_id for outcome in tables.read_status(folder) if outcome.came_out}
    given: dict[str, Any] = dict(store.parameters_of(folder))
    unknown = sorted(set(given) - {field.name for field in fields(Request)})
    if unknown:
        raise BatchError(f"{folder}: only runs of 'pathways run' can be run again; this one has {', '.join(unknown)}")
    parks = [park for park in given.pop("parks") if folders.park_id_of(park) in done]
    if not parks:
        raise BatchError(f"{folder}: no park of this run came out; there is nothing to compare")
    if sample is not None and sample < len(parks):
        chosen = set(Random(record.get("run_id", "")).sample(parks, sample))
        parks = [park for park in parks if park in chosen]
    given["scenarios"] = tuple(given["scenarios"])
    given |= {name: str(path) for name, path in store.own_files(folder).items()}
    request = Request(parks=tuple(parks), workers=workers, engine=engine, **given)
    with tempfile.TemporaryDirectory(prefix="pathways-") as again:
        stop = Stop()
        run = run_parks(request, Path(again), stop=stop)
        if stop.number:  # a park not recomputed is not different
            raise KeyboardInterrupt(stop.number)
        for outcome in run.ordered():
            if not outcome.came_out:
                yield outcome.park_id, [Difference("", f"{outcome.status}: {outcome.cause}")]
            else:
                yield outcome.park_id, differences(folder / outcome.park_id, Path(again) / outcome.park_id)


def differences(stored: Path, computed: Path) -> list[Difference]:
    """Compare the tables of two folders of one park byte for byte."""
    names = {path.name for place in (stored, computed) for path in place.iterdir() if path.suffix in COMPARED}
    found = []
    for name in sorted(names):
        before, now = stored / name, computed / name
        if not (before.is_file() and now.is_file()):
            found.append(Difference(name, "stored, but not computed again" if before.is_file() else "not stored"))
        elif before.read_bytes() != now.read_bytes():
            found.append(_difference(before, now))
    return found


def _difference(before: Path, now: Path) -> Difference:
    if before.suffix != ".csv":
        return Difference(before.name, "other bytes")
    was, is_now = (path.read_text(encoding="utf-8-sig").splitlines() for path in (before, now))
    heads = was[0].split(",")
    lines = []
    for at, (one, other) in enumerate(zip(was, is_now, strict=False), start=1):
        if one != other:
            cells = zip(heads, one.split(","), other.split(","), strict=False)
            changed = [f"{head} was {cell}, is {new}" for head, cell, new in cells if cell != new]
            lines.append(f"line {at}: {'; '.join(changed) or 'another number of cells'}")
    what = f"{len(lines)} lines differ" + (f", {len(was)} lines were {len(is_now)}" if len(was) != len(is_now) else "")
    return Difference(before.name, what, tuple(lines))
