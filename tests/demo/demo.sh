#!/bin/sh
# The main job on a machine that has nothing: hosts, a package repository,
# the composition, what was fetched, what is left. It installs nothing into
# this machine and removes all that it makes; it fails if anything shown is
# not as it says.
TEST_SECONDS=${TEST_SECONDS:-300}
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

title()
{
	printf '\n== %s\n' "$*"
}

note()
{
	echo
	printf '%s\n' "$*" | fold -s -w 75 | sed 's/ *$//; s/^/   /'
}

# shown COMMAND: prints a command as it is typed, runs it, keeps $status.
shown()
{
	printf '\n$ %s\n' "$1"
	status=0
	sh -c "$1" >"$T/shown" 2>&1 </dev/null || status=$?
	fold -w 150 "$T/shown" | sed 's/^/  /'
	if [ "$status" -ne 0 ]; then
		echo "  (exit status $status)"
	fi
}

wrong()
{
	printf '\ndemo: this should not have happened: %s\n' "$1"
	exit 1
}

works()
{
	shown "$1"
	[ "$status" -eq 0 ] || wrong "exit status $status"
}

fails()
{
	shown "$1"
	[ "$status" -ne 0 ] || wrong 'it succeeded'
}

have()
{
	for tool; do
		command -v "$tool" >/dev/null 2>&1 || return
	done
}

# -- What this machine has --

# (DEMO_SYSTEM=apt shows apt where there is dnf.)
if [ "${DEMO_SYSTEM-}" != apt ] && have dnf createrepo_c rpmbuild; then
	system=dnf
elif have apt-get dpkg-deb; then
	system=apt
else
	echo 'demo: neither dnf, createrepo_c and rpmbuild nor apt: make deps'
	exit 1
fi
if [ "$is_root" ] && have sudo; then
	fab="fab-sudo"
else
	fab="fab-run"
fi
port=8888
port_closed $port || port=$(free_port)
mkdir "$T/site"
cd "$T/site" || exit
chmod 755 "$T" "$T/site"

title 'Two hosts'
host web1
host web2
isolated web1 ||
	note "(This machine gives us no namespaces: the hosts are this machine.)"
if [ "$is_root" ]; then
	note "web1 and web2 are SSH servers, each in a network namespace and on" \
		"a private copy of this machine, which we may change. Host keys" \
		"and user keys were made just now; an ssh_config names them, as" \
		"yours would in ~/.ssh/config."
else
	note "web1 and web2 are SSH servers, each in a network namespace of its" \
		"own. You are not root, so they let in nobody but $me, there is" \
		"no sudo to show, and fab-run stands where root would type" \
		"fab-sudo; packages go to a directory of their own. Run this as" \
		"root to see the real thing."
fi
if isolated web1; then
	note "They reach nothing but themselves:"
	works "fab-run -H web1,web2 'cut -s -d: -f1 /proc/net/dev | tr -d \" \"; \
tail -n +2 /proc/net/route | wc -l'"
	fails "fab-run web1 curl -sS --max-time 3 http://192.0.2.1/"
	fails "fab-run web1 curl -sS --max-time 3 http://localhost:$port/"
fi

title 'A package repository in a directory of this machine'
case $system in
dnf) "$SUPPORT/rpm-repo.sh" "$T/site/repo" "http://localhost:$port/" ;;
apt) "$SUPPORT/apt-repo.sh" "$T/site/repo" ;;
esac || exit
works 'ls -l repo'

# -- The main job --

root=
[ "$is_root" ] || root=$T/installed
case $system$root in
dnf)
	install="'dnf -c \"\$HTTPD_SCOPE_URL\"dnf.conf -q -y install x'"
	works 'cat repo/dnf.conf'
	;;
dnf*)
	install="'unshare -r dnf --installroot=$root \
-c \"\$HTTPD_SCOPE_URL\"dnf.conf -q -y install x'"
	works 'cat repo/dnf.conf'
	;;
apt*)
	cp "$TOP/tests/demo/from-scope" .
	works 'cat from-scope'
	;;
esac
if [ $system = apt ] && [ "$root" ]; then
	mkdir -p "$root/var/lib/dpkg" "$root/var/lib/apt/lists/partial" \
		"$root/var/cache/apt/archives/partial" "$root/var/log/apt" \
		"$root/etc/apt/apt.conf.d" "$root/etc/apt/preferences.d"
	: >"$root/var/lib/dpkg/status"
	cat >"$root/apt.conf" <<-END
	Dir "$root";
	Dir::State::status "$root/var/lib/dpkg/status";
	DPkg::Options { "--root=$root"; "--log=/dev/null"; };
	APT::Sandbox::User "root";
	END
	options="-e APT_CONFIG=$root/apt.conf"
fi

title 'The main job'
fails "fab-run web1 $root/usr/bin/x"
note "The server lives as long as the command. web1 fetches through the one" \
	"SSH connection, to its own localhost."
case $system in
dnf) job="$fab web1 $install" ;;
apt) job="$fab ${options:+$options }-s from-scope web1 x" ;;
esac
works "httpd-scope -d repo -p $port -l access.log -v -- $job"

note "What web1 has now, and what it had to fetch:"
works "fab-run web1 $root/usr/bin/x"
works "sed 's/ - - \\[[^]]*\\]//; s/ \"-\" .*//' access.log"
note "The port is closed, here and there; no list of repositories has changed:"
fails "curl -sS http://localhost:$port/"
fails "fab-run web1 curl -sS http://localhost:$port/"
case $system in
dnf) works "fab-run web1 'ls /etc/yum.repos.d 2>/dev/null || echo none'" ;;
apt) works "fab-run web1 'ls /etc/apt/sources.list.d'" ;;
esac

if [ "$is_root" ] && [ $fab = fab-sudo ]; then
	title 'Both hosts at once, by a user whose sudo wants a password'
	printf '%s\n' "$PASSWORD" >password
	chmod 600 password
	case $system in
	dnf) job="-H pw@web1,pw@web2 $install" ;;
	apt) job="-s from-scope -H pw@web1,pw@web2 x" ;;
	esac
	works "httpd-scope -d repo -p $port -- \
fab-sudo --sudo-password-file password $job"
	works 'fab-run -H web1,web2 x'
fi

title 'The exit status is that of the command'
fails "httpd-scope -d repo -- fab-run web1 'exit 42'"
[ "$status" -eq 42 ] || wrong 'another status'

static=$TOP/build/static/httpd-scope
if [ "$is_root" ] && [ $fab = fab-sudo ] && [ $system = dnf ] &&
	[ -x "$static" ]; then
	title 'The other way round: the server on the host itself'
	note "web3 has the packages, in /var/www/html. A httpd-scope that" \
		"needs no library is sent along, and removed afterwards."
	host web3
	as_root_on web3 mkdir -p /var/www/html /etc/yum.repos.d
	tar -C repo -cf - . | as_root_on web3 tar -C /var/www/html -xf -
	as_root_on web3 sh -c "printf '%s\n' '[local]' name=local gpgcheck=0 \
		baseurl=http://localhost:$port/ >/etc/yum.repos.d/local.repo"
	mkdir -p build/static
	ln -s "$static" build/static/httpd-scope
	works "fab-sudo -C /var/www/html -s build/static/httpd-scope web3 \
-p $port -- yum -q -y install x"
	works 'fab-run web3 x'
	fails "fab-run web3 curl -sS http://localhost:$port/"
fi

title 'And nothing is left'
for name in $names; do
	wait_for 3 host_idle "$name" || {
		host_processes "$name"
		wrong "a process is left on $name"
	}
done
stop_all
wait_for 2 none_left_over || {
	left_over
	wrong 'a process is left here'
}
port_closed "$port" || wrong "port $port is open"
note "No process, no open port, here or on the hosts; the hosts themselves and" \
	"${T} go now."
