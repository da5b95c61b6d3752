"""gunicorn behind nginx, from the environment: BIND, WORKERS, THREADS, TIMEOUT. See docs/operations.md."""

import os
import shutil
import sys
import tempfile

from gunicorn import glogging

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("THREADS", "3"))
timeout = int(os.environ.get("TIMEOUT", "30"))
keepalive = 5
# A worker is replaced before what it has gathered matters; not all at the same moment.
max_requests = 10_000
max_requests_jitter = 1_000
limit_request_line = 8190
limit_request_fields = 60
# The application decides itself which proxy it trusts (proxies.trusted), and writes its own line a request.
forwarded_allow_ips = ""
accesslog = None
# Nothing on this machine steers it but its signals.
control_socket_disable = True

# Each question to the adviser is one small product: threads of the linear algebra would spin for processors that the
# workers share. Read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The workers share their counts through files; set here, before any of them imports prometheus_client.
_own_folder = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _own_folder:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="member_space-metrics-")


class Logger(glogging.Logger):
    """gunicorn's own lines, in our JSON and redacted; never the address or the line that somebody sent."""

    def _set_handler(self, log, output, _fmt, stream=None):
        from member_space.security.logs import formatter

        super()._set_handler(log, output, formatter(os.environ.get("MEMBER_SPACE_LOG_FORMAT", "json")), stream)

    def exception(self, msg, *_args, **kwargs):
        """« Error handling request %s %s » goes on with the address."""
        super().exception(str(msg).partition(" %s")[0], **kwargs)

    def warning(self, msg, *args, **kwargs):
        """« Invalid request from ip=…: … » goes on with what was sent."""
        if msg.startswith("Invalid request"):
            msg, args = "Invalid request: %s", (sys.exc_info()[0].__name__,)
        super().warning(msg, *args, **kwargs)


logger_class = Logger


def when_ready(_server):
    """The metrics' own port, once, by the master."""
    port = os.environ.get("MEMBER_SPACE_METRICS_PORT")
    if port:
        from prometheus_client import start_http_server

        from member_space.security.metrics import collect

        start_http_server(int(port), addr="127.0.0.1", registry=collect())


def child_exit(_server, worker):
    """A worker that ended keeps its counts, not its gauges."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_exit(_server):
    if _own_folder:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
