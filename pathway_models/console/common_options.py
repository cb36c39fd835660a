"""Options that many commands share: ``--data``, ``--as-of``, ``--scenario-file``, ``--lever-file``.

`working` shows the stage of a command on the error stream of a terminal; nothing where the output is redirected.
"""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console.cli_language import language
from pathway_models.core import EARLIEST_ISSUE, LATEST_ISSUE, InputError, files, issued_in
from pathway_models.language import say


def _issue(ctx: click.Context, _: click.Parameter, year: int | None) -> None:
    ctx.with_resource(issued_in(year))


as_of_option = click.option(
    "--as-of",
    type=click.IntRange(EARLIEST_ISSUE, LATEST_ISSUE),
    metavar="YEAR",
    is_eager=True,
    expose_value=False,
    callback=_issue,
    help="Year in which the answer is given; the present year by default.",
)


class _ScenarioFile(click.Path):
    """Path of a file of scenarios, or a word of `intake.library.FAMILIES`, which becomes the path of that file."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Turn the word into a path; check that the file exists."""
        from pathway_models.intake.library import FAMILIES

        if str(value) in FAMILIES:
            return str(files.data_folder() / FAMILIES[str(value)])
        return str(super().convert(value, param, ctx))


SCENARIOS = _ScenarioFile(dir_okay=False, exists=True, path_type=Path)
lever_file_option = click.option(
    "--lever-file",
    type=click.Path(dir_okay=False, exists=True),
    metavar="FILE.yml",
    help="Levers of your own, laid over data/levers.yml.",
)


#: Key of the tables in the metadata of the click context.
KEPT = "pathway_models.own_parks"


def tables_of(folder: Path) -> dict[str, Path]:
    """Find the tables of the folder given by ``--data``.

    Raises
    ------
    click.UsageError
        It holds none, or none that may be used.
    """
    from pathway_models.intake.register import tables_in

    try:
        return tables_in(folder)
    except InputError as error:
        from pathway_models.intake.messages import fault_text

        text = "; ".join(fault_text(fault, language()) for fault in error.faults)
        raise click.UsageError(f"--data: {text}") from None


def _keep(ctx: click.Context, _: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        ctx.meta[KEPT] = tables_of(folder)


def own_parks() -> tuple[str, ...]:
    """Return the paths of all tables of the folder given by ``--data``; empty without that option."""
    return tuple(map(str, _tables(click.get_current_context(silent=True)).values()))


def _tables(ctx: click.Context | None) -> Mapping[str, Path]:
    return ctx.meta.get(KEPT, {}) if ctx is not None else {}


class _ParkName(click.ParamType):
    """Id of a park or path of its table; ids found in the folder given by ``--data`` become paths."""

    name = "park"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Turn an id of the folder into its path; leave paths and ids of the register.

        Raises
        ------
        click.UsageError
            There is a folder, and neither it nor the register has the park.
        """
        own = _tables(ctx)
        if not own or Path(value).suffix:
            return value
        if value in own:
            return str(own[value])
        from pathway_models.intake.register import read_register

        if value in (entry.park_id for entry in read_register()):
            return value
        some = ", ".join(list(own)[:5])
        raise click.UsageError(
            say(
                language(),
                en=f"{value!r} is neither a table in the --data folder ({some}) nor a park in the register",
                zh=f"{value!r}既不是--data文件夹中的数据表（{some}），也不在名录中",
            )
        )


#: Type of arguments that name parks.
PARK = _ParkName()

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    is_eager=True,
    expose_value=False,
    callback=_keep,
    help="Folder of park tables of your own, to be named by their ids.",
)


if TYPE_CHECKING:
    from tqdm import tqdm

#: Seconds between two updates of the elapsed time.
TICK = 0.5


@contextmanager
def progress_bar(total: int, unit: str, *, quiet: bool = False) -> "Iterator[tqdm]":
    """Show a progress bar over items of one kind.

    Parameters
    ----------
    total : int
    unit : str
        Name of the items.
    quiet : bool
        Show none.
    """
    from tqdm import tqdm  # deferred: --help should not wait for it

    hidden = quiet or not sys.stderr.isatty()
    with tqdm(total=total, unit=unit, disable=hidden, ascii=os.name == "nt", file=sys.stderr) as bar:
        yield bar


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the collection of reference cycles: among hundreds of thousands of objects it takes up to an eighth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def working(stages: int, first: str = "") -> Iterator[Callable[[str], None]]:
    """Show a bar of stages with the elapsed time; yield the function that names the next stage.

    Parameters
    ----------
    stages : int
        Number of stages.
    first : str
        Name of the first stage, where it begins at once.
    """
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    # Deferred: takes a while to import.
    from tqdm import tqdm

    form, ended = "{desc} |{bar:20}| {n_fmt}/{total_fmt} {elapsed}", threading.Event()
    with tqdm(total=stages, bar_format=form, leave=False, ascii=os.name == "nt", file=sys.stderr) as bar:

        def tick() -> None:
            while not ended.wait(TICK):
                bar.refresh()

        def stage(text: str) -> None:
            bar.update(bool(bar.desc))
            bar.set_description_str(text)

        if first:
            stage(first)
        ticking = threading.Thread(target=tick, daemon=True)
        ticking.start()
        try:
            yield stage
        finally:
            ended.set()
            ticking.join()
