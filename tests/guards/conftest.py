"""The application with a hole, to show that the walks find it."""

import pytest
from pyramid.security import NO_PERMISSION_REQUIRED

from member_space.config import configurator
from tests.conftest import TEST_INI
from tests.log_guard import Browser


@pytest.fixture
def holed(engine, session_factory, wsgi_app):
    """The application with one more route, whose view forgets to ask whose it is."""

    def build(pattern, view, factory=None):
        config = configurator(TEST_INI, engine)
        config.add_route("hole", pattern, factory=factory)
        config.add_view(view, route_name="hole", permission=NO_PERMISSION_REQUIRED)
        app = config.make_wsgi_app()
        app.registry.session_factory = session_factory
        return Browser(app)

    return build
