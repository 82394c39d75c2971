#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of numbers, handed over by the benchmarks and made into one page.

A run.py says what it has found, besides printing it:

    report.add_option(parser)                       # --tables FILE
    tables = report.Tables(__file__, __doc__, options)
    tables.add("title", columns, rows)              # and bars or curves, see there
    tables.add_contest("title", entries)            # {"case", "who", "best", "median", "worst"}

    benchmarks/report.py OUT.html FILE...           renders such files; `./dev bench --report` does

The page needs neither a network nor scripts: its plots are inline SVG.
"""

import html
import json
import math
import pathlib
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import facts  # noqa: E402

# ---- what a run.py uses ----


def add_option(parser):
    parser.add_argument("--tables", metavar="FILE", help="write the tables as JSON, for a report")


class Tables:
    """What one benchmark has found. Written after every table: a run that is cut short keeps what
    it has measured. Without --tables nothing is written."""

    def __init__(self, program, doc, options, more_facts=None):
        self._file = options.tables
        words = [w for w in sys.argv[1:] if w != "--tables" and w != options.tables]
        self._found = {
            "benchmark": pathlib.Path(program).resolve().parent.name,
            "question": " ".join(doc.split("\n\n")[0].split()),
            "options": shlex.join(words),
            "facts": facts.machine() | (more_facts or {}),
            "tables": [],
        }

    @property
    def found(self):
        """All of it, for a `page`."""
        return self._found

    def add(self, title, columns, rows, bars=None, curves=None):
        """`rows`: lists of texts and numbers; `bars`: what bar() gives; `curves`: what curves()."""
        self._found["tables"].append({
            "title": title, "columns": list(columns), "rows": [list(row) for row in rows],
            "bars": bars or [], "curves": curves,
        })
        if self._file:
            pathlib.Path(self._file).write_text(json.dumps(self._found, indent=1) + "\n")

    def add_contest(self, title, entries, unit="ns"):
        """Entries as the C++ benchmarks print them, a line each; the first of a case is the one
        that the others are compared with."""
        first, rows, bars = {}, [], []
        for each in entries:
            own = first.setdefault(each["case"], each["median"])
            ratio = f"{each['median'] / own:.2f}" if own else "-"
            rows.append([each["case"], each["who"], ratio]
                        + [f"{each[key]:.1f}" for key in ("median", "best", "worst")])
            bars.append(bar(each["case"], each["who"], each["best"], each["median"],
                            each["worst"], unit))
        self.add(title, ["case", "who", "x the first", f"median, {unit}", "best", "worst"], rows,
                 bars)


def bar(group, label, low, middle, high, unit=""):
    """One bar with its spread; those of a group have one scale."""
    return {"group": group, "label": label, "low": low, "middle": middle, "high": high,
            "unit": unit}


def curves(x, y, lines, is_log=False):
    """`lines`: label -> [(x, y), ...]; `x` and `y` name the axes; `is_log` is said of y."""
    return {"x": x, "y": y, "is_log": is_log,
            "lines": [{"label": label, "points": [list(point) for point in points]}
                      for label, points in lines.items()]}


# ---- the page ----

COLORS = ("#2f6fdb", "#d9622b", "#2a9d6f", "#a23fb5", "#b58900", "#6b7280")
STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #667085; --line: #d5dae1; --back: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #9aa4b2; --line: #39414d; --back: #14181f; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
       max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 3rem 0 .2rem; border-bottom: 2px solid var(--line); }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .8rem .15rem 0; border-bottom: 1px solid var(--line); text-align: right; }
th { color: var(--soft); font-weight: 600; }
th:first-child, td:first-child, td.text { text-align: left; }
code { background: color-mix(in srgb, var(--line) 45%, transparent); padding: .1rem .35rem; }
svg { display: block; max-width: 100%; height: auto; margin: .6rem 0 1.2rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .soft { fill: var(--soft); } svg .axis { stroke: var(--line); } .scroll { overflow-x: auto; }
"""


def escaped(value):
    return html.escape(str(value))


def short(number):
    """Three digits, and a letter for what they count."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= limit:
            return f"{number / (1e3 if letter == 'k' else limit):.3g}{letter}"
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def is_number(value):
    return isinstance(value, (int, float)) or str(value)[:1].isdigit()


def table_of(table):
    if not table["columns"]:
        return ""
    head = "".join(f"<th>{escaped(name)}</th>" for name in table["columns"])
    body = ""
    for row in table["rows"]:
        cells = (f"<td{'' if is_number(c) or c == '-' else ' class=text'}>{escaped(c)}</td>"
                 for c in row)
        body += f"<tr>{''.join(cells)}</tr>\n"
    return (f"<div class=scroll><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>"
            "</table></div>\n")


def color_of(labels):
    names = list(dict.fromkeys(labels))
    return {name: COLORS[i % len(COLORS)] for i, name in enumerate(names)}


def bars_of(bars):
    """Groups below each other; the line across the end of a bar goes from the least to the most."""
    left, width, step = 150, 520, 20
    color, y, parts = color_of(b["label"] for b in bars), 4, []
    for group in dict.fromkeys(b["group"] for b in bars):
        members = [b for b in bars if b["group"] == group]
        scale = width / (max(max(b["high"], b["middle"]) for b in members) or 1)
        parts.append(f'<text x="0" y="{y + 14}" font-weight="600">{escaped(group)}</text>')
        y += step
        for each in members:
            low, middle, high = (left + scale * each[k] for k in ("low", "middle", "high"))
            parts.append(
                f'<text x="{left - 8}" y="{y + 13}" text-anchor="end" class="soft">'
                f'{escaped(each["label"])}</text>'
                f'<rect x="{left}" y="{y + 3}" width="{middle - left:.1f}" height="13" rx="2" '
                f'fill="{color[each["label"]]}"/>'
                f'<path d="M{low:.1f} {y + 9.5}H{high:.1f}M{low:.1f} {y + 6}v7M{high:.1f} {y + 6}'
                f'v7" stroke="currentColor" fill="none"/>'
                f'<text x="{max(middle, high) + 8:.1f}" y="{y + 13}">'
                f'{escaped(short(each["middle"]))} {escaped(each["unit"])}</text>')
            y += step
        y += 6
    return svg(left + width + 120, y, parts)


def svg(width, height, parts):
    return (f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
            + "\n".join(parts) + "</svg>\n")


def ticks(low, high, is_log):
    if is_log:
        exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        return [10.0 ** e for e in exponents]
    step = 10.0 ** math.floor(math.log10((high - low) or 1))
    step = next(s for s in (step / 5, step / 2, step, 2 * step) if (high - low) / s <= 8)
    return [step * i for i in range(math.floor(low / step), math.ceil(high / step) + 1)]


def curves_of(plot):
    """Lines over a common x; what cannot be shown on a logarithmic axis is left out."""
    left, top, width, height = 60, 28, 560, 220
    is_log = plot["is_log"]
    lines = [(each["label"], [p for p in each["points"] if not is_log or p[1] > 0])
             for each in plot["lines"]]
    points = [p for _, line in lines for p in line]
    if not points:
        return ""
    lowest = min(p[1] for p in points) if is_log else 0
    marks = ticks(lowest, max(p[1] for p in points) or 1, is_log)
    xs = sorted({p[0] for p in points})
    # The x are few and far apart: each has a place of its own.
    place = {x: left + width * (i + 0.5) / len(xs) for i, x in enumerate(xs)}
    scaled = math.log10 if is_log else float
    low, span = scaled(marks[0]), (scaled(marks[-1]) - scaled(marks[0])) or 1

    def at(y):
        return top + height * (1 - (scaled(y) - low) / span)

    parts = [f'<text x="0" y="14" class="soft">{escaped(plot["y"])}</text>',
             f'<text x="{left + width}" y="{top + height + 34}" text-anchor="end" class="soft">'
             f'{escaped(plot["x"])}</text>']
    for mark in marks:
        parts.append(f'<path class="axis" d="M{left} {at(mark):.1f}h{width}"/>'
                     f'<text x="{left - 8}" y="{at(mark) + 4:.1f}" text-anchor="end" class="soft">'
                     f'{short(mark)}</text>')
    for x in xs:
        parts.append(f'<text x="{place[x]:.1f}" y="{top + height + 18}" text-anchor="middle" '
                     f'class="soft">{short(x)}</text>')
    color = color_of(label for label, _ in lines)
    for i, (label, line) in enumerate(lines):
        path = " ".join(f"{place[x]:.1f},{at(y):.1f}" for x, y in sorted(line))
        parts.append(f'<polyline points="{path}" fill="none" stroke-width="2" '
                     f'stroke="{color[label]}"/>')
        parts += [f'<circle cx="{place[x]:.1f}" cy="{at(y):.1f}" r="3" fill="{color[label]}"/>'
                  for x, y in line]
        parts.append(f'<rect x="{left + width + 14}" y="{top + 20 * i}" width="12" height="12" '
                     f'fill="{color[label]}"/><text x="{left + width + 32}" '
                     f'y="{top + 20 * i + 11}">{escaped(label)}</text>')
    return svg(left + width + 170, top + height + 44, parts)


def facts_of(pairs):
    rows = "".join(f"<tr><th>{escaped(k)}</th><td class=text>{escaped(v)}</td></tr>\n"
                   for k, v in pairs)
    return f"<table>{rows}</table>\n"


def section_of(found, common):
    own = [(k, v) for k, v in found["facts"].items() if (k, v) not in common]
    text = f"<h2>{escaped(found['benchmark'])}</h2>\n<p>{escaped(found['question'])}</p>\n"
    text += facts_of(own) if own else ""
    command = f"./dev bench {found['benchmark']} {found['options']}".strip()
    for table in found["tables"]:
        text += f"<h3>{escaped(table['title'])}</h3>\n{table_of(table)}"
        text += bars_of(table["bars"]) if table["bars"] else ""
        text += curves_of(table["curves"]) if table["curves"] else ""
        text += f"<p><code>{escaped(command)}</code></p>\n"
    return text


def page(all_found):
    """The whole document: what is true of all on top, then a section a benchmark."""
    sets = [set(found["facts"].items()) for found in all_found]
    shared = set.intersection(*sets) if sets else set()
    common = [(name, fact) for name, fact in (all_found[0]["facts"].items() if all_found else ())
              if (name, fact) in shared and name in facts.machine()]
    return ("<!doctype html>\n<html lang=en><meta charset=utf-8>\n"
            '<meta name=viewport content="width=device-width">\n<title>weir, measured</title>\n'
            f"<style>{STYLE}</style>\n<h1>weir, measured</h1>\n{facts_of(common)}"
            + "".join(section_of(found, common) for found in all_found) + "</html>\n")


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: benchmarks/report.py OUT.html [FILE...]")
    found = [json.loads(pathlib.Path(name).read_text()) for name in sys.argv[2:]]
    pathlib.Path(sys.argv[1]).write_text(page(found))
    print(f"{sys.argv[1]}: {sum(len(each['tables']) for each in found)} tables")


if __name__ == "__main__":
    main()
