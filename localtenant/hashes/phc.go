package hashes

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"strconv"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/pbkdf2"
)

// Hashes as text in the PHC format: https://github.com/P-H-C/phc-string-format.

// argon2Pattern has the variants and the version of libsodium, by which Auth0 checks them
// (https://github.com/auth0/magic): no argon2d.
const argon2Pattern = `^\$argon2(id?)\$v=19\$m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$`

// pbkdf2Pattern has parameters that may be left out, one by one or all.
const pbkdf2Pattern = `^\$pbkdf2-([A-Za-z0-9-]+)(?:\$(?:i=([0-9]{1,9}))?,?(?:l=([0-9]{1,9}))?)?\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$`

var argon2Form, pbkdf2Form = regexp.MustCompile(argon2Pattern), regexp.MustCompile(pbkdf2Pattern)

type argon2Hash struct {
	variant              string // "i" or "id"
	memory, passes, lane int    // KiB, number, number
	salt, hash           []byte
}

func parseArgon2(text string) (a argon2Hash, ok bool) {
	m := argon2Form.FindStringSubmatch(text)
	if m == nil {
		return a, false
	}
	a = argon2Hash{variant: m[1], memory: number(m[2], 0), passes: number(m[3], 0), lane: number(m[4], 0)}
	a.salt, a.hash, ok = saltAndHash(m[5], m[6])
	return a, ok && a.passes > 0 && a.lane > 0 && a.lane < 256 && a.memory >= 8*a.lane
}

func (a argon2Hash) matches(text []byte) bool {
	const work = 4 << 20 // KiB times passes
	if a.memory > maxMemory>>10 || a.passes > work/a.memory {
		return false
	}
	derive := argon2.IDKey
	if a.variant == "i" {
		derive = argon2.Key
	}
	return equal(a.hash, derive(text, a.salt, uint32(a.passes), uint32(a.memory), uint8(a.lane), uint32(len(a.hash))))
}

type pbkdf2Hash struct {
	digest             string // "" is one that cannot be computed
	iterations, length int
	salt, hash         []byte
}

func parsePBKDF2(text string) (p pbkdf2Hash, ok bool) {
	m := pbkdf2Form.FindStringSubmatch(text)
	if m == nil {
		return p, false
	}
	digest, known := pbkdf2Digests[m[1]]
	p = pbkdf2Hash{digest: digest, iterations: number(m[2], 100_000), length: number(m[3], 64)}
	p.salt, p.hash, ok = saltAndHash(m[4], m[5])
	return p, ok && known && p.iterations > 0 && p.length > 0
}

func (p pbkdf2Hash) matches(text []byte) bool {
	const work = 20_000_000 // iterations times blocks
	digest := digests[p.digest]
	if digest == nil || p.length != len(p.hash) || p.iterations > work/(1+p.length/digest().Size()) {
		return false
	}
	return equal(p.hash, pbkdf2.Key(text, p.salt, p.iterations, p.length, digest))
}

// number reads digits that a pattern has found; none are a default.
func number(digits string, otherwise int) int {
	n, _ := strconv.Atoi(cmp.Or(digits, strconv.Itoa(otherwise)))
	return n
}

func saltAndHash(a, b string) (salt, hash []byte, ok bool) {
	salt, err := base64.RawStdEncoding.DecodeString(a)
	if err != nil {
		return nil, nil, false
	}
	hash, err = base64.RawStdEncoding.DecodeString(b)
	return salt, hash, err == nil
}
