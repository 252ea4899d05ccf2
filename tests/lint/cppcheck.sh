#!/bin/sh
# cppcheck, for what compilers do not look at.
mkdir -p "$LINT_B/cppcheck"
cppcheck -q -j 2 --std=c11 -D_GNU_SOURCE -Ilib --error-exitcode=1 \
	--cppcheck-build-dir="$LINT_B/cppcheck" \
	--enable=warning,performance,portability --inline-suppr \
	--suppress=missingIncludeSystem --suppress=unknownMacro \
	--template='{file}:{line}: {id}: {message}' \
	lib cmd tests/support
