#!/bin/sh
# The recipes of httpd-scope(1), as they stand there but for names and port.
. "${0%/*}/../support/lib.sh"
need_root 'a host with a root file system of its own'
need_tool dnf createrepo_c rpmbuild

chmod 755 "$T"
port=$(free_port)
cd "$T/scratch" || exit
"$SUPPORT/rpm-repo.sh" repo "http://localhost:$port/" 2
host web1
host web2
for name in web1 web2; do
	as_root_on $name sh -c "mkdir -p /etc/yum.repos.d
		printf '%s\n' '[r]' name=r baseurl=http://localhost:$port/ \
		gpgcheck=0 >/etc/yum.repos.d/r.repo"
done
mkdir groups
echo 'web[1-2]' >groups/yum
export FAB_GROUPS="$PWD/groups"

page=$TOP/man/httpd-scope.1

run httpd-scope -d repo -p "$port" -- \
	fab-sudo -H 'web[1-2]' \
	'dnf -c "$HTTPD_SCOPE_URL"dnf.conf -y install x'
status_is 0 'install on many hosts out of a directory here'
run on web2 x
out_is 'x is installed on web2' 'x is there and runs'
like "$page" "dnf -c \"\\\$HTTPD_SCOPE_URL\"dnf.conf -y install x'" \
	'the manual has it'

run httpd-scope -d repo -p "$port" -l "$T/log" -- \
	fab-sudo @yum yum -y update
status_is 0 'hosts whose repository files say localhost'
is "$(grep -c '"GET /repodata/repomd.xml HTTP/1.1" 200 ' "$T/log")" 2 \
	'each asks this machine'
like "$page" 'fab-sudo @yum yum -y update' 'the manual has it'

run httpd-scope -d repo -p "$port" -- sh -e /dev/fd/3 3<<'END'
fab-sudo web1 yum -y install y1
fab-run web1 ls /usr/share/y1
fab-sudo web1 yum -y install nonesuch
echo not reached
END
status_is 1 'several commands, until one fails'
err_like . 'and says why'
out_like '^/usr/share/y1$' 'those before it ran'
unlike "$T/out" 'not reached' 'those behind it did not'
like "$page" "sh -e /dev/fd/3 3<<'E'" 'the manual has it'
ok 'the port is closed' port_closed "$port"

static=$TOP/build/static/httpd-scope
if [ -x "$static" ]; then
	cp -R repo "$(host_dir web1)/html"
	chmod -R a+rX "$(host_dir web1)/html"
	run fab-sudo -C /run/host/html -s "$static" web1 \
		-p "$port" -- yum -y install y2
	status_is 0 'the server on the host itself'
	run on web1 ls /usr/share/y2
	status_is 0 'it is installed'
	like "$page" '-s build/static/httpd-scope host' 'the manual has it'
else
	skip 'no static build' 'the server on the host itself'
fi

done_testing
