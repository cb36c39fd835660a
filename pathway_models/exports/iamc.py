"""The IAMC format: wide tables that pyam reads, and the nomenclature project that validates them (``docs/exports.md``).

The project has codelists of the export's regions and scenarios, with the shipped definitions of variables.
"""

import io
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml

from pathway_models.core import Fault, InputError, files
from pathway_models.exports.tidy import member_table, project_folder, read_statistics, read_variables, rounded, to_tidy
from pathway_models.intake.register import country_of, read_register
from pathway_models.peaks.finding import find_peaks
from pathway_models.records import Park, Pathways, Peaks, Scenario

if TYPE_CHECKING:
    from pyam import IamDataFrame


#: Prefix of every region of the home country.
COUNTRY = "China"
#: Characters excluded from names by the conventions, and those that would split a name.
ILLEGAL = re.compile(r'[;:"`|>*{}\x00-\x1f]+')
#: Provinces as sums of parks must not be read as the whole province.
COVERED = "[Covered Parks]"
#: Hierarchies of the regions.
PARKS, PROVINCES, INVENTED = "Industrial parks", "Provinces and regions", "Invented demonstration parks"
SUMS = "Sums of covered parks"
#: Name of the sum of covered provinces, fewer than all of the country's.
COVERED_PROVINCES = f"{COUNTRY} [Covered Provinces]"
HEAD = "# Written by the export from the register and the scenarios; do not edit by hand.\n"


def region_of(park: Park) -> str:
    """Name the region of a park: country, province where it is known, name of the park.

    Examples
    --------
    A province is its own region, a park stands below its province: ``China|江苏省|某某经济技术开发区``.
    """
    name = ILLEGAL.sub(" ", park.name_zh or park.name_en or park.park_id).strip() or park.park_id
    province = province_of(park)
    country = country_of(park.country).name_en
    return "|".join([country, province, name] if province and province != name else [country, name])


def province_of(park: Park) -> str:
    """Return the full name of a park's province, as the register spells it; empty where none is given."""
    given = ILLEGAL.sub(" ", park.province).strip()
    return _provinces().get(given, given)


def covered_parks(park: Park) -> str:
    """Name the region that sums the covered parks of a province; empty where a park must not be summed."""
    province = province_of(park)
    if park.kind == "region" or park.invented or not province:
        return ""
    return f"{COUNTRY}|{province} {COVERED}"


@cache
def _provinces() -> dict[str, str]:
    """Return short to full names of the provinces."""
    entries = [entry for entry in read_register() if entry.kind == "region" and entry.province]
    return {entry.province: entry.name_zh for entry in entries}


#: Release of the variables' meaning; mappings of nomenclature are keyed by it.
MODEL = "pathway_models 0.2"
INDEX = ["Model", "Scenario", "Region", "Variable", "Unit"]
#: Columns of the indicators, kept outside the format, whose meta has no region.
INDICATOR_COLUMNS = (
    "model",
    "scenario",
    "region",
    "indicator",
    "unit",
    "value",
    "p05",
    "p25",
    "p50",
    "p75",
    "p95",
    "share_censored",
    "n_members",
)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
PEAK = "Emissions|CO2 [Park Total]"


@dataclass(frozen=True)
class ParkResults:
    """Results of a run for one park."""

    park: Park
    pathways: Pathways
    peaks: Peaks


def to_iamc(pathways: Pathways, park: Park, peaks: Peaks | None = None, *, members: bool = False) -> pd.DataFrame:
    """Tabulate a park's results as a wide IAMC table.

    Parameters
    ----------
    pathways : Pathways
    park : Park
        Of these pathways.
    peaks : Peaks, optional
        Found here when not given.
    members : bool
        Every member as a scenario of its own, ``deep|0001``, instead of statistics.

    Returns
    -------
    DataFrame
        Model, Scenario, Region, Variable, Unit and one column a year (int); empty where there is no value.

    Raises
    ------
    PathwayError
        The pathways are another park's.
    """
    if members:
        long = member_table(pathways, park)
        long["scenario"] += "|" + long["member"].map("{:04d}".format)
        long["statistic"] = "mean"
    else:
        long = to_tidy(pathways, park, peaks)
    names = {(variable.measured, variable.statistic): variable.name for variable in read_variables()}
    known = list(names.values())
    long["Variable"] = [names[pair] for pair in zip(long["variable"], long["statistic"], strict=True)]
    long["at"] = long["Variable"].map(known.index)
    long = long.rename(columns={"scenario": "Scenario", "unit": "Unit"})
    long["order"] = long["Scenario"].map({name: at for at, name in enumerate(dict.fromkeys(long["Scenario"]))})
    wide = long.pivot(index=["order", "at", "Scenario", "Variable", "Unit"], columns="year", values="value")
    wide = wide.sort_index().reset_index().drop(columns=["order", "at"])
    wide.columns.name = None
    wide.insert(0, "Model", MODEL)
    wide.insert(2, "Region", region_of(park))
    return wide


def indicators_of(found: ParkResults) -> pd.DataFrame:
    """Tabulate peak year, peak emissions and probabilities: `INDICATOR_COLUMNS`, one row a scenario and indicator.

    A quantile of the peak year among members without a peak is empty; ``share_censored`` is the share of those.
    """
    peaks, rows = found.peaks, []
    years, values = peaks.quantiles(QUANTILES), np.quantile(peaks.value, QUANTILES, axis=1).T * 1e-6
    censored = peaks.censored().mean(axis=1)
    for at, scenario in enumerate(peaks.scenarios):
        shared = {"model": MODEL, "scenario": scenario, "region": region_of(found.park), "n_members": peaks.members}
        shared["share_censored"] = float(censored[at])
        finite = [float(year) if np.isfinite(year) else np.nan for year in years[at]]
        for name, unit, levels in (
            (f"Peak Year|{PEAK}", "years", finite),
            (f"Peak {PEAK}", "Mt CO2/yr", rounded(values[at]).tolist()),
        ):
            quantiles = dict(zip(("p05", "p25", "p50", "p75", "p95"), levels, strict=True))
            rows.append({**shared, "indicator": name, "unit": unit, "value": quantiles["p50"], **quantiles})
        for year in (2029, 2030):
            share = float(peaks.p_before(year + 1)[at])
            rows.append({**shared, "indicator": f"Peak Probability|{PEAK}|{year}", "unit": "", "value": share})
    return pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS))


def meta_of(found: Iterable[ParkResults], run: Mapping[str, object], *, members: bool = False) -> pd.DataFrame:
    """Tabulate the meta sheet, one row a model and scenario.

    It has the peak of a single park too; with more parks meta cannot hold it, and a reader would take the largest
    of all.
    """
    found = list(found)
    scenarios = dict.fromkeys(name for each in found for name in each.pathways.scenarios)
    rows = [{"Model": MODEL, "Scenario": name, **run} for name in scenarios]
    if len(found) == 1:
        table = indicators_of(found[0]).set_index(["scenario", "indicator"])
        for row in rows:
            year = table.loc[(row["Scenario"], f"Peak Year|{PEAK}")]
            before = table.loc[(row["Scenario"], f"Peak Probability|{PEAK}|2029")]
            row |= {f"peak_year_{name}": year[name] for name in ("p05", "p50", "p95")}
            row |= {"share_censored": year["share_censored"], "p_peak_before_2030": before["value"]}
    if members:
        count = found[0].pathways.members
        rows = [{**row, "Scenario": f"{row['Scenario']}|{m:04d}"} for row in rows for m in range(1, count + 1)]
    return pd.DataFrame(rows)


def run_meta(pathways: Pathways, version: str, run: str = "") -> dict[str, object]:
    """List the origin of the numbers, the same in every row of the meta sheet."""
    return {
        "run": run,
        "version": version,
        "seed": pathways.seed,
        "members": pathways.members,
        "horizon": int(pathways.years[-1]),
        "quantiles": ", ".join(read_statistics()),
    }


def to_pyam(
    pathways: Pathways, park: Park, peaks: Peaks | None = None, *, members: bool = False, run: str = ""
) -> "IamDataFrame":
    """Return a park's results as ``pyam.IamDataFrame``, its peak in the meta indicators.

    Parameters
    ----------
    pathways, park, peaks, members
        As for `to_iamc`.
    run : str
        Name of the run, for the meta.

    Raises
    ------
    InputError
        pyam is not installed; the message says how to create an environment with it.
    """
    try:
        import pyam
    except ModuleNotFoundError as error:
        if error.name != "pyam":
            raise
        expected = "the package pyam-iamc"
        remedy = (
            "it pins other versions of packages than this project, so it has an environment of its own: "
            "docs/exports.md has the two commands; or write the table with 'pathways export' and read it there"
        )
        raise InputError([Fault("environment", "pyam", "", expected, remedy, code="pyam_missing")]) from None
    found = ParkResults(park, pathways, find_peaks(pathways) if peaks is None else peaks)
    meta = meta_of([found], run_meta(pathways, MODEL.split()[-1], run), members=members)
    table = to_iamc(pathways, park, found.peaks, members=members)
    return pyam.IamDataFrame(table, meta=meta.set_index(["Model", "Scenario"]).rename_axis(["model", "scenario"]))


def refuse_same_ids(found: Iterable[ParkResults]) -> None:
    """Refuse parks of the same id, whose rows would be ambiguous.

    Raises
    ------
    InputError
        With every duplicate id.
    """
    twice = [park_id for park_id, times in Counter(each.park.park_id for each in found).items() if times > 1]
    expected, remedy = "an id of its own for each park", "change the id of one, or export them one by one"
    faults = [Fault("export", park_id, "", expected, remedy, code="park_twice") for park_id in twice]
    if faults:
        raise InputError(faults)


def gathered(
    found: Sequence[ParkResults], run: str = "", *, members: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Join the tables of several parks: data, meta and indicators.

    Raises
    ------
    InputError
        Two parks have the same region or the same id, so that their rows would be ambiguous.
    """
    refuse_same_ids(found)
    regions = [region_of(each.park) for each in found]
    twice = [each.park.park_id for each in found if regions.count(region_of(each.park)) > 1]
    if twice:
        expected, remedy = "a name of its own for each park", "change the name of one, or export them one by one"
        raise InputError(Fault("export", park, "", expected, remedy, code="region_twice") for park in twice)
    tables = [to_iamc(each.pathways, each.park, each.peaks, members=members) for each in found]
    data = pd.concat(tables, ignore_index=True)
    years = sorted(name for name in data if isinstance(name, int))
    indicators = pd.concat([indicators_of(each) for each in found], ignore_index=True)
    about = run_meta(found[0].pathways, MODEL.split()[-1], run)
    return data[[*INDEX, *years]], meta_of(found, about, members=members), indicators


def write_iamc(tables: pd.DataFrame, meta: pd.DataFrame, indicators: pd.DataFrame, stem: Path) -> list[Path]:
    """Write ``<stem>.csv``, ``<stem>.xlsx`` (sheets data, meta, indicators) and ``<stem>_indicators.csv``.

    The CSV has no byte order mark: pyam would read it as part of the first column's name.
    """
    csv, book = stem.with_suffix(".csv"), stem.with_suffix(".xlsx")
    indicators_csv = stem.with_name(f"{stem.name}_indicators.csv")
    files.sheet_table(tables).to_csv(csv, index=False, encoding="utf-8", lineterminator="\n")
    files.sheet_table(indicators).to_csv(indicators_csv, index=False, encoding="utf-8", lineterminator="\n")
    content = io.BytesIO()  # at once: on a full disk the library would leave its archive open
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": files.SAFE}) as writer:
        for name, table in (("data", tables), ("meta", meta), ("indicators", indicators)):
            table.to_excel(writer, sheet_name=name, index=False)
            writer.sheets[name].freeze_panes(1, len(INDEX) if name == "data" else 2)
    files.write_whole(book, content.getvalue())
    return [csv, book, indicators_csv]


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
    """Return the attributes of a region, without characters excluded by the conventions."""
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
