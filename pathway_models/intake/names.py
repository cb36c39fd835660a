"""Names that people read: parks, scenarios, carriers and sectors, in the language asked for."""

from __future__ import annotations

from functools import cache

from pathway_models.core.errors import PathwayError
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.register import Entry, read_register
from pathway_models.language.words import INVENTED, check_language, word
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park, ParkIdentity

#: What says which park is meant; an id alone is looked up in the register.
Named = Park | Entry | ParkIdentity | str


@cache
def _shipped_scenarios() -> dict[str, Scenario]:
    return dict(read_scenarios())


def find_entry(park_id: str) -> Entry | None:
    """The register's entry of a park, or None for a user's own park."""
    return next((entry for entry in read_register() if entry.park_id == park_id), None)


def _looked_up(park: Named) -> Park | Entry | ParkIdentity | None:
    """Whatever knows the names: the record itself, or the register's entry of an id that stands alone."""
    if isinstance(park, ParkIdentity) and park.invented is None:
        return find_entry(park.park_id)
    return find_entry(park) if isinstance(park, str) else park


def park_name(park: Named, lang: str) -> str:
    """Name of a park; an id is looked up in the register, and shown itself where it is not there."""
    check_language(lang)
    found = _looked_up(park)
    if found is None:
        return park if isinstance(park, str) else park.park_id
    return found.name_zh if lang == "zh" else found.name_en


def is_invented(park: Named) -> bool:
    """Tell whether a park is invented.

    Raises
    ------
    PathwayError
        The park is given by an id that is not in the register, so that nobody knows.
    """
    found = _looked_up(park)
    if found is None:
        name = park if isinstance(park, str) else park.park_id
        raise PathwayError(
            f"{name!r} is not in the register: give the Park itself, park=..., so that an invented one can be marked"
        )
    return found.invented


def headline(park: Named, lang: str) -> str:
    """Name of a park, with the mark of invention before it.

    Examples
    --------
    >>> headline("demo-steel", "zh")
    '[INVENTED / 虚构] 示范园区(虚构)钢铁'
    """
    mark = f"[{INVENTED}] " if is_invented(park) else ""
    return mark + park_name(park, lang)


def scenario_name(scenario_id: str, lang: str) -> str:
    """Name of a scenario; the id itself for one of a user's own file."""
    check_language(lang)
    found = _shipped_scenarios().get(scenario_id)
    if found is None:
        return scenario_id
    return found.name_zh if lang == "zh" else found.name_en


def scenario_order() -> tuple[str, ...]:
    """Ids of the shipped scenarios in the order of their file: a scenario keeps its colour in all figures."""
    return tuple(_shipped_scenarios())


def item_name(item: str, lang: str) -> str:
    """Name of an energy carrier, a process, a source or a sector."""
    carrier = read_carriers().get(item)
    if carrier is None:
        return word(item, lang)
    return carrier.name_zh if check_language(lang) == "zh" else carrier.name_en
