"""``--scenario-file`` and ``--lever-file`` of every command that takes scenarios or levers: files of one's own."""

from pathlib import Path

import click

from pathway_models.core.files import data_folder


class _ScenarioFile(click.Path):
    """Path of a file of scenarios, or a word of `intake.library.FAMILIES`, which becomes the path of that file."""

    name = "file"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Turn the word into a path; check that the file exists."""
        from pathway_models.intake.library import FAMILIES

        if str(value) in FAMILIES:
            return str(data_folder() / FAMILIES[str(value)])
        return str(super().convert(value, param, ctx))


SCENARIOS = _ScenarioFile(dir_okay=False, exists=True, path_type=Path)
lever_file_option = click.option(
    "--lever-file",
    type=click.Path(dir_okay=False, exists=True),
    metavar="FILE.yml",
    help="Levers of your own, laid over data/levers.yml.",
)
