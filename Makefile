# Aliases; tasks.py is the tool, and works where make is missing.
PYTHON ?= python3

.PHONY: run test setup lint notebooks
run test setup lint notebooks:
	@$(PYTHON) tasks.py $@ $(ARGS)
