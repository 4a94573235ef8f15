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
# `dsr evidence reveal CASE N --format json`. The file names a person: keep it on a machine of your own.
# --log checks across the years: the log of the checkpoint NEW begins with the one of OLD. NEW is `dsr evidence log consistency --from OLD`,
# or a checkpoint together with the list of all entries (`dsr evidence log leaves --format csv`), whose root is then computed anew.
# --lang de speaks German. OPENSSL names another openssl than the first one in PATH.
# Exit code: 0 valid, 4 intact but signer unknown, 5 invalid; 1 a tool is missing, 2 wrong use.
set -u
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in de*) lang=de ;; *) lang=en ;; esac
export LC_ALL=C

say() { printf '%s\n' "$*"; }
# What strangers wrote could paint words on a terminal or turn them round: control signs (C0, DEL, C1), signs that cannot be seen, changes of
# direction, separators and tags become question marks, and so do all bytes beyond ASCII where the text is no UTF-8.
unseen=$'s/\xc2[\x80-\x9f\xad]/?/g; s/\xd8\x9c/?/g; s/\xe1\xa0\x8e/?/g; s/\xe2\x80[\x8b-\x8f\xa8-\xae]/?/g; s/\xe2\x81[\xa0-\xaf]/?/g'
unseen=$unseen$'; s/\xef\xbb\xbf/?/g; s/\xef\xbf[\xb9-\xbb]/?/g; s/\xf3\xa0[\x80\x81][\x80-\xbf]/?/g'
utf8=$'[ -~]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]'
utf8=$utf8$'|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}'
clean() { # TEXT, MOST BYTES (200); what is longer is cut
  local text=$1 most=${2:-200}
  if [ "${#text}" -gt "$most" ]; then
    text=${text:0:most}
    # No sign is cut in two.
    for _ in 1 2 3; do case $text in *[$'\x80'-$'\xbf']) text=${text%?} ;; esac; done
    text=${text%[$'\xc0'-$'\xff']}…
  fi
  case $text in
    *[!\ -~]*)
      text=$(printf %s "$text" | tr '\001-\037\177' '?' | sed "$unseen")
      say "$text" | grep -qaxE "($utf8)*" || text=$(printf %s "$text" | tr '\200-\377' '?') ;;
  esac
  printf %s "$text"
}
# Everything that is told goes through here.
t() { if [ "$lang" = de ]; then say "$(clean "$2" 2000)"; else say "$(clean "$1" 2000)"; fi; } # ENGLISH GERMAN
broken=0
fail() { broken=1; t "FAIL $1" "FEHLER $2"; }
# There is no end but this one: whoever is left in the middle has judged nothing.
judged=
leave() { judged=$1; exit "$1"; }
misuse() { t "$1" "$2" >&2; leave 2; }
missing() { t "$1" "$2" >&2; leave 1; }
broke_off() { t "INVALID: the check broke off before its end." "UNGÜLTIG: Die Prüfung brach vor ihrem Ende ab."; leave 5; }
# bash gives up everything that it is in when a sum cannot be done, and goes on behind it. So each part says that it came to its end.
parts="container lists sealed_list statement lines log openings time seal beside"
ended=
ended() { ended="$ended${ended:+ }$1"; }
finish() {
  if [ "$broken" -ne 0 ]; then t "INVALID: do not rely on this copy." "UNGÜLTIG: Auf diese Kopie ist kein Verlass."; leave 5; fi
  [ "$ended" = "$parts" ] || broke_off
  case $trusted in
    own) t "VALID: intact, and sealed by the holder of the certificate you named." "GÜLTIG: unverändert und gesiegelt vom Inhaber des angegebenen Zertifikats."; leave 0 ;;
    issued)
      t "VALID: intact, and sealed by $subject; that certificate was issued by an authority you named." \
        "GÜLTIG: unverändert und gesiegelt von $subject; dieses Zertifikat hat eine von Ihnen genannte Stelle ausgestellt."
      leave 0 ;;
  esac
  t "INTACT, BUT SIGNER UNKNOWN: compare the fingerprint over another channel, or name the certificate." \
    "UNVERÄNDERT, ABER UNTERZEICHNER UNBEKANNT: Fingerabdruck auf anderem Weg vergleichen oder das Zertifikat angeben."
  leave 4
}
# A number as this format writes it: decimal and without a zero in front, which for bash would be octal.
is_number() { case $1 in 0 | [1-9]) ;; [1-9]*[!0-9]* | [!1-9]* | '') return 1 ;; esac; [ "${#1}" -le 15 ]; }

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
subject=

work=$(mktemp -d) || missing "there is no room for temporary files" "es ist kein Platz für temporäre Dateien da"
trap 'rm -rf "$work"; [ -n "$judged" ] || broke_off' EXIT
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
  size=$(sed -n 2p "$2")
  root=$(sed -n 3p "$2" | hex_of)
  [ -n "$origin" ] && is_number "$size" && [ ${#root} -eq 64 ] || misuse "$1 holds no checkpoint of a log" "$1 enthält keinen Prüfpunkt eines Verzeichnisses"
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
  local at=$((old_size - 1)) last=$((size - 1)) was="" now="" line beside
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
across_the_years() { # OLD, NEW, LEAVES
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
    tr -d '\r' < "$3" | sed -nE 's/^"?(0|[1-9][0-9]{0,14})"?[,;](.*[,;])?"?([0-9a-f]{64})"?$/\1 \3/p' > "$work/entries"
    [ "$(wc -l < "$work/entries")" -eq $(($(wc -l < "$3") - 1)) ] ||
      misuse "$3 is no list of entries (dsr evidence log leaves --format csv)" "$3 ist keine Liste von Einträgen (dsr evidence log leaves --format csv)"
    absent=$(awk '$1 != NR - 1 { print NR - 1; exit }' "$work/entries")
    if [ -n "$absent" ]; then
      fail "entry $absent is missing in $3, or not in its place" "Eintrag $absent fehlt in $3 oder steht nicht an seinem Platz"
    elif [ "$(wc -l < "$work/entries")" -lt "$size" ] || [ "$(wc -l < "$work/entries")" -lt "$old_size" ]; then
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
  if [ "$broken" -ne 0 ]; then t "INVALID: the log was changed, or one of these files is none of it." "UNGÜLTIG: Das Verzeichnis wurde verändert, oder eine der Dateien gehört nicht dazu."; leave 5; fi
  if has_key; then t "VALID: the log of $size entries begins with the one of $old_size, both signed by the key you named." \
    "GÜLTIG: Das Verzeichnis mit $size Einträgen beginnt mit dem von $old_size, beide mit dem angegebenen Schlüssel signiert."; leave 0; fi
  t "CONTINUES, BUT SIGNER UNKNOWN: the log of $size entries begins with the one of $old_size; name its key (--log-key)." \
    "SETZT FORT, ABER UNTERZEICHNER UNBEKANNT: Das Verzeichnis mit $size Einträgen beginnt mit dem von $old_size; Schlüssel angeben (--log-key)."
  leave 4
}
[ -z "$log_mode" ] || across_the_years "$@"
[ -z "$log_mode" ] || broke_off

bundle=$1
certificate=${2:-}
tsa=${3:-}
[ -e "$bundle" ] || misuse "$bundle does not exist" "$bundle gibt es nicht"
# A device or a pipe may never end.
[ -d "$bundle" ] || [ -f "$bundle" ] || misuse "$bundle is neither a file nor a folder" "$bundle ist weder eine Datei noch ein Ordner"
[ -r "$bundle" ] || misuse "$bundle cannot be read" "$bundle ist nicht lesbar"
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
# A text whose last line has its end, so that no reader overlooks it.
is_terminated() { [ ! -s "$1" ] || [ -z "$(tail -c 1 "$1" | tr '\000' x)" ]; }
# The values in JSON, one a line: number of the line, place (members with / between them, [] in lists), value as it is written. False for what
# is none, and for an object that names a member twice: of two, each program would believe another one. Three forms: canonical (RFC 8785:
# sorted, nothing spaced), lines (each line one), and loose, for files of which nothing is read here.
flat() { # FILE, FORM, WHICH: all, top (members of the outermost object), one of these, or none
  if [ "$2" != loose ]; then tr -d '\000-\011\013-\037' < "$1" | cmp -s - "$1" || return 1; fi
  LC_ALL=C awk -v form="$2" -v which="${3:-all}" '
    BEGIN { RS = "\""; need = "value"; line = 1 }
    function wrong() { bad = 1; exit 1 }
    function here() { return depth == 0 ? "" : before[depth] (type[depth] == "{" ? key[depth] : "[]") }
    function ended() { need = depth == 0 ? "end" : "," }
    function tell(value) { if (which == "all" || (depth == 1 && (which == "top" || which == here()))) print line "\t" here() "\t" value }
    function begin(sign,    place) {
      if (need != "value" && need != "value]") wrong()
      place = which == "all" && depth ? here() "/" : ""
      depth++; type[depth] = sign; before[depth] = place; id[depth] = ++objects; last[depth] = ""; named[depth] = 0
      need = sign == "{" ? "key}" : "value]"
    }
    function end(sign,    empty) {
      if (depth == 0 || type[depth] != sign || (need != "," && need != (sign == "{" ? "key}" : "value]"))) wrong()
      empty = need != ","; depth--
      if (empty) tell(sign == "{" ? "{}" : "[]")
      if (depth == 0) split("", seen)
      ended()
    }
    function text(value,    rest, is_key) {
      is_key = need == "key" || need == "key}"
      if (!is_key && need != "value" && need != "value]") wrong()
      if (index(value, "\\")) {
        rest = value
        if (is_key || form == "canonical") gsub(/\\(["\\bfnrt]|u00[01][0-9a-f])/, "", rest)
        else gsub(/\\(["\\\/bfnrt]|u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F])/, "", rest)
        if (index(rest, "\\")) wrong()
      }
      if (!is_key) { tell("\"" value "\""); ended(); return }
      if (form == "canonical") { if (named[depth] && (value "") <= (last[depth] "")) wrong(); last[depth] = value; named[depth] = 1 }
      else { if ((id[depth], value) in seen) wrong(); seen[id[depth], value] }
      if (which == "all" && index(value, "/")) gsub(/\//, "\\/", value)
      key[depth] = value; need = ":"
    }
    is_text {
      held = held $0
      # A quotation mark behind an odd number of backslashes belongs to the text.
      if (substr($0, length($0)) == "\\" && match($0, /\\+$/) && RLENGTH % 2) { held = held "\""; next }
      is_text = 0; text(held); next
    }
    # What stands between most texts, for many lines are many of these.
    $0 == ":" && need == ":" { need = "value"; is_text = 1; held = ""; next }
    $0 == "," && need == "," { need = type[depth] == "{" ? "key" : "value"; is_text = 1; held = ""; next }
    {
      for (rest = $0; rest != ""; rest = substr(rest, size + 1)) {
        size = 1; sign = substr(rest, 1, 1)
        if (sign == "\n" && form == "lines") { if (need != "end") wrong(); line++; need = "value" }
        else if (form == "loose" && sign ~ /[ \t\r\n]/) continue
        else if (sign == "{" || sign == "[") begin(sign)
        else if (sign == "}") end("{")
        else if (sign == "]") end("[")
        else if (sign == ":" && need == ":") need = "value"
        else if (sign == "," && need == ",") need = type[depth] == "{" ? "key" : "value"
        else if ((need == "value" || need == "value]") && match(rest, /^(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null)/)) {
          size = RLENGTH; sign = substr(rest, 1, size)
          if (form == "canonical" && sign ~ /[0-9].*[.eE]/) wrong()
          tell(sign); ended()
        }
        else wrong()
      }
      is_text = 1; held = ""
    }
    END { if (bad || (NR && !is_text) || need != (form == "lines" ? "value" : "end") || depth) exit 1 }' "$1"
}
# What the statement says in one place.
said() { [ ! -f "$work/said" ] || awk -F '\t' -v place="$1" '$2 == place { print $3 }' "$work/said"; }
text_of() { case $1 in '"'*'"') text_of=${1#'"'}; text_of=${text_of%'"'}; say "$text_of" ;; esac; } # without its quotation marks
sum_of() { say $(($1 + 256 * ($2 + 256 * ($3 + 256 * $4)))); } # four bytes, the smallest first
# What the directory at the end of the zip says of each file: its unpacked size and its name. False where it is other than in this format,
# for then programs disagree about what is inside: true sizes elsewhere (zip64), comments, other names (0x7075), bytes between the files.
directory() { # BUNDLE
  local length size start
  length=$(wc -c < "$1")
  # shellcheck disable=SC2046 # 22 numbers
  set -- "$1" $(tail -c 22 "$1" | od -An -v -tu1)
  [ $# -eq 23 ] && [ "$2 $3 $4 $5 $6 $7 $8 $9 ${10} ${11} ${22} ${23}" = "80 75 5 6 0 0 0 0 ${12} ${13} 0 0" ] || return 1
  size=$(sum_of "${14}" "${15}" "${16}" "${17}")
  start=$(sum_of "${18}" "${19}" "${20}" "${21}")
  [ "$size" -le 1024000 ] && [ $((start + size + 22)) -eq "$length" ] || return 1
  tail -c "+$((start + 1))" "$1" | head -c "$size" | od -An -v -tu1 | awk -v start="$start" -v files="$(sum_of "${12}" "${13}" 0 0)" '
    { for (nth = 1; nth <= NF; nth++) byte[count++] = $nth }
    function two(at) { return byte[at] + 256 * byte[at + 1] }
    function four(at) { return two(at) + 65536 * two(at + 2) }
    function wrong() { bad = 1; exit 1 }
    END {
      if (bad) exit 1
      for (number = 0; number < 256; number++) sign[number] = sprintf("%c", number)
      largest = 4294967295; end = 0
      for (at = 0; at < count; at += 46 + long + extra) {
        if (at + 46 > count || four(at) != 33639248) wrong()
        flags = two(at + 8); method = two(at + 10); packed = four(at + 20); size = four(at + 24); offset = four(at + 42)
        long = two(at + 28); extra = two(at + 30)
        if (at + 46 + long + extra > count || extra > 64 || two(at + 32) || two(at + 34)) wrong()
        if (packed == largest || size == largest || offset == largest) wrong()
        if ((method != 0 && method != 8) || (method == 0 && packed != size)) wrong()
        # Sizes behind the data (8), names in UTF-8 (2048) and the speed of packing are harmless, and nothing else is.
        follows = int(flags / 8) % 2
        if (flags - 8 * follows - 2048 * (int(flags / 2048) % 2) - 4 * (int(flags / 4) % 2) - 2 * (int(flags / 2) % 2)) wrong()
        kind = int(byte[at + 41] / 16)
        if (kind != 0 && kind != 8) wrong()
        for (field = at + 46 + long; field + 4 <= at + 46 + long + extra; field += 4 + two(field + 2)) if (two(field) == 28789) wrong()
        # Between two files there is no more room than for what stands twice.
        if (offset < end || offset - end > (number_of ? 80 : 0)) wrong()
        end = offset + 30 + long + packed; number_of++
        name = ""
        for (nth = 0; nth < long; nth++) name = name sign[byte[at + 46 + nth]]
        print size, name
      }
      if (number_of != files || start < end || start - end > 80) wrong()
    }'
}
check_container() {
  if [ -d "$bundle" ]; then
    cd "$bundle" || misuse "$bundle cannot be read" "$bundle ist nicht lesbar"
  else
    command -v unzip > /dev/null || missing "unzip is missing" "unzip fehlt"
    bundle=$(absolute "$bundle")
    [ "$(head -c 69 "$bundle" | tail -c 39 | tr -d '\0')" = "mimetypeapplication/vnd.etsi.asic-e+zip" ] || fail "the zip does not begin with the container's type" "die Zip-Datei beginnt nicht mit dem Containertyp"
    [ "$(tail -c 22 "$bundle" | head -c 4 | od -An -tx1 | tr -d ' \n')" = 504b0506 ] || fail "something stands after the zip's end" "hinter dem Ende der Zip-Datei steht noch etwas"
    directory "$bundle" > "$work/directory" || fail "the zip has another form than this format" "die Zip-Datei ist anders aufgebaut als in diesem Format"
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
    cd "$work/x" || missing "there is no room for temporary files" "es ist kein Platz für temporäre Dateien da"
  fi
  [ -z "$(find . ! -type f ! -type d)" ] || { fail "there is a link or another special file" "eine Verknüpfung oder andere besondere Datei ist dabei"; finish; }
  find . -type f | sed 's|^\./||' | sort > "$work/files"
  [ "$(wc -l < "$work/files")" -le 1000 ] || { fail "there are too many files" "es sind zu viele Dateien"; finish; }
  if [ -f "$work/directory" ]; then
    find . -type f -exec wc -c {} \; | awk '{ print $1 " " substr($2, 3) }' | sort > "$work/sizes"
    sort "$work/directory" | cmp -s - "$work/sizes" || { fail "the zip says another thing than it holds" "die Zip-Datei sagt etwas anderes, als sie enthält"; finish; }
  fi
  # What it is about stands in the sealed statement: one case, all cases of a period, or one case complete.
  if [ -f data/statement.json ] && ! { flat data/statement.json canonical > "$work/said" && grep -qaxE "($utf8|"$'\x7f'")*" data/statement.json; }; then
    fail "data/statement.json is no canonical JSON (RFC 8785), or names a member twice" "data/statement.json ist kein kanonisches JSON (RFC 8785) oder nennt ein Feld doppelt"
    finish
  fi
  kind=case
  case $(said predicateType) in '"urn:dsr:evidence-period:1"') kind=period ;; '"urn:dsr:evidence-authority:1"') kind=authority ;; esac
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
  ended container
}
check_container

# 2. The BagIt lists: every file named, every file as its digest says.
check_list() { # LIST, awk condition on the names it must hold
  if grep -qvE '^[0-9a-f]{64}  [A-Za-z0-9._/-]+$' "$1" || ! is_terminated "$1"; then fail "$1 has another form than this format" "$1 ist anders aufgebaut als in diesem Format"; return; fi
  cut -c 67- "$1" | sort > "$work/listed"
  awk "$2" "$work/files" | cmp -s - "$work/listed" || fail "$1 does not list exactly the files that are there" "$1 nennt nicht genau die vorhandenen Dateien"
  while read -r digest file; do
    [ -f "$file" ] && [ "$(hash < "$file")" = "$digest" ] || fail "$file was changed or is missing ($1)" "$file wurde verändert oder fehlt ($1)"
  done < "$1"
}
check_lists() {
  check_list manifest-sha256.txt '/^data\//'
  check_list tagmanifest-sha256.txt '!/\// && $0 != "tagmanifest-sha256.txt"'
  oxum=$(find data -type f -exec wc -c {} \; | awk '{ size += $1; count++ } END { print size "." count }')
  grep -qxF "Payload-Oxum: $oxum" bag-info.txt || fail "Payload-Oxum is not that of the files" "Payload-Oxum ist nicht das der Dateien"
  ended lists
}
check_lists

# 3. The sealed list (ASiC): every other file named, every digest right.
list=META-INF/ASiCManifest001.xml
# Digest and name of each file in a list; every line of it is one of these.
references() { # LIST
  local form='<\?xml version="1\.0" encoding="UTF-8"\?>|<asic:ASiCManifest( xmlns:(asic|ds)="[a-z0-9:/.#]+"){2}>|</asic:ASiCManifest>|<asic:SigReference URI="[A-Za-z0-9._/-]+" MimeType="[a-z0-9./+-]+"/>'
  form="$form"'|<asic:DataObjectReference URI="[A-Za-z0-9._/-]+" MimeType="[a-z0-9./+-]+"><ds:DigestMethod Algorithm="http://www\.w3\.org/2001/04/xmlenc#sha256"/><ds:DigestValue>[A-Za-z0-9+/]{43}=</ds:DigestValue></asic:DataObjectReference>'
  sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' "$1" > "$work/references"
  ! grep -qavxE "$form" "$1" || fail "$1 has another form than this format" "$1 ist anders aufgebaut als in diesem Format"
  while read -r digest file; do
    [ -f "$file" ] && [ "$(openssl dgst -sha256 -binary "$file" | openssl base64 -A)" = "$digest" ] || fail "$file was changed or is missing ($1)" "$file wurde verändert oder fehlt ($1)"
  done < "$work/references"
}
check_sealed_list() {
  references "$list"
  cut -d ' ' -f 2- "$work/references" | sort > "$work/listed"
  grep -vxE 'mimetype|META-INF/(ASiCManifest00[12]\.xml|signature001\.p7s|timestamp[0-9]{1,3}\.tst|ASiCArchiveManifest[0-9]*\.xml|ASiCEvidenceRecordManifest[0-9]*\.xml|evidencerecord[0-9]*\.ers)' "$work/files" > "$work/expected"
  cmp -s "$work/expected" "$work/listed" || {
    odd=$(comm -3 "$work/expected" "$work/listed" | tr -d '\t' | tr '\n' ' ')
    odd=$(clean "$odd")
    fail "files were added or are missing: $odd" "Dateien kamen hinzu oder fehlen: $odd"
  }

  ended sealed_list
}
check_sealed_list

check_statement() {
  case $kind in case) form= ;; *) form=-$kind ;; esac
  [ "$(said _type) $(said predicateType) $(said predicate/schema)" = "\"https://in-toto.io/Statement/v1\" \"urn:dsr:evidence$form:1\" \"dsr-evidence$form/1\"" ] ||
    fail "data/statement.json has another form than this format" "data/statement.json ist anders aufgebaut als in diesem Format"
  # The statement names all evidence but itself and the proof that it is in the log, which came later.
  awk -F '\t' '$2 == "subject/[]/digest/sha256" { digest = $3 } $2 == "subject/[]/name" { print digest "  " $3 }' "$work/said" | tr -d '"' | sort > "$work/subjects"
  grep -vE '^.{66}data/(statement\.json|log/case\.tlog-proof)$' manifest-sha256.txt | sort | cmp -s - "$work/subjects" ||
    fail "data/statement.json does not name exactly the files that are there" "data/statement.json nennt nicht genau die vorhandenen Dateien"
  # Of no other JSON do programs read different things either.
  for file in data/log/opened.json $([ "$kind" = authority ] || say "$own") $([ "$kind" = period ] || say data/cases.jsonl); do
    case $file in
      data/journal.jsonl) form="lines top" ;;
      data/records.jsonl | data/cases.jsonl) form="lines seq" ;;
      *.jsonl) form="lines none" ;;
      *) form="loose none" ;;
    esac
    # shellcheck disable=SC2086 # two words
    [ ! -f "$file" ] || flat "$file" $form > "$work/${file##*/}" || fail "$file is no JSON, has a last line without an end, or names a member twice" "$file ist kein JSON, hat eine letzte Zeile ohne Ende oder nennt ein Feld doppelt"
  done
  ended statement
}
check_statement

# 4. The journal: each event names the hash of the one before it; count and last hash stand in the statement.
numbered() { # FILE OF LINES; the member seq of each is its place, from 0
  awk -F '\t' -v lines="$(wc -l < "$1")" '{ count++; if ($3 != ($1 - 1) "") bad = 1 } END { exit bad || count != lines + 0 }' "$work/${1##*/}"
}
check_lines() {
  if [ "$kind" = period ]; then
    # A period has a line for each case instead, numbered from 0.
    [ "$(said predicate/cases/count)" = "$(wc -l < data/cases.jsonl | tr -d ' ')" ] || fail "the number of cases is not the one of the statement" "die Zahl der Vorgänge ist nicht die der Erklärung"
  fi
  [ ! -f data/cases.jsonl ] || numbered data/cases.jsonl || fail "data/cases.jsonl is not in its order" "data/cases.jsonl ist nicht in seiner Reihenfolge"
  if [ "$kind" = case ]; then
    previous=$(printf '%064d' 0)
    count=0
    case_id=$(said predicate/case)
    awk -F '\t' '$1 != line { if (line) print link; line = $1; link = "" } $2 ~ /^(case|case_prev|n)$/ { link = link " " $2 "=" $3 } END { if (line) print link }' "$work/journal.jsonl" > "$work/links"
    while IFS= read -r line; do
      count=$((count + 1))
      IFS= read -r link <&3 || link=
      [ "$link" = " case=$case_id case_prev=\"$previous\" n=$count" ] || { fail "data/journal.jsonl, line $count does not follow the one before it" "data/journal.jsonl, Zeile $count schließt nicht an die vorige an"; break; }
      previous=$(printf '%s' "$line" | hash)
    done < data/journal.jsonl 3< "$work/links"
    [ "$count" -gt 0 ] && head="\"$previous\"" || head=null
    [ "$(said predicate/journal/count) $(said predicate/journal/head)" = "$count $head" ] || fail "the journal is not the one of the statement" "das Journal ist nicht das der Erklärung"
    [ "$(said predicate/records/count)" = "$(wc -l < data/records.jsonl | tr -d ' ')" ] || fail "the number of records is not the one of the statement" "die Zahl der Datensätze ist nicht die der Erklärung"
    numbered data/records.jsonl || fail "data/records.jsonl is not in its order" "data/records.jsonl ist nicht in seiner Reihenfolge"
  fi
  ended lines
}
check_lines

# 5. The log over all cases: the statement is in it, and so is the opening of the case (RFC 9162, 2.1.3.2).
leaf_of() { { printf '\0'; cat; } | hash; }
logged() { # PROOF LEAF; sets index, size, origin
  index=$(sed -n '2s/^index //p' "$1")
  awk 'after { print } $0 == "" { after = 1 }' "$1" > "$work/checkpoint"
  origin=$(sed -n 1p "$work/checkpoint")
  size=$(sed -n 2p "$work/checkpoint")
  [ "$(head -n 1 "$1" | tr -d '\0')" = "c2sp.org/tlog-proof@v1" ] && is_number "$index" && is_number "$size" && [ "$index" -lt "$size" ] ||
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
check_log() {
  opened_at=$(said predicate/log/opened)
  named=$(text_of "$(said predicate/log/origin)")
  # The journal's second line says that the opening of the case was entered.
  is_entered() { [ -f "$work/journal.jsonl" ] && [ "$(awk -F '\t' '$1 == 2 && ($2 == "event" || $2 == "of") { printf "%s", $3 }' "$work/journal.jsonl")" = '"leaf_appended""opened"' ]; }
  if [ -z "$named" ]; then
    ! awk -F '\t' '$2 ~ /^predicate\/log(\/|$)/ && $3 != "null" { found = 1 } END { exit !found }' "$work/said" || fail "data/statement.json does not say in which log it is" "data/statement.json sagt nicht, in welchem Verzeichnis es steht"
    ! has_key || fail "the bundle is in no log, though you named the key of one" "der Nachweis steht in keinem Verzeichnis, obwohl Sie den Schlüssel eines solchen angegeben haben"
    ! grep -qF '"event":"leaf_appended"' data/journal.jsonl 2> /dev/null ||
      fail "the journal says that the case is in a log, and the statement says nothing of it" "laut Journal steht der Vorgang in einem Verzeichnis, die Erklärung schweigt davon"
    [ ! -e data/log ] || fail "the statement does not speak of the log that data/log is about" "die Erklärung spricht nicht von dem Verzeichnis, um das es in data/log geht"
  elif [ -n "$opened_at" ] && [ "$opened_at" != null ] && ! is_number "$opened_at"; then
    fail "data/statement.json does not say in which log it is" "data/statement.json sagt nicht, in welchem Verzeichnis es steht"
  elif [ ! -f data/log/case.tlog-proof ]; then
    fail "data/log/case.tlog-proof is missing" "data/log/case.tlog-proof fehlt"
  else
    logged data/log/case.tlog-proof "$(leaf_of < data/statement.json)"
    [ "$origin" = "$named" ] || fail "data/log/case.tlog-proof is of another log than the statement names" "data/log/case.tlog-proof gehört zu einem anderen Verzeichnis, als die Erklärung nennt"
    at_index=$index
    place="entry $index of $size in $(clean "$origin")" platz="Eintrag $index von $size in $(clean "$origin")"
    if [ -z "$opened_at" ] || [ "$opened_at" = null ]; then
      ! is_entered || fail "the journal says that the case is in a log, and the statement says nothing of it" "laut Journal steht der Vorgang in einem Verzeichnis, die Erklärung schweigt davon"
      [ ! -e data/log/opened.json ] && [ ! -e data/log/opened.tlog-proof ] || fail "the statement does not speak of the entry that data/log/opened.json is about" "die Erklärung spricht nicht von dem Eintrag, um den es in data/log/opened.json geht"
    else
      if [ -f data/log/opened.json ] && [ -f data/log/opened.tlog-proof ]; then
        grep -qaxE '\{"disclosures":\[("[A-Za-z0-9_-]+"(,"[A-Za-z0-9_-]+")*)?\],"leaf":"([^"\\]|\\")*"\}' data/log/opened.json && [ "$(wc -l < data/log/opened.json)" -le 1 ] ||
          fail "data/log/opened.json has another form than this format" "data/log/opened.json ist anders aufgebaut als in diesem Format"
        sed -n 's/.*"leaf":"\(.*\)"}$/\1/p' data/log/opened.json | sed 's/\\"/"/g' | tr -d '\n' > "$work/leaf"
        leaf=$(leaf_of < "$work/leaf")
        logged data/log/opened.tlog-proof "$leaf"
        [ "$index" = "$opened_at" ] && [ "$index" -lt "$at_index" ] || fail "data/log/opened.tlog-proof is of another entry than the statement names" "data/log/opened.tlog-proof gehört zu einem anderen Eintrag, als die Erklärung nennt"
        is_entered && grep -qxF "2	leaf	\"$leaf\"" "$work/journal.jsonl" || fail "data/log/opened.json is not the entry of the journal" "data/log/opened.json ist nicht der Eintrag des Journals"
        is_said=
        for disclosure in $(sed -n 's/^{"disclosures":\[\([^]]*\)\].*/\1/p' data/log/opened.json | tr -d '"' | tr ',' ' '); do
          digest=$(printf %s "$disclosure" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d =)
          grep -qF "\"$digest\"" "$work/leaf" || fail "data/log/opened.json opens something else" "data/log/opened.json deckt etwas anderes auf"
          text=$(printf '%s===' "$disclosure" | tr -- '-_' '+/' | cut -c 1-$(((${#disclosure} + 3) / 4 * 4)) | openssl base64 -d -A)
          case $text in *"\"case\",$case_id]") is_said=yes ;; esac
        done
        [ -n "$is_said" ] || fail "data/log/opened.json is not about this case" "data/log/opened.json handelt nicht von diesem Vorgang"
      else
        fail "data/log/opened.json or its proof is missing" "data/log/opened.json oder der Beleg dazu fehlt"
      fi
    fi
    if ! has_key; then t "Log over all cases: $place; its key was not named, so anybody may have signed (--log-key)" \
      "Verzeichnis aller Vorgänge: $platz; der Schlüssel wurde nicht angegeben, also kann jeder signiert haben (--log-key)"
    elif [ "$broken" -eq 0 ]; then t "Log over all cases: $place, signed by the key you named" \
      "Verzeichnis aller Vorgänge: $platz, mit dem angegebenen Schlüssel signiert"; fi
  fi
  ended log
}
check_log

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
check_openings() {
  if [ -n "$openings" ]; then
    case $kind in
      period) misuse "a period has no record lines that could be opened" "ein Zeitraum hat keine Datensatzzeilen, die sich aufdecken ließen" ;;
      authority) misuse "this is a complete case and holds what opens it: --inner" "das ist ein vollständiger Vorgang, der die Aufdeckungen enthält: --inner" ;;
    esac
    : > "$work/named"
    revealed=
    if grep -qE '"schema": *"dsr\.reveal/1"' "$openings"; then
      # One record, as JSON with a member on each line.
      revealed=$(sed -n 's/^ *"seq": *\([0-9]*\),\{0,1\}$/\1/p' "$openings")
      opened_of=$(sed -n 's/^ *"bundle": *"\([0-9a-f]\{64\}\)",\{0,1\}$/\1/p' "$openings")
      sed -n 's/^ *"disclosure": *"\([A-Za-z0-9_-]*\)",\{0,1\}$/\1/p' "$openings" | awk -v number="$revealed" '{ print number, $1 }' > "$work/named"
      is_number "$revealed" && [ -s "$work/named" ] || revealed=none
    else
      opened_of=$(sed -n '1s/^{"bundle":"\([0-9a-f]\{64\}\)","case":"[^"]*",\("keep_until":"[0-9-]*",\)\{0,1\}"records":[1-9]\{0,1\}[0-9]*,"schema":"dsr\.disclosures\/1"}$/\1/p' "$openings")
      if [ -n "$opened_of" ]; then sed 1d "$openings"; else cat "$openings"; fi > "$work/lines"
      if grep -qvE '^\{"disclosures":\[("[A-Za-z0-9_-]+"(,"[A-Za-z0-9_-]+")*)?\],"seq":(0|[1-9][0-9]{0,14})\}$' "$work/lines"; then revealed=none; fi
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
  ended openings
}
check_openings

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
check_time() {
  time=
  known_time= # set if the named authority vouches for a stamp over the seal or over the files
  sealed_at=
  second=META-INF/ASiCManifest002.xml
  stamp=META-INF/timestamp002.tst
  if [ -f "$second" ] && [ -f "$stamp" ]; then
    references "$second"
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
  ended time
}
check_time

# 7. The seal over the list. System certificate stores are left out: only the named certificate counts.
# Whether a certificate is for signing (RFC 5280, 4.2.1.3), with the kind of key that this format has.
may_seal() { # CERTIFICATE
  openssl x509 -in "$1" -noout -ext keyUsage 2> /dev/null | grep -qE 'Digital Signature|Non Repudiation' &&
    openssl x509 -in "$1" -noout -pubkey 2> /dev/null | openssl pkey -pubin -noout -text 2> /dev/null | grep -q '^ASN1 OID: prime256v1$'
}
sealed_by() { # CERTIFICATES; they are judged at the time of the seal, for later they may have expired
  openssl cms -verify -cades -binary -inform DER -in "$seal" -content "$list" -CAfile "$1" -no-CApath -no-CAstore \
    -partial_chain -purpose any ${at:+-attime "$at"} -signer "$work/signer.pem" -out /dev/null > /dev/null 2>&1
}
fingerprint() { openssl x509 -in "$1" -outform DER 2> /dev/null | hash; }
seconds() { date -u -d "$1" +%s 2> /dev/null || date -u -j -f %Y-%m-%dT%H:%M:%SZ "$1" +%s 2> /dev/null; }
# The named certificate may be one before: its key signed the fingerprint of the next (data/seal), which may have signed another.
follow() {
  current=$(fingerprint "$work/signer.pem")
  latest=$signed_at # changes are told by the clock that sealed
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    next=
    for text in data/seal/change-[0-9][0-9].txt; do
      change=${text%.txt}
      [ -f "$text" ] && [ -f "$change.sig" ] && [ -f "$change.previous.pem" ] || continue
      previous=$(fingerprint "$change.previous.pem")
      then=$(sed -n 's/^at: //p' "$text")
      printf 'dsr seal change 1\nprevious: %s\ncertificate: %s\nat: %s\n' "$previous" "$current" "$then" | cmp -s - "$text" || continue
      case $then in [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z) ;; *) continue ;; esac
      then=$(seconds "$then") && [ -n "$latest" ] && [ "$then" -le "$latest" ] || continue
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
small() { tr 'A-Z' 'a-z' | tr -s ' ' | sed 's/^ //; s/ $//'; }
# Whether a signature, as openssl prints it, rests on SHA-256 alone: its digests, its value (ECDSA) and the digest that names its certificate
# (RFC 5035, 4: SHA-256 unless it says otherwise).
by_sha256() { # SIGNATURE AS PRINTED
  say "$1" | awk '
    BEGIN { sha256 = "algorithm: sha256 (2.16.840.1.101.3.4.2.1)"; ecdsa = "algorithm: ecdsa-with-SHA256 (1.2.840.10045.4.3.2)" }
    { line = $0; sub(/^ */, "", line); sub(/ *$/, "", line) }
    wanted != "" { if (line != wanted) other = 1; wanted = "" }
    line == "digestAlgorithm:" { wanted = sha256; digests++ }
    line == "signatureAlgorithm:" { wanted = ecdsa; values++ }
    line == "digestAlgorithms:" { listed = 1; next }
    line == "encapContentInfo:" { listed = 0 }
    listed && line ~ /^algorithm:/ && line != sha256 { other = 1 }
    line ~ /^object: id-smime-aa-signingCertificateV2 / { names++; first = 1; next }
    first == 2 { first = 0; if (line !~ /prim: *OBJECT *:sha256$/) other = 1 }
    first == 1 && line ~ /:d=3 / { first = line ~ /cons: *SEQUENCE/ ? 2 : 0 }
    END { exit !(!other && digests && values && names == 1) }'
}
check_seal() {
  stamp=$(openssl cms -cmsout -print -inform DER -in "$seal" 2> /dev/null | awk '/signingTime/ { found = 1 } found && /(UTC|GENERALIZED)TIME/ { sub(/.*TIME: */, ""); print; exit }')
  at=$(unix "$stamp")
  [ -n "$stamp" ] && [ -n "$at" ] || fail "the seal names no time" "das Siegel nennt keine Zeit"
  signed_at=$at
  # Somebody else's clock is believed before that of whoever sealed.
  [ -z "$sealed_at" ] || at=$sealed_at
  printed=$(openssl cms -cmsout -print -inform DER -in "$seal" 2> /dev/null)
  is_whole "$seal" && [ "$(say "$printed" | grep -cE '^ *signedAttrs:')" -eq 1 ] && say "$printed" | grep -qE '^ *eContent: <ABSENT>' ||
    fail "$seal is no detached signature of this format, or something was added to it" "$seal ist keine abgesetzte Signatur dieses Formats, oder es wurde etwas angehängt"
  by_sha256 "$printed" || fail "$seal is not made with SHA-256 throughout" "$seal ist nicht durchweg mit SHA-256 erstellt"
  openssl pkcs7 -inform DER -in "$seal" -print_certs -out "$work/certificates.pem" 2> /dev/null
  if [ -n "$certificate" ] && sealed_by "$certificate"; then
    trusted=issued
    fingerprints "$certificate" | grep -qxF "$(fingerprint "$work/signer.pem")" && trusted=own
  elif ! sealed_by "$work/certificates.pem"; then
    fail "the seal does not hold" "das Siegel hält nicht"
  elif [ -n "$certificate" ] && [ -n "$at" ] && follow; then
    trusted=own
    t "Sealed with another certificate than the one you named; followed from that one, whose key signed the change (data/seal)." \
      "Mit einem anderen Zertifikat gesiegelt als dem angegebenen; dorthin gelangt über dieses, dessen Schlüssel den Wechsel signiert hat (data/seal)."
  fi
  if [ -s "$work/signer.pem" ]; then
    subject=$(openssl x509 -in "$work/signer.pem" -noout -subject -nameopt utf8,sep_comma_plus_space | tr '\000' '?' | sed '1s/^subject= *//')
    subject=$(clean "$subject")
    t "Sealed (by the sealing machine's own clock): $stamp" "Gesiegelt (nach der Uhr des siegelnden Rechners): $stamp"
    t "Certificate: $subject" "Zertifikat: $subject"
    may_seal "$work/signer.pem" || fail "the certificate is not meant for sealing (key usage, or another kind of key)" "das Zertifikat ist nicht zum Siegeln bestimmt (Schlüsselverwendung oder eine andere Art von Schlüssel)"
    [ "$(text_of "$(said predicate/seal/certificate)")" = "$(fingerprint "$work/signer.pem")" ] || fail "data/statement.json names another certificate than the one that sealed" "data/statement.json nennt ein anderes Zertifikat als das, mit dem gesiegelt wurde"
    t "SHA-256 fingerprint: $(openssl x509 -in "$work/signer.pem" -noout -fingerprint -sha256 | sed 's/.*=//')" \
      "SHA-256-Fingerabdruck: $(openssl x509 -in "$work/signer.pem" -noout -fingerprint -sha256 | sed 's/.*=//')"
  fi
  # An authority issues certificates to many: is this one's holder the controller that the statement names?
  if [ "$trusted" = issued ]; then
    controller=$(text_of "$(said predicate/controller/name)" | sed 's/\\\(["\\]\)/\1/g')
    openssl x509 -in "$work/signer.pem" -noout -subject -nameopt utf8,sep_multiline,lname |
      sed -nE 's/^ *(organizationName|commonName|O|CN) *= *//p' | sed 's/ (dsr evidence seal)$//' | small > "$work/holders"
    [ -n "$controller" ] && grep -qxF -- "$(say "$controller" | small)" "$work/holders" || {
      controller=$(clean "$controller")
      t "WARNING: the certificate is not made out to the controller that the bundle names ($controller). The authority you named issues to many; find out who this is." \
        "WARNUNG: Das Zertifikat ist nicht auf den Verantwortlichen ausgestellt, den der Nachweis nennt ($controller). Die genannte Stelle stellt vielen aus; klären Sie, wer das ist."
    }
  fi
  ended seal
}
check_seal

# 8. What a container holds beside has seals of its own: statements about retention runs, and the bundle of a case.
cat "$work/signer.pem" "$work/certificates.pem" ${certificate:+"$certificate"} data/seal/change-*.previous.pem > "$work/known.pem" 2> /dev/null
alone() { # SIGNATURE, FILE; by whoever sealed this container, now or before
  local when printed
  printed=$(openssl cms -cmsout -print -inform DER -in "$1" 2> /dev/null)
  when=$(unix "$(say "$printed" | awk '/signingTime/ { found = 1 } found && /(UTC|GENERALIZED)TIME/ { sub(/.*TIME: */, ""); print; exit }')")
  [ -n "$when" ] && is_whole "$1" && say "$printed" | grep -qE '^ *eContent: <ABSENT>' && by_sha256 "$printed" &&
    openssl cms -verify -cades -binary -inform DER -in "$1" -content "$2" -CAfile "$work/known.pem" -no-CApath -no-CAstore \
      -partial_chain -purpose any -attime "$when" -signer "$work/by.pem" -out /dev/null > /dev/null 2>&1 && may_seal "$work/by.pem"
}
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
check_beside() {
  if [ "$kind" = period ]; then
    runs=0
    before=
    holes=0
    absent=$(said predicate/sweeps/withoutStatement)
    counted=$(said predicate/sweeps/count)
    # A period without runs does not count any.
    if [ -z "$absent" ] && [ -z "$counted" ]; then absent=0 counted=0; fi
    if ! is_number "$absent" || ! is_number "$counted"; then absent=0 counted=none; fi
    for statement in data/sweeps/*; do
      case $statement in
        *.json) ;;
        *.p7s) [ -f "${statement%.p7s}.json" ] || fail "${statement%.p7s}.json is missing" "${statement%.p7s}.json fehlt"; continue ;;
        'data/sweeps/*') continue ;; # there are none
        *) fail "$statement is no statement of a retention run" "$statement ist keine Erklärung über einen Löschlauf"; continue ;;
      esac
      runs=$((runs + 1))
      if [ ! -f "${statement%.json}.p7s" ]; then fail "${statement%.json}.p7s is missing" "${statement%.json}.p7s fehlt"
      elif ! alone "${statement%.json}.p7s" "$statement"; then fail "the seal over $statement does not hold" "das Siegel über $statement hält nicht"; fi
      # Each names the one before it, so far as that one is here. Those that are missing have to be owned up to.
      flat "$statement" loose top > "$work/sweep" || : > "$work/sweep"
      number=$(awk -F '\t' '$2 == "number" { print $3 }' "$work/sweep")
      sweep=$(text_of "$(awk -F '\t' '$2 == "sweep" { print $3 }' "$work/sweep")")
      predecessor=$(awk -F '\t' '$2 == "predecessor" { print $3 }' "$work/sweep")
      if ! is_number "$number" || [ "$statement" != "data/sweeps/$(printf %06d "$number")-$sweep.json" ]; then
        fail "$statement is no statement of a retention run" "$statement ist keine Erklärung über einen Löschlauf"
        continue
      fi
      if [ "$number" -eq 1 ]; then follows=null; else follows=${predecessor:-none}; fi
      if [ -n "$before" ]; then
        between=$((number - ${before%% *}))
        [ "$between" -le 1 ] || holes=$((holes + between - 1))
        if [ "$between" -eq 1 ]; then follows="\"${before#* }\""; elif [ "$between" -le 0 ] || [ "$holes" -gt "$absent" ]; then follows=none; fi
      fi
      [ "$predecessor" = "$follows" ] && { [ "$number" -eq 1 ] || [ "$predecessor" != null ]; } || fail "$statement does not follow the one before it" "$statement schließt nicht an die vorige an"
      before="$number $(hash < "$statement")"
    done
    [ "$counted" != none ] && [ $((counted - absent)) -eq "$runs" ] ||
      fail "the number of retention runs is not the one of the statement" "die Zahl der Löschläufe ist nicht die der Erklärung"
    [ "$runs" -eq 0 ] || t "Retention runs with a sealed statement: $runs" "Löschläufe mit gesiegelter Erklärung: $runs"
  fi
  if [ "$kind" = authority ]; then
    own=$(find data -name '*.evidence.zip')
    if [ -z "$deep" ]; then t "The bundle inside ($own) has a seal of its own, which was not checked: --inner" "Der enthaltene Nachweis ($own) hat ein eigenes Siegel; geprüft wird es mit --inner"
    else
      [ -f "$own" ] && [ "$(unzip -p "$own" META-INF/ASiCManifest001.xml 2> /dev/null | hash)" = "$(text_of "$(said predicate/bundle)")" ] ||
        fail "$own is another bundle than the statement names" "$own ist ein anderer Nachweis, als die Erklärung nennt"
      keys=()
      [ -z "$named_key" ] || keys=(--log-key "$work/keys")
      words=()
      [ -z "$certificate" ] || words+=("$certificate")
      [ -z "$tsa" ] || words+=("$tsa")
      OPENSSL=$program bash "$myself" "$own" --openings "$PWD/data/openings.jsonl" ${words[@]+"${words[@]}"} ${keys[@]+"${keys[@]}"} --lang "$lang" > "$work/inside" 2>&1
      code=$?
      while IFS= read -r line || [ -n "$line" ]; do t "  | $line" "  | $line"; done < "$work/inside"
      case $code in 0) ;; 4) [ -z "$trusted" ] || fail "$own is sealed by somebody else" "$own hat jemand anders gesiegelt" ;; *) fail "$own is invalid" "$own ist ungültig" ;; esac
    fi
  fi
  if [ -s "$work/signer.pem" ]; then
    level
    [ -n "$time" ] || t "No third party has stamped the time." "Die Zeit hat kein Dritter gestempelt."
    t "What is not proven stands in data/00-COVER.html." "Was nicht bewiesen ist, steht in data/00-COVER.html."
  fi
  ended beside
}
check_beside
finish
