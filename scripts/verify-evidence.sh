#!/usr/bin/env bash
# Verifies an evidence bundle with stock tools only: unzip, openssl, sed, awk, sha256sum (or shasum). dsr is not needed.
#
#   verify-evidence.sh BUNDLE.zip|FOLDER [CERTIFICATE.pem]
#
# The certificate must have reached you on another way than the bundle. Without one the bundle can at best be intact.
# Exit code: 0 valid, 4 intact but signer unknown, 5 invalid; 1 a tool is missing, 2 wrong use.
set -u
export LC_ALL=C

say() { printf '%s\n' "$*"; }
broken=0
fail() { broken=1; say "FAIL $*"; }
finish() {
  if [ "$broken" -ne 0 ]; then say "INVALID: do not rely on this copy."; exit 5; fi
  if [ -n "$trusted" ]; then say "VALID: intact, and sealed by the holder of the certificate you named."; exit 0; fi
  say "INTACT, BUT SIGNER UNKNOWN: compare the fingerprint over another channel, or name the certificate."
  exit 4
}

[ $# -ge 1 ] && [ $# -le 2 ] || { say "usage: $0 BUNDLE.zip|FOLDER [CERTIFICATE.pem]" >&2; exit 2; }
bundle=$1
certificate=${2:-}
[ -e "$bundle" ] || { say "$bundle does not exist" >&2; exit 2; }
[ -z "$certificate" ] || [ -r "$certificate" ] || { say "$certificate cannot be read" >&2; exit 2; }
for tool in openssl sed awk sort find cmp; do
  command -v "$tool" > /dev/null || { say "$tool is missing" >&2; exit 1; }
done
if command -v sha256sum > /dev/null; then hash() { sha256sum | cut -c 1-64; }
else hash() { shasum -a 256 | cut -c 1-64; }; fi
openssl cms -help 2>&1 | grep -q -- -cades || { say "this openssl does not know -cades; install OpenSSL 3" >&2; exit 1; }
trusted=

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
absolute() { case $1 in /*) say "$1" ;; *) say "$PWD/$1" ;; esac; }
[ -z "$certificate" ] || certificate=$(absolute "$certificate")

# 1. The zip: nothing before, nothing after, no name that leads elsewhere, nothing that explodes.
if [ -d "$bundle" ]; then
  cd "$bundle" || exit 1
else
  command -v unzip > /dev/null || { say "unzip is missing" >&2; exit 1; }
  bundle=$(absolute "$bundle")
  [ "$(head -c 69 "$bundle" | tail -c 39 | tr -d '\0')" = "mimetypeapplication/vnd.etsi.asic-e+zip" ] || fail "the zip does not begin with the container's type"
  [ "$(tail -c 22 "$bundle" | head -c 4 | od -An -tx1 | tr -d ' \n')" = 504b0506 ] || fail "something stands after the zip's end"
  unzip -Z1 "$bundle" > "$work/names" 2> /dev/null || fail "this is no readable zip"
  grep -qvE '^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$' "$work/names" && fail "a file has a name that no bundle contains"
  grep -qE '(^|/)\.\.?(/|$)' "$work/names" && fail "a file name leads out of the bundle"
  [ -z "$(tr 'A-Z' 'a-z' < "$work/names" | sort | uniq -d)" ] || fail "a file is there twice"
  [ "$(wc -l < "$work/names")" -le 200 ] || fail "there are too many files"
  unzip -Z "$bundle" 2> /dev/null | grep -qE '^[lbcpsd][rwxsStT-]{6,9} ' && fail "there is a link or another special file"
  packed=$(wc -c < "$bundle")
  unzip -Zt "$bundle" 2> /dev/null | awk -v packed="$packed" '{ exit !($3 > 67108864 && $3 > 200 * packed) }' && fail "unpacked it would be far too large"
  [ "$broken" -eq 0 ] || finish
  mkdir "$work/x" && unzip -qq "$bundle" -d "$work/x" < /dev/null > /dev/null 2>&1 || { fail "the zip is damaged"; finish; }
  cd "$work/x" || exit 1
fi
[ -z "$(find . ! -type f ! -type d)" ] || { fail "there is a link or another special file"; finish; }
find . -type f | sed 's|^\./||' | sort > "$work/files"
for file in mimetype bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt VERIFY.txt \
  data/00-COVER.html data/00-COVER.txt data/statement.json data/records.jsonl data/journal.jsonl data/systems.jsonl \
  data/inventory.json data/law.json data/environment.json META-INF/ASiCManifest001.xml META-INF/signature001.p7s; do
  [ -f "$file" ] || fail "$file is missing"
done
[ "$broken" -eq 0 ] || finish
[ "$(cat mimetype)" = "application/vnd.etsi.asic-e+zip" ] || fail "mimetype names another kind of container"

# 2. The BagIt lists: every file named, every file as its digest says.
check_list() { # LIST, awk condition on the names it must hold
  if grep -qvE '^[0-9a-f]{64}  [A-Za-z0-9._/-]+$' "$1"; then fail "$1 has another form than this format"; return; fi
  cut -c 67- "$1" | sort > "$work/listed"
  awk "$2" "$work/files" | cmp -s - "$work/listed" || fail "$1 does not list exactly the files that are there"
  while read -r digest file; do
    [ -f "$file" ] && [ "$(hash < "$file")" = "$digest" ] || fail "$file was changed or is missing ($1)"
  done < "$1"
}
check_list manifest-sha256.txt '/^data\//'
check_list tagmanifest-sha256.txt '!/\// && $0 != "tagmanifest-sha256.txt"'
oxum=$(find data -type f -exec wc -c {} \; | awk '{ size += $1; count++ } END { print size "." count }')
grep -qxF "Payload-Oxum: $oxum" bag-info.txt || fail "Payload-Oxum is not that of the files"

# 3. The sealed list (ASiC): every other file named, every digest right.
list=META-INF/ASiCManifest001.xml
sed -n 's/.*DataObjectReference .*URI="\([^"]*\)".*<ds:DigestValue>\([^<]*\)<.*/\2 \1/p' "$list" > "$work/references"
[ "$(grep -o '<asic:DataObjectReference ' "$list" | wc -l)" -eq "$(wc -l < "$work/references")" ] || fail "$list has another form than this format"
while read -r digest file; do
  [ -f "$file" ] && [ "$(openssl dgst -sha256 -binary "$file" | openssl base64 -A)" = "$digest" ] || fail "$file was changed or is missing ($list)"
done < "$work/references"
cut -d ' ' -f 2- "$work/references" | sort > "$work/listed"
grep -vxE 'mimetype|META-INF/(ASiCManifest00[12]\.xml|signature001\.p7s|timestamp[0-9]{1,3}\.tst|ASiCArchiveManifest[0-9]*\.xml|ASiCEvidenceRecordManifest[0-9]*\.xml|evidencerecord[0-9]*\.ers)' "$work/files" > "$work/expected"
cmp -s "$work/expected" "$work/listed" || fail "files were added or are missing: $(comm -3 "$work/expected" "$work/listed" | tr -d '\t' | tr '\n' ' ')"

# 4. The journal: each event names the hash of the one before it; count and last hash stand in the statement.
previous=$(printf '%064d' 0)
count=0
while IFS= read -r line; do
  count=$((count + 1))
  link=$(printf '%s\n' "$line" | sed -n 's/.*"case_prev":"\([0-9a-f]\{64\}\)".*/\1/p')
  [ "$link" = "$previous" ] || { fail "data/journal.jsonl, line $count does not follow the one before it"; break; }
  previous=$(printf '%s' "$line" | hash)
done < data/journal.jsonl
[ "$count" -gt 0 ] && head="\"$previous\"" || head=null
grep -qF "\"journal\":{\"count\":$count,\"head\":$head}" data/statement.json || fail "the journal is not the one of the statement"
grep -qF "\"records\":{\"count\":$(wc -l < data/records.jsonl | tr -d ' ')," data/statement.json || fail "the number of records is not the one of the statement"

# 5. The seal over the list. System certificate stores are left out: only the named certificate counts.
seal=META-INF/signature001.p7s
stamp=$(openssl cms -cmsout -print -inform DER -in "$seal" 2> /dev/null | awk '/signingTime/ { found = 1 } found && /(UTC|GENERALIZED)TIME/ { sub(/.*TIME: */, ""); print; exit }')
at=$(date -u -d "$stamp" +%s 2> /dev/null || date -u -j -f '%b %e %T %Y %Z' "$stamp" +%s 2> /dev/null)
[ -n "$stamp" ] && [ -n "$at" ] || fail "the seal names no time"
sealed_by() { # CERTIFICATES; they are judged at the time of the seal, for later they may have expired
  openssl cms -verify -cades -binary -inform DER -in "$seal" -content "$list" -CAfile "$1" -no-CApath -no-CAstore \
    -partial_chain -purpose any ${at:+-attime "$at"} -signer "$work/signer.pem" -out /dev/null > /dev/null 2>&1
}
openssl pkcs7 -inform DER -in "$seal" -print_certs -out "$work/certificates.pem" 2> /dev/null
if [ -n "$certificate" ] && sealed_by "$certificate"; then
  trusted=yes
elif ! sealed_by "$work/certificates.pem"; then
  fail "the seal does not hold"
fi
if [ -s "$work/signer.pem" ]; then
  say "Sealed (by the sealing machine's own clock): $stamp"
  say "Certificate: $(openssl x509 -in "$work/signer.pem" -noout -subject -nameopt utf8,sep_comma_plus_space | sed 's/^subject=//' | tr -cd '[:print:]')"
  say "SHA-256 fingerprint: $(openssl x509 -in "$work/signer.pem" -noout -fingerprint -sha256 | sed 's/.*=//')"
  say "No third party has stamped the time. What else is not proven stands in data/00-COVER.html."
fi
finish
