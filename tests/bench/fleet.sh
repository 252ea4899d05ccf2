#!/bin/sh
# Many hosts, beside pssh, pdsh, clush and ssh where they are installed: one
# sshd on loopback under many names, the same key exchange for all, runs that
# alternate, medians.
#
#	fleet.sh	HOSTS: how many (default 200); RUNS: of each (default 3)
TEST_SECONDS=${TEST_SECONDS:-900}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
hosts=${HOSTS:-200}
runs=${RUNS:-3}
failed=0
host web1 'MaxStartups 2000' 'LogLevel QUIET'
port=$web1_port

names()
{
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) print "n" i }'
}

{
	printf 'Host n*\n\tHostName 127.0.0.1\n\tPort %s\n' "$port"
	printf '\tHostKeyAlias [127.0.0.1]:%s\n\tLogLevel ERROR\n' "$port"
} >"$T/ssh_extra"
ssh_config
cp "$T/ssh_config" "$T/default_config"
echo '	KexAlgorithms curve25519-sha256' >>"$T/ssh_config"
names "$hosts" >"$T/names"
pssh=$(command -v parallel-ssh || command -v pssh) || pssh=

# tool NAME CONFIG: runs `true` on all hosts of $T/names.
# shellcheck disable=SC2317 # called in measure, by bash
tool()
{
	case $1 in
	fab-run) "$B/fab-run" -F "$2" -j 64 -f "$T/names" true ;;
	pssh) "$pssh" -h "$T/names" -p 64 -t 0 -x "-F $2" true ;;
	pdsh) PDSH_SSH_ARGS_APPEND="-F $2" pdsh -R ssh -f 64 \
		-w "^$T/names" true ;;
	clush) clush -f 64 -o "-F $2" --hostfile "$T/names" true ;;
	esac
}

# measure NAME CONFIG: "wall CPU" of it in seconds, to $T/NAME.times.
measure()
{
	# shellcheck disable=SC2016 # for bash
	B="$B" T="$T" pssh="$pssh" bash -c '
		TIMEFORMAT="%R %U %S"
		'"$(sed -n '/^tool()/,/^}/p' "$0")"'
		time tool "$1" "$2" >"$T/log" 2>&1 </dev/null || echo failed
	' bash "$1" "$2" 2>&1 | awk -v n="$1" '
		/failed/ { print n " failed" >"/dev/stderr"; next }
		{ print $1, $2 + $3 }' >>"$T/$1.times"
}

# median NAME COLUMN
median()
{
	sort -n -k "$2,$2" "$T/$1.times" |
		awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}

# compare WHAT CONFIG WALL CPU: ratios that must hold against the best.
compare()
{
	rm -f "$T"/*.times
	tools=fab-run
	[ "$pssh" ] && tools="$tools pssh"
	for name in pdsh clush; do
		command -v $name >/dev/null && tools="$tools $name"
	done
	for _ in $(seq "$runs"); do
		for name in $tools; do
			measure "$name" "$2"
		done
	done
	for name in $tools; do
		echo "$name $(median "$name" 1) $(median "$name" 2)"
	done | awk -v what="$1" -v wall="$3" -v cpu="$4" '
		{ printf "bench: %s: %-8s %6.2f s, %6.2f s CPU\n", what, $1, $2, $3 }
		NR == 1 { w = $2; c = $3; next }
		!bw || $2 < bw { bw = $2 }
		!bc || $3 < bc { bc = $3 }
		END {
			if (NR < 2) exit
			printf "bench: %s: ratio to the best %.2f (%s at most), CPU %.3f (%.3f at most)\n",
				what, w / bw, wall, c / bc, cpu
			exit w / bw > wall || c / bc > cpu
		}' || failed=1
}

compare "$hosts hosts" "$T/ssh_config" 0.75 0.125
[ "${DEFAULTS-1}" ] && compare "$hosts hosts, default key exchange" \
	"$T/default_config" 0.4 0.025

# A thousand at once. MaxStartups of the helper's sshd is each connection's.
names 1000 >"$T/names"
cat >"$T/rss.py" <<'END'
import os, resource, subprocess, sys
p = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print("%d %d %.2f" % (p.returncode, u.ru_maxrss, u.ru_utime + u.ru_stime))
END
for n in 10 1000; do
	names $n >"$T/names"
	set -- "$(python3 "$T/rss.py" "$B/fab-run" -F "$T/ssh_config" -j "$n" \
		-o ConnectTimeout=120 -f "$T/names" true 2>"$T/err" | tail -n 1)"
	# shellcheck disable=SC2086 # words
	set -- $1
	echo "$1 $2 $3 $n" | awk '{
		printf "bench: -j %d: status %d, %.1f MB (90 at most), %.2f ms CPU a host\n",
			$4, $1, $2 / 1024, $3 * 1000 / $4
		exit $1 != 0 || $2 > 90 * 1024 }' || failed=1
	[ "$1" = 0 ] || head -n 3 "$T/err" | diag
done

# Output, from a source in the process.
for _ in 1 2 3; do
	"$B/tests/bench/stand-in" 200 10 2>>"$T/rates" | cat >/dev/null
done
sort -n "$T/rates" | awk '{ v[NR] = $1 } END {
	printf "bench: 200 hosts x 10 MB, prefixed: %s MB/s (300 at least)\n", v[2]
	exit v[2] < 300 }' || failed=1
torn=$("$B/tests/bench/stand-in" 200 1 2>/dev/null |
	grep -cvE '^web[0-9]+: ([a-z])\1*$')
echo "bench: torn lines: $torn"
[ "$torn" = 0 ] || failed=1

# One that drops packets, among the others.
names 20 >"$T/names"
if [ "$is_root" ]; then
	echo 'n21 HostName=192.0.2.1' >>"$T/names"
	start "$B/fab-run" -F "$T/ssh_config" -j 4 -o ConnectTimeout=8 \
		-f "$T/names" 'cut -d" " -f1 /proc/uptime'
	finish
	sed -n 's/^n[0-9]*: //p' "$T/out" | sort -n | awk '
		NR == 1 { first = $1 } { last = $1 }
		END { printf "bench: 20 hosts beside a dead one: done after %.1f s of 8\n",
			last - first
			exit last - first > 6 }' || failed=1
fi
stop_all
exit $failed
