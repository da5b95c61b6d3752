"""What machines ask."""

import pytest

from member_space.interfaces import IJobs, IStorage


class Broken:
    def check(self):
        raise ConnectionError("password=hunter2-of-the-database refused by db.internal")


@pytest.fixture
def replace(wsgi_app):
    before = {}

    def replace(interface, utility):
        before[interface] = wsgi_app.registry.getUtility(interface)
        wsgi_app.registry.registerUtility(utility, interface)

    yield replace
    for interface, utility in before.items():
        wsgi_app.registry.registerUtility(utility, interface)


def test_alive_without_the_database(app, wsgi_app):
    before, wsgi_app.registry.session_factory = wsgi_app.registry.session_factory, None
    assert app.get("/healthz").text == "ok\n"
    wsgi_app.registry.session_factory = before


def test_ready_when_all_three_answer(app):
    assert app.get("/readyz").json == {"database": "ok", "storage": "ok", "jobs": "ok"}


@pytest.mark.parametrize(("interface", "name"), [(IStorage, "storage"), (IJobs, "jobs")])
def test_not_ready_names_what_failed_and_nothing_else(app, replace, interface, name):
    replace(interface, Broken())
    answer = app.get("/readyz", status=503)
    assert answer.json[name] == "failed"
    assert sorted(answer.json.values()) == ["failed", "ok", "ok"]
    assert "hunter2" not in answer.text
    assert "internal" not in answer.text


def test_not_ready_without_its_database(app, wsgi_app):
    from member_space.models.session import make_engine

    before = wsgi_app.registry.engine
    wsgi_app.registry.engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert app.get("/readyz", status=503).json["database"] == "failed"
    wsgi_app.registry.engine = before


def test_metrics_count_by_route_for_who_has_the_token(app):
    app.get("/healthz")
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "metrics-token-of-the-tests"}):
        app.get("/metrics", headers=header, status=404)
    answer = app.get("/metrics", headers={"Authorization": "Bearer metrics-token-of-the-tests"})
    assert 'member_space_requests_total{method="GET",route="healthz",status="200"}' in answer.text
    assert 'member_space_request_seconds_bucket{le="0.005",route="healthz"}' in answer.text


def test_a_made_up_method_does_not_fill_the_memory(app):
    app.lint = False
    app.request("/healthz", method="ZZZZ", expect_errors=True)
    answer = app.get("/metrics", headers={"Authorization": "Bearer metrics-token-of-the-tests"})
    assert "ZZZZ" not in answer.text
    assert 'method="other",route="healthz",status="405"' in answer.text
