"""Language of the command line: help, usage errors and messages in English or Chinese.

Chosen by ``--lang`` anywhere in the call, else by the variable ``PATHWAYS_LANG``, else by the locale.  Before the
command (``pathways --lang zh report ...``) it is also the language of what the command writes; otherwise a
command's own ``--lang`` and its default decide that.  Options that take several values accept them
as people write them: ``--record 5 8 12``.
"""

from __future__ import annotations

import copy
import errno
import inspect
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from pathway_models.console.screen import screen_lines, terminal_columns, wrapped
from pathway_models.language.words import LANGUAGES, VARIABLE, width_of

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.core import Fault, PathwayError


HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
#: Markers that click writes after an option.
EXTRAS = (
    ("[default: ", "[默认："),
    ("; default: ", "；默认："),
    ("required]", "必填]"),
)
_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """Return the language of the present call; English by default."""
    return _language.get()


def asked_language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Find the language a call asks for: by its words, by the variable, or by the locale.

    Examples
    --------
    >>> asked_language(["check", "--lang", "zh"], {}), asked_language(["list"], {"LANG": "zh_CN.UTF-8"})
    ('zh', 'zh')
    >>> asked_language(["list"], {"PATHWAYS_LANG": "en", "LANG": "zh_CN.UTF-8"})
    'en'
    """
    given = _given(words)
    if given:
        return given
    if environment.get(VARIABLE) in LANGUAGES:
        return environment[VARIABLE]
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if locale.startswith("zh") else "en"


def _given(words: Sequence[str]) -> str:
    """Return the last ``--lang`` among the words; invalid ones are left to the option itself."""
    found = ""
    for at, word in enumerate(words):
        if word == "--":
            break
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang" and at + 1 < len(words):
            value = words[at + 1]
        found = value if value in LANGUAGES else found
    return found


def _refuse_no_folder() -> None:
    """End the program where its working folder has been removed: no path can be resolved."""
    try:
        Path.cwd()
    except OSError:
        click.echo(say("the working folder is no longer there: change to one that is"), err=True)
        sys.exit(2)


def refuse_foreign(words: Sequence[str]) -> None:
    """End the program where a name is not valid text: no table and no page of a run could name it."""
    for word in words:
        if not word.isascii() and any("\ud800" <= sign <= "\udfff" for sign in word):
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            text = say("a name in bytes that are not UTF-8 cannot be used: rename the file or folder")
            click.echo(f"{shown}: {text}", err=True)
            sys.exit(2)


class LanguageGroup(click.Group):
    """A group whose help, usage errors and commands speak the language of the call."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        """Choose the language, then run as any group does."""
        words = list(args) if args is not None else sys.argv[1:]
        token = _language.set(asked_language(words, os.environ))
        try:
            refuse_foreign(words)
            _refuse_no_folder()
            return super().main(words, *more, **options)
        finally:
            _language.reset(token)

    def make_context(self, *names: Any, **options: Any) -> click.Context:
        """Read the group's own options, telling a wrong one in the language of the call."""
        try:
            context = in_language(self).super_make_context(*names, **options)
        except click.UsageError as error:
            raise localized(error) from None
        return context

    def super_make_context(self, *names: Any, **options: Any) -> click.Context:
        """Build the context as `click.Group.make_context` does, for a copy of this group."""
        return super().make_context(*names, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, telling a wrong call in the language of the call."""
        lang = ctx.meta.get(VARIABLE)
        if lang:
            ctx.default_map = {name: {"lang": lang} for name in self.list_commands(ctx)}
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise localized(error) from None


#: Smallest and largest value of options by name; values outside would take days, or have no meaning.
BOUNDS = {
    **dict.fromkeys(("members", "fresh", "search"), (0, 1_000_000)),
    **dict.fromkeys(("until", "before", "year", "years", "neutral", "as_of"), (1750, 2200)),
    **dict.fromkeys(("horizon", "record", "groups"), (1, 200)),
    **dict.fromkeys(("budget", "cap", "free", "covered", "margin", "tax_rate"), (0, 1e15)),
    **dict.fromkeys(("memory", "most"), (0, 1_000_000)),
    "seed": (0, 2**63 - 1), "workers": (0, 1_000), "timeout": (0, 10_000_000), "rate": (-0.5, 1),
}  # fmt: skip


class _Bounded(click.ParamType):
    """Finite number within the bounds of its option."""

    def __init__(self, kind: click.ParamType, option: str | None) -> None:
        self.kind, self.name = kind, kind.name
        self.bounds = BOUNDS.get(option or "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["kind"], name)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the number."""
        number = self.kind.convert(value, param, ctx)
        if number != number or abs(number) == float("inf"):
            self.fail(f"{str(value)!r} is not a valid float.", param, ctx)
        if self.bounds and not self.bounds[0] <= number <= self.bounds[1]:
            low, high = (f"{bound:.15g}" for bound in self.bounds)
            self.fail(f"{number} is not in the range {low}<=x<={high}.", param, ctx)
        return number


class _Text(click.types.StringParamType):
    """Non-empty, encodable text of an option."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the text."""
        text = super().convert(value, param, ctx)
        default = param.get_default(ctx, call=False) if param is not None and ctx is not None else None
        # An option without its value may stand for the empty text: ``--data`` alone.
        if not text.strip() and text not in (default, getattr(param, "flag_value", None)):
            self.fail("an empty text says nothing", param, ctx)
        return text


def _sound(kind: click.ParamType, option: str | None) -> click.ParamType:
    """Make the type of an option refuse values without meaning."""
    if type(kind) in (click.types.IntParamType, click.types.FloatParamType):
        return _Bounded(kind, option)
    if isinstance(kind, click.FloatRange):
        return _Bounded(kind, None)
    return _Text() if kind is click.STRING else kind


def in_language(command: click.Command) -> click.Command:
    """Copy a command so that it speaks the language of the call, with ``--lang`` where it has none of its own."""
    translated = copy.copy(command)
    translated.context_class = _Context
    translated.params = [copy.copy(parameter) for parameter in command.params]
    for parameter in translated.params:
        parameter.type = _sound(parameter.type, parameter.name)
    if not any(parameter.name == "lang" for parameter in translated.params):
        translated.params.append(_lang_option())
    if language() == "en":
        return translated
    translated.help = _by_paragraph(command.help)
    translated.short_help = say(command.short_help)
    for parameter in translated.params:
        if isinstance(parameter, click.Option):
            parameter.help = say(parameter.help)
            if isinstance(parameter.show_default, str):
                parameter.show_default = say(parameter.show_default)
    if isinstance(translated, click.Group) and translated.commands:
        translated.commands = {name: in_language(each) for name, each in translated.commands.items()}
    return translated


def say(text: str | None) -> str | None:
    """Choose a text of the command line by the language of the call."""
    if not text or language() == "en":
        return text
    from pathway_models.intake.messages import translated

    return translated(text, "zh", "cli")


def of_terminal(lang: str) -> str:
    """Return the language a command with its own ``--lang`` prints in: Chinese where either choice is Chinese."""
    return "zh" if "zh" in (lang, language()) else "en"


def in_table(text: str, lang: str | None = None) -> str:
    """Translate a head, verdict or finding of a table to the language of the call, where there is a translation."""
    if (lang or language()) == "en":
        return text
    from pathway_models.intake.messages import translated

    return translated(text, "zh", "tables")


def in_words(code: str, lang: str | None = None) -> str:
    """Write the name of a column or a verdict, ``not_peaked``, in words of the language of the call."""
    return in_table(code, lang).replace("_", " ")


def table_text(table: pd.DataFrame, *, index: bool = True) -> str:
    """Format a table in columns that fit the terminal; its index, if included, names the rows."""
    shown = table.reset_index() if index else table
    head = ["" if name == "index" else str(name) for name in shown.columns]
    rows = [
        ["-" if cell != cell or cell is None else _cell(cell) for cell in row]
        for row in shown.itertuples(index=False, name=None)
    ]
    return "\n".join(screen_lines([head, *rows]))


def _cell(cell: object) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def titled_table(title: str, table: pd.DataFrame, lang: str) -> str:
    """Format a table under a heading, heads and texts in a language, numbers with three decimals."""
    import pandas as pd

    told = table.rename(columns=lambda name: in_words(name, lang))
    for at, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            told.isetitem(at, [in_table(str(cell), lang) for cell in table.iloc[:, at]])
    return f"\n## {in_table(title, lang)}\n\n{table_text(told, index=False)}"


def mistake_text(error: PathwayError) -> str:
    """Describe the cause of a user's mistake in the language of the call."""
    if language() == "en":
        return str(error)
    from pathway_models.intake.messages import error_text

    return error_text(error, "zh")


def fault_line(fault: Fault, lang: str) -> str:
    """Describe one fault in a language."""
    if lang == "en":
        return str(fault)
    from pathway_models.intake.messages import fault_text

    return fault_text(fault, lang)


def machine_mistake(error: Exception) -> str | None:
    """Describe an error of path, disk or memory in one line; None for any other error."""
    if isinstance(error, MemoryError):
        return say("there is not enough memory: ask for fewer members, or for fewer parks at a time")
    if isinstance(error, OSError) and error.errno not in (None, errno.EPIPE):
        name = f"{error.filename}: " if error.filename is not None else ""
        text = say("cannot be read or written")
        return f"{name}{text}: {error.strerror}"
    return None


def localized(error: click.UsageError) -> click.UsageError:
    """Translate a usage error to the language of the call."""
    if language() == "en" or isinstance(error, _LocalizedError):
        return error
    from pathway_models.intake.messages import cause_in, lacking

    text = error.format_message()
    # A fault of a table or of the register, raised as a wrong call, is translated in the catalogue of faults.
    told = cause_in(text, "zh") if ": expected " in text and lacking(text, "cli") else say(text)
    return _LocalizedError(told or "", error.ctx)


class _LocalizedError(click.UsageError):
    """Usage error in Chinese."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write usage, where help is found, and what was wrong."""
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), file=file or sys.stderr)
            click.echo(f"用'{self.ctx.command_path} --help'查看帮助。\n", file=file or sys.stderr)
        click.echo(f"错误：{self.message}", file=file or sys.stderr)


class _Formatter(click.HelpFormatter):
    """Help formatter with headings in the language of the call and Chinese characters two columns wide."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        # As click does, without the module it asks for the width of the terminal, which opens archives too.
        wanted = width or click.formatting.FORCED_WIDTH or max(min(terminal_columns(80), max_width or 80) - 2, 50)
        super().__init__(indent_increment, wanted, max_width)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or ("Usage: " if language() == "en" else "用法："))

    def write_heading(self, heading: str) -> None:
        super().write_heading(heading if language() == "en" else HEADINGS.get(heading, heading))

    def write_text(self, text: str) -> None:
        if language() == "en":
            return super().write_text(text)
        room, gap = self.width - self.current_indent, ""
        for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
            self.write(gap)
            for line in wrapped(" ".join(paragraph.split()), room):
                self.write(f"{'':>{self.current_indent}}{line}\n")
            gap = "\n"
        return None

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        if language() == "en":
            return super().write_dl(rows, col_max, col_spacing)
        first = min(max((width_of(term) for term, _ in rows), default=0), col_max) + col_spacing
        for term, meaning in rows:
            for sign, chinese in EXTRAS:
                meaning = meaning.replace(sign, chinese)
            lines = wrapped(say(meaning) or "", max(self.width - first - self.current_indent, 10))
            head = term if width_of(term) <= first - col_spacing else f"{term}\n{'':>{self.current_indent + first}}"
            pad = "" if "\n" in head else " " * (first - width_of(head))
            self.write(f"{'':>{self.current_indent}}{head}{pad}{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{'':>{self.current_indent + first}}{line}\n")
        return None


class _Context(click.Context):
    formatter_class = _Formatter


def _lang_option() -> click.Option:
    """Build the ``--lang`` option of a command that has none; its value has been read before any other."""

    def keep(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value:
            ctx.meta[VARIABLE] = value

    about = "Language of help, messages and tables."
    return click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=about, callback=keep)


def _by_paragraph(text: str | None) -> str | None:
    if not text:
        return text
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return "\n\n".join(say(" ".join(paragraph.replace("\b", "").split())) or "" for paragraph in paragraphs)


class Variadic(click.Command):
    """A command whose ``multiple`` options take every word up to the next option.

    Words after ``--record=5`` are taken too, unless the command has arguments, which they then are.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the name of a ``multiple`` option before each of its values."""
        several = {name for option in self.params if getattr(option, "multiple", False) for name in option.opts}
        has_arguments = any(isinstance(parameter, click.Argument) for parameter in self.params)
        spread: list[str] = []
        taking = ""
        for word in args:
            if word.startswith("-"):
                name, _, value = word.partition("=")
                taking = name if name in several and not (value and has_arguments) else ""
                if taking and not value:
                    continue
            elif taking:
                spread.append(taking)
            spread.append(word)
        return super().parse_args(ctx, spread)
