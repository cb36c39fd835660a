"""Write the codelists of an export: its regions and scenarios, with the shipped definitions of variables."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from pathway_models.exports.iamc import COUNTRY, ILLEGAL, MODEL, covered_parks, region_of
from pathway_models.intake.codelists import project_folder
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park

#: Hierarchies of the regions.
PARKS, PROVINCES, INVENTED = "Industrial parks", "Provinces and regions", "Invented demonstration parks"
SUMS = "Sums of covered parks"
#: The provinces added up: fewer than all of the country's.
COVERED_PROVINCES = f"{COUNTRY} [Covered Provinces]"
HEAD = "# Written by the export from the register and the scenarios; do not edit by hand.\n"


def write_codelists(folder: Path, parks: Iterable[Park], scenarios: Iterable[Scenario]) -> list[Path]:
    """Write the regions of some parks, scenarios and the mapping into the folder of a nomenclature project.

    Returns
    -------
    list of Path
        ``definitions/region/parks.yaml``, ``definitions/scenario/scenarios.yaml`` and, where parks may be added up,
        ``mappings/pathway_models.yaml``.
    """
    parks = list(parks)
    sums = sums_of(parks)
    written = [
        _write(folder / "definitions" / "region" / "parks.yaml", _regions(parks, sums)),
        _write(folder / "definitions" / "scenario" / "scenarios.yaml", _scenarios(scenarios)),
    ]
    if sums:
        written.append(_write(folder / "mappings" / "pathway_models.yaml", _mapping(parks, sums)))
    return written


def write_project(folder: Path, parks: Iterable[Park], scenarios: Iterable[Scenario]) -> Path:
    """Write the whole nomenclature project of an export: shipped definitions, this export's regions and scenarios."""
    for name in ("definitions/variable", "validate_data", "required_data"):
        shutil.copytree(project_folder() / name, folder / name, dirs_exist_ok=True)
    shutil.copyfile(project_folder() / "nomenclature.yaml", folder / "nomenclature.yaml")
    write_codelists(folder, parks, scenarios)
    return folder


def sums_of(parks: Iterable[Park]) -> dict[str, list[str]]:
    """List regions that are sums of others: real parks by province, and all provinces; never invented parks."""
    sums: dict[str, list[str]] = {}
    for park in parks:
        # ASSUME: a region whose province is named in its record is that whole province.
        is_province = park.kind == "region" and bool(park.province) and not park.invented
        name = COVERED_PROVINCES if is_province else covered_parks(park)
        if name:
            sums.setdefault(name, []).append(region_of(park))
    return sums


def _regions(parks: list[Park], sums: Mapping[str, list[str]]) -> list[dict]:
    by_hierarchy: dict[str, list[dict]] = {}
    for park in parks:
        hierarchy = INVENTED if park.invented else PROVINCES if park.kind == "region" else PARKS
        by_hierarchy.setdefault(hierarchy, []).append({region_of(park): _about(park)})
    found = [{hierarchy: entries} for hierarchy, entries in by_hierarchy.items()]
    if sums:
        found.append({SUMS: [{name: {"description": f"Sum of {len(parts)} regions"}} for name, parts in sums.items()]})
    return found


def _about(park: Park) -> dict[str, object]:
    """Return the attributes of a region, without signs that the conventions refuse."""
    about = {
        "description": f"INVENTED / 虚构. {park.name_en}" if park.invented else park.name_en,
        "park_code": park.park_id,
        "park_type": park.archetype or park.kind,
        "price_year": park.price_year,
        "factor_set": park.factor_set,
        "grid_factor": park.grid_factor,
    }
    return {name: _plain(value) for name, value in about.items() if value not in (None, "")}


def _plain(value: object) -> object:
    return ILLEGAL.sub(" ", value).strip() if isinstance(value, str) else value


def _scenarios(scenarios: Iterable[Scenario]) -> list[dict]:
    rows = []
    for scenario in scenarios:
        names = {"name_en": _plain(scenario.name_en), "name_zh": _plain(scenario.name_zh)}
        rows.append({scenario.scenario_id: {"description": _plain(scenario.description), **names}})
        rows.append({f"{scenario.scenario_id}|*": {"description": "One member of the ensemble", **names}})
    return rows


def _mapping(parks: list[Park], sums: Mapping[str, list[str]]) -> dict:
    natives = [region_of(park) for park in parks]
    return {"model": MODEL, "native_regions": natives, "common_regions": [{name: sums[name]} for name in sums]}


def _write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
    path.write_text(HEAD + text, encoding="utf-8", newline="\n")
    return path
