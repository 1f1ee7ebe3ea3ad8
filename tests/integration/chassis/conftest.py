"""Places for services: one for each test, or one for all tests of a module that can share it."""

from collections.abc import Iterator

import pytest

from tests.stand.place import Place, fresh_place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A virtual host and a database of the test's own; with each kind of database in turn."""
    with fresh_place(request, request.param, tmp_path_factory.mktemp("place")) as place:
        yield place


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same for all tests of a module, which tell their facts apart by ids."""
    with fresh_place(request, request.param, tmp_path_factory.mktemp("place")) as place:
        yield place
