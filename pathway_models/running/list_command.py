"""``pathways list``: every park and region of the register."""

from __future__ import annotations

import click

from pathway_models.presenting.words import say
from pathway_models.running.cli_language import language
from pathway_models.running.fault_table import padded

#: Without a table, invented, with a table: English and Chinese.
STATES = (("no data yet", "INVENTED demonstration", "data"), ("暂无数据", "INVENTED / 虚构示范", "有数据"))


@click.command("list")
@click.option("--data/--all", "only_data", default=False, help="Only parks with a table, or all (default).")
def list_command(only_data: bool) -> None:
    """List every park and region of the register, with and without data."""
    from pathway_models.intake.register import read_register

    entries = [entry for entry in read_register() if entry.has_data or not only_data]
    width, lang = max(len(entry.park_id) for entry in entries), language()
    nothing, made_up, data = say(lang, en=STATES[0], zh=STATES[1])
    kinds = say(lang, en={}, zh={"park": "园区", "region": "区域"})
    for entry in entries:
        state = nothing if not entry.has_data else made_up if entry.invented else data
        kind = padded(kinds.get(entry.kind, entry.kind), 7)
        click.echo(f"{entry.park_id:<{width}}  {kind} {padded(state, 22)} {entry.name_en} {entry.name_zh}")
    with_data = sum(entry.has_data for entry in entries)
    said = say(lang, en="{} entries, {} with data", zh="共{}个，其中{}个有数据")
    click.echo(said.format(len(entries), with_data))
