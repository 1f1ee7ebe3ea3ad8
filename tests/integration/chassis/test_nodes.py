"""The private broker and database: they answer, survive SIGKILL with their data, and leave nothing."""

from __future__ import annotations

import pika
import pytest
import sqlalchemy

from services.chassis.testing import PostgresNode, RabbitNode


def test_confirmed_messages_survive_a_kill_of_the_broker(rabbit: RabbitNode, amqp_uri: str) -> None:
    port = rabbit.port
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.queue_declare("kept", durable=True, arguments={"x-queue-type": "quorum"})
    for number in range(50):
        channel.basic_publish(
            "", "kept", b"%d" % number, pika.BasicProperties(delivery_mode=2), mandatory=True
        )
    rabbit.settle()

    rabbit.kill()
    assert not rabbit.running
    rabbit.start()

    assert rabbit.port == port
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    channel = connection.channel()
    bodies = []
    for method, _, body in channel.consume("kept", inactivity_timeout=10):
        if method is None:
            break
        bodies.append(body)
        channel.basic_ack(method.delivery_tag)
        if len(bodies) == 50:
            break
    connection.close()
    assert bodies == [b"%d" % number for number in range(50)]


def test_committed_rows_survive_a_kill_of_the_database(
    postgres: PostgresNode, postgres_url: str
) -> None:
    port = postgres.port
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE kept (number int)"))
        connection.execute(sqlalchemy.text("INSERT INTO kept SELECT generate_series(1, 1000)"))

    postgres.kill()
    assert not postgres.running
    postgres.start()

    assert postgres.port == port
    engine.dispose()
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT count(*) FROM kept")) == 1000
    engine.dispose()


def test_each_test_gets_a_database_of_its_own_of_either_kind(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        assert sqlalchemy.inspect(connection).get_table_names() == []
        connection.execute(sqlalchemy.text("CREATE TABLE once (number int)"))
    engine.dispose()


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_gets_a_virtual_host_of_its_own(amqp_uri: str, time: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    declared = connection.channel().queue_declare("same-name", durable=True)
    connection.channel().basic_publish("", "same-name", b"x")
    connection.close()
    assert declared.method.message_count == 0, time
