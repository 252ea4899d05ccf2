#!/bin/sh
# The main job with apt, on a host that reaches nothing.
. "${0%/*}/../support/lib.sh"
need_root 'a host with a root file system of its own'
need_tool apt-get dpkg-deb curl

chmod 755 "$T"
port=$(free_port)
"$SUPPORT/apt-repo.sh" "$T/repo"
host web1
host web2

# A list of its own, and the host's lists as they were.
# shellcheck disable=SC2016 # expanded on the host
install='list=$(mktemp) && trap "rm -f $list" EXIT &&
echo "deb [trusted=yes] $HTTPD_SCOPE_URL ./" >"$list" && chmod 644 "$list" &&
set -- -q -o Dir::Etc::SourceList="$list" -o Dir::Etc::SourceParts=/dev/null \
	-o APT::Get::List-Cleanup=0 &&
apt-get "$@" update && apt-get "$@" -y install x'

before=$(on web1 'ls /etc/apt /etc/apt/sources.list.d')
run httpd-scope -d "$T/repo" -p "$port" -l "$T/log" -- \
	fab-sudo web1 "$install"
status_is 0 'apt installs x out of a directory of this machine'
like "$T/log" 'GET /(\./)?Release ' 'the access log shows metadata'
like "$T/log" 'GET /(\./)?x-data_1.0_all.deb HTTP/1.1" 200 40' 'and packages'
run on web1 x
out_is 'x is installed on web1' 'x is there and runs'
run on web1 'sha256sum </usr/share/x/data'
out_is "$(sha256sum <"$T/repo.data")" 'its data are what was packed'
run on web1 'ls /etc/apt /etc/apt/sources.list.d'
out_is "$before" 'no list is left on the host'
ok 'the port is closed' port_closed "$port"

run httpd-scope -d "$T/repo" -- fab-sudo -H web1,web2 "$install --reinstall"
status_is 0 'two hosts at once, at any port'
run on web2 x
out_is 'x is installed on web2' 'x is there and runs'

done_testing
