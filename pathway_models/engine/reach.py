"""Levers that cannot act on a park whose emissions are known by sector only, each with the reason in both languages.

The forms that levers have there, and where they have none: docs/methods.md, section 7.
"""

from collections.abc import Iterable, Mapping

from pathway_models.engine.batches import MAIN_FUELS, replaces_all_fuel
from pathway_models.intake.assumptions import read_sectors
from pathway_models.levers.action import SINKS, Label
from pathway_models.records import Carrier
from pathway_models.records.levers import Lever
from pathway_models.records.park import UNDIVIDED, Park

UNKNOWN_CARRIERS = Label(
    "it takes from some fuels only, and which fuels burn here is not in the table",
    "该措施只替代部分燃料，而表中没有分品种数据",
)
UNKNOWN_ENERGY = Label(
    "it gives another fuel, whose emissions need the energy, and no energy is in the table",
    "该措施换用其他燃料，其排放须按能耗计算，而表中没有能耗",
)
NO_SUCH_USE = Label(
    "no sector of the table burns fuel for what it acts on",
    "表中没有行业将燃料用于该措施所针对的用途",
)
NOT_BOUGHT = Label("purchased electricity and heat are not in the table", "表中没有外购电力和热力")
UNKNOWN_PROCESS = Label(
    "which part of the emissions comes from processes is not in the table",
    "表中没有区分过程排放所占部分",
)
UNKNOWN_FUEL = Label(
    "which part of the emissions comes from burnt fuel is not in the table",
    "表中没有区分燃料燃烧所占部分",
)
NO_SINKS = Label("green areas are not in the table", "表中没有绿地")


def cannot_act(park: Park, levers: Iterable[Lever], carriers: Mapping[str, Carrier]) -> dict[str, Label]:
    """Name the levers that cannot act on a park, with the reason.

    Parameters
    ----------
    park : Park
    levers : iterable of Lever
    carriers : mapping carrier id -> Carrier

    Returns
    -------
    dict lever id -> Label
        Empty where all emissions of the park are told apart by carrier.
    """
    if not park.is_undivided:
        return {}
    reasons = {lever.lever_id: _obstacle(park, lever, carriers) for lever in levers}
    return {lever_id: reason for lever_id, reason in reasons.items() if reason is not None}


def _obstacle(park: Park, lever: Lever, carriers: Mapping[str, Carrier]) -> Label | None:
    part = lever.acts.part
    groups = {group for at, group in enumerate(park.groups) if park.energy[:, at, -1].any()}
    fired = [process.sector for process in park.processes if process.name == UNDIVIDED[0]]
    has_fuel = bool(fired)
    if part == SINKS:
        return None if park.sinks.any() else NO_SINKS
    if part == "process":
        told = any(not process.is_balance and not process.is_undivided for process in park.processes)
        return None if told else UNKNOWN_PROCESS
    if part == "intensity":
        return None if park.has_energy or has_fuel else UNKNOWN_FUEL
    if part == "mix" and not groups & set(lever.takes_from):
        if has_fuel and replaces_all_fuel(lever, carriers):
            return None if _finds_its_use(park, lever, fired) else NO_SUCH_USE
        return _no_substitution(lever, has_fuel)
    return None


def _finds_its_use(park: Park, lever: Lever, fired: Iterable[int]) -> bool:
    """Tell whether some sector whose fuel is not told apart uses it for what a lever acts on."""
    sectors = read_sectors()
    kinds = sectors.of(park)
    return any(
        lever.reaches(kinds[s], use) for s in fired for use in sectors.uses_in(park, s, UNDIVIDED[0], UNDIVIDED[0])
    )


def _no_substitution(lever: Lever, has_fuel: bool) -> Label:
    """Name what keeps a substitution from acting where none of what it takes from is in the table."""
    if not set(lever.takes_from) & set(MAIN_FUELS):
        return NOT_BOUGHT
    if not has_fuel:
        return UNKNOWN_FUEL
    return UNKNOWN_ENERGY if set(MAIN_FUELS) <= set(lever.takes_from) else UNKNOWN_CARRIERS
