package hashes

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"golang.org/x/crypto/md4"       //nolint:SA1019 // other systems have such hashes
	"golang.org/x/crypto/ripemd160" //nolint:SA1019 // other systems have such hashes
)

// digests are those that can be computed, by their names.
var digests = map[string]func() hash.Hash{
	"md4": md4.New, "md5": md5.New, "ripemd160": ripemd160.New, "sha1": sha1.New, "sha224": sha256.New224,
	"sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

// hmacDigests are those that a hash of hmac may name. The last matches no password here.
var hmacDigests = []string{"md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"}

// pbkdf2Digests are OpenSSL's names that a hash of pbkdf2 may have. What leads to "" is accepted,
// and matches no password here.
var pbkdf2Digests = map[string]string{
	"RSA-MD4": "md4", "RSA-MD5": "md5", "RSA-MDC2": "", "RSA-RIPEMD160": "ripemd160", "RSA-SHA1": "sha1",
	"RSA-SHA1-2": "sha1", "RSA-SHA224": "sha224", "RSA-SHA256": "sha256", "RSA-SHA384": "sha384", "RSA-SHA512": "sha512",
	"md4": "md4", "md4WithRSAEncryption": "md4", "md5": "md5", "md5WithRSAEncryption": "md5", "mdc2": "", "mdc2WithRSA": "",
	"ripemd": "ripemd160", "ripemd160": "ripemd160", "ripemd160WithRSA": "ripemd160", "rmd160": "ripemd160",
	"sha1": "sha1", "sha1WithRSAEncryption": "sha1", "sha224": "sha224", "sha224WithRSAEncryption": "sha224",
	"sha256": "sha256", "sha256WithRSAEncryption": "sha256", "sha384": "sha384", "sha384WithRSAEncryption": "sha384",
	"sha512": "sha512", "sha512WithRSAEncryption": "sha512", "ssl3-md5": "md5", "ssl3-sha1": "sha1", "whirlpool": "",
}

func sum(digest func() hash.Hash, text []byte) []byte {
	d := digest()
	_, _ = d.Write(text) // a hash takes everything
	return d.Sum(nil)
}
