#!/bin/sh
# Host keys that nobody knows yet: the question, the list of fingerprints.
. "${0%/*}/../support/lib.sh"
. "${0%/*}/../support/terminal.sh"
need_tool tmux

host gw -m
for name in web1 web2 web3; do
	host $name
done
mv "$T/known_hosts" "$T/all_known"
: >"$T/known_hosts"

known()
{
	[ "$(sort -u "$T/known_hosts" | grep -c '^[^ ]* [^ ]* [^ ]*')" = "$1" ]
}

run fab-run -o BatchMode=yes web1 true
status_is 255 'with BatchMode an unknown key is refused'
err_like 'host key: is not known: .*SHA256:.*accept-new.*--fingerprints' \
	'with its fingerprint and the options that would accept it'

# A list of fingerprints.
{
	echo '# from the installer'
	echo "web1 $(key_of web1 ed25519)"
	echo "web1	$(key_of web1 ecdsa) # both"
	echo "web2 $(key_of web3 ecdsa)"
} >"$T/prints"
run fab-run --fingerprints "$T/prints" web1 'echo in'
out_is in 'a key of the list is accepted'
ok 'and kept' known 1
run fab-run --fingerprints "$T/prints" web2 'echo in'
status_is 255 'another than that of the list is 255'
err_like 'host key: is none of those in --fingerprints' 'and says so'
run fab-run --fingerprints "$T/prints" web3 'echo in'
status_is 255 'one that is not in the list is unknown as before'
echo 'web1 MD5:aa' >>"$T/prints"
run fab-run --fingerprints "$T/prints" web1 true
status_is 125 'a line that is none is 125'
err_like 'prints line 5: HOST SHA256' 'and is named'

# At a terminal.
terminal
: >"$T/known_hosts"
type_line "fab-run -H web1,web2,web3 'echo in'; echo \"done \$?\""
wait_screen '^The keys of 3 hosts are not known:' \
	'the unknown keys of a run are gathered'
ok 'each with its type and fingerprint' \
	screen_has "web3 .* [a-z0-9-]+ +SHA256:[A-Za-z0-9+/]{43}"
ok 'and as known_hosts will have it' \
	screen_has "^  web3 \(\[127.0.0.1\]:$web3_port\) "
type_line maybe
wait_screen 'Please type yes or no' 'another answer is no answer'
type_line yes
wait_screen '^done 0' 'and asked for once'
ok 'they are kept' known 3
type_line clear
type_line "fab-run -H web1,web2,web3 'echo in'; echo \"done \$?\""
wait_screen '^done 0' 'and known from then on'
ok 'without a question' not screen_has 'not known'

: >"$T/known_hosts"
type_line clear
type_line "fab-run -H web1,web2 'echo in'; echo \"done \$?\""
wait_for 15 screen_has 'Accept and keep them'
type_line no
wait_screen '^done 255' 'no refuses them'
ok 'by name' screen_has 'web2: host key: was not accepted: .*SHA256'
ok 'and keeps nothing' known 0

type_line clear
type_line "fab-run -J gw web1 'echo in'; echo \"done \$?\""
wait_screen '^The key of 1 host is not known:' 'a jump host comes first'
ok 'by its name' screen_has '^  gw '
type_line yes
wait_screen '^  web1 ' 'then the host behind it'
type_line yes
wait_screen '^done 0' 'and both are accepted'

# A key that comes while the question about another is open.
cat >>"$T/ssh_extra" <<END
Host gw2
	HostName 127.0.0.1
	Port $gw_port
	HostKeyAlias gw2
	ProxyCommand python3 $SUPPORT/carry.py %p after $T/asked
END
ssh_config
rm -f "$T/asked"
grep -e "$web1_port" -e "$web2_port" "$T/all_known" >"$T/known_hosts"
cat >"$T/behind" <<END
web1 ProxyJump=gw
web2 ProxyJump=gw2
END
type_line clear
type_line "fab-run -f $T/behind 'echo in'; echo \"done \$?\""
wait_screen '^  gw ' 'two jump hosts, one of which is slower'
: >"$T/asked"
sleep 1
type_line yes
wait_screen '^  gw2 ' 'a key that was not shown is not accepted with others'
type_line no
wait_screen '^done 255' 'and can be refused'

# Another type of key for a host that is known by one.
cp "$T/all_known" "$T/known_hosts"
type_line clear
type_line "fab-run -H web1,web2,web3 'echo in'; echo \"done \$?\""
wait_screen '^done 0' 'known hosts ask nothing'
# Two names for one host, and two users of it, are one key.
cat >>"$T/ssh_extra" <<END
Host again
	HostName 127.0.0.1
	Port $web1_port
END
ssh_config
: >"$T/known_hosts"
type_line "clear; fab-run -H web1,again,$(id -un)@web1 true; echo \"done \$?\""
wait_screen '^The key of 1 host is not known:' 'a key is asked about once'
type_line yes
wait_screen '^done ' 'and accepted for all that show it'
ok 'in one line' known 1
type_line exit

# Many who learn at once: two runs, and ssh. Some names are everybody's.
learn_all()
{
	: >"$T/known_hosts"
	start fab-run -o StrictHostKeyChecking=accept-new \
		-o "HashKnownHosts=$1" -j 0 -f "$T/first" true
	fab-run -o StrictHostKeyChecking=accept-new \
		-o "HashKnownHosts=$1" -j 0 -f "$T/second" true 2>"$T/second_err" &
	second=$!
	ssh -F "$T/ssh_config" -n -o StrictHostKeyChecking=accept-new \
		-o HostKeyAlias=ssh -o "HashKnownHosts=$1" web1 true \
		2>/dev/null
	finish
	wait "$second"
	is "$? $status" '0 0' "two runs learn at once, hashed: $1"
	is "$(grep -c '^[^ ]* [^ ]* [^ ]*$' "$T/known_hosts")" \
		"$(wc -l <"$T/known_hosts")" 'every line is whole'
}

i=0
while [ $i -lt 64 ]; do
	i=$((i + 1))
	echo "n$i HostName=127.0.0.1 Port=$web1_port HostKeyAlias=n$i"
done >"$T/first"
sed -n 1,32p "$T/first" >"$T/second"
sed -n '33,64s/n\([0-9]\)/m\1/gp' "$T/first" >>"$T/second"
learn_all no
is "$(cut -d' ' -f1 "$T/known_hosts" | grep '^[nm]' | sort | uniq -d | wc -l)" \
	0 'none of ours is there twice'
is "$(grep -c '^[nm]' "$T/known_hosts")" 96 'and all are there'
learn_all yes
for name in n1 n32 n64 m64; do
	is "$(ssh-keygen -f "$T/known_hosts" -F $name | grep -c '^|')" 1 \
		"$name is there once, hashed"
done

# Where it cannot be kept, it is not trusted.
accept()
{
	run fab-run -o StrictHostKeyChecking=accept-new "$@" 'echo in'
}

accept -o "UserKnownHostsFile=$T/nonesuch/known" web1
status_is 255 'a file in a directory that is not there is 255'
err_like "web1: host key: $T/nonesuch/known: No such file" 'and says so'
mkdir "$T/directory"
accept -o "UserKnownHostsFile=$T/directory" web1
status_is 255 'a directory is 255'
if ! [ "$is_root" ]; then
	: >"$T/readonly"
	chmod 400 "$T/readonly"
	accept -o "UserKnownHostsFile=$T/readonly" web1
	status_is 255 'a file that cannot be written is 255'
	err_like "web1: host key: $T/readonly: Permission denied" 'and says so'
fi
# 500 bytes are there, and room for 512
head -c 499 /dev/zero | tr '\0' '#' >"$T/full"
echo >>"$T/full"
cp "$T/full" "$T/before"
(
	trap '' XFSZ
	ulimit -f 1
	accept -o "UserKnownHostsFile=$T/full" web1
	echo "$status" >"$T/status"
)
is "$(cat "$T/status")" 255 'a disk that is full is 255'
err_like "web1: host key: $T/full: (No space|File too large)" 'and says so'
ok 'and no part of a line is left' cmp -s "$T/full" "$T/before"

done_testing
