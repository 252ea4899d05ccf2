#!/bin/sh
# The unit tests, as one TAP stream.
cd "${0%/*}/../.." || exit
exec env CRITERION_OUTPUTS=tap:- "${B:-build}/tests/unit/unit" --quiet
