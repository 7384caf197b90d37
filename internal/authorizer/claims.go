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
	// leeway is the accepted difference between the issuer's clock and this one.
	leeway = skew.Limit

	// maxTime is the end of the year 9999, in Unix seconds.
	maxTime = 253402300799
)

// read checks the claims of a token with a valid signature. It checks issuer and audience
// first, because issuers can share keys.
func (a *Authorizer) read(payload []byte) (Grant, error) {
	claims, err := readObject(payload)
	if err != nil {
		return Grant{}, refuse(Malformed, "the payload "+err.Error())
	}
	if issuer, ok := claims.text("iss"); !ok || issuer != a.issuer {
		return Grant{}, refuse(WrongIssuer, "it is from another issuer")
	}
	if !claims.isFor(a.audience) {
		return Grant{}, refuse(WrongAudience, "it is for another audience")
	}
	if fault := claims.notForBearers(); fault != "" {
		return Grant{}, refuse(NotForBearers, fault)
	}
	caller, refusal := claims.caller(a.rule)
	if refusal != nil {
		return Grant{}, refusal
	}
	expiry, refusal := claims.validAt(a.now())
	if refusal != nil {
		return Grant{}, refusal.of(caller)
	}
	groups, ok := claims.groups()
	if !ok {
		return Grant{}, refuse(BadPermissions, "its scopes are neither a string nor a list").of(caller)
	}
	return Grant{Caller: caller, Groups: groups, Expiry: expiry}, nil
}

// isFor reports whether aud, a string or a list, contains the audience.
func (o object) isFor(audience string) bool {
	if one, ok := o.text("aud"); ok {
		return one == audience
	}
	all, ok := o.texts("aud")
	return ok && slices.Contains(all, audience)
}

// notForBearers returns a claim that a bearer access token does not have; "" if there is
// none. at_hash, c_hash and s_hash are in ID tokens, and events is in logout and event
// tokens. cnf requires a proof of possession (RFC 9449, section 7.1).
func (o object) notForBearers() (fault string) {
	for _, name := range []string{"at_hash", "c_hash", "s_hash", "events", "cnf"} {
		if o.has(name) {
			return "it has the claim " + name
		}
	}
	return ""
}

// validAt checks exp, which is required, and the optional nbf and iat. It returns exp.
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

// numericDate parses seconds since 1970, with or without a fraction (RFC 7519, section 2).
// It rejects strings.
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

// groups returns the permission groups of the token's scopes. It reads the first of these
// claims that is present: scope (RFC 9068), scp, or roles, which some issuers use for
// applications. It does not read Auth0's permissions, which can be more than the application
// was granted. It ignores unknown scopes. ok is false if the claim is malformed.
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
