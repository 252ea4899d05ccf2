#!/bin/sh
# asyncssh as the server: a transport, channels and an sftp server of its own,
# that wants new keys every 64 KB.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/servers.sh"
python_with asyncssh
need_tool curl

# asyncssh_host NAME TYPE [REKEY_BYTES]
asyncssh_host()
{
	server_begin "$1"
	host_key "$2" "$_dir"
	cp "$T/keys/all.pub" "$_dir/authorized_keys"
	mkdir "$_dir/files"
	mkfifo "$_dir/ready"
	# its commands have our environment; it is not the one to set SHELL
	env -u SHELL "$python" "$SUPPORT/asyncssh_server.py" "$_dir/$2" \
		"$_dir/authorized_keys" "$_dir/files" ${3+"$3"} \
		>"$_dir/ready" 2>"$_dir/log" &
	host_helper=$!
	_pid=$host_helper
	_isolated=0
	read -r _port <"$_dir/ready"
	host_add
}

asyncssh_host async ed25519
asyncssh_host rekeys ecdsa 65536
head -c 3000000 /dev/urandom >"$T/noise"
sum=$(sha256sum <"$T/noise")
mkdir "$T/site"
chmod 755 "$T" "$T/site"
echo hello >"$T/site/hello"
port=$(free_port)

run fab-run async 'echo out; echo err >&2; exit 3'
status_is 3 'a command has its status'
out_is out 'its output'
err_is err 'and its errors'
run fab-run async 'kill -KILL $$'
status_is 137 'and its signal'
run fab-run nobody@async true
status_is 0 'whoever has the key is let in'
for name in async rekeys; do
	input=$T/noise
	run fab-run $name sha256sum
	out_is "$sum" "input arrives whole, $name"
	run fab-run $name cat
	is "$(sha256sum <"$T/out")" "$sum" 'and comes back whole'
	input=/dev/null
	run fab-put $name "$T/noise" /noise
	status_is 0 'a file is put'
	is "$(sha256sum <"$(host_dir $name)/files/noise")" "$sum" 'and is whole'
	run fab-get $name /noise "$T/got"
	status_is 0 'and got'
	is "$(sha256sum <"$T/got")" "$sum" 'and is whole'
	rm "$T/got"
done
run fab-get async /nonesuch "$T/got"
status_is 1 'a file that is not there is 1'
run httpd-scope -d "$T/site" -p "$port" -- fab-run async \
	'curl -fsS --max-time 20 "${HTTPD_SCOPE_URL}hello"'
out_is hello 'it sees an httpd-scope'
"$python" -m http.server -b 127.0.0.1 -d "$T" "$port" >/dev/null 2>&1 &
helpers="$helpers $!"
wait_for 10 port_open "$port"
for name in async rekeys; do
	there=$(free_port)
	run fab-run -R "$there:127.0.0.1:$port" $name \
		"curl -sS http://127.0.0.1:$there/noise | sha256sum"
	out_is "$sum" "-R carries 3 MB, $name"
	run fab-run -L "$there:127.0.0.1:$port" -n $name \
		"curl -sS http://127.0.0.1:$there/noise | sha256sum"
	out_is "$sum" 'and -L'
done
kill "$async_pid"
wait "$async_pid" 2>/dev/null
run fab-run async true
status_is 255 'a server that has ended is 255'
err_like '^fab-run: async: .*refused' 'and the message says so'
done_testing
