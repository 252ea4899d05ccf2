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

done_testing
