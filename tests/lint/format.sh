#!/bin/sh
# All C is as .clang-format has it.
found=$(find lib cmd tests -name '*.[ch]' \
	-exec clang-format --dry-run -Werror {} + 2>&1 |
	sed -n 's/^\([^:]*:[0-9]*\):.*error:.*/\1/p' | uniq)
[ -z "$found" ] || {
	echo "not as clang-format -i would have it:"
	echo "$found"
	exit 1
}
