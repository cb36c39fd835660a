"""Every shipped data file: characters, description, sources, factors, and the scripts that make them."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from fnmatch import fnmatch

import pytest
from data_reading import CONFIDENCE, DATA, FILES, ROOT, bib_keys, carriers, name_of, rows_of

TEXTS = [path for path in FILES if path.suffix in (".csv", ".yml", ".bib", ".md")]
FACTORS = sorted((DATA / "factors").glob("*.csv"))
BIB_KEYS, CARRIERS = bib_keys(), carriers()

#: No-break and ideographic spaces, zero-width marks, byte order mark, full-width digits, control characters.
STRANGE = re.compile("[\u00a0\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff\uff10-\uff19\x00-\x09\x0b-\x1f\x7f]")
SCRIPTS = ("build_region_d", "build_provinces", "make_demonstration_parks", "build_sites", "build_register")


def test_every_source_has_one_entry():
    assert [key for key, count in BIB_KEYS.items() if count > 1] == []


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_text_is_utf8_with_line_feeds_and_without_strange_characters(path):
    text = path.read_bytes().decode("utf-8")
    strange = {
        f"line {text.count(chr(10), 0, found.start()) + 1}: {found.group()!r}" for found in STRANGE.finditer(text)
    }
    assert strange == set()
    assert text.endswith("\n")


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix in (".csv", ".gz")], ids=name_of)
def test_every_line_has_as_many_cells_as_the_header(path):
    rows = rows_of(path)
    assert rows
    assert [place for place, row in enumerate(rows, 2) if None in row or None in row.values()] == []


def test_every_file_is_described_in_the_readme():
    lines = (DATA / "README.md").read_text(encoding="utf-8").splitlines()
    patterns = [found.group(1) for line in lines if (found := re.match(r"\| `([^`]+)` \|", line))]
    assert [name_of(path) for path in FILES if not any(fnmatch(name_of(path), p) for p in patterns)] == []
    assert [p for p in patterns if not any(fnmatch(name_of(path), p) for path in FILES)] == []


def test_every_doi_comes_from_a_stored_document():
    entries = re.split(r"^@", (DATA / "SOURCES.bib").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert all("as given with the data set" in entry for entry in entries if "doi = {" in entry)


@pytest.mark.parametrize("path", FACTORS, ids=name_of)
def test_factor_rows_carry_unit_source_and_confidence(path):
    for row in rows_of(path):
        assert row["source_key"] in BIB_KEYS, row
        assert row["confidence"] in CONFIDENCE, row
        has_number = any(row.get(key) for key in ("value", "low", "high", "ncv", "tce_per_unit"))
        assert row["unit"] or not has_number, row


def test_co2_of_every_fuel_follows_from_its_calorific_value_and_carbon():
    for row in rows_of(DATA / "factors" / "fuels.csv"):
        if row["ncv"]:
            carbon = float(row["carbon_content"]) * float(row["oxidation_rate_pct"]) / 100 * 44 / 12
            computed = float(row["ncv"]) * carbon / 1000
            assert computed == pytest.approx(float(row["co2_factor_calc"]), abs=2e-6), row["fuel_cn"]
            assert 8 < carbon < 275, row["fuel_cn"]


def test_identifiers_of_factors_are_unique():
    for name, keys in {
        "fuels": ("factor_set", "fuel_cn"),
        "grid_factors": ("choice",),
        "process_factors": ("process_id",),
        "sink_factors": ("sink_id",),
    }.items():
        counts = Counter(tuple(row[key] for key in keys) for row in rows_of(DATA / "factors" / f"{name}.csv"))
        assert [key for key, count in counts.items() if count > 1] == []


def test_each_carrier_maps_to_a_fuel_of_the_recommended_set_or_says_why_not():
    sets = defaultdict(set)
    for row in rows_of(DATA / "factors" / "fuels.csv"):
        if row["ncv"]:
            sets[row["fuel_cn"]].add(row["factor_set"])
    for name, row in CARRIERS.items():
        if row["fuel_cn"]:
            assert "GBT32151_2024" in sets[row["fuel_cn"]] or "Only in NDRC_other_industry_2015" in row["note"], name
        else:
            assert row["note"], name


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_script_makes_the_shipped_files_again_byte_by_byte(script, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    folders = [DATA / "raw" / "sites", tmp_path] if script == "build_sites" else [tmp_path]
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py"), *map(str, folders)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert made
    changed = [name.as_posix() for name in made if (tmp_path / name).read_bytes() != (DATA / name).read_bytes()]
    assert changed == []
