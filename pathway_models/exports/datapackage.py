"""Write a Data Package: the tidy table with its descriptor of units, sources and licences.

Specification: Data Package v1 and Table Schema v1 of Frictionless Data.
"""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pathway_models.core.files import sheet_table
from pathway_models.exports import iamc, tidy

#: Types of the columns; all others are text.
NUMBERS = {
    "year": "integer",
    "member": "integer",
    "n_members": "integer",
    "price_year": "integer",
    "invented": "boolean",
    **dict.fromkeys(("value", "p05", "p25", "p50", "p75", "p95", "share_censored"), "number"),
}
#: Descriptions of the columns.
MEANINGS = {
    "park_id": "id of the park",
    "scenario": "id of the scenario",
    "statistic": "mean or quantile over the members of the ensemble",
    "member": "number of the member, from 1",
    "variable": "what is measured; variables.csv describes it",
    "unit": "unit of the value; empty for shares",
    "year": "calendar year",
    "share_censored": "share of members without a peak by the horizon",
    "invented": "true for demonstration parks, whose numbers are made up",
}
#: Licences that have an identifier of their own.
LICENCES = {"apache-2.0": "Apache-2.0", "cc by 4.0": "CC-BY-4.0", "cc0": "CC0-1.0", "mit": "MIT"}
PARK_COLUMNS = (
    "park_id",
    "name_zh",
    "name_en",
    "region",
    "kind",
    "invented",
    "price_year",
    "factor_set",
    "grid_factor",
    "source",
    "licence",
)


def write_datapackage(
    folder: Path, found: Sequence[iamc.ParkResults], tables: Mapping[str, pd.DataFrame], about: Mapping[str, object]
) -> list[Path]:
    """Write the tables and ``datapackage.json`` into a folder.

    Parameters
    ----------
    folder : Path
    found : sequence of ParkResults
    tables : mapping of DataFrame
        Name to table: ``results`` (`COLUMNS`), ``members`` (`MEMBER_COLUMNS`) and ``indicators`` as they are asked
        for; tables of parks and variables are added.
    about : mapping
        Run, seed and version, for the descriptor.
    """
    iamc.refuse_same_ids(found)
    tables = {**tables, "variables": variables_table(), "parks": parks_table(found)}
    paths = {name: write_table(folder / f"{name}.csv", table) for name, table in tables.items()}
    descriptor = {
        "profile": "tabular-data-package",
        "name": "pathway-models-results",
        "title": "CO2 pathways and peaks of industrial parks / 园区碳排放路径与达峰",
        "version": str(about["version"]),
        "keywords": ["CO2", "industrial park", "emission peak", "碳达峰"],
        "sources": [{"title": f"{each.park.park_id}: {each.park.source or 'table of the user'}"} for each in found],
        "licenses": licences_of(found),
        "run": dict(about),
        "resources": [_resource(name, paths[name], table) for name, table in tables.items()],
    }
    path = folder / "datapackage.json"
    path.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return [*paths.values(), path]


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as UTF-8 without a byte order mark, which readers of a Data Package take for text."""
    texts = table
    if "invented" in table:
        texts = table.assign(invented=table["invented"].map({True: "true", False: "false"}))
    sheet_table(texts).to_csv(path, index=False, encoding="utf-8", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return path


def variables_table() -> pd.DataFrame:
    """Tabulate every variable once, with unit and description."""
    rows = {
        variable.measured: {
            "variable": variable.measured,
            "unit": variable.unit,
            "description": variable.description,
        }
        for variable in reversed(tidy.read_variables())
    }
    return pd.DataFrame(list(reversed(rows.values())))


def parks_table(found: Sequence[iamc.ParkResults]) -> pd.DataFrame:
    """Tabulate the parks of an export with their choices, sources and licences."""
    rows = [
        {name: iamc.region_of(each.park) if name == "region" else getattr(each.park, name) for name in PARK_COLUMNS}
        for each in found
    ]
    return pd.DataFrame(rows, columns=list(PARK_COLUMNS)).astype({"price_year": "Int64"})


def licences_of(found: Sequence[iamc.ParkResults]) -> list[dict[str, str]]:
    """List the licences of the parks' tables, each once; the results are no freer than those."""
    texts = dict.fromkeys(each.park.licence.strip() or "not stated" for each in found)
    return [
        {
            "name": next((name for sign, name in LICENCES.items() if text.lower().startswith(sign)), "notspecified"),
            "title": text,
        }
        for text in texts
    ]


def _resource(name: str, path: Path, table: pd.DataFrame) -> dict[str, object]:
    """Describe one table."""
    keys = {"results": tidy.COLUMNS, "members": tidy.MEMBER_COLUMNS, "indicators": iamc.INDICATOR_COLUMNS}
    fields = []
    for column in keys.get(name, table):
        fields.append({"name": column, "type": NUMBERS.get(column, "string")})
        if column in MEANINGS:
            fields[-1]["description"] = MEANINGS[column]
    content = path.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }
