"""Who gives way when an HTTP server is full."""

import time

import pytest

from services.chassis.settings import chassis_settings
from services.chassis.web.places import Places


class Socket:
    """A socket that notes how it was shut."""

    def __init__(self):
        self.shut = None

    def shutdown(self, how):
        self.shut = how


@pytest.fixture
def make():
    def made(**settings):
        return Places(chassis_settings("notes")(**settings))

    return made


def come(places, address="198.51.100.1", count=1):
    connections = []
    for _ in range(count):
        connections.append(places.connect(Socket(), (address, 1)))
        time.sleep(0.001)  # or none has waited for longest
    return connections


def gone(connections):
    return [connection.is_leaving for connection in connections]


def test_of_one_address_that_has_its_share_the_longest_silent_connection_gives_way(make):
    places = make(http_max_connections_per_address=3)
    neighbour = come(places, "198.51.100.9")
    assert gone(come(places, count=5)) == [True, True, False, False, False]
    assert gone(neighbour) == [False]


def test_the_64_of_a_subscriber_is_one_address(make):
    places = make(http_max_connections_per_address=2)
    ours = [*come(places, "2001:db8::1"), *come(places, "2001:db8::2"), *come(places, "2001:db8::3")]
    assert gone(ours) == [True, False, False]


def test_behind_a_proxy_only_the_bounds_for_all_hold(make):
    places = make(http_max_connections_per_address=3, trusted_proxies=1)
    assert gone(come(places, count=10)) == [False] * 10


def test_one_connection_too_many_closes_one_of_the_client_that_has_most(make):
    places = make(http_max_connections=1, http_max_connections_per_address=100)
    patient = come(places, "198.51.100.9", 2)
    greedy = come(places, "198.51.100.1", 32)
    assert gone(patient) == [False, False]
    assert gone(greedy) == [True, *[False] * 31]


def test_work_in_hand_never_gives_way(make):
    places = make(http_max_connections_per_address=1)
    (working,) = come(places)
    assert places.take(working)
    come(places, count=3)
    assert gone([working]) == [False]
    with working.awaited(answering=True):
        come(places)
        assert gone([working]) == [True], "but whoever does not read its answer does"


def test_a_connection_that_ended_counts_no_more(make):
    places = make(http_max_connections_per_address=2)
    for _ in range(5):
        (connection,) = come(places)
        places.disconnect(connection)
    assert gone(come(places, count=2)) == [False, False]


def test_a_place_that_is_given_back_is_taken_by_the_next(make):
    places = make(http_max_connections=1, http_head_seconds=0.2)
    one, other = come(places, count=2)
    assert places.take(one)
    assert not places.take(other)
    places.leave(one)
    assert places.take(other)
