"""What an account may do, and the roles that grant it. Closed lists: a bare string is never a permission."""

from enum import StrEnum


class Permission(StrEnum):
    """One act on one resource; each resource's ACL grants some and ends by denying all the others."""

    VIEW_HOME = "view_home"
    VIEW_CONTRACT = "view_contract"
    ISSUE_CERTIFICATE = "issue_certificate"
    VIEW_CARD = "view_card"
    VIEW_BENEFICIARY = "view_beneficiary"
    REVEAL_NIR = "reveal_nir"
    VIEW_REIMBURSEMENTS = "view_reimbursements"
    VIEW_STATEMENT = "view_statement"
    EXPORT_STATEMENT = "export_statement"
    ANSWER_CONSENT = "answer_consent"
    EDIT_PRIVACY = "edit_privacy"
    EDIT_PERSONAL_DATA = "edit_personal_data"
    INVITE_BENEFICIARY = "invite_beneficiary"
    EXERCISE_RIGHTS = "exercise_rights"
    VIEW_REQUESTS = "view_requests"
    SEND_REQUEST = "send_request"
    VIEW_DIRECTORY = "view_directory"
    # Of a member's, through an assistant or a token of his: on pages, each is part of what stands above.
    VIEW_LINK = "view_link"
    DRAFT_REQUEST = "draft_request"
    VIEW_QUOTE = "view_quote"
    SIMULATE = "simulate"
    WRITE_MESSAGE = "write_message"
    VIEW_CONSENTS = "view_consents"
    READ_PUBLIC = "read_public"
    ASK_ADVISER = "ask_adviser"
    # Of any account, a member's or a colleague's, on itself.
    EDIT_SECURITY = "edit_security"
    # Of the office.
    VIEW_OFFICE = "view_office"
    VIEW_MEMBER = "view_member"
    ASK_RECOVERY = "ask_recovery"
    APPROVE_RECOVERY = "approve_recovery"
    HANDLE_REQUESTS = "handle_requests"
    MANAGE_ANSWERS = "manage_answers"
    HOLD_RECORDS = "hold_records"
    EXPORT_COMPLAINTS = "export_complaints"
    READ_JOURNAL = "read_journal"
    MANAGE_OFFICE_ACCOUNTS = "manage_office_accounts"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_WEBHOOKS = "manage_webhooks"


class Role(StrEnum):
    """What an account is. A member's reach comes from his coverages, never from the role alone."""

    MEMBER = "member"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(
        {
            P.VIEW_HOME,
            P.VIEW_CONTRACT,
            P.ISSUE_CERTIFICATE,
            P.VIEW_CARD,
            P.VIEW_BENEFICIARY,
            P.REVEAL_NIR,
            P.VIEW_REIMBURSEMENTS,
            P.VIEW_STATEMENT,
            P.EXPORT_STATEMENT,
            P.ANSWER_CONSENT,
            P.EDIT_PRIVACY,
            P.EDIT_PERSONAL_DATA,
            P.INVITE_BENEFICIARY,
            P.EXERCISE_RIGHTS,
            P.VIEW_REQUESTS,
            P.SEND_REQUEST,
            P.VIEW_DIRECTORY,
            P.VIEW_LINK,
            P.DRAFT_REQUEST,
            P.VIEW_QUOTE,
            P.SIMULATE,
            P.WRITE_MESSAGE,
            P.VIEW_CONSENTS,
            P.READ_PUBLIC,
            P.ASK_ADVISER,
            P.EDIT_SECURITY,
        }
    ),
    Role.HANDLER: frozenset({P.EDIT_SECURITY, P.VIEW_OFFICE, P.VIEW_MEMBER, P.ASK_RECOVERY, P.HANDLE_REQUESTS}),
    Role.SUPERVISOR: frozenset(
        {
            P.EDIT_SECURITY,
            P.VIEW_OFFICE,
            P.VIEW_MEMBER,
            P.ASK_RECOVERY,
            P.APPROVE_RECOVERY,
            P.HANDLE_REQUESTS,
            P.MANAGE_ANSWERS,
            P.HOLD_RECORDS,
            P.EXPORT_COMPLAINTS,
        }
    ),
    Role.AUDITOR: frozenset({P.EDIT_SECURITY, P.VIEW_OFFICE, P.READ_JOURNAL, P.EXPORT_COMPLAINTS}),
    Role.ADMINISTRATOR: frozenset(
        {P.EDIT_SECURITY, P.VIEW_OFFICE, P.MANAGE_OFFICE_ACCOUNTS, P.MANAGE_CLIENTS, P.MANAGE_WEBHOOKS}
    ),
}
"""What each role may be granted by a resource; what is not here, no ACL can give it."""
