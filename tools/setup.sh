#!/bin/sh
# Set up an environment: setup.sh FOLDER core|dev
# uv where it is, or where the package index has it; else the standard library's venv and pip.
set -eu
venv=$1
what=$2
python=
for candidate in "${MONITOR_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  echo "No Python of 3.11 or newer was found. Install one, or name it: MONITOR_PYTHON=/path/to/python make run" >&2
  exit 1
fi
target=.
[ "$what" = core ] || target=".[$what]"

echo "Setting up $venv ($("$python" --version), $what) ..." >&2
if command -v uv >/dev/null 2>&1; then
  [ -x "$venv/bin/python" ] || uv venv --quiet --python "$python" "$venv"
  uv pip install --quiet --python "$venv/bin/python" --constraints constraints.txt --editable "$target"
else
  [ -x "$venv/bin/pip" ] || "$python" -m venv "$venv"
  if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv 2>/dev/null; then
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --constraints constraints.txt --editable "$target"
  else
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable "$target"
  fi
fi
touch "$venv/.core"
[ "$what" = core ] || touch "$venv/.$what"
