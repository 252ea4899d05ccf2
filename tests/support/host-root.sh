#!/bin/sh
# The root directory of a test's host: a copy of this whole machine in which
# everything may be changed, and which is gone with the host.
#
#	host-root.sh ROOT
#
# Runs as root in the host's own mount namespace, called by netns-inetd.
# HOST_DIR is the host's directory, seen on the host as /run/host; HOST_NAME
# its name.
set -eu

root=$1
made=${root%/*}/made
mkdir -p "$root" "$made"
mount -t tmpfs -o mode=755 tmpfs "$made"

# overlay PATH: PATH of the machine, to be written to, beneath ROOT.
overlay()
{
	name=$(printf '%s' "$1" | tr / _)
	mkdir -p "$made/upper$name" "$made/work$name"
	mount -t overlay -o "lowerdir=$1,upperdir=$made/upper$name" \
		-o "workdir=$made/work$name" overlay "$root${1%/}"
}

overlay /
while read -r _ mount type _; do
	case $type in
	autofs | bpf | cgroup* | debugfs | nsfs | proc | securityfs | sysfs | \
	tracefs) continue ;;
	esac
	case $mount/ in
	/usr/* | /etc/* | /var/* | /home/* | /opt/* | /bin/* | /sbin/* | \
	/lib*/* | /root/* | /srv/*)
		[ -d "$mount" ] && overlay "$mount" ;;
	esac
done </proc/mounts

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || :
mount --rbind /dev "$root/dev"
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 \
	devpts "$root/dev/pts"
for dir in dev/shm tmp; do
	[ -d "$root/$dir" ] || continue
	mount -t tmpfs -o mode=1777 tmpfs "$root/$dir"
done
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/run/sshd" "$root/run/lock" "$root/run/host"
mount --bind "$HOST_DIR" "$root/run/host"
[ -c "$root/dev/ptmx" ] || ln -sf pts/ptmx "$root/dev/ptmx"

# Users. The password of pw stands in the test library.
# shellcheck disable=SC2016 # a hash
hash='$6$testsalt$nnP6L/8RSudPFO.9UsLu6pyyLp9a9HB9pCXMgeuMhSHEi3APLVKcIJW0lfBQE4bX23ae1N37jrfS7TJhLLCth.'
uid=64201
for user in deploy pw plain one tty ttypw cmd; do
	home=/home/$user
	echo "$user:x:$uid:$uid::$home:/bin/sh" >>"$root/etc/passwd"
	echo "$user:x:$uid:" >>"$root/etc/group"
	case $user in
	pw | ttypw | cmd) echo "$user:$hash:19000:0:99999:7:::" ;;
	*) echo "$user:*:19000:0:99999:7:::" ;;
	esac >>"$root/etc/shadow"
	mkdir -p "$root$home"
	chown "$uid:$uid" "$root$home"
	uid=$((uid + 1))
done

rm -rf "$root/etc/sudoers" "$root/etc/sudoers.d"
cat >"$root/etc/sudoers" <<'END'
Defaults env_reset, lecture=always, !syslog
Defaults logfile=/run/host/sudo.log, loglinelen=0
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root	ALL=(ALL:ALL) ALL
deploy	ALL=(ALL:ALL) NOPASSWD: ALL
pw	ALL=(ALL:ALL) ALL
Defaults:one !authenticate
one	ALL=(ALL:ALL) /usr/bin/true
Defaults:tty requiretty
tty	ALL=(ALL:ALL) NOPASSWD: ALL
Defaults:ttypw requiretty
ttypw	ALL=(ALL:ALL) ALL
cmd	ALL=(ALL:ALL) /usr/bin/id, /usr/bin/cat, /usr/bin/sleep
END
chmod 440 "$root/etc/sudoers"

# A wrong password is told at once; else each costs two seconds.
if [ -d "$root/etc/pam.d" ]; then
	cat >"$root/etc/pam.d/sudo" <<-'END'
	auth required pam_unix.so nodelay
	account required pam_unix.so
	END
fi
# dnf is what yum is a name of, where Red Hat's users type it.
if [ -x "$root/usr/bin/dnf" ] && ! [ -e "$root/usr/bin/yum" ]; then
	ln -s dnf "$root/usr/bin/yum"
fi
printf '%s\n' "127.0.0.1 localhost $HOST_NAME" '::1 localhost' \
	>"$root/etc/hosts"
rm -f "$root/etc/nologin"
