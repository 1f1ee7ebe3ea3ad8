"""The broker's alarms: while one is on, it takes no messages from anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.chassis.testing import RabbitNode

_DISK = 'rabbit_disk_monitor:set_disk_free_limit("{}").'
_MEMORY = "vm_memory_monitor:set_vm_memory_high_watermark({})."


@contextmanager
def disk_alarm(rabbit: RabbitNode) -> Iterator[None]:
    """Raise the limit of free disk space above what there is, as `rabbitmqctl set_disk_free_limit` does."""
    rabbit.evaluate(_DISK.format("1000000GB"))
    try:
        yield
    finally:
        rabbit.evaluate(_DISK.format("50MB"))


@contextmanager
def memory_alarm(rabbit: RabbitNode) -> Iterator[None]:
    """Lower the limit of memory below what is used, as `rabbitmqctl set_vm_memory_high_watermark` does."""
    rabbit.evaluate(_MEMORY.format("0.00001"))
    try:
        yield
    finally:
        rabbit.evaluate(_MEMORY.format("0.4"))
