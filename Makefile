# make run   set everything up, open the service with the demonstration organisation
# make test  set everything up, run every check and every test
# make tenth, make touched  some of the tests: docs/testing.md
# Both start from Python 3.11+ and make alone, and download nothing but packages.

export PORT ?= 8000
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONDONTWRITEBYTECODE # what was compiled once is kept

STAMPS := .venv/.stamps

.PHONY: run test tenth touched mutants coverage newer messages clean
.DELETE_ON_ERROR:

run: $(STAMPS)/run messages
	@exec .venv/bin/huiyin demo

test: $(STAMPS)/test messages
	@exec bash tools/test.sh

# One test in ten, on SQLite, always the same ones: about a minute.
tenth: $(STAMPS)/test messages
	@.venv/bin/pytest -n 2 -q --sample 10 -m "not browser and not postgresql"

# The tests that a change touches. BASE: what it is compared with, else what is not committed.
touched: $(STAMPS)/test messages
	@files=$$(.venv/bin/python tools/touched_tests.py --base $(or $(BASE),HEAD)) \
		&& .venv/bin/pytest -n 2 -q -m "not browser and not postgresql" $$files \
		|| { [ -n "$$files" ] && exit 1; echo "nothing has changed"; }

# A sample of changed rules that a test should notice: docs/mutants.md. SAMPLE=0: all.
mutants: $(STAMPS)/test
	@.venv/bin/python tools/mutants.py --sample $(or $(SAMPLE),200) --seed $(or $(SEED),1)

# Branch coverage of the tests on SQLite: docs/mutants.md.
coverage: $(STAMPS)/test messages
	@bash tools/coverage.sh

# On the newest Django and the newest Python here: docs/testing.md.
newer: $(STAMPS)/test messages
	@bash tools/newer.sh

messages: | $(STAMPS)/run
	@.venv/bin/python tools/messages.py

# What serves (run) and what serves and checks (test); the first takes nothing of the second away.
$(STAMPS)/uv: uv.lock tools/uv.sh
	@sh tools/uv.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: pyproject.toml $(STAMPS)/uv
	@.venv/bin/uv sync --quiet --frozen --no-dev --group build --extra solver --inexact
	@touch $@

$(STAMPS)/test: pyproject.toml $(STAMPS)/uv
	@.venv/bin/uv sync --quiet --frozen --extra solver
	@touch $@ $(STAMPS)/run

clean:
	rm -rf .venv .cache huiyin/locale/*/*/LC_MESSAGES/django.mo
