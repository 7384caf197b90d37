package api

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/boot"
	"usher/internal/config"
	"usher/internal/limits"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/localtenant"
	"usher/operations"
	"usher/test/contract"
)

// verdict is what a limit means to a route. Its zero value is that the limit does
// not concern the route, and so leaves it as it is.
type verdict struct {
	refuses bool
	narrows func(*testing.T, answer)                                        // or: the answer leaves something out
	prepare func(*testing.T, *service) (target, body string, hdrs []string) // of a request that the limit concerns; nil: of any
}

var refuses = verdict{refuses: true}

// refusesWhen is for a limit on something that a request may have.
func refusesWhen(prepare func(*testing.T, *service) (string, string, []string)) verdict {
	return verdict{refuses: true, prepare: prepare}
}

func narrows(check func(*testing.T, answer)) verdict { return verdict{narrows: check} }

func none(list string) verdict {
	return narrows(func(t *testing.T, got answer) {
		if left := got.json(t)[list].([]any); len(left) > 0 {
			t.Errorf("%s: %v", list, left)
		}
	})
}

func withoutAppMetadata(t *testing.T, got answer) {
	if strings.Contains(string(got.body), "app_metadata") {
		t.Errorf("%s", got.body)
	}
}

type verdicts map[string]verdict

const (
	done = "https://app.example.com/done"
	bye  = "https://app.example.com/bye?from=app"
)

// onRoutes is what limits mean to routes where the operation's declaration does not say it.
var onRoutes = map[string]verdicts{
	"GET /connections": {"connections": none("connections")},
	"GET /login":       {"connections": refusesWhen(request("/login?connection="+localtenant.Connection, "")), "redirect_uris": refuses},
	"GET /callback":    {"connections": refuses, "redirect_uris": refuses},
	"GET /logout":      {"post_logout_redirect_uris": refusesWhen(request("/logout?post_logout_redirect_uri="+url.QueryEscape(bye), ""))},
	"POST /token":      {"connections": refuses}, "POST /introspect": {"connections": refuses}, "POST /password-resets": {"connections": refuses},

	"GET /users":      {"connections": none("users"), "app_metadata": narrows(withoutAppMetadata)},
	"GET /users/{id}": {"app_metadata": narrows(withoutAppMetadata)},
	"POST /users": {
		"connections":  refuses,
		"result_urls":  refusesWhen(fresh("/users", `{"email":%q,"invite":"link","result_url":"`+done+`"}`)),
		"app_metadata": refusesWhen(fresh("/users", `{"email":%q,"app_metadata":{}}`)),
	},
	"PATCH /users/{id}":  {"app_metadata": narrows(withoutAppMetadata)},
	"DELETE /users":      {"connections": refuses},
	"POST /user-imports": {"connections": refuses},

	"POST /password-tickets":     {"connections": refuses, "result_urls": refusesWhen(request("/password-tickets", `{"user_id":"`+ada+`","result_url":"`+done+`"}`))},
	"POST /verification-tickets": {"connections": refuses, "result_urls": refusesWhen(request("/verification-tickets", `{"user_id":"`+ada+`","result_url":"`+done+`"}`))},
	"POST /verification-emails":  {"connections": refuses},
}

// verdictOn is what a limit means to a route. A user in the path and the permission
// for app_metadata decide, whatever onRoutes says.
func verdictOn(op api.Operation, route, kind string) verdict {
	isOfUser := slices.ContainsFunc(slices.Collect(maps.Keys(op.Parameters)), func(name string) bool {
		return op.Parameters[name] == api.User && strings.Contains(route, "{"+name+"}")
	})
	if kind == "connections" && isOfUser || kind == "app_metadata" && slices.Contains(op.Permissions, permission.AppMetadata) {
		return refuses
	}
	return onRoutes[route][kind]
}

// declared are the operations by their routes.
func declared() map[string]api.Operation {
	all := map[string]api.Operation{}
	for _, op := range operations.All(boot.New(config.Config{}, nil, slog.New(slog.DiscardHandler), time.Now)) {
		for _, route := range op.Routes {
			all[route] = op
		}
	}
	return all
}

// limit is a kind of limit: one that leaves a front-end nothing, and one that
// leaves it all that the requests here need. JSON values both.
type limit struct{ nothing, enough string }

var kindsOfLimits = map[string]limit{
	"connections":               {`["Elsewhere","Nowhere"]`, `["` + localtenant.Connection + `","github"]`},
	"redirect_uris":             {`[]`, `["` + base + `/callback"]`},
	"post_logout_redirect_uris": {`[]`, `["` + bye + `"]`},
	"result_urls":               {`[]`, `["` + done + `"]`},
	"app_metadata":              {`false`, `true`},
	limits.Unlisted:             {},
}

// under is the service once more, with a policy under which "shop" is limited, and
// "intranet" is listed without a limit.
func (s *service) under(t *testing.T, a auth, unlisted, shop string) *service {
	t.Helper()
	entries := []string{`{"name":"intranet",` + a.identity("intranet") + `}`}
	if shop != "" {
		entries = append(entries, `{"name":"shop",`+a.identity("shop")+`,`+shop+`}`)
	}
	policy, err := limits.Parse(`{"unlisted":"`+unlisted+`","front_ends":[`+strings.Join(entries, ",")+`]}`, s.setup.config.Deployment())
	if err != nil {
		t.Fatal(err)
	}
	changed := *s
	changed.setup.config.Limits = policy
	next := changed.container(t, a.way)
	newBrowser(t, next.by(a.caller("intranet"))).tokens(t) // it is warm now: it has a token and the signing keys
	wantAnswer(t, next.by(a.caller("intranet")).as(t, "GET", "/users", ""), 200, "")
	return next
}

// claims are headers of one who would like to be another front-end.
var claims = []string{
	"X-Amzn-Oidc-Identity", "intranet", "X-Caller", "intranet", "Caller", "intranet", "Client_id", "intranet", "X-Usher-Front-End", "intranet",
	"Userarn", "arn:aws:sts::123456789012:assumed-role/intranet/x", "X-Amz-User-Arn", "arn:aws:sts::123456789012:assumed-role/intranet/x",
	"X-Apigateway-Event", `{"requestContext":{"identity":{"userArn":"arn:aws:sts::123456789012:assumed-role/intranet/x","accountId":"123456789012"},"authorizer":{"caller":"intranet"}}}`,
}

// Every limit on every route, for both ways in which front-ends are authenticated:
// the limited one is refused, or told less; within its limits it is not, and
// others never.
func TestLimits(t *testing.T) {
	usual, contracted := usualCosts(t)
	operations := declared()
	for _, a := range auths {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, a.way)
			s.calm(t)
			for kind, l := range kindsOfLimits {
				limited := s.under(t, a, "refuse", "")
				within := s.under(t, a, "allow", "")
				if kind != limits.Unlisted {
					limited = s.under(t, a, "allow", fmt.Sprintf("%q:%s", kind, l.nothing))
					within = s.under(t, a, "allow", fmt.Sprintf("%q:%s", kind, l.enough))
				}
				for route, c := range usual {
					t.Run(kind+" "+route, func(t *testing.T) {
						cell := cell{cost: c, auth: a, route: route, kind: kind, free: s, op: contracted[route], verdict: verdictOn(operations[route], route, kind)}
						if kind == limits.Unlisted {
							cell.verdict = refuses
						}
						cell.check(t, limited, within)
					})
				}
			}
		})
	}
}

// cell is a limit and a route.
type cell struct {
	cost
	auth
	verdict
	op          contract.Operation
	route, kind string
	free        *service // under no policy
}

func (c cell) check(t *testing.T, limited, within *service) {
	switch {
	case c.refuses:
		c.wantRefused(t, limited)
		c.wantRefused(t, limited, claims...)
		c.wantServed(t, limited, "intranet")
	case c.narrows != nil:
		c.narrows(t, c.wantServed(t, limited, "shop"))
		c.narrows(t, c.ask(t, limited, "shop", claims...))
	default:
		c.wantServed(t, limited, "shop")
		return
	}
	c.wantServed(t, within, "shop")
	if got := within.tenant.Tenant.Stats(); c.kind == "connections" && c.verdict.prepare == nil && got.Requests != c.calls+c.op.Calls.Limited {
		t.Errorf("%d calls for a limited front-end, want %d and %d more: %v", got.Requests, c.calls, c.op.Calls.Limited, got.Routes)
	}
}

// ask sends the cell's request by a front-end, which has prepared it, too.
func (c cell) ask(t *testing.T, s *service, who string, headers ...string) answer {
	t.Helper()
	prepare := c.cost.prepare
	if c.verdict.prepare != nil {
		prepare = c.verdict.prepare
	}
	c.free.freePlaces(t)
	target, body, more := prepare(t, c.free.by(c.caller(who)))
	s.tenant.Tenant.ResetStats()
	method, _, _ := strings.Cut(c.route, " ")
	return s.by(c.caller(who)).as(t, method, target, body, append(headers, more...)...)
}

func (c cell) wantServed(t *testing.T, s *service, who string) answer {
	t.Helper()
	got := c.ask(t, s, who)
	if got.status >= 400 {
		t.Errorf("%s is refused: %d %s", who, got.status, got.body)
	}
	return got
}

// wantRefused also sees to it that nothing has changed, and that nothing is told.
func (c cell) wantRefused(t *testing.T, s *service, headers ...string) {
	t.Helper()
	got := c.ask(t, s, "shop", headers...)
	wantAnswer(t, got, 403, problem.OutsideFrontEndsLimits.Code)
	rule := "shop." + c.kind
	if c.kind == limits.Unlisted {
		rule = c.kind
	}
	if told := got.json(t)["rule"]; told != rule {
		t.Errorf("the rule is %v, want %s", told, rule)
	}
	for route := range s.tenant.Tenant.Stats().Routes {
		if !strings.HasPrefix(route, "GET ") && route != "POST /oauth/token" {
			t.Errorf("it was refused after %s", route)
		}
	}
	for _, theirs := range []string{"@", "|", "eyJ", "Ada", "http"} {
		if strings.Contains(string(got.body), theirs) {
			t.Errorf("the refusal tells of %q: %s", theirs, got.body)
		}
	}
	for _, cookie := range (&http.Response{Header: got.header}).Cookies() {
		if cookie.Value != "" {
			t.Errorf("the refusal sets a cookie: %v", cookie)
		}
	}
	if got.header.Get("Location") != "" || got.header.Get("ETag") != "" {
		t.Errorf("the refusal's headers are %v", got.header)
	}
}

// usualCosts are the requests of calls_test.go, one for each route, and the
// contract's operations.
func usualCosts(t *testing.T) (usual map[string]cost, operations map[string]contract.Operation) {
	byID := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		byID[op.ID] = op
	}
	usual, operations = map[string]cost{}, map[string]contract.Operation{}
	for _, c := range slices.Concat(costs...) {
		if op := byID[c.operation]; c.name == "" {
			usual[op.Method+" "+op.Path], operations[op.Method+" "+op.Path] = c, op
		}
	}
	return usual, operations
}

// Every route has a request here, and what is said of a route is said of one that exists.
func TestEveryRouteIsTriedUnderLimits(t *testing.T) {
	usual, _ := usualCosts(t)
	routes := declared()
	for route := range routes {
		if _, tried := usual[route]; !tried {
			t.Errorf("%s: no request in the costs", route)
		}
	}
	for route, told := range onRoutes {
		if _, exists := routes[route]; !exists {
			t.Errorf("there is no %s", route)
		}
		for kind := range told {
			if _, ok := kindsOfLimits[kind]; !ok {
				t.Errorf("%s: there is no limit %q", route, kind)
			}
		}
	}
}
