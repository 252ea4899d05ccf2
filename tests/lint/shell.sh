#!/bin/sh
# Every shell script, by shellcheck: as sh, or as its first line says.
# In tests, $ in single quotes is mostly meant for the host, and functions are
# called by others (ok, wait_for).
git ls-files -co --exclude-standard |
	while read -r file; do
		[ -f "$file" ] || continue
		case $file in
		*.sh) echo "$file" ;;
		*) head -n 1 "$file" | grep -aqE '^#! ?/bin/sh' &&
			echo "$file" ;;
		esac
	done | xargs shellcheck -x -P SCRIPTDIR -e SC1091 -e SC2016 \
		-e SC2154 -e SC2317 -f gcc
