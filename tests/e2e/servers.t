#!/bin/sh
# Other servers than OpenSSH's: dropbear, as on routers and in rescue systems,
# with the sftp-server of another and without; tinysshd, with one set of
# algorithms and no forwarding.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/servers.sh"
need_root 'servers that look for keys in home directories'
PATH=$PATH:/usr/sbin:/sbin
need_tool dropbear dropbearconvert tinysshd tinysshd-makekey curl

# dropbear_host NAME ARG...
dropbear_host()
{
	server_begin "$1"
	shift
	host_key ecdsa "$_dir"
	dropbearconvert openssh dropbear "$_dir/ecdsa" "$_dir/dropbear" \
		>/dev/null 2>&1
	server_serve "$(command -v dropbear)" -i -r "$_seen/dropbear" "$@"
	authorize "$_host"
}

mkdir "$T/site"
chmod 755 "$T" "$T/site"
echo hello >"$T/site/hello"
head -c 3000000 /dev/urandom >"$T/noise"
sum=$(sha256sum <"$T/noise")
port=$(free_port)
fetch='curl -fsS --max-time 20 "${HTTPD_SCOPE_URL}hello"'

# -- dropbear --

dropbear_host drop
dropbear_host gateway -a
dropbear_host closed -j -k
dropbear_host forced -c 'echo run >>/run/host/runs; sleep 7790'
chmod 777 "$(host_dir forced)"

run fab-run drop 'echo out; echo err >&2; exit 3'
status_is 3 'a command on dropbear has its status'
out_is out 'its output'
err_is err 'and its errors'
run fab-run drop printf '<%s>' 'a b' '$HOME' "it's"
out_is "<a b><\$HOME><it's>" 'words arrive as they are'
input=$T/noise
run fab-run drop sha256sum
out_is "$sum" 'input arrives whole'
input=/dev/null
run fab-run drop 'head -c 3000000 /dev/zero | tr "\0" x'
is "$(sha256sum <"$T/out")" \
	"$(head -c 3000000 /dev/zero | tr '\0' x | sha256sum)" \
	'and output, too'
run fab-run drop 'kill -KILL $$'
status_is 137 'a signal is told'
run fab-run -T 1 drop 'sleep 7791; echo ended'
status_is 124 '-T ends a command'
ok 'on the host' wait_for 5 none_marked 'sleep 7791'
start fab-run drop 'echo begun; sleep 7792; echo ended'
wait_for 5 grep -q begun "$T/out"
kill -TERM "$started"
finish
ok 'being ended ends one' wait_for 5 none_marked 'sleep 7792'
run "$B/fab-sudo" -F "$T/ssh_config" drop id -un
out_is root 'sudo runs one'
# its child still has the connection, and says nothing on it
run fab-run -o ServerAliveInterval=1 -o ServerAliveCountMax=2 -l root drop \
	'kill -KILL $PPID; sleep 7793'
status_is 255 'a dropbear that dies is 255'
for pid in $(marked 'sleep 7793'); do kill "$pid"; done
run fab-run -l nobody drop true
status_is 255 'who may not log in is 255'
err_like '^fab-run: drop: authentication: ' 'and told so'

run fab-put drop "$T/noise" /tmp/noise
status_is 0 'a file is put, by the sftp-server of another'
is "$(as_root_on drop sha256sum /tmp/noise | cut -d' ' -f1)" "${sum%% *}" \
	'and is whole'
run fab-get drop /tmp/noise "$T/got"
status_is 0 'and got'
is "$(sha256sum <"$T/got")" "$sum" 'and is whole'
as_root_on drop rm /usr/lib/sftp-server
for program in fab-put fab-get; do
	run $program drop "$T/noise" /tmp/other
	status_is 255 "$program without an sftp-server is 255"
	err_like "^$program: drop: the SFTP server ended: .*sftp-server" \
		'and what the host said about it is told'
done

run httpd-scope -d "$T/site" -p "$port" -- fab-run drop "$fetch"
out_is hello 'a server of ours is reached through dropbear'
run httpd-scope -d "$T/site" -p "$port" -- fab-run gateway \
	"$fetch; ! curl -sS --max-time 5 http://127.0.0.2:$port/hello"
out_is hello 'and through one that may open ports to its network'
status_is 0 'but does not open this one'
run httpd-scope -d "$T/site" -p "$port" -- fab-run closed "$fetch"
status_is 255 'one that forwards nothing is 255'
err_like '^fab-run: closed: .*forward' 'and the message says so'
run httpd-scope -d "$T/site" -p "$port" -- fab-run --json closed "$fetch"
is "$(status_of closed)" scope 'of class scope'
start fab-run -L "$port:127.0.0.1:7994" drop \
	'echo begun; python3 -m http.server -b 127.0.0.1 -d /run/host 7994'
wait_for 5 grep -q begun "$T/out"
wait_for 10 curl -fsS "http://127.0.0.1:$port/ecdsa.pub"
is "$(curl -sS "http://127.0.0.1:$port/ecdsa.pub")" \
	"$(cat "$(host_dir drop)/ecdsa.pub")" '-L leads there'
kill "$started"
finish
python3 -m http.server -b 127.0.0.1 -d "$T/site" "$port" >/dev/null 2>&1 &
helpers="$helpers $!"
wait_for 10 port_open "$port"
run fab-run -R "7995:127.0.0.1:$port" drop \
	'curl -sS http://127.0.0.1:7995/hello'
out_is hello '-R leads here'

# dropbear does not tell that a command is forced: a second channel starts it
# once more, and the protocol's own request would end a shell alone.
start fab-run forced true
wait_for 5 grep -q run "$(host_dir forced)/runs"
kill -TERM "$started"
finish
is "$status" 143 'a forced command of dropbear can be left'
as_root_on forced pkill -f '^sleep 7790'

# -- tinysshd --

server_begin tiny
tinysshd-makekey "$_dir/keys"
{
	printf '[127.0.0.1]:PORT ssh-ed25519 '
	{
		printf '\0\0\0\013ssh-ed25519\0\0\0\040'
		cat "$_dir/keys/ed25519.pk"
	} | base64 -w 0
	echo
} >"$_dir/known_hosts"
server_serve "$(command -v tinysshd)" -v \
	-x sftp=/usr/lib/openssh/sftp-server "$_seen/keys"
authorize tiny

run fab-run tiny 'echo out; echo err >&2; exit 3'
if "$B/fab-run" --version -v | grep -q 'chacha20'; then
	status_is 255 'tinysshd knows chacha20 alone, and libssh2 1.10 does not'
	err_like 'tiny: no common cipher algorithm: the server has chacha20-poly1305@openssh.com; we offer .*aes128-ctr.*libssh2 1.10' \
		'which is told, with what both have'
	for name in fab-put fab-get; do
		if [ $name = fab-put ]; then
			run fab-put tiny "$T/noise" /tmp/noise
		else
			run fab-get tiny /etc/hostname "$T/"
		fi
		status_is 255 "$name says the same"
		err_like 'tiny: no common cipher algorithm' 'and why'
	done
else
	status_is 3 'a command on tinysshd has its status'
	out_is out 'its output'
	err_is err 'and its errors'
	input=$T/noise
	run fab-run tiny sha256sum
	out_is "$sum" 'input arrives whole'
	input=/dev/null
	run fab-put tiny "$T/noise" /tmp/noise
	status_is 0 'a file is put'
	is "$(as_root_on tiny sha256sum </dev/null /tmp/noise | cut -d' ' -f1)" \
		"${sum%% *}" 'and is whole'
	run fab-get tiny /tmp/noise "$T/tiny"
	status_is 0 'and got'
	is "$(sha256sum <"$T/tiny")" "$sum" 'and is whole'
	run httpd-scope -d "$T/site" -- fab-run tiny "$fetch"
	status_is 255 'tinysshd forwards nothing'
fi
done_testing
