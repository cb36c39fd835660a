"""Reading pollutants.yml: rows of the factor table, a user's own file, faults by line."""

import re

import pytest

import pathway_models.intake.pollutants as reading
from pathway_models.core.errors import InputError
from pathway_models.intake.pollutants import read_pollutants

SHIPPED = read_pollutants()


def write(tmp_path, text):
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path, text):
    with pytest.raises(InputError) as caught:
        read_pollutants(write(tmp_path, text))
    return [str(fault) for fault in caught.value.faults]


def test_numbers_of_rows_are_those_of_the_factor_table():
    bed = SHIPPED.burners["coal_cfb"].factors
    assert (bed["so2"].corners.mode, bed["so2"].times, bed["so2"].confidence) == (15, "sulphur", "background")
    assert (bed["pm"].corners.mode, bed["pm"].times, bed["pm"].unit) == (5.19, "ash", "kg/t")
    seen = SHIPPED.controls["wet_scrubbing"].removes["so2"]
    assert (seen.corners.low, seen.corners.mode, seen.corners.high, seen.confidence) == (0.6, 0.7, 0.8, "seen")
    tax = SHIPPED.tax_rate.corners
    assert (tax.low, tax.high) == (1.2, 12)


def test_every_number_carries_unit_source_and_confidence():
    everything = [
        *(one for burner in SHIPPED.burners.values() for one in burner.factors.values()),
        *(one for control in SHIPPED.controls.values() for one in control.removes.values()),
        *(one for kind in SHIPPED.quality.values() for one in kind.values()),
        *(pollutant.equivalent for pollutant in SHIPPED.pollutants.values()),
    ]
    assert len({one.name for one in everything}) == len(everything)
    assert all(one.unit and one.source and one.confidence for one in everything)


def test_a_burner_knows_every_pollutant():
    for burner in SHIPPED.burners.values():
        assert set(burner.factors) == set(SHIPPED.pollutants), burner.burner_id


def test_own_entries_replace_shipped_ones_by_name(tmp_path):
    text = """
quality:
  sulphur:
    coal: {value: 0.4, unit: "%", source: our laboratory, confidence: measured}
"""
    found = read_pollutants(write(tmp_path, text))
    assert not found.content("sulphur", "bituminous", "coal").doubtful
    assert found.content("sulphur", "coke", "coal").corners.mode == 0.65
    assert found.content("ash", "natural_gas", "gas") is None
    assert [name for name, _ in found.files] == ["pollutants.yml", "mine.yml"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "equipment:\n  - {group: coal, burner: stove}\n",
            ["mine.yml, line 2, equipment.burner = 'stove': expected one of"],
        ),
        ("equipment:\n  - {group: cole, burner: coal_cfb, controls: [sieve]}\n", ["'cole'", "'sieve'"]),
        (
            "controls:\n  scr:\n    name_en: a\n    name_zh: b\n    removes:\n"
            "      nox: {value: 1.2, unit: share, source: x, confidence: seen}\n",
            ["line 3, controls.scr: expected controls.scr.removes.nox: expected shares from 0 to 1"],
        ),
        ("tax_rate: {row: tax_rate | nobody | all}\n", ["mine.yml, line 1, tax_rate = 'tax_rate | nobody | all'"]),
        ("tax_rate: {value: 3}\n", ["mine.yml, line 1, tax_rate", "either row, or value with unit"]),
        ("quality:\n  moisture: {}\n", ["'moisture': expected one of sulphur, ash"]),
        ("burnres: {}\n", ["mine.yml, line 1, burnres", "a key that has a meaning here"]),
        (
            'quality:\n  ash:\n    coal: {value: 9, low: 10, high: 12, unit: "%", source: x, confidence: seen}\n',
            ["line 3, quality.ash.coal = '9.0': expected low <= mode <= high"],
        ),
    ],
)
def test_mistakes_are_told_by_line(tmp_path, text, expected):
    told = "\n".join(faults(tmp_path, text))
    for part in expected:
        assert re.search(re.escape(part), told), told


def test_burner_without_a_pollutant_or_with_a_strange_unit_is_refused(tmp_path):
    text = """
burners:
  stove:
    name_en: stove
    name_zh: 炉
    fuel: charcoal
    factors:
      so2: {value: 1, unit: lb/ton, source: x, confidence: seen}
"""
    told = "\n".join(faults(tmp_path, text))
    for part in ("line 8, burners.stove.factors.so2 = 'lb/ton'", "a carrier of carriers.csv", "a factor of nox"):
        assert part in told


def test_rows_that_are_no_number_are_refused(tmp_path):
    told = faults(tmp_path, 'tax_rate: {row: "boiler_emission_factor | coal, empirical | NOx"}\n')
    assert "a row with a number, a number per S or A, or a range, not '1.63*(N*beta+0.000938)'" in told[0]


def test_units_become_kilogrammes_per_unit_of_fuel():
    assert reading.PER_FUEL["g/m3"] == (10.0, "10^4 Nm3")  # 1 g/m3 x 10^4 m3 = 10 kg
    assert reading.PER_FUEL["g/kg"] == (1.0, "t")
