"""Templates compiled once a process, and before anybody asks: a first page would otherwise keep every other request waiting for seconds.

Nothing compiled is written to disk, where whoever can write could put code of their own.
"""

import time
from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache, TemplateNotFound, meta
from jinja2.bccache import Bucket

from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

#: name and source, both hashed → what they became, for all applications of the process
_compiled: dict[tuple[str, str], CodeType] = {}


class _OfThisProcess(BytecodeCache):
    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = _compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            _compiled[bucket.key, bucket.checksum] = bucket.code


def install(app: Flask) -> None:
    """Compile no template twice."""
    app.jinja_env.bytecode_cache = _OfThisProcess()


def compile_all(app: Flask, service: str) -> int:
    """Compile the templates of `service` and whatever they use; return how many. About a second of processor, if it has pages.

    :raises TemplateNotFound: if one of them names another that is not there.
    """
    began = time.process_time()
    environment = app.jinja_env
    every = environment.list_templates()
    own = [name for name in every if name.startswith(f"{service}/")]
    if not own:  # its pages are those of errors: not worth a second of every start
        return 0
    waiting = [*own, *(name for name in every if name.startswith("chassis/"))]
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        environment.get_template(name)
        if environment.loader is None:
            raise TemplateNotFound(name)
        named = set(meta.find_referenced_templates(environment.parse(environment.loader.get_source(environment, name)[0])))
        found = {each for each in named if each is not None} - seen
        seen |= found
        waiting.extend(found)
    log.info("templates_compiled", count=len(seen), seconds=round(time.process_time() - began, 2))
    return len(seen)
