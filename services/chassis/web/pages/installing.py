"""Make a Flask application ready for pages."""

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from services.chassis.resources import Resources
from services.chassis.web.pages import assets, compiling, cookies, csrf, drawing, errors, language, layout
from services.chassis.web.pages.common import common

_TEMPLATES = Path(__file__).parent / "templates"


def install(app: Flask, resources: Resources[Any]) -> None:
    """Add templates, assets, cookie, tokens of forms, languages and the pages that every service has."""
    service = resources.service
    app.jinja_loader = ChoiceLoader(
        [  # type: ignore[misc]  # Flask's own is a cached property
            FileSystemLoader([_TEMPLATES, Path(app.root_path) / "templates"]),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    compiling.install(app)
    cookies.install(app, service, resources.settings)
    language.install(app)
    csrf.install(app)
    drawing.install(app)
    layout.install(app)
    assets.install(app)
    errors.install(app)
    app.register_blueprint(common, url_prefix=f"/{service}")
