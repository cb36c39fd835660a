"""The name of a park among the regions of the IAMC format."""

from __future__ import annotations

import re
from functools import cache

from pathway_models.intake.register import read_register
from pathway_models.records.park import Park

#: Stands before every region.
COUNTRY = "China"
#: Signs that the conventions keep out of names, and those that would split a name.
ILLEGAL = re.compile(r'[;:"`|>*{}\x00-\x1f]+')
#: Provinces as sums of parks must not be read as the whole province.
COVERED = "[Covered Parks]"


def region_of(park: Park) -> str:
    """Region of a park: country, province where it is known, name of the park.

    Examples
    --------
    A province is its own region, a park stands below its province: ``China|江苏省|某某经济技术开发区``.
    """
    name = ILLEGAL.sub(" ", park.name_zh or park.name_en or park.park_id).strip() or park.park_id
    province = province_of(park)
    return "|".join([COUNTRY, province, name] if province and province != name else [COUNTRY, name])


def province_of(park: Park) -> str:
    """Full name of a park's province, as the register of provinces spells it; empty where none is given."""
    given = ILLEGAL.sub(" ", park.province).strip()
    return _provinces().get(given, given)


def covered_parks(park: Park) -> str:
    """Region in which the covered parks of a province are added up; empty for what must not be added up."""
    province = province_of(park)
    if park.kind == "region" or park.invented or not province:
        return ""
    return f"{COUNTRY}|{province} {COVERED}"


@cache
def _provinces() -> dict[str, str]:
    """Short to full name of the provinces."""
    entries = [entry for entry in read_register() if entry.kind == "region" and entry.province]
    return {entry.province: entry.name_zh for entry in entries}
