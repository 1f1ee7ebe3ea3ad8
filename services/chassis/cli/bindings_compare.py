"""Compare bindings: which are missing, which are too many, and which of these matter."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.chassis.bus import agencies
from services.chassis.bus.topology import PUBLIC_EXCHANGE, PUBLIC_STREAM, Binding, Topology
from services.chassis.cli.findings import Finding

_INBOUND = re.compile(r"([^.]+)\.in\.v\d+")
_PLAIN = re.compile(r"([^.]+)\.events")
_LANE = re.compile(r"([^.]+)\.to\.([^.]+)")


def services_of(topology: Topology) -> set[str]:
    """Return the services whose part of the broker this is: those whose queue is in it."""
    return {found[1] for queue in topology.queues if (found := _INBOUND.fullmatch(queue.name))}


def compare_bindings(topology: Topology, there: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield what is not bound and should be, and what is bound and should not be."""
    found = {
        Binding(entry["source"], entry["routing_key"], entry["destination"]): entry.get("destination_type", "queue")
        for entry in there
    }
    for binding in topology.bindings:
        if binding not in found:
            yield Finding("binding", _name(binding))
    expected, services = set(topology.bindings), services_of(topology)
    for binding, destination_type in found.items():
        if binding not in expected and (note := _too_much(binding, destination_type, services)):
            text, harmless = note
            yield Finding("binding", _name(binding), note=text, harmless=harmless)


def _too_much(binding: Binding, destination_type: str, services: set[str]) -> tuple[str, bool] | None:
    """Why a binding should not be there, and whether it is harmless; None if it is none of our business."""
    source, target = binding.exchange, binding.queue
    lane, plain = _LANE.fullmatch(source), _PLAIN.fullmatch(source)
    from_us = source == PUBLIC_EXCHANGE or source.partition(".")[0] in services or (lane is not None and lane[2] in services)
    to_us = target == PUBLIC_STREAM or target.partition(".")[0] in services
    if not source or not (from_us or to_us):
        return None
    reader = _INBOUND.fullmatch(target)
    if source == PUBLIC_EXCHANGE:
        return _of_the_public_feed(target, destination_type)
    if lane:
        if reader and reader[1] == lane[2]:
            return None if binding.key == "#" else ("adds nothing to the one for all facts", True)
        return f"takes copies of what {lane[1]} tells {lane[2]}", False
    if plain and reader:
        if reader[1] not in services:
            return None
        return f"left over: {reader[1]} does not read this fact; it matters only if {plain[1]} sends plain events", True
    if plain and from_us:
        return f"takes the private facts of {plain[1]}, should it send plain events", False
    return f"lets what is sent to {source} into {target}" if to_us else "is no part of this release", False


def _of_the_public_feed(target: str, destination_type: str) -> tuple[str, bool] | None:
    if destination_type == "queue" and target == PUBLIC_STREAM:
        return "adds nothing to the one for all facts", True
    if destination_type == "queue" and target.startswith(agencies.PREFIX):
        return None
    return f"no policy bounds {target}: only queues named {agencies.PREFIX}… are (`vss agencies add`)", False


def _name(binding: Binding) -> str:
    return f"{binding.exchange} -> {binding.queue} ({binding.key})"
