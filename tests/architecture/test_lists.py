"""Lists that several services ship are one list."""

from pathlib import Path

SERVICES = Path(__file__).parents[2] / "services"


def test_every_service_ships_the_same_offices() -> None:
    shipped = {
        name: (SERVICES / name / "data" / "offices.csv").read_text("utf-8")
        for name in ("registration", "feedback", "accounts")
    }
    assert len(set(shipped.values())) == 1, sorted(shipped)
