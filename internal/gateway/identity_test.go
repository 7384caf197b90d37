package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
)

// now is the clock of these tests.
var now = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// authorizerContext returns an authorizer's context for a caller with a valid token, with changes.
func authorizerContext(changes map[string]any) map[string]any {
	context := map[string]any{
		"caller": "shop", "permissions": "usher:sign-in usher:read", "exp": fmt.Sprint(now.Unix() + 60),
		"principalId": "someone-else", "integrationLatency": 12,
	}
	maps.Copy(context, changes)
	return context
}

// tokened returns an event from an authorizer, with empty fields for IAM.
func tokened(method, resource, path string, changes map[string]any) events.APIGatewayProxyRequest {
	event := local(method, resource, path)
	event.RequestContext.Authorizer = authorizerContext(changes)
	return event
}

func TestCaller(t *testing.T) {
	byIAM, byToken := Options{}, Options{Bearer: true}
	anonymous := local("GET", "/users", "/users")

	spoofed := local("GET", "/users", "/users")
	spoofed.Headers = map[string]string{"Authorization": "Bearer x", "X-Amzn-Oidc-Identity": arn, "X-Amz-User-Arn": arn, "UserArn": arn, "caller": "shop", "X-Caller": "shop"}
	spoofed.MultiValueHeaders = map[string][]string{
		"X-Apigateway-Api-Proxy-Context": {`{"identity":{"userArn":"` + arn + `","accountId":"123456789012"},"authorizer":{"caller":"shop"}}`},
		"Userarn":                        {arn}, "Accountid": {"123456789012"}, "Permissions": {"usher:read"},
	}
	with := func(change func(*events.APIGatewayProxyRequestContext)) events.APIGatewayProxyRequest {
		event := local("GET", "/users", "/users")
		change(&event.RequestContext)
		return event
	}
	account := with(func(c *events.APIGatewayProxyRequestContext) {
		c.Identity.AccountID, c.AccountID = "123456789012", "123456789012"
	})
	role := with(func(c *events.APIGatewayProxyRequestContext) { c.Identity.UserArn, c.AccountID = arn, "123456789012" })
	others := with(func(c *events.APIGatewayProxyRequestContext) {
		c.Identity = events.APIGatewayRequestIdentity{Caller: "AROA:x", User: "AROA:x", AccessKey: "ASIA", CognitoIdentityID: "x", APIKey: "k", AccountID: "123456789012"}
	})
	bySignature := eventFor("GET", "/users", "/users")
	byBoth := eventFor("GET", "/users", "/users")
	byBoth.RequestContext.Authorizer = authorizerContext(nil)
	byAuthorizer := func(changes map[string]any) events.APIGatewayProxyRequest {
		return tokened("GET", "/users", "/users", changes)
	}
	ends := func(at time.Duration) events.APIGatewayProxyRequest {
		return byAuthorizer(map[string]any{"exp": fmt.Sprint(now.Add(at).Unix())})
	}
	exp := func(value any) events.APIGatewayProxyRequest { return byAuthorizer(map[string]any{"exp": value}) }

	served := problem.Kind{}
	front, shop := httpapi.Caller{Account: "123456789012", ID: arn}, httpapi.Caller{ID: "shop"}
	tests := map[string]struct {
		from  Options
		event events.APIGatewayProxyRequest
		kind  problem.Kind
		want  httpapi.Caller
	}{
		"IAM, signed":                    {byIAM, bySignature, served, front},
		"IAM, no caller":                 {byIAM, anonymous, problem.NotAuthenticated, httpapi.Caller{}},
		"IAM, an account without an ARN": {byIAM, account, problem.NotAuthenticated, httpapi.Caller{}},
		"IAM, an ARN without an account": {byIAM, role, problem.NotAuthenticated, httpapi.Caller{}},
		"IAM, other fields":              {byIAM, others, problem.NotAuthenticated, httpapi.Caller{}},
		"IAM, headers":                   {byIAM, spoofed, problem.NotAuthenticated, httpapi.Caller{}},
		"IAM, an authorizer's fields":    {byIAM, byAuthorizer(nil), problem.NotAuthenticated, httpapi.Caller{}},
		"IAM, signed, and a token":       {byIAM, byBoth, served, front},
		"IAM, an empty event":            {byIAM, events.APIGatewayProxyRequest{}, problem.NotAuthenticated, httpapi.Caller{}},

		"token":                           {byToken, byAuthorizer(nil), served, shop},
		"token, no caller":                {byToken, anonymous, problem.NotAuthenticated, httpapi.Caller{}},
		"token, an empty event":           {byToken, events.APIGatewayProxyRequest{}, problem.NotAuthenticated, httpapi.Caller{}},
		"token, headers":                  {byToken, spoofed, problem.NotAuthenticated, httpapi.Caller{}},
		"token, a signature's fields":     {byToken, bySignature, problem.NotAuthenticated, httpapi.Caller{}},
		"token, and signed":               {byToken, byBoth, served, shop},
		"token, an empty caller":          {byToken, byAuthorizer(map[string]any{"caller": ""}), problem.NotAuthenticated, httpapi.Caller{}},
		"token, a number as the caller":   {byToken, byAuthorizer(map[string]any{"caller": 7}), problem.NotAuthenticated, httpapi.Caller{}},
		"token, a caller in other claims": {byToken, byAuthorizer(map[string]any{"caller": nil, "claims": map[string]any{"caller": "shop"}}), problem.NotAuthenticated, httpapi.Caller{}},
		"token, has just expired":         {byToken, ends(-60 * time.Second), served, shop},
		"token, has expired":              {byToken, ends(-61 * time.Second), problem.Unauthorized, httpapi.Caller{}},
		"token, expired long ago":         {byToken, exp("1"), problem.Unauthorized, httpapi.Caller{}},
		"token, no expiry":                {byToken, exp(nil), problem.NotAuthenticated, httpapi.Caller{}},
		"token, a number as the expiry":   {byToken, exp(float64(now.Unix() + 60)), problem.NotAuthenticated, httpapi.Caller{}},
		"token, a word as the expiry":     {byToken, exp("never"), problem.NotAuthenticated, httpapi.Caller{}},
		"token, a fractional expiry":      {byToken, exp("1893456000.5"), problem.NotAuthenticated, httpapi.Caller{}},
		"token, a negative expiry":        {byToken, exp("-1"), problem.NotAuthenticated, httpapi.Caller{}},
		"token, an expiry with a sign":    {byToken, exp("+1893456000"), problem.NotAuthenticated, httpapi.Caller{}},
		"token, an expiry out of range":   {byToken, exp("99999999999999999999"), problem.NotAuthenticated, httpapi.Caller{}},
		"token, an expiry and more":       {byToken, exp("1893456000 x"), problem.NotAuthenticated, httpapi.Caller{}},
		"token, another's scope":          {byToken, byAuthorizer(map[string]any{"permissions": "usher:manage"}), problem.Forbidden, httpapi.Caller{}},
		"token, no scope":                 {byToken, byAuthorizer(map[string]any{"permissions": ""}), problem.Forbidden, httpapi.Caller{}},
		"token, null scopes":              {byToken, byAuthorizer(map[string]any{"permissions": nil}), problem.Forbidden, httpapi.Caller{}},
		"token, a list of scopes":         {byToken, byAuthorizer(map[string]any{"permissions": []any{"usher:read"}}), problem.Forbidden, httpapi.Caller{}},
		"token, almost the scope":         {byToken, byAuthorizer(map[string]any{"permissions": "usher:reader,usher:read USHER:READ"}), problem.Forbidden, httpapi.Caller{}},

		"sam local, no caller":            {Options{SAMLocal: true}, anonymous, served, httpapi.Caller{}},
		"sam local, headers":              {Options{SAMLocal: true}, spoofed, served, httpapi.Caller{}},
		"all allowed, no caller":          {Options{AllowNobody: true}, anonymous, served, httpapi.Caller{}},
		"all allowed, headers":            {Options{AllowNobody: true}, spoofed, served, httpapi.Caller{}},
		"all allowed, signed":             {Options{AllowNobody: true}, bySignature, served, front},
		"all allowed, half an identity":   {Options{AllowNobody: true}, role, served, httpapi.Caller{}},
		"all allowed by token, no caller": {Options{AllowNobody: true, Bearer: true}, anonymous, served, httpapi.Caller{}},
		"all allowed by token, expired":   {Options{AllowNobody: true, Bearer: true}, ends(-time.Hour), problem.Unauthorized, httpapi.Caller{}},
		"all allowed by token, no scope":  {Options{AllowNobody: true, Bearer: true}, byAuthorizer(map[string]any{"permissions": ""}), problem.Forbidden, httpapi.Caller{}},
		"all allowed by token, valid":     {Options{AllowNobody: true, Bearer: true}, byAuthorizer(nil), served, shop},
		"sam local by token, no scope":    {Options{SAMLocal: true, Bearer: true}, byAuthorizer(map[string]any{"permissions": ""}), problem.Forbidden, httpapi.Caller{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			saw, answer := serveFrom(t, t.Context(), tt.event, tt.from)
			if tt.kind != served {
				wantProblem(t, answer, tt.kind)
				if saw != nil {
					t.Error("the handler was called")
				}
				return
			}
			if saw == nil || saw.caller != tt.want {
				t.Errorf("%+v, %s; want the caller %+v", saw, answer.Body, tt.want)
			}
		})
	}
}

// The permission check uses the route that is served, not the resource in the event.
func TestPermissionsAreCheckedForTheServedRoute(t *testing.T) {
	for _, group := range permission.All() {
		for method, needs := range map[string]string{"POST": "usher:manage", "GET": "usher:read"} {
			event := tokened(method, "/connections", "/users", map[string]any{"permissions": group.Scope})
			event.RequestContext.ResourcePath, event.RequestContext.HTTPMethod = "/connections", "GET"
			saw, answer := serveFrom(t, t.Context(), event, Options{Bearer: true})
			if group.Scope == needs {
				if saw == nil {
					t.Errorf("%s is not enough for %s: %s", group.Scope, method, answer.Body)
				}
				continue
			}
			wantProblem(t, answer, problem.Forbidden)
			if saw != nil {
				t.Errorf("%s is enough for %s", group.Scope, method)
			}
		}
	}
}

// An unauthenticated caller learns nothing about other faults of the event.
func TestIdentityIsCheckedFirst(t *testing.T) {
	for name, from := range map[string]Options{"IAM": {}, "token": {Bearer: true}} {
		event := local("POST", "/users", "/users/%zz")
		event.Body, event.IsBase64Encoded = "not base64!", true
		_, answer := serveFrom(t, t.Context(), event, from)
		t.Run(name, func(t *testing.T) { wantProblem(t, answer, problem.NotAuthenticated) })
	}
}

func FuzzEvents(f *testing.F) {
	for _, event := range []events.APIGatewayProxyRequest{
		eventFor("GET", "/users/{id}", "/users/auth0%7Cabc"), tokened("GET", "/users/{id}", "/users/auth0%7Cabc", nil),
	} {
		whole, err := json.Marshal(event)
		if err != nil {
			f.Fatal(err)
		}
		for _, samLocal := range []bool{false, true} {
			f.Add(whole, samLocal, false)
			f.Add(whole, samLocal, true)
		}
	}
	f.Add([]byte(`{}`), false, false)
	f.Add([]byte(`{}`), true, true)
	f.Add([]byte(`{"path":"//%2f/..","httpMethod":"GE T","resource":"/","isBase64Encoded":true,"body":"="}`), true, false)
	f.Add([]byte(`{"path":"*","httpMethod":"CONNECT","multiValueHeaders":{"Host":["\u0000"],"":[""]},"multiValueQueryStringParameters":{"":["&"]}}`), true, false)
	f.Add([]byte(`{"requestContext":{"domainName":"a b","path":"%","identity":{"userArn":"a"}},"httpMethod":"é","path":"/users/%00"}`), false, false)
	f.Add([]byte(`{"requestContext":{"authorizer":{"caller":["a"],"exp":{},"permissions":null}},"httpMethod":"GET","path":"/users"}`), false, true)
	f.Fuzz(func(t *testing.T, text []byte, samLocal, bearer bool) {
		var event events.APIGatewayProxyRequest
		if json.Unmarshal(text, &event) != nil {
			return // the Lambda runtime refuses it
		}
		saw, answer := serveFrom(t, t.Context(), event, Options{SAMLocal: samLocal, Bearer: bearer})
		if answer.StatusCode < 200 || answer.StatusCode > 599 || !utf8.ValidString(answer.Body) {
			t.Errorf("%+v", answer)
		}
		if saw != nil && !samLocal && saw.caller.ID == "" {
			t.Error("an event without a caller was served")
		}
		if saw != nil && saw.caller.ID != "" && bearer != (saw.caller.Account == "") {
			t.Errorf("the caller is %+v", saw.caller)
		}
		if saw == nil && answer.StatusCode < 400 {
			t.Errorf("nothing was served, with status %d", answer.StatusCode)
		}
	})
}
