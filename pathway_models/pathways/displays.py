"""How records show themselves in a notebook: a heading and a small table, without ids, times or seeds."""

from functools import singledispatch
from html import escape

import numpy as np
import pandas as pd

from pathway_models.intake.names import item_name, park_name, scenario_name
from pathway_models.language.rounding import scale_of, share_text, significant
from pathway_models.language.words import INVENTED, display_language, word
from pathway_models.pathways import tables
from pathway_models.records.headline import Headline
from pathway_models.records.inventory import Inventory
from pathway_models.records.levers import Scenarios
from pathway_models.records.park import Park, ParkIdentity
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Years between the columns of a table of pathways.
STEP = 10


def html_of(record: object) -> str:
    """Render a record as HTML in the language of displays: its heading, and its table."""
    title, table = _shown(record, display_language())
    return f"<p><strong>{escape(title)}</strong></p>{table.to_html(border=0)}"


def _title(identity: Park | ParkIdentity, lang: str, what: str, **values: object) -> str:
    mark = f"[{INVENTED}] " if identity.invented else ""
    return f"{mark}{park_name(identity, lang)}{word('colon', lang)}{word(what, lang, **values)}"


@singledispatch
def _shown(record: object, lang: str) -> tuple[str, pd.DataFrame]:
    raise TypeError(f"no display of {type(record).__name__}")


@_shown.register
def _(record: Park, lang: str) -> tuple[str, pd.DataFrame]:
    last, energy = record.last_observed_year, record.energy.sum(axis=0)
    rows = {item_name(name, lang): energy[at] for at, name in enumerate(record.carriers) if energy[at].any()}
    years = [int(record.years[0]), last]
    cells = [[significant(float(values[at])) for at in (0, -1)] for values in rows.values()]
    table = pd.DataFrame(cells, index=list(rows), columns=[f"{year}, TJ" for year in years])
    told = {"count": len(record.sectors), "first": years[0], "last": last}
    return _title(record, lang, "shown_park", **told), table


@_shown.register
def _(record: Inventory, lang: str) -> tuple[str, pd.DataFrame]:
    scale = scale_of(float(np.abs(record.total()).max()), lang)
    rows = {word("scope 1", lang): record.scope(1), word("scope 2", lang): record.scope(2)}
    rows |= {word("total", lang): record.total()}
    cells = [[f"{value / scale.divisor:,.2f}" for value in values] for values in rows.values()]
    table = pd.DataFrame(cells, index=list(rows), columns=record.years.tolist())
    return _title(record.identity, lang, "shown_emissions", unit=scale.unit), table


@_shown.register
def _(record: Pathways, lang: str) -> tuple[str, pd.DataFrame]:
    total, last = record.total(), record.last_observed_year
    years = [year for year in record.years.tolist() if year == last or (year > last and not year % STEP)]
    columns = np.searchsorted(record.years, years)
    scale = scale_of(float(np.median(total, axis=1).max()), lang)
    low, middle, high = np.quantile(total[..., columns], (0.05, 0.5, 0.95), axis=1)
    names = [scenario_name(name, lang) for name in record.scenarios]
    cells = [
        [f"{significant(m / scale.divisor)} ({significant(a / scale.divisor)} - {significant(b / scale.divisor)})"
         for a, m, b in zip(*row, strict=True)]
        for row in zip(low, middle, high, strict=True)
    ]  # fmt: skip
    return (
        _title(record.identity, lang, "shown_pathways", count=total.shape[1], unit=scale.unit),
        pd.DataFrame(cells, index=names, columns=years),
    )


@_shown.register
def _(record: Peaks, lang: str) -> tuple[str, pd.DataFrame]:
    before = record.before or 2030
    return _title(record.identity, lang, "shown_peaks", year=before), tables.peaks(record, before=before, lang=lang)


@_shown.register
def _(record: Headline, lang: str) -> tuple[str, pd.DataFrame]:
    head = [word(name, lang) for name in ("peaks in time", "past already", "ahead of us", "not before")]
    shares = (record.p_before, record.p_past, record.p_ahead, record.p_not_before)
    cells = [[share_text(float(share), lang) for share in row] for row in zip(*shares, strict=True)]
    names = [scenario_name(name, lang) for name in record.scenarios]
    title = _title(record.identity, lang, "shown_headline", year=record.before, issued=record.issue_year)
    return title, pd.DataFrame(cells, index=names, columns=head)


@_shown.register
def _(record: Scenarios, lang: str) -> tuple[str, pd.DataFrame]:
    rows = [
        (scenario.name_zh if lang == "zh" else scenario.name_en, str(len(scenario.measures)),
         word("comma", lang).join(dict.fromkeys(word(one.lever.family, lang) for one in scenario.measures)))
        for scenario in record.values()
    ]  # fmt: skip
    head = [word(name, lang) for name in ("scenario_column", "levers", "families")]
    return word("shown_scenarios", lang, count=len(rows)), pd.DataFrame(rows, columns=head).set_index(head[0])


@singledispatch
def frame_of(record: object) -> pd.DataFrame:
    """Return a record as a long table, in canonical units.

    Returns
    -------
    pandas.DataFrame
        A park: energy (TJ) and factor (tCO2/TJ) by sector, carrier and year.  An inventory: tCO2 by sector, source,
        scope and year.  Pathways: mean and quantiles of the total (tCO2) by scenario and year.  Peaks:
        `Peaks.summary`.  A headline: its rows by scenario.
        Scenarios: a row a lever with its setting and phase-in.
    """
    raise TypeError(f"no table of {type(record).__name__}")


@frame_of.register
def _(record: Park) -> pd.DataFrame:
    names = pd.MultiIndex.from_product(
        [record.sectors, record.carriers, record.years.tolist()], names=["sector", "carrier", "year"]
    )
    values = {"energy_tj": record.energy.ravel(), "factor_tco2_per_tj": record.factors.ravel()}
    return pd.DataFrame(values, index=names).reset_index()


@frame_of.register
def _(record: Inventory) -> pd.DataFrame:
    names = pd.MultiIndex.from_tuples(record.rows, names=["sector", "source", "scope"])
    wide = pd.DataFrame(record.emissions, index=names, columns=record.years.tolist())
    return wide.rename_axis(columns="year").stack().rename("emissions_tco2").reset_index()


@frame_of.register
def _(record: Pathways) -> pd.DataFrame:
    total, shares = record.total(), (0.05, 0.25, 0.5, 0.75, 0.95)
    names = pd.MultiIndex.from_product([record.scenarios, record.years.tolist()], names=["scenario", "year"])
    values = {"mean": total.mean(axis=1).ravel()}
    values |= {f"p{100 * share:02.0f}": np.quantile(total, share, axis=1).ravel() for share in shares}
    return pd.DataFrame(values, index=names).reset_index()


@frame_of.register
def _(record: Peaks) -> pd.DataFrame:
    return pd.DataFrame(record.summary(record.before or 2030))


@frame_of.register
def _(record: Headline) -> pd.DataFrame:
    return pd.DataFrame(record.rows()).set_index("scenario")


@frame_of.register
def _(record: Scenarios) -> pd.DataFrame:
    rows = [
        {"scenario": one.scenario_id, "name_en": one.name_en, "name_zh": one.name_zh, "lever": each.lever.lever_id,
         "family": each.lever.family, "setting": each.setting, "start": each.ramp.start,
         "complete": each.ramp.complete}
        for one in record.values()
        for each in one.measures
    ]  # fmt: skip
    return pd.DataFrame(rows)
