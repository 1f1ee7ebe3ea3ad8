"""Draw the share of the bad road over time, and how late each code came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt  # after choosing how to draw

from tests.faults.roads.acts import BAD, Report


def draw(reports: Sequence[Report], path: Path) -> None:
    """Write the picture as SVG: one column an act, the share above, the lateness below."""
    figure, rows = plt.subplots(2, len(reports), figsize=(7 * len(reports), 7), sharex="col", squeeze=False)
    for report, share, late in zip(reports, rows[0], rows[1], strict=True):
        share.step([at for at, _ in report.shares], [points for _, points in report.shares], where="post")
        share.set_ylim(-2, 102)
        share.set_title(f"{BAD} is {report.act}, then back; {report.rate:g} SMS/s")
        share.set_ylabel(f"share of {BAD}, points of 100")
        late.plot([at for at, _ in report.lateness], [seconds for _, seconds in report.lateness], ".", markersize=2)
        late.axhline(10, linestyle="--", linewidth=0.8)
        late.set_yscale("log")
        late.set_ylabel("one-time codes: seconds until on the phone")
        late.set_xlabel("seconds")
        for axes in (share, late):
            axes.axvspan(report.bad_from, report.bad_until, alpha=0.15, label=report.act)
            if report.first_shift is not None:
                axes.axvline(report.first_shift, linestyle=":", label="first shift")
            axes.grid(visible=True, alpha=0.3)
        share.legend(loc="lower right")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg")
    plt.close(figure)
