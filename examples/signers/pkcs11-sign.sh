#!/bin/sh
# Signs for dsr with a key in a PKCS#11 token: a smart card, a security module, SoftHSM. Needs pkcs11-tool (package opensc) and openssl.
#
#   pkcs11-sign.sh MODULE TOKEN KEY-ID PIN-FILE
#
# MODULE is the vendor's library, TOKEN the token's label, KEY-ID the id of a P-256 key in hex, PIN-FILE a file with the PIN that only
# the account of dsr can read. In dsr.yaml, with the certificate that was issued for the key:
#
#   evidence:
#     seal:
#       command: [signers/pkcs11-sign.sh, /usr/lib/softhsm/libsofthsm2.so, evidence, "01", /etc/dsr/seal-pin]
#       certificate: seal.pem
#
# What is to be signed comes on standard input; the signature goes to standard output, in DER. A token knows neither the digest nor
# DER: CKM_ECDSA takes the SHA-256 and answers with r and s side by side, which pkcs11-tool then writes as the SEQUENCE of both.
set -eu
[ $# -eq 4 ] || { echo "usage: $0 MODULE TOKEN KEY-ID PIN-FILE" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# In the environment it is seen by this account alone; among the arguments everybody would see it.
DSR_PIN=$(cat "$4")
export DSR_PIN
openssl dgst -sha256 -binary > "$folder/digest"
pkcs11-tool --module "$1" --token-label "$2" --login --pin env:DSR_PIN --id "$3" --sign --mechanism ECDSA \
  --signature-format sequence --input-file "$folder/digest" --output-file "$folder/signature" > /dev/null 2>&1
cat "$folder/signature"
