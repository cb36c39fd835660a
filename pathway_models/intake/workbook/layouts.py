"""Layouts of workbooks as data: meaning and units of cells (``data/layouts/*.yml``)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from pathway_models.core import Fault, InputError, files, yaml_files
from pathway_models.core.units import CONVERSIONS
from pathway_models.intake.factors.tables import read_carriers

Column = Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")]
Line = Annotated[str, Field(pattern=r"^([A-Z]{1,2}|[1-9][0-9]{0,3})$")]
Row = Annotated[int, Field(strict=True, ge=1, le=1_000)]


class _Strict(BaseModel):  # not `Strict`: a field that tells blocks apart takes no check before it is read
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """A text in both languages."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the text in one language."""
        return self.zh if lang == "zh" else self.en


class Entry(_Strict):
    """One row of a workbook: its meaning, unit, and further columns.

    Parameters
    ----------
    key : str
        Code of the row, stable over languages.
    quantity, item : str
        Meaning in the program (`intake.translation`).
    unit, units : str
        Default unit, and the unit set it may be given in.
    feedstock : bool
        Whether part of it may be feedstock.
    factor : str
        Unit set of an own factor; empty where there can be none.
    default_factor : str
        Row of ``process_factors.csv`` that is used without an own factor.
    also : tuple of str
        Further labels by which it is recognised.
    """

    key: str
    quantity: str
    item: str = ""
    unit: str
    units: str
    label: Words | None = None
    comment: Words | None = None
    also: tuple[str, ...] = ()
    feedstock: bool = False
    factor: str = ""
    default_factor: str = ""

    def words(self) -> Words:
        """Its label; a carrier's own name where the layout gives none."""
        if self.label:
            return self.label
        carrier = read_carriers()[self.item]
        return Words(zh=carrier.name_zh, en=carrier.name_en)


class Section(_Strict):
    """Entries under one heading."""

    title: Words
    entries: tuple[Entry, ...]


class Signature(_Strict):
    """A cell that identifies a workbook of the layout."""

    sheets: tuple[str, ...]
    cell: str
    text: str


class DescriptionField(_Strict):
    """One line of the park sheet."""

    key: str
    label: Words
    comment: Words | None = None
    required: bool = False
    choices: tuple[str, ...] | str = ()
    #: Workbooks of earlier templates have no such row.
    may_lack: bool = False


class DescriptionSheet(_Strict):
    """Cells of the park's identity and choices."""

    sheet: tuple[str, str]
    keys: Column
    labels: Column
    values: Column
    notes: Column
    first_row: Row
    fields: tuple[DescriptionField, ...]


class FormBlock(_Strict):
    """One sheet a year: an entry a row, its attributes in further columns."""

    kind: Literal["form"]
    sheet: str
    year_cell: str
    keys: Column
    labels: Column
    first_row: Row
    columns: dict[str, Column]


class GridBlock(_Strict):
    """Entries against years; a letter names a column, a number a row."""

    kind: Literal["grid"]
    sheet: str
    labels: Line
    units: Line
    years: Line
    first: str


class ListBlock(_Strict):
    """One record a row, with its year and owner in columns of their own."""

    kind: Literal["list"]
    role: Literal["sector", "enterprise", "asset", "use", "supplier", "plant", "scenario", "investment"]
    sheets: Words
    first_row: Row
    columns: dict[str, Column]
    help: Words


class Layout(_Strict):
    """Arrangement of one kind of workbook."""

    layout: str
    title: Words
    statement: Words
    recognised_by: Signature
    ignored_sheets: tuple[str, ...] = ()
    ignored_labels: tuple[str, ...] = ()
    unit_sets: dict[str, tuple[str, ...]]
    unit_spellings: dict[str, str] = Field(default_factory=dict)
    more_units: dict[str, tuple[str, yaml_files.Number]] = Field(default_factory=dict)
    #: Kinds of energy assets, by the id of `records.costs`.
    kinds: dict[str, Words] = Field(default_factory=dict)
    #: Products of a supplier of heat: entries of its sheet beside the fuels, in no form.
    supplied: tuple[Entry, ...] = ()
    #: Products of the park's own combined plant: entries of its sheet beside the fuels, in no form.
    plant_made: tuple[Entry, ...] = ()
    description: DescriptionSheet | None = None
    blocks: tuple[Annotated[FormBlock | GridBlock | ListBlock, Field(discriminator="kind")], ...]
    sections: tuple[Section, ...]

    def entries(self) -> dict[str, Entry]:
        """Return all entries by key."""
        return {entry.key: entry for section in self.sections for entry in section.entries}

    def by_label(self) -> dict[str, Entry]:
        """Return all entries by each of their labels, without spaces."""
        names: dict[str, Entry] = {}
        for entry in self.entries().values():
            words = entry.words()
            for name in (entry.key, words.zh, words.en, *entry.also):
                names["".join(name.split())] = entry
        return names

    def conversion(self, unit: str) -> tuple[str, float]:
        """Return canonical unit and multiplier of a unit of the layout."""
        if unit == "%":
            return "share", 0.01
        return self.more_units.get(unit) or CONVERSIONS[unit]

    def block(self, kind: str, role: str = "") -> FormBlock | GridBlock | ListBlock | None:
        """Return the first block of a kind, and role if given."""
        found = (b for b in self.blocks if b.kind == kind and (not role or getattr(b, "role", "") == role))
        return next(found, None)


class Purpose(_Strict):
    """Content of a template for one purpose: quantities of its rows, roles of its optional sheets."""

    why: Words
    quantities: Literal["all"] | tuple[str, ...]
    sheets: Literal["all"] | tuple[str, ...]

    def of(self, layout: Layout) -> Layout:
        """Reduce a layout to the needs of the purpose; empty sections are dropped."""
        sections, blocks = layout.sections, layout.blocks
        if self.quantities != "all":
            kept = [tuple(one for one in section.entries if one.quantity in self.quantities) for section in sections]
            pairs = zip(sections, kept, strict=True)
            sections = tuple(section.model_copy(update={"entries": rows}) for section, rows in pairs if rows)
        if self.sheets != "all":
            blocks = tuple(one for one in blocks if not isinstance(one, ListBlock) or one.role in self.sheets)
        return layout.model_copy(update={"sections": sections, "blocks": blocks})


class _Purposes(RootModel[dict[str, Purpose]]):
    """The file of purposes."""


PURPOSES = "template_purposes.yml"


def purposes() -> dict[str, Purpose]:
    """Return the purposes a template can be written for, by id."""
    return dict(_purposes(files.data_folder() / PURPOSES))


@cache
def _purposes(path: Path) -> dict[str, Purpose]:
    return yaml_files.validated(path, _Purposes)[0].root


def read_layout(path: Path) -> Layout:
    """Read and check one layout file.

    Raises
    ------
    InputError
        All faults of the file, by line: unknown keys, units nobody can convert, entries twice.
    """
    return _layout(*files.stamped(path))


@cache
def _layout(path: Path, _: files.Stamp) -> Layout:
    layout, lines = yaml_files.validated(path, Layout)
    faults = [
        Fault(path.name, f"line {lines.get(keys, 1)}, {'.'.join(map(str, keys))}", value, expected, remedy, code=code)
        for keys, value, expected, remedy, code in _problems(layout)
    ]
    if faults:
        raise InputError(faults)
    return layout


def _problems(layout: Layout) -> Iterator[tuple[tuple[str | int, ...], str, str, str, str]]:
    """Yield faults that the model cannot check: keys, value, what was expected, remedy, code."""
    known = {*CONVERSIONS, *layout.more_units, "%"}
    for name, units in layout.unit_sets.items():
        for unit in units:
            if unit not in known:
                yield ("unit_sets", name), unit, "a known unit", "add it under more_units", "layout_unit"
    seen: set[str] = set()
    for s, section in enumerate(layout.sections):
        for e, entry in enumerate(section.entries):
            keys = ("sections", s, "entries", e)
            if entry.key in seen:
                yield keys, entry.key, "each key once", "rename or remove one", "layout_key_twice"
            seen.add(entry.key)
            if entry.unit not in layout.unit_sets.get(entry.units, ()):
                yield keys, entry.unit, f"a unit of the set {entry.units}", "correct unit or units", "layout_unit_set"
            if entry.label is None and entry.item not in read_carriers():
                yield keys, entry.key, "a label", "only carriers have a name without one", "layout_label"


def shipped_layouts() -> tuple[Layout, ...]:
    """Read all shipped layouts, in the order of their file names."""
    return tuple(read_layout(path) for path in sorted((files.data_folder() / "layouts").glob("*.yml")))


def template_layout() -> Layout:
    """Read the layout of the shipped template."""
    return read_layout(files.data_folder() / "layouts" / "template.yml")
