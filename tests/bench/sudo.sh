#!/bin/sh
# What sudo costs: fab-sudo against fab-run and plain sudo -n, on one host and
# on many. Medians of alternating runs.
#
#	sudo.sh	RUNS: of each (default 9), HOSTS: how many (default 200)
TEST_SECONDS=${TEST_SECONDS:-900}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
need_root 'hosts with sudo users of their own'
runs=${RUNS:-9}
host web1 'MaxStartups 1000'
printf '%s\n' "$PASSWORD" >"$T/password"
chmod 600 "$T/password"
list="h[1-${HOSTS:-200}]"
aliases web1 "${HOSTS:-200}" >"$T/ssh_extra"
ssh_config

# wall CMD...: milliseconds.
wall()
{
	begin=$(date +%s%N)
	"$@" >/dev/null 2>"$T/err" </dev/null || {
		echo "failed: $*" >&2
		head -n 3 "$T/err" >&2
	}
	echo $((($(date +%s%N) - begin) / 1000000))
}

median()
{
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

i=0
while [ $i -lt "$runs" ]; do
	i=$((i + 1))
	wall fab-run web1 true >>"$T/run"
	wall fab-sudo web1 true >>"$T/sudo"
done
run=$(median "$T/run")
sudo=$(median "$T/sudo")
echo "bench: one host: fab-run $run ms, fab-sudo $sudo ms: $((sudo - run)) ms more (25 at most)"

i=0
while [ $i -lt $(((runs + 2) / 3)) ]; do
	i=$((i + 1))
	wall fab-run -l deploy -H "$list" 'sudo -n true' >>"$T/plain"
	wall fab-sudo -l deploy -H "$list" true >>"$T/without"
	wall fab-sudo -l pw --sudo-password-file "$T/password" -H "$list" true \
		>>"$T/with"
done
printf '%s %s %s\n' "$(median "$T/plain")" "$(median "$T/without")" \
	"$(median "$T/with")" | awk '{
	printf "bench: many hosts: sudo -n %d ms, fab-sudo %d ms (%.2f), with a password %d ms (%.2f; 1.15 at most)\n",
		$1, $2, $2 / $1, $3, $3 / $1 }'
stop_all
