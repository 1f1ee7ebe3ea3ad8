"""Form 01 as PDF: `layout.render(form: data.FormData) -> bytes`.

It computes in Python for milliseconds, and its libraries are large: call it through `run_in_subprocess`. Nothing is imported here, so that
a service that only fills the form in has no PDF library in its memory.
"""
