package auth0

import (
	"encoding/json"
	"testing"
	"time"

	"usher/internal/session"
	"usher/internal/skew"
)

// A signed payload is refused, or its user can be returned as JSON. A reader that ignores
// the case of names and takes the last duplicate reads the same user.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{
		`{"iss":"https://t/","sub":"auth0|1","aud":"web","iat":1,"exp":2,"email":"a@b","email_verified":"true","updated_at":1e12,"amr":["mfa"],"auth_time":1}`,
		`{"sub":"auth0|1","SUB":"auth0|2","aud":["web"],"iat":1,"exp":2}`,
		`{"sub":"auth0|1","sub":"auth0|2","aud":["web"],"iat":1,"exp":2}`,
		`{"sub":"a","aud":"web","iat":1.5,"exp":1e300,"updated_at":"9999-12-31T23:59:59-01:00"}`,
		`{"sub":"\ud83d","aud":"web","iat":1,"exp":2,"\u0065vents":null}`,
		`[]`, `{`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		claims, err := readClaims(payload)
		if err != nil {
			return
		}
		token, err := claims.token()
		if err != nil {
			return
		}
		now := time.Unix(1_800_000_000, 0)
		answer := session.SignIn{Account: token.account(), Authentication: token.authentication(now)}
		if _, err := json.Marshal(answer); err != nil {
			t.Fatalf("%q cannot be encoded: %v", payload, err)
		}
		var lax struct {
			Subject string `json:"sub"`
			Party   any    `json:"azp"`
			Events  any    `json:"events"`
		}
		_ = json.Unmarshal(payload, &lax)
		party, _ := lax.Party.(string)
		if lax.Subject != token.subject || party != token.party || (lax.Events != nil && !claims.has("events")) {
			t.Errorf("%q: %+v, but a lax reader gets %+v", payload, token, lax)
		}
		if answer.Authentication.Time != nil && answer.Authentication.Time.After(now.Add(skew.Limit)) {
			t.Errorf("%q: the time of authentication is in the future", payload)
		}
	})
}
