# What builds the programs that a suite runs against: sourced by bash, by the suites' tools/build, with $here set to its directory.

say() { printf '== %s\n' "$*"; }

# begin SUITE OLDEST_GO WHAT FILE…: sets $tools, the directory outside the repository that is named after those files' hash,
# and $new, where the build goes until `finish`. Ends the script where that directory stands, where only its name is asked
# for (`build --where`), and, with a message, where there is no Go: the suite is then skipped.
begin() {
  local suite=$1 oldest_go=$2 what=$3 hash go cache=${XDG_CACHE_HOME:-$HOME/.cache}/meshdns
  reporter=
  shift 3
  hash=$(cd "$here" && cat "$@" | sha256sum | cut -c1-16)
  tools=$cache/$(case $suite in cluster) echo tools ;; *) echo "$suite-tools" ;; esac)-$hash
  if [ "$asked" = --where ]; then
    echo "$tools"
    exit 0
  fi
  [ ! -d "$tools" ] || exit 0
  PATH=$PATH:/usr/local/go/bin
  go=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//') || go=
  if [ -z "$go" ] || ! printf '%s\n' "$oldest_go" "$go" | sort -VC; then
    say "the $suite suite is skipped: it builds $what with Go $oldest_go or newer, and here is ${go:-none}"
    exit 0
  fi
  mkdir -p "$cache"
  new=$(mktemp -d "$cache/building.XXXXXX")
  trap 'kill $reporter 2>/dev/null || true; rm -rf "$new"' EXIT
}

# compile MODULE OUTPUT PACKAGE…: from the Go module in that directory beside the script. Go says nothing for minutes; this does.
compile() {
  local module=$1 output=$2
  shift 2
  report_time &
  reporter=$!
  (cd "$here/$module" && go build -trimpath -ldflags='-s -w' -o "$output" "$@")
  kill "$reporter" || true
}

# Every half minute, how long the script has run; without a child that would outlive it.
report_time() {
  trap - EXIT
  exec {nothing}<> <(:)
  while ! read -r -t 30 -u "$nothing"; do
    kill -0 $$ 2>/dev/null || exit
    say "still compiling, after $((SECONDS / 60)) min $((SECONDS % 60)) s"
  done
}

# copy_from MODULE DEPENDENCY FILE OUTPUT: a file that the dependency of that Go module carries.
copy_from() {
  (cd "$here/$1" && go mod download "$2" && cp "$(go list -m -f '{{.Dir}}' "$2")/$3" "$4")
}

finish() {
  chmod -R u+w "$new"
  chmod 755 "$new"
  mv -T "$new" "$tools" 2>/dev/null || [ -d "$tools" ] # somebody else was faster
}
