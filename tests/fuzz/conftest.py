"""atheris has wheels for Linux on x86-64 only; elsewhere there is nothing to collect."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("atheris") else ["test_fuzz.py"]
