"""Options that several commands have."""

import pytest
import typer
from typer.testing import CliRunner

from services.chassis.cli import options


@pytest.mark.rule("W2")
@pytest.mark.parametrize(
    "typed", ["261121-000001-6", "2611210000016", "261121\u2013000001\u20116", " 261121 000001 6\u200b"]
)
def test_a_number_is_found_however_an_operator_types_it(typed):
    app = typer.Typer()

    @app.command()
    def show(dossier: options.Dossier = None) -> None:
        typer.echo(repr(dossier))

    assert CliRunner().invoke(app, ["--dossier", typed]).stdout == "'261121-000001-6'\n"
    assert CliRunner().invoke(app, []).stdout == "None\n"
