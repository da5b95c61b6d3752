"""`python -m benchmarks.races`: every race and fault of requests, one line each; exit 1 when one is lost.

Real commits and real processes: the tests themselves, told in words.
"""

import subprocess
import sys
import time

from benchmarks.large import ROOT

RACES = (
    ("20 decisions on one request: one decision, one mail", "test_office_requests.py", "decisions"),
    ("20 answers to one request: one message, and each other tab keeps its text", "test_office_replies.py", "tabs"),
    ("one answers while another takes it over: one is told what the other did", "test_office_replies.py", "colleague"),
    ("20 « Dossier suivant »: no file twice", "test_office_requests.py", "next_one"),
    (
        "four jobs that give by load, and 20 « Dossier suivant »: one holder each, no hand over the cap",
        "test_request_assignment.py",
        "at_once or while_jobs",
    ),
    ("20 clicks on « Envoyer »: one request, one message, one mail", "test_request_sending.py", "a_draft_leaves_once"),
    ("20 times the same written message: one request", "test_request_sending.py", "a_written_message"),
    ("20 tabs of one first page: one draft", "test_request_sending.py", "twenty_tabs"),
    (
        "double click, back button, two tabs: one request",
        "../functional/test_claim.py",
        "twice or back_to or tab",
    ),
    ("the same form again after a time-out: one message", "../functional/test_messages.py", "same_form_sent_twice"),
    ("kill -9 of a worker around each step of a mail: never lost, twice at most", "test_worker_killed.py", "lost"),
    ("kill -9 of a worker around each step of a task: written once", "test_worker_killed.py", "written_once"),
    ("PostgreSQL restarted twice under load: clean pages, nothing missing", "test_database_restarted.py", "missing"),
    ("PostgreSQL restarted twice under a worker: it comes back by itself", "test_database_restarted.py", "comes_back"),
    ("the storage or the antivirus down: requests leave", "../functional/test_request_faults.py", "down"),
)
"""What is promised, the file under tests/transactions that shows it, and which of its tests (as pytest -k reads it)."""


def main() -> int:
    """Run them one after the other; 1 when one failed."""
    lost = 0
    for words, file, name in RACES:
        start = time.perf_counter()
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:randomly"]
        command += [str(ROOT / "tests/transactions" / file), "-k", name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lost += done.returncode != 0
        told = next((line for line in reversed(done.stdout.splitlines()) if " in " in line), "nothing ran")
        seconds = time.perf_counter() - start
        sys.stdout.write(f"{'won ' if done.returncode == 0 else 'LOST'}  {words}  ({told}, {seconds:.0f} s in all)\n")
        sys.stdout.flush()
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
