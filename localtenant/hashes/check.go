package hashes

import (
	"fmt"
	"regexp"
	"slices"

	"usher/localtenant/description"
)

// bcryptPattern has the prefixes that Auth0 supports, and not $2$ or $2x$.
const bcryptPattern = `^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$`

var bcryptForm = regexp.MustCompile(bcryptPattern)

// Check says which of the rules for its algorithm a hash breaks. The schema's rules come first, and
// not here. The rules are documented. The codes are those of the validator for such rules, and the
// property is named from the hash; that Auth0 answers just so is a guess.
func (h *Hash) Check() *description.Violation {
	switch h.Algorithm {
	case "argon2":
		_, ok := parseArgon2(h.Hash.Value)
		return first(h.plain(), h.form(argon2Pattern, ok))
	case "pbkdf2":
		_, ok := parsePBKDF2(h.Hash.Value)
		return first(h.plain(), h.form(pbkdf2Pattern, ok))
	case "ldap":
		_, ok := parseLDAP(h.Hash.Value)
		return first(h.plain(), h.form(ldapPattern, ok))
	case "bcrypt":
		return first(h.encoded("", "utf8"), h.form(bcryptPattern, bcryptForm.MatchString(h.Hash.Value)), h.decodable())
	case "hmac":
		return first(h.encoded("hex", "base64"), h.mac(), h.decodable())
	case "scrypt":
		return first(h.encoded("hex", "base64"), h.scrypt(), h.decodable())
	case "md4", "md5", "sha1", "sha256", "sha512":
		return first(h.encoded("hex", "base64"), h.decodable())
	}
	return violation("ENUM_MISMATCH", "algorithm", "No enum match for: %s", h.Algorithm)
}

func violation(code, property, format string, args ...any) *description.Violation {
	return &description.Violation{Code: code, Property: property, Message: fmt.Sprintf(format, args...)}
}

func first(all ...*description.Violation) *description.Violation {
	for _, v := range all {
		if v != nil {
			return v
		}
	}
	return nil
}

func missing(property string) *description.Violation {
	return violation("OBJECT_REQUIRED", property, "Missing required property: %s", property)
}

// encoded wants the hash in one of some encodings; "" is one that is not named.
func (h *Hash) encoded(encodings ...string) *description.Violation {
	switch {
	case h.Hash.Value == "":
		return missing("hash.value")
	case slices.Contains(encodings, h.Hash.Encoding):
		return nil
	case h.Hash.Encoding == "":
		return missing("hash.encoding")
	}
	return violation("ENUM_MISMATCH", "hash.encoding", "No enum match for: %s", h.Hash.Encoding)
}

// plain is a text that has its salt within, and a salt beside it is not allowed.
func (h *Hash) plain() *description.Violation {
	if h.Salt != nil || h.Hash.Salt != nil {
		return violation("NOT_PASSED", "salt", "A salt is not allowed with the algorithm %s", h.Algorithm)
	}
	return h.encoded("", "utf8")
}

func (h *Hash) form(pattern string, ok bool) *description.Violation {
	if ok {
		return nil
	}
	return violation("PATTERN", "hash.value", "String does not match pattern %s", pattern)
}

func (h *Hash) mac() *description.Violation {
	switch {
	case h.Hash.Digest == "":
		return missing("hash.digest")
	case !slices.Contains(hmacDigests, h.Hash.Digest):
		return violation("ENUM_MISMATCH", "hash.digest", "No enum match for: %s", h.Hash.Digest)
	case h.Hash.Key == nil:
		return missing("hash.key")
	}
	return nil
}

func (h *Hash) scrypt() *description.Violation {
	cost := or(h.Cost, 16384)
	switch {
	case h.KeyLength == nil:
		return missing("keylen")
	case *h.KeyLength < 1:
		return violation("MINIMUM", "keylen", "Value %d is less than minimum 1", *h.KeyLength)
	case cost < 2 || cost&(cost-1) != 0:
		return violation("NOT_PASSED", "cost", "Value %d is not a power of two greater than one", cost)
	case or(h.BlockSize, 8) < 1:
		return violation("MINIMUM", "blockSize", "Value %d is less than minimum 1", *h.BlockSize)
	case or(h.Parallelization, 1) < 1:
		return violation("MINIMUM", "parallelization", "Value %d is less than minimum 1", *h.Parallelization)
	}
	return nil
}

// decodable finds a text that is not in its encoding.
func (h *Hash) decodable() *description.Violation {
	texts := map[string]*Text{"hash.value": &h.Hash.Text, "hash.key.value": h.Hash.Key}
	if h.Salt != nil {
		texts["salt.value"] = &h.Salt.Text
	}
	for _, property := range []string{"hash.value", "hash.key.value", "salt.value"} {
		if text := texts[property]; text != nil {
			if _, err := text.bytes(); err != nil {
				return violation("PATTERN", property, "String is not in the encoding %s", text.Encoding)
			}
		}
	}
	return nil
}
