"""The palette: one colour a family of levers everywhere, and nobody mistakes one colour of the answer for another."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pathway_models.figures.canvas import SOURCE_STYLES, fill_of, style_of
from pathway_models.figures.style import (
    FAMILY_COLOURS,
    LINE_STYLES,
    OWN_COLOURS,
    SEVERAL_COLOURS,
    SHARE_COLOURS,
    WITH,
    WITHOUT,
    lever_fills,
)
from pathway_models.intake.library import read_scenarios
from pathway_models.records.levers import FAMILIES

PACKAGE = Path(__file__).resolve().parents[2] / "pathway_models"
#: What readers see who lack a kind of cones: Machado et al. (2009), severity 1, on linear light (from background
#: knowledge).
SEEN = {
    "everybody": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
#: Least distances in Oklab, hundredths: two is about what an eye notices side by side.
LEAST = {"everybody": 12.0, "deuteranopia": 6.5, "protanopia": 6.5}
COLOURS = FAMILY_COLOURS | dict(zip(("moderate", "deep"), SEVERAL_COLOURS, strict=True))
COLOURS |= {"without": WITHOUT, "with": WITH, "own": OWN_COLOURS[0]}


def oklab(light):
    """Oklab of linear light (Ottosson 2020, from background knowledge)."""
    cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    mixed = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return mixed @ np.cbrt(cones @ np.clip(light, 0, 1))


def linear(colour):
    values = np.array(to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("eye", SEEN)
def test_colours_of_families_and_scenarios_stay_apart_for_every_eye(eye):
    seen = {name: oklab(SEEN[eye] @ linear(colour)) for name, colour in COLOURS.items()}
    near = {
        (one, two): 100 * float(np.linalg.norm(seen[one] - seen[two]))
        for one, two in combinations(seen, 2)
        if 100 * np.linalg.norm(seen[one] - seen[two]) < LEAST[eye]
    }
    assert near == {}


def test_every_family_has_its_colour_and_every_shipped_scenario_one_of_the_palette():
    assert set(FAMILY_COLOURS) == set(FAMILIES)
    for name, scenario in read_scenarios().items():
        families = {measure.lever.family for measure in scenario.measures}
        if len(families) == 1:
            assert fill_of(name) == FAMILY_COLOURS[families.pop()], name
        else:
            assert fill_of(name) == (COLOURS[name] if families else WITHOUT), name
    assert fill_of("advised_package") == WITH


def test_what_was_mistaken_once_is_told_apart():
    """Sinks were the grey of business as usual, efficiency the orange of deep, capture the green of the advice."""
    pairs = [("sinks", "bau"), ("efficiency", "deep"), ("ccus", "advised_package")]
    assert all(fill_of(one) != fill_of(two) for one, two in pairs)
    assert SOURCE_STYLES["captured"][0] == FAMILY_COLOURS["ccus"]


def test_levers_of_one_family_differ_by_shade_or_hatch():
    fills = lever_fills(["substitution"] * 8 + ["ccus"])
    assert len(set(fills)) == 9
    assert fills[0][0].upper() == FAMILY_COLOURS["substitution"]
    assert fills[-1][0].upper() == FAMILY_COLOURS["ccus"]


def test_a_scenario_of_ones_own_takes_none_of_the_shipped_colours_and_keeps_its_look():
    looks = {tuple(style_of(f"mine {at}").values()) for at in range(60)}
    assert {colour for colour, _ in looks} == set(OWN_COLOURS)
    assert len(looks) == len(OWN_COLOURS) * len(LINE_STYLES)
    assert style_of("mine 1") == style_of("mine 1")


def test_the_colours_of_the_answer_stand_in_one_place():
    places = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        for colour in re.findall(r"#[0-9A-Fa-f]{6}", file.read_text(encoding="utf-8"))
        if colour.upper() in {*FAMILY_COLOURS.values(), *SEVERAL_COLOURS, *OWN_COLOURS, WITH}
    }
    assert places == {"figures/style.py"}


def test_the_shares_of_the_answer_have_the_same_colours_on_cards_on_the_index_and_in_the_report():
    for template in ("card.html.j2", "index.html.j2"):
        text = (PACKAGE / "documents" / "templates" / template).read_text(encoding="utf-8").lower()
        assert [colour for colour, _ in SHARE_COLOURS.values() if colour not in text] == [], template
