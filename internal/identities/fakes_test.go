package identities_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/httpapi"
	"usher/internal/identities"
	"usher/internal/limits"
	"usher/internal/nonce"
	"usher/internal/problem"
	"usher/internal/seal"
	"usher/internal/secrets"
)

var now = time.Unix(1_800_000_000, 0)

func clock() time.Time { return now }

var sealer = seal.New(secrets.Static{ClientSecret: "s3cr3t"}, clock)

// noKeys is a sealer whose keys are not available.
type noKeys struct{ httpapi.Sealer }

func (noKeys) Open(context.Context, string, string, string) ([]byte, error) {
	return nil, problem.ServiceUnavailable.New("No.")
}

// provider notes its calls, and returns what the test gives it.
type provider struct {
	accounts    map[string][]identities.Account // by id, one for each read; the last one is repeated; without an ID for a lost one
	found       []identities.Account            // by email
	connections []identities.Connection
	left        []identities.Identity // after a change
	fails       map[string]error      // by the call
	asked       []string
}

func (p *provider) note(call, rest string) error {
	p.asked = append(p.asked, call+" "+rest)
	return p.fails[call+" "+rest]
}

func (p *provider) read(call, id string) (identities.Account, error) {
	if err := p.note(call, id); err != nil {
		return identities.Account{}, err
	}
	known := p.accounts[id]
	if len(known) == 0 || known[0].ID == "" {
		return identities.Account{}, problem.UserNotFound.New("No.")
	}
	p.accounts[id] = known[min(1, len(known)-1):]
	return known[0], nil
}

func (p *provider) Account(_ context.Context, user limits.UserID) (identities.Account, error) {
	return p.read("account", user.String())
}

func (p *provider) AccountWithin(_ context.Context, f limits.FrontEnd, subject string) (identities.Account, error) {
	account, err := p.read("within", subject)
	if err == nil {
		_, err = f.CheckFoundUser(subject, account.Connection())
	}
	return account, err
}

func (p *provider) ByEmail(_ context.Context, email string) ([]identities.Account, error) {
	return p.found, p.note("email", email)
}

func (p *provider) Connections(context.Context) ([]identities.Connection, error) {
	return p.connections, p.note("connections", "")
}

func (p *provider) Link(_ context.Context, user limits.UserID, other identities.Identity) ([]identities.Identity, error) {
	return p.left, p.note("link", user.String()+" "+other.Provider+"|"+other.UserID)
}

func (p *provider) Unlink(_ context.Context, user limits.UserID, one identities.Identity) ([]identities.Identity, error) {
	return p.left, p.note("unlink", user.String()+" "+one.Provider+"|"+one.UserID)
}

// Proof takes every token of tokenOf's for a sign-in that has just been begun.
func (p *provider) Proof(ctx context.Context, token string) (identities.Proof, error) {
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		return identities.Proof{}, err
	}
	var said struct{ Sub string }
	if err := json.Unmarshal(payload, &said); err != nil {
		return identities.Proof{}, err
	}
	dated, err := nonce.Dated(ctx, sealer, "bare", now)
	if err != nil {
		return identities.Proof{}, err
	}
	return identities.Proof{Subject: said.Sub, IssuedAt: now, Nonce: dated}, p.note("proof", said.Sub)
}

// tokenOf is in the form of an ID token.
func tokenOf(subject string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+subject+`"}`)) + ".c2ln"
}

// proofsOf is the body of a request to link the other account to the user's.
func proofsOf(user, other string) string {
	return `{"id_token":"` + tokenOf(user) + `","link_id_token":"` + tokenOf(other) + `"}`
}

var (
	verified = true
	password = identities.Identity{Connection: "Customers", Provider: "auth0", UserID: "1", Primary: true}
	linked   = identities.Identity{Connection: "github", Provider: "github", UserID: "9", Social: true, Profile: &identities.Profile{Email: "a@x.example", EmailVerified: &verified}}
	github   = identities.Identity{Connection: "Customers", Provider: "github", UserID: "2", Social: true, Primary: true}
)

// passwordOnly and both are a user's identities on the wire.
const (
	passwordOnly = `{"identities":[{"connection":"Customers","provider":"auth0","user_id":"1","social":false,"primary":true}]}`
	both         = `{"identities":[{"connection":"Customers","provider":"auth0","user_id":"1","social":false,"primary":true},` +
		`{"connection":"github","provider":"github","user_id":"9","social":true,"primary":false,"profile":{"email":"a@x.example","email_verified":true}}]}`
)

// account is one of these identities.
func account(id string, all ...identities.Identity) identities.Account {
	return identities.Account{ID: id, Identities: all}
}

// provide returns a provider with the user, and with github|2 to link.
func provide(user string) *provider {
	return &provider{
		accounts: map[string][]identities.Account{user: {account(user, password, linked)}, "github|2": {account("github|2", github)}},
		left:     []identities.Identity{password},
	}
}

// operation is an operation, a request to it, and its calls to the provider.
type operation struct {
	of             func(*provider) api.Operation
	method, target string // with {user} for the user's id
	links          bool   // the request has the proofs
	calls          []string
}

// operations are those of one user.
var operations = map[string]operation{
	"list":   {func(p *provider) api.Operation { return identities.List(p) }, "GET", "/identities/{user}", false, []string{"account {user}"}},
	"link":   {func(p *provider) api.Operation { return identities.Link(p, sealer, clock) }, "POST", "/identities/{user}", true, []string{"proof {user}", "proof github|2", "within github|2", "account {user}", "link {user} github|2"}},
	"unlink": {func(p *provider) api.Operation { return identities.Unlink(p) }, "DELETE", "/identities/{user}/github/9", false, []string{"account {user}", "unlink {user} github|9"}},
}

// listConnections is the operation without a user.
var listConnections = operation{func(p *provider) api.Operation { return identities.ListConnections(p) }, "GET", "/connections", false, []string{"connections "}}

// callsFor are the calls for this user.
func (o operation) callsFor(user string) []string {
	return strings.Split(strings.ReplaceAll(strings.Join(o.calls, "\n"), "{user}", user), "\n")
}

// request is for a user, whose id is percent-encoded.
func (o operation) request(user string) *http.Request {
	r := httptest.NewRequest(o.method, strings.ReplaceAll(o.target, "{user}", user), nil)
	if o.links {
		id, _ := url.PathUnescape(user) // a bad id has no token
		r = httptest.NewRequest(o.method, r.RequestURI, strings.NewReader(proofsOf(id, "github|2")))
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// do sends the request to a server of this operation only.
func (o operation) do(s api.Server, p *provider, user string) *httptest.ResponseRecorder {
	return o.send(s, p, o.request(user))
}

func (o operation) send(s api.Server, p *provider, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler(o.of(p)).ServeHTTP(w, r)
	return w
}

func (o operation) sent(s api.Server, p *provider, user string) apitest.Sent {
	w := o.do(s, p, user)
	return apitest.Sent{Response: w, Asked: p.asked, Want: o.callsFor(user)}
}
