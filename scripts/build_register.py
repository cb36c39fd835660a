"""Build the register ``data/parks.csv``: every table shipped, then the parks known by name only, one row a park.

The tables are described by their own sidecars in ``data/parks/``.  The national eco-industrial demonstration parks come
from ``data/raw/eip_parks.csv`` with ``eip_parks_seen_again.csv``, the national zero-carbon parks from
``zero_carbon_parks_batch1.csv`` (19 of the 52 names were seen); they have no table, which reads as "no data yet", and
their confidence marks are kept.  A park that stands in several lists, or in several lines of one, is one row: the
column ``lists`` has a tag ``list:status:date`` for each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from _tables import DATA, places, read_rows, write_rows

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
    "country",
    "lists",
)
#: Two names that may be one park, which no source seen says.
MAYBE_SAME = {"Tianjin Huayuan": "perhaps an earlier name of eip-tianjin-binhai-high-tech-huayuan; not verified"}
#: Lists of parks, as tags name them.
EIP, ZERO_CARBON = "eco_industrial", "zero_carbon_batch_1"

#: Type of a national demonstration park as its notice calls it -> archetype.
TYPES = {"综合类": "comprehensive", "行业类": "sectoral", "静脉产业类": "resource_recycling", "": ""}
#: Kinds of tables in the order they are listed: real data before invented, detail before breadth.
ORDER = ("region-d", "region-", "eu-", "demo-")


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
            "note": "invented data: not a real park" if invented else _finding(sidecar["notes"]),
            "country": sidecar.get("country", "CN"),
        }


def _finding(notes: list[str]) -> str:
    """Name what is wrong with a park's boundary, where its sidecar says that sites are missing."""
    return next((note.removeprefix("Finding: ") for note in notes if "sites of this place" in note), "")


def slug(name: str) -> str:
    """Turn an English name into an id: lower case, words joined by hyphens.

    Examples
    --------
    >>> slug("Xi'an High-tech Zone")
    'xian-high-tech-zone'
    """
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def named_lines(source: Path) -> Iterator[dict[str, str]]:
    """Yield one line for each park of the national lists, in the order they name them; all their tags joined."""
    parks: dict[str, dict[str, str]] = {}
    for line in read_rows(source / "eip_parks.csv"):
        _add(parks, _eco_industrial(line), tag(EIP, line["status"], line["naming_year"], line["year_confidence"]))
    _see_again(parks, source)
    known = {row["name_zh"]: row for row in read_rows(DATA / "sites" / "register_names.csv")}
    for line in read_rows(source / "zero_carbon_parks_batch1.csv"):
        _add(parks, _zero_carbon(line, known), tag(ZERO_CARBON, "listed", line["date"], "seen"))
    yield from parks.values()


def tag(name: str, status: str, date: str, confidence: str) -> str:
    """Write a tag of the column ``lists``; a date that is only background knowledge is left out."""
    return ":".join((name, status, date if confidence != "background" else ""))


def _add(parks: dict[str, dict[str, str]], line: dict[str, str], tag: str) -> None:
    """Add a line; of a park that stands there already only the tag and what the line says beside it."""
    there = parks.setdefault(line["name_zh"], line)
    if there is not line:
        there["note"] = "; ".join(text for text in (there["note"], line["note"]) if text)
    there["lists"] = ";".join(text for text in (there.get("lists", ""), tag) if text)


def _see_again(parks: dict[str, dict[str, str]], source: Path) -> None:
    """Confirm naming years by a later look at notices: background knowledge becomes what was seen."""
    for line in read_rows(source / "eip_parks_seen_again.csv"):
        there = parks[line["park_zh"]]
        is_named = "proposed" not in line["seen_in"]
        if is_named and there["year_confidence"] == "background":
            there["lists"] = there["lists"].replace(f"{EIP}:named:", f"{EIP}:named:{line['year_named']}")
            there |= {"naming_year": line["year_named"], "year_confidence": "seen"}
            seen = (
                "the plaque was seen dated 2011-11-08" if line["year_named"] == "2011" else "year seen in a news page"
            )
            kept = there["note"].removesuffix("; naming year background")
            there["note"] = "; ".join(text for text in (kept, seen) if text)


def _eco_industrial(line: Mapping[str, str]) -> dict[str, str]:
    notes = line["notes"].replace("VERIFY", "background knowledge only: check before use")
    return {
        "park_id": f"eip-{slug(line['name_en'])}",
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
        "note": "; ".join(
            text for text in (line["naming_document"], notes, MAYBE_SAME.get(line["name_en"], "")) if text
        ),
        "country": "CN",
    }


def _zero_carbon(line: Mapping[str, str], known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    named = known.get(line["park_zh"], {"park_id": "", "name_en": "", "province": ""})
    return {
        "park_id": named["park_id"],
        "name_zh": line["park_zh"],
        "name_en": named["name_en"],
        "kind": "park",
        "province": named["province"],
        "archetype": "",
        "invented": "false",
        "table": "",
        "status": "zero_carbon_construction",
        "naming_year": line["date"][:4],
        "year_confidence": "seen",
        "source": "zero_carbon_parks_2025",
        "confidence": "seen",
        "note": "national zero-carbon park under construction, batch 1: 发改办环资〔2025〕1082号",
        "country": "CN",
    }


def main(folder: Path, source: Path) -> None:
    """Write the register below ``folder``, with the lists of ``source``."""
    lines = [*table_lines(), *named_lines(source)]
    write_rows(folder / "parks.csv", HEADER, ([line.get(name, "") for name in HEADER] for line in lines))


if __name__ == "__main__":
    main(*places(__doc__, OUT=DATA, SOURCE=DATA / "raw"))
