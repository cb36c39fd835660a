"""Outlines of documents as data: chapters and items, who writes each, and what an empty one needs."""

from functools import cache
from pathlib import Path

from pydantic import Field

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import data_folder
from pathway_models.core.yaml_files import Strict, validated
from pathway_models.language.words import say


class Text(Strict):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def told(self, lang: str) -> str:
        """Return the text of a language."""
        return say(lang, en=self.en, zh=self.zh)


class Item(Strict):
    """A section of a chapter.

    Parameters
    ----------
    title : Text or None
        None where the writers set sections of their own.
    write : tuple of str
        Names of writers (`report.content.WRITERS`).
    needs : Text or None
        What it takes, told where nothing is written.
    """

    title: Text | None = None
    write: tuple[str, ...] = ()
    needs: Text | None = None


class ChapterOutline(Strict):
    """A chapter: written as a whole, or item by item."""

    key: str
    title: Text
    write: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


class Outline(Strict):
    """The outline of one kind of document.

    Parameters
    ----------
    title, basis : Text
        What the document is, and the rule behind its order.
    confidence : str
    country : str
        ISO code of the country whose rule asks for it; empty for a document that no rule asks for.
    account : str
        Account its totals are in, where it is not the inventory's.
    chapters, annexes : tuple of ChapterOutline
    """

    title: Text
    basis: Text
    confidence: str
    country: str = Field("", pattern="^([A-Z]{2})?$")
    account: str = ""
    chapters: tuple[ChapterOutline, ...] = Field(min_length=1)
    annexes: tuple[ChapterOutline, ...] = ()


def outline_ids(country: str | None = None) -> tuple[str, ...]:
    """List the shipped outlines, the notice's report first; of a country those that its rules ask for.

    Where no rule asks for any, that is the document that no rule asks for.
    """
    names = sorted(path.stem for path in (data_folder() / "outlines").glob("*.yml"))
    names = sorted(names, key=lambda name: name != "special_report")
    if country is not None:
        own = [name for name in names if read_outline(name).country == country]
        names = own or [name for name in names if not read_outline(name).country]
    return tuple(names)


def read_outline(name: str) -> Outline:
    """Read a shipped outline.

    Raises
    ------
    InputError
        There is no such outline, or its file breaks the form.
    """
    if name not in outline_ids():
        raise InputError(
            [Fault(name, "name", name, f"one of {', '.join(outline_ids())}", "choose one of them", code="no_rules")]
        )
    return _outline(data_folder() / "outlines" / f"{name}.yml")


@cache
def _outline(path: Path) -> Outline:
    return validated(path, Outline)[0]
