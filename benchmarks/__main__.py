"""Run each module that has a `run()`, print one JSON line a result; exit 1 when a goal is missed or a run broke."""

import json
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.measure import names, results_of


def main(asked: list[str]) -> int:
    """The exit code; 2 for a name that is not there."""
    known = names()
    if unknown := sorted(set(asked) - set(known)):
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    # As gunicorn.conf.py has it: what is measured runs as in production.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    missed = 0
    for name in asked or known:
        print(f"{name} …", file=sys.stderr, flush=True)
        start = time.perf_counter()
        try:
            # A fresh process each: the memory and the imports of one are not counted on the next.
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                results = process.submit(results_of, name).result()
        except Exception:
            traceback.print_exc()
            missed += 1
            continue
        for result in results:
            print(json.dumps(result, ensure_ascii=False), flush=True)
            missed += not result["ok"]
        print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
