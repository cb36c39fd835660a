"""Countries, and which sets of rules exist in each: a rule that a park's country lacks is never taken from another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import SHIPPED_FOLDER, data_folder
from pathway_models.core.yaml_files import line_of, validated
from pathway_models.records.park import HOME

NAME = "countries.yml"


@dataclass(frozen=True)
class Country:
    """A country and its rules.

    Parameters
    ----------
    code : str
        ISO 3166, two letters.
    name_en, name_zh : str
    rules : frozenset of str
        Sets of rules that exist there, as ``data/countries.yml`` names them.
    """

    code: str
    name_en: str
    name_zh: str
    rules: frozenset[str]

    def name(self, lang: str) -> str:
        """Return its name in one language."""
        return self.name_zh if lang == "zh" else self.name_en


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name_en: str
    name_zh: str
    rules: list[str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rules: list[str]
    countries: dict[str, _Entry]


def read_countries() -> dict[str, Country]:
    """Read all countries by code.

    Raises
    ------
    InputError
        The file cannot be read, or a country has a rule that is not listed.
    """
    own = data_folder() / NAME
    # A data folder of one's own may be older than the list.
    return dict(_countries(own if own.is_file() else SHIPPED_FOLDER / "data" / NAME))


@cache
def _countries(path: Path) -> dict[str, Country]:
    content, lines = validated(path, _File)
    faults = [
        Fault(path.name, f"line {line_of(lines, ('countries', code))}, {code}", rule,
              f"one of {', '.join(content.rules)}", "correct the rule", code="country_rule")
        for code, entry in content.countries.items()
        for rule in entry.rules
        if rule not in content.rules
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    return {
        code: Country(code, entry.name_en, entry.name_zh, frozenset(entry.rules))
        for code, entry in content.countries.items()
    }


def country_of(code: str) -> Country:
    """Look a country up; one that is not listed has no rules and is called by its code."""
    return read_countries().get(code or HOME) or Country(code, code, code, frozenset())


def has_rule(code: str, rule: str) -> bool:
    """Tell whether a set of rules exists in a country."""
    return rule in country_of(code).rules
