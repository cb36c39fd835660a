"""Read ``pollutants.yml``: burners, fuel quality, controls and equipment, with the table rows they name.

A user's own file may hold only what differs: its entries replace the shipped ones by name, and its equipment rules come
before the shipped ones.
"""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from pathway_models.core import Fault, InputError, RecordError, yaml_files
from pathway_models.core.files import data_folder, fingerprint
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.records import Triangle
from pathway_models.records.pollutants import CONTENTS, Burner, Coefficient, Control, Equipment, Pollutant
from pathway_models.records.pollutants import PollutantFactors as Factors

#: kg of a pollutant per unit of fuel: factor to kg, and the fuel's unit.
PER_FUEL = {
    "kg/t": (1.0, "t"),
    "g/kg": (1.0, "t"),
    "kg/10^4 m3": (1.0, "10^4 Nm3"),
    "g/m3": (10.0, "10^4 Nm3"),
    "kg/TJ": (1.0, "TJ"),
}
#: Letters of the expressions in the factor table.
LETTERS = {"S": "sulphur", "A": "ash"}
SECTIONS = ("pollutants", "burners", "controls")


class _Number(yaml_files.Strict):
    row: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: tuple[float, float] | None = None
    unit: str = ""
    times: str = ""
    source: str = ""
    confidence: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> "_Number":
        own = self.value is not None
        if own == bool(self.row) or (own and not (self.unit and self.source and self.confidence)):
            raise ValueError("either row, or value with unit, source and confidence")
        if (self.low is None) != (self.high is None) or (self.low is not None and self.spread):
            raise ValueError("low and high together, or spread, or neither")
        return self


class _Pollutant(yaml_files.Strict):
    name_en: str
    name_zh: str
    rest: str = "none"
    equivalent: _Number


class _Burner(yaml_files.Strict):
    name_en: str
    name_zh: str
    fuel: str = ""
    tj_per_t: float | None = Field(default=None, gt=0)
    factors: dict[str, _Number]


class _Control(yaml_files.Strict):
    name_en: str
    name_zh: str
    removes: dict[str, _Number]


class _Rule(yaml_files.Strict):
    group: str
    burner: str
    controls: tuple[str, ...] = ()
    carrier: str = ""
    sector: str = ""


class _File(yaml_files.Strict):
    spread_source: str = ""
    pollutants: dict[str, _Pollutant] = Field(default_factory=dict)
    tax_rate: _Number | None = None
    quality: dict[str, dict[str, _Number]] = Field(default_factory=dict)
    burners: dict[str, _Burner] = Field(default_factory=dict)
    controls: dict[str, _Control] = Field(default_factory=dict)
    equipment: tuple[_Rule, ...] = ()


def read_pollutants(path: str | Path | None = None) -> Factors:
    """Read pollutant factors; a user's file overlays the shipped one, name by name.

    Parameters
    ----------
    path : path, optional
        The shipped ``data/pollutants.yml`` alone by default.

    Returns
    -------
    PollutantFactors

    Raises
    ------
    InputError
        All faults of a file, by line.
    """
    shipped = data_folder() / "pollutants.yml"
    paths = [shipped] if path is None else [shipped, Path(path)]
    laid = _Laid([(one, *yaml_files.validated(one, _File)) for one in paths])
    content = laid.content
    pollutants = {key: laid.pollutant(key, one) for key, one in content["pollutants"].items()}
    burners = {key: laid.burner(key, one) for key, one in content["burners"].items()}
    controls = {key: laid.control(key, one) for key, one in content["controls"].items()}
    quality = {
        kind: {name: laid.number(one, ("quality", kind, name)) for name, one in entries.items()}
        for kind, entries in content["quality"].items()
    }
    tax = laid.number(content["tax_rate"], ("tax_rate",))
    laid.check()
    if laid.faults:
        raise InputError(laid.faults)
    rules = tuple(Equipment(**rule.model_dump()) for rule, _ in laid.rules)
    return Factors(pollutants, quality, burners, controls, rules, tax, tuple(fingerprint(one) for one in paths))


class _Laid:
    """Overlaid files; collects the faults of entries that cannot be used."""

    def __init__(self, files: list[tuple[Path, _File, dict[yaml_files.Keys, int]]]) -> None:
        self.faults: list[Fault] = []
        self.content: dict[str, Any] = {"quality": {}}
        self.rules: list[tuple[_Rule, tuple[str, str]]] = []
        self._origin: dict[yaml_files.Keys, tuple[str, dict[yaml_files.Keys, int]]] = {}
        for path, given, lines in files:
            for name in (*SECTIONS, "tax_rate"):
                value = getattr(given, name)
                if isinstance(value, dict):
                    self.content[name] = {**self.content.get(name, {}), **value}
                    self._origin |= {(name, key): (path.name, lines) for key in value}
                elif value is not None:
                    self.content[name] = value
                    self._origin[name,] = (path.name, lines)
            for kind, entries in given.quality.items():
                self.content["quality"][kind] = {**self.content["quality"].get(kind, {}), **entries}
                self._origin |= {("quality", kind, key): (path.name, lines) for key in entries}
            places = [
                (path.name, f"line {yaml_files.line_of(lines, ('equipment', at))}")
                for at in range(len(given.equipment))
            ]
            self.rules = [*zip(given.equipment, places, strict=True), *self.rules]

    def fault(self, keys: yaml_files.Keys, value: str, expected: str) -> None:
        """Record a fault with its file and line."""
        origin = next((self._origin[keys[:n]] for n in (3, 2, 1) if keys[:n] in self._origin), ("", {}))
        place = f"line {yaml_files.line_of(origin[1], keys)}, {'.'.join(map(str, keys))}"
        self.faults.append(
            Fault(origin[0], place, value, expected.removeprefix("expected "), "correct the entry", code="pollutant")
        )

    def number(self, given: _Number, keys: yaml_files.Keys) -> Coefficient | None:
        """Read a number with its range; None where it is faulty."""
        try:
            value, unit, times, source, confidence = _row(given.row) if given.row else _own(given)
            low, mode, high = value
            if given.spread:
                low, high = mode * given.spread[0], mode * given.spread[1]
            elif given.low is not None and given.high is not None:
                low, high = given.low, given.high
            name = ".".join(map(str, keys))
            return Coefficient(name, Triangle(low, mode, high), unit, source, confidence, times)
        except (ValueError, RecordError) as error:
            self.fault(keys, given.row or str(given.value), str(error))
            return None

    def pollutant(self, key: str, given: _Pollutant) -> Pollutant | None:
        """Read a pollutant; None where it is faulty."""
        keys = ("pollutants", key)
        equivalent = self.number(given.equivalent, (*keys, "equivalent"))
        try:
            return equivalent and Pollutant(key, given.name_en, given.name_zh, equivalent, given.rest)
        except RecordError as error:
            self.fault(keys, "", str(error))
            return None

    def burner(self, key: str, given: _Burner) -> Burner:
        """Read a burner, without its faulty factors."""
        keys = ("burners", key, "factors")
        factors = {name: self.number(one, (*keys, name)) for name, one in given.factors.items()}
        for name, one in factors.items():
            if one and one.unit not in PER_FUEL:
                self.fault((*keys, name), one.unit, f"a unit of {', '.join(PER_FUEL)}")
        if given.fuel and given.fuel not in read_carriers():
            self.fault(("burners", key, "fuel"), given.fuel, "a carrier of carriers.csv")
        if not given.fuel and given.tj_per_t is None:
            self.fault(("burners", key), key, "fuel, or tj_per_t")
        known = {name: one for name, one in factors.items() if one}
        return Burner(key, given.name_en, given.name_zh, known, given.fuel, given.tj_per_t)

    def control(self, key: str, given: _Control) -> Control | None:
        """Read a control, with percents as shares; None where it is faulty."""
        keys, removes = ("controls", key), {}
        for name, one in given.removes.items():
            found = self.number(one, (*keys, "removes", name))
            if found is None:
                continue
            size = 100.0 if found.unit == "%" else 1.0
            corners = Triangle(*(x / size for x in (found.corners.low, found.corners.mode, found.corners.high)))
            removes[name] = Coefficient(found.name, corners, "share", found.source, found.confidence)
        try:
            return Control(key, given.name_en, given.name_zh, removes)
        except RecordError as error:
            self.fault(keys, "", str(error))
            return None

    def check(self) -> None:
        """Record rules with unknown names, burners without a pollutant, and unknown contents."""
        for key, burner in self.content["burners"].items():
            for name in self.content["pollutants"]:
                if name not in burner.factors:
                    self.fault(("burners", key, "factors"), key, f"a factor of {name}, zero where there is none")
        for kind in self.content["quality"]:
            if kind not in CONTENTS:
                self.fault(("quality", kind), kind, f"one of {', '.join(CONTENTS)}")
        groups = {carrier.group for carrier in read_carriers().values()}
        for rule, (file, place) in self.rules:
            wanted = {
                "group": ([rule.group], groups),
                "carrier": ([rule.carrier] if rule.carrier else [], set(read_carriers())),
                "burner": ([rule.burner], set(self.content["burners"])),
                "controls": (rule.controls, set(self.content["controls"])),
            }
            for what, (names, known) in wanted.items():
                for name in (name for name in names if name not in known):
                    expected = f"one of {', '.join(sorted(known))}"
                    fault = Fault(file, f"{place}, equipment.{what}", name, expected, "correct the name")
                    self.faults.append(fault)


def _own(given: _Number) -> tuple[tuple[float, float, float], str, str, str, str]:
    if given.times and given.times not in CONTENTS:
        raise ValueError(f"times: one of {', '.join(CONTENTS)}, got {given.times}")
    value = float(given.value or 0.0)
    return (value, value, value), given.unit, given.times, given.source, given.confidence


@cache
def _table(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "factors" / "pollutant_factors.csv").open(encoding="utf-8-sig", newline="") as file:
        return {" | ".join((r["category"], r["item_en"], r["pollutant"])): r for r in csv.DictReader(file)}


def _row(name: str) -> tuple[tuple[float, float, float], str, str, str, str]:
    """Read number, unit, content, source and confidence of a row of the factor table.

    Expressions are ``15S`` (per unit of a content), ``60-80 (take 70)`` and ``1.2-12`` (a range, its middle the mode).
    """
    row = _table(data_folder()).get(name)
    if row is None:
        raise ValueError("category | item_en | pollutant of a row of factors/pollutant_factors.csv")
    text = row["value"] or row["expression"]
    content = re.fullmatch(r"([\d.]+)([SA]?)", text)
    between = re.fullmatch(r"([\d.]+)-([\d.]+)(?: \(take ([\d.]+)\))?", text)
    if content:
        value = (float(content[1]),) * 3
    elif between:
        low, high = float(between[1]), float(between[2])
        value = (low, float(between[3] or (low + high) / 2), high)
    else:
        raise ValueError(f"a row with a number, a number per S or A, or a range, not {text!r}")
    times = LETTERS.get(content[2], "") if content else ""
    return value, row["unit"], times, row["source_key"], row["confidence"]
