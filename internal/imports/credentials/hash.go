package credentials

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"usher/internal/valid"
)

// bcryptOfCost10 are the hashes that the provider takes in password_hash.
var bcryptOfCost10 = regexp.MustCompile(`^\$2[ab]\$10\$[./A-Za-z0-9]{53}$`)

// PasswordHash is the rule for a record's password_hash.
var PasswordHash = valid.When(bcryptOfCost10.MatchString,
	"must be a bcrypt hash with the prefix $2a$10$ or $2b$10$. Put other bcrypt hashes into custom_password_hash, with the algorithm bcrypt")

// The encodings of binary data, and of passwords when they were hashed.
var (
	encodings         = []string{"base64", "hex", "utf8"}
	passwordEncodings = []string{"ascii", "utf8", "utf16le", "ucs2", "latin1", "binary"}
)

// algorithm is the rules for the hashes of an algorithm.
type algorithm struct {
	text   valid.Rule // the hash is a text of this form; nil for binary data in an encoding
	size   int64      // of a binary hash, in bytes; 0 if it depends on other members
	noSalt bool       // the text contains the salt
}

var algorithms = map[string]algorithm{
	"argon2": {text: argon2Hash, noSalt: true},
	"bcrypt": {text: bcryptHash},
	"hmac":   {},
	"ldap":   {text: ldapHash, noSalt: true},
	"md4":    {size: digestSizes["md4"]},
	"md5":    {size: digestSizes["md5"]},
	"pbkdf2": {text: pbkdf2Hash, noSalt: true},
	"scrypt": {},
	"sha1":   {size: digestSizes["sha1"]},
	"sha256": {size: digestSizes["sha256"]},
	"sha512": {size: digestSizes["sha512"]},
}

// digestSizes are the digests of hmac with the size of a hash, in bytes.
var digestSizes = map[string]int64{
	"md4": 16, "md5": 16, "ripemd160": 20, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64, "whirlpool": 64,
}

var scryptMembers = []string{"keylen", "cost", "blockSize", "parallelization"}

// CheckCustomHash checks a record's custom_password_hash. It also refuses hashes that the provider accepts
// although they match no password, such as one of the wrong length.
func CheckCustomHash(faults *valid.Faults, members map[string]any) {
	o := object{faults, "custom_password_hash", members, true}
	o.only(append([]string{"algorithm", "hash", "salt", "password"}, scryptMembers...)...)
	name, known := o.text("algorithm", valid.OneOf(slices.Sorted(maps.Keys(algorithms))...))
	if password := o.object("password", false); password.isValid {
		password.only("encoding")
		password.choice("encoding", "utf8", passwordEncodings...)
	}
	hash := o.object("hash", true)
	hash.only("value", "encoding", "digest", "key")
	if !known || !hash.isValid {
		return
	}
	a := algorithms[name]
	o.checkSalt(name, a)
	if name != "scrypt" {
		o.refuse("is only for the algorithm scrypt", scryptMembers...)
	}
	if name != "hmac" {
		hash.refuse("is only for the algorithm hmac", "digest", "key")
	}
	switch {
	case a.text != nil:
		hash.choice("encoding", "utf8", "utf8")
		hash.text("value", a.text)
	case name == "hmac":
		hash.checkMAC()
	case name == "scrypt":
		o.checkScrypt(hash)
	default:
		hash.checkBinary(a.size)
	}
}

func (o object) checkSalt(name string, a algorithm) {
	if a.noSalt {
		o.refuse("is not allowed: hashes of the algorithm "+name+" contain their salt", "salt")
		return
	}
	if salt := o.object("salt", false); salt.isValid {
		salt.only("value", "encoding", "position")
		salt.choice("position", "prefix", "prefix", "suffix")
		salt.checkEncoded("utf8", encodings, 0)
	}
}

// checkEncoded checks data in one of some encodings. size is its length in bytes; 0 for any.
func (o object) checkEncoded(fallback string, encodings []string, size int64) {
	encoding, known := o.choice("encoding", fallback, encodings...)
	if !known {
		return
	}
	if encoding == "" {
		o.faults.Add(o.at("encoding"), fmt.Sprintf("must be one of %q", encodings))
		return
	}
	o.text("value", func(value string) string {
		data, ok := decoded(value, encoding)
		switch {
		case value == "":
			return "is empty"
		case !ok:
			return "is not in the encoding " + encoding
		case size != 0 && int64(len(data)) != size:
			return fmt.Sprintf("must be a hash of %d bytes", size)
		}
		return ""
	})
}

// checkBinary is checkEncoded for a hash.
func (o object) checkBinary(size int64) { o.checkEncoded("", []string{"base64", "hex"}, size) }

func (o object) checkMAC() {
	digest, known := o.text("digest", valid.OneOf(slices.Sorted(maps.Keys(digestSizes))...))
	if known {
		o.checkBinary(digestSizes[digest])
	}
	if key := o.object("key", true); key.isValid {
		key.only("value", "encoding")
		key.checkEncoded("utf8", encodings, 0)
	}
}

func (o object) checkScrypt(hash object) {
	const positive = "must be a whole number greater than zero"
	isPositive := func(n int64) bool { return n > 0 }
	if !o.has("keylen") {
		o.faults.Add(o.at("keylen"), "is missing")
	} else if length, ok := o.number("keylen", 0, positive, isPositive); ok {
		hash.checkBinary(length)
	}
	o.number("cost", 16384, "must be a power of two greater than one", func(n int64) bool { return n > 1 && n&(n-1) == 0 })
	o.number("blockSize", 8, positive, isPositive)
	o.number("parallelization", 1, positive, isPositive)
}

var fromURLAlphabet = strings.NewReplacer("-", "+", "_", "/")

// decoded decodes data. Hex may be in either case, and Base64 in either alphabet, with or without padding.
func decoded(value, encoding string) (data []byte, ok bool) {
	var err error
	switch encoding {
	case "hex":
		data, err = hex.DecodeString(value)
	case "base64":
		data, err = base64.RawStdEncoding.DecodeString(fromURLAlphabet.Replace(strings.TrimRight(value, "=")))
	default:
		data = []byte(value)
	}
	return data, err == nil
}
