"""Published baselines beside ours: every difference over five years has its reason, and the page is the command's."""

from pathlib import Path

import numpy as np
import pytest

from pathway_models.intake.published import read_baselines
from pathway_models.intake.register import read_register
from pathway_models.reproduction.plausibility import FAR, baseline_table, baselines_beside

PAGE = Path(__file__).parents[2] / "docs" / "reproductions.md"
PLACES = ("Shanxi", "Region D")


@pytest.fixture(scope="module")
def found():
    return baselines_beside(places=PLACES)


def test_every_baseline_names_parks_of_the_register_and_a_published_year():
    known = {entry.park_id for entry in read_register() if entry.has_data}
    for one, value in read_baselines():
        assert one.parks == "all" or set(one.parks) <= known
        assert 2020 <= value.value <= 2060
        assert value.quantity.startswith("peak_year")


@pytest.mark.slow
def test_every_difference_over_five_years_has_its_reason(found):
    assert {one.baseline.place.en for one in found} == set(PLACES)
    for one in found:
        for lang in ("en", "zh"):
            assert bool(one.reason(lang)) == (abs(one.difference) > FAR)
        assert 0 <= one.past <= 1 - one.later <= 1
        assert one.low <= one.middle <= one.high
        assert np.isfinite(one.flat)


@pytest.mark.slow
def test_the_page_has_the_rows_of_the_command(found):
    text = PAGE.read_text(encoding="utf-8")
    page = text[text.index("<!-- pathways reproduce --baselines") : text.index("<!-- end -->")].splitlines()
    rows = [f"| {' | '.join(row)} |" for row in baseline_table(found).to_numpy().tolist()]
    assert rows == [line for line in page if line.startswith(tuple(f"| {place} |" for place in PLACES))]
    assert len(page) == 3 + len(read_baselines())
