#!/bin/sh
# The rooms of lib/ include one another in one direction, as DESIGN's picture
# has it; one room alone knows the SSH library and the cryptography.
status=0

# ROOM: the rooms whose headers it may include, besides its own and base.
allowed()
{
	case $1 in
	base | hosts | scope) ;;
	cli) ;;
	http) echo cli ;;
	ssh) echo hosts ;;
	fleet) echo ssh hosts cli ;;
	cmd) echo cli hosts fleet ssh scope http ;;
	*)
		echo "no such room: $1" >&2
		;;
	esac
}

for dir in lib/* cmd; do
	room=${dir##*/}
	may=" base $room $(allowed "$room") "
	cat "$dir"/*.[ch] | sed -n 's|^#include "\([a-z]*\)/.*|\1|p' |
		sort -u >"$LINT_B.rooms"
	while read -r used; do
		case $may in
		*" $used "*) ;;
		*)
			status=1
			echo "$room must not include $used:"
			grep -n "^#include \"$used/" "$dir"/*.[ch]
			;;
		esac
	done <"$LINT_B.rooms"
done
rm -f "$LINT_B.rooms"

alien=$(grep -nE '#include <(libssh2|openssl/)' -r lib cmd |
	grep -v '^lib/ssh/')
[ -z "$alien" ] || {
	echo 'only lib/ssh includes libssh2 and openssl:'
	echo "$alien"
	status=1
}
alien=$(grep -nE '#include <(bits|sys/cdefs|linux/(landlock|seccomp|filter|openat2|capability))' \
	-r lib cmd | grep -vE '/(landlock|seccomp|openat2|capability|sandbox|beneath)\.[ch]:')
[ -z "$alien" ] || {
	echo 'what is Linux alone sits in a file of its own:'
	echo "$alien"
	status=1
}
long=$(find lib cmd -name '*.c' -exec wc -l {} + |
	awk '$2 != "total" && ($1 > 400 || $2 ~ /^cmd/ && $1 > 150) {
		print "	" $2 ": " $1 " lines" }')
[ -z "$long" ] || {
	echo 'at most 400 lines a file, 150 a command:'
	echo "$long"
	status=1
}
exit $status
