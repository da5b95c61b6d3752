import pytest

from tests.oidc.process import Provider, running_provider


@pytest.fixture(scope="session")
def provider() -> Provider:
    """One for all the tests of this process: it keeps nothing of a person from one sign-in to the next."""
    with running_provider() as running:
        yield running
