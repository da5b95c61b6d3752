# member_space: `make help` lists what is here.
PYTHON ?= python3
PORT ?= 6543
BIN := .venv/bin
# Source packages (XStatic, fonts) are built with the pinned setuptools, and nothing is fetched that is not hashed.
# A builder that warns of what is meant (templates/ beside src/) would frighten whoever runs `make demo` first.
INSTALL := PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation

##@ Use
.PHONY: demo
demo: .venv/app ## run the product with living demo data on http://localhost:6543 (PORT=… changes it)
	$(BIN)/member-space demo --port $(PORT)

##@ Work
.PHONY: test
test: .venv/dev ## run every test (TEST_DATABASE_URL=… uses another PostgreSQL; ARGS=… goes to pytest)
	$(BIN)/pytest $(ARGS)

.PHONY: check
check: .venv/dev ## ruff, mypy, import floors, templates, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q -n0 -p no:randomly tests/guards/static

.PHONY: bench
bench: .venv/dev ## print each measured path beside its floor or peer, one JSON line each (ONLY=… for some)
	$(BIN)/python -m benchmarks $(ONLY)

.PHONY: races
races: .venv/dev ## print the races and faults of requests, one line each
	$(BIN)/python -m benchmarks.races

.PHONY: format
format: .venv/dev ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: translations
translations: .venv/dev ## collect the texts of templates and code into locale/, then compile the catalogues
	$(BIN)/pybabel -q extract -F src/member_space/locale/babel.cfg --no-location --sort-output --omit-header \
		-o src/member_space/locale/member_space.pot src templates
	$(BIN)/pybabel -q update -D member_space -l en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		-i src/member_space/locale/member_space.pot -d src/member_space/locale
	$(BIN)/pybabel -q compile -D member_space -d src/member_space/locale

.PHONY: lock
lock: .venv/dev ## write requirements/*.txt again: hashed, for Python 3.11 to 3.13, naming no registry
	for name in build app dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			--output-file requirements/$$name.txt requirements/$$name.in; \
	done

.PHONY: clean
clean: ## remove the environment, the databases and everything made
	rm -rf .venv var build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

##@ Environment
.venv/base: requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11 to 3.13 is needed; name one with make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python lacks venv; on Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements/build.txt
	@touch $@

.venv/app: .venv/base requirements/app.txt setup.cfg
	$(INSTALL) --require-hashes -r requirements/app.txt
	$(INSTALL) --no-deps --editable .
	@touch $@

.venv/dev: .venv/app requirements/dev.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.DEFAULT_GOAL := help
