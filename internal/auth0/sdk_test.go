package auth0

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/internal/identities"
	"usher/internal/imports"
	"usher/internal/limits/limitstest"
	"usher/internal/mfa"
	"usher/internal/problem"
	"usher/internal/recovery"
	"usher/internal/roles"
	"usher/internal/users"
)

var anyone = limitstest.User("*")

// sdkCalls lists the SDK's methods that this package uses. Each has its request, with "*"
// for IDs, and an operation that sends it.
var sdkCalls = map[string]struct {
	request string
	send    func(context.Context, *Client) error
}{
	"users.Get": {"GET /users/*", func(ctx context.Context, c *Client) error {
		_, err := c.Users().User(ctx, anyone)
		return err
	}},
	"users.Create": {"POST /users", func(ctx context.Context, c *Client) error {
		_, err := c.Users().Create(ctx, users.New{Connection: "db"})
		return err
	}},
	"users.Update": {"PATCH /users/*", func(ctx context.Context, c *Client) error {
		return c.Blocks().Unblock(ctx, anyone)
	}},
	"users.Delete": {"DELETE /users/*", func(ctx context.Context, c *Client) error {
		return c.Users().Delete(ctx, anyone)
	}},
	"users.List": {"GET /users", func(ctx context.Context, c *Client) error {
		_, err := c.Users().List(ctx, users.Filter{}, users.Sort{Key: "created_at"}, nil, 10)
		return err
	}},
	"users.ListUsersByEmail": {"GET /users-by-email", func(ctx context.Context, c *Client) error {
		_, err := c.Users().ByEmail(ctx, "a@b.example")
		return err
	}},
	"users.RevokeAccess": {"POST /users/*/revoke-access", func(ctx context.Context, c *Client) error {
		return c.Sessions().EndSessions(ctx, anyone)
	}},
	"users.RegenerateRecoveryCode": {"POST /users/*/recovery-code-regeneration", func(ctx context.Context, c *Client) error {
		_, err := c.MFA().NewRecoveryCode(ctx, anyone)
		return err
	}},
	"userblocks.List": {"GET /user-blocks/*", func(ctx context.Context, c *Client) error {
		_, err := c.Blocks().LoginBlocks(ctx, anyone)
		return err
	}},
	"userblocks.Delete": {"DELETE /user-blocks/*", func(ctx context.Context, c *Client) error {
		return c.Blocks().LiftLoginBlocks(ctx, anyone)
	}},
	"clientconnections.Get": {"GET /clients/*/connections", func(ctx context.Context, c *Client) error {
		_, err := c.Identities().Connections(ctx)
		return err
	}},
	"connections.List": {"GET /connections", func(ctx context.Context, c *Client) error {
		return c.Users().explainPolicy(ctx, problem.PasswordTooWeak.New(""), "db")
	}},
	"clientsclient.Update": {"PATCH /clients/*", func(ctx context.Context, c *Client) error {
		return c.Applications().SetSecret(ctx, "*", "secret")
	}},
	"logs.List": {"GET /users/*/logs", func(ctx context.Context, c *Client) error {
		_, err := c.Events().Events(ctx, anyone, nil, 10)
		return err
	}},
	"useridentities.Link": {"POST /users/*/identities", func(ctx context.Context, c *Client) error {
		_, err := c.Identities().Link(ctx, anyone, identities.Identity{Provider: "*", UserID: "*"})
		return err
	}},
	"useridentities.Delete": {"DELETE /users/*/identities/*/*", func(ctx context.Context, c *Client) error {
		_, err := c.Identities().Unlink(ctx, anyone, identities.Identity{Provider: "*", UserID: "*"})
		return err
	}},
	"authenticationmethods.List": {"GET /users/*/authentication-methods", func(ctx context.Context, c *Client) error {
		_, err := c.MFA().Methods(ctx, anyone)
		return err
	}},
	"authenticationmethods.Delete": {"DELETE /users/*/authentication-methods/*", func(ctx context.Context, c *Client) error {
		return c.MFA().Remove(ctx, anyone, "*")
	}},
	"authenticationmethods.DeleteAll": {"DELETE /users/*/authentication-methods", func(ctx context.Context, c *Client) error {
		_, err := c.MFA().Reset(ctx, anyone)
		return err
	}},
	"multifactor.InvalidateRememberBrowser": {"POST /users/*/multifactor/actions/invalidate-remember-browser", func(ctx context.Context, c *Client) error {
		_, err := c.MFA().Reset(ctx, anyone)
		return err
	}},
	"enrollments.CreateTicket": {"POST /guardian/enrollments/ticket", func(ctx context.Context, c *Client) error {
		_, err := c.MFA().Enroll(ctx, anyone, mfa.Enrollment{})
		return err
	}},
	"rolesclient.List": {"GET /roles", func(ctx context.Context, c *Client) error {
		_, err := c.Roles().All(ctx)
		return err
	}},
	"userroles.List": {"GET /users/*/roles", func(ctx context.Context, c *Client) error {
		_, err := c.Roles().OfUser(ctx, anyone)
		return err
	}},
	"userroles.Delete": {"DELETE /users/*/roles", func(ctx context.Context, c *Client) error {
		return c.Roles().Change(ctx, anyone, []roles.Role{{ID: "r"}}, nil)
	}},
	"userroles.Assign": {"POST /users/*/roles", func(ctx context.Context, c *Client) error {
		return c.Roles().Change(ctx, anyone, nil, []roles.Role{{ID: "r"}})
	}},
	"usersessions.List": {"GET /users/*/sessions", func(ctx context.Context, c *Client) error {
		_, err := c.Sessions().Sessions(ctx, anyone, "", 10)
		return err
	}},
	"sessions.Get": {"GET /sessions/*", func(ctx context.Context, c *Client) error {
		return c.Sessions().EndSession(ctx, anyone, "*")
	}},
	"sessions.Revoke": {"POST /sessions/*/revoke", func(ctx context.Context, c *Client) error {
		return c.Sessions().EndSession(ctx, anyone, "*")
	}},
	"tickets.ChangePassword": {"POST /tickets/password-change", func(ctx context.Context, c *Client) error {
		_, err := c.Recovery().PasswordTicket(ctx, anyone, recovery.TicketOptions{})
		return err
	}},
	"tickets.VerifyEmail": {"POST /tickets/email-verification", func(ctx context.Context, c *Client) error {
		_, err := c.Recovery().VerificationTicket(ctx, anyone, recovery.TicketOptions{})
		return err
	}},
	"verificationemail.Create": {"POST /jobs/verification-email", func(ctx context.Context, c *Client) error {
		_, err := c.Recovery().SendVerification(ctx, anyone)
		return err
	}},
	"usersimports.Create": {"POST /jobs/users-imports", func(ctx context.Context, c *Client) error {
		_, err := c.Imports().Start(ctx, imports.Import{Users: []imports.Planned{{}}})
		return err
	}},
	"joberrors.Get": {"GET /jobs/*/errors", func(ctx context.Context, c *Client) error {
		_, err := c.Imports().Failures(ctx, "*")
		return err
	}},
	"jobsclient.Get": {"GET /jobs/*", func(ctx context.Context, c *Client) error {
		_, err := c.Recovery().Verification(ctx, "*")
		return err
	}},
}

// oddTenant returns one body for one kind of request, and valid responses for all others.
type oddTenant struct {
	request, body string
	asked         int
}

func (o *oddTenant) RoundTrip(r *http.Request) (*http.Response, error) {
	others := map[string]string{
		"POST /oauth/token":                   `{"access_token":"a","expires_in":60}`,
		"GET /users/*/authentication-methods": `{"authenticators":[]}`,
		"GET /sessions/*":                     `{"id":"*","user_id":"*"}`,
	}
	request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v2")
	body := others[request]
	if request == o.request {
		o.asked++
		body = o.body
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// The SDK decodes no response body, whatever JSON type it has: nothing panics, and only our reading fails.
func TestTheSDKDecodesNothing(t *testing.T) {
	kinds := []string{`{}`, `[]`, `null`, `"text"`, `7`, `true`, `[null]`, `[[]]`, `{"users":null}`, ` `, `<html>`}
	for name, tt := range sdkCalls {
		for _, body := range kinds {
			t.Run(name+" "+body, func(t *testing.T) {
				tenant := &oddTenant{request: tt.request, body: body}
				credentials := credentialsAt("tenant.example.com", "secret")
				credentials.ClientID = "*"
				c, _ := newClient(holding(credentials), newClock(), func(o *Options) { o.Transport = tenant })
				err := tt.send(t.Context(), c)
				if tenant.asked == 0 {
					t.Errorf("no request %s: %v", tt.request, err)
				}
				if err != nil && strings.Contains(err.Error(), "json") {
					t.Errorf("the SDK has decoded the body: %v", err)
				}
			})
		}
	}
}

// Every use of the SDK is in sdkCalls, and inside a call of call.
func TestEveryUseOfTheSDKIsTested(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var senders []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncLit); ok && f.Type.Results != nil && len(f.Type.Results.List) == 2 {
				senders = append(senders, f)
			}
			name := sdkMethod(n)
			if name == "" {
				return true
			}
			used[name] = true
			if !slices.ContainsFunc(senders, func(s ast.Node) bool { return s.Pos() < n.Pos() && n.End() <= s.End() }) {
				t.Errorf("%s is not inside a call of call", name)
			}
			return true
		})
	}
	if known := slices.Sorted(maps.Keys(sdkCalls)); !slices.Equal(known, slices.Sorted(maps.Keys(used))) {
		t.Errorf("used:\n%q, tested:\n%q", slices.Sorted(maps.Keys(used)), known)
	}
}

// sdkMethod returns the method's name if a node calls the SDK: on one of the two stored
// sub-clients, or on a new one.
func sdkMethod(n ast.Node) string {
	outer, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	method, ok := outer.Fun.(*ast.SelectorExpr)
	if !ok || !method.Sel.IsExported() {
		return ""
	}
	switch client := method.X.(type) {
	case *ast.SelectorExpr: // c.users.Get(…)
		if client.Sel.Name == "users" || client.Sel.Name == "connections" {
			return client.Sel.Name + "." + method.Sel.Name
		}
	case *ast.CallExpr: // jobsclient.NewClient(…).Get(…)
		if made, ok := client.Fun.(*ast.SelectorExpr); ok && made.Sel.Name == "NewClient" {
			return made.X.(*ast.Ident).Name + "." + method.Sel.Name
		}
	}
	return ""
}
