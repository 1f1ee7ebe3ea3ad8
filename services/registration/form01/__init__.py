"""Form 01 as PDF: `render(form: FormData) -> bytes`. CPU-bound; call it through `bus.heavy`."""

from services.registration.form01.data import FormData, Guardian
from services.registration.form01.layout import render

__all__ = ["FormData", "Guardian", "render"]
