#!/usr/bin/env bash
# domain-stats 1.0.1 of PyPI, that `npm run bench -- peers` compares with, in an environment of its own. What its speed
# depends on is pinned too; python-whois is what its import does nothing without, and does not ask for. Needs Python 3.
# Does nothing when it is there already.
set -euo pipefail

folder=${XDG_CACHE_HOME:-$HOME/.cache}/domain-stats-peer-1.0.1
if ! { [ -x "$folder/bin/domain-stats" ] && "$folder/bin/python" -c 'import whois' 2>/dev/null; }; then
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check domain-stats==1.0.1 python-whois==0.9.6 \
    diskcache==5.6.3 Flask==3.1.3 gunicorn==27.0.1 publicsuffixlist==1.1.2.20261023 rdap==1.7.0 Werkzeug==3.1.9
fi
"$folder/bin/pip" list --disable-pip-version-check 2>/dev/null | grep -i '^domain-stats '
