"""Build the register ``data/parks.csv``: every table shipped, then the parks known by name only.

The tables are described by their own sidecars in ``data/parks/``.  The national
eco-industrial demonstration parks come from ``data/raw/eip_parks.csv``; they have no
table, which reads as "no data yet", and their confidence marks are kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import yaml
from _tables import DATA, output_folder, read_rows, write_rows

HEADER = (
    "park_id",
    "name_zh",
    "name_en",
    "kind",
    "province",
    "archetype",
    "invented",
    "table",
    "status",
    "naming_year",
    "year_confidence",
    "source",
    "confidence",
    "note",
)

#: Type of a national demonstration park as its notice calls it -> archetype.
TYPES = {"综合类": "comprehensive", "行业类": "sectoral", "静脉产业类": "resource_recycling", "": ""}
#: What is added to the id of a park that stands in the list a second time, by status.
LATER_LINE = {"approved_for_construction": "approved", "plan_passed_expert_review": "plan"}
#: Kinds of tables in the order they are listed: real data before invented, detail before breadth.
ORDER = ("region-d", "region-", "demo-")


def table_lines() -> Iterator[dict[str, str]]:
    """Yield one line for each shipped table, described by its sidecar."""
    sidecars = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (DATA / "parks").glob("*.yml")]

    def rank(sidecar: dict) -> tuple[int, str]:
        park_id = sidecar["park_id"]
        return next(place for place, start in enumerate(ORDER) if park_id.startswith(start)), park_id

    for sidecar in sorted(sidecars, key=rank):
        invented = sidecar["invented"]
        yield {
            **{name: sidecar[name] for name in ("park_id", "name_zh", "name_en", "kind", "province", "archetype")},
            "invented": str(invented).lower(),
            "table": f"parks/{sidecar['park_id']}.csv",
            "status": "invented" if invented else "data",
            "source": sidecar["source"][0],
            "confidence": "invented" if invented else "seen",
            "note": "invented data: not a real park" if invented else "",
        }


def slug(name: str) -> str:
    """Turn an English name into an id: lower case, words joined by hyphens.

    Examples
    --------
    >>> slug("Xi'an High-tech Zone")
    'xian-high-tech-zone'
    """
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def named_lines() -> Iterator[dict[str, str]]:
    """Yield one line for each line of the list of national demonstration parks."""
    taken: set[str] = set()
    for line in read_rows(DATA / "raw" / "eip_parks.csv"):
        park_id = f"eip-{slug(line['name_en'])}"
        notes = line["notes"].replace("VERIFY", "background knowledge only: check before use")
        note = "; ".join(text for text in (line["naming_document"], notes) if text)
        if park_id in taken:
            note = f"same park as {park_id}, an earlier step; {note}".rstrip("; ")
            park_id = f"{park_id}-{LATER_LINE[line['status']]}"
        taken.add(park_id)
        yield {
            "park_id": park_id,
            "name_zh": line["name_cn"],
            "name_en": line["name_en"],
            "kind": "park",
            "province": line["province"],
            "archetype": TYPES[line["park_type"]],
            "invented": "false",
            "table": "",
            "status": line["status"],
            "naming_year": line["naming_year"],
            "year_confidence": line["year_confidence"],
            "source": line["source_key"],
            "confidence": line["confidence"],
            "note": note,
        }


def main(folder: Path) -> None:
    """Write the register below ``folder``."""
    lines = [*table_lines(), *named_lines()]
    write_rows(folder / "parks.csv", HEADER, ([line.get(name, "") for name in HEADER] for line in lines))


if __name__ == "__main__":
    main(output_folder())
