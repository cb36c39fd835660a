"""Which parks may be counted together: of one kind, each once, and no region inside another (``docs/fleet.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pathway_models.foundations.errors import Fault, InputError, PathwayError
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import read_register
from pathway_models.records.park import Park

#: What is counted by itself; regions hold parks, so that the two are never added.
REGION = "region"


class Counted(Protocol):
    """What is asked of a park, a register's entry or a stored run before it is counted."""

    @property
    def park_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def invented(self) -> bool: ...
    @property
    def province(self) -> str: ...


@dataclass(frozen=True)
class Member:
    """A park of a fleet where its table itself is not at hand."""

    park_id: str
    kind: str
    invented: bool
    province: str = ""


def check_fleet(parks: Iterable[Counted]) -> None:
    """Refuse what would count emissions twice.

    Parameters
    ----------
    parks : iterable of Park, Entry or Member

    Raises
    ------
    PathwayError
        No park; a park twice; parks with regions; two regions of one province; a region among others that does not
        say which province it is and so may be one of them: all at once.
    """
    parks = list(parks)
    wrong = [] if parks else ["no park to count"]
    names = [park.park_id for park in parks]
    wrong += [f"{name} stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    regions = [park for park in parks if park.kind == REGION]
    if 0 < len(regions) < len(parks):
        others = [park.park_id for park in parks if park.kind != REGION]
        wrong.append(
            f"parks and regions are never added together, since parks lie in regions: {_some(others)} with"
            f" {_some([park.park_id for park in regions])}; name one kind"
        )
    places: dict[str, str] = {}
    for park in regions:
        if not park.province and len(regions) > 1:
            wrong.append(f"{park.park_id} does not say which province it is and may be one of the others: leave it out")
        elif park.province in places and places[park.province] != park.park_id:
            wrong.append(f"{park.park_id} and {places[park.province]} are both {park.province}")
        places.setdefault(park.province, park.park_id)
    if wrong:
        raise PathwayError("cannot be one fleet: " + "; ".join(wrong))


def _some(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def fleet_ids(kind: str) -> list[str]:
    """Ids of all entries of the register of a kind that have data and may be counted together.

    Regions that do not say which province they are stay out.
    """
    return [
        entry.park_id
        for entry in read_register()
        if entry.has_data and entry.kind == kind and (kind != REGION or entry.province)
    ]


def read_fleet(parks: Sequence[str | Path] = (), kind: str = "") -> list[Park]:
    """Read parks that may be counted together.

    Parameters
    ----------
    parks : sequence of str or Path
        Ids or paths of tables; none means all of the kind that have data.
    kind : str
        ``"park"`` or ``"region"``; where parks are named, they must be of this kind. ``""`` stands for that of the
        parks named, and for parks where none are.

    Returns
    -------
    list of Park

    Raises
    ------
    InputError
        The faults of all tables that cannot be read.
    PathwayError
        The kind is not known or not that of the parks, or they cannot be counted together.
    """
    if kind not in ("", "park", REGION):
        raise PathwayError(f"kind = {kind!r}: expected 'park' or 'region'")
    found: list[Park] = []
    faults: list[Fault] = []
    for name in parks or fleet_ids(kind or "park"):
        try:
            found.append(read_park(name))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    other = [park.park_id for park in found if kind and (park.kind == REGION) != (kind == REGION)]
    if other:
        raise PathwayError(f"of another kind than {kind!r}: {', '.join(other)}")
    check_fleet(found)
    return found
