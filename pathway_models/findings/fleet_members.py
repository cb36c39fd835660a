"""Which parks may be counted together: of one kind, each once, and no region inside another (``docs/fleet.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError, PathwayError
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import Entry, read_register
from pathway_models.records.park import Park

#: What is counted by itself; regions hold parks, so that the two are never added.
REGION = "region"


@dataclass(frozen=True)
class Member:
    """A park of a fleet where its table itself is not at hand."""

    park_id: str
    kind: str
    invented: bool
    province: str = ""


#: What is asked of each before it is counted: park_id, kind, invented, province.
Counted = Park | Entry | Member


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


def split_kinds(parks: Sequence[Counted]) -> list[list[Counted]]:
    """Regions and parks apart, each a fleet of its own; kinds without a member are left out.

    A region that does not say which province it is stays out where there are others.
    """
    regions = [park for park in parks if park.kind == REGION]
    named = [park for park in regions if park.province]
    apart = [named or regions[:1], [park for park in parks if park.kind != REGION]]
    return [some for some in apart if some]


def read_fleets(parks: Sequence[str | Path] = ()) -> list[list[Park]]:
    """Read parks and regions and set them apart; none named means all of the register that have data.

    Raises
    ------
    InputError
        The faults of all tables that cannot be read.
    """
    names = parks or [*fleet_ids(REGION), *fleet_ids("park")]
    return split_kinds(_read(names))


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
    found = _read(parks or fleet_ids(kind or "park"))
    other = [park.park_id for park in found if kind and (park.kind == REGION) != (kind == REGION)]
    if other:
        raise PathwayError(f"of another kind than {kind!r}: {', '.join(other)}")
    check_fleet(found)
    return found


def _read(parks: Iterable[str | Path]) -> list[Park]:
    """Read parks; the faults of all of them at once."""
    found: list[Park] = []
    faults: list[Fault] = []
    for name in parks:
        try:
            found.append(read_park(name))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found
