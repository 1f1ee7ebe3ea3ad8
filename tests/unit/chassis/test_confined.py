"""A file of a stranger is read by a process that can do nothing else."""

import tempfile
import threading
import time

import psutil
import pytest

from services.chassis.green.confined import Busy, Confined, NotRead, Room

FUNCTION = "tests.stand.confined:read"


def confined(**bounds):
    return Confined(FUNCTION, **({"memory_bytes": 64 << 20, "at_once": 4, "seconds": 2, "wait_seconds": 10} | bounds))


def servers(seconds, wait_seconds):
    """The processes that fork for readers with these bounds."""
    running = [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in running if each.cmdline()[-2:] == [seconds, wait_seconds]]


@pytest.fixture(scope="module")
def reader():
    return confined()


def told(reader, what, **question):
    """Its answer, and the file that it made."""
    with tempfile.TemporaryFile(buffering=0) as source, tempfile.TemporaryFile(buffering=0) as target:
        source.write(what.encode())
        source.seek(0)
        answer = reader.call(question, source, target)
        target.seek(0)
        return answer, target.read()


def test_it_answers_and_makes_a_file(reader):
    assert told(reader, "copies", say="được") == ({"said": "được"}, b"made")


def test_it_has_no_settings_and_opens_neither_files_nor_connections(reader, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "secret")
    answer, _ = told(reader, "looks_around")
    assert set(answer.pop("environment")) <= {"LANG", "LC_CTYPE", "PATH", "PYTHONPATH"}
    assert answer == {"file": False, "connection": False, "pipe": False}


@pytest.mark.parametrize("what", ["crashes", "fails", "writes_much", "says_much"])
def test_a_file_that_breaks_its_reader_is_not_read_and_the_next_one_is(reader, what):
    with pytest.raises(NotRead):
        told(reader, what)
    assert told(reader, "copies", say=1)[1] == b"made"


@pytest.mark.parametrize("what", ["sleeps", "computes"])
def test_a_file_that_takes_too_long_is_given_up_and_its_process_ended(what):
    impatient = confined(seconds=1, wait_seconds=1)
    started = time.monotonic()
    with pytest.raises(NotRead):
        told(impatient, what)
    assert time.monotonic() - started < 20
    (server,) = servers("1", "1")
    until = time.monotonic() + 10
    while server.children() and time.monotonic() < until:
        time.sleep(0.1)
    assert not server.children()


def test_a_file_that_computes_is_ended_by_its_seconds_of_cpu_long_before_its_process_would_be():
    patient = confined(seconds=1, wait_seconds=100)
    started = time.monotonic()
    with pytest.raises(NotRead):
        told(patient, "computes")
    assert time.monotonic() - started < 90


@pytest.mark.parametrize("what", ["grows", "grows_unasked"])
def test_more_memory_than_was_asked_for_is_not_to_be_had(reader, what):
    with pytest.raises(NotRead):
        told(reader, what)


def test_memory_is_bounded_for_all_together():
    reader, ended = confined(memory_bytes=10 << 20), []

    def hold():
        told(reader, "holds", bytes=6 << 20)
        ended.append(time.monotonic())

    told(reader, "copies", say=1)
    threads = [threading.Thread(target=hold) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ended[1] - ended[0] > 0.9


def test_who_waits_too_long_is_told_to_come_again():
    reader = confined(at_once=1, wait_seconds=0.3)
    told(reader, "copies", say=1)
    first = threading.Thread(target=lambda: told(reader, "holds", bytes=1))
    first.start()
    time.sleep(0.3)
    with pytest.raises(Busy) as busy:
        told(reader, "copies", say=1)
    assert busy.value.retry_after_seconds > 0
    first.join()
    assert told(reader, "copies", say=1)[1] == b"made"


def test_its_server_is_started_again_when_it_was_killed():
    reader = confined(seconds=3)
    told(reader, "copies", say=1)
    (server,) = servers("3", "10")
    server.kill()
    server.wait()
    assert told(reader, "copies", say=2) == ({"said": 2}, b"made")


def test_the_large_are_not_starved_by_the_small():
    room, served = Room(10), []
    room.take(6)

    def take(amount):
        with room.taken(amount, 5):
            served.append(amount)

    large = threading.Thread(target=take, args=[10])
    large.start()
    time.sleep(0.1)
    small = threading.Thread(target=take, args=[1])
    small.start()
    time.sleep(0.1)
    assert served == []
    room.give_back(6)
    large.join()
    small.join()
    assert served == [10, 1]


def test_who_asks_for_more_than_there_is_is_sent_away():
    room = Room(10)
    with pytest.raises(Busy):
        room.take(11)
    room.take(10)
