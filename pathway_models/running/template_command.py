"""``pathways template``: the empty workbook for a park to fill."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from pathway_models.foundations.errors import InputError

#: More sheets than these make a workbook nobody fills.
MOST_YEARS = 30


def years_of(context: click.Context, parameter: click.Parameter, text: str) -> range:
    """Read ``2016-2020`` or ``2020``."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not (found and 1990 <= first <= last <= 2060 and last - first < MOST_YEARS):
        raise click.BadParameter(f"{text!r}: expected years such as 2016-2020, first before last, at most {MOST_YEARS}")
    return range(first, last + 1)


@click.command("template")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.xlsx")
@click.option("--years", default="2016-2020", show_default=True, callback=years_of, help="One sheet each.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--force", is_flag=True, help="Replace an existing file.")
def template_command(out: Path, years: range, lang: str, force: bool) -> None:
    """Write the empty workbook for a park to fill; then check it with 'pathways check'.

    It is a layout of this project, not the official Annex 1 of the notice, which is not public.
    """
    from pathway_models.intake.template import write_template

    try:
        write_template(out, years, lang, overwrite=force)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(str(out))
