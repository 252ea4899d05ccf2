#!/bin/sh
# What an open session takes: the memory of our own with a hundred hosts at a
# time, less that with two.
TEST_SECONDS=${TEST_SECONDS:-300}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
host web1 'MaxStartups 1000'
aliases web1 100 >"$T/ssh_extra"
ssh_config

all_up()
{
	[ "$(grep -c up "$T/out")" = "$1" ]
}

# memory HOSTS N: kilobytes, when all N are up.
memory()
{
	"$B/fab-run" -F "$T/ssh_config" -j 0 -H "$1" 'echo up; exec sleep 5' \
		>"$T/out" 2>/dev/null </dev/null &
	pid=$!
	wait_for 60 all_up "$2"
	awk '/^RssAnon/ { print $2 }' "/proc/$pid/status"
	wait $pid
}

few=$(memory h1,h2 2)
many=$(memory 'h[1-100]' 100)
echo "bench: memory of an open session: $(((many - few) / 98)) KB (100 with libssh2 1.10)"
stop_all
