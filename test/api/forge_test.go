package api

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"usher/localtenant"
)

// forger signs whatever a test wants with the tenant's key.
type forger struct {
	s     *service
	key   *rsa.PrivateKey
	kid   string
	begun string // the state of a sign-in that goes on
	nonce string // its nonce
	b     *browser
}

// newForger starts a service whose tenant's key the test has, and a sign-in.
func newForger(t *testing.T, w way, changes ...func(*setup)) *forger {
	t.Helper()
	f := &forger{key: must(rsa.GenerateKey(rand.Reader, 2048))}
	holding := func(s *setup) {
		s.tenant = append(s.tenant, func(o *localtenant.Options) { o.Key = f.key })
	}
	f.s = start(t, w, append(changes, holding)...)
	f.s.calm(t)
	resp := must(http.Get(f.s.tenant.URL + "/.well-known/jwks.json"))
	defer resp.Body.Close()
	var set struct {
		Keys []struct {
			ID string `json:"kid"`
		} `json:"keys"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%v, %v", set, err)
	}
	f.kid = set.Keys[0].ID
	f.begin(t)
	return f
}

// begin begins a sign-in, whose nonce the drafts from now on have.
func (f *forger) begin(t *testing.T) {
	t.Helper()
	f.beginWith(t, "")
}

func (f *forger) beginWith(t *testing.T, query string) {
	t.Helper()
	f.b = newBrowser(t, f.s)
	q := must(url.Parse(f.b.begin(t, query))).Query()
	f.begun, f.nonce = q.Get("state"), q.Get("nonce")
}

// draft is a token before it is signed: the members of its header and of its
// payload, names and raw values in turn.
type draft struct {
	f               *forger
	header, payload []string
	raw             string              // in place of the payload
	alter           func(string) string // what happens to the token in the end
}

// draft is of a good ID token of a user's.
func (f *forger) draft(subject string) *draft {
	now := f.s.setup.now().Unix()
	return &draft{
		f:      f,
		header: []string{"alg", `"RS256"`, "typ", `"JWT"`, "kid", quoted(f.kid)},
		payload: []string{
			"iss", quoted(f.s.tenant.Tenant.Issuer()), "sub", quoted(subject), "aud", quoted(localtenant.ClientID),
			"iat", fmt.Sprint(now), "exp", fmt.Sprint(now + 3600), "nonce", quoted(f.nonce),
		},
	}
}

func quoted(text string) string { return string(must(json.Marshal(text))) }

// set replaces a claim or adds it; "" takes it away.
func (d *draft) set(name, value string) *draft { return d.change(&d.payload, name, value) }

// head is set for the header.
func (d *draft) head(name, value string) *draft { return d.change(&d.header, name, value) }

func (d *draft) change(members *[]string, name, value string) *draft {
	for i := 0; i < len(*members); i += 2 {
		if (*members)[i] == name {
			*members = slices.Delete(*members, i, i+2)
			break
		}
	}
	if value != "" {
		*members = append(*members, name, value)
	}
	return d
}

// add adds a claim behind the others, whether there is one of this name or not.
func (d *draft) add(name, value string) *draft {
	d.payload = append(d.payload, name, value)
	return d
}

func objectOf(members []string) string {
	var all []string
	for i := 0; i < len(members); i += 2 {
		name := members[i]
		if !strings.Contains(name, `\`) {
			name = quoted(name)
		} else {
			name = `"` + name + `"` // escapes that the test has written
		}
		all = append(all, name+":"+members[i+1])
	}
	return "{" + strings.Join(all, ",") + "}"
}

func (d *draft) sign() string {
	payload := d.raw
	if payload == "" {
		payload = objectOf(d.payload)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(objectOf(d.header))) + "." + encode([]byte(payload))
	sum := sha256.Sum256([]byte(signed))
	token := signed + "." + encode(must(rsa.SignPKCS1v15(rand.Reader, d.f.key, crypto.SHA256, sum[:])))
	if d.alter != nil {
		token = d.alter(token)
	}
	return token
}

// answers has the provider's token endpoint answer with this ID token, once.
func (f *forger) answers(token string) {
	body := fmt.Sprintf(`{"access_token":"access-token-of-a-forger","id_token":%s,"token_type":"Bearer","expires_in":3600}`, quoted(token))
	f.s.tenant.Tenant.Fail(localtenant.Fault{Route: "POST /oauth/token", Times: 1, Status: 200, Body: body})
}

// callback finishes the sign-in with this ID token.
func (f *forger) callback(t *testing.T, token string) answer {
	t.Helper()
	f.answers(token)
	return f.b.get(t, "/callback?code=any&state="+url.QueryEscape(f.begun))
}

// refresh is answered with this ID token.
func (f *forger) refresh(t *testing.T, token string) answer {
	t.Helper()
	f.answers(token)
	return f.s.as(t, "POST", "/token", `{"refresh_token":"any"}`)
}

// link links the account of one ID token to Ada's, by another.
func (f *forger) link(t *testing.T, mine, other string) answer {
	t.Helper()
	return f.s.as(t, "POST", "/identities/"+url.PathEscape(ada), proofs(mine, other))
}
