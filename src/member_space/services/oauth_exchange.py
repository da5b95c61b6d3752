"""Token exchange (RFC 8693): an assistant that holds a member's token asks one of its own, which says who acts.

« Assistant X for member Y » is then in each reading: never an application under another one's name. What is given is
narrower, as short as what it came from, not renewed, and not exchanged again.
"""

import json
from typing import Any

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749 import errors, utils
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase
from sqlalchemy import select

from member_space.domain.api_scope import scopes_of
from member_space.domain.events import EventKind
from member_space.domain.oauth import ACCESS_TOKEN
from member_space.models import ApiGrant, ApiToken
from member_space.services.api_access import ApiAccess, read_access
from member_space.services.api_client import ordered
from member_space.services.events import record
from member_space.services.oauth_validator import Validator
from member_space.services.sessions import hash_token

ONCE = ("grant_type", "subject_token", "subject_token_type", "actor_token", "actor_token_type", "scope")


class TokenExchangeGrant(GrantTypeBase):
    """Of oauthlib's kind: it has none of its own."""

    request_validator: Validator

    def create_token_response(self, request: Request, token_handler: Any) -> tuple[dict[str, str], str, int]:
        headers = self._get_default_headers()
        try:
            access = self._validate(request)
        except errors.OAuth2Error as error:
            headers.update(error.headers)
            return headers, error.json, error.status_code
        token = token_handler.create_token(request, refresh_token=False) | {"issued_token_type": ACCESS_TOKEN}
        self.request_validator.save_token(token, request)
        self._note(request, access)
        return headers, json.dumps(token), 200

    def _validate(self, request: Request) -> ApiAccess:
        for name in ONCE:
            if name in request.duplicate_params:
                raise errors.InvalidRequestError(description=f"Duplicate {name} parameter.", request=request)
        self.validate_client_confidential(request)
        self.validate_grant_type(request)
        self._check_types(request)
        access = self._subject(request)
        self._check_actor(request)
        self._narrow(request, access)
        return access

    def _check_types(self, request: Request) -> None:
        given = request._params
        asked = given.get("requested_token_type") or ACCESS_TOKEN
        if not given.get("subject_token") or given.get("subject_token_type") != ACCESS_TOKEN or asked != ACCESS_TOKEN:
            raise errors.InvalidRequestError(description="An access token is exchanged for one.", request=request)
        # RFC 8693, 2.1: the type is there when the token is, and only then.
        if (given.get("actor_token") is None) != (given.get("actor_token_type") is None):
            raise errors.InvalidRequestError(description="actor_token goes with actor_token_type.", request=request)

    def _subject(self, request: Request) -> ApiAccess:
        """A member's, by an application: neither his own personal token, nor one that was exchanged already."""
        db, now = self.request_validator.db, self.request_validator.now
        token = request._params["subject_token"]
        access = read_access(db, token, now)
        row = db.scalar(select(ApiToken).where(ApiToken.token_hash == hash_token(token)))
        if access is None or row is None or access.account_id is None or row.client_id is None or row.actor_id:
            raise errors.InvalidRequestError(description="This subject_token cannot be exchanged.", request=request)
        request.subject_row = row
        request.grant_row = db.get_one(ApiGrant, row.grant_id)
        request.of_client_id, request.actor_id = row.client_id, request.client.id
        return access

    def _check_actor(self, request: Request) -> None:
        """Who acts is who proved it by his secret; a token of another would say otherwise."""
        token = request._params.get("actor_token")
        if token is None:
            return
        validator = self.request_validator
        row, access = validator.token_of(token, request.client), read_access(validator.db, token, validator.now)
        typed = request._params["actor_token_type"] == ACCESS_TOKEN
        if row is None or access is None or row.grant_id is not None or not typed:
            raise errors.InvalidRequestError(description="actor_token is not one of this client.", request=request)

    def _narrow(self, request: Request, access: ApiAccess) -> None:
        may = access.scopes & scopes_of(request.client.scopes)
        asked = utils.scope_to_list(request.scope)
        request.scopes = ordered(may) if asked is None else asked
        if not request.scopes or not set(request.scopes) <= may:
            raise errors.InvalidScopeError(request=request)

    def _note(self, request: Request, access: ApiAccess) -> None:
        validator = self.request_validator
        record(
            validator.db,
            EventKind.API_ACCESS_EXCHANGED,
            actor_account_id=access.account_id,
            subject_person_id=access.person_id,
            origin=validator.origin,
            details={
                "grant": access.grant_id,
                "assistant": request.client.name,
                "client": request.client.client_id,
                "scopes": ordered(scopes_of(request.scopes)),
            },
        )
