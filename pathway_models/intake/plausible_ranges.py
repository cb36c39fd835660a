"""Reading ``data/intake.yml``: what is plausible, and how far a quality grade may be off."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pathway_models.core.files import data_folder
from pathway_models.core.yaml_files import validated


class _Bound(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    low: float
    high: float
    unit: str
    source: str

    def holds(self, value: float) -> bool:
        """Tell whether a value lies inside."""
        return self.low <= value <= self.high


class _Grade(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    value: float
    unit: str
    source: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    bounds: dict[str, _Bound]
    grades: dict[str, _Grade]


@dataclass(frozen=True)
class Plausible:
    """Bounds by name, and the standard deviation of the logarithm of a value by quality grade."""

    bounds: Mapping[str, _Bound]
    grades: Mapping[str, float]


@cache
def _read(folder: Path) -> Plausible:
    content, _ = validated(folder / "intake.yml", _File)
    return Plausible(content.bounds, {name: grade.value for name, grade in content.grades.items()})


def read_plausible() -> Plausible:
    """The shipped bounds and grades.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read(data_folder())
