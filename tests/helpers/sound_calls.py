"""Valid calls with their expected results: files, and numbers recomputed from the raw texts.

Every draw is another call: other parks, years, seeds, series, formats and languages.
"""

import csv
import io
import json
import math
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from click.testing import CliRunner

from pathway_models.cli.main import main

PARKS = ("demo-cement", "demo-steel", "demo-petrochemical", "demo-electronics")
REGIONS = ("region-d", "region-anhui", "region-guangdong", "region-hebei")
SCENARIOS = ("bau", "moderate", "deep", "efficiency", "ccus")


class Sound(NamedTuple):
    """A call that has to end well: its words, the codes it may end with, and what has to hold of its text."""

    words: list[str]
    holds: Callable[[str], bool]
    codes: tuple[int, ...] = (0,)


def rows_of(text: str) -> list[dict[str, str]]:
    """Rows of a CSV text, which may begin with the mark of its encoding."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def _near(one: float, other: float, share: float = 1e-6) -> bool:
    return math.isclose(one, other, rel_tol=share, abs_tol=1e-9)


def _series(chance: random.Random, path: Path, *columns: str) -> dict[str, dict[int, list[float]]]:
    """Write a table of entities, years and values as any office would; return its numbers."""
    first, many = chance.randrange(1950, 2005), chance.randrange(3, 20)
    table: dict[str, dict[int, list[float]]] = {}
    for at in range(chance.randrange(1, 4)):
        level, kind = chance.uniform(1, 1e6), chance.choice(["rise", "fall", "any"])
        for year in range(first, first + many):
            level *= {"rise": 1.05, "fall": 0.95, "any": chance.uniform(0.8, 1.25)}[kind]
            values = [round(level * (column + 1), 3) for column in range(len(columns))]
            table.setdefault(f"{kind} 园区{at}", {})[year] = values
    sign = chance.choice([",", "\t"])
    lines = [("entity", "year", *columns)]
    lines += [
        (entity, str(year), *map(str, values)) for entity, years in table.items() for year, values in years.items()
    ]
    path.write_text("\n".join(sign.join(line) for line in lines) + "\n", encoding=chance.choice(["utf-8", "utf-8-sig"]))
    return table


def judged(chance: random.Random, folder: Path) -> Sound:
    """A verdict of every rule on every series; what only rises has not peaked, what only falls is not rising."""
    path = folder / "series.csv"
    table, is_json = _series(chance, path, "value"), chance.random() < 0.5

    def holds(text: str) -> bool:
        found = json.loads(text) if is_json else rows_of(text)
        verdicts = {(row["entity"], row["rule"]): row for row in found}
        per = {entity: sum(one == entity for one, _ in verdicts) for entity in table}
        wrong = [
            row
            for (entity, _), row in verdicts.items()
            if (entity.startswith("rise") and row["verdict"] == "peaked")
            or (row["peak_year"] and int(row["peak_year"]) not in table[entity])
        ]
        return len(set(per.values())) == 1 and min(per.values()) > 5 and not wrong

    return Sound(["judge", str(path), "--format", "json" if is_json else "csv"], holds)


def grown(chance: random.Random, folder: Path) -> Sound:
    """Growth from each year to the next, computed again."""
    path = folder / "growth.csv"
    table = _series(chance, path, "co2")

    def holds(text: str) -> bool:
        found = rows_of(text)
        pairs = [row for row in found if int(row["last"]) - int(row["first"]) == 1]
        changes = []
        for row in pairs:
            years = table[row["entity"]]
            changes.append((float(row["change"]), years[int(row["last"])][0] / years[int(row["first"])][0] - 1))
        is_same = all(_near(told, counted) for told, counted in changes)
        return is_same and len(pairs) >= sum(len(years) - 1 for years in table.values())

    return Sound(["economy", str(path), "--growth", "co2", "--format", "csv"], holds)


def decomposed(chance: random.Random, folder: Path) -> Sound:
    """The contributions of an identity add up to the change of its product."""
    path = folder / "identity.csv"
    factors = ("activity", "intensity")
    table = _series(chance, path, *factors)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    sign = "\t" if "\t" in lines[0] else ","
    made = [lines[0] + sign + "co2"]
    totals: dict[tuple[str, int], float] = {}
    for line in lines[1:]:
        entity, year, *values = line.split(sign)
        totals[entity, int(year)] = float(values[0]) * float(values[1])
        made.append(line + sign + repr(totals[entity, int(year)]))
    path.write_text("\n".join(made) + "\n", encoding="utf-8")
    words = ["economy", str(path), "--total", "co2", "--format", "json"]

    def holds(text: str) -> bool:
        parts: dict[tuple[str, int, int], float] = {}
        for row in json.loads(text):
            span = (row["entity"], row["first"], row["last"])
            parts[span] = parts.get(span, 0.0) + row["effect"]
        return len(parts) == sum(len(years) - 1 for years in table.values()) and all(
            _near(effect, totals[entity, last] - totals[entity, first], 1e-5)
            for (entity, first, last), effect in parts.items()
        )

    return Sound([*words, *(word for factor in factors for word in ("--factor", factor))], holds)


def checked(chance: random.Random, folder: Path) -> Sound:
    """The tonnes of the ledger add up to what is printed."""
    park, ledger = chance.choice([*PARKS, *REGIONS]), folder / "ledger.csv"
    ledger.unlink(missing_ok=True)

    def holds(text: str) -> bool:
        lines = [line.split()[3:] for line in text.splitlines() if line.strip().startswith("total, as reported ")]
        printed = [float(word.replace(",", "")) for line in lines for word in line]
        sums: dict[int, float] = {}
        for row in rows_of(ledger.read_text(encoding="utf-8-sig")):
            if row["scope"] in ("1", "2"):
                sums[int(row["year"])] = sums.get(int(row["year"]), 0.0) + float(row["emissions_tco2"])
        # Whole tonnes are printed, and tenths of them where there are few.
        near = 0.51 if max(sums.values()) >= 1000 else 0.06
        return all(abs(one - other) <= near for one, other in zip(printed, sums.values(), strict=True))

    return Sound(["check", park, "--ledger", str(ledger)], holds)


def templates(chance: random.Random, folder: Path) -> Sound:
    """An empty workbook with a sheet for each year asked for."""
    first = chance.randrange(2000, 2023)
    last, path = first + chance.randrange(2, 4), folder / f"template{chance.randrange(10**9)}.xlsx"

    def holds(_: str) -> bool:
        names = openpyxl.load_workbook(path, read_only=True).sheetnames
        return {name for name in names if name.isdigit()} == set(map(str, range(first, last + 1)))

    return Sound(
        ["template", str(path), "--years", f"{first}-{last}", "--lang", chance.choice(["zh", "en"])], holds
    )  # fmt: skip


def levers(chance: random.Random, _: Path) -> Sound:
    """Every number of the levers in order, with a source."""

    def holds(text: str) -> bool:
        found = rows_of(text)
        return len(found) > 40 and all(
            row["source"] and float(row["low"]) <= float(row["mode"]) <= float(row["high"]) for row in found
        )

    park = ["--park", chance.choice(PARKS)] if chance.random() < 0.5 else []
    return Sound(["levers", "--format", "csv", *park], holds)


def budgets(chance: random.Random, _: Path) -> Sound:
    """Probabilities within their bounds, that never fall as years add up their overruns."""

    def holds(text: str) -> bool:
        found = json.loads(text)
        return bool(found) and all(0 <= row["p_overrun_so_far"] <= 1 and row["allowed_tco2"] >= 0 for row in found)

    words = ["--members", str(chance.randrange(3, 20)), "--seed", str(chance.randrange(10**6))]
    rule = ["--rule", chance.choice(["intensity", "hold", "neutral"])]
    return Sound(["budget", chance.choice(PARKS), *rule, *words, "--format", "json"], holds)


def nowcasts(chance: random.Random, _: Path) -> Sound:
    """Levels in order, each region asked for."""
    regions = chance.sample(["Anhui", "Hebei", "Guangdong", "Jiangsu"], k=2)

    def holds(text: str) -> bool:
        found = rows_of(text)
        levels = [[float(row[f"co2_t_{p}"]) for p in ("p05", "p25", "p50", "p75", "p95")] for row in found]
        return {row["region"] for row in found} == set(regions) and all(one == sorted(one) for one in levels)

    seed = str(chance.randrange(10**6))
    return Sound(["nowcast", *regions, "--members", "20", "--seed", seed, "--format", "csv"], holds)


def decided(chance: random.Random, _: Path) -> Sound:
    """Probabilities within their bounds; what is named as reached is likely enough on its own draws."""

    def holds(text: str) -> bool:
        found = json.loads(text)
        best = found.get("best")
        is_likely = best is None or best["p_before"] >= found["probability"]
        return (is_likely or not found["reached"]) and (best is None or 0 <= best["p_before"] <= 1)

    seed = str(chance.randrange(10**6))
    words = ["--members", "10", "--fresh", "10", "--seed", seed, "--by", "family", "--format", "json"]
    return Sound(["decide", chance.choice(PARKS), *words], holds, (0, 1))  # 1: no package is likely enough


def accounts(chance: random.Random, _: Path) -> Sound:
    """A table of text that is no formula, one number at least a row."""
    name, codes = chance.choice([("account", (0,)), ("comply", (0, 1))])  # 1: an indicator is missed

    def holds(text: str) -> bool:
        found = json.loads(text)
        return bool(found) and all(isinstance(row, dict) and len(row) > 2 for row in found)

    return Sound([name, chance.choice(PARKS), "--format", "json"], holds, codes)


def compared(chance: random.Random, folder: Path) -> Sound:
    """A run beside itself has no change; beside a copy with one figure altered, that figure."""
    copy, name = folder / "altered", chance.choice(["bau", "deep"])
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "good", copy)
    if chance.random() < 0.3:
        return Sound(["compare", str(folder / "good"), str(copy)], lambda text: "Nothing changed" in text)
    table = copy / "demo-cement" / "pathways.csv"
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    begin = f"demo-cement,{name},20{chance.randrange(25, 60)}"
    at = next(at for at, line in enumerate(lines) if line.startswith(begin))
    *before, last = lines[at].split(",")
    lines[at] = ",".join([*before, str(float(last) * 3)])
    table.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    words = ["compare", str(folder / "good"), str(copy)]
    return Sound(words, lambda text: "demo-cement" in text and name in text and "Nothing changed" not in text, (0, 1))


def exported(chance: random.Random, folder: Path) -> Sound:
    """Every figure of the pathways stands in what other programs get."""
    out, kind = folder / f"out{chance.randrange(10**9)}", chance.choice(["tidy", "datapackage", "iamc"])
    run = folder / "made"

    def holds(_: str) -> bool:
        numbers = set()
        for path in out.rglob("*.csv"):
            for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
                numbers |= {f"{float(cell):.4g}" for cell in row if _is_number(cell)}
        wanted = rows_of((run / PARKS[0] / "pathways.csv").read_text(encoding="utf-8-sig"))
        lacking = [row for row in wanted if f"{float(row['p50_tco2']) / 1e6:.4g}" not in numbers]
        return bool(wanted) and len(lacking) <= len(wanted) // 50  # digits are cut at different ends

    return Sound(["export", str(run), "--format", kind, "--out", str(out)], holds)


def reported(chance: random.Random, folder: Path) -> Sound:
    """A document that opens, without a script or a fault of a formula in it."""
    kind = chance.choice(["html", "xlsx", "docx"])
    out = folder / f"report{chance.randrange(10**9)}.{kind}"

    def holds(_: str) -> bool:
        if kind == "html":
            text = out.read_text(encoding="utf-8")
            return "</html>" in text and "Traceback" not in text
        if kind == "xlsx":
            return len(openpyxl.load_workbook(out, read_only=True).sheetnames) > 3
        return out.read_bytes().startswith(b"PK")

    words = ["report", str(folder / "made"), PARKS[0], "--format", kind, "--out", str(out), "--search", "5", "--quiet"]
    return Sound([*words, "--lang", chance.choice(["en", "zh"])], holds)


def summarised(chance: random.Random, folder: Path) -> Sound:
    """The summary of a run made again holds the same peaks."""
    copy = folder / "again"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "made", copy)
    before = (copy / "summary.csv").read_bytes()
    (copy / "summary.csv").unlink()
    language = chance.choice(["en", "zh"])
    return Sound(
        ["summarise", str(copy), "--lang", language], lambda _: (copy / "summary.csv").read_bytes() == before
    )  # fmt: skip


def dry(chance: random.Random, folder: Path) -> Sound:
    """What a run would do, and nothing of it done."""
    out = folder / f"dry{chance.randrange(10**9)}"
    parks = chance.sample([*PARKS, *REGIONS], k=2)
    words = ["run", *parks, "--members", "5", "--dry-run", "--out", str(out)]
    return Sound(words, lambda text: all(park in text for park in parks) and not out.exists())


#: Calls of a moment, and those that need a run made beforehand.
QUICK = (judged, judged, grown, grown, decomposed, checked, templates, levers, nowcasts, accounts, compared, dry)
SLOW = (budgets, decided, exported, reported, summarised)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def make_run(folder: Path) -> None:
    """Make a small run for calls that need one."""
    words = ["run", PARKS[0], "--members", "10", "--out", str(folder / "made"), "--quiet"]
    answer = CliRunner().invoke(main, [*words, *(word for one in SCENARIOS[:2] for word in ("--scenarios", one))])
    if answer.exit_code:
        raise RuntimeError(answer.output)


def sound_call(chance: random.Random, folder: Path) -> Sound:
    """Any call that is sound; those that need a run only where there is one."""
    has_run = (folder / "made").is_dir()
    return chance.choice([*QUICK, *SLOW] if has_run else QUICK)(chance, folder)


def answered(call: Sound) -> Any:
    """Text of a call that ended as promised, None where it ended otherwise."""
    answer = CliRunner().invoke(main, call.words)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    if answer.exit_code not in call.codes:
        raise ValueError(f"code {answer.exit_code}: {answer.output[-150:]}")
    return answer.stdout
