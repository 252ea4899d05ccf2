#!/bin/sh
# fab-hosts on lists of 65536 hosts: milliseconds, start included, and
# megabytes; and how much longer nodeset takes, where there is one.
#
#	hosts.sh	B: where the programs are	RUNS: of which the best counts
set -u
cd "${0%/*}/../.." || exit
hosts=${B:-build}/fab-hosts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# best CMD...: milliseconds of the fastest of $RUNS runs.
best()
{
	python3 - "${RUNS:-5}" "$@" <<'P'
import subprocess, sys, time
times = []
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, check=True)
    times.append(time.perf_counter() - start)
print("%.1f" % (min(times) * 1000))
P
}

# memory CMD...: megabytes at most.
memory()
{
	python3 - "$@" <<'P'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print("%.1f" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
P
}

# figure NAME VALUE LIMIT UNIT
figure()
{
	if [ "$(echo "$2 <= $3" | bc)" = 1 ]; then
		echo "$1: $2 $4 (at most $3)"
	else
		echo "$1: $2 $4, MORE THAN $3"
		failed=1
	fi
}

# The start of a process as such, which each of the figures includes.
echo "true: $(best true) ms"
figure 'one host' "$(best "$hosts" web1)" 1.5 ms
for list in 'n[1-65536]' 'n[1-256]-ib[1-256]' '10.0.[1-256].[1-256]'; do
	"$hosts" "$list" >"$work/list"
	# in several dimensions, ClusterShell's order is that of its folding
	case $list in
	*]*[[]*) most=60 room=24 ;;
	*) most=20 room=20 ;;
	esac
	figure "expand $list" "$(best "$hosts" "$list")" $most ms
	fold=$(best "$hosts" --fold -f "$work/list")
	figure "fold $list" "$fold" 60 ms
	figure "memory $list" "$(memory "$hosts" --fold -f "$work/list")" $room MB
	[ "$list" = 'n[1-65536]' ] || continue
	command -v nodeset >/dev/null || continue
	nodeset=$(RUNS=1 best sh -c "nodeset -f <'$work/list'")
	echo "nodeset -f: $nodeset ms, $(echo "$nodeset / $fold" | bc) times as long"
	nodeset=$(RUNS=1 best nodeset -e "$list")
	echo "nodeset -e: $nodeset ms, $(echo "$nodeset /" \
		"$(best "$hosts" "$list")" | bc) times as long"
done
exit $failed
