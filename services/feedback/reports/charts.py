"""Draw the charts of a report as SVG (`matplotlib`). The first takes a second, the next 0.1 s: call it by `run_in_subprocess`.

The colours are distinct for the colour-blind (Okabe and Ito), and every bar carries its number, so that nothing depends on colour
alone. Text stays text, so it can be searched and read aloud.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from services.feedback.reports.headings import HEADINGS

CONTENT_TYPE = "image/svg+xml"

_BLUE, _ORANGE, _SKY, _RED, _GREEN = "#0072B2", "#E69F00", "#56B4E9", "#D55E00", "#009E73"
_STACK: Final = {"settled_in_time": _GREEN, "settled_late": _ORANGE, "open_in_time": _SKY, "open_late": _RED}
_LINES: Final = {"received": _BLUE, "settled": _GREEN, "open": _RED}
#: offsets of each line's numbers, in points, so that they do not overlap
_OFFSETS: Final = {"received": (0, 6), "settled": (0, -12), "open": (16, -3)}
_MOST_CATEGORIES = 15
_LONGEST_LABEL = 44
_WIDTH_INCHES = 10.0

#: keep text as text, and make the same bytes for the same report
_STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "vss",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,  # a `$` in a category's name is a dollar
}


def render(report: Mapping[str, Any], name: str) -> bytes:
    """Return one of `CHARTS` as SVG.

    :raises KeyError: for another name.
    """
    draw = CHARTS[name]
    with mpl.rc_context(_STYLE):
        figure = Figure(layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure, report)
        target = io.BytesIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Title": report["period"]["title"]})
    return target.getvalue()


def _provinces(figure: Figure, report: Mapping[str, Any]) -> None:
    lines = sorted(
        report["provinces"], key=lambda line: (line["settled_late"] + line["open_late"], line["received"], line["code"])
    )
    _stacked(figure, lines, f"Theo tỉnh, quá hạn nhiều nhất ở trên\n{report['period']['title']}")


def _boards(figure: Figure, report: Mapping[str, Any]) -> None:
    _stacked(figure, report["boards"][::-1], f"Theo ban theo dõi\n{report['period']['title']}")


def _categories(figure: Figure, report: Mapping[str, Any]) -> None:
    lines = sorted(report["categories"], key=lambda line: (line["received"], line["code"]))[-_MOST_CATEGORIES:]
    _stacked(figure, lines, f"Lĩnh vực có nhiều phản ánh nhất\n{report['period']['title']}")


def _stacked(figure: Figure, lines: Sequence[Mapping[str, Any]], title: str) -> None:
    figure.set_size_inches(_WIDTH_INCHES, 2.0 + 0.28 * max(1, len(lines)))
    axes = figure.subplots()
    places = range(len(lines))
    left = [0] * len(lines)
    for name, colour in _STACK.items():
        values = [line[name] for line in lines]
        axes.barh(places, values, left=left, color=colour, label=HEADINGS[name], height=0.75)
        left = [before + value for before, value in zip(left, values, strict=True)]
    for place, (total, line) in enumerate(zip(left, lines, strict=True)):
        late = line["settled_late"] + line["open_late"]
        _label_bar(axes, total, place, f"{total:,} (quá hạn {late:,})" if late else f"{total:,}")
    axes.set_yticks(list(places), [_short(line["name"]) for line in lines], fontsize=8)
    axes.set_xlim(0, max([1, *left]) * 1.2)
    axes.set_ylim(-0.6, max(1, len(lines)) - 0.4)
    _finish(axes, title, columns=4)


def _weeks(figure: Figure, report: Mapping[str, Any]) -> None:
    figure.set_size_inches(_WIDTH_INCHES, 4.5)
    axes = figure.subplots()
    lines = report["weeks"]
    for name, colour in _LINES.items():
        values = [line[name] for line in lines]
        axes.plot(range(len(lines)), values, marker="o", color=colour, label=HEADINGS[name])
        for place, value in enumerate(values):
            axes.annotate(
                f"{value:,}",
                (place, value),
                textcoords="offset points",
                xytext=_OFFSETS[name],
                ha="center",
                color=colour,
                fontsize=8,
            )
    axes.set_xticks(range(len(lines)), [line["week"] for line in lines], fontsize=8, rotation=45 if len(lines) > 10 else 0)
    axes.set_ylim(bottom=0)
    _finish(axes, f"Theo tuần\n{report['period']['title']}", columns=3)


def _ratings(figure: Figure, report: Mapping[str, Any]) -> None:
    """Draw how satisfied people are with the answers, 1 to 5, by board."""
    figure.set_size_inches(_WIDTH_INCHES, 3.5)
    axes = figure.subplots()
    lines = report["boards"][::-1]
    axes.barh(range(len(lines)), [line["rating"] or 0 for line in lines], color=_BLUE, label=HEADINGS["rating"])
    for place, line in enumerate(lines):
        text = f"{line['rating']:.2f} ({line['rated']:,} lượt)" if line["rated"] else "chưa có đánh giá"
        _label_bar(axes, line["rating"] or 0, place, text)
    axes.set_yticks(range(len(lines)), [_short(line["name"]) for line in lines], fontsize=8)
    axes.set_xlim(0, 6)
    axes.set_xticks(range(6))
    _finish(axes, f"Điểm đánh giá theo ban\n{report['period']['title']}", columns=1)


def _finish(axes: Axes, title: str, *, columns: int) -> None:
    axes.set_title(title, fontsize=11, loc="left")
    figure = axes.get_figure(root=True)
    if figure is not None:
        figure.legend(loc="outside lower center", ncols=columns, fontsize=8, frameon=False)


def _label_bar(axes: Axes, value: float, place: int, text: str) -> None:
    """Write the number of a bar to its right."""
    axes.annotate(text, (value, place), textcoords="offset points", xytext=(4, 0), va="center", fontsize=8)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"


CHARTS: Final[dict[str, Callable[[Figure, Mapping[str, Any]], None]]] = {
    "provinces": _provinces,
    "boards": _boards,
    "categories": _categories,
    "weeks": _weeks,
    "ratings": _ratings,
}
