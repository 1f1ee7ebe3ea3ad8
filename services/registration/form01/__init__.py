"""Form 01 as PDF: `layout.render(form: data.FormData) -> bytes`.

`rendering.py` calls it in a subprocess: drawing takes milliseconds of Python, and the libraries are large. Only `layout`,
`sheet`, `typeface` and `pictures` import them, so the service's own process has no PDF library in its memory.
"""
