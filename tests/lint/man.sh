#!/bin/sh
# Each program has a man page, and each page is good mdoc.
status=0
for program in cmd/*.c; do
	page=man/$(basename "$program" .c).1
	[ -f "$page" ] || {
		echo "$page is missing"
		status=1
	}
done
for page in man/*.[1-9]; do
	[ -f "$page" ] || continue
	mandoc -Tlint -W warning "$page" || status=1
done
exit $status
