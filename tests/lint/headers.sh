#!/bin/sh
# Each header compiles alone, and each source includes its own header first.
status=0
for header in lib/*/*.h; do
	echo "#include \"${header#lib/}\"" |
		cc -std=c11 -D_GNU_SOURCE -Ilib -Wall -Wextra -Wno-unused \
			-Werror -fsyntax-only -x c - 2>&1 || {
		echo "$header does not compile alone"
		status=1
	}
done
for source in lib/*/*.c; do
	header=${source%.c}.h
	[ -f "$header" ] || continue
	grep -m 1 '#include' "$source" | grep -Fq "\"${header#lib/}\"" || {
		echo "$source does not include ${header#lib/} first"
		status=1
	}
done
exit $status
