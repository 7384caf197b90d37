package hashes

import (
	"regexp"
	"slices"
	"strings"
)

// ldapPattern is userPassword of RFC 2307, section 5.3, with the schemes of
// https://www.openldap.org/faq/data/cache/347.html: a salt, where there is one, follows the digest.
const ldapPattern = `(?i)^\{(s?md5|s?sha(?:1|224|256|384|512)?)\}([A-Za-z0-9+/]+={0,2})$`

var ldapForm = regexp.MustCompile(ldapPattern)

type ldapHash struct {
	digest     string
	hash, salt []byte
}

func parseLDAP(text string) (l ldapHash, ok bool) {
	m := ldapForm.FindStringSubmatch(text)
	if m == nil {
		return l, false
	}
	scheme := strings.ToLower(m[1])
	salted := strings.HasPrefix(scheme, "ss") || scheme == "smd5"
	l.digest = scheme
	if salted {
		l.digest = scheme[1:]
	}
	if l.digest == "sha" {
		l.digest = "sha1"
	}
	both, err := decodeBase64(m[2])
	size := digests[l.digest]().Size()
	if err != nil || len(both) < size || !salted && len(both) > size {
		return l, false
	}
	l.hash, l.salt = both[:size], both[size:]
	return l, true
}

func (l ldapHash) matches(text []byte) bool {
	return equal(l.hash, sum(digests[l.digest], slices.Concat(text, l.salt)))
}
