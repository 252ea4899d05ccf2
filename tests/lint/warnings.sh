#!/bin/sh
# No warning, by gcc and by clang.
status=0
for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	make -s -k B="$LINT_B/$cc" CC=$cc CFLAGS='-O2 -g -Werror' \
		all test-programs >"$LINT_B.$cc.log" 2>&1 || {
		status=1
		grep -E 'error|warning|Error|No rule' "$LINT_B.$cc.log" |
			sed "s/^/$cc: /" | sort -u | head -n 50
	}
	rm -f "$LINT_B.$cc.log"
done
exit $status
