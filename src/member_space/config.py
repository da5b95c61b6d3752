"""Composition root: reads the settings, chooses the adapters, includes everything in one readable order."""

import gc
from collections.abc import Callable, Mapping
from pkgutil import resolve_name
from typing import Any

import structlog
from plaster import get_settings
from pyramid.config import Configurator
from pyramid.router import Router
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from zope.interface.registry import Components

from member_space.adapters import embedded_postgres
from member_space.adapters.antivirus import antivirus_from
from member_space.adapters.cipher import AesGcmCipher
from member_space.adapters.clock import SystemClock
from member_space.adapters.demo_outbox import DemoMailer, DemoOutbox, DemoSms
from member_space.adapters.documents import Documents
from member_space.adapters.jobs import ProcrastinateJobs, run_worker
from member_space.adapters.mail_outcomes import SesOutcomes
from member_space.adapters.mailer import mailer_from
from member_space.adapters.oidc import OidcProvider
from member_space.adapters.passwords import Argon2Passwords
from member_space.adapters.pdf import TypstPdf
from member_space.adapters.sentence_encoder import UniversalSentenceEncoder
from member_space.adapters.sms import sms_from
from member_space.adapters.storage import storage_from
from member_space.adapters.webhook import WebhookSender
from member_space.interfaces import (
    IAntivirus,
    ICardCode,
    ICipher,
    IClock,
    IDocuments,
    IJobs,
    IMailer,
    IMailOutcomes,
    IOidc,
    IPasswordHasher,
    IPdf,
    ISentenceEncoder,
    ISmsGateway,
    IStorage,
    IWalletSigner,
    IWebhookSender,
)
from member_space.models.session import make_engine, make_session_factory
from member_space.security import metrics
from member_space.security.logs import configure_logging
from member_space.services import whereabouts
from member_space.services.faq import find_answers
from member_space.services.tasks import TASKS, Task
from member_space.services.tools import Tools
from member_space.settings import Settings, Wallet, read_settings
from member_space.settings.reader import SettingError

log = structlog.get_logger(__name__)


def database_url(settings: Settings) -> str:
    """The SQLAlchemy URL, after starting the embedded server where that is the database."""
    url = settings.sqlalchemy_url
    return embedded_postgres.start(url) if url.startswith(embedded_postgres.PREFIX) else url


def application_engine(settings: Settings) -> Engine:
    """What the pages and the worker work on, as the application's own role."""
    if settings.sqlalchemy_role is None:
        log.warning("the pages may rewrite the journal: give them a role without that right", setting="sqlalchemy.role")
    return make_engine(database_url(settings), settings.sqlalchemy_role)


def engine_from_ini(path: str | None) -> Engine:
    """The engine of an ini file: what alembic and the commands work on."""
    ini = get_settings(path or "development.ini", "app:main")
    return make_engine(database_url(read_settings(ini)))


def cipher_from(settings: Settings) -> AesGcmCipher:
    return AesGcmCipher(settings.data_keys, settings.blind_index_key)


def card_code_from(settings: Settings) -> Any:
    """The encoder that the installation names. Raises SettingError when there is none of that name."""
    try:
        return resolve_name(settings.card_encoder)()
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingError(f"setting 'card.encoder': {settings.card_encoder} cannot be imported ({error})") from error


def wallet_from(wallet: Wallet) -> Any:
    """The signer that the installation names. Raises SettingError when there is none of that name."""
    try:
        signer = resolve_name(wallet.signer)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingError(f"setting 'wallet.signer': {wallet.signer} cannot be imported ({error})") from error
    return signer(wallet)


def register_adapters(registry: Components, settings: Settings, engine: Engine) -> None:
    """The real implementations, found by their interface: of the application, and of the worker."""
    register = registry.registerUtility
    register(cipher_from(settings), ICipher)
    register(SystemClock(), IClock)
    register(Argon2Passwords(), IPasswordHasher)
    register(storage_from(settings.storage_url), IStorage)
    register(antivirus_from(settings.antivirus), IAntivirus)
    register(Documents(), IDocuments)
    register(ProcrastinateJobs(engine), IJobs)
    register(TypstPdf(), IPdf)
    register(card_code_from(settings), ICardCode)
    if settings.adviser_encoder == "use":
        register(UniversalSentenceEncoder(), ISentenceEncoder)
    register(WebhookSender(loopback=settings.webhooks_loopback), IWebhookSender)
    if settings.wallet:
        register(wallet_from(settings.wallet), IWalletSigner)
    mailer, sms = mailer_from(settings.mail, SystemClock()), sms_from(settings.sms, SystemClock())
    register(mailer, IMailer)
    register(sms, ISmsGateway)
    if settings.mail.region and settings.mail.bounce_queue:
        register(SesOutcomes(settings.mail.region, settings.mail.bounce_queue), IMailOutcomes)
    if settings.oidc:
        register(OidcProvider(settings.oidc, SystemClock()), IOidc)
    if settings.demo:
        # What the console would have told, the demonstration shows on a page.
        outbox = DemoOutbox(engine, SystemClock())
        if settings.mail.transport == "console":
            register(DemoMailer(outbox, mailer), IMailer)
        if settings.sms.transport == "console":
            register(DemoSms(outbox, sms), ISmsGateway)


def work(ini: Mapping[str, Any], engine: Engine | None = None, *, wait: bool = True) -> None:
    """Do the deferred jobs until a signal; with `wait=False`, until none is left."""
    settings = read_settings(ini)
    engine = engine or application_engine(settings)
    run_worker(engine, TASKS, task_runner(settings, engine), wait=wait)


def tools_of(settings: Settings, engine: Engine) -> Tools:
    """What services may need, outside the application: for the worker and the commands."""
    registry = Components("worker")
    register_adapters(registry, settings, engine)
    return Tools(settings, registry.getUtility)


def task_runner(settings: Settings, engine: Engine) -> Callable[..., None]:
    """What runs one task, in a transaction of its own, after what it begins with."""
    sessions = make_session_factory(engine)
    tools = tools_of(settings, engine)

    def run(task: Task, **arguments: Any) -> None:
        if task.begin:
            with sessions.begin() as db:
                task.begin(db, tools, **arguments)
        with sessions.begin() as db:
            task.run(db, tools, **arguments)

    return run


def serve(ini: Mapping[str, Any], engine: Engine | None = None) -> Router:
    """The application of a server: with its logs, its metrics on their own port where one is set, and warm tables."""
    settings = read_settings(ini)
    configure_logging(settings.log_format)
    whereabouts.warm_up()
    if settings.metrics_port:
        metrics.listen(settings.metrics_port)
    app = make_app(ini, engine)
    _warm_up(app.registry)
    # What is loaded by now stays: the collector need not walk all of it again and again while requests are answered.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    return app


def _warm_up(registry: Any) -> None:
    """Load the sentence encoder and read the adviser's entries, before somebody asks."""
    tools = Tools(registry.member_space, registry.getUtility)
    try:
        with registry.session_factory.begin() as db:
            find_answers(db, tools, "bonjour", locale="fr")
    except SQLAlchemyError as error:
        log.warning("the adviser is loaded at its first question", reason=type(error).__name__)


def make_app(ini: Mapping[str, Any], engine: Engine | None = None) -> Router:
    """Build the application; `engine` is given by tests and commands that already hold one."""
    return configurator(ini, engine).make_wsgi_app()


def configurator(ini: Mapping[str, Any], engine: Engine | None = None) -> Configurator:
    """The whole application, not yet sealed: what tests open a hole in, to see it found."""
    settings = read_settings(ini)
    engine = engine or application_engine(settings)
    config = Configurator(settings=_pyramid_settings(ini, settings))
    config.registry.brand = settings.brand
    config.registry.member_space = settings

    register_adapters(config.registry, settings, engine)

    # One transaction a request; a conflict is tried again.
    config.registry.engine = engine
    config.registry.session_factory = make_session_factory(engine)
    config.include("pyramid_tm")
    config.include("pyramid_retry")
    config.include("member_space.resources")

    # Who is there, what may be done, and the headers that keep the page closed.
    config.include("member_space.security")

    # Pages.
    config.include("pyramid_jinja2")
    config.include("member_space.views")
    config.include("member_space.routes")
    config.scan("member_space.views")
    return config


def _pyramid_settings(ini: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    return {
        **ini,
        # A returned 4xx keeps its failed-attempt row; only an exception aborts.
        "tm.manager_hook": "pyramid_tm.explicit_manager",
        # Who is there is read by the pages that ask, not for every static file.
        "tm.annotate_user": "false",
        "retry.attempts": "3",
        "pyramid_openapi3.enable_response_validation": not settings.production,
        "jinja2.undefined": "" if settings.production else "strict",
        "jinja2.trim_blocks": "true",
        "jinja2.lstrip_blocks": "true",
        "jinja2.i18n.domain": "member_space",
        "jinja2.newstyle": "true",
        "pyramid.default_locale_name": "fr",
        "pyramid.reload_templates": "true" if settings.environment == "development" else "false",
    }
