"""Read ``guard.yml``: checks of all results, and tolerances of a comparison; every fault with its line."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field

from pathway_models.core import Fault, InputError, RecordError, files, yaml_files
from pathway_models.records.guard import Check, Guard, Tolerance

Made = TypeVar("Made")


class _Check(yaml_files.Strict):
    id: str
    kind: str
    quantities: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    largest: float | None = None
    total: str = ""
    tolerance: float = 1e-9
    severity: str = "error"
    why: str = ""
    why_zh: str = ""
    optional: bool = False


class _Tolerance(yaml_files.Strict):
    quantities: tuple[str, ...]
    relative: float = 0.0
    absolute: float = 0.0


class _File(yaml_files.Strict):
    checks: tuple[_Check, ...] = Field(min_length=1)
    tolerances: tuple[_Tolerance, ...] = ()


def read_guard(path: str | Path | None = None) -> Guard:
    """Read checks and tolerances.

    Parameters
    ----------
    path : path, optional
        The shipped ``data/guard.yml`` by default; a user's file replaces it.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    path = files.data_folder() / "guard.yml" if path is None else Path(path)
    content, lines = yaml_files.validated(path, _File)
    faults: list[Fault] = []
    checks = _made(path, lines, "checks", content.checks, _check, faults)
    tolerances = _made(path, lines, "tolerances", content.tolerances, lambda one: Tolerance(**one.model_dump()), faults)
    seen: set[str] = set()
    for at, one in enumerate(content.checks):
        if one.id in seen:
            place = f"line {yaml_files.line_of(lines, ('checks', at, 'id'))}, checks.{at}.id"
            faults.append(Fault(path.name, place, one.id, "each id once", "rename one of them", code="guard"))
        seen.add(one.id)
    if faults:
        raise InputError(faults)
    return Guard(tuple(checks), tuple(tolerances))


def _check(given: _Check) -> Check:
    values = given.model_dump()
    return Check(check_id=values.pop("id"), **values)


def _made(
    path: Path,
    lines: dict[yaml_files.Keys, int],
    section: str,
    given: Sequence[Any],
    make: Callable[[Any], Made],
    faults: list[Fault],
) -> list[Made]:
    """Make the records of a section; entries that cannot be made are reported with their line."""
    made = []
    for at, one in enumerate(given):
        try:
            made.append(make(one))
        except RecordError as error:
            place = f"line {yaml_files.line_of(lines, (section, at))}, {section}.{at}"
            name = getattr(one, "id", "")
            faults.append(Fault(path.name, place, name, str(error), "correct the entry", code="guard"))
    return made
