#!/usr/bin/env bash
# Verifies an evidence bundle with stock tools only: unzip, openssl, sed, awk, grep, sha256sum (or shasum). dsr is not needed.
#
#   verify-evidence.sh BUNDLE.zip|FOLDER [CERTIFICATE.pem [TSA-CA.pem]] [--log-key KEY|FILE] [--inner] [--openings FILE]
#   verify-evidence.sh --log OLD NEW [LEAVES.csv] [--log-key KEY|FILE]
#
# The certificate, that of the time-stamping authority and the key of the log must have reached you on another way than the bundle. Without
# the first the bundle can at best be intact; without the second nobody you know vouches for its time; without the key anybody may have
# signed the checkpoint of the log. --inner verifies the bundle inside a complete case for an authority as well, and what opens it.
# --openings holds what opens record lines against them: what `age -d` makes of CASE.disclosures.age, or the output of
# `dsr evidence reveal CASE --record N --format json`. The file names a person: keep it on a machine of your own.
# --log checks across the years: the log of the checkpoint NEW begins with the one of OLD. NEW is `dsr evidence log consistency --from OLD`,
# or a checkpoint together with the list of all entries (`dsr evidence log leaves --format csv`), whose root is then computed anew.
# --lang de speaks German. OPENSSL names another openssl than the first one in PATH.
# Exit code: 0 valid, 4 intact but signer unknown, 5 invalid; 1 a tool is missing, 2 wrong use.
set -u
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in de*) lang=de ;; *) lang=en ;; esac
export LC_ALL=C

say() { printf '%s\n' "$*"; }
t() { if [ "$lang" = de ]; then say "$2"; else say "$1"; fi; } # ENGLISH GERMAN
broken=0
fail() { broken=1; t "FAIL $1" "FEHLER $2"; }
misuse() { t "$1" "$2" >&2; exit 2; }
missing() { t "$1" "$2" >&2; exit 1; }
finish() {
  if [ "$broken" -ne 0 ]; then t "INVALID: do not rely on this copy." "UNGÜLTIG: Auf diese Kopie ist kein Verlass."; exit 5; fi
  case $trusted in
    own) t "VALID: intact, and sealed by the holder of the certificate you named." "GÜLTIG: unverändert und gesiegelt vom Inhaber des angegebenen Zertifikats."; exit 0 ;;
    issued)
      t "VALID: intact, and sealed by $subject; that certificate was issued by an authority you named." \
        "GÜLTIG: unverändert und gesiegelt von $subject; dieses Zertifikat hat eine von Ihnen genannte Stelle ausgestellt."
      exit 0 ;;
  esac
  t "INTACT, BUT SIGNER UNKNOWN: compare the fingerprint over another channel, or name the certificate." \
    "UNVERÄNDERT, ABER UNTERZEICHNER UNBEKANNT: Fingerabdruck auf anderem Weg vergleichen oder das Zertifikat angeben."
  exit 4
}

named_key=
log_mode=
deep=
openings=
positional=()
while [ $# -gt 0 ]; do
  case $1 in
    --log-key) [ $# -ge 2 ] && [ -n "$2" ] || misuse "--log-key takes a key" "--log-key braucht einen Schlüssel"; named_key=$2; shift 2 ;;
    --lang) case ${2-} in de | en) lang=$2 ;; *) misuse "--lang takes de or en" "--lang kennt de und en" ;; esac; shift 2 ;;
    --log) log_mode=yes; shift ;;
    --inner) deep=yes; shift ;;
    --openings) [ $# -ge 2 ] && [ -n "$2" ] || misuse "--openings takes a file" "--openings braucht eine Datei"; openings=$2; shift 2 ;;
    --*) misuse "$1 is no option" "$1 ist keine Option" ;;
    *) positional+=("$1"); shift ;;
  esac
done
set -- ${positional[@]+"${positional[@]}"}
usage() {
  misuse "usage: $0 BUNDLE.zip|FOLDER [CERTIFICATE.pem [TSA-CA.pem]] [--log-key KEY|FILE] [--inner] [--openings FILE], or --log OLD NEW [LEAVES.csv]" \
    "Aufruf: $0 NACHWEIS.zip|ORDNER [ZERTIFIKAT.pem [TSA-CA.pem]] [--log-key SCHLÜSSEL|DATEI] [--inner] [--openings DATEI] oder --log ALT NEU [EINTRÄGE.csv]"
}
[ $# -ge 1 ] && [ $# -le 3 ] || usage
[ -z "$log_mode" ] || [ $# -ge 2 ] || usage

# OpenSSL 3. The one that Homebrew installs lies beside the path, for macOS has another program of that name.
program=${OPENSSL:-openssl}
knows_cades() { "$1" cms -help 2>&1 | grep -q -- -cades; }
if [ -z "${OPENSSL:-}" ] && ! knows_cades openssl; then
  for there in /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do
    if [ -x "$there" ]; then program=$there; break; fi
  done
fi
openssl() { command "$program" "$@"; }
for tool in "$program" sed awk grep sort find cmp comm paste split xargs; do
  command -v "$tool" > /dev/null || missing "$tool is missing" "$tool fehlt"
done
if command -v sha256sum > /dev/null; then hash() { sha256sum | cut -c 1-64; }
elif command -v shasum > /dev/null; then hash() { shasum -a 256 | cut -c 1-64; }
else missing "sha256sum or shasum is missing" "sha256sum oder shasum fehlt"; fi
knows_cades "$program" || missing "$program does not know -cades; install OpenSSL 3 and name it: OPENSSL=/path/to/openssl $0 …" \
  "$program kennt -cades nicht; OpenSSL 3 installieren und angeben: OPENSSL=/pfad/zu/openssl $0 …"
trusted=

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
absolute() { case $1 in /*) say "$1" ;; *) say "$PWD/$1" ;; esac; }
unhex() { printf "$(sed 's/../\\x&/g')"; }
hex_of() { openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n'; }
readable() { [ -f "$1" ] && [ -r "$1" ] || misuse "$1 cannot be read" "$1 ist nicht lesbar"; }
one_certificate() { # FILE; what cannot be read is a mistake of whoever asks, and no stranger
  readable "$1"
  openssl x509 -in "$1" -noout > /dev/null 2>&1 || misuse "$1 holds no certificate (PEM)" "$1 enthält kein Zertifikat (PEM)"
}

# The keys of the log, one a line: NAME+ID+KEY, the id being the first four bytes of SHA-256 over name and key (C2SP signed-note).
: > "$work/keys"
if [ -n "$named_key" ]; then
  form='^[^+[:space:]]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$'
  if say "$named_key" | grep -qE "$form"; then say "$named_key" > "$work/keys"
  elif [ -f "$named_key" ] && [ -r "$named_key" ]; then tr -d '\r' < "$named_key" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//' | grep -v '^$' > "$work/keys"
  else misuse "$named_key is neither a key of a log (NAME+ID+KEY) nor a file that can be read" \
    "$named_key ist weder ein Schlüssel eines Verzeichnisses (NAME+KENNUNG+SCHLÜSSEL) noch eine lesbare Datei"; fi
  no_key() { misuse "$named_key holds something else than keys of logs (NAME+ID+KEY)" "$named_key enthält etwas anderes als Schlüssel von Verzeichnissen (NAME+KENNUNG+SCHLÜSSEL)"; }
  [ -s "$work/keys" ] && ! grep -qvE "$form" "$work/keys" || no_key
  while IFS= read -r line; do
    rest=${line#*+}
    id=$({ printf '%s\n' "${line%%+*}"; printf %s "${rest#*+}" | openssl base64 -d -A; } | hash | cut -c 1-8)
    [ "$id" = "${rest%%+*}" ] || no_key
  done < "$work/keys"
fi
has_key() { [ -s "$work/keys" ]; }
# Whether the checkpoint is signed by a named key.
vouched() { # CHECKPOINT, NAME OF THE FILE
  local name origin rest key line is_named=
  origin=$(sed -n 1p "$1")
  awk '$0 == "" { exit } { print }' "$1" > "$work/signed"
  while IFS= read -r key; do
    name=${key%%+*} rest=${key#*+}
    [ "$name" = "$origin" ] || continue
    is_named=yes
    { printf 302a300506032b6570032100 | unhex; printf %s "${rest#*+}" | openssl base64 -d -A | tail -c 32; } > "$work/log-key.der"
    awk -v name="$name" '$1 == "\342\200\224" && $2 == name { print $3 }' "$1" > "$work/signatures"
    while read -r line; do
      [ "$(printf %s "$line" | hex_of | cut -c 1-8)" = "${rest%%+*}" ] || continue
      printf %s "$line" | openssl base64 -d -A | tail -c +5 > "$work/signature"
      openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/log-key.der" -in "$work/signed" -sigfile "$work/signature" > /dev/null 2>&1 && return 0
    done < "$work/signatures"
  done < "$work/keys"
  if [ -z "$is_named" ]; then fail "$2 is of another log than the key you named" "$2 gehört zu einem anderen Verzeichnis als der angegebene Schlüssel"
  else fail "the checkpoint in $2 is not signed by the key you named" "der Prüfpunkt in $2 ist nicht mit dem angegebenen Schlüssel signiert"; fi
  return 1
}
node() { printf '01%s%s' "$1" "$2" | unhex | hash; }

# Across the years: the log of NEW begins with the one of OLD (RFC 9162, 2.1.4.2).
checkpoint_in() { # FILE, CHECKPOINT; a checkpoint alone, or below the empty line of a proof
  readable "$1"
  case $(head -n 1 "$1" | tr -d '\0') in
    'old '* | c2sp.org/tlog-proof@v1) awk 'after { print } $0 == "" { after = 1 }' "$1" > "$2" ;;
    *) cp "$1" "$2" ;;
  esac
  origin=$(sed -n 1p "$2")
  size=$(sed -n '2s/^\([0-9]\{1,15\}\)$/\1/p' "$2")
  root=$(sed -n 3p "$2" | hex_of)
  [ -n "$origin" ] && [ -n "$size" ] && [ ${#root} -eq 64 ] || misuse "$1 holds no checkpoint of a log" "$1 enthält keinen Prüfpunkt eines Verzeichnisses"
}
# The Merkle root (RFC 9162, 2.1.1), level by level: hashes of a level are made by one program together.
root_of() { # LEVEL, a hash on each line
  cp "$1" "$work/level"
  while [ "$(wc -l < "$work/level")" -gt 1 ]; do
    rm -rf "$work/pairs" && mkdir "$work/pairs"
    awk 'NR % 2 { left = $0; next } { print "01" left $0 }' "$work/level" > "$work/joined"
    # A few thousand at a time, so that no line grows too long.
    while mapfile_lines 2000; do tr -d '\n' < "$work/chunk" | unhex; done < "$work/joined" > "$work/bytes"
    split -a 6 -b 65 "$work/bytes" "$work/pairs/p"
    { find "$work/pairs" -type f | sort | xargs "$program" dgst -sha256 -r | cut -c 1-64
      awk 'END { if (NR % 2) print }' "$work/level"; } > "$work/next" # an odd one goes up as it is
    mv "$work/next" "$work/level"
  done
  if [ -s "$work/level" ]; then cat "$work/level"; else printf '' | hash; fi
}
mapfile_lines() { # COUNT; that many lines of the standard input, false at its end
  local count=0 line
  : > "$work/chunk"
  while [ "$count" -lt "$1" ] && IFS= read -r line; do printf '%s\n' "$line"; count=$((count + 1)); done > "$work/chunk"
  [ "$count" -gt 0 ]
}
begins_with() { # PROOF; true if it leads from $old_root at $old_size to $root at $size
  [ "$(head -n 1 "$1")" = "old $old_size" ] || return 1
  awk 'NR > 1 && $0 == "" { exit } NR > 1' "$1" > "$work/path"
  [ "$old_size" -ne "$size" ] || { [ ! -s "$work/path" ] && [ "$old_root" = "$root" ]; return; }
  [ "$old_size" -lt "$size" ] || return 1
  [ "$old_size" -gt 0 ] || { [ ! -s "$work/path" ]; return; }
  local at=$((old_size - 1)) last=$((size - 1)) was= now= line beside
  while [ $((at & 1)) -eq 1 ]; do at=$((at >> 1)); last=$((last >> 1)); done
  # A tree that is full stands in the new one as it is.
  [ "$at" -ne 0 ] || { was=$old_root; now=$old_root; }
  while IFS= read -r line; do
    beside=$(printf %s "$line" | hex_of)
    [ ${#beside} -eq 64 ] || return 1
    if [ -z "$was" ]; then was=$beside; now=$beside; continue; fi
    [ "$last" -gt 0 ] || return 1
    if [ $((at & 1)) -eq 1 ] || [ "$at" -eq "$last" ]; then
      was=$(node "$beside" "$was"); now=$(node "$beside" "$now")
      while [ $((at & 1)) -eq 0 ] && [ "$at" -ne 0 ]; do at=$((at >> 1)); last=$((last >> 1)); done
    else
      now=$(node "$now" "$beside")
    fi
    at=$((at >> 1)); last=$((last >> 1))
  done < "$work/path"
  [ "$was" = "$old_root" ] && [ "$now" = "$root" ] && [ "$last" -eq 0 ]
}
if [ -n "$log_mode" ]; then
  checkpoint_in "$1" "$work/old"
  old_origin=$origin old_size=$size old_root=$root
  checkpoint_in "$2" "$work/new"
  [ "$old_origin" = "$origin" ] || misuse "$1 and $2 are of two logs: $old_origin and $origin" "$1 und $2 gehören zu zwei Verzeichnissen: $old_origin und $origin"
  is_proof=
  case $(head -n 1 "$2") in 'old '*) is_proof=yes ;; esac
  [ -n "$is_proof" ] || [ $# -eq 3 ] || [ "$old_size" -ge "$size" ] ||
    misuse "$2 is a checkpoint alone: name the list of entries too, or a proof (dsr evidence log consistency --from OLD)" \
      "$2 ist nur ein Prüfpunkt: dazu die Liste der Einträge angeben oder einen Beleg (dsr evidence log consistency --from ALT)"
  if has_key; then vouched "$work/old" "$1"; vouched "$work/new" "$2"; fi
  torn() { fail "the log of $2 does not begin with the one of $1: entries were changed, taken out or put back" \
    "das Verzeichnis von $2 beginnt nicht mit dem von $1: Einträge wurden geändert, entfernt oder zurückgesetzt"; }
  if [ -n "$is_proof" ]; then begins_with "$2" || torn "$1" "$2"
  elif [ "$old_size" -gt "$size" ] || { [ "$old_size" -eq "$size" ] && [ "$old_root" != "$root" ]; }; then torn "$1" "$2"; fi
  if [ $# -eq 3 ]; then
    readable "$3"
    tr -d '\r' < "$3" | sed -n 's/^"\{0,1\}\([0-9][0-9]*\)"\{0,1\}[,;]\(.*[,;]\)\{0,1\}"\{0,1\}\([0-9a-f]\{64\}\)"\{0,1\}$/\1 \3/p' > "$work/entries"
    [ "$(wc -l < "$work/entries")" -eq $(($(wc -l < "$3") - 1)) ] && awk '$1 != NR - 1 { exit 1 }' "$work/entries" ||
      misuse "$3 is no list of all entries from 0 on (dsr evidence log leaves --format csv)" "$3 ist keine Liste aller Einträge ab 0 (dsr evidence log leaves --format csv)"
    if [ "$(wc -l < "$work/entries")" -lt "$size" ] || [ "$(wc -l < "$work/entries")" -lt "$old_size" ]; then
      fail "$3 is shorter than the log" "$3 ist kürzer als das Verzeichnis"
    else
      for end in "$old_size $old_root $1" "$size $root $2"; do
        count=${end%% *} rest=${end#* }
        head -n "$count" "$work/entries" | cut -d ' ' -f 2 > "$work/leaves"
        [ "$(root_of "$work/leaves")" = "${rest%% *}" ] ||
          fail "the first $count entries of $3 do not have the root of ${rest#* }" "die ersten $count Einträge von $3 haben nicht die Wurzel von ${rest#* }"
      done
      [ "$broken" -ne 0 ] || t "The entries in $3 are those of both checkpoints." "Die Einträge in $3 sind die beider Prüfpunkte."
    fi
  fi
  if [ "$broken" -ne 0 ]; then t "INVALID: the log was changed, or one of these files is none of it." "UNGÜLTIG: Das Verzeichnis wurde verändert, oder eine der Dateien gehört nicht dazu."; exit 5; fi
  if has_key; then t "VALID: the log of $size entries begins with the one of $old_size, both signed by the key you named." \
    "GÜLTIG: Das Verzeichnis mit $size Einträgen beginnt mit dem von $old_size, beide mit dem angegebenen Schlüssel signiert."; exit 0; fi
  t "CONTINUES, BUT SIGNER UNKNOWN: the log of $size entries begins with the one of $old_size; name its key (--log-key)." \
    "SETZT FORT, ABER UNTERZEICHNER UNBEKANNT: Das Verzeichnis mit $size Einträgen beginnt mit dem von $old_size; Schlüssel angeben (--log-key)."
  exit 4
fi

bundle=$1
certificate=${2:-}
tsa=${3:-}
[ -e "$bundle" ] || misuse "$bundle does not exist" "$bundle gibt es nicht"
[ -z "$tsa" ] || one_certificate "$tsa"
[ -z "$certificate" ] || one_certificate "$certificate"
[ -z "$certificate" ] || certificate=$(absolute "$certificate")
[ -z "$tsa" ] || tsa=$(absolute "$tsa")
myself=$(absolute "$0")
if [ -n "$openings" ]; then
  readable "$openings"
  openings=$(absolute "$openings")
  case $(head -c 21 "$openings" | tr -d '\0') in
    age-encryption.org/v1 | '-----BEGIN AGE ENCRYP') misuse "$openings is encrypted: first run age -d -i KEY -o openings.jsonl $openings" \
      "$openings ist verschlüsselt: zuerst age -d -i SCHLÜSSEL -o openings.jsonl $openings" ;;
  esac
fi

# 1. The zip: nothing before, nothing after, no name that leads elsewhere, nothing that explodes.
if [ -d "$bundle" ]; then
  cd "$bundle" || exit 1
else
  command -v unzip > /dev/null || missing "unzip is missing" "unzip fehlt"
  bundle=$(absolute "$bundle")
  [ "$(head -c 69 "$bundle" | tail -c 39 | tr -d '\0')" = "mimetypeapplication/vnd.etsi.asic-e+zip" ] || fail "the zip does not begin with the container's type" "die Zip-Datei beginnt nicht mit dem Containertyp"
  [ "$(tail -c 22 "$bundle" | head -c 4 | od -An -tx1 | tr -d ' \n')" = 504b0506 ] || fail "something stands after the zip's end" "hinter dem Ende der Zip-Datei steht noch etwas"
  unzip -Z1 "$bundle" > "$work/names" 2> /dev/null || fail "this is no readable zip" "das ist keine lesbare Zip-Datei"
  grep -qvE '^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$' "$work/names" && fail "a file has a name that no bundle contains" "eine Datei hat einen Namen, den kein Nachweis enthält"
  grep -qE '(^|/)\.\.?(/|$)' "$work/names" && fail "a file name leads out of the bundle" "ein Dateiname führt aus dem Nachweis hinaus"
  [ -z "$(tr 'A-Z' 'a-z' < "$work/names" | sort | uniq -d)" ] || fail "a file is there twice" "eine Datei ist doppelt vorhanden"
  [ "$(wc -l < "$work/names")" -le 1000 ] || fail "there are too many files" "es sind zu viele Dateien"
  unzip -Z "$bundle" 2> /dev/null | grep -qE '^[lbcpsd][rwxsStT-]{6,9} ' && fail "there is a link or another special file" "eine Verknüpfung oder andere besondere Datei ist dabei"
  packed=$(wc -c < "$bundle")
  unzip -Zt "$bundle" 2> /dev/null | awk -v packed="$packed" '{ exit !($3 > 67108864 && $3 > 200 * packed) }' && fail "unpacked it would be far too large" "entpackt wäre sie viel zu groß"
  [ "$broken" -eq 0 ] || finish
  mkdir "$work/x" && unzip -qq "$bundle" -d "$work/x" < /dev/null > /dev/null 2>&1 || { fail "the zip is damaged" "die Zip-Datei ist beschädigt"; finish; }
  cd "$work/x" || exit 1
fi
[ -z "$(find . ! -type f ! -type d)" ] || { fail "there is a link or another special file" "eine Verknüpfung oder andere besondere Datei ist dabei"; finish; }
find . -type f | sed 's|^\./||' | sort > "$work/files"
# What it is about stands in the sealed statement: one case, all cases of a period, or one case complete.
kind=case
grep -qF '"predicateType":"urn:dsr:evidence-period:1"' data/statement.json 2> /dev/null && kind=period
grep -qF '"predicateType":"urn:dsr:evidence-authority:1"' data/statement.json 2> /dev/null && kind=authority
case $kind in
  case) own="data/records.jsonl data/journal.jsonl data/systems.jsonl data/inventory.json data/law.json data/environment.json" ;;
  period) own="data/cases.jsonl data/environment.json" ;;
  authority) own="data/exports.json data/findings.json data/history.json data/notes.json data/openings.jsonl data/person.json data/tasks.json" ;;
esac
for file in mimetype bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt VERIFY.txt \
  data/00-COVER.html data/00-COVER.txt data/statement.json $own META-INF/ASiCManifest001.xml META-INF/signature001.p7s; do
  [ -f "$file" ] || fail "$file is missing" "$file fehlt"
done
[ "$broken" -eq 0 ] || finish
printf %s application/vnd.etsi.asic-e+zip | cmp -s - mimetype || fail "mimetype names another kind of container" "mimetype nennt eine andere Art von Container"

# 2. The BagIt lists: every file named, every file as its digest says.
check_list() { # LIST, awk condition on the names it must hold
  if grep -qvE '^[0-9a-f]{64}  [A-Za-z0-9._/-]+$' "$1"; then fail "$1 has another form than this format" "$1 ist anders aufgebaut als in diesem Format"; return; fi
  cut -c 67- "$1" | sort > "$work/listed"
  awk "$2" "$work/files" | cmp -s - "$work/listed" || fail "$1 does not list exactly the files that are there" "$1 nennt nicht genau die vorhandenen Dateien"
  while read -r digest file; do
    [ -f "$file" ] && [ "$(hash < "$file")" = "$digest" ] || fail "$file was changed or is missing ($1)" "$file wurde verändert oder fehlt ($1)"
  done < "$1"
}
check_list manifest-sha256.txt '/^data\//'
check_list tagmanifest-sha256.txt '!/\// && $0 != "tagmanifest-sha256.txt"'
oxum=$(find data -type f -exec wc -c {} \; | awk '{ size += $1; count++ } END { print size "." count }')
grep -qxF "Payload-Oxum: $oxum" bag-info.txt || fail "Payload-Oxum is not that of the files" "Payload-Oxum ist nicht das der Dateien"

# 3. The sealed list (ASiC): every other file named, every digest right.
list=META-INF/ASiCManifest001.xml
sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' "$list" > "$work/references"
[ "$(grep -o '<asic:DataObjectReference ' "$list" | wc -l)" -eq "$(wc -l < "$work/references")" ] || fail "$list has another form than this format" "$list ist anders aufgebaut als in diesem Format"
while read -r digest file; do
  [ -f "$file" ] && [ "$(openssl dgst -sha256 -binary "$file" | openssl base64 -A)" = "$digest" ] || fail "$file was changed or is missing ($list)" "$file wurde verändert oder fehlt ($list)"
done < "$work/references"
cut -d ' ' -f 2- "$work/references" | sort > "$work/listed"
grep -vxE 'mimetype|META-INF/(ASiCManifest00[12]\.xml|signature001\.p7s|timestamp[0-9]{1,3}\.tst|ASiCArchiveManifest[0-9]*\.xml|ASiCEvidenceRecordManifest[0-9]*\.xml|evidencerecord[0-9]*\.ers)' "$work/files" > "$work/expected"
cmp -s "$work/expected" "$work/listed" || {
  odd=$(comm -3 "$work/expected" "$work/listed" | tr -d '\t' | tr '\n' ' ')
  fail "files were added or are missing: $odd" "Dateien kamen hinzu oder fehlen: $odd"
}

# No object names a member twice: of two, each program would believe another one.
members_once() { # FILE
  grep -aoE '"([^"\\]|\\.)*"|[]{}:,[]' "$1" | awk '
    $0 == "{" { depth++; type[depth] = "{"; id[depth] = ++objects; key[depth] = 1; next }
    $0 == "[" { depth++; type[depth] = "["; next }
    $0 == "}" || $0 == "]" { depth--; if (depth == 0) split("", seen); next }
    $0 == "," { key[depth] = type[depth] == "{"; next }
    $0 == ":" { key[depth] = 0; next }
    type[depth] == "{" && key[depth] {
      if ((id[depth], $0) in seen || $0 ~ /\\u00[2-7]/) { twice = 1; exit }
      seen[id[depth], $0]; key[depth] = 0
    }
    END { exit twice }'
}
for file in data/statement.json data/log/opened.json $([ "$kind" = authority ] || say "$own"); do
  [ ! -f "$file" ] || members_once "$file" || fail "$file names a member twice" "$file nennt ein Feld doppelt"
done

# 4. The journal: each event names the hash of the one before it; count and last hash stand in the statement.
if [ "$kind" = period ]; then
  # A period has a line for each case instead, numbered from 0.
  grep -qF "\"cases\":{\"count\":$(wc -l < data/cases.jsonl | tr -d ' ')," data/statement.json || fail "the number of cases is not the one of the statement" "die Zahl der Vorgänge ist nicht die der Erklärung"
  sed -n 's/.*"seq":\([0-9]*\).*/\1/p' data/cases.jsonl | awk '$1 != NR - 1 { exit 1 }' || fail "data/cases.jsonl is not in its order" "data/cases.jsonl ist nicht in seiner Reihenfolge"
fi
if [ "$kind" = case ]; then
previous=$(printf '%064d' 0)
count=0
while IFS= read -r line; do
  count=$((count + 1))
  link=$(printf '%s\n' "$line" | sed -n 's/.*"case_prev":"\([0-9a-f]\{64\}\)".*/\1/p')
  [ "$link" = "$previous" ] || { fail "data/journal.jsonl, line $count does not follow the one before it" "data/journal.jsonl, Zeile $count schließt nicht an die vorige an"; break; }
  previous=$(printf '%s' "$line" | hash)
done < data/journal.jsonl
[ "$count" -gt 0 ] && head="\"$previous\"" || head=null
grep -qF "\"journal\":{\"count\":$count,\"head\":$head}" data/statement.json || fail "the journal is not the one of the statement" "das Journal ist nicht das der Erklärung"
grep -qF "\"records\":{\"count\":$(wc -l < data/records.jsonl | tr -d ' ')," data/statement.json || fail "the number of records is not the one of the statement" "die Zahl der Datensätze ist nicht die der Erklärung"
fi

# 5. The log over all cases: the statement is in it, and so is the opening of the case (RFC 9162, 2.1.3.2).
leaf_of() { { printf '\0'; cat; } | hash; }
logged() { # PROOF LEAF; sets index, size, origin
  index=$(sed -n '2s/^index \([0-9]\{1,15\}\)$/\1/p' "$1")
  awk 'after { print } $0 == "" { after = 1 }' "$1" > "$work/checkpoint"
  origin=$(sed -n 1p "$work/checkpoint")
  size=$(sed -n '2s/^\([0-9]\{1,15\}\)$/\1/p' "$work/checkpoint")
  [ "$(head -n 1 "$1")" = "c2sp.org/tlog-proof@v1" ] && [ -n "$index" ] && [ -n "$size" ] && [ "$index" -lt "$size" ] ||
    { fail "$1 is no proof" "$1 ist kein Beleg"; return; }
  local at=$index last=$((size - 1)) found=$2 line beside path
  path=$(awk 'NR > 2 && $0 == "" { exit } NR > 2' "$1")
  [ -z "$path" ] || while IFS= read -r line; do
    beside=$(printf %s "$line" | hex_of)
    [ "$last" -gt 0 ] && [ ${#beside} -eq 64 ] || { found=; break; }
    if [ $((at & 1)) -eq 1 ] || [ "$at" -eq "$last" ]; then
      found=$(node "$beside" "$found")
      while [ $((at & 1)) -eq 0 ] && [ "$at" -ne 0 ]; do at=$((at >> 1)); last=$((last >> 1)); done
    else
      found=$(node "$found" "$beside")
    fi
    at=$((at >> 1)); last=$((last >> 1))
  done <<< "$path"
  [ "$last" -eq 0 ] && [ "$found" = "$(sed -n 3p "$work/checkpoint" | hex_of)" ] || fail "$1 does not prove that this entry is in the log" "$1 belegt nicht, dass dieser Eintrag im Verzeichnis steht"
  ! has_key || vouched "$work/checkpoint" "$1"
}
opened_at=$(sed -n 's/.*"log":{"opened":\([0-9]*\|null\),"origin":"\([^"]*\)"}.*/\1 \2/p' data/statement.json)
if [ -z "$opened_at" ]; then
  ! has_key || fail "the bundle is in no log, though you named the key of one" "der Nachweis steht in keinem Verzeichnis, obwohl Sie den Schlüssel eines solchen angegeben haben"
  ! grep -qF '"event":"leaf_appended"' data/journal.jsonl 2> /dev/null ||
    fail "the journal says that the case is in a log, and the statement says nothing of it" "laut Journal steht der Vorgang in einem Verzeichnis, die Erklärung schweigt davon"
  [ ! -e data/log ] || fail "the statement does not speak of the log that data/log is about" "die Erklärung spricht nicht von dem Verzeichnis, um das es in data/log geht"
elif [ ! -f data/log/case.tlog-proof ]; then
  fail "data/log/case.tlog-proof is missing" "data/log/case.tlog-proof fehlt"
else
  logged data/log/case.tlog-proof "$(leaf_of < data/statement.json)"
  [ "$origin" = "${opened_at#* }" ] || fail "data/log/case.tlog-proof is of another log than the statement names" "data/log/case.tlog-proof gehört zu einem anderen Verzeichnis, als die Erklärung nennt"
  place="entry $index of $size in $origin" platz="Eintrag $index von $size in $origin"
  if [ "${opened_at%% *}" != null ]; then
    if [ -f data/log/opened.json ] && [ -f data/log/opened.tlog-proof ]; then
      sed -n 's/.*"leaf":"\(.*\)"}$/\1/p' data/log/opened.json | sed 's/\\"/"/g' | tr -d '\n' > "$work/leaf"
      leaf=$(leaf_of < "$work/leaf")
      logged data/log/opened.tlog-proof "$leaf"
      [ "$index" = "${opened_at%% *}" ] || fail "data/log/opened.tlog-proof is of another entry than the statement names" "data/log/opened.tlog-proof gehört zu einem anderen Eintrag, als die Erklärung nennt"
      sed -n 2p data/journal.jsonl | grep -qF "\"leaf\":\"$leaf\",\"n\":2," || fail "data/log/opened.json is not the entry of the journal" "data/log/opened.json ist nicht der Eintrag des Journals"
      case_id=$(sed -n 's/.*"case":"\([0-9A-Z-]*\)".*/\1/p' data/statement.json)
      said=
      for disclosure in $(sed -n 's/^{"disclosures":\[\([^]]*\)\].*/\1/p' data/log/opened.json | tr -d '"' | tr ',' ' '); do
        digest=$(printf %s "$disclosure" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d =)
        grep -qF "\"$digest\"" "$work/leaf" || fail "data/log/opened.json opens something else" "data/log/opened.json deckt etwas anderes auf"
        text=$(printf '%s===' "$disclosure" | tr -- '-_' '+/' | cut -c 1-$(((${#disclosure} + 3) / 4 * 4)) | openssl base64 -d -A)
        case $text in *"\"case\",\"$case_id\"]") said=yes ;; esac
      done
      [ -n "$said" ] || fail "data/log/opened.json is not about this case" "data/log/opened.json handelt nicht von diesem Vorgang"
    else
      fail "data/log/opened.json or its proof is missing" "data/log/opened.json oder der Beleg dazu fehlt"
    fi
  fi
  if ! has_key; then t "Log over all cases: $place; its key was not named, so anybody may have signed (--log-key)" \
    "Verzeichnis aller Vorgänge: $platz; der Schlüssel wurde nicht angegeben, also kann jeder signiert haben (--log-key)"
  elif [ "$broken" -eq 0 ]; then t "Log over all cases: $place, signed by the key you named" \
    "Verzeichnis aller Vorgänge: $platz, mit dem angegebenen Schlüssel signiert"; fi
fi

# What opens record lines is held against them: each disclosure's digest stands in `_sd` of the line with that number (RFC 9901, 4.2.3).
hexed() { # lines of a number and a SHA-256 in base64url; the same with hexadecimal digits
  awk 'BEGIN { signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; digits = "0123456789abcdef" }
    { hex = ""; left = 0; bits = 0
      for (at = 1; at <= length($2); at++) {
        left = left * 64 + index(signs, substr($2, at, 1)) - 1; bits += 6
        while (bits >= 4) { bits -= 4; digit = int(left / 2 ^ bits); left -= digit * 2 ^ bits; hex = hex substr(digits, digit + 1, 1) }
      }
      print $1, hex }'
}
if [ -n "$openings" ]; then
  case $kind in
    period) misuse "a period has no record lines that could be opened" "ein Zeitraum hat keine Datensatzzeilen, die sich aufdecken ließen" ;;
    authority) misuse "this is a complete case and holds what opens it: --inner" "das ist ein vollständiger Vorgang, der die Aufdeckungen enthält: --inner" ;;
  esac
  : > "$work/named"
  revealed=
  if grep -qE '"schema": *"dsr\.reveal/1"' "$openings"; then
    # One record, as JSON with a member on each line.
    revealed=$(sed -n 's/^ *"seq": *\([0-9]\{1,15\}\),\{0,1\}$/\1/p' "$openings")
    opened_of=$(sed -n 's/^ *"bundle": *"\([0-9a-f]\{64\}\)",\{0,1\}$/\1/p' "$openings")
    sed -n 's/^ *"disclosure": *"\([A-Za-z0-9_-]*\)",\{0,1\}$/\1/p' "$openings" | awk -v number="$revealed" '{ print number, $1 }' > "$work/named"
    [ -n "$revealed" ] && [ "$(say "$revealed" | wc -l)" -eq 1 ] && [ -s "$work/named" ] || revealed=none
  else
    opened_of=$(sed -n '1s/^{"bundle":"\([0-9a-f]\{64\}\)","case":"[^"]*",\("keep_until":"[0-9-]*",\)\{0,1\}"records":[0-9]*,"schema":"dsr\.disclosures\/1"}$/\1/p' "$openings")
    if [ -n "$opened_of" ]; then sed 1d "$openings"; else cat "$openings"; fi > "$work/lines"
    if grep -qvE '^\{"disclosures":\[("[A-Za-z0-9_-]+"(,"[A-Za-z0-9_-]+")*)?\],"seq":[0-9]{1,15}\}$' "$work/lines"; then revealed=none; fi
    sed 's/^{"disclosures":\[\(.*\)\],"seq":\([0-9]*\)}$/\2 \1/' "$work/lines" | tr -d '"' | tr ',' ' ' |
      awk '{ for (at = 2; at <= NF; at++) print $1, $at }' > "$work/named"
    sed 's/.*"seq":\([0-9]*\)}$/\1/' "$work/lines" | awk '$1 != NR - 1 { exit 1 }' || revealed=none
  fi
  if [ "$revealed" = none ]; then misuse "$openings holds no openings of record lines in their order" "$openings enthält keine Aufdeckungen von Datensatzzeilen in ihrer Reihenfolge"; fi
  [ -z "$opened_of" ] || [ "$opened_of" = "$(hash < "$list")" ] || fail "$openings opens another bundle" "$openings deckt einen anderen Nachweis auf"
  rm -rf "$work/one" && mkdir "$work/one"
  awk -v to="$work/one/" '{ file = to sprintf("%09d", NR); printf "%s", $2 > file; close(file) }' "$work/named"
  : > "$work/digests"
  [ ! -s "$work/named" ] || find "$work/one" -type f | sort | xargs "$program" dgst -sha256 -r | cut -c 1-64 > "$work/digests"
  cut -d ' ' -f 1 "$work/named" | paste -d ' ' - "$work/digests" | sort > "$work/opened"
  sed -n 's/^{"_sd":\[\([^]]*\)\].*/\1/p' data/records.jsonl | tr -d '"' | tr ',' ' ' |
    awk '{ for (at = 1; at <= NF; at++) print NR - 1, $at }' | hexed | sort > "$work/committed"
  if [ -n "$revealed" ]; then grep "^$revealed " "$work/committed" > "$work/own"; else cat "$work/committed" > "$work/own"; fi
  # Each is a list that begins with its salt: ["
  if cut -d ' ' -f 2 "$work/named" | grep -qvE '^Wy[I-L]' || ! cmp -s "$work/opened" "$work/own"; then
    wrong=$(comm -3 "$work/opened" "$work/own" | awk 'NR == 1 { print $1 }')
    fail "$openings does not open exactly what the record lines commit to (record ${wrong:-?})" \
      "$openings deckt nicht genau das auf, worauf die Datensatzzeilen festgelegt sind (Datensatz ${wrong:-?})"
  elif [ -n "$revealed" ]; then t "Opened: record $revealed" "Aufgedeckt: Datensatz $revealed"
  else t "Opened: all $(wc -l < data/records.jsonl | tr -d ' ') records" "Aufgedeckt: alle $(wc -l < data/records.jsonl | tr -d ' ') Datensätze"; fi
fi

# 6. Time by the clock of others (RFC 3161). A token that does not hold is a fault; whose it is, is told.
seal=META-INF/signature001.p7s
unix() { date -u -d "$1" +%s 2> /dev/null || date -u -j -f '%b %e %T %Y %Z' "$1" +%s 2> /dev/null; }
# A file of DER is one element from its first byte to its last.
is_whole() {
  openssl asn1parse -inform DER -in "$1" 2> /dev/null | sed -n '1s/^ *0:d=0 *hl=\([0-9]*\) *l= *\([0-9]*\) cons: SEQUENCE.*/\1 \2/p' |
    awk -v size="$(wc -c < "$1")" '{ is = $1 + $2 == size } END { exit !is }'
}
stamped_at= # what the authority says, of the token that was looked at last
stamped_by= # empty unless the named authority vouches for it
token() { # FILE OF THE TOKEN, FILE IT IS OVER, NAME
  stamped_by=
  is_whole "$1" || { fail "$3 is no time stamp" "$3 ist kein Zeitstempel"; return 1; }
  stamped_at=$(openssl ts -reply -token_in -in "$1" -text 2> /dev/null | sed -n 's/^Time stamp: //p' | sed 's/\.[0-9]*//')
  moment=$(unix "$stamped_at")
  openssl pkcs7 -inform DER -in "$1" -print_certs -out "$work/tsa.pem" 2> /dev/null
  if [ -z "$stamped_at" ] || [ -z "$moment" ] || [ ! -s "$work/tsa.pem" ]; then fail "$3 is no time stamp" "$3 ist kein Zeitstempel"; return 1; fi
  if [ -n "$tsa" ] && openssl ts -verify -token_in -in "$1" -data "$2" -CAfile "$tsa" -partial_chain -attime "$moment" > /dev/null 2>&1; then
    stamped_by=named
  elif ! openssl ts -verify -token_in -in "$1" -data "$2" -CAfile "$work/tsa.pem" -partial_chain -attime "$moment" > /dev/null 2>&1; then
    fail "$3 does not hold, or is over something else" "$3 hält nicht oder gilt etwas anderem"; return 1
  fi
}
tell() { # ENGLISH GERMAN
  if [ -n "$stamped_by" ]; then t "$1: $stamped_at, by the authority you named" "$2: $stamped_at, von der angegebenen Stelle"
  else t "$1: $stamped_at, by an authority that you did not name" "$2: $stamped_at, von einer Stelle, die Sie nicht angegeben haben"; fi
}
time=
known_time= # set if the named authority vouches for a stamp over the seal or over the files
sealed_at=
second=META-INF/ASiCManifest002.xml
stamp=META-INF/timestamp002.tst
if [ -f "$second" ] && [ -f "$stamp" ]; then
  sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' "$second" > "$work/references"
  [ "$(grep -o '<asic:DataObjectReference ' "$second" | wc -l)" -eq "$(wc -l < "$work/references")" ] || fail "$second has another form than this format" "$second ist anders aufgebaut als in diesem Format"
  while read -r digest file; do
    [ -f "$file" ] && [ "$(openssl dgst -sha256 -binary "$file" | openssl base64 -A)" = "$digest" ] || fail "$file was changed or is missing ($second)" "$file wurde verändert oder fehlt ($second)"
  done < "$work/references"
  { cat "$work/listed"; say "$list"; } | sort > "$work/expected"
  cut -d ' ' -f 2- "$work/references" | sort | cmp -s - "$work/expected" || fail "$second does not list exactly the sealed files" "$second nennt nicht genau die gesiegelten Dateien"
  token "$stamp" "$second" "$stamp" && { time=yes; known_time=$stamped_by; tell "Stamped" "Gestempelt"; }
elif [ -f "$second" ] || [ -f "$stamp" ]; then
  fail "of $second and $stamp one is there without the other" "von $second und $stamp ist eine ohne die andere da"
fi
# The token over the seal lies in it: the SEQUENCE after the attribute's name; it is over the signer's last OCTET STRING.
openssl asn1parse -inform DER -in "$seal" 2> /dev/null | sed 's/^ *\([0-9]*\):d=\([0-9]*\) *hl=\([0-9]*\) *l= *\([0-9]*\) *\(.*\)/\1 \2 \3 \4 \5/' > "$work/asn1"
inner=$(awk '/:id-smime-aa-timeStampToken/ { found = 1; next } found && /cons: SEQUENCE/ { print $1 + 1, $3 + $4; exit }' "$work/asn1")
if [ -n "$inner" ]; then
  value=$(awk '$2 == 5 && /prim: OCTET STRING/ { at = $1 + $3 + 1; size = $4 } END { print at, size }' "$work/asn1")
  cut_out() { tail -c "+$1" "$seal" | head -c "$2"; }
  # shellcheck disable=SC2086 # two numbers each
  { cut_out $inner > "$work/inner.tst"; cut_out $value > "$work/value"; }
  if token "$work/inner.tst" "$work/value" "$(t "the time stamp in $seal" "der Zeitstempel in $seal")"; then
    time=yes
    tell "Seal stamped" "Siegel gestempelt"
    [ -z "$stamped_by" ] || { sealed_at=$moment; known_time=yes; }
  fi
fi
if [ -f data/time/open.tst ] && [ "$kind" = case ]; then
  head -n 1 data/journal.jsonl | tr -d '\n' > "$work/first"
  token data/time/open.tst "$work/first" data/time/open.tst && tell "Case opened, not after" "Vorgang eröffnet, nicht nach"
fi

# 7. The seal over the list. System certificate stores are left out: only the named certificate counts.
stamp=$(openssl cms -cmsout -print -inform DER -in "$seal" 2> /dev/null | awk '/signingTime/ { found = 1 } found && /(UTC|GENERALIZED)TIME/ { sub(/.*TIME: */, ""); print; exit }')
at=$(unix "$stamp")
[ -n "$stamp" ] && [ -n "$at" ] || fail "the seal names no time" "das Siegel nennt keine Zeit"
signed_at=$at
# Somebody else's clock is believed before that of whoever sealed.
[ -z "$sealed_at" ] || at=$sealed_at
printed=$(openssl cms -cmsout -print -inform DER -in "$seal" 2> /dev/null)
is_whole "$seal" && [ "$(say "$printed" | grep -cE '^ *signedAttrs:')" -eq 1 ] && say "$printed" | grep -qE '^ *eContent: <ABSENT>' ||
  fail "$seal is no detached signature of this format, or something was added to it" "$seal ist keine abgesetzte Signatur dieses Formats, oder es wurde etwas angehängt"
sealed_by() { # CERTIFICATES; they are judged at the time of the seal, for later they may have expired
  openssl cms -verify -cades -binary -inform DER -in "$seal" -content "$list" -CAfile "$1" -no-CApath -no-CAstore \
    -partial_chain -purpose any ${at:+-attime "$at"} -signer "$work/signer.pem" -out /dev/null > /dev/null 2>&1
}
openssl pkcs7 -inform DER -in "$seal" -print_certs -out "$work/certificates.pem" 2> /dev/null
fingerprint() { openssl x509 -in "$1" -outform DER 2> /dev/null | hash; }
seconds() { date -u -d "$1" +%s 2> /dev/null || date -u -j -f %Y-%m-%dT%H:%M:%SZ "$1" +%s 2> /dev/null; }
# The named certificate may be one before: its key signed the fingerprint of the next (data/seal), which may have signed another.
follow() {
  current=$(fingerprint "$work/signer.pem")
  latest=$signed_at # changes are told by the clock that sealed
  for step in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    next=
    for text in data/seal/change-[0-9][0-9].txt; do
      change=${text%.txt}
      [ -f "$text" ] && [ -f "$change.sig" ] && [ -f "$change.previous.pem" ] || continue
      previous=$(fingerprint "$change.previous.pem")
      then=$(sed -n 's/^at: //p' "$text")
      printf 'dsr seal change 1\nprevious: %s\ncertificate: %s\nat: %s\n' "$previous" "$current" "$then" | cmp -s - "$text" || continue
      then=$(seconds "$then") && [ "$then" -le "$latest" ] || continue
      openssl x509 -in "$change.previous.pem" -noout -pubkey > "$work/previous.pub" 2> /dev/null
      openssl dgst -sha256 -verify "$work/previous.pub" -signature "$change.sig" "$text" > /dev/null 2>&1 || continue
      leads_to() { openssl verify -no-CApath -no-CAstore -partial_chain -purpose any -attime "$then" -CAfile "$1" "$change.previous.pem" > /dev/null 2>&1; }
      leads_to "$change.previous.pem" || continue
      if leads_to "$certificate"; then return 0; fi
      next=$previous
      latest=$then
      break
    done
    [ -n "$next" ] || return 1
    current=$next
  done
  return 1
}
fingerprints() { # FILE; of every certificate in it
  awk -v to="$work/one-" '/-----BEGIN CERTIFICATE-----/ { n++; on = 1 } on { print > (to n ".pem") } /-----END CERTIFICATE-----/ { on = 0 }' "$1"
  for one in "$work"/one-*.pem; do fingerprint "$one"; done
  rm -f "$work"/one-*.pem
}
followed=
if [ -n "$certificate" ] && sealed_by "$certificate"; then
  trusted=issued
  fingerprints "$certificate" | grep -qxF "$(fingerprint "$work/signer.pem")" && trusted=own
elif ! sealed_by "$work/certificates.pem"; then
  fail "the seal does not hold" "das Siegel hält nicht"
elif [ -n "$certificate" ] && [ -n "$at" ] && follow; then
  trusted=own
  followed=yes
  t "Sealed with another certificate than the one you named; followed from that one, whose key signed the change (data/seal)." \
    "Mit einem anderen Zertifikat gesiegelt als dem angegebenen; dorthin gelangt über dieses, dessen Schlüssel den Wechsel signiert hat (data/seal)."
fi
subject=
if [ -s "$work/signer.pem" ]; then
  subject=$(openssl x509 -in "$work/signer.pem" -noout -subject -nameopt utf8,sep_comma_plus_space | sed 's/^subject= *//' | tr -d '\000-\037\177')
  t "Sealed (by the sealing machine's own clock): $stamp" "Gesiegelt (nach der Uhr des siegelnden Rechners): $stamp"
  t "Certificate: $subject" "Zertifikat: $subject"
  t "SHA-256 fingerprint: $(openssl x509 -in "$work/signer.pem" -noout -fingerprint -sha256 | sed 's/.*=//')" \
    "SHA-256-Fingerabdruck: $(openssl x509 -in "$work/signer.pem" -noout -fingerprint -sha256 | sed 's/.*=//')"
fi
# An authority issues certificates to many: is this one's holder the controller that the statement names?
if [ "$trusted" = issued ]; then
  small() { tr 'A-Z' 'a-z' | tr -s ' ' | sed 's/^ //; s/ $//'; }
  controller=$(grep -aoE '"controller":\{"name":"([^"\\]|\\.)*"' data/statement.json | head -n 1 | sed 's/^"controller":{"name":"//; s/"$//; s/\\\(["\\]\)/\1/g')
  openssl x509 -in "$work/signer.pem" -noout -subject -nameopt utf8,sep_multiline,lname |
    sed -n 's/^ *\(organizationName\|commonName\|O\|CN\) *= *//p' | sed 's/ (dsr evidence seal)$//' | small > "$work/holders"
  [ -n "$controller" ] && grep -qxF -- "$(say "$controller" | small)" "$work/holders" || {
    controller=$(say "$controller" | tr -d '\000-\037\177')
    t "WARNING: the certificate is not made out to the controller that the bundle names ($controller). The authority you named issues to many; find out who this is." \
      "WARNUNG: Das Zertifikat ist nicht auf den Verantwortlichen ausgestellt, den der Nachweis nennt ($controller). Die genannte Stelle stellt vielen aus; klären Sie, wer das ist."
  }
fi

# 8. What a container holds beside has seals of its own: statements about retention runs, and the bundle of a case.
cat "$work/signer.pem" "$work/certificates.pem" ${certificate:+"$certificate"} data/seal/change-*.previous.pem > "$work/known.pem" 2> /dev/null
alone() { # SIGNATURE, FILE; by whoever sealed this container, now or before
  local when printed
  printed=$(openssl cms -cmsout -print -inform DER -in "$1" 2> /dev/null)
  when=$(unix "$(say "$printed" | awk '/signingTime/ { found = 1 } found && /(UTC|GENERALIZED)TIME/ { sub(/.*TIME: */, ""); print; exit }')")
  [ -n "$when" ] && is_whole "$1" && say "$printed" | grep -qE '^ *eContent: <ABSENT>' &&
    openssl cms -verify -cades -binary -inform DER -in "$1" -content "$2" -CAfile "$work/known.pem" -no-CApath -no-CAstore \
      -partial_chain -purpose any -attime "$when" -out /dev/null > /dev/null 2>&1
}
if [ "$kind" = period ]; then
  runs=0
  before=
  for statement in data/sweeps/*; do
    case $statement in *.json) ;; *.p7s) [ -f "${statement%.p7s}.json" ] || fail "${statement%.p7s}.json is missing" "${statement%.p7s}.json fehlt"; continue ;; *) continue ;; esac
    runs=$((runs + 1))
    if [ ! -f "${statement%.json}.p7s" ]; then fail "${statement%.json}.p7s is missing" "${statement%.json}.p7s fehlt"
    elif ! alone "${statement%.json}.p7s" "$statement"; then fail "the seal over $statement does not hold" "das Siegel über $statement hält nicht"; fi
    # Each names the one before it, so far as that one is here.
    number=$(sed -n 's/.*"number":\([0-9]*\),"operator".*/\1/p' "$statement")
    if [ -n "$before" ] && [ "$number" = $((${before%% *} + 1)) ] && ! grep -qF "\"predecessor\":\"${before#* }\"" "$statement"; then
      fail "$statement does not follow the one before it" "$statement schließt nicht an die vorige an"
    fi
    before="${number:-0} $(hash < "$statement")"
  done
  counted=$(sed -n 's/.*"sweeps":{[^}]*"count":\([0-9]*\),[^}]*"withoutStatement":\([0-9]*\)}.*/\1 \2/p' data/statement.json)
  # A period without runs does not count any.
  counted=${counted:-0 0}
  [ $((${counted% *} - ${counted#* })) -eq "$runs" ] ||
    fail "the number of retention runs is not the one of the statement" "die Zahl der Löschläufe ist nicht die der Erklärung"
  [ "$runs" -eq 0 ] || t "Retention runs with a sealed statement: $runs" "Löschläufe mit gesiegelter Erklärung: $runs"
fi
if [ "$kind" = authority ]; then
  own=$(find data -name '*.evidence.zip')
  said=$(sed -n 's/.*"bundle":"\([0-9a-f]\{64\}\)".*/\1/p' data/statement.json)
  if [ -z "$deep" ]; then t "The bundle inside ($own) has a seal of its own, which was not checked: --inner" "Der enthaltene Nachweis ($own) hat ein eigenes Siegel; geprüft wird es mit --inner"
  else
    [ -f "$own" ] && [ "$(unzip -p "$own" META-INF/ASiCManifest001.xml 2> /dev/null | hash)" = "$said" ] ||
      fail "$own is another bundle than the statement names" "$own ist ein anderer Nachweis, als die Erklärung nennt"
    keys=()
    [ -z "$named_key" ] || keys=(--log-key "$work/keys")
    words=()
    [ -z "$certificate" ] || words+=("$certificate")
    [ -z "$tsa" ] || words+=("$tsa")
    OPENSSL=$program bash "$myself" "$own" --openings "$PWD/data/openings.jsonl" ${words[@]+"${words[@]}"} ${keys[@]+"${keys[@]}"} --lang "$lang" > "$work/inside" 2>&1
    code=$?
    sed 's/^/  | /' "$work/inside"
    case $code in 0) ;; 4) [ -z "$trusted" ] || fail "$own is sealed by somebody else" "$own hat jemand anders gesiegelt" ;; *) fail "$own is invalid" "$own ist ungültig" ;; esac
  fi
fi
# What the seal is worth, in words. A certificate of an authority may call itself qualified for electronic seals (ETSI EN 319 412-5):
# QcCompliance 0.4.0.1862.1.1 and the type 0.4.0.1862.1.6.2 in its qcStatements.
level() {
  local said issuer_en issuer_de level=S0
  said=$(openssl asn1parse -in "$work/signer.pem" | grep -A2 ':qcStatements$' | tr -d '\n')
  if [ "$(openssl x509 -in "$work/signer.pem" -noout -subject_hash)" = "$(openssl x509 -in "$work/signer.pem" -noout -issuer_hash)" ]; then
    issuer_en="sealed with a certificate that the organisation issued to itself" issuer_de="gesiegelt mit einem Zertifikat, das die Organisation sich selbst ausgestellt hat"
  else
    issuer_en="sealed with a certificate that another authority issued" issuer_de="gesiegelt mit einem Zertifikat, das eine andere Stelle ausgestellt hat"
    case $said in *060604008E460101*) case $said in *060704008E46010602*)
      level=S2 issuer_en="$issuer_en and that calls itself qualified for electronic seals (compare with the trusted list)"
      issuer_de="$issuer_de und das sich selbst als qualifiziert für elektronische Siegel bezeichnet (mit der Vertrauensliste vergleichen)" ;; esac ;; esac
  fi
  if [ -z "$known_time" ]; then
    t "Level S0 of S0 to S3: $issuer_en; no authority that you named has stamped the time." \
      "Stufe S0 von S0 bis S3: $issuer_de; die Zeit hat keine Stelle gestempelt, die Sie angegeben haben."
  else
    [ "$level" = S2 ] || level=S1
    t "Level $level of S0 to S3: $issuer_en; an authority that you named has stamped the time." \
      "Stufe $level von S0 bis S3: $issuer_de; die Zeit hat eine Stelle gestempelt, die Sie angegeben haben."
  fi
}
if [ -s "$work/signer.pem" ]; then
  level
  [ -n "$time" ] || t "No third party has stamped the time." "Die Zeit hat kein Dritter gestempelt."
  t "What is not proven stands in data/00-COVER.html." "Was nicht bewiesen ist, steht in data/00-COVER.html."
fi
finish
