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
	maxSubject   = 400 // bytes, as for all user IDs
	headerLevels = 10  // more than any header is nested
)

// errExpired means that a token has expired.
var errExpired = errors.New("it has expired")

// signedToken is a token (RFC 7519) signed by the tenant, with its decisive claims. The
// other claims are unchecked: see claimSet.
type signedToken struct {
	kind      string // the header's typ, in lower case; "" for none
	subject   string
	audience  []string
	party     string // azp; "" for none
	nonce     string // "" for none
	expiry    time.Time
	issuedAt  time.Time
	notBefore time.Time // zero for none
	claims    claimSet
}

// readToken checks a token's form, header, signature and issuer, and reads the claims. It
// fails with a problem if the keys are unavailable, and with another error if the tenant
// did not issue the token. No error contains a part of the token.
func (c *Client) readToken(ctx context.Context, credentials secrets.Credentials, raw string) (signedToken, error) {
	kind, err := readHeader(raw)
	if err != nil {
		return signedToken{}, err
	}
	payload, err := c.signingKeys(credentials).VerifySignature(ctx, raw)
	if failure, ok := errors.AsType[*jwks.FetchError](err); ok {
		return signedToken{}, keysProblem(failure)
	}
	if err != nil {
		return signedToken{}, err
	}
	claims, err := readClaims(payload)
	if err != nil {
		return signedToken{}, err
	}
	token, err := claims.token()
	if err != nil {
		return signedToken{}, err
	}
	if made, _ := claims.text("iss"); made != issuer(credentials) {
		return signedToken{}, errors.New("it is from another issuer")
	}
	token.kind = kind
	return token, nil
}

// timely checks a token's times: it is valid until exactly its expiry, and not issued in the future.
func (t signedToken) timely(now time.Time) error {
	latest := now.Add(skew.Limit)
	switch {
	case !now.Before(t.expiry):
		return errExpired
	case t.issuedAt.After(latest) || t.notBefore.After(latest):
		return errors.New("it is from the future")
	}
	return nil
}

// readHeader checks a token's form and header (RFC 7515, sections 3 and 4.1), and returns
// its type in lower case: media types are case-insensitive.
func readHeader(raw string) (kind string, err error) {
	if !jwks.IsCompact(raw) {
		return "", errors.New("it is not three parts in base64url")
	}
	head, _, _ := strings.Cut(raw, ".")
	text, _ := base64.RawURLEncoding.DecodeString(head) // IsCompact has checked it
	value, err := strictjson.Read(text, headerLevels)
	header, isObject := value.(map[string]any)
	if err != nil || !isObject {
		return "", errors.New("its header is not an object, or has a duplicate member")
	}
	for name := range header {
		if isNamed(name, jwks.ForeignMembers) || isMisspelt(name, []string{"alg", "kid", "typ"}) {
			return "", errors.New("its header has an unexpected member")
		}
	}
	if header["alg"] != "RS256" {
		return "", errors.New("its algorithm is not RS256")
	}
	if id, ok := header["kid"].(string); !ok || id == "" || len(id) > maxKeyID {
		return "", errors.New("it has no valid key ID")
	}
	typ, there := header["typ"]
	if kind, ok := typ.(string); there && (!ok || kind == "") {
		return "", errors.New("its type is not valid")
	} else if there {
		return strings.ToLower(kind), nil
	}
	return "", nil
}

// decisive lists the claims that decide whether a token is valid.
var decisive = []string{"iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "auth_time", "amr", "events"}

// readClaims refuses a payload with a decisive claim that is duplicate or in another case: readers read
// it differently, and front-ends get the token. A duplicate of another claim invalidates only that claim.
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
			return claimSet{}, errors.New("a claim is a duplicate")
		}
	}
	return claimSet{members, twice}, nil
}

// isNamed compares names like the laxest readers, such as Go's encoding/json.
func isNamed(name string, among []string) bool {
	return slices.ContainsFunc(among, func(one string) bool { return strings.EqualFold(one, name) })
}

func isMisspelt(name string, among []string) bool {
	return isNamed(name, among) && !slices.Contains(among, name)
}

// token reads the decisive claims. A claim of another type is an error.
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
		expiry: moment("exp"), issuedAt: moment("iat"), notBefore: moment("nbf"), claims: c,
	}
	t.audience = c.audience()
	switch {
	case !fine:
		return t, errors.New("a claim has the wrong type")
	case !isSubject(t.subject):
		return t, errors.New("it has no valid subject")
	case len(t.audience) == 0:
		return t, errors.New("it has no audience")
	case t.party == "" && c.has("azp"):
		return t, errors.New("its authorized party is empty")
	case t.expiry.Unix() <= 0 || t.issuedAt.Unix() <= 0: // a missing claim is the zero time
		return t, errors.New("it has no time of issue or no expiry")
	}
	return t, nil
}

// isSubject reports whether an ID can be a user's ID. U+FFFD replaces invalid text, so two
// IDs may have become equal.
func isSubject(id string) bool {
	odd := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	}
	return id != "" && id != "." && id != ".." && len(id) <= maxSubject && !strings.ContainsFunc(id, odd)
}
