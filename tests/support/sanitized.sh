#!/bin/sh
# Builds everything with a sanitizer of the compiler and runs tests with it.
#
#	sanitized.sh NAME SANITIZERS TEST...
#
# A report of the sanitizer fails the run. Reports go to files, since tests
# look at standard error; a leak alone changes neither a status nor a test.
set -u
name=$1
kinds=$2
shift 2
top=$(cd "${0%/*}/../.." && pwd) || exit
B=build/$name
logs=$top/$B/reports
flags="-fsanitize=$kinds -fno-omit-frame-pointer"

case $kinds in
*undefined*) flags="$flags -fno-sanitize-recover=undefined" ;;
esac
cd "$top" || exit
"${MAKE:-make}" -j2 B="$B" CFLAGS="-O1 -g $flags" HARDEN='-fPIE' \
	HARDEN_LD=-pie test-programs >"$B.log" 2>&1 || {
	cat "$B.log"
	exit 1
}
rm -rf "$logs"
mkdir -p "$logs"
chmod 1777 "$logs"

common=log_path=$logs/report:log_exe_name=1
ASAN_OPTIONS=$common:detect_leaks=1:detect_stack_use_after_return=1
UBSAN_OPTIONS=$common:print_stacktrace=1
LSAN_OPTIONS=suppressions=$top/tests/support/lsan.supp:print_suppressions=0
TSAN_OPTIONS=$common:halt_on_error=0:second_deadlock_stack=1
TSAN_OPTIONS=$TSAN_OPTIONS:suppressions=$top/tests/support/tsan.supp
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS
export B SANITIZED="$name"
code=0
prove -j2 -f -o "$@" || code=1

count=0
for report in "$logs"/*; do
	[ -s "$report" ] || continue
	count=$((count + 1))
	[ $count -le 5 ] && sed 's/^/# /' "$report" | head -n 60
done
echo "$name: $count reports"
[ $count -eq 0 ] || code=1
exit $code
