"""Private servers for the tests: started on free ports, killed and restarted at will.

    with RabbitNode(folder / "rabbit") as rabbit, PostgresNode(folder / "postgres") as postgres:
        ...

Port and data stay the same over `stop`, `kill` and `start`.
"""

from __future__ import annotations

from services.chassis.testing.node import Node
from services.chassis.testing.pgbouncer_node import PgBouncerNode
from services.chassis.testing.postgres_node import PostgresNode
from services.chassis.testing.postgres_standby import StandbyNode
from services.chassis.testing.processes import NodeError, free_port
from services.chassis.testing.rabbit_node import RabbitNode

__all__ = ["Node", "NodeError", "PgBouncerNode", "PostgresNode", "RabbitNode", "StandbyNode", "free_port"]
