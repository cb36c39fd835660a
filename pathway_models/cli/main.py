"""The command line: ``pathways list | check | run | summarise | ...``, each command imported when it is called.

Exit codes: 0 everything asked for came out, 1 something did not, 2 the call itself was wrong, 130 stopped by Ctrl-C
(a run that has begun writes its status table first and ends with 1).
Nothing heavy is imported here, so that ``--help`` and ``list`` answer at once.
"""

import sys
from importlib import import_module
from typing import Any

import click

from pathway_models.cli import end_if_asked, end_interrupted
from pathway_models.console.cli_language import LanguageGroup, in_language, localized, machine_mistake, mistake_text
from pathway_models.core import InputError, PathwayError, __version__

#: Every command: its import path, and the line ``--help`` shows for it without importing it.
COMMANDS = {
    "list": ("pathway_models.cli.data_commands:list_command", "List every park and region of the register."),
    "template": ("pathway_models.cli.data_commands:template_command", "Write the empty workbook to fill."),
    "check": ("pathway_models.cli.data_commands:check_command", "Check tables: every fault at once, by cell."),
    "run": ("pathway_models.batch.command:run_command", "Run parks: a notebook each, one summary of all."),
    "summarise": ("pathway_models.batch.command:summarise_command", "Make a run's summary again."),
    "verify": ("pathway_models.batch.command:verify_command", "Run parks again; are the tables the same?"),
    "comply": ("pathway_models.compliance.command:comply_command", "Which indicators of a system are met?"),
    "account": ("pathway_models.compliance.command:account_command", "One ledger, several accounts."),
    "budget": ("pathway_models.compliance.command:budget_command", "A carbon budget; how likely is an overrun?"),
    "carboncost": ("pathway_models.compliance.command:carboncost_command", "Allowances and EU border adjustment."),
    "judge": ("pathway_models.peaks.command:judge_command", "Has a series peaked? By every published rule."),
    "economy": ("pathway_models.peaks.command:economy_command", "Growth, decoupling, drivers of a table."),
    "hindcast": ("pathway_models.hindcast.command:hindcast_command", "How often were such forecasts right?"),
    "nowcast": ("pathway_models.nowcast.command:nowcast_command", "CO2 of the provinces to today, marked."),
    "decide": ("pathway_models.decisions.command:decide_command", "Find the cheapest package of levers."),
    "projects": ("pathway_models.decisions.command:projects_command", "Projects: payback, return, effect on CO2."),
    "levers": ("pathway_models.decisions.command:levers_command", "Every number of the levers, with its source."),
    "cobenefits": ("pathway_models.cobenefits.command:cobenefits_command", "Air pollutants beside CO2."),
    "track": ("pathway_models.tracking.command:track_command", "Feed a new year into a forecast."),
    "score": ("pathway_models.tracking.command:score_command", "Score a run's sealed forecasts."),
    "fleet": ("pathway_models.fleet.command:fleet_command", "Many parks as one: totals, ranks, budgets."),
    "explore": ("pathway_models.explorer.command:explore_command", "Move the levers in a browser."),
    "report": ("pathway_models.report.command:report_command", "Write a park's special report or audit workbook."),
    "export": ("pathway_models.exports.command:export_command", "Write a run's results for other programs."),
    "guard": ("pathway_models.guard.command:guard_command", "Do all results still make sense?"),
    "compare": ("pathway_models.guard.command:compare_command", "Which results changed between two runs?"),
    "reproduce": ("pathway_models.reproduction.command:reproduce_command", "Compute published estimates again."),
}


class LazyGroup(LanguageGroup):
    """A group that imports a command on call, and converts users' mistakes to messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List all commands, in the order a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; ``None`` when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        return in_language(getattr(import_module(module), attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a call; suggest similar names for a misspelt one.

        Raises
        ------
        click.UsageError
            There is no such command.
        """
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=3, cutoff=0.5)
            meant = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}. {meant}", ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show every command with its line, without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def make_context(self, *given: Any, **options: Any) -> click.Context:
        """Take the words of a call; Ctrl-C ends that as it ends a command, where click would abort with 1."""
        try:
            return super().make_context(*given, **options)
        except KeyboardInterrupt as error:
            end_interrupted(error)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; Ctrl-C, a user's mistake, and a disk or memory that is full become a line and an exit code.

        Raises
        ------
        click.UsageError
            The call itself was wrong.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:  # click would exit with 1, which says that something did not come out
            end_interrupted(error)
        except Exception as error:
            end_if_asked()
            if isinstance(error, InputError):
                click.echo(mistake_text(error), err=True)
                sys.exit(1)
            if isinstance(error, PathwayError):
                raise localized(click.UsageError(str(error))) from None
            told = machine_mistake(error)
            if told is None:
                raise
            click.echo(told, err=True)
            sys.exit(1)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pathways")
def main() -> None:
    """When do a park's CO2 emissions peak, how sure are we, what brings the peak before 2030?

    园区碳达峰路径:何时达峰、把握多大、怎样在 2030 年前达峰。
    """
    for stream in (sys.stdout, sys.stderr):
        # A Windows console with another code page must not end a run because of a Chinese name.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
