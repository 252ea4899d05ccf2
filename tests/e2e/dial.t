#!/bin/sh
# Addresses: one that does not answer costs little where there is another.
. "${0%/*}/../support/lib.sh"
need_root 'a network of its own'
need_tool unshare ip

if [ "${1-}" != inside ]; then
	unshare -n -m true 2>/dev/null || skip_all 'no network of its own here'
	exec unshare -n -m sh "$0" inside
fi
ip link set lo up
# What is sent to the other address is lost: nobody has the one below it.
if ! { ip link add far type veth peer name near &&
	ip link set near up && ip link set far up &&
	ip -6 addr add fd00:1::1/64 dev far nodad &&
	ip -6 neigh add fd00:1::2 lladdr 02:00:00:00:00:01 dev far; } 2>/dev/null
then
	skip_all 'no network with IPv6 here'
fi

port=$(free_port)
ssh-keygen -q -t ed25519 -N '' -f "$T/hostkey"
ssh-keygen -q -t ed25519 -N '' -f "$T/keys/client"
mkdir -p /run/sshd
cat >"$T/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $T/hostkey
AuthorizedKeysFile $T/keys/client.pub
StrictModes no
PermitRootLogin yes
UsePAM no
PidFile $T/sshd.pid
END
sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)
"$sshd" -D -f "$T/sshd_config" 2>"$T/sshd.log" &
helpers="$helpers $!"
wait_for 10 port_open "$port"
printf '%s\n' 'fd00:1::2 both silent' '127.0.0.1 both four' >"$T/etc_hosts"
mount --bind "$T/etc_hosts" /etc/hosts
cat >"$T/ssh_config" <<END
Port $port
User root
IdentityFile $T/keys/client
IdentitiesOnly yes
StrictHostKeyChecking accept-new
HostKeyAlias here
UserKnownHostsFile $T/known_hosts
END
run fab-run four true
status_is 0 'a host is there'
is "$(getent ahosts both | sed -n '1s/ .*//p')" fd00:1::2 \
	'of another, the system would try a dead address first'

# The best of three, in milliseconds.
best()
{
	for _ in 1 2 3; do
		begin=$(date +%s%N)
		fab-run "$1" true >/dev/null 2>&1 || echo 99999
		echo $((($(date +%s%N) - begin) / 1000000))
	done | sort -n | head -n 1
}

four=$(best four)
both=$(best both)
ok "the dead address costs a quarter of a second ($four, $both)" \
	[ $((both - four)) -le 900 ]
ok 'and was tried' [ $((both - four)) -ge 100 ]
run fab-run -4 both true
status_is 0 '-4 goes around it'
run fab-run -6 -o ConnectTimeout=1 both true
status_is 255 '-6 has nothing else'
err_like 'no answer in 1 s \(-o ConnectTimeout' 'and says what changes the wait'
run fab-run -o BindAddress=127.0.0.1 both true
status_is 0 'an address that we bind to chooses the family'
run fab-run -o BindAddress=127.0.0.2 four 'echo $SSH_CONNECTION'
out_like '^127.0.0.2 ' 'and is what the host sees'
begin=$(date +%s)
run fab-run -o ConnectTimeout=1 -o ConnectionAttempts=2 silent true
lasted=$(($(date +%s) - begin))
ok "ConnectionAttempts tries again ($lasted s)" [ "$lasted" -ge 2 ]
umount /etc/hosts
done_testing
