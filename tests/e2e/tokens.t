#!/bin/sh
# Keys on FIDO tokens, by way of an agent: one that is scripted, for a token
# has to be touched. What it signs is verified by sshd.
. "${0%/*}/../support/lib.sh"
need_tool ssh-keygen
python3 -c 'import cryptography' 2>/dev/null ||
	skip_all 'needs python3-cryptography'

mkdir "$T/token"
mkfifo "$T/ready"
python3 "$SUPPORT/token_agent.py" "$T/token" >"$T/ready" &
helpers="$helpers $!"
read -r ready <"$T/ready"
is "$ready" ready 'the agent is there'
user=$me
[ "$is_root" ] && user=deploy

client_key ed25519
cat "$T/token/ed25519_sk.pub" "$T/token/ecdsa_sk.pub" >>"$T/keys/all.pub"
for name in web1 web2 web3; do
	host $name
done
host hasty 'LoginGraceTime 4'
ssh-keygen -q -t ed25519 -N '' -f "$T/keys/ca"
host ca "TrustedUserCAKeys $(seen_dir ca)/ca.pub"
cp "$T/keys/ca.pub" "$T/hosts/ca/ca.pub"
: >"$T/hosts/ca/authorized_keys"

# config IDENTITY [OPTION VALUE]...: that identity file, and the token's agent.
config()
{
	sed "s|IdentityFile .*|IdentityFile $1|
		s|IdentityAgent .*|IdentityAgent $T/token/agent|" \
		"$T/ssh_config" >"$T/config"
}

as_token()
{
	run "$B/fab-run" -F "$T/config" "$@"
}

signatures()
{
	wc -l <"$T/token/signed"
}

for type in ed25519 ecdsa; do
	config "$T/token/${type}_sk"
	as_token web1 'echo in'
	out_is in "a token's key of type $type logs in, through the agent"
	config "$T/token/${type}_sk.pub"
	as_token web1 'echo in'
	out_is in 'or its public half names it'
done
is "$(sort -u "$T/token/signed" | tr '\n' ' ')" 'ecdsa_sk ed25519_sk ' \
	'each signs with its own'
config none
as_token -o IdentitiesOnly=no web1 'echo in'
out_is in 'without an identity file, it is among the keys of the agent'
as_token -o IdentitiesOnly=no \
	-o PubkeyAcceptedAlgorithms=sk-ecdsa-sha2-nistp256@openssh.com \
	web1 'echo in'
is "$(tail -n 1 "$T/token/signed")" ecdsa_sk \
	'PubkeyAcceptedAlgorithms chooses among them'
as_token -o IdentitiesOnly=no -o PubkeyAcceptedAlgorithms=-sk-* \
	web1 'echo in'
status_is 255 'or takes them away'

# The file of a token's key is of no use without an agent.
touch "$T/token/unlisted"
config "$T/token/ed25519_sk"
as_token web1 true
status_is 255 'a key file of a token, and no agent with it, is 255'
err_like "authentication: .*ed25519_sk: a token's key has to be in an agent" \
	'and says what is missing'
sed -i 's/IdentityAgent .*/IdentityAgent none/' "$T/config"
as_token web1 true
err_like "ssh-add $T/token/ed25519_sk" 'and how to help'
rm "$T/token/unlisted"

# A touch that takes its time.
: >"$T/token/untouched"
: >"$T/token/signed"
config "$T/token/ed25519_sk"
sed -i "1i Host web3\n\tIdentityFile $T/keys/ed25519\n\tIdentityAgent none" \
	"$T/config"
start "$B/fab-run" -F "$T/config" -H web1,web2,web3 'echo in'
wait_for 10 grep -q 'web3: in' "$T/out"
ok 'a host that needs no touch is not held up' grep -q 'web3: in' "$T/out"
ok 'that a touch is awaited is told, with the key' wait_for 10 grep -Eq \
	'^fab-run: web[12]: waiting for the token to be touched: sk-ssh-ed25519@openssh.com SHA256:' \
	"$T/err"
is "$(grep -c 'waiting for the token' "$T/err")" 1 'for one host at a time'
rm "$T/token/untouched"
finish
status_is 0 'and the others log in'
is "$(signatures)" 2 'with a touch each'
is "$(cat "$T/token/most")" 1 'one after the other'
: >"$T/token/untouched"
start "$B/fab-run" -F "$T/config" -H web1,web2 true
wait_for 10 grep -q 'waiting for the token' "$T/err"
kill -TERM "$started"
finish
status_is 143 'a signal ends the wait for a touch'
rm "$T/token/untouched"

# A server that is tired of waiting is asked again.
: >"$T/token/untouched"
config "$T/token/ed25519_sk"
start "$B/fab-run" -F "$T/config" hasty 'echo in'
wait_for 10 grep -q 'waiting for the token' "$T/err"
# of sshd, the process that counts the time
tired()
{
	! host_processes hasty | grep -Fq '[priv]'
}
ok 'a touch that comes late' wait_for 20 tired
rm "$T/token/untouched"
finish
out_is in 'is not lost with the connection'

# Nobody touches it.
: >"$T/token/refuse"
config "$T/token/ed25519_sk"
as_token web1 true
status_is 255 'a touch that is refused is 255'
err_like 'authentication: .*sk-ssh-ed25519@openssh.com SHA256:[^ ]*: ssh-agent .*: it does not sign' \
	'and names the key'
ssh-keygen -q -t ed25519 -N '' -f "$T/keys/stranger"
sed -i "s|IdentityFile .*_sk|&\nIdentityFile $T/keys/stranger\nIdentityFile $T/keys/ed25519|" \
	"$T/config"
as_token web1 'echo in'
out_is in 'the next keys are tried'
rm "$T/token/refuse"

# Certificates.
for type in ed25519 ecdsa; do
	ssh-keygen -q -s "$T/keys/ca" -I test -n "$user" \
		"$T/token/${type}_sk.pub"
	config "$T/token/${type}_sk"
	as_token ca 'echo in'
	out_is in "a certificate for a token's key of type $type logs in"
	mv "$T/token/${type}_sk-cert.pub" "$T/token/${type}_cert"
	as_token ca 'echo in'
	status_is 255 'the key alone does not'
	as_token -o "CertificateFile=$T/token/${type}_cert" ca 'echo in'
	out_is in 'a certificate beside a key of the agent does'
done

# Keys that are in no token.
for type in ed25519 ecdsa rsa; do
	new_key $type "$T/keys/my_$type"
	ssh-keygen -q -s "$T/keys/ca" -I test -n "$user" \
		"$T/keys/my_$type.pub"
	config "$T/keys/my_$type"
	as_token ca 'echo in'
	out_is in "a certificate of type $type logs in, from its file"
done
if command -v ssh-agent >/dev/null; then
	eval "$(ssh-agent -s)" >/dev/null
	helpers="$helpers $SSH_AGENT_PID"
	for type in ed25519 ecdsa rsa; do
		ssh-add -q "$T/keys/my_$type"
		mv "$T/keys/my_$type" "$T/keys/away"
		config "$T/keys/my_$type"
		sed -i "s|IdentityAgent .*|IdentityAgent $SSH_AUTH_SOCK|" \
			"$T/config"
		as_token ca 'echo in'
		out_is in "a certificate of type $type logs in, from the agent"
		ssh-add -q -D 2>/dev/null
	done
fi
done_testing
