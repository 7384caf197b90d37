package authorizer

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"usher/internal/permission"
	"usher/internal/skew"
)

const (
	// leeway is how far the issuer's clock and this one may be apart.
	leeway = skew.Limit

	// maxTime is the end of the year 9999, in Unix seconds.
	maxTime = 253402300799
)

// read looks at what a rightly signed token says. Who it is for comes first: keys
// can be shared between issuers, and what another one says of the rest is worth
// nothing.
func (a *Authorizer) read(payload []byte) (Grant, error) {
	said, err := readObject(payload)
	if err != nil {
		return Grant{}, refuse(Malformed, "the payload "+err.Error())
	}
	if issuer, ok := said.text("iss"); !ok || issuer != a.issuer {
		return Grant{}, refuse(WrongIssuer, "another issuer has made it")
	}
	if !said.isFor(a.audience) {
		return Grant{}, refuse(WrongAudience, "it is for another audience")
	}
	if why := said.notForBearers(); why != "" {
		return Grant{}, refuse(NotForBearers, why)
	}
	caller, refusal := said.caller(a.rule)
	if refusal != nil {
		return Grant{}, refusal
	}
	expiry, refusal := said.validAt(a.now())
	if refusal != nil {
		return Grant{}, refusal.of(caller)
	}
	groups, ok := said.groups()
	if !ok {
		return Grant{}, refuse(BadPermissions, "its scopes are neither text nor a list").of(caller)
	}
	return Grant{Caller: caller, Groups: groups, Expiry: expiry}, nil
}

// isFor reports whether aud, a text or a list, names the audience.
func (o object) isFor(audience string) bool {
	if one, ok := o.text("aud"); ok {
		return one == audience
	}
	all, ok := o.texts("aud")
	return ok && slices.Contains(all, audience)
}

// notForBearers finds what is no access token, or none that anybody who holds it
// may use: an ID token has hashes of what came along with it, a logout or event
// token has events, and cnf asks for a proof that a bearer does not give (RFC
// 9449, section 7.1, has it refused).
func (o object) notForBearers() (why string) {
	for _, name := range []string{"at_hash", "c_hash", "s_hash", "events", "cnf"} {
		if o.has(name) {
			return "it has the claim " + name
		}
	}
	return ""
}

// validAt checks exp, which there must be, and nbf and iat, and returns exp.
func (o object) validAt(now time.Time) (expiry time.Time, refusal *Refusal) {
	times := map[string]time.Time{}
	for _, name := range []string{"exp", "nbf", "iat"} {
		at, ok := numericDate(o[name])
		if !ok && (o.has(name) || name == "exp") {
			return expiry, refuse(BadTime, name+" is not a time")
		}
		if ok {
			times[name] = at
		}
	}
	if !now.Before(times["exp"].Add(leeway)) {
		return expiry, refuse(Expired, "it has expired")
	}
	for _, name := range []string{"nbf", "iat"} {
		if now.Add(leeway).Before(times[name]) {
			return expiry, refuse(NotYetValid, "its "+name+" is in the future")
		}
	}
	return times["exp"], nil
}

// numericDate reads seconds since 1970, with or without a fraction (RFC 7519,
// section 2). A number in quotes is none.
func numericDate(claim any) (time.Time, bool) {
	number, ok := claim.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > maxTime {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*float64(time.Second))), true
}

// groups are those whose scopes the token has: in scope (RFC 9068), or where
// there is none in scp, or where there is neither in roles, by which some issuers
// say what an application may. The first that is there counts alone. A list of all
// that the token's user may do, such as Auth0's permissions, is not read: it is
// more than the application was given. Scopes of other things are passed over.
func (o object) groups() (groups []permission.Group, ok bool) {
	for _, name := range []string{"scope", "scp", "roles"} {
		if !o.has(name) {
			continue
		}
		all, isList := o.texts(name)
		text, isText := o.text(name)
		if isText {
			all = strings.Split(text, " ")
		}
		return permission.Having(all), isList || isText
	}
	return nil, true
}
