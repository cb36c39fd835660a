"""Write the empty workbook of a layout in either language: a sheet a year, drop-downs, comments, locked cells."""

import csv
import datetime
import io
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pathway_models.core import errors, files
from pathway_models.intake.factors.tables import factor_sets, grid_choices
from pathway_models.intake.numbers import read_plausible
from pathway_models.intake.plans.investments import lever_ids
from pathway_models.intake.table.rows import GRADES
from pathway_models.intake.workbook.layouts import (
    DescriptionSheet,
    Entry,
    FormBlock,
    Layout,
    ListBlock,
    Words,
    purposes,
    template_layout,
)
from pathway_models.language import word
from pathway_models.levers.action import ENERGY_USES
from pathway_models.records.plans import KINDS, SCENARIO_DRIVERS

HEADS = {
    "key": Words(zh="代码", en="code"),
    "label": Words(zh="项目", en="item"),
    "value": Words(zh="数值", en="value"),
    "unit": Words(zh="单位", en="unit"),
    "grade": Words(zh="数据质量", en="quality"),
    "feedstock": Words(zh="其中用作原料", en="of which feedstock"),
    "factor": Words(zh="自有（实测）因子", en="own measured factor"),
    "factor_unit": Words(zh="因子单位", en="unit of factor"),
    "note": Words(zh="数据来源及说明", en="source and note"),
    "year": Words(zh="年份", en="year"),
    "name": Words(zh="名称", en="name"),
    "entry": Words(zh="指标", en="entry"),
    "kind": Words(zh="类型", en="kind"),
    "purpose": Words(zh="用途", en="used for"),
    "capacity": Words(zh="容量", en="capacity"),
    "capacity_unit": Words(zh="容量单位", en="unit of capacity"),
    "use": Words(zh="末年用量", en="use in the last year"),
    "use_unit": Words(zh="用量单位", en="unit of use"),
    "lifetime": Words(zh="寿命（年）", en="lifetime, years"),
    "capital": Words(zh="投资（百万元）", en="investment, million CNY"),
    "commissioned": Words(zh="投产年份", en="commissioned"),
    "scenario": Words(zh="情景", en="scenario"),
    "driver": Words(zh="驱动因素", en="driver"),
    "sector": Words(zh="行业", en="sector"),
    "item": Words(zh="品种或产品", en="carrier or product"),
    "first": Words(zh="起始年", en="first year"),
    "last": Words(zh="终止年", en="last year"),
    "spread": Words(zh="标准差", en="standard deviation"),
    "source": Words(zh="来源", en="source"),
    "project": Words(zh="项目名称", en="project"),
    "owner": Words(zh="实施主体", en="owner"),
    "content": Words(zh="建设内容", en="content"),
    "start": Words(zh="开工年份", en="first year of construction"),
    "years": Words(zh="建设期（年）", en="years of construction"),
    "capital_low": Words(zh="投资下限", en="investment, low"),
    "capital_high": Words(zh="投资上限", en="investment, high"),
    "saving_low": Words(zh="年收益下限", en="yearly saving, low"),
    "saving": Words(zh="年收益（百万元）", en="yearly saving, million CNY"),
    "saving_high": Words(zh="年收益上限", en="yearly saving, high"),
    "subsidy": Words(zh="补助（百万元）", en="subsidy, million CNY"),
    "energy_tce": Words(zh="能耗变化（tce/年）", en="energy, tce/yr"),
    "carbon_t": Words(zh="碳排放变化（t/年）", en="CO2, t/yr"),
    "lever": Words(zh="对应措施代号", en="lever"),
    "load": Words(zh="对应已定项目", en="committed load"),
}
NUMBER_ERROR = Words(
    zh="请填写不小于 0 的数字，单位在右侧选择。", en="Type a number of 0 or more; choose the unit beside it."
)
GRADE_WORDS = {
    "A": Words(zh="A 计量并经第三方核查", en="A metered and verified by a third party"),
    "B": Words(zh="B 计量或结算单据，未核查", en="B metered or invoiced, not verified"),
    "C": Words(zh="C 根据台账推算", en="C estimated from records"),
    "D": Words(zh="D 专家判断", en="D judged without records"),
}
INSTRUCTIONS = {
    "zh": (
        "一、园区表：填写园区信息和因子选择。排放因子、电网因子没有默认值，须由填报单位选择，随每个结果打印。",
        "二、年份表（{years}）：一年一张。只填黄色单元格；数值只填数字，单位在右侧下拉选择；未知留空，确为 0 才填 0。",
        "三、质量等级 A-D 见数据质量表；不填按 C 级计算不确定性。",
        "四、边界内热电厂的燃料计入第四部分；它供园区内企业的电和蒸汽不再填外购，只填集中供热（供电）行。",
        "五、外供电力、热力从外购量中扣减；原料用能从燃烧量中扣除；自有因子优先于因子集。",
        "六、填好后运行 pathways check 文件.xlsx，所有问题按单元格一次列出；加 --annotate 得到标注副本。",
    ),
    "en": (
        "1 Park sheet: identity and choices of factors. They have no default; they are printed with every result.",
        "2 Year sheets ({years}): fill yellow cells only; numbers alone, units from the list beside; blank if unknown, "
        "0 only if it is 0.",
        "3 Quality grades A-D: see the data quality sheet; a blank counts as C.",
        "4 Fuel of a CHP plant inside the boundary stands in section 4; what it supplies inside is no purchase and "
        "goes in the rows of shared power and heat.",
        "5 Sales of power and heat are taken off purchases; feedstock is taken off combustion; own factors go first.",
        "6 Then run: pathways check FILE.xlsx. Every fault is listed by cell at once; --annotate writes a marked copy.",
    ),
}


#: Formatted rows of a list.
LIST_ROWS = 300
#: Units of growth, change and share, and of the levels most often given.
SCENARIO_UNITS = ("%/yr", "%", "share", "million CNY", "t", "TJ", "tCO2/MWh")
#: A fixed date keeps two templates of the same years identical.
CREATED = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
#: Columns of lists that hold numbers.
NUMBERS = (
    "value", "feedstock", "factor", "capacity", "use", "lifetime", "capital", "spread", "start", "years", "capital_low",
    "capital_high", "saving_low", "saving", "saving_high", "subsidy", "energy_tce", "carbon_t",
)  # fmt: skip
WIDTHS = {
    "label": 46, "value": 16, "unit": 13, "note": 34, "start": 10, "years": 10, "capital_low": 10, "capital_high": 10,
    "saving_low": 10, "saving": 12, "saving_high": 10, "subsidy": 10, "energy_tce": 12, "carbon_t": 12,
}  # fmt: skip


#: Purpose of the complete template.
WHOLE = "special-report"


def write_template(
    path: Path, years: Sequence[int], lang: str = "zh", *, overwrite: bool = False, purpose: str = WHOLE
) -> Path:
    """Write the empty workbook.

    Parameters
    ----------
    path : Path
        ``.xlsx``; its folder must exist.
    years : sequence of int
        One sheet each.
    lang : {"zh", "en"}
    overwrite : bool
        Whether an existing file may be replaced.
    purpose : str
        One of `intake.workbook.layouts.purposes`; the whole template by default.

    Raises
    ------
    InputError
        The name does not end in .xlsx, the file exists, or its folder does not or may not be written to; or there is
        no such purpose.
    """
    _check_target(path, overwrite)
    known = purposes()
    if purpose not in known:
        expected = f"one of {', '.join(known)}"
        raise errors.InputError(
            [errors.Fault(path.name, "purpose", purpose, expected, "choose one of them", code="no_rules")]
        )
    layout = known[purpose].of(template_layout())
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, files.SAFE) as workbook:
        workbook.set_properties({"title": template_layout().title.in_(lang), "created": CREATED})
        _Template(workbook, layout, lang).write(list(years))
    with errors.writing(path):
        return files.write_whole(path, content.getvalue())


def copy_sample(path: Path, years: Sequence[int], lang: str = "zh", *, overwrite: bool = False) -> Path:
    """Copy a shipped sample: the template of these years, filled in for an invented park.

    Raises
    ------
    InputError
        As of `write_template`; or there is no sample of these years.
    """
    _check_target(path, overwrite)
    folder = files.data_folder() / "samples"
    sample = folder / f"sample-{years[0]}-{years[-1]}_{lang}.xlsx"
    if not sample.is_file():
        spans = dict.fromkeys(
            found.stem.removeprefix("sample-").split("_")[0] for found in sorted(folder.glob("*.xlsx"))
        )
        written = f"{years[0]}-{years[-1]}"
        expected, remedy = f"years of a sample, {' or '.join(spans)}", "give one of them as --years"
        raise errors.InputError([errors.Fault(path.name, "years", written, expected, remedy, code="no_sample")])
    content = sample.read_bytes()
    with errors.writing(path):
        return files.write_whole(path, content)


def _check_target(path: Path, overwrite: bool) -> None:
    """Refuse a file that cannot or may not be written."""
    with errors.writing(path):
        there = path.exists()
    wrong = None
    if path.suffix.lower() != ".xlsx":
        wrong = "a name ending in .xlsx", "change the ending", "template_name"
    elif not path.parent.is_dir():
        wrong = "an existing folder", f"make the folder {path.parent.name} first", "template_folder"
    elif there and not overwrite:
        wrong = "a new file", "it exists; choose another name or give --force", "template_exists"
    if wrong:
        raise errors.InputError([errors.Fault(path.name, "file", "", *wrong[:2], code=wrong[2])])


def _grid_lists() -> dict[str, list[str]]:
    """Return the provinces, and the choices of grid factors, ``table`` first."""
    with (files.data_folder() / "factors" / "grid_factors.csv").open(encoding="utf-8-sig", newline="") as file:
        provinces = dict.fromkeys(row["region_cn"] for row in csv.DictReader(file) if row["level"] == "province")
    return {"provinces": list(provinces), "grid_factors": ["table", *grid_choices()]}


def height_of(text: str, width: float) -> float:
    """Compute the row height, points, of a text in a column of ``width`` characters, Chinese ones counted twice."""
    signs = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    return 15.0 * max(1, math.ceil(signs * 1.05 / width))


class _Template:
    """The workbook while it is written."""

    def __init__(self, workbook: xlsxwriter.Workbook, layout: Layout, lang: str) -> None:
        self.book, self.layout, self.lang = workbook, layout, lang
        entries = [entry.words().in_(lang) for entry in layout.entries().values()]
        self.lists = {
            "entries": entries,
            "factor_sets": list(factor_sets()),
            **_grid_lists(),
            "levers": list(lever_ids()),
            "fuels": [one.words().in_(lang) for one in layout.entries().values() if one.quantity == "energy"],
            "uses": [word(use, lang) for use in ENERGY_USES],
        }
        self.lists["supplied"] = [*(one.words().in_(lang) for one in layout.supplied), *self.lists["fuels"]]
        self.lists["plant_made"] = [*(one.words().in_(lang) for one in layout.plant_made), *self.lists["fuels"]]
        plain = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
        self.formats = {
            "title": workbook.add_format({**plain, "bold": True, "font_size": 14}),
            "warning": workbook.add_format({**plain, "font_color": "#9C0006", "text_wrap": True}),
            "section": workbook.add_format({**plain, "bold": True, "bg_color": "#DDEBF7"}),
            "head": workbook.add_format({**plain, "bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True}),
            "label": workbook.add_format({**plain, "border": 1, "text_wrap": True}),
            "code": workbook.add_format({**plain, "font_color": "#808080", "font_size": 8}),
            "plain": workbook.add_format(plain),
            "input": workbook.add_format(
                {**plain, "border": 1, "locked": False, "bg_color": "#FFF9E5", "align": "left", "indent": 1}
            ),
            "number": workbook.add_format(
                {**plain, "border": 1, "locked": False, "bg_color": "#FFF9E5", "num_format": "#,##0.######"}
            ),
            "none": workbook.add_format({**plain, "border": 1, "bg_color": "#EDEDED"}),
        }

    def write(self, years: list[int]) -> None:
        self._read_me(years)
        self._description(self.layout.description, years)
        form = self.layout.block("form")
        for year in years:
            self._form(form, year)
        lists = [block for block in self.layout.blocks if isinstance(block, ListBlock)]
        for block in lists:
            self._list(block, years)
        self._quality()
        hidden = self.book.add_worksheet("_lists")
        for column, names in enumerate(self.lists.values()):
            for row, name in enumerate(names):
                hidden.write_string(row, column, name)
        hidden.hide()

    def _sheet(self, name: str, title: str, signature: str = "") -> Worksheet:
        sheet = self.book.add_worksheet(name)
        # No password: the protection prevents mistakes, it hides nothing.
        sheet.protect(
            "", {"format_columns": True, "format_rows": True, "insert_rows": False, "select_locked_cells": True}
        )
        sheet.hide_gridlines(2)
        # Printed on A4 landscape, fitted to the width, on as many pages as needed.
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.write_string("A1", signature, self.formats["code"])
        sheet.write_string("B1", title, self.formats["title"])
        return sheet

    def _statement(self, sheet: Worksheet, area: str, text: str, width: float) -> None:
        """Write a text across the head of a sheet, in a row of sufficient height."""
        sheet.merge_range(area, text, self.formats["warning"])
        sheet.set_row(1, height_of(text, width), self.formats["plain"])

    def _read_me(self, years: list[int]) -> None:
        zh = self.lang == "zh"
        sheet = self._sheet("说明" if zh else "Read me", self.layout.title.in_(self.lang))
        sheet.set_column("A:A", 4)
        sheet.set_column("B:B", 110)
        lines = INSTRUCTIONS[self.lang]
        sheet.write_string("B2", self.layout.statement.in_(self.lang), self.formats["warning"])
        for row, line in enumerate(lines, start=3):
            sheet.write_string(row, 1, line.format(years=f"{years[0]}-{years[-1]}"), self.formats["label"])

    def _description(self, block: DescriptionSheet, years: list[int]) -> None:
        sheet = self._sheet(
            block.sheet[0 if self.lang == "zh" else 1], self.layout.title.in_(self.lang), self.layout.layout
        )
        for column, width in ((block.keys, 12), (block.labels, 28), (block.values, 40), (block.notes, 90)):
            sheet.set_column(f"{column}:{column}", width)
        self._statement(sheet, f"{block.labels}2:{block.notes}2", self.layout.statement.in_(self.lang), 158)
        filled = {"first_year": years[0], "last_year": years[-1]}
        for row, field in enumerate(block.fields, start=block.first_row):
            star = " *" if field.required else ""
            sheet.write_string(f"{block.keys}{row}", field.key, self.formats["code"])
            sheet.write_string(f"{block.labels}{row}", field.label.in_(self.lang) + star, self.formats["label"])
            where = f"{block.values}{row}"
            if field.key in filled:
                sheet.write_number(where, filled[field.key], self.formats["input"])
            else:
                sheet.write_blank(where, None, self.formats["input"])
            if field.comment:
                text = field.comment.in_(self.lang)
                sheet.write_string(f"{block.notes}{row}", text, self.formats["label"])
                sheet.set_row(row - 1, height_of(text, 90))
            if field.choices:
                # Other texts may be typed too (a region's own spelling); they are checked on reading.
                rule = {"validate": "list", "source": self._source(field.choices), "error_type": "warning"}
                sheet.data_validation(where, rule)

    def _source(self, named: tuple[str, ...] | str) -> list[str] | str:
        """Return the source of a list: short lists in the rule itself, long ones on the hidden sheet."""
        if not isinstance(named, str):
            return list(named)
        column = xl_col_to_name(list(self.lists).index(named))
        return f"=_lists!${column}$1:${column}${len(self.lists[named])}"

    def _form(self, block: FormBlock, year: int) -> None:
        sheet = self._sheet(str(year), f"{self.layout.title.in_(self.lang)} {year}")
        sheet.write_string(f"{block.labels}2", HEADS["year"].in_(self.lang), self.formats["label"])
        sheet.write_number(block.year_cell, year, self.formats["input"])
        columns = {"key": block.keys, "label": block.labels, **block.columns}
        self._heads(sheet, columns, block.first_row - 1)
        sheet.freeze_panes(block.first_row - 1, 3)
        row = block.first_row
        sheet.repeat_rows(block.first_row - 2)
        for section in self.layout.sections:
            for column in columns.values():
                sheet.write_blank(f"{column}{row}", None, self.formats["section"])
            sheet.write_string(f"{block.labels}{row}", section.title.in_(self.lang), self.formats["section"])
            row += 1
            for entry in section.entries:
                self._line(sheet, columns, row, entry)
                row += 1

    def _heads(self, sheet: Worksheet, columns: dict[str, str], row: int) -> None:
        for name, column in columns.items():
            sheet.set_column(f"{column}:{column}", WIDTHS.get(name, 14))
            sheet.write_string(f"{column}{row}", HEADS[name].in_(self.lang), self.formats["head"])

    def _line(self, sheet: Worksheet, columns: dict[str, str], row: int, entry: Entry) -> None:
        at = {name: f"{column}{row}" for name, column in columns.items()}
        sheet.write_string(at["key"], entry.key, self.formats["code"])
        sheet.write_string(at["label"], entry.words().in_(self.lang), self.formats["label"])
        if entry.comment:
            sheet.write_comment(at["label"], entry.comment.in_(self.lang), {"x_scale": 2})
        self._guided(sheet, at, entry)
        sheet.write_string(at["unit"], entry.unit, self.formats["input"])
        sheet.data_validation(at["unit"], {"validate": "list", "source": list(self.layout.unit_sets[entry.units])})
        if entry.factor:
            units = list(self.layout.unit_sets[entry.factor])
            sheet.write_blank(at["factor_unit"], None, self.formats["input"])
            sheet.data_validation(at["factor_unit"], {"validate": "list", "source": units})
        else:
            sheet.write_blank(at["factor_unit"], None, self.formats["none"])
        sheet.write_blank(at["grade"], None, self.formats["input"])
        sheet.data_validation(at["grade"], {"validate": "list", "source": list(GRADES)})
        sheet.write_blank(at["note"], None, self.formats["input"])

    def _guided(self, sheet: Worksheet, at: dict[str, str], entry: Entry) -> None:
        """Format cells for numbers; grey and locked where the row can have none."""
        for name, is_open in (("value", True), ("feedstock", entry.feedstock), ("factor", bool(entry.factor))):
            sheet.write_blank(at[name], None, self.formats["number" if is_open else "none"])
            if is_open:
                sheet.data_validation(at[name], self._number_rule())

    def _number_rule(self) -> dict[str, object]:
        message = NUMBER_ERROR.in_(self.lang)
        return {"validate": "decimal", "criteria": ">=", "value": 0, "error_title": "?", "error_message": message}

    def _list(self, block: ListBlock, years: list[int]) -> None:
        sheet = self._sheet(block.sheets.in_(self.lang), block.sheets.in_(self.lang))
        # The colour of the columns below must not extend into the head.
        for row in range(block.first_row - 1):
            sheet.set_row(row, None, self.formats["plain"])
        columns = list(block.columns.values())
        widths = sum(WIDTHS.get(name, 18) for name in list(block.columns)[1:])
        self._statement(sheet, f"{columns[1]}2:{columns[-1]}2", block.help.in_(self.lang), widths)
        sheet.repeat_rows(block.first_row - 2)
        self._heads(sheet, block.columns, block.first_row - 1)
        sheet.freeze_panes(block.first_row - 1, 0)
        last = block.first_row + LIST_ROWS - 1
        for name, column in block.columns.items():
            area = f"{column}{block.first_row}:{column}{last}"
            style: Format = self.formats["number" if name in NUMBERS else "input"]
            sheet.set_column(f"{column}:{column}", WIDTHS.get(name, 18), style)
            rules = {"scenario": self._scenario_rule, "investment": self._investment_rule, "use": self._use_rule,
                     "supplier": partial(self._supplier_rule, listed="supplied"),
                     "plant": partial(self._supplier_rule, listed="plant_made")}  # fmt: skip
            rule = rules[block.role](name) if block.role in rules else self._list_rule(name, years)
            if rule:
                sheet.data_validation(area, rule)

    def _list_rule(self, name: str, years: list[int]) -> dict[str, object] | None:
        if name == "entry":
            return {"validate": "list", "source": self._source("entries")}
        if name == "year":
            return {"validate": "list", "source": [str(year) for year in years]}
        if name == "grade":
            return {"validate": "list", "source": list(GRADES)}
        if name == "kind":
            return {"validate": "list", "source": [words.in_(self.lang) for words in self.layout.kinds.values()]}
        return self._number_rule() if name in NUMBERS else None

    def _scenario_rule(self, name: str) -> dict[str, object] | None:
        """Drop-downs of the sheet of scenarios; values may be below zero."""
        lists = {"driver": SCENARIO_DRIVERS, "kind": KINDS, "unit": SCENARIO_UNITS}
        if name in lists:
            rule: dict[str, object] = {"validate": "list", "source": list(lists[name])}
            # Levels may have other units: the list is a suggestion, not a limit.
            return {**rule, "error_type": "information"} if name == "unit" else rule
        return None

    def _investment_rule(self, name: str) -> dict[str, object] | None:
        """Drop-down of levers; savings, energy and CO2 may be below zero."""
        return {"validate": "list", "source": self._source("levers")} if name == "lever" else None

    def _use_rule(self, name: str) -> dict[str, object] | None:
        """Drop-downs of the sheet of uses."""
        lists = {"entry": self._source("fuels"), "purpose": self._source("uses"), "unit": ["%", "share"]}
        return {"validate": "list", "source": lists[name]} if name in lists else self._list_rule(name, [])

    def _supplier_rule(self, name: str, *, listed: str) -> dict[str, object] | None:
        """Drop-downs of the sheet of a plant; years of a supplier may be years to come, units are those of fuels."""
        if name == "entry":
            return {"validate": "list", "source": self._source(listed)}
        if name == "unit":
            units = dict.fromkeys(
                unit for one in ("solid", "gas", "heat", "power") for unit in self.layout.unit_sets[one]
            )
            return {"validate": "list", "source": list(units)}
        return self._number_rule() if name == "value" else None

    def _quality(self) -> None:
        zh = self.lang == "zh"
        sheet = self._sheet("数据质量" if zh else "Data quality", "数据质量等级" if zh else "Quality grades")
        sheet.set_column("A:A", 4)
        sheet.set_column("B:B", 60)
        sheet.set_column("C:C", 60)
        spreads = read_plausible().grades
        for row, grade in enumerate(GRADES, start=2):
            sheet.write_string(row, 1, GRADE_WORDS[grade].in_(self.lang), self.formats["label"])
            sheet.write_string(row, 2, f"± {spreads[grade]:.0%} (ASSUME)", self.formats["label"])
        sheet.write_string(8, 1, "主要数据来源" if zh else "main sources of the data", self.formats["head"])
        sheet.write_string(8, 2, "说明" if zh else "remarks", self.formats["head"])
        for row in range(9, 29):
            sheet.write_blank(row, 1, None, self.formats["input"])
            sheet.write_blank(row, 2, None, self.formats["input"])
