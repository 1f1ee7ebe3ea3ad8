"""100,000 complaints: what does each page of the desks weigh, how long does the server take, how many queries, how much processor to draw?

Two years of complaints on PostgreSQL, asked of the application itself as a browser with a session asks, so that everything counts but the
socket. Writes .run/bench/pages.json; ends with 1 if a page is heavier or slower than it may be (pages.md §8).
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
import typer
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from werkzeug.test import TestResponse

from services.chassis.database import Database
from services.chassis.web.auth import Principal
from services.chassis.web.pages import compiling
from services.feedback.desk.tabs import TABS
from tests.bench.complaints import application
from tests.bench.complaints_filling import fill
from tests.bench.timing import counting, percentile, timing
from tests.stand.pages import Browser

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_BOARD = "thu-so-the"


@dataclass(frozen=True)
class Bars:
    """What a page of staff may take at most; `queries` counts for lists."""

    kilobytes: float = 100.0
    html_kilobytes: float = 40.0
    requests: int = 8
    median_ms: float = 100.0
    p95_ms: float = 250.0
    cpu_ms: float = 15.0
    queries: int = 5


@dataclass(frozen=True)
class Page:
    """One page, and who looks at it; `sent` is posted with the page's own form (what names a person stands in no address)."""

    name: str
    role: str
    path: str
    is_list: bool = True
    sent: dict[str, str] = field(default_factory=dict)


def pages(complaint_no: str, phone: str) -> tuple[Page, ...]:
    """The pages of the desks, each on the state that has most to show."""
    ban = "/feedback/ban"
    tabs = [Page(f"desk: {tab}", "officer", f"{ban}?tab={tab}") for tab in TABS]
    return (
        *tabs,
        Page("desk: late, mine", "officer", f"{ban}?late=true&mine=true"),
        Page("desk: of a category", "officer", f"{ban}?category=chot-so"),
        Page("one complaint", "officer", f"{ban}/{complaint_no}", is_list=False),
        Page("one complaint, drafting", "officer", f"{ban}/{complaint_no}?viec=tra-loi", is_list=False),
        Page("search: words", "officer", "/feedback/tim", sent={"query": "thiếu tháng lương bệnh viện"}),
        Page("search: a caller's phone", "officer", "/feedback/tim", sent={"query": phone}),
        Page("search: a name", "officer", "/feedback/tim", sent={"query": "Nguyễn Thị Hạnh"}),
        Page("turned away now", "officer", "/feedback/truc"),
        Page("taking down", "support", "/feedback/tiep-nhan", is_list=False),
        Page("co-ordination", "officer", "/feedback/phoi-hop"),
        Page("approval", "director", "/feedback/duyet"),
        Page("boards: matrix", "board", "/feedback/theo-doi"),
        Page("reports", "board", "/feedback/bao-cao", is_list=False),
        Page("categories", "admin", "/feedback/danh-muc"),
    )


def main(
    complaints: Annotated[int, typer.Option(min=1000, help="How many complaints.")] = 100_000,
    repeat: Annotated[int, typer.Option(min=5, help="How often each page is opened.")] = 40,
    out: Annotated[Path, typer.Option(help="Where pages.json goes.")] = _OUT,
) -> None:
    """Measure the pages. About two minutes."""
    console, bars = Console(), Bars()
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, refresh_per_second=4) as progress, application(_anybody) as (app, database):
        task = progress.add_task("complaints", total=complaints)
        compiling.compile_all(app, "feedback")  # as the service does at its start
        counted = fill(database, complaints, lambda done: progress.update(task, completed=done))
        example = _example(database)
        shown = [page for page in pages(example.complaint_no, example.phone) if _is_built(app, page)]
        task = progress.add_task("pages", total=len(shown))
        figures = {}
        for page in shown:
            figures[page.name] = _measure(app, database, page, example.province, repeat)
            progress.advance(task)
    faults = [
        f"{name}: {fault}"
        for (name, one), page in zip(figures.items(), shown, strict=True)
        for fault in _over(one, bars, page)
    ]
    _show(console, figures)
    out.mkdir(parents=True, exist_ok=True)
    written = {"complaints": counted, "repeat": repeat, "bars": bars.__dict__, "pages": figures, "over": faults}
    (out / "pages.json").write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    console.print(f"figures in {out / 'pages.json'}")
    if faults:
        console.print("\n".join(faults), style="red")
        raise typer.Exit(1)


def _anybody(token: str) -> Principal:
    """The token is role and province; what a real one costs to check is measured elsewhere."""
    role, _, province = token.partition(".")
    claims: dict[str, Any] = {
        "role": role,
        "acr": "aal2",
        "name": "Trần Thị Lan",
        "iat": time.time(),
        "exp": time.time() + 900,
    }
    if role in ("officer", "director"):
        claims |= {"office": province, "province": province}
    return Principal(f"bench-{role}", role, claims | ({"board": _BOARD} if role == "board" else {}))


class _Example(NamedTuple):
    """The busiest province, one of its open complaints, and the phone of whoever filed that."""

    province: str
    complaint_no: str
    phone: str


def _example(database: Database) -> _Example:
    wanted = sa.text(
        "SELECT province_code, complaint_no, contact->>'phone' FROM complaints WHERE answered_at IS NULL AND province_code ="
        " (SELECT province_code FROM complaints WHERE answered_at IS NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)"
        " ORDER BY received_at DESC LIMIT 1"
    )
    with database.read() as session:
        province, number, phone = session.execute(wanted).one()
    return _Example(str(province), str(number), "0" + str(phone).removeprefix("+84"))


def _is_built(app: Flask, page: Page) -> bool:
    path = page.path.partition("?")[0]
    return app.url_map.bind("localhost").test(path, "GET")


def _measure(app: Flask, database: Database, page: Page, province: str, repeat: int) -> dict[str, Any]:
    browser = Browser(app)
    browser.sign_in(f"{page.role}.{province}")
    for _ in range(2):  # fills caches, brings the form that is sent, and is not counted
        answer = _open(browser, page)
    with timing(app) as timed:
        for _ in range(repeat):
            answer = _open(browser, page)
    elapsed, processor = [each.elapsed for each in timed], [each.processor for each in timed]
    with counting(database) as statements:
        _open(browser, page)
    html = answer.get_data()
    files = {path: _weight(browser, path) for path in sorted(_files(answer.text))}
    return {
        "html_bytes": len(html),
        "first_visit_bytes": len(html) + sum(files.values()),
        "second_page_bytes": len(html),
        "requests": 1 + len(files),
        "median_ms": round(percentile(elapsed, 0.5), 1),
        "p95_ms": round(percentile(elapsed, 0.95), 1),
        "cpu_ms": round(percentile(processor, 0.5), 1),
        "queries": len(statements),
    }


def _open(browser: Browser, page: Page) -> TestResponse:
    """:raises RuntimeError: for anything but 200."""
    answer = browser.send(page.path, dict(page.sent)) if page.sent and browser.page else browser.look(page.path)
    if answer.status_code != 200:
        raise RuntimeError(f"{page.role} {page.path}: {answer.status_code} {answer.text[:400]}")
    return answer


def _files(html: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/s/[^"]+\.(?:css|js|svg))"', html))


def _weight(browser: Browser, path: str) -> int:
    """Bytes on the wire: compressed if the service says so."""
    answer = browser.client.get(path, headers={"Accept-Encoding": "gzip"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    body = answer.get_data()
    if answer.headers.get("Content-Encoding") == "gzip":
        gzip.decompress(body)  # it is what it says
    return len(body)


def _over(one: dict[str, Any], bars: Bars, page: Page) -> Iterator[str]:
    limits: list[tuple[str, float, str]] = [
        ("first_visit_bytes", bars.kilobytes * 1000, "bytes in all"),
        ("html_bytes", bars.html_kilobytes * 1000, "bytes of HTML"),
        ("requests", bars.requests, "requests"),
        ("median_ms", bars.median_ms, "ms (median)"),
        ("p95_ms", bars.p95_ms, "ms (p95)"),
        ("cpu_ms", bars.cpu_ms, "ms of processor"),
    ]
    if page.is_list:
        limits.append(("queries", bars.queries, "queries"))
    for key, most, unit in limits:
        if one[key] > most:
            yield f"{one[key]:g} {unit}, not {most:g}"


def _show(console: Console, figures: dict[str, dict[str, Any]]) -> None:
    table = Table("page", "html kB", "first visit kB", "requests", "median ms", "p95 ms", "CPU ms", "queries")
    for name, one in figures.items():
        sizes = (f"{one['html_bytes'] / 1000:.1f}", f"{one['first_visit_bytes'] / 1000:.1f}", str(one["requests"]))
        table.add_row(name, *sizes, f"{one['median_ms']:g}", f"{one['p95_ms']:g}", f"{one['cpu_ms']:g}", str(one["queries"]))
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
