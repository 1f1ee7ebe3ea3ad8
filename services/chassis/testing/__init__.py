"""What the tests stand on: private servers, fakes, port suites. Never imported by a service."""

from __future__ import annotations

from services.chassis.testing.nodes import Node, NodeError, PgBouncerNode, PostgresNode, RabbitNode, StandbyNode, free_port

__all__ = ["Node", "NodeError", "PgBouncerNode", "PostgresNode", "RabbitNode", "StandbyNode", "free_port"]
