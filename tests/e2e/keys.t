#!/bin/sh
# Keys of users and of hosts: each type, from files and from an agent.
. "${0%/*}/../support/lib.sh"
need_tool ssh-agent ssh-add

client_key ecdsa
client_key rsa
host web1
algorithms()
{
	case $1 in
	ed25519) echo ssh-ed25519 ;;
	ecdsa) echo 'ecdsa-sha2-*' ;;
	rsa) echo rsa-sha2-512,rsa-sha2-256 ;;
	esac
}

for type in ed25519 ecdsa rsa; do
	host "only_$type" "HostKeyAlgorithms $(algorithms $type)"
done

# One IdentityFile, or the agent, and nothing else.
config()
{
	sed "s|IdentityFile .*|IdentityFile $1|; s|IdentityAgent .*|$2|
		s|IdentitiesOnly .*|$3|" "$T/ssh_config" >"$T/config"
}

for type in ed25519 ecdsa rsa; do
	config "$T/keys/$type" 'IdentityAgent none' ''
	run "$B/fab-run" -F "$T/config" web1 'echo in'
	out_is in "a key of type $type logs in, from its file"
done

eval "$(ssh-agent -s)" >/dev/null
helpers="$helpers $SSH_AGENT_PID"
for type in ed25519 ecdsa rsa; do
	ssh-add -q -D 2>/dev/null
	ssh-add -q "$T/keys/$type"
	config "$T/nonesuch" '' ''
	run "$B/fab-run" -F "$T/config" web1 'echo in'
	out_is in "a key of type $type logs in, from the agent"
done
ssh-add -q -D 2>/dev/null
run "$B/fab-run" -F "$T/config" web1 'echo in'
status_is 255 'an empty agent and no file is 255'
err_like '^fab-run: web1: auth' 'and says authentication'

ssh-keygen -q -t ed25519 -N '' -f "$T/keys/stranger"
config "$T/keys/stranger" 'IdentityAgent none' ''
run "$B/fab-run" -F "$T/config" web1 'echo in'
status_is 255 'a key that the host does not know is 255'

chmod 644 "$T/keys/ecdsa"
config "$T/keys/ecdsa" 'IdentityAgent none' ''
run "$B/fab-run" -F "$T/config" web1 'echo in'
status_is 255 'a key that others can read is not used, as with ssh'
err_like 'others can read it.*chmod 600' 'and the message says so'
chmod 600 "$T/keys/ecdsa"

# Host keys.
for type in ed25519 ecdsa rsa; do
	run fab-run "only_$type" 'echo in'
	if [ "$status" = 255 ] && [ $type = rsa ] &&
		grep -q 'rsa' "$T/err"; then
		skip 'a limit of this libssh2, which is named' \
			"a host key of type $type is verified"
		continue
	fi
	out_is in "a host key of type $type is verified"
done

mv "$T/known_hosts" "$T/all_known"
: >"$T/known_hosts"
run fab-run web1 'echo in'
status_is 255 'an unknown host key is refused'
out_is '' 'and nothing has run'
like "$T/err" "$(key_of web1 ed25519 | sed 's/[+/]/./g')|$(key_of web1 ecdsa |
	sed 's/[+/]/./g')" 'its fingerprint is shown'
err_like 'accept-new' 'and the option that would accept it'
is "$(cat "$T/known_hosts")" '' 'and it is not remembered'

run fab-run -o StrictHostKeyChecking=accept-new web1 'echo in'
out_is in 'accept-new accepts it'
ok 'and remembers it' grep -Fq "[127.0.0.1]:" "$T/known_hosts"
run fab-run web1 'echo in'
out_is in 'so that it is known from then on'

# A changed key: the key of another host under this one's name.
sed "s/:$only_rsa_port\]*/:$web1_port/" "$T/all_known" |
	grep -v "^x" | awk -v p="[127.0.0.1]:$web1_port" '$1 == p' |
	tail -n 3 >"$T/known_hosts"
run fab-run web1 'echo in'
status_is 255 'a changed host key is refused'
err_like 'changed' 'and called changed'
err_like 'known_hosts' 'with the file'
run fab-run -o StrictHostKeyChecking=accept-new web1 'echo in'
status_is 255 'also with accept-new'

sed "s/^/@revoked /" "$T/all_known" >"$T/known_hosts"
cat "$T/all_known" >>"$T/known_hosts"
run fab-run web1 'echo in'
status_is 255 'a revoked host key is refused'
err_like 'revoked' 'and called revoked'

cp "$T/all_known" "$T/known_hosts"
ssh-keygen -q -H -f "$T/known_hosts" >/dev/null 2>&1
run fab-run web1 'echo in'
out_is in 'hashed names are understood'

# An agent that does not answer: it is stopped, or its queue of connections is
# full, so that not even connecting to it ends.
cat >"$T/full.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(0)
held = []
while True:
    c = socket.socket(socket.AF_UNIX)
    c.setblocking(False)
    held.append(c)
    try:
        c.connect(sys.argv[1])
    except BlockingIOError:
        break
print("ready", flush=True)
sys.stdin.read()
END
mkfifo "$T/hold" "$T/full_ready"
python3 "$T/full.py" "$T/full" <"$T/hold" >"$T/full_ready" &
helpers="$helpers $!"
exec 9>"$T/hold"
read -r _ <"$T/full_ready"
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	echo "n$i HostName=127.0.0.1 Port=$web1_port HostKeyAlias=[127.0.0.1]:$web1_port"
done >"$T/list"
kill -STOP "$SSH_AGENT_PID"
for socket in "$SSH_AUTH_SOCK" "$T/full"; do
	config "$T/keys/ed25519" "IdentityAgent $socket" ''
	begun=$(date +%s)
	run "$B/fab-run" -F "$T/config" -j 8 -f "$T/list" true
	status_is 0 'forty hosts log in beside an agent that is silent'
	ok 'which is waited for once' [ $(($(date +%s) - begun)) -le 16 ]
	is "$(grep -c "ssh-agent $socket: no answer in 10 s" "$T/err")" 1 \
		'and named once'
	start "$B/fab-run" -F "$T/config" -j 8 -f "$T/list" true
	wait_for 5 sh -c "[ \$(ls /proc/$started/task | wc -l) -ge 8 ]"
	begun=$(date +%s)
	kill -TERM "$started"
	finish
	status_is 143 'a signal ends that wait'
	ok 'at once' [ $(($(date +%s) - begun)) -le 6 ]
done
config "$T/keys/stranger" "IdentityAgent $SSH_AUTH_SOCK" ''
run "$B/fab-run" -F "$T/config" web1 true
status_is 255 'without another key that is 255'
err_like 'authentication: .*; ssh-agent .*: no answer in 10 s' 'and says why'
kill -CONT "$SSH_AGENT_PID"
exec 9>&-

done_testing
