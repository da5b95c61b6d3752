"""The directory of practitioners: who may read it is one setting."""

from dataclasses import dataclass, field
from typing import Any

from pyramid.authorization import DENY_ALL, Allow, Everyone
from pyramid.request import Request

from member_space.domain.permissions import Permission
from member_space.resources.household import acl_of


@dataclass(frozen=True, slots=True)
class DirectoryContext:
    """Nothing of anybody's household: the directory is the same for all."""

    __acl__: list[Any] = field(repr=False)


def directory_context(request: Request) -> DirectoryContext:
    """Route factory: for members, or for anybody where `directory.public` says so."""
    if request.registry.member_space.directory_public:
        return DirectoryContext([(Allow, Everyone, (Permission.VIEW_DIRECTORY,)), DENY_ALL])
    return DirectoryContext(acl_of(request, (Permission.VIEW_DIRECTORY,)))


def api_public_context(request: Request) -> DirectoryContext:
    """Route factory of what is nobody's: with a token all the same, whose client is known and counted."""
    return DirectoryContext(acl_of(request, (Permission.VIEW_DIRECTORY, Permission.READ_PUBLIC)))
