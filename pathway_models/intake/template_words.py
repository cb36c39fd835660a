"""The words of the empty workbook, in both languages."""

from __future__ import annotations

from pathway_models.intake.layout import Words

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
    "capacity": Words(zh="容量", en="capacity"),
    "capacity_unit": Words(zh="容量单位", en="unit of capacity"),
    "use": Words(zh="末年用量", en="use in the last year"),
    "use_unit": Words(zh="用量单位", en="unit of use"),
    "lifetime": Words(zh="寿命（年）", en="lifetime, years"),
    "capital": Words(zh="投资（百万元）", en="investment, million CNY"),
    "commissioned": Words(zh="投产年份", en="commissioned"),
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
