"""Tables of named European parks: sums of their installations, their clusters, three by hand, and their tier."""

import re
from collections import defaultdict

import numpy as np
import pytest
from click.testing import CliRunner
from data_reading import DATA, TABLES, rows_of, sidecar_of

import pathway_models as pw
from pathway_models.cli.data_commands import check_command
from pathway_models.intake.register import country_of

RAW = DATA / "raw" / "sites"
PARKS = [row for row in rows_of(DATA / "sites" / "eu_parks.csv") if row["use"] in ("yes", "misses")]
CLUSTERS = {row["known_park"]: row["cluster_id"] for row in rows_of(RAW / "eu_named_parks.csv")}
#: Class of the source's clusters that each of our classes of sites belongs to.
OF_CLUSTER = {
    "process_industry": "industry_t",
    "industrial_combustion": "industry_t",
    "power": "power_t",
    "chp_mixed": "chp_mixed_t",
    "combustion_unknown": "unknown_t",
    "power_or_heat_by_name": "unknown_t",
}


def series(park_id):
    """Emissions of a table: sector to year to tonnes."""
    found = defaultdict(dict)
    for row in rows_of(DATA / "parks" / f"{park_id}.csv"):
        assert (row["quantity"], row["unit"]) == ("emissions", "tCO2")
        found[row["sector"]][int(row["year"])] = int(row["value"])
    return found


@pytest.fixture(scope="module")
def installations():
    """Verified emissions by cluster: class of site to year to tonnes."""
    verified = defaultdict(dict)
    for row in rows_of(RAW / "eu_named_parks_verified.csv.gz"):
        verified[row["id"]][int(row["year"])] = int(row["verified_t"])
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in rows_of(RAW / "eu_named_parks_installations.csv.gz"):
        for year, tonnes in verified[row["id"]].items():
            found[row["cluster_id"]][row["site_class"]][year] += tonnes
    return found


@pytest.fixture(scope="module")
def clusters():
    """Rows of the source's clusters by cluster and year."""
    return {(row["cluster_id"], int(row["year"])): row for row in rows_of(RAW / "eu_named_clusters_yearly.csv.gz")}


def test_there_are_at_least_fifty_and_each_is_a_real_park_of_its_country():
    assert len(PARKS) >= 50
    assert {f"{row['park_id']}.csv" for row in PARKS} == {t.name for t in TABLES if t.name.startswith("eu-")}
    for row in PARKS:
        sidecar = sidecar_of(DATA / "parks" / f"{row['park_id']}.csv")
        assert not row["park_id"].startswith(("region-", "demo-"))
        assert (sidecar["kind"], sidecar["invented"]) == ("park", False)
        assert country_of(sidecar["country"]).name_zh != sidecar["country"]  # it is in the list of countries
        assert country_of(sidecar["country"]).rules == frozenset()
        assert re.search("[\u4e00-\u9fff]", sidecar["name_zh"])
        assert ("音译" in " ".join(sidecar["notes"])) is (row["zh_kind"] == "transliterated")
        assert all(words in sidecar["licence"] for words in ("CC BY 4.0", "European Commission", "C. Rossi"))
        assert all(re.search("[\u4e00-\u9fff]", note) for note in sidecar["notes"])


@pytest.mark.parametrize("row", PARKS, ids=[row["park_id"] for row in PARKS])
def test_a_park_is_the_sum_of_its_installations_and_its_cluster_to_the_tonne(row, installations, clusters):
    cluster, table = CLUSTERS[row["known_park"]], series(row["park_id"])
    years = sorted({year for values in table.values() for year in values})
    last = 2020 if sidecar_of(DATA / "parks" / f"{row['park_id']}.csv")["country"] == "GB" else 2022
    assert years == list(range(2013, last + 1))
    own = {"power": "power_station", "chp_mixed": "mixed_chp"}
    for year in years:
        parts = {kind: of.get(year, 0) for kind, of in installations[cluster].items()}
        assert sum(values[year] for values in table.values()) == sum(parts.values())
        assert sum(parts.values()) == int(clusters[cluster, year]["total_t"])
        for name in set(OF_CLUSTER.values()):
            of_class = sum(tonnes for kind, tonnes in parts.items() if OF_CLUSTER[kind] == name)
            assert of_class == int(clusters[cluster, year][name])
        for kind, sector in own.items():
            assert table.get(sector, {}).get(year, 0) == parts.get(kind, 0)


# Written out from the registry: installation, tonnes.
BY_HAND = {
    ("eu-kalundborg", 2018): {
        "refining": 481_115,  # Kalundborg raffinaderi
        "power_station": 878_395,  # Asnæsværket
        "industrial_combustion": 13_204,  # Gyproc
    },
    ("eu-rafnes", 2022): {
        "bulk_chemicals": 339_049,  # Ineos Rafnes
        "cement_lime": 742_590,  # Norcem Brevik
        "industrial_combustion": 78_142,  # Inovyn Rafnes
    },
    ("eu-linz", 2016): {
        "steelmaking": 8_669_345,  # Voestalpine Stahl
        "ammonia": 945_034,  # Borealis, ammonia
        "cement_lime": 361_988,  # Kalkwerk Steyrling
        "mixed_chp": 183_596 + 141_085,  # FHKW Mitte, FHKW Süd
        "bulk_chemicals": 92_873,  # Vertellus
        "industrial_combustion": 55_243 + 8_373 + 150,  # Borealis, DSM, Kelag
        "nitric_acid": 36_374,  # Borealis, nitric acid
    },
}


@pytest.mark.parametrize(("key", "expected"), BY_HAND.items(), ids=[f"{park} {year}" for park, year in BY_HAND])
def test_three_parks_by_hand(key, expected):
    park_id, year = key
    told = {sector: values[year] for sector, values in series(park_id).items() if values[year]}
    assert told == expected
    total = pw.take_inventory(pw.read_park(park_id)).total()
    assert total[year - 2013] == sum(expected.values())
    assert (
        sum(expected.values()) == {"eu-kalundborg": 1_372_714, "eu-rafnes": 1_159_781, "eu-linz": 10_494_061}[park_id]
    )


def test_misfits_are_dropped_or_say_so():
    known = {row["known_park"]: row for row in rows_of(DATA / "sites" / "eu_parks.csv")}
    assert set(known) == set(CLUSTERS)
    assert {name for name, row in known.items() if row["use"] == "no"} == {"Chempark Uerdingen", "Kilpilahti Porvoo"}
    assert known["Maasvlakte"]["park_id"] == known["Rotterdam-Europoort"]["park_id"]
    assert len({CLUSTERS[row["known_park"]] for row in PARKS}) == len(PARKS)
    brindisi = " ".join(pw.read_park("eu-brindisi").notes)
    assert "the total is too low" in brindisi
    assert "总量偏低" in brindisi


def test_totals_are_told_with_and_without_power():
    values, note = series("eu-leuna"), next(n for n in pw.read_park("eu-leuna").notes if n.startswith("With power"))
    for year in (2013, 2022):
        total = sum(of[year] for of in values.values())
        without = total - values["power_station"][year]
        for tonnes in (total, without, without - values["mixed_chp"][year]):
            assert f"{tonnes / 1e6:.3f}" in note


def test_the_tier_has_scope_one_by_sector_and_nothing_it_does_not_know():
    park = pw.read_park("eu-ludwigshafen")
    inventory = pw.take_inventory(park)
    assert park.tier == "poor"
    assert not park.has_energy
    assert len(park.sectors) > 5
    assert (inventory.scope(2) == 0).all()
    assert not inventory.location_based.any()
    assert set(park.activity_kinds) == {"emissions_index"}
    assert set(inventory.factor_ids) == {"emissions as reported"}
    assert (park.factor_set, park.grid_factor, park.factor_errors) == ("", "", {})
    assert pw.read_park("eu-ludwigshafen").identity.country == "DE"


def test_a_sector_that_began_or_closed_goes_on_as_the_whole_park():
    park = pw.read_park("eu-teesside")
    steel = park.sectors.index("steelmaking")
    assert park.outputs[[p.sector == steel for p in park.processes], -1] == 0
    whole = park.outputs.sum(axis=0)
    np.testing.assert_allclose(park.activity[steel] / park.activity[steel, 0], whole / whole[0], rtol=1e-12)


def test_a_user_may_state_sectors_of_both_kinds_and_value_added_beside(tmp_path):
    lines = (DATA / "parks" / "demo-cement.csv").read_text(encoding="utf-8").splitlines()
    lines += [f"{year},kilns,emissions,undivided,{1000 + year},tCO2,invented,invented," for year in range(2016, 2021)]
    lines += [
        f"{year},kilns,value_added,,{0.1 * (year - 2000):.1f},亿元,invented,invented," for year in range(2016, 2021)
    ]
    (tmp_path / "demo-cement.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sidecar = (DATA / "parks" / "demo-cement.yml").read_text(encoding="utf-8")
    (tmp_path / "demo-cement.yml").write_text(sidecar, encoding="utf-8")
    park = pw.read_park(tmp_path / "demo-cement.csv")
    at = park.sectors.index("kilns")
    # Small beside nothing: all undivided emissions of the park are its own.
    assert park.activity_kinds[at] == "emissions_index"
    assert park.activity[at].tolist() == [3016, 3017, 3018, 3019, 3020]
    shipped = pw.take_inventory(pw.read_park("demo-cement")).total()
    assert pw.take_inventory(park).total() == pytest.approx(shipped + park.activity[at])


def test_what_was_bought_is_told_as_unknown_not_as_zero():
    park = pw.read_park("eu-leuna")
    inventory = pw.take_inventory(park)
    assert "not in the table" in pw.sentences.inventory(inventory)
    assert "表中没有外购电力和热力" in pw.sentences.inventory(inventory, lang="zh")
    answer = CliRunner().invoke(check_command, [str(DATA / "parks" / "eu-leuna.csv")])
    assert answer.exit_code == 0
    assert "scope 1" in answer.output
    assert "scope 2" not in answer.output
    assert "Electric boilers and furnaces with green power, Electric vehicles and machines, Renew" in answer.output
    assert "European Commission and C. Rossi" in answer.output


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_views_of_an_inventory_without_energy_say_so(lang):
    park = pw.read_park("eu-leuna")
    shown = pw.tables.dual_reporting(park, lang=lang)
    assert not shown.isin(["inf", "nan"]).any(axis=None)
    assert ("as reported" if lang == "en" else "报送值") in pw.sentences.quality(park, lang=lang)
    told = pw.detail_loss(park, pw.read_scenarios()["bau"], members=20, seed=1, assumptions=pw.read_assumptions(2026))
    assert [one.key for one in told] == ["as_given"]
    assert ("emissions only" if lang == "en" else "只有排放量") in pw.sentences.data_detail(told, "bau", lang=lang)
    assert len(pw.tables.data_detail(told, lang=lang)) == 1
