"""``--as-of YEAR`` of every command that answers: the year in which the answer is given."""

import click

from pathway_models.core.issue_year import EARLIEST, LATEST, issued_in


def _issue(ctx: click.Context, _: click.Parameter, year: int | None) -> None:
    ctx.with_resource(issued_in(year))


as_of_option = click.option(
    "--as-of",
    type=click.IntRange(EARLIEST, LATEST),
    metavar="YEAR",
    is_eager=True,
    expose_value=False,
    callback=_issue,
    help="Year in which the answer is given; the present year by default.",
)
