#!/usr/bin/env bash
# Makes a Rust toolchain able to target wasm32-unknown-unknown, where rustup may have no such
# target to download. `./dev` calls it before every wasm build: eval "$(wasm-toolchain.sh env)".
#
#   wasm-toolchain.sh [setup]   find or build one (idempotent)        (default)
#   wasm-toolchain.sh env       setup, then print shell exports:  eval "$(wasm-toolchain.sh env)"
#   wasm-toolchain.sh run CMD…  setup, then run CMD with that environment
#   wasm-toolchain.sh status    say what is there; change nothing (rc 1: nothing usable)
#   wasm-toolchain.sh clean     remove the Debian sysroot from the cache
#
# Way 1  rustup: the active toolchain has, or can download, the target.
# Way 2  Debian: rustc-web + rust-web-src, unpacked (no root) to the cache; std for wasm32
#        is compiled once into that sysroot. Later builds need neither -Zbuild-std nor
#        RUSTC_BOOTSTRAP: only RUSTC=<cache>/…/bin/rustc.
#
# WASM_TOOLCHAIN=auto|rustup|debian   which way to take (auto)
# WASM_TOOLCHAIN_CACHE=DIR            where to keep it (${XDG_CACHE_HOME:-~/.cache}/wasm-toolchain)
# WASM_TOOLCHAIN_MIN=1.94             oldest Debian rustc that will do
# WASM_TOOLCHAIN_OFFLINE=1            do not let rustup try to download
set -euo pipefail

TARGET=wasm32-unknown-unknown
HOST=x86_64-unknown-linux-gnu
WAY=${WASM_TOOLCHAIN:-auto}
MIN=${WASM_TOOLCHAIN_MIN:-1.94}
CACHE=${WASM_TOOLCHAIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wasm-toolchain}
LAYOUT=1                                  # raise when the layout below changes
SYSROOT=$CACHE/debian-$LAYOUT             # finished sysroot (renamed into place last)

say() { printf 'wasm-toolchain: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
need() { command -v "$1" >/dev/null 2>&1 || die "'$1' is missing${2:+ ($2)}"; }

# ---- can this rustc really link a wasm cdylib that uses std? ------------------------------
smoke() {                                 # smoke RUSTC
  local d rc=0
  d=$(mktemp -d)
  printf '%s\n' '#[unsafe(no_mangle)] pub extern "C" fn f(n: u32) -> usize {' \
    '  let v: Vec<String> = (0..n).map(|i| format!("{i}")).collect(); v.join(",").len() }' >"$d/s.rs"
  "$1" --edition 2024 --crate-type cdylib --target $TARGET -Copt-level=1 -o "$d/s.wasm" "$d/s.rs" \
    >"$d/log" 2>&1 || rc=1
  [ $rc = 0 ] && [ "$(head -c4 "$d/s.wasm" | od -An -c | tr -d ' ')" = '\0asm' ] || rc=1
  [ $rc = 0 ] || { [ "${2:-}" = quiet ] || sed 's/^/  | /' "$d/log" >&2; }
  rm -rf "$d"
  return $rc
}

# ---- way 1: rustup --------------------------------------------------------------------
rustup_rustc() { rustup which rustc 2>/dev/null || command -v rustc; }
have_rustup() { local r; r=$(rustup_rustc) && [ -n "$r" ] && smoke "$r" quiet; }
try_rustup() {
  have_rustup && return 0
  [ "${WASM_TOOLCHAIN_OFFLINE:-0}" = 1 ] && return 1
  command -v rustup >/dev/null 2>&1 || return 1
  local i
  for i in 1 2; do
    say "rustup target add $TARGET (try $i)"
    if timeout 180 rustup target add $TARGET >&2 && have_rustup; then return 0; fi
  done
  return 1
}

# ---- way 2: Debian --------------------------------------------------------------------
have_debian() { [ -f "$SYSROOT/.done" ] && smoke "$SYSROOT/bin/rustc" quiet; }

candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p'; }

build_debian() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "the Debian way is for x86_64 Linux only"
  need apt-get "a Debian or a derivative"; need apt-cache; need dpkg-deb; need cargo "from rustup"; need ldd
  local v up
  v=$(candidate rustc-web)
  if [ -z "$v" ] || [ "$v" = '(none)' ]; then
    die "no package rustc-web in apt's lists: run 'apt-get update' (Debian bookworm with its security suite has it)"
  fi
  up=${v%%[+~-]*}
  [ "$(printf '%s\n%s\n' "$MIN" "$up" | sort -V | head -1)" = "$MIN" ] ||
    die "Debian's rustc-web is $up, $MIN or newer is needed: add bookworm-security to apt's sources and run 'apt-get update'"
  say "Debian rustc-web $v; about 170 MB to download, 1 GB on disk, 2 CPU minutes"

  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"; flock 9                              # two at once: the second waits
  if have_debian; then return 0; fi
  local work="$CACHE/work.$$" s
  trap 'rm -rf "$CACHE"/work.'$$ EXIT
  rm -rf "$CACHE"/work.*; mkdir -p "$work/debs" "$work/root"

  # packages: compiler, host std, sources; and whatever shared libraries the machine lacks
  local rtlib pkgs p
  rtlib=$(apt-cache depends "libstd-rust-web-dev=$v" | sed -n 's/^ *Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p' | head -1)
  [ -n "$rtlib" ] || die "cannot tell which libstd-rust-web-X.Y belongs to $v"
  pkgs="rustc-web=$v libstd-rust-web-dev=$v $rtlib=$v rust-web-src=$v"
  for p in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
             --no-replaces --no-enhances "$rtlib=$v" | grep -E '^[a-z0-9]' | sort -u); do
    case $p in "$rtlib"|libc6|libc-bin|libcrypt*|gcc-*-base) continue ;; esac   # never a second libc
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] && continue
    case $(candidate "$p") in ''|'(none)') continue ;; esac
    pkgs="$pkgs $p"
  done
  p=$(apt-cache depends "$rtlib=$v" | sed -n 's/^ *Depends: libllvm\([0-9]*\)$/\1/p' | head -1)
  case $(candidate "lld-$p") in ''|'(none)') ;; *) pkgs="$pkgs lld-$p" ;; esac
  say "downloading: $pkgs"
  # shellcheck disable=SC2086
  (cd "$work/debs" && apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download $pkgs) >&2 ||
    die "apt-get could not download them (stale lists? run 'apt-get update' and try again)"
  for p in "$work"/debs/*.deb; do dpkg-deb -x "$p" "$work/root"; done

  # one ordinary sysroot: bin/, lib/librustc_driver, lib/rustlib/…
  s="$work/sysroot"; mkdir -p "$s/bin" "$s/lib"
  cp -a "$work/root/usr/bin/rustc" "$s/bin/rustc.bin"
  cp -a "$work/root/usr/lib/rustlib" "$s/lib/rustlib"; rm -rf "$s/lib/rustlib/src" "$s/lib/rustlib/etc"
  find "$work/root" -path '*/x86_64-linux-gnu/*' -name '*.so*' ! -path '*/rustlib/*' -exec cp -a -t "$s/lib" {} +
  cat >"$s/bin/rustc" <<'W'
#!/bin/sh
# Debian's rustc with its own libraries; nothing else on the machine sees them.
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
LD_LIBRARY_PATH="$here/../lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/rustc.bin" "$@"
W
  chmod +x "$s/bin/rustc"
  p=$(LD_LIBRARY_PATH="$s/lib" ldd "$s/bin/rustc.bin" | sed -n 's/^[[:space:]]*\(.*\) => not found/\1/p' | tr '\n' ' ')
  [ -z "$p" ] || die "shared libraries are missing: $p"
  [ "$("$s/bin/rustc" --print sysroot)" = "$(readlink -f "$s")" ] || die "rustc does not take $s as its sysroot"

  # linker: Debian's lld of the same LLVM, else the rustup toolchain's rust-lld, else any wasm-ld
  local lld b
  b="$s/lib/rustlib/$HOST/bin"; mkdir -p "$b"
  lld=$(find "$work/root/usr/lib" -path '*/llvm-*/bin/lld' | head -1)
  if [ -n "$lld" ]; then
    cp -L "$lld" "$b/rust-lld"
  else
    lld=$(dirname "$(readlink -f "$(rustup_rustc)")")/../lib/rustlib/$HOST/bin/rust-lld
    if [ -x "$lld" ]; then
      ln -s "$(readlink -f "$lld")" "$b/rust-lld"
    else
      lld=$(command -v wasm-ld) || die "no lld in Debian or in the rustup toolchain, and no wasm-ld: apt-get install lld"
      # shellcheck disable=SC2016
      printf '#!/bin/sh\n[ "$1" = -flavor ] && shift 2\nexec %s "$@"\n' "$lld" >"$b/rust-lld"; chmod +x "$b/rust-lld"
    fi
  fi

  # std for wasm32: a crate that depends on std and sysroot, built offline from Debian's sources
  local src w
  src=$(echo "$work"/root/usr/src/rustc-*/library)
  [ -f "$src/std/Cargo.toml" ] || die "no std sources in rust-web-src"
  w="$work/std"; mkdir -p "$w/.cargo"
  printf '#![feature(no_core)]\n#![no_core]\n' >"$w/lib.rs"
  cp "$src/Cargo.lock" "$w/"
  cat >"$w/Cargo.toml" <<T
[package]
name = "wasm-sysroot"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
std = { path = "$src/std", features = ["panic-unwind", "backtrace"] }
sysroot = { path = "$src/sysroot" }
[patch.crates-io]
rustc-std-workspace-core = { path = "$src/rustc-std-workspace-core" }
rustc-std-workspace-alloc = { path = "$src/rustc-std-workspace-alloc" }
rustc-std-workspace-std = { path = "$src/rustc-std-workspace-std" }
[profile.release]
debug = 0
[profile.release.package.compiler_builtins]
codegen-units = 10000
[workspace]
T
  cat >"$w/.cargo/config.toml" <<T
[source.crates-io]
replace-with = "debian-vendored"
[source.debian-vendored]
directory = "$src/vendor"
T
  build_std() {
    (cd "$w" && env -u CARGO_ENCODED_RUSTFLAGS -u RUSTC_WRAPPER -u CARGO_BUILD_TARGET \
      RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=stablestd RUSTC="$s/bin/rustc" CARGO_TARGET_DIR="$w/target" \
      RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes --remap-path-prefix=$src=/rustc/library" \
      cargo build -q --release --target $TARGET "$@") >"$w/log" 2>&1
  }
  say "compiling std for $TARGET (once)"
  if ! build_std --offline; then
    say "offline build failed, trying with crates.io"
    rm "$w/.cargo/config.toml"
    build_std || { tail -40 "$w/log" >&2; die "std did not compile (log above)"; }
  fi
  mkdir -p "$s/lib/rustlib/$TARGET/lib"
  cp "$w"/target/$TARGET/release/deps/*.rlib "$s/lib/rustlib/$TARGET/lib/"
  rm -f "$s/lib/rustlib/$TARGET/lib"/libwasm_sysroot-*
  smoke "$s/bin/rustc" || die "the new toolchain cannot build a wasm module (log above)"
  echo "$v" >"$s/.done"
  rm -rf "$SYSROOT"; mv "$s" "$SYSROOT"; rm -rf "$work"; trap - EXIT
  smoke "$SYSROOT/bin/rustc" || die "the toolchain broke when moved to $SYSROOT"
  say "ready: $SYSROOT"
}

# ---- driver ---------------------------------------------------------------------------
CHOSEN=
setup() {
  case $WAY in
    rustup) try_rustup || die "rustup has no $TARGET and could not download it"; CHOSEN=rustup ;;
    debian) have_debian || build_debian; CHOSEN=debian ;;
    auto)
      if have_rustup; then CHOSEN=rustup
      elif have_debian; then CHOSEN=debian
      elif try_rustup; then CHOSEN=rustup
      else say "rustup cannot give $TARGET; taking Debian's compiler"; build_debian; CHOSEN=debian; fi ;;
    *) die "WASM_TOOLCHAIN must be auto, rustup or debian, not '$WAY'" ;;
  esac
}
exports() {
  printf 'export WASM_TOOLCHAIN_KIND=%s\n' "$CHOSEN"
  if [ "$CHOSEN" = debian ]; then
    printf 'export RUSTC=%q\n' "$SYSROOT/bin/rustc"
  else
    # name the rustup compiler: nothing left in the environment may override it
    printf 'unset RUSTC\n'
  fi
}

case ${1:-setup} in
  setup) setup; say "using $CHOSEN" ;;
  env) setup; exports ;;
  run) shift; [ $# -gt 0 ] || die "run what?"; setup; eval "$(exports)"; exec "$@" ;;
  status)
    rc=1
    if have_rustup; then echo "rustup: $($(rustup_rustc) -V)"; rc=0; else echo "rustup: no $TARGET"; fi
    if have_debian; then echo "debian: $("$SYSROOT/bin/rustc" -V)"; rc=0; else echo "debian: not built"; fi
    exit $rc ;;
  clean) rm -rf "$SYSROOT" "$CACHE"/work.*; say "removed $SYSROOT" ;;
  -h|--help|help) sed -n '2,23p' "$0" | sed 's/^# \{0,1\}//' ;;
  *) die "unknown command '$1' (setup, env, run, status, clean)" ;;
esac
