# What scripts/run and scripts/test share: sourced by bash, with $root set to the repository.

say() { printf '== %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-1}"
}

# packages SECTION…: the names under those sections of packages.txt.
packages() {
  awk -v wanted=" $* " '
    /^# [a-z]+:/ { split($2, word, ":"); listed = index(wanted, " " word[1] " ") }
    /^[^#]/ && listed { print $1 }' "$root/scripts/packages.txt"
}

# install_packages SECTION…: on Debian 12, what of those sections is missing; elsewhere a message and exit 2.
install_packages() {
  local all missing sudo=()
  all=$(packages "$@")
  if ! (. /etc/os-release && [ "$ID" = debian ] && [ "$VERSION_ID" = 12 ]) 2>/dev/null; then
    fail "this is not Debian 12. Install what these of its packages hold, then build with cmake (CONTRIBUTING.md):
$all" 2
  fi
  missing=$(comm -23 <(sort <<<"$all") <(
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' $all 2>/dev/null | awk '$2 == "installed" { print $1 }' | sort))
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "neither root nor sudo is at hand. As root: apt-get install ${missing//$'\n'/ }" 2
    sudo=(sudo)
  fi
  say "installing ${missing//$'\n'/ }"
  "${sudo[@]}" apt-get update -q
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# build PRESET [TARGET…]: configures where that was never done or the presets are newer, and builds what has changed.
build() {
  local preset=$1 directory=$root/build/$1
  shift
  if [ ! "$directory/build.ninja" -nt "$root/CMakePresets.json" ]; then
    say "configuring $directory"
    (cd "$root" && cmake --preset "$preset")
  fi
  say "building $directory"
  cmake --build "$directory" --parallel "$(nproc)" ${1:+--target "$@"}
}
