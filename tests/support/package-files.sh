# Sourced: the files of the packages that tests and demo install.
# shellcheck shell=sh
#
# x says that it is installed; it needs x-data, whose 4 MB of noise are worth
# a look at how they travel.

# package_files TOP: fills TOP/x and TOP/x-data.
package_files()
{
	mkdir -p "$1/x/usr/bin" "$1/x-data/usr/share/x"
	# shellcheck disable=SC2016 # for the script that is written
	printf '%s\n' '#!/bin/sh' 'echo "x is installed on $(uname -n)"' \
		>"$1/x/usr/bin/x"
	chmod 755 "$1/x/usr/bin/x"
	head -c 4000000 /dev/urandom >"$1/x-data/usr/share/x/data"
	chmod 644 "$1/x-data/usr/share/x/data"
}
