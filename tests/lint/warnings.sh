#!/bin/sh
# No warning, by gcc and by clang; and, of what needs libc alone and lists
# system calls, none for another architecture.
status=0
for cc in gcc clang aarch64-linux-gnu-gcc; do
	command -v $cc >/dev/null || continue
	what='all test-programs'
	[ $cc = aarch64-linux-gnu-gcc ] && what=$LINT_B/$cc/httpd-scope
	# shellcheck disable=SC2086 # words
	make -s -k B="$LINT_B/$cc" CC=$cc CFLAGS='-O2 -g -Werror' \
		$what >"$LINT_B.$cc.log" 2>&1 || {
		status=1
		grep -E 'error|warning|Error|No rule' "$LINT_B.$cc.log" |
			sed "s/^/$cc: /" | sort -u | head -n 50
	}
	rm -f "$LINT_B.$cc.log"
done
exit $status
