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
	screen_has "web3 +[a-z0-9-]+ +SHA256:[A-Za-z0-9+/]{43}"
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
cat >"$T/late.py" <<'END'
import os, socket, sys, threading, time
while not os.path.exists(sys.argv[2]):
    time.sleep(0.05)
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    while (b := os.read(0, 65536)):
        s.sendall(b)
    os._exit(0)
threading.Thread(target=up, daemon=True).start()
while (b := s.recv(65536)):
    os.write(1, b)
END
cat >>"$T/ssh_extra" <<END
Host gw2
	HostName 127.0.0.1
	Port $gw_port
	HostKeyAlias gw2
	ProxyCommand python3 $T/late.py %p $T/asked
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
type_line exit
done_testing
