"""django-helpdesk, run by its own Python: `migrate` makes its tables, `measure WORD` prints its times as JSON.

DATABASE (name) and SOCKETS (folder of the server's socket) come from the environment. Its data are copied from ours by
helpdesk_peer, between the two.
"""

# mypy: ignore-errors

import json
import os
import sys
import time
from pathlib import Path

RUNS = 5


def configure() -> None:
    """The settings of its documentation, on our server; what is not measured is off."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY="benchmark only",
        ALLOWED_HOSTS=["testserver"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": os.environ["DATABASE"],
                "HOST": os.environ["SOCKETS"],
                "USER": "postgres",
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "sites", "admin")),
            *(f"django.contrib.{name}" for name in ("messages", "staticfiles", "humanize")),
            "rest_framework",
            "helpdesk",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.debug",
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        ROOT_URLCONF=__name__ if __name__ != "__main__" else "helpdesk_site",
        SITE_ID=1,
        USE_TZ=True,
        STATIC_URL="/static/",
        MEDIA_ROOT="var/helpdesk-media",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    import django

    django.setup()


def __getattr__(name: str):
    """Its addresses, which Django looks for here once it is configured."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.urls import include, path

    return [path("", include("helpdesk.urls", namespace="helpdesk"))]


def measure(word: str) -> dict[str, float]:
    """The best of five of what somebody waits for: the page, then the rows that its script asks for; seconds."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from helpdesk.models import Ticket, UserSettings
    from helpdesk.query import query_to_base64

    staff = get_user_model().objects.filter(is_staff=True).order_by("id").first()
    UserSettings.objects.get_or_create(user=staff)  # as a sign-in for the first time makes them
    browser = Client()
    browser.force_login(staff)
    latest = Ticket.objects.order_by("-id").values_list("id", flat=True).first()
    # What its own page sends for the first fifty, the most pressing first.
    first = "&".join(["draw=1", "start=0", "length=50", "order[0][column]=5", "order[0][dir]=asc", "search[value]="])
    opened = query_to_base64({"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": ""})
    found = query_to_base64({"filtering": {}, "sorting": "created", "search_string": word})

    def ask(*paths: str) -> float:
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            for path in paths:
                answer = browser.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code}")
            times.append(time.perf_counter() - start)
        return min(times)

    return {
        "list": ask("/tickets/", f"/datatables_ticket_list/{opened}?{first}"),
        "open": ask(f"/tickets/{latest}/"),
        "search": ask(f"/tickets/?q={word}", f"/datatables_ticket_list/{found}?{first}"),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    configure()
    if sys.argv[1] == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    else:
        sys.stdout.write(json.dumps(measure(sys.argv[2])) + "\n")
