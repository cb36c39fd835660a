"""The audit workbook: a spreadsheet of live formulas that traces each tonne from cell to total."""

import io

import numpy as np
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pathway_models.core.files import SAFE
from pathway_models.documents.word_fields import MAKER, MOMENT, stable_zip
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.language import INVENTED, say, width_of
from pathway_models.report import audit_formulas, audit_inventory, audit_pathway, claims
from pathway_models.report.inputs import ReportInputs

#: Columns that a line of the summary spans, and the half-width characters that fit.
ACROSS, WIDE = 12, 150
#: Options that write input as text, never as formula, link or number.
OPTIONS = {**SAFE, "strings_to_numbers": False}


def to_xlsx(inputs: ReportInputs, given: str) -> bytes:
    """Write inventory and advised path of a park as a workbook of formulas.

    Parameters
    ----------
    inputs : ReportInputs
    given : str
        Id or path of the park's table, from which the values as written are read.

    Returns
    -------
    bytes
        Equal bytes for equal inputs; every formula carries its value.

    Raises
    ------
    PathwayError
        The path does not reproduce the emissions of the package: the workbook cannot represent something in the park.
    """
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, OPTIONS)
    workbook.set_properties(
        {"title": headline(inputs.park, inputs.lang), "author": MAKER, "created": MOMENT.replace(tzinfo=None)}
    )
    # Programs recalculate everything when they open the file.
    workbook.set_calc_mode("auto")
    book = audit_formulas.FormulaBook(workbook)
    summary = workbook.add_worksheet(say(inputs.lang, en="summary", zh="摘要"))
    front = workbook.add_worksheet(say(inputs.lang, en="read me", zh="说明"))
    record = audit_inventory.InventorySheets(book, inputs.park, audit_inventory.read_stated_values(given), inputs.lang)
    base = record.write()
    scenario, run = inputs.scenarios[inputs.chosen], inputs.manifest
    path = audit_pathway.PathwaySheets(
        book, inputs.park, scenario, base, seed=run.seed, until=run.until, lang=inputs.lang
    )
    _front(front, book, inputs, float(np.abs(path.write().values).max()))
    _summary(summary, book, inputs, record, path)
    workbook.close()
    return stable_zip(out.getvalue())


def _summary(
    sheet: Worksheet,
    book: audit_formulas.FormulaBook,
    inputs: ReportInputs,
    record: audit_inventory.InventorySheets,
    path: audit_pathway.PathwaySheets,
) -> None:
    """Write the first sheet: the answer, the totals by year as links to the sheets behind it, and their chart."""
    lang, formats = inputs.lang, book.formats
    audit_formulas.set_up_print(sheet)
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 3, 22)
    sheet.write_string(0, 0, headline(inputs.park, lang), formats["title"])
    lines = [claims.headline(inputs), claims.cost(inputs), claims.caveat(inputs)]
    for row, line in enumerate(lines, start=1):
        sheet.merge_range(row, 0, row, ACROSS, line, formats["wrap"])
        sheet.set_row(row, 13 * (1 + width_of(line) // WIDE))
    reference = scenario_name(inputs.reference, lang)
    heads = (
        say(lang, en="year", zh="年份"),
        say(lang, en="inventory, tCO2", zh="排放清单，tCO2"),
        say(lang, en="advised path, most likely values, tCO2", zh="建议路径（众数），tCO2"),
        say(lang, en=f"{reference}, median, tCO2", zh=f"{reference}（中位数），tCO2"),
    )
    top = len(lines) + 2
    for at, text in enumerate(heads):
        sheet.write_string(top, at, text, formats["head"])
    sheet.repeat_rows(top)
    # One page: a second one would hold a few years and nothing else.
    sheet.fit_to_pages(1, 1)
    first, totals = record.sheet.years[0], record.base.total
    middle = np.median(inputs.totals(inputs.reference), axis=0)
    last = path.sheet.years[-1]
    for at, year in enumerate(range(first, last + 1)):
        row = top + 1 + at
        sheet.write_number(row, 0, year, formats["year"])
        if year in record.sheet.years:
            cell = record.sheet.cell(record.base.total_row, at)
            sheet.write_formula(row, 1, f"={cell}", formats["tonnes"], float(totals.values[at]))
        if year in path.sheet.years:
            k = path.sheet.years.index(year)
            cell = path.sheet.cell(path.total_row, k)
            sheet.write_formula(row, 2, f"={cell}", formats["tonnes"], float(path.totals.values[k]))
        sheet.write_number(row, 3, float(middle[year - int(inputs.pathways.years[0])]), formats["given"])
    chart = book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    end = top + 1 + last - first
    for at, (colour, look) in enumerate(
        (("#000000", {}), ("#009E73", {}), ("#7F7F7F", {"dash_type": "dash"})), start=1
    ):
        chart.add_series(
            {
                "name": [sheet.name, top, at],
                "categories": [sheet.name, top + 1, 0, end, 0],
                "values": [sheet.name, top + 1, at, end, at],
                "line": {"color": colour, "width": 2, **look},
            }
        )
    chart.set_x_axis({"min": first, "max": last, "major_gridlines": {"visible": True}, "num_format": "0"})
    chart.set_y_axis({"name": "tCO2", "min": 0, "num_format": "#,##0"})
    chart.set_legend({"position": "bottom"})
    chart.set_title({"name": headline(inputs.park, lang), "name_font": {"size": 11}})
    chart.set_size({"width": 620, "height": 360})
    told = say(lang, en="Totals by year; the numbers are in the table beside it.", zh="逐年排放合计，数值见旁表。")
    sheet.insert_chart(top + 1, 5, chart, {"description": told})
    sheet.activate()


def _front(sheet: Worksheet, book: audit_formulas.FormulaBook, inputs: ReportInputs, difference: float) -> None:
    """Write the second sheet: purpose, reading guide and origin."""
    audit_formulas.set_up_print(sheet)
    lang, run = inputs.lang, inputs.manifest
    sheet.set_column(0, 0, 110)
    name = scenario_name(inputs.chosen, lang)
    lines = [(headline(inputs.park, lang), "title")]
    if inputs.park.invented:
        lines.append((say(lang, en=f"{INVENTED}: this park does not exist; its numbers are evidence of nothing.",
                          zh=f"{INVENTED}：本园区并不存在，数据不能作为任何证据。"), "mark"))  # fmt: skip
    lines += [
        (say(lang, en=f"Run {run.run_id}, seed {run.seed}, to {run.until}", zh=f"运行批次{run.run_id}，"
                                                                               f"随机种子{run.seed}，"
                                                                               f"至{run.until}年"), "wrap"),
        (say(lang, en="Blue numbers are inputs: values from the park's table, factors, parameters, growth of the"
                      " drivers. All others are formulas; change a blue number and the tonnes change.",
             zh="蓝色数字为给定值：数据表数值、因子、参数和驱动因素的年变化；其余均为公式，改动蓝色数字，"
                "排放量随之变化。"), "wrap"),
        (say(lang, en="Follow a tonne: base data -> factors -> inventory -> drivers -> levers -> energy -> pathway.",
             zh="追踪一吨排放：基础数据→排放因子→排放清单→驱动因素→措施→能源路径→排放路径。"), "wrap"),
        (say(lang, en=f"The pathway is '{name}' with every uncertain input at its most likely value. It is one"
                      " path, not the ensemble. When emissions peak, and how certain that is, is stated in the report.",
             zh=f"路径为“{name}”，各不确定参数取众数。它只是一条路径，而不是集合：何时达峰、有多大把握，"
                "以报告为准。"), "wrap"),
        (say(lang, en=f"Largest relative difference from the program when written: {difference:.1e}",
             zh=f"写出时与程序的最大相对差：{difference:.1e}"), "wrap"),
    ]  # fmt: skip
    for row, (text, look) in enumerate(lines):
        sheet.write_string(row, 0, text, book.formats[look])
