#!/bin/sh
# Slow clients hold nobody up and end after ten seconds.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

umask 022
chmod 755 "$T"
mkdir "$T/site"
echo hello >"$T/site/a.txt"
probe http_slow -d "$T/site"

done_testing
