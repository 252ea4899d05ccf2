#!/bin/sh
# The main job with dnf, on hosts that reach nothing.
. "${0%/*}/../support/lib.sh"
need_root 'a host with a root file system of its own'
need_tool dnf createrepo_c rpmbuild curl

chmod 755 "$T"
port=$(free_port)
"$SUPPORT/rpm-repo.sh" "$T/repo" "http://localhost:$port/"
host web1
host web2
printf '%s\n' "$PASSWORD" >"$T/password"
chmod 600 "$T/password"

run httpd-scope -d "$T/repo" -p "$port" -l "$T/log" -- \
	fab-sudo web1 'dnf -c "$HTTPD_SCOPE_URL"dnf.conf -y install x'
status_is 0 'dnf installs x out of a directory of this machine'
like "$T/log" 'GET /repodata/repomd.xml ' 'the access log shows metadata'
like "$T/log" 'GET /x-data-1.0.noarch.rpm HTTP/1.1" 200 40' 'and packages'
run on web1 x
out_is 'x is installed on web1' 'x is there and runs'
run on web1 'sha256sum </usr/share/x/data'
out_is "$(sha256sum <"$T/repo.data")" 'its data are what was packed'
run on web1 'sudo find /etc -name "*.repo" -newer /run/sshd'
out_is '' 'no repository file is left on the host'
ok 'the port is closed' port_closed "$port"
ok 'this machine has no x' [ ! -e /usr/bin/x ]

run httpd-scope -d "$T/repo" -p "$port" -- fab-sudo web1 \
	'dnf -c "$HTTPD_SCOPE_URL"dnf.conf -y install nonesuch'
status_is 1 'a package that is not there is the status of dnf'

# The command as it is typed where the hosts know the repository.
as_root_on web2 sh -c "mkdir -p /etc/yum.repos.d
	printf '%s\n' '[r]' name=r baseurl=http://localhost:$port/ \
	gpgcheck=0 >/etc/yum.repos.d/r.repo"
run httpd-scope -d "$T/repo" -p "$port" -- \
	fab-sudo --sudo-password-file "$T/password" pw@web2 yum -y install x
status_is 0 'yum -y install x, behind a password'
run on web2 x
out_is 'x is installed on web2' 'x is there and runs'

run httpd-scope -d "$T/repo" -p "$port" -l "$T/log2" -- fab-sudo \
	-H web1,web2 'dnf -c "$HTTPD_SCOPE_URL"dnf.conf -y reinstall x x-data'
status_is 0 'two hosts at once'
is "$(grep -c 'x-data-1.0.noarch.rpm HTTP/1.1" 200' "$T/log2")" 2 \
	'each fetches its packages'

# The other variant: the server on the host itself.
host web3
static=$TOP/build/static/httpd-scope
if [ -x "$static" ]; then
	cp -R "$T/repo" "$(host_dir web3)/repo"
	chmod -R a+rX "$(host_dir web3)/repo"
	run fab-sudo -C /run/host/repo -s "$static" web3 -p "$port" -- \
		dnf -c "http://localhost:$port/dnf.conf" -y install x
	status_is 0 'httpd-scope is carried to the host and serves there'
	run on web3 x
	out_is 'x is installed on web3' 'x is there and runs'
	run on web3 'sudo find /dev/shm /tmp /run /root /home -xdev \
		-type f -size +50k -newer /run/sshd ! -path "/run/host/*" ! -path "*/.rpmdb/*"'
	out_is '' 'nothing of it is left on the host'
	run on web3 "/run/host/bin/port open 127.0.0.1 $port"
	status_is 1 'and its port is closed'
else
	skip 'no static build' 'httpd-scope is carried to the host'
fi

done_testing
