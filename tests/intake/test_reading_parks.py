"""One tiny file per way to be wrong: each is refused at its place, with a remedy, and without a traceback.

``data/bad/<kind>/<code>--<what>`` is wrong in one way; ``data/bad/messages.csv`` says what its first fault must tell.
"""

import ast
import csv
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.core.errors import InputError
from pathway_models.intake.table.rows import read_rows

DATA = Path(__file__).parents[1] / "data"
GOOD, BAD = DATA / "good", DATA / "bad"
MODULES = (
    "core/yaml_files", "intake/assembly", "intake/factors/tables", "intake/library", "intake/parks", "intake/register",
    "intake/table/examination", "intake/table/rows",
)  # fmt: skip
#: Faults that follow from another one, which is told first.
CONSEQUENCES = {"gap", "no_energy", "no_factor"}
with (BAD / "messages.csv").open(encoding="utf-8", newline="") as stream:
    MESSAGES = list(csv.DictReader(stream))


def code_of(name):
    return Path(name).stem.split("--")[0]


@pytest.fixture
def attempt(tmp_path, monkeypatch):
    """Read a bad file among good ones, as a user would."""

    def read(name):
        kind, path = name.split("/")[0], BAD / name
        for good in ("tried.csv", "tried.yml"):
            shutil.copy(GOOD / good, tmp_path)
        if kind == "levers":
            return pw.read_scenarios(GOOD / "scenarios.yml", path)
        if kind == "scenarios":
            return pw.read_scenarios(path, GOOD / "levers.yml")
        if kind == "register":
            shutil.copy(path, tmp_path / "parks.csv")
            monkeypatch.setenv("PATHWAY_DATA", str(tmp_path))
            return pw.read_park("tried")
        if path.suffix == ".md":
            (tmp_path / "tried.yml").unlink()
        else:
            shutil.copy(path, tmp_path / f"tried{path.suffix}")
        return pw.read_park(tmp_path / "tried.csv")

    return read


@pytest.mark.parametrize("told", MESSAGES, ids=[row["file"] for row in MESSAGES])
def test_a_bad_file_is_refused_at_its_place_with_a_remedy(attempt, told):
    with pytest.raises(InputError) as refused:
        attempt(told["file"])
    first, *others = refused.value.faults
    assert first.code == code_of(told["file"])
    assert {fault.code for fault in others} <= {first.code, *CONSEQUENCES}
    assert len(others) + 1 == int(told["faults"])
    assert first.place.replace(Path(told["file"]).name, "") == told["place"]
    assert first.value == told["value"]
    assert told["text"] in first.remedy
    assert first.severity == "error"
    assert str(first).startswith(f"{first.file}, {first.place}")


def test_every_bad_file_has_a_message_and_every_message_a_file():
    files = {path.relative_to(BAD).as_posix() for path in BAD.glob("*/*") if path.is_file()}
    assert files == {row["file"] for row in MESSAGES}


def stated_codes(tree):
    """Constant codes of faults in a syntax tree: ``code=``, and the last argument of our short forms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "code")
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("fault", "lack"):
                yield node.args[-1]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 4:
            yield node.value.elts[-1]


def test_every_code_of_the_reading_modules_has_a_bad_file():
    codes = set()
    for module in MODULES:
        path = Path(pw.__path__[0]) / f"{module}.py"
        found = [node for node in stated_codes(ast.parse(path.read_text(encoding="utf-8")))]
        codes |= {node.value for node in found if isinstance(node, ast.Constant)}
    # The codes of pydantic come through as yaml_<type>; the two every model can have must be there.
    # A file too large, and too many sectors, are tested in test_table_examination, a file of another kind below, tables
    # of one id with own parks, rules of a country in test_countries, values of any description in test_side_inputs, a
    # workbook without units in test_assets, tables with semicolons in test_tables_as_found.
    elsewhere = {"file_large", "file_kind", "park_twice", "two_tables", "country_rule", "no_asset", "separator"}
    elsewhere |= {"yaml_key", "yaml_text", "yaml_number", "sectors_many"}
    wanted = (codes | {"yaml_missing", "yaml_extra_forbidden"}) - elsewhere
    assert len(codes) > 30
    assert sorted(wanted - {code_of(row["file"]) for row in MESSAGES}) == []


@pytest.mark.parametrize("name", ["folder", "park.xls", "园区.ods", "park.txt"])
def test_a_folder_or_a_file_of_another_kind_is_no_misspelt_park(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError) as refused:
        pw.read_park(tmp_path / name)
    (fault,) = refused.value.faults
    assert (fault.file, fault.code) == (name, "file_kind")
    assert "a .csv table, an .xlsx workbook or the id of a park" in str(fault)


def test_a_park_is_not_mistaken_for_a_folder_of_its_name(tmp_path, monkeypatch):
    (tmp_path / "region-d").mkdir()
    monkeypatch.chdir(tmp_path)
    assert pw.read_park("region-d").park_id == "region-d"


def test_a_misspelt_park_is_answered_with_those_nearest():
    with pytest.raises(InputError, match="such as demo-steel"):
        pw.read_park("demo-stel")


def test_the_good_files_are_good():
    park = pw.read_park(GOOD / "tried.csv")
    assert park.carriers == ("bituminous", "electricity", "green_electricity")
    np.testing.assert_allclose(park.energy[0, :, 0], [29.3076, 1.8, 0.0])
    assert park.activity.tolist() == [[10000.0, 10400.0]]
    assert list(pw.read_scenarios(GOOD / "scenarios.yml", GOOD / "levers.yml")) == ["saved"]


def test_the_faults_of_table_and_description_are_told_together(tmp_path):
    shutil.copy(BAD / "table" / "number--text.csv", tmp_path / "tried.csv")
    shutil.copy(BAD / "description" / "yaml_missing.yml", tmp_path / "tried.yml")
    with pytest.raises(InputError, match=re.escape("2 faults in the input:")) as refused:
        pw.read_park(tmp_path / "tried.csv")
    assert [(fault.file, fault.code) for fault in refused.value.faults] == [
        ("tried.yml", "yaml_missing"),
        ("tried.csv", "number"),
    ]


@pytest.mark.parametrize("name", ["factor_set", "grid_factor--unknown", "park_id", "yaml_missing"])
def test_a_fault_of_the_description_names_the_description(attempt, name):
    with pytest.raises(InputError) as refused:
        attempt(f"description/{name}.yml")
    assert refused.value.faults[0].file == "tried.yml"


def test_all_faults_of_a_table_are_told_at_once_and_a_wrong_number_is_not_missing_as_well(tmp_path):
    text = (GOOD / "tried.csv").read_text(encoding="utf-8")
    wrong = text.replace("1000,tce", "ten,tce").replace("500,MWh", "500,mwh").replace(",100,", ",-100,")
    (tmp_path / "tried.csv").write_text(wrong, encoding="utf-8")
    shutil.copy(GOOD / "tried.yml", tmp_path)
    with pytest.raises(InputError) as refused:
        pw.read_park(tmp_path / "tried.csv")
    assert [fault.code for fault in refused.value.faults] == ["negative", "number", "unit", "number", "unit"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_as_chinese_office_programs_save_them_read_alike(tmp_path, encoding, newline):
    text = (GOOD / "tried.csv").read_text(encoding="utf-8").replace("\n", newline)
    (tmp_path / "tried.csv").write_bytes(text.encode(encoding))
    rows, faults = read_rows(tmp_path / "tried.csv")
    assert faults == []
    assert [row.value for row in rows][:3] == [10000.0, pytest.approx(29.3076), 500.0]


def test_a_factor_may_change_its_unit_between_years(tmp_path):
    stated = {2019: "0.5,tCO2/MWh", 2020: f"{0.5 / 0.0036!r},tCO2/TJ"}
    rows = [f"{year},park,factor,electricity,{value},invented,invented,\n" for year, value in stated.items()]
    text = (GOOD / "tried.csv").read_text(encoding="utf-8") + "".join(rows)
    (tmp_path / "tried.csv").write_text(text, encoding="utf-8")
    shutil.copy(GOOD / "tried.yml", tmp_path)
    park = pw.read_park(tmp_path / "tried.csv")
    np.testing.assert_allclose(park.factors[0, park.carriers.index("electricity")], 0.5 / 0.0036)


def test_green_power_is_part_of_what_is_bought_and_counts_in_the_location_based_total_only(tmp_path):
    rows = [f"{year},park,green_electricity,,200,MWh,invented,invented,\n" for year in (2019, 2020)]
    text = (GOOD / "tried.csv").read_text(encoding="utf-8") + "".join(rows)
    (tmp_path / "tried.csv").write_text(text, encoding="utf-8")
    shutil.copy(GOOD / "tried.yml", tmp_path)
    inventory = pw.take_inventory(pw.read_park(tmp_path / "tried.csv"))
    # 0.5568 tCO2/MWh, the national factor of 2021; 300 of 500 MWh are not green.
    np.testing.assert_allclose(inventory.scope(2), 300 * 0.5568, rtol=1e-3)
    np.testing.assert_allclose(inventory.location_based, 500 * 0.5568, rtol=1e-3)


def test_every_sector_has_a_factor_of_every_carrier_that_emits(shipped_parks):
    free = []
    for park_id, park in shipped_parks.items():
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            factors, use = park.factors[:, c, -1], park.energy[:, c]
            emits = group in ("coal", "oil", "gas", "electricity", "heat") and factors.any()
            free += [
                (park_id, park.sectors[s], carrier) for s in np.flatnonzero(factors == 0) if emits and not use[s].any()
            ]
    assert free == []
