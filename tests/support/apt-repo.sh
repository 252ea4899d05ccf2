#!/bin/sh
# A small apt repository, flat: deb [trusted=yes] URL ./
#
#	apt-repo.sh DIR [N]
#
# DIR is made: the packages x and x-data, and y1 to yN, small ones of version
# 1+~1; Packages, Release, by-hash.
# DIR.data is the file that x-data installs.
set -eu
# shellcheck source=tests/support/package-files.sh
. "${0%/*}/package-files.sh"

dir=$1
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
trap 'exit 1' HUP INT TERM

# package NAME DEPENDS [VERSION]
package()
{
	version=${3:-1.0}
	mkdir -p "$top/$1/DEBIAN"
	chmod 755 "$top/$1" "$top/$1/DEBIAN"
	{
		printf '%s\n' "Package: $1" "Version: $version" 'Architecture: all' \
			'Maintainer: Tests <tests@localhost>'
		[ -z "$2" ] || echo "Depends: $2"
		echo 'Description: a package for tests'
	} >"$top/$1/DEBIAN/control"
	deb=$dir/${1}_${version}_all.deb
	dpkg-deb -Zgzip -z1 --root-owner-group --build "$top/$1" "$deb" \
		>/dev/null
	cat "$top/$1/DEBIAN/control"
	printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${deb##*/}" \
		"$(wc -c <"$deb")" "$(sha256 "$deb")"
}

sha256()
{
	sha256sum "$1" | cut -d' ' -f1
}

mkdir -p "$dir"
umask 022
package_files "$top"
cp "$top/x-data/usr/share/x/data" "$dir.data"
{
	package x x-data
	package x-data ''
	i=0
	while [ $i -lt "${2:-0}" ]; do
		i=$((i + 1))
		mkdir -p "$top/y$i/usr/share"
		head -c 30000 /dev/urandom >"$top/y$i/usr/share/y$i"
		package y$i '' '1+~1'
	done
} >"$dir/Packages"
sum=$(sha256 "$dir/Packages")
mkdir -p "$dir/by-hash/SHA256"
cp "$dir/Packages" "$dir/by-hash/SHA256/$sum"
cat >"$dir/Release" <<END
Date: $(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S UTC')
Acquire-By-Hash: yes
SHA256:
 $sum $(wc -c <"$dir/Packages") Packages
END
