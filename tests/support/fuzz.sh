#!/bin/sh
# Builds each fuzzer, with the libraries, and runs it for a bounded number of
# inputs, from its corpus where there is one.
#
#	fuzz.sh FUZZER.c...	FUZZ_RUNS: inputs each (default 200000)
set -u
cd "${0%/*}/../.." || exit
B=build/fuzz
flags='-fsanitize=address,undefined,fuzzer-no-link -fno-omit-frame-pointer'
[ $# -gt 0 ] || {
	echo 'fuzz: no fuzzers'
	exit 0
}
"${MAKE:-make}" -j2 B=$B CC=clang CFLAGS="-O1 -g $flags" libraries \
	>/dev/null || exit
failed=0
for source; do
	name=$(basename "$source" .c)
	mkdir -p "$B/$name"
	# shellcheck disable=SC2086,SC2046 # flags are words
	clang -std=c11 -D_GNU_SOURCE -Ilib -O1 -g \
		-fsanitize=address,undefined,fuzzer -o "$B/fuzz-$name" \
		"$source" -Wl,--start-group $B/lib*.a -Wl,--end-group \
		$(pkg-config --libs libssh2 libcrypto) || exit
	set -- "$B/$name"
	[ -d "tests/fuzz/corpus/$name" ] && set -- "$@" "tests/fuzz/corpus/$name"
	if "$B/fuzz-$name" -runs="${FUZZ_RUNS:-200000}" -max_total_time=60 \
		-timeout=10 -rss_limit_mb=1024 -artifact_prefix="$B/$name-" \
		"$@" >"$B/$name.log" 2>&1; then
		echo "fuzz: $name: $(tail -n 1 "$B/$name.log")"
	else
		failed=$((failed + 1))
		echo "fuzz: $name: failed"
		tail -n 40 "$B/$name.log"
	fi
done
exit $((failed > 0))
