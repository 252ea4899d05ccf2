#!/bin/sh
# Runs the lints beside this script, two at a time, or those that are named.
#
#	all.sh [NAME...]
#
# Each is a script that prints what it finds and fails if it found something.
# A line of result for each, what it found below it, and a count at the end.
set -u
cd "${0%/*}/../.." || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export LINT_B=build/lint

[ $# -gt 0 ] || set -- tidy warnings cppcheck objects headers format shell \
	includes man

# one NAME: its findings to $work/NAME, its status to $work/NAME.status.
one()
{
	"tests/lint/$1.sh" >"$work/$1" 2>&1 </dev/null
	echo $? >"$work/$1.status"
}

# Two queues: the slow one first and alone, all others behind each other.
first=$1
shift
one "$first" &
for name; do
	one "$name"
done
wait

passed=0
failed=0
for name in "$first" "$@"; do
	case $(cat "$work/$name.status") in
	0)
		passed=$((passed + 1))
		echo "lint: $name: ok$(sed -n 's/^# / (/p' "$work/$name" |
			sed 's/$/)/')"
		;;
	*)
		failed=$((failed + 1))
		echo "lint: $name: failed"
		sed 's/^/	/' "$work/$name"
		;;
	esac
done
echo "lint: $passed passed, $failed failed"
[ $failed -eq 0 ]
