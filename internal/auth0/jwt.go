package auth0

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"usher/internal/jwks"
	"usher/internal/secrets"
	"usher/internal/skew"
	"usher/internal/strictjson"
)

const (
	maxKeyID     = 256 // bytes
	maxSubject   = 400 // bytes, as of every user's id here
	headerLevels = 10  // more than any header's objects are deep
)

// errExpired says that a token was good once.
var errExpired = errors.New("it has expired")

// signedToken is a token (RFC 7519) that the tenant has signed, with the claims that
// decide whether it counts. The others may be anything: see claimSet.
type signedToken struct {
	kind      string // the header's typ, in lower case; "" for none
	subject   string
	audience  []string
	party     string // azp; "" for none
	nonce     string // "" for none
	expiry    time.Time
	issuedAt  time.Time
	notBefore time.Time // zero for none
	said      claimSet
}

// readToken checks a token's form, header, signature and issuer, and reads the rest.
// It fails with a problem where the keys cannot be had, and with any other error for
// what is no token of the tenant's; no text of theirs holds a part of the token.
func (c *Client) readToken(ctx context.Context, credentials secrets.Credentials, raw string) (signedToken, error) {
	kind, err := readHeader(raw)
	if err != nil {
		return signedToken{}, err
	}
	keys := &tellingKeys{set: c.signingKeys(credentials)}
	payload, err := keys.VerifySignature(ctx, raw)
	if keys.failure != nil {
		return signedToken{}, keysProblem(keys.failure)
	}
	if err != nil {
		return signedToken{}, err
	}
	said, err := readClaims(payload)
	if err != nil {
		return signedToken{}, err
	}
	token, err := said.token()
	if err != nil {
		return signedToken{}, err
	}
	if made, _ := said.text("iss"); made != issuer(credentials) {
		return signedToken{}, errors.New("another issuer has made it")
	}
	token.kind = kind
	return token, nil
}

// timely holds a token to its times: it ends when it says, not a second later, and
// was not issued in the future.
func (t signedToken) timely(now time.Time) error {
	latest := now.Add(skew.Limit)
	switch {
	case !now.Before(t.expiry):
		return errExpired
	case t.issuedAt.After(latest) || t.notBefore.After(latest):
		return errors.New("it is of the future")
	}
	return nil
}

// readHeader looks at a token's form and header (RFC 7515, sections 3 and 4.1), and
// returns its type in lower case, since media types have no case.
func readHeader(raw string) (kind string, err error) {
	if !jwks.IsCompact(raw) {
		return "", errors.New("it is not three parts in base64url")
	}
	head, _, _ := strings.Cut(raw, ".")
	text, _ := base64.RawURLEncoding.DecodeString(head) // it is base64url
	value, err := strictjson.Read(text, headerLevels)
	header, isObject := value.(map[string]any)
	if err != nil || !isObject {
		return "", errors.New("its header is not an object, or has a member twice")
	}
	for name := range header {
		if isNamed(name, jwks.ForeignMembers) || isMisspelt(name, []string{"alg", "kid", "typ"}) {
			return "", errors.New("its header has what no token's has")
		}
	}
	if header["alg"] != "RS256" {
		return "", errors.New("its algorithm is not RS256")
	}
	if id, ok := header["kid"].(string); !ok || id == "" || len(id) > maxKeyID {
		return "", errors.New("it names no key")
	}
	typ, there := header["typ"]
	if kind, ok := typ.(string); there && (!ok || kind == "") {
		return "", errors.New("its type is none")
	} else if there {
		return strings.ToLower(kind), nil
	}
	return "", nil
}

// decisive are the claims by which a token counts or does not.
var decisive = []string{"iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "auth_time", "amr", "events"}

// readClaims refuses a payload in which one of the decisive claims stands twice, or
// in another case: readers disagree about what it says then, and the token goes on
// to front-ends. Others spoil nothing but themselves.
func readClaims(payload []byte) (claimSet, error) {
	members, twice, err := strictjson.Members(payload)
	if err != nil {
		return claimSet{}, fmt.Errorf("its payload: %w", err)
	}
	for name := range members {
		if isMisspelt(name, decisive) {
			return claimSet{}, errors.New("a claim is named in another case")
		}
	}
	for name := range twice {
		if isNamed(name, decisive) {
			return claimSet{}, errors.New("a claim stands twice")
		}
	}
	return claimSet{members, twice}, nil
}

// isNamed compares as the laxest readers do, Go's encoding/json among them.
func isNamed(name string, among []string) bool {
	return slices.ContainsFunc(among, func(one string) bool { return strings.EqualFold(one, name) })
}

func isMisspelt(name string, among []string) bool {
	return isNamed(name, among) && !slices.Contains(among, name)
}

// token reads the decisive claims; one that is there has to be what it should.
func (c claimSet) token() (t signedToken, err error) {
	fine := true
	text := func(name string) string {
		value, ok := c.text(name)
		fine = fine && (ok || !c.has(name))
		return value
	}
	moment := func(name string) time.Time {
		at, ok := c.moment(name)
		fine = fine && (ok || !c.has(name))
		return at
	}
	t = signedToken{
		subject: text("sub"), party: text("azp"), nonce: text("nonce"),
		expiry: moment("exp"), issuedAt: moment("iat"), notBefore: moment("nbf"), said: c,
	}
	t.audience = c.audience()
	switch {
	case !fine:
		return t, errors.New("a claim is of another type")
	case !isSubject(t.subject):
		return t, errors.New("it names no subject")
	case len(t.audience) == 0:
		return t, errors.New("it names no audience")
	case t.party == "" && c.has("azp"):
		return t, errors.New("it names no authorized party")
	case t.expiry.Unix() <= 0 || t.issuedAt.Unix() <= 0: // a missing one is long before
		return t, errors.New("it does not say when it was issued and ends")
	}
	return t, nil
}

// isSubject knows the ids that a user can have here. U+FFFD stands for what was no
// character: two ids may have become one.
func isSubject(id string) bool {
	odd := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	}
	return id != "" && id != "." && id != ".." && len(id) <= maxSubject && !strings.ContainsFunc(id, odd)
}
