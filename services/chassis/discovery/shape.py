"""Check that a class is shaped like a service, and say everything that is wrong with it at once."""

import difflib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.chassis.facts import Fact, Reader


def faults_in(cls: Any) -> Iterator[str]:
    """Yield one clause for each fault of a would-be service class."""
    name = getattr(cls, "name", None)
    if not isinstance(name, str) or not name.isidentifier() or name != name.lower():
        yield f"its `name` is lower_snake_case, not {name!r}{_similar_attribute(cls, 'name')}"
    elif name == "public":
        yield "its `name` is taken: the exchange `public.events` is the public feed's"
    yield from _faults_in_publishes(cls)
    yield from _faults_in_reads(cls)


def _faults_in_publishes(cls: Any) -> Iterator[str]:
    publishes = getattr(cls, "publishes", None)
    if not isinstance(publishes, Sequence) or isinstance(publishes, str):
        yield f"its `publishes` is a sequence of Fact classes, not {_shown(publishes)}{_similar_attribute(cls, 'publishes')}"
        return
    seen: dict[Any, str] = {}
    for fact in publishes:
        if not _is_subclass(fact, Fact):
            yield f"`publishes` holds {_shown(fact)}, which is no Fact class"
        elif (other := seen.setdefault((fact.fact_name, fact.version), fact.__name__)) != fact.__name__:
            yield f"`publishes` holds {fact.fact_name} v{fact.version} twice: {other} and {fact.__name__}"


def _faults_in_reads(cls: Any) -> Iterator[str]:
    reads = getattr(cls, "reads", None)
    if not isinstance(reads, Mapping):
        yield f"its `reads` maps Reader classes to functions, it is not {_shown(reads)}{_similar_attribute(cls, 'reads')}"
        return
    seen: dict[Any, str] = {}
    for reader, handler in reads.items():
        if not _is_subclass(reader, Reader):
            yield f"`reads` holds {_shown(reader)}, which is no Reader class"
            continue
        what = (reader.service, reader.fact_name, reader.version)
        if (other := seen.setdefault(what, reader.__name__)) != reader.__name__:
            yield f"`reads` holds {what[0]} {what[1]} v{what[2]} twice: {other} and {reader.__name__}"
        if not _takes_session_and_fact(handler):
            yield f"`reads` maps {reader.__name__} to {_shown(handler)}, which is no function (session, fact)"


def _is_subclass(cls: Any, base: type) -> bool:
    return isinstance(cls, type) and issubclass(cls, base) and cls is not base


def _takes_session_and_fact(handler: Any) -> bool:
    try:
        inspect.signature(handler).bind(None, None)
    except TypeError:
        return False
    except ValueError:
        # a built-in that does not tell its parameters
        return True
    return True


def _shown(value: Any) -> str:
    return str(getattr(value, "__name__", None) or repr(value))


def _similar_attribute(cls: Any, name: str) -> str:
    if hasattr(cls, name):
        return ""
    near = difflib.get_close_matches(name, [each for each in vars(cls) if not each.startswith("_")], n=1)
    return f" (it has `{near[0]}`)" if near else ""
