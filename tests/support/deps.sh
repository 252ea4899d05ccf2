#!/bin/sh
# Installs what building and the demo need, or what the tests need on top,
# with the system's package manager.
#
#	deps.sh build|check
#
# The list is printed first. sudo is used only by those who are not root. No
# service is enabled or started that was not: an SSH server is needed as a
# program, by the demo, and not on a port of this machine.
set -eu

# shellcheck disable=SC2034 # all lists are chosen by name
{
apt_build='gcc libc6-dev make pkg-config libssh2-1-dev libssl-dev musl-tools
	openssh-server openssh-client sudo curl'
apt_check='libcriterion-dev perl git clang libclang-rt-dev clang-format
	clang-tidy cppcheck shellcheck mandoc tmux valgrind libpam-oath dnf createrepo-c
	rpm python3-minimal python3 python3-cryptography procps wget w3m
	zchunk ksh mksh zsh fish tcsh busybox rsync clustershell pssh pdsh
	putty-tools
	python3-pip lynx zypper npm chromium gcc-aarch64-linux-gnu
	libc6-dev-arm64-cross dropbear-bin tinysshd python3-asyncssh'
dnf_build='gcc make pkgconf-pkg-config libssh2-devel openssl-devel musl-gcc
	glibc-static openssh-server openssh-clients sudo curl createrepo_c
	rpm-build util-linux diffutils findutils'
dnf_check='libcriterion-devel perl-Test-Harness git clang compiler-rt
	clang-tools-extra libasan libubsan libtsan cppcheck ShellCheck mandoc
	tmux valgrind apt dpkg python3 python3-cryptography python3-pip
	procps-ng wget w3m lynx
	zchunk zypper npm chromium ksh mksh zsh fish tcsh busybox rsync
	clustershell pssh pdsh putty dropbear tinyssh python3-asyncssh'
apk_build='gcc musl-dev linux-headers make pkgconf libssh2-dev openssl-dev
	openssl-libs-static openssh-server openssh-client openssh-keygen sudo
	curl util-linux coreutils findutils dpkg apt dnf createrepo_c rpm'
apk_check='criterion-dev perl perl-utils git clang compiler-rt
	clang-extra-tools cppcheck shellcheck mandoc tmux valgrind python3
	py3-cryptography procps openssh wget w3m lynx zchunk npm py3-pip
	chromium mksh zsh fish tcsh rsync dropbear tinyssh py3-asyncssh'
other='a C11 compiler, make, pkg-config, libssh2 (1.10 or later) and OpenSSL
	(3.0 or later) with headers, musl-gcc; for the demo: openssh server
	and client, sudo, curl, and apt with dpkg, or dnf with createrepo_c
	and rpmbuild'
other_check='Criterion, perl (prove), git, clang with its sanitizers,
	clang-format, clang-tidy, cppcheck, shellcheck, mandoc, tmux,
	valgrind, dnf, createrepo_c, rpmbuild, apt, python3 with pip,
	wget, w3m, lynx, zchunk, zypper, npm, chromium; ksh, mksh, zsh, fish,
	tcsh and busybox; rsync; dropbear and tinysshd, asyncssh and
	cryptography for python3; clustershell, pssh, pdsh and pscp to
	compare with'
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

# What is enabled to start by itself: links of systemd and of System V.
enabled()
{
	find /etc/systemd/system /etc/rc2.d /etc/rc3.d /etc/rc5.d \
		/etc/runlevels -type l 2>/dev/null | sort
}

# Takes back what the packages have enabled since $before.
restore_services()
{
	enabled >"$work/after"
	comm -13 "$work/before" "$work/after" | while read -r link; do
		case $link in
		*/rc[0-9].d/S*)
			service=$(echo "${link##*/}" | sed 's/^S[0-9]*//')
			has update-rc.d && update-rc.d "$service" disable
			;;
		/etc/systemd/*.wants/*)
			echo "deps: not enabling ${link##*/}"
			has systemctl && systemctl disable "${link##*/}"
			rm -f "$link"
			;;
		/etc/systemd/* | /etc/runlevels/*) rm -f "$link" ;;
		esac || :
	done 2>&1 | grep '^deps: ' || :
	if [ "$policy" ]; then
		rm -f "$policy"
	fi
	rm -rf "$work"
}

# known TEST PACKAGE...: those for which TEST succeeds; the others are named.
known()
{
	test=$1
	shift
	for package; do
		if $test "$package"; then
			echo "$package"
		else
			echo "deps: there is no $package here" >&2
		fi
	done
}

# present MANAGER PACKAGE: whether it is installed, from wherever: a command of
# that name will do.
present()
{
	has "$2" && return
	case $1 in
	apt)
		dpkg-query -W -f '${Status}' "$2" 2>/dev/null |
			grep -q ' installed$'
		;;
	dnf) rpm -q --whatprovides "$2" >/dev/null 2>&1 ;;
	apk) apk info -q -e "$2" ;;
	esac
}

apt_knows()
{
	apt-cache policy "$1" | grep -q 'Candidate: [^(]'
}

apk_knows()
{
	[ -n "$(apk search -qe "$1")" ]
}

# install MANAGER PACKAGE...: as root.
install()
{
	manager=$1
	shift
	work=$(mktemp -d)
	policy=
	enabled >"$work/before"
	trap restore_services EXIT
	trap 'exit 1' HUP INT TERM
	case $manager in
	apt)
		# invoke-rc.d and systemd's helpers ask this before a start.
		if ! [ -e /usr/sbin/policy-rc.d ]; then
			policy=/usr/sbin/policy-rc.d
			printf '#!/bin/sh\nexit 101\n' >$policy
			chmod 755 $policy
		fi
		apt-get -q update
		# shellcheck disable=SC2046 # a list
		DEBIAN_FRONTEND=noninteractive apt-get -q -y install \
			--no-install-recommends $(known apt_knows "$@")
		;;
	dnf) dnf -q -y --setopt=strict=0 --setopt=install_weak_deps=0 \
		install "$@" ;;
	apk)
		# shellcheck disable=SC2046 # a list
		apk add -q $(apk update -q && known apk_knows "$@")
		;;
	esac
}

if [ "$1" = install ]; then
	shift
	install "$@"
	exit
fi

manager=
for candidate in apk apt dnf; do
	[ $candidate = apt ] && ! has apt-get && continue
	[ $candidate = apt ] && ! [ -e /etc/debian_version ] && continue
	[ $candidate = dnf ] && [ -e /etc/debian_version ] && continue
	has $candidate || continue
	manager=$candidate
	break
done
case $manager in
'')
	list=$other
	[ "$1" = build ] || list=$other_check
	printf 'deps: no apt, dnf or apk here. Please install:\n'
	echo "$list" | tr -s ' \t\n' ' ' | fold -s -w 70
	exit 0
	;;
*)
	eval "list=\$${manager}_$1"
	;;
esac

echo "deps: by $manager:"
# shellcheck disable=SC2086 # a list
echo $list | fold -s -w 70 | sed 's/^/	/'
missing=
for package in $list; do
	present $manager "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
	echo 'deps: all of them are installed'
	exit 0
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
	has sudo || {
		echo 'deps: you are not root, and there is no sudo' >&2
		exit 1
	}
	as_root=sudo
fi
# shellcheck disable=SC2086 # a list
exec $as_root sh "$0" install $manager $missing
