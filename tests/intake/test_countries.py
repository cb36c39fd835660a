"""Countries: which rules exist where, and that none is taken from another."""

import shutil

import pytest
import yaml
from data_reading import DATA

import pathway_models as pw
from pathway_models.core.errors import InputError
from pathway_models.intake.costs import read_costs, unknown_costs
from pathway_models.intake.register import country_of, has_rule, read_countries


def test_every_country_of_the_register_is_listed_and_only_the_home_one_has_rules():
    countries = read_countries()
    assert {entry.country for entry in pw.read_register()} <= set(countries)
    assert {code for code, country in countries.items() if country.rules} == {"CN"}
    assert country_of("XX").rules == frozenset()
    assert has_rule("", "notice")


def test_a_rule_that_there_is_not_is_refused_with_its_line(tmp_path, monkeypatch):
    lines = "country,name_en,name_zh,rules\nCN,China,中国,notice\nDE,Germany,德国,notice;emission_trading\n"
    (tmp_path / "countries.csv").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("PATHWAY_DATA", str(tmp_path))
    with pytest.raises(InputError) as refused:
        read_countries()
    (fault,) = refused.value.faults
    assert (fault.place, fault.value, fault.code) == ("line 3, rules", "emission_trading", "country_rule")


@pytest.fixture
def abroad(tmp_path):
    """A copy of a demonstration park that says it stands in Germany."""

    def written(**choices):
        shutil.copy(DATA / "parks" / "demo-cement.csv", tmp_path / "demo-cement.csv")
        sidecar = yaml.safe_load((DATA / "parks" / "demo-cement.yml").read_text(encoding="utf-8"))
        text = yaml.safe_dump(sidecar | {"country": "DE"} | choices, allow_unicode=True)
        (tmp_path / "demo-cement.yml").write_text(text, encoding="utf-8")
        return tmp_path / "demo-cement.csv"

    return written


def test_factors_of_another_country_are_refused(abroad):
    with pytest.raises(InputError) as refused:
        pw.read_park(abroad())
    found = {fault.place: fault for fault in refused.value.faults if fault.code == "foreign_rule"}
    assert set(found) == {"factor_set", "grid_factor"}
    assert "Germany" in found["factor_set"].remedy


def test_without_a_set_each_carrier_needs_its_own_factor(abroad):
    with pytest.raises(InputError) as refused:
        pw.read_park(abroad(factor_set="", grid_factor="table"))
    codes = {fault.code for fault in refused.value.faults}
    assert "no_factor" in codes
    assert "foreign_rule" not in codes


def test_national_targets_and_indicators_do_not_follow_a_park_abroad():
    park = pw.read_park("eu-linz")
    scenarios = pw.read_scenarios().pick(["bau"])
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=20, seed=1))
    found = pw.gaps(park, pathways, pw.find_peaks(pathways))
    assert [entry.gap for entry in found.entries] == ["peak_year", "peak_level", "budget", "neutrality"]
    assert "goals of China and not of Austria" in found.entries[0].notes_en[0]
    assert "非奥地利目标" in found.entries[0].notes_zh[0]
    assert pw.indicators(park) == []


def test_shipped_costs_are_not_those_of_a_park_abroad(tmp_path):
    park, levers = pw.read_park("eu-linz"), pw.read_scenarios().levers
    assert set(unknown_costs(read_costs(), levers, park)) == set(levers)
    own = tmp_path / "own.yml"
    own.write_text("levers: {}\n", encoding="utf-8")
    # With a file of one's own what is known there counts: of shipped levers capture, which is paid by the tonne.
    assert "ccus" not in unknown_costs(read_costs(own), levers, park)
    assert "energy_efficiency" in unknown_costs(read_costs(own), levers, park)
