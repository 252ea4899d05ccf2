#!/bin/sh
# clang-tidy, with the checks and limits of .clang-tidy.
# shellcheck disable=SC2016 # expanded by the inner shell
found=$(find lib cmd -name '*.c' | sort |
	xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$@" -- -std=c11 \
		-D_GNU_SOURCE -Ilib -DFAB_VERSION="\"0\"" 2>/dev/null' sh |
	grep -E ': (error|warning): |: note: .* \(threshold ' |
	grep -v 'note: +' |
	sed "s|^$PWD/||; s/,-warnings-as-errors//" | sort -u)
[ -z "$found" ] || {
	echo "$found"
	exit 1
}
