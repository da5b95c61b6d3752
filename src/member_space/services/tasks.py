"""Everything the worker does: the one list of the tasks, by name."""

from collections.abc import Callable
from dataclasses import dataclass

from member_space.services import (
    attachment,
    attachment_check,
    attachment_sweep,
    audit,
    closing,
    export,
    fingerprint,
    human_check,
    mail_outcome,
    notification_announce,
    notification_send,
    request_assignment,
    request_erasing,
    request_reminders,
    retention,
    webhook_send,
)
from member_space.services.bank_account_use import put_in_use
from member_space.services.complaint import note_acknowledged
from member_space.services.hospital_guarantee import make_guarantee
from member_space.services.notification import SEND
from member_space.services.quote_answer import make_answer
from member_space.services.request_decision import MAKE_ANSWER, MAKE_GUARANTEE
from member_space.services.usual_time import compute_usual_times


@dataclass(frozen=True, slots=True)
class Task:
    """`run(db, tools, **arguments)` in one transaction; a failure is tried again. Arguments are JSON, ids only.

    ``begin``: called alike in a transaction of its own before, kept whatever becomes of `run` and of the worker.
    """

    name: str
    run: Callable[..., None]
    cron: str | None = None
    begin: Callable[..., None] | None = None


USE_BANK_ACCOUNTS = Task("bank_account:put_in_use", put_in_use, cron="*/10 * * * *")
TASKS = (
    Task(retention.APPLY, retention.apply_retention, cron="17 2 * * *"),
    Task(export.MAKE, export.make_copy),
    Task(export.EXPIRE, export.expire_copies, cron="*/10 * * * *"),
    Task(closing.CLOSE, closing.close_accounts, cron="47 2 * * *"),
    Task("human_check:forget_spent", human_check.forget_spent, cron="37 * * * *"),
    Task(audit.ANCHOR, audit.anchor, cron="7 1 * * *"),
    USE_BANK_ACCOUNTS,
    Task("usual_time:compute", compute_usual_times, cron="27 * * * *"),
    Task("request:remind_pieces", request_reminders.remind_pieces, cron="13 7 * * *"),
    Task("request:send_given", request_reminders.send_given, cron="*/5 * * * *"),
    Task("request:wake", request_reminders.wake, cron="*/10 * * * *"),
    Task("request:give_out", request_assignment.give_out, cron="* * * * *"),
    Task("request:take_back", request_assignment.take_back, cron="*/5 * * * *"),
    Task("request:close_decided", request_reminders.close_decided, cron="43 3 * * *"),
    Task("request:nudge_drafts", request_reminders.nudge_drafts, cron="23 7 * * *"),
    Task("request:erase_drafts", request_reminders.erase_drafts, cron="33 3 * * *"),
    Task("request:tell_of_erasing", request_erasing.tell_of_erasing, cron="33 7 * * *"),
    Task(request_erasing.ERASE, request_erasing.erase_old, cron="23 3 * * *"),
    Task("complaint:note_acknowledged", note_acknowledged, cron="47 * * * *"),
    Task(attachment.CHECK, attachment_check.check, begin=attachment_check.begin),
    Task(attachment_check.LOOK_AGAIN, attachment_check.look_again, cron="* * * * *"),
    Task(MAKE_GUARANTEE, make_guarantee),
    Task(MAKE_ANSWER, make_answer),
    Task(attachment.ERASE, attachment_sweep.erase),
    Task(fingerprint.TAKE, fingerprint.take_fingerprints, cron="27 4 * * *"),
    Task(attachment_sweep.SWEEP, attachment_sweep.sweep, cron="57 2 * * *"),
    Task(SEND, notification_send.send),
    Task("notification:take_up", notification_announce.take_up, cron="* * * * *"),
    Task("notification:take_outcomes", mail_outcome.take_outcomes, cron="* * * * *"),
    Task("notification:repeat_unread", notification_announce.repeat_unread, cron="*/10 * * * *"),
    Task(webhook_send.SEND, webhook_send.send),
    Task(webhook_send.TAKE_UP, webhook_send.take_up, cron="* * * * *"),
)
