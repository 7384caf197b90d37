package authorizer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"
	"github.com/lestrrat-go/jwx/v2/jwa"

	"usher/internal/authorizer"
)

// gateway calls an authorizer like API Gateway.
type gateway struct {
	handler lambda.Handler
	log     bytes.Buffer
	denied  []authorizer.Reason
	failed  int
}

func newGateway(i *issuer) *gateway {
	g := &gateway{}
	o := i.opts
	o.Log = slog.New(slog.NewJSONHandler(&g.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Denied = func(reason authorizer.Reason) { g.denied = append(g.denied, reason) }
	o.Failed = func() { g.failed++ }
	g.handler = lambda.NewHandler(authorizer.Authorize(o))
	return g
}

func (g *gateway) ask(token string) (events.APIGatewayCustomAuthorizerResponse, error) {
	return g.askFor(stageARN+"GET/users/ada@example.com", token)
}

func (g *gateway) askFor(methodARN, token string) (events.APIGatewayCustomAuthorizerResponse, error) {
	event, err := json.Marshal(map[string]string{"type": "TOKEN", "authorizationToken": token, "methodArn": methodARN})
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	answer, err := g.handler.Invoke(context.Background(), event)
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	var response events.APIGatewayCustomAuthorizerResponse
	return response, json.Unmarshal(answer, &response)
}

func TestAuthorize(t *testing.T) {
	i := newIssuer(t)
	g := newGateway(i)
	token := i.issue(jwa.PS256, "rsa", map[string]any{"scope": "usher:roles openid usher:mfa"})
	got, err := g.ask("Bearer " + token)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"caller": "shop", "permissions": "usher:mfa usher:roles", "exp": strconv.FormatInt(i.Now().Add(time.Hour).Unix(), 10),
	}
	if diff := cmp.Diff(want, got.Context); diff != "" || got.PrincipalID != "shop" {
		t.Errorf("principal %q, context:\n%s", got.PrincipalID, diff)
	}
	if !lets(got.PolicyDocument, stageARN+"GET/roles") || lets(got.PolicyDocument, stageARN+"GET/users") || got.PolicyDocument.Version != "2012-10-17" {
		t.Errorf("the policy is %+v", got.PolicyDocument)
	}
	if g.failed != 0 || len(g.denied) != 0 || strings.Contains(g.log.String(), token[:20]) {
		t.Errorf("%d failures, denied %v, log:\n%s", g.failed, g.denied, &g.log)
	}
}

// Every error is counted for the alarm.
func TestEventWithoutMethodIsAFailure(t *testing.T) {
	i := newIssuer(t)
	g := newGateway(i)
	_, err := g.askFor("arn:aws:s3:::bucket", "Bearer "+i.issue(jwa.PS256, "rsa", map[string]any{"scope": "usher:roles"}))
	if err == nil || err.Error() == "Unauthorized" || g.failed != 1 || len(g.denied) != 0 || strings.Count(g.log.String(), `"level":"ERROR"`) != 1 {
		t.Errorf("%v; %d failures, denied %v, log:\n%s", err, g.failed, g.denied, &g.log)
	}
}

// A valid token without known scopes results in 403 from the gateway, not in 401.
func TestTokenWithoutScopes(t *testing.T) {
	i := newIssuer(t)
	got, err := newGateway(i).ask("Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"scope": "openid"}))
	if err != nil {
		t.Fatal(err)
	}
	want := []events.IAMPolicyStatement{{Effect: "Deny", Action: []string{"execute-api:Invoke"}, Resource: []string{stageARN + "*"}}}
	if diff := cmp.Diff(want, got.PolicyDocument.Statement); diff != "" || got.PrincipalID != "shop" {
		t.Errorf("principal %q:\n%s", got.PrincipalID, diff)
	}
}

// The gateway receives only "Unauthorized". The log has one line with the reason, without the
// token.
func TestRefusalsAreLoggedAndCounted(t *testing.T) {
	i := newIssuer(t)
	for _, table := range []map[string]bad{badForms(i), badHeaders(i), badSignatures(i), badClaims(i)} {
		for name, tt := range table {
			t.Run(name, func(t *testing.T) {
				g := newGateway(i)
				answer, err := g.ask(tt.header)
				if err == nil || err.Error() != "Unauthorized" || answer.PrincipalID != "" {
					t.Errorf("%+v, %v", answer, err)
				}
				if diff := cmp.Diff([]authorizer.Reason{tt.reason}, g.denied); diff != "" || g.failed != 0 {
					t.Errorf("%d failures, denied:\n%s", g.failed, diff)
				}
				line := g.log.String()
				if strings.Count(line, "\n") != 1 || !strings.Contains(line, `"reason":"`+string(tt.reason)+`"`) || len(line) > 600 {
					t.Errorf("the log is %s", line)
				}
				for part := range strings.FieldsFuncSeq(tt.header, func(r rune) bool { return strings.ContainsRune(". ,", r) }) {
					if len(part) > 10 && strings.Contains(line, part) {
						t.Errorf("the log contains %q of the token: %s", part, line)
					}
				}
			})
		}
	}
}

// The log names the caller of an expired token, but not of an unsigned one.
func TestLogNamesTheCaller(t *testing.T) {
	i := newIssuer(t)
	g := newGateway(i)
	_, _ = g.ask("Bearer " + i.issue(jwa.ES256, "ec", map[string]any{"exp": 1}))
	if !strings.Contains(g.log.String(), `"caller":"shop"`) {
		t.Errorf("%s", &g.log)
	}
	g = newGateway(i)
	_, _ = g.ask("Bearer " + byHand(`{"alg":"RS256","kid":"rsa"}`, string(i.claims(nil)), byRSA("attacker")))
	if !strings.Contains(g.log.String(), `"caller":""`) {
		t.Errorf("%s", &g.log)
	}
}

// Without keys no token is accepted, and none is called invalid.
func TestUnavailableKeysAreAFailure(t *testing.T) {
	i := newIssuer(t)
	i.goDown(true)
	g := newGateway(i)
	answer, err := g.ask("Bearer " + i.good())
	if err == nil || err.Error() == "Unauthorized" || answer.PrincipalID != "" || answer.PolicyDocument.Statement != nil {
		t.Errorf("%+v, %v", answer, err)
	}
	if g.failed != 1 || len(g.denied) != 0 || !strings.Contains(g.log.String(), `"level":"ERROR"`) {
		t.Errorf("%d failures, denied %v, log:\n%s", g.failed, g.denied, &g.log)
	}
}
