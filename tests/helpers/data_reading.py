"""Reading of the shipped data files as plain text, shared by the tests of the data folder."""

import csv
import gzip
import re
from collections import Counter
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
FILES = sorted(path for path in DATA.rglob("*") if path.is_file())
TABLES = sorted((DATA / "parks").glob("*.csv"))

CONFIDENCE = {"seen", "seen_multi", "derived", "assumed", "invented", "uncertain", "background", "empty"}


def name_of(path):
    return path.relative_to(DATA).as_posix()


def rows_of(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def sidecar_of(table):
    return yaml.safe_load(table.with_suffix(".yml").read_text(encoding="utf-8"))


def bib_keys():
    text = (DATA / "SOURCES.bib").read_text(encoding="utf-8")
    return Counter(re.findall(r"^@\w+\{([^,]+),", text, re.MULTILINE))


def carriers():
    return {row["carrier"]: row for row in rows_of(DATA / "carriers.csv")}
