#!/bin/sh
# What one connection costs: fab-run host true against ssh host true, with
# the same key exchange, wall clock and the client's own CPU, as ratios.
#
#	connect.sh	RUNS: of each (default 30)
TEST_SECONDS=${TEST_SECONDS:-300}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
runs=${RUNS:-30}
host web1
echo 'KexAlgorithms curve25519-sha256' >>"$T/ssh_config"

# measure COMMAND...: "wall user+sys", milliseconds for each run.
measure()
{
	read -r begin _ </proc/uptime
	spent=$(sh -c 'n=$1; shift
		while [ $n -gt 0 ]; do
			"$@" </dev/null || exit; n=$((n - 1))
		done; times' sh "$runs" "$@") || exit
	read -r end _ </proc/uptime
	echo "$spent" | tail -n 1 | tr 'ms' '  ' |
		awk -v a="$begin" -v b="$end" -v n="$runs" '{
			printf "%.1f %.1f\n", (b - a) * 1000 / n,
				($1 * 60 + $2 + $3 * 60 + $4) * 1000 / n }'
}

# One after the other, twice, the second is counted: caches are warm.
for round in 1 2; do
	ssh=$(measure ssh -F "$T/ssh_config" web1 true)
	ours=$(measure "$B/fab-run" -F "$T/ssh_config" web1 true)
done
printf '%s\n' "$ssh" "$ours" | awk -v n="$runs" '
	NR == 1 { wall = $1; cpu = $2
		printf "bench: ssh      %6.1f ms, %5.1f ms CPU\n", $1, $2 }
	NR == 2 { printf "bench: fab-run  %6.1f ms, %5.1f ms CPU\n", $1, $2
		printf "bench: ratio    %6.2f (0.50 at most)   %5.2f (0.30 at most)\n",
			$1 / wall, $2 / cpu
		exit $1 / wall > 0.5 || $2 / cpu > 0.3 }'
code=$?
stop_all
exit $code
