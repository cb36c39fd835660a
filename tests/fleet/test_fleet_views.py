"""What people see of a fleet: coverage everywhere, invented parks marked, nothing unknown shown as a cost."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from figures import overhang, said

from pathway_models.core.errors import PathwayError
from pathway_models.fleet import figures, sentences, tables
from pathway_models.fleet.band_coverage import band_coverage
from pathway_models.fleet.benchmarking import benchmark, compare_with_standards, groups
from pathway_models.fleet.packages import package_fleet, share_budget
from pathway_models.fleet.totals import project_fleet, read_fleet
from pathway_models.intake.costs import read_costs
from pathway_models.language.words import INVENTED

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
NAMES = ["demo-steel", "demo-electronics", "demo-cement", "demo-petrochemical"]
REGIONS = ["region-anhui", "region-beijing", "region-hebei", "region-henan", "region-hubei"]


@pytest.fixture(scope="module")
def parks():
    return read_fleet(NAMES)


@pytest.fixture(scope="module")
def regions():
    return read_fleet(REGIONS)


@pytest.fixture(scope="module")
def views(parks, regions, scenarios):
    two = scenarios.pick(["bau", "deep"])
    table = benchmark(parks)
    return {
        "parks": project_fleet(parks, two, members=40, until=2045),
        "regions": project_fleet(regions, two, members=40, until=2045),
        "benchmark": table,
        "regional": benchmark(regions),
        "groups": groups(table, 2),
        "standards": compare_with_standards(parks),
        "packages": package_fleet(parks, 2030, 0.8, members=40, until=2045),
        "shares": share_budget(parks, 50_000_000, 2030, costs=read_costs(), members=40),
        "bands": band_coverage(parks[1], scenarios["bau"], count=5, members=40),
    }


@pytest.mark.slow
@LANGUAGES
def test_every_figure_says_how_many_parks_and_marks_invented_ones(views, lang):
    drawn = [
        figures.total(views["parks"], "bau", lang=lang),
        figures.peak_years(views["parks"], lang=lang),
        figures.with_packages(views["packages"], lang=lang),
        figures.distances(views["benchmark"], lang=lang),
        figures.shares(views["shares"], views["benchmark"], lang=lang),
        figures.coverage(views["bands"], 5, lang=lang),
    ]
    for figure in drawn:
        head = figure.texts[0].get_text() if figure.texts else ""
        assert any(INVENTED in text for text in said(figure)), head
        assert any(word in head for word in ("parks", "个园区")), said(figure)
        assert overhang(figure) < 0.02, head
        plt.close(figure)


@pytest.mark.slow
@LANGUAGES
def test_figures_of_regions_carry_no_mark(views, lang):
    for figure in (
        figures.total(views["regions"], "deep", lang=lang),
        figures.distances(views["regional"], lang=lang),
    ):
        assert not any(INVENTED in text for text in said(figure))
        assert any(word in text for text in said(figure) for word in ("5 regions", "5个区域"))
        assert any("2004" in text or "2019" in text for text in said(figure))
        plt.close(figure)


@pytest.mark.slow
@LANGUAGES
def test_parks_and_regions_are_never_shown_side_by_side(views, lang):
    mixed = pd.concat([views["benchmark"], views["regional"]], ignore_index=True)
    for view in (figures.distances, tables.ranking, sentences.describe_benchmark):
        with pytest.raises(PathwayError, match="never set side by side"):
            view(mixed, lang=lang)


@pytest.mark.slow
@LANGUAGES
def test_coverage_is_said_first(views, lang):
    text = sentences.describe_coverage(views["regions"], lang=lang)
    for part in {"en": ("5 regions", "none invented", "2004-2019", "2045"), "zh": ("5个区域", "无虚构", "2045年")}[
        lang
    ]:
        assert part in text
    assert any(word in sentences.describe_coverage(views["parks"], lang=lang) for word in ("all inv", "均为虚构"))


@LANGUAGES
def test_total_is_told_with_its_parks_and_its_largest(views, lang):
    told = sentences.describe_total(views["parks"], "deep", lang=lang)
    assert "2030" in told
    assert str(int((views["parks"].chances("deep") > 0.5).sum())) in told
    assert "2045" in sentences.describe_largest(views["parks"], "deep", lang=lang)
    table = tables.totals(views["parks"], (2030, 2060), lang=lang)
    assert table.shape == (2, 2), "2060 lies behind the horizon and is left out"


@LANGUAGES
def test_whole_cost_is_never_told_where_a_part_is_not_known(views, lang):
    found = views["packages"]
    told = sentences.describe_packages(found, lang=lang)
    assert found.cost_not_known
    assert any(word in told[-1] for word in ("not known", "合计成本未知"))
    known = replace(found, decisions={
        name: replace(one, closest=replace(one.closest, unknown=())) for name, one in found.decisions.items()
    })  # fmt: skip
    assert not any(word in sentences.describe_packages(known, lang=lang)[-1] for word in ("not known", "未知"))
    assert len(tables.packages(found, lang=lang)) == len(NAMES)


@LANGUAGES
def test_shares_are_shown_to_the_tonne(views, lang):
    table = tables.shares(views["shares"], lang=lang)
    assert table.iloc[-1, 1:].tolist() == ["50,000,000"] * 4
    columns = table.iloc[:-1, 1:].map(lambda text: int(text.replace(",", "")))
    assert columns.sum().tolist() == [50_000_000] * 4
    assert "2030" in sentences.describe_shares(views["shares"], lang=lang)


@LANGUAGES
def test_rule_that_was_not_computed_is_named_with_its_reason(views, parks, lang):
    shares = share_budget(parks, 50_000_000, 2030)
    told = sentences.describe_shares(shares, lang=lang)
    assert {"en": "no costs given", "zh": "未给出成本"}[lang] in told
    figure = figures.shares(shares, views["benchmark"], lang=lang)
    assert any({"en": "no costs given", "zh": "未给出成本"}[lang] in text for text in said(figure))
    plt.close(figure)


@LANGUAGES
def test_shares_of_a_fleet_of_one_are_drawn(views, parks, lang):
    figure = figures.shares(share_budget(parks[:1], 1_000_000, 2030), views["benchmark"], lang=lang)
    left, right = figure.axes[:2]
    assert len(left.patches) == len(right.patches) > 0
    plt.close(figure)


@LANGUAGES
def test_price_of_the_last_tonne_is_told_as_it_is(views, lang):
    shares = views["shares"]
    for price, word in ((np.inf, ("cannot cut", "达不到")), (np.nan, ("is met", "即可")), (120.0, ("120", "120"))):
        told = sentences.describe_shares(replace(shares, price=price), lang=lang)
        assert word[lang == "zh"] in told


@LANGUAGES
def test_benchmark_names_outliers_groups_and_standards(views, lang):
    far = views["benchmark"].copy()
    far.loc[0, "coal_share_distance"] = 9.9
    assert "+9.9" in sentences.describe_benchmark(far, lang=lang)
    calm = far.assign(**{name: 0.0 for name in far.columns if name.endswith("_distance")})
    assert any(word in sentences.describe_benchmark(calm, lang=lang) for word in ("None counts", "没有离群"))
    assert "2" in sentences.describe_groups(views["benchmark"], views["groups"], lang=lang)
    assert any(word in sentences.describe_standards(views["standards"], lang=lang) for word in ("0 of 4", "有0个"))
    assert len(tables.standards(views["standards"], lang=lang)) == 4
    ranks = tables.ranking(views["benchmark"], views["parks"].chances("bau"), views["groups"], lang=lang)
    emitted = views["benchmark"].set_index("park_id").loc[ranks.index, "emissions"]
    assert emitted.is_monotonic_decreasing
    assert all(INVENTED in name for name in ranks.iloc[:, 0])


@LANGUAGES
def test_indicator_that_is_missing_is_a_dash_and_never_a_zero(views, lang):
    table = views["benchmark"].copy()
    table.loc[0, "emissions_per_value_added"] = np.nan
    shown = tables.ranking(table, lang=lang).loc[table.loc[0, "park_id"]]
    assert "–" in shown.tolist()


@LANGUAGES
def test_bands_are_told_by_their_own_numbers(views, lang):
    found = views["bands"].copy()
    rows = (found["year"] == 2040) & (found["band"] == "shared")
    found.loc[rows, "coverage"] = 0.87
    assert "87" in sentences.describe_bands(found, 2040, lang=lang)
    assert tables.bands(found, lang=lang).shape == (3, 3)
