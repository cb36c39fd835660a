"""The description of a park table: identity, choices behind its accounts, findings."""

import re
from typing import Literal, NamedTuple

from pydantic import Field, field_validator

from pathway_models.core.sheet_text import FORMULA_SIGNS
from pathway_models.core.units import HOME
from pathway_models.core.yaml_files import Strict
from pathway_models.intake.cells import Finding, has_control_sign
from pathway_models.intake.factors.tables import factor_sets, grid_factors

PARK_ID = r"^[a-z][a-z0-9-]{0,59}$"
#: Names that Windows keeps for devices: a folder of that name could not be made.
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")


class Description(Strict):
    """Identity of a park, choices behind its accounts, and findings, which its table cannot state itself."""

    park_id: str = Field(pattern=PARK_ID)
    name_zh: str
    name_en: str
    kind: Literal["park", "region"]
    archetype: str = ""
    province: str = ""
    country: str = Field(default=HOME, pattern=r"^[A-Z]{2}$")
    invented: bool
    activity: Literal["value_added", "gdp", "energy_index", "emissions_index"]
    price_year: int | None = None
    #: Written empty where the table has no carrier whose factor they would be.
    factor_set: str
    grid_factor: str
    #: How a supplier's emissions are shared between power and heat; only where the table states one that makes both.
    chp_rule: Literal["", "energy", "efficiency", "exergy", "none"] = ""
    #: Sectors whose activity goes with that of another, such as a power plant of one's own: sector to sector.
    follows: dict[str, str] = Field(default_factory=dict)
    boundary: str = ""
    source: list[str] = Field(default_factory=list)
    licence: str = ""
    notes: list[str] = Field(default_factory=list)
    #: Observed years that say nothing about the trend, such as one of lockdowns; none unless named.
    one_off_years: list[int] = Field(default_factory=list)

    @field_validator("source", "notes")
    @classmethod
    def _are_plain(cls, texts: list[str]) -> list[str]:
        """They are shown with every result, in tables too."""
        if any(text.startswith(FORMULA_SIGNS) for text in texts):
            raise ValueError("a text must not begin with = + - @, which spreadsheets take for a formula")
        return [_in_one_line(text) for text in texts]

    @field_validator("park_id", "name_zh", "name_en", "archetype", "province", "boundary", "licence")
    @classmethod
    def _is_plain(cls, text: str) -> str:
        """Names end up in tables of results, where a spreadsheet would run them."""
        if text.startswith(FORMULA_SIGNS):
            raise ValueError("a name must not begin with = + - @, which spreadsheets take for a formula")
        if RESERVED.match(text):
            raise ValueError("the name is kept by Windows for a device; choose another")
        return _in_one_line(text)


def _in_one_line(text: str) -> str:
    """A text as it is shown: a line end is a space, and nothing in it is unseen."""
    line = " ".join(part.strip() for part in text.splitlines()) if len(text.splitlines()) > 1 else text.rstrip("\n")
    if has_control_sign(line):
        raise ValueError("a text must have printable signs only; type it again without control signs")
    return line


def is_park_id(text: str) -> bool:
    """Tell whether a text can be the id of a park, and the name of a folder on every system."""
    return bool(re.fullmatch(PARK_ID, text)) and not RESERVED.match(text)


class Choices(NamedTuple):
    """The choices behind the accounts of a park; empty where none, or none that exists, was made."""

    activity: str = ""
    factor_set: str = ""
    grid_factor: str = ""


def sound_choices(activity: str, factor_set: str, grid: str) -> tuple[Choices, dict[str, Finding]]:
    """The choices that can be used, and what is wrong with the others."""
    wrong: dict[str, Finding] = {}
    if factor_set and factor_set not in factor_sets():
        expected = f"one of {', '.join(factor_sets())}"
        wrong["factor_set"] = Finding(expected, "choose a shipped set of factors", "factor_set")
    if grid and grid != "table":
        _, fault = grid_factors(grid, "")
        if fault:
            wrong["grid_factor"] = Finding(fault.expected, fault.remedy, "grid_factor")
    sound = Choices(
        activity if activity in ("value_added", "gdp", "energy_index", "emissions_index") else "",
        "" if "factor_set" in wrong else factor_set,
        "" if "grid_factor" in wrong else grid,
    )
    return sound, wrong
