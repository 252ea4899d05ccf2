#!/bin/sh
# httpd-scope speaks HTTP: each byte that matters, by clients of our own.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/http.sh"

# site DIR: what the probes ask for. They run as COMMAND and add to it.
site()
{
	mkdir -p "$1/sub" "$1/sub2"
	echo hello >"$1/a.txt"
	echo deb >"$1/c++~1:2!.deb"
	echo index >"$1/sub2/index.html"
	head -c 200000 /dev/urandom >"$1/big.bin"
	touch -d '1 hour ago' "$1/a.txt"
	chmod -R a+rX "$T" "$1"
}

umask 022
mkdir "$T/www"
site "$T/www/root"
cd "$T/www/root" || exit
probe http_paths
probe http_ranges
probe http_pipeline
probe http_files
rm -rf "$T/www"

done_testing
