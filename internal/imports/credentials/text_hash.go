package credentials

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"

	"usher/internal/valid"
)

// The forms of hashes that are texts. Those of Argon2 and PBKDF2 are in the PHC format
// (https://github.com/P-H-C/phc-string-format).
var (
	bcryptForm = regexp.MustCompile(`^\$2[aby]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}$`)
	argon2Form = regexp.MustCompile(`^\$argon2id?\$v=19\$m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$`)
	pbkdf2Form = regexp.MustCompile(`^\$pbkdf2-([A-Za-z0-9-]+)(?:\$(?:i=([0-9]{1,9}))?,?(?:l=([0-9]{1,9}))?)?\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$`)
	ldapForm   = regexp.MustCompile(`(?i)^\{(s?)(md5|sha(?:1|224|256|384|512)?)\}([A-Za-z0-9+/]+={0,2})$`)
)

var bcryptHash = valid.When(bcryptForm.MatchString, "must be a bcrypt hash with the prefix $2a$, $2b$ or $2y$ and a cost of 4 to 31")

// argon2Hash is the rule of libsodium, with which the provider checks passwords
// (https://github.com/auth0/magic).
var argon2Hash = valid.When(isArgon2,
	"must be an argon2i or argon2id hash in the PHC format, such as $argon2id$v=19$m=65536,t=2,p=1$SALT$HASH. argon2d is not supported")

func isArgon2(value string) bool {
	m := argon2Form.FindStringSubmatch(value)
	if m == nil {
		return false
	}
	memory, passes, lanes := whole(m[1]), whole(m[2]), whole(m[3])
	return passes > 0 && lanes > 0 && lanes < 256 && memory >= 8*lanes && sizeOf(m[4]) >= 0 && sizeOf(m[5]) >= 4
}

var pbkdf2Hash = valid.When(isPBKDF2,
	"must be in the PHC format, such as $pbkdf2-sha512$i=100000,l=64$SALT$HASH, with a digest that the identity provider supports")

func isPBKDF2(value string) bool {
	m := pbkdf2Form.FindStringSubmatch(value)
	if m == nil || !pbkdf2Digests[m[1]] || sizeOf(m[4]) < 0 || sizeOf(m[5]) < 0 {
		return false
	}
	isFit := m[3] == "" || whole(m[3]) == sizeOf(m[5]) // a hash of another length matches no password
	return isFit && (m[2] == "" || whole(m[2]) > 0)
}

// pbkdf2Digests are the provider's names of digests.
var pbkdf2Digests = set(`RSA-MD4 RSA-MD5 RSA-MDC2 RSA-RIPEMD160 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA384 RSA-SHA512
	md4 md4WithRSAEncryption md5 md5WithRSAEncryption mdc2 mdc2WithRSA ripemd ripemd160 ripemd160WithRSA rmd160
	sha1 sha1WithRSAEncryption sha224 sha224WithRSAEncryption sha256 sha256WithRSAEncryption
	sha384 sha384WithRSAEncryption sha512 sha512WithRSAEncryption ssl3-md5 ssl3-sha1 whirlpool`)

func set(names string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		all[name] = true
	}
	return all
}

// ldapHash is the rule for a userPassword (RFC 2307, section 5.3) with a digest: the hash, followed by the
// salt of a salted one (https://www.openldap.org/faq/data/cache/347.html).
var ldapHash = valid.When(isLDAP, "must be a userPassword of RFC 2307 with one of the schemes MD5, SMD5, SHA and SSHA, such as {SSHA}BASE64")

func isLDAP(value string) bool {
	m := ldapForm.FindStringSubmatch(value)
	if m == nil {
		return false
	}
	digest := strings.ToLower(m[2])
	if digest == "sha" {
		digest = "sha1"
	}
	size := int(digestSizes[digest])
	got := sizeOf(strings.TrimRight(m[3], "="))
	return got == size || m[1] != "" && got > size
}

// sizeOf returns the number of bytes of data in Base64 without padding; -1 if it is malformed.
func sizeOf(text string) int {
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return -1
	}
	return len(data)
}

// whole returns the number of digits that a pattern has found; 0 for none.
func whole(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
