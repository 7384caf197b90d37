// Package hashes checks passwords against the hashes of other systems, as an import of users into
// Auth0 brings them in custom_password_hash. The rules are those of
// https://auth0.com/docs/manage-users/user-migration/bulk-user-import-database-schema-and-examples.
package hashes

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/json"
	"slices"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"
)

// Hash is a custom_password_hash.
type Hash struct {
	Algorithm       string `json:"algorithm"`
	Hash            Value  `json:"hash"`
	Salt            *Salt  `json:"salt"`
	Password        Form   `json:"password"`
	KeyLength       *int   `json:"keylen"`          // in bytes, of scrypt
	Cost            *int   `json:"cost"`            // of scrypt; default 16384
	BlockSize       *int   `json:"blockSize"`       // of scrypt; default 8
	Parallelization *int   `json:"parallelization"` // of scrypt; default 1
}

// Value is the hash itself.
type Value struct {
	Text
	Digest string          `json:"digest"` // of hmac
	Key    *Text           `json:"key"`    // of hmac
	Salt   json.RawMessage `json:"salt"`   // not allowed with some algorithms
}

// Salt goes before the password, unless its position is "suffix".
type Salt struct {
	Text
	Position string `json:"position"`
}

// Form is the encoding in which the other system hashed passwords; default "utf8".
type Form struct {
	Encoding string `json:"encoding"`
}

// MaxPassword is how many bytes of a salt and a password bcrypt reads.
const MaxPassword = 72

// Matches reports whether password is the one behind the hash. A hash with a fault matches none.
func (h *Hash) Matches(password string) bool {
	if h.Check() != nil {
		return false
	}
	text := encode(password, h.Password.Encoding)
	switch h.Algorithm {
	case "argon2":
		a, ok := parseArgon2(h.Hash.Value)
		return ok && a.matches(text)
	case "pbkdf2":
		p, ok := parsePBKDF2(h.Hash.Value)
		return ok && p.matches(text)
	case "ldap":
		l, ok := parseLDAP(h.Hash.Value)
		return ok && l.matches(text)
	case "bcrypt":
		text = h.salted(text)
		if cost, err := bcrypt.Cost([]byte(h.Hash.Value)); err != nil || cost > maxCost {
			return false
		}
		return bcrypt.CompareHashAndPassword([]byte(h.Hash.Value), text[:min(len(text), MaxPassword)]) == nil
	case "scrypt":
		return h.matchesScrypt(text)
	case "hmac":
		return h.matchesHMAC(h.salted(text))
	}
	want, _ := h.Hash.bytes() // Check has decoded it
	return equal(want, sum(digests[h.Algorithm], h.salted(text)))
}

func (h *Hash) salt() []byte {
	if h.Salt == nil {
		return nil
	}
	salt, _ := h.Salt.bytes() // Check has decoded it
	return salt
}

func (h *Hash) salted(text []byte) []byte {
	if h.Salt != nil && h.Salt.Position == "suffix" {
		return slices.Concat(text, h.salt())
	}
	return slices.Concat(h.salt(), text)
}

func (h *Hash) matchesHMAC(text []byte) bool {
	digest := digests[h.Hash.Digest]
	if digest == nil {
		return false // whirlpool, which Go does not have
	}
	key, _ := h.Hash.Key.bytes() // Check has decoded both
	want, _ := h.Hash.bytes()
	mac := hmac.New(digest, key)
	_, _ = mac.Write(text) // a hash takes everything
	return equal(want, mac.Sum(nil))
}

// These bound the work that a hash can cause, so that it cannot stop the tenant.
const (
	maxMemory = 512 << 20 // bytes
	maxCost   = 16        // of bcrypt
)

func (h *Hash) matchesScrypt(text []byte) bool {
	want, _ := h.Hash.bytes() // Check has decoded it
	cost, size, lanes := or(h.Cost, 16384), or(h.BlockSize, 8), or(h.Parallelization, 1)
	if len(want) != *h.KeyLength || size > maxMemory/128/cost || lanes > maxMemory/128/cost/size {
		return false
	}
	got, err := scrypt.Key(text, h.salt(), cost, size, lanes, len(want))
	return err == nil && equal(want, got)
}

func or(p *int, otherwise int) int {
	if p == nil {
		return otherwise
	}
	return *p
}

// equal compares two hashes. An empty one equals none.
func equal(want, got []byte) bool { return len(want) > 0 && subtle.ConstantTimeCompare(want, got) == 1 }
