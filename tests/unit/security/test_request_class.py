"""The requests of an application are of one class: one made for each is looked up anew at every attribute."""

from pyramid.request import Request, apply_request_extensions


def test_requests_share_their_class_and_keep_their_own_values(wsgi_app):
    factory = wsgi_app.request_factory
    one, other = (factory.blank("/") for _ in range(2))
    for request in (one, other):
        request.registry = wsgi_app.registry
        apply_request_extensions(request)
    assert type(one) is type(other) is factory
    assert isinstance(one, Request)
    assert one.id != other.id
