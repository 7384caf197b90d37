package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/permission"
	"usher/internal/problem"
	"usher/internal/valid"
)

const arn = "arn:aws:sts::123456789012:assumed-role/front-end/i-0abc"

// seen is a request as the handler receives it.
type seen struct {
	method, id, body, host, path string
	query                        url.Values
	header                       http.Header
	caller                       httpapi.Caller
	actor                        string
	deadline                     time.Time
}

// spies returns operations that record the last request and respond with two cookies.
func spies(saw **seen) []api.Operation {
	handler := func(w http.ResponseWriter, r *http.Request, c api.Call) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		deadline, _ := r.Context().Deadline()
		id := ""
		if !c.User.IsZero() {
			id = c.User.String()
		}
		*saw = &seen{
			method: r.Method, id: id, body: string(body), host: r.Host,
			path: httpapi.RequestPath(r), query: r.URL.Query(), header: r.Header,
			caller: c.Caller, actor: c.Actor, deadline: deadline,
		}
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		return httpapi.JSON(w, http.StatusOK, map[string]string{"id": id})
	}
	reading := api.Operation{Name: "reading", Routes: []string{"GET /users/{id}", "GET /users"}, TakesQuery: true, Handler: handler}
	reading.Parameters, reading.Permissions = api.Parameters{"id": api.User}, []permission.Name{permission.Read}
	writing := api.Operation{Name: "writing", Routes: []string{"POST /users"}, TakesQuery: true, Handler: handler}
	writing.Permissions = []permission.Name{permission.Manage}
	return []api.Operation{reading, writing}
}

// serve sends an event through a gateway to the spies.
func serve(t *testing.T, ctx context.Context, event events.APIGatewayProxyRequest, samLocal bool) (*seen, events.APIGatewayProxyResponse) {
	t.Helper()
	return serveFrom(t, ctx, event, Options{SAMLocal: samLocal})
}

func serveFrom(t *testing.T, ctx context.Context, event events.APIGatewayProxyRequest, from Options) (*seen, events.APIGatewayProxyResponse) {
	t.Helper()
	var saw *seen
	from.Now = func() time.Time { return now }
	server := api.Server{Authenticate: Authenticate}.Handler(spies(&saw)...)
	handler := New(httpapi.Serve(server, httpapi.ServeOptions{Log: slog.New(slog.DiscardHandler), Deadline: time.Hour, Origin: Origin}), from)
	answer, err := handler(ctx, event)
	if err != nil {
		t.Fatalf("no response: %v", err)
	}
	return saw, answer
}

// eventFor returns a REST API's event with the fields that the package reads.
func eventFor(method, resource, path string) events.APIGatewayProxyRequest {
	return events.APIGatewayProxyRequest{
		HTTPMethod: method,
		Resource:   resource,
		Path:       path,
		RequestContext: events.APIGatewayProxyRequestContext{
			RequestID:  "gateway-id",
			Path:       "/prod" + path,
			DomainName: "abc.execute-api.eu-central-1.amazonaws.com",
			Identity:   events.APIGatewayRequestIdentity{AccountID: "123456789012", UserArn: arn},
		},
	}
}

// local returns the same event from `sam local`, which authenticates no caller.
func local(method, resource, path string) events.APIGatewayProxyRequest {
	event := eventFor(method, resource, path)
	event.RequestContext.Identity = events.APIGatewayRequestIdentity{SourceIP: "127.0.0.1"}
	return event
}

func wantProblem(t *testing.T, answer events.APIGatewayProxyResponse, kind problem.Kind) {
	t.Helper()
	var document problem.Document
	if err := json.Unmarshal([]byte(answer.Body), &document); err != nil {
		t.Fatalf("%q: %v", answer.Body, err)
	}
	if answer.StatusCode != kind.Status || document.Code != kind.Code {
		t.Fatalf("%d %s, want %d %s", answer.StatusCode, document.Code, kind.Status, kind.Code)
	}
}

func TestIDs(t *testing.T) {
	tests := map[string]struct {
		event    events.APIGatewayProxyRequest
		samLocal bool
		want     string
	}{
		"plain":                      {eventFor("GET", "/users/{id}", "/users/abc"), false, "abc"},
		"encoded bar":                {eventFor("GET", "/users/{id}", "/users/auth0%7Cabc"), false, "auth0|abc"},
		"bare bar":                   {eventFor("GET", "/users/{id}", "/users/auth0|abc"), false, "auth0|abc"},
		"encoded slash":              {eventFor("GET", "/users/{id}", "/users/samlp%7Cx%7Ca%2Fb@c"), false, "samlp|x|a/b@c"},
		"encoded percent":            {eventFor("GET", "/users/{id}", "/users/a%257Cb"), false, "a%7Cb"},
		"plus":                       {eventFor("GET", "/users/{id}", "/users/a+b"), false, "a+b"},
		"encoded question and hash":  {eventFor("GET", "/users/{id}", "/users/a%3Fb%23c"), false, "a?b#c"},
		"encoded space and Unicode":  {eventFor("GET", "/users/{id}", "/users/a%20%C3%A9"), false, "a é"},
		"base path":                  {eventFor("GET", "/users/{id}", "/identity/users/auth0%7Cabc"), false, "auth0|abc"},
		"longer base path":           {eventFor("GET", "/users/{id}", "/a/b/users/users"), false, "users"},
		"no resource":                {eventFor("GET", "", "/users/auth0%7Cabc"), false, "auth0|abc"},
		"local, bar":                 {local("GET", "/users/{id}", "/users/auth0|abc"), true, "auth0|abc"},
		"local, percent":             {local("GET", "/users/{id}", "/users/a%7Cb"), true, "a%7Cb"},
		"local, half an escape":      {local("GET", "/users/{id}", "/users/100%"), true, "100%"},
		"local, question, hash, sp.": {local("GET", "/users/{id}", "/users/a?b#c d"), true, "a?b#c d"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			saw, answer := serve(t, t.Context(), tt.event, tt.samLocal)
			if saw == nil {
				t.Fatalf("not served: %d %s", answer.StatusCode, answer.Body)
			}
			if saw.id != tt.want {
				t.Errorf("the handler got %q, want %q", saw.id, tt.want)
			}
		})
	}
}

func TestInvalidPaths(t *testing.T) {
	tests := map[string]struct {
		event    events.APIGatewayProxyRequest
		samLocal bool
		kind     problem.Kind
	}{
		"half an escape":        {eventFor("GET", "/users/{id}", "/users/100%"), false, problem.InvalidRequest},
		"no hex digits":         {eventFor("GET", "/users/{id}", "/users/a%zzb"), false, problem.InvalidRequest},
		"two dots":              {eventFor("GET", "/users/{id}", "/users/.."), false, problem.InvalidRequest},
		"encoded dots":          {eventFor("GET", "/users/{id}", "/users/%2e%2e"), false, problem.InvalidRequest},
		"a slash":               {eventFor("GET", "/users/{id}", "/users/%2F"), false, problem.InvalidRequest}, // http.ServeMux would treat it as the end of the path
		"a trailing slash":      {eventFor("GET", "/users", "/users/"), false, problem.InvalidRequest},
		"too long":              {eventFor("GET", "/users/{id}", "/users/"+strings.Repeat("%61", 432)), false, problem.InvalidRequest},
		"local, trailing slash": {local("GET", "/users", "/users/"), true, problem.InvalidRequest},
		"local, leading slash":  {local("GET", "/users", "//users"), true, problem.InvalidRequest},
		"local, too long":       {local("GET", "/users/{id}", "/users/"+strings.Repeat("é", 216)), true, problem.InvalidRequest},
		"local, two dots":       {local("GET", "/users/{id}", "/users/.."), true, problem.InvalidRequest},
		"local, a slash":        {local("GET", "/users/{id}", "/users/a/b"), true, problem.NoSuchRoute},
		"local, nothing":        {local("GET", "/users/{id}", ""), true, problem.NoSuchRoute},
		"another method":        {eventFor("DELETE", "/users/{id}", "/users/a"), false, problem.MethodNotAllowed},
		"an invalid method":     {eventFor("GE T", "/users/{id}", "/users/a"), false, problem.InvalidRequest},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			saw, answer := serve(t, t.Context(), tt.event, tt.samLocal)
			if saw != nil {
				t.Errorf("the handler got %q", saw.id)
			}
			wantProblem(t, answer, tt.kind)
		})
	}
}

// Paths as AWS puts them into events, from localstack/localstack: its file
// tests/aws/services/apigateway/test_apigateway_lambda.snapshot.json (trailing slashes and
// plus signs, recorded 2024-07-10) and its pull requests 11304 (leading slashes) and 12296
// (domains). Those with empty segments are refused; all others are served, with any base path.
func TestPathsAsRecorded(t *testing.T) {
	const served, odd = true, false
	tests := map[string]struct {
		resource, path, asked string
		served                bool
		id                    string
	}{
		"plain":                             {"/users", "/users", "/prod/users", served, ""},
		"an id":                             {"/users/{id}", "/users/a%2Bb@c+d", "/prod/users/a%2Bb@c+d", served, "a+b@c+d"},
		"a trailing slash":                  {"/users", "/users/", "/prod/users/", odd, ""},
		"a trailing slash after an id":      {"/users/{id}", "/users/a/", "/prod/users/a/", odd, ""},
		"a trailing slash after such an id": {"/users/{id}", "/users/users/", "/prod/users/users/", odd, ""},
		"a leading slash":                   {"/users", "//users", "/prod//users", odd, ""},
		"leading slashes":                   {"/users", "///users", "/prod///users", odd, ""},
		"a leading slash in one field":      {"/users", "/users", "/prod//users", odd, ""},
		"a trailing slash in one field":     {"/users", "/users", "/prod/users/", odd, ""},
		"a leading slash and an id":         {"/users/{id}", "//users/a", "/prod//users/a", odd, ""},
		"a domain":                          {"/users", "/users", "/users", served, ""},
		"a domain and a stage":              {"/users", "/prod/users", "/prod/users", served, ""},
		"a base path":                       {"/users/{id}", "/base/users/a", "/base/users/a", served, "a"},
		"a base path and a stage":           {"/users/{id}", "/base/prod/users/a", "/base/prod/users/a", served, "a"},
		"a base path like a resource":       {"/users/{id}", "/users/users/a", "/users/users/a", served, "a"},
		"a base path of two segments":       {"/users", "/a/b/users", "/a/b/users", served, ""},
		"a base path, trailing slash":       {"/users", "/base/users/", "/base/users/", odd, ""},
		"a base path, double slash":         {"/users", "/base//users", "/base//users", odd, ""},
		"a leading slash, base path":        {"/users", "//base/users", "//base/users", odd, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			event := eventFor("GET", tt.resource, tt.path)
			event.RequestContext.Path = tt.asked
			saw, answer := serve(t, t.Context(), event, false)
			switch {
			case tt.served && (saw == nil || saw.id != tt.id):
				t.Errorf("%+v: %s", saw, answer.Body)
			case !tt.served && (saw != nil || !strings.Contains(answer.Body, `"path: no segment may be empty, ., .. or /"`)):
				t.Errorf("%+v: %s", saw, answer.Body)
			}
		})
	}
}

// A path that does not end in the resource keeps its base path, whatever its length.
func TestPathsOfOtherResources(t *testing.T) {
	for _, path := range []string{"/base/groups/a", "/users/a/groups", "/x/y/z"} {
		saw, answer := serve(t, t.Context(), eventFor("GET", "/users/{id}", path), false)
		wantProblem(t, answer, problem.NoSuchRoute)
		if saw != nil {
			t.Errorf("%s was served", path)
		}
	}
}

func FuzzIDs(f *testing.F) {
	for _, id := range []string{"abc", "auth0|abc", "samlp|x|a/b@c", "100%", "%2F", "%252F", "a b", "a+b", "é", "..%2f", "?#", "\\", "\x00", "\xff", ":", "*", "users", "…/..", ";a=b", "//"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if id == "/" || valid.ID(id) != "" {
			return // refused, which TestPathsThatAreRefused and httpapi's tests hold
		}
		escaped := "/users/" + url.PathEscape(id)
		for name, path := range map[string]string{"encoded": escaped, "base path": "/base" + escaped, "all encoded": "/users/" + percentEncoded(id)} {
			saw, answer := serve(t, t.Context(), eventFor("GET", "/users/{id}", path), false)
			if saw == nil || saw.id != id {
				t.Errorf("%s: %q becomes %+v: %s", name, id, saw, answer.Body)
			}
		}
		if strings.Contains(id, "/") {
			return // sam local refuses it before it calls the function
		}
		saw, answer := serve(t, t.Context(), local("GET", "/users/{id}", "/users/"+id), true)
		if saw == nil || saw.id != id {
			t.Errorf("decoded: %q becomes %+v: %s", id, saw, answer.Body)
		}
	})
}

// percentEncoded also escapes characters that need no escaping.
func percentEncoded(s string) string {
	const hex = "0123456789aBcDeF"
	var b strings.Builder
	for i := range len(s) {
		b.WriteString("%" + string(hex[s[i]>>4]) + string(hex[s[i]&15]))
	}
	return b.String()
}

func TestBodies(t *testing.T) {
	post := func(body string, encoded bool) events.APIGatewayProxyRequest {
		event := eventFor("POST", "/users", "/users")
		event.Body, event.IsBase64Encoded = body, encoded
		return event
	}
	tests := map[string]struct {
		event events.APIGatewayProxyRequest
		want  string
	}{
		"none":                   {post("", false), ""},
		"text":                   {post(`{"a":"é"}`, false), `{"a":"é"}`},
		"text that looks base64": {post("aGVsbG8=", false), "aGVsbG8="},
		"base64":                 {post("aGVsbG8=", true), "hello"},
		"base64 of bytes":        {post(base64.StdEncoding.EncodeToString([]byte("\x00\xff")), true), "\x00\xff"},
		"base64 of nothing":      {post("", true), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			saw, answer := serve(t, t.Context(), tt.event, false)
			if saw == nil {
				t.Fatalf("not served: %s", answer.Body)
			}
			if saw.body != tt.want {
				t.Errorf("the body is %q, want %q", saw.body, tt.want)
			}
		})
	}
	t.Run("bad base64", func(t *testing.T) {
		saw, answer := serve(t, t.Context(), post("not base64!", true), false)
		wantProblem(t, answer, problem.InvalidRequest)
		if saw != nil || !strings.Contains(answer.Body, "base64") {
			t.Errorf("%+v, %s", saw, answer.Body)
		}
	})
}

func TestHeadersAndQuery(t *testing.T) {
	many := eventFor("GET", "/users", "/users")
	many.Headers = map[string]string{"Accept": "text/plain", "x-more": "3"}
	many.MultiValueHeaders = map[string][]string{"accept": {"text/plain", "text/html"}, "X-More": {"1", "2", "3"}, "Host": {"usher.internal:8443"}}
	many.QueryStringParameters = map[string]string{"email": "b@example.com"}
	many.MultiValueQueryStringParameters = map[string][]string{"email": {"a+1@example.com", "b@example.com"}, "q&=": {"ü = &"}}
	single := eventFor("GET", "/users", "/users")
	single.Headers = map[string]string{"accept": "text/plain", "host": "usher.internal"}
	single.QueryStringParameters = map[string]string{"email": "a+1@example.com"}
	tests := map[string]struct {
		event  events.APIGatewayProxyRequest
		host   string
		header http.Header
		query  url.Values
	}{
		"many": {many, "usher.internal:8443",
			http.Header{"Accept": {"text/plain", "text/html"}, "X-More": {"1", "2", "3"}, "Host": {"usher.internal:8443"}},
			url.Values{"email": {"a+1@example.com", "b@example.com"}, "q&=": {"ü = &"}}},
		"single": {single, "usher.internal",
			http.Header{"Accept": {"text/plain"}, "Host": {"usher.internal"}}, url.Values{"email": {"a+1@example.com"}}},
		"none": {eventFor("GET", "/users", "/users"), "usher.invalid", http.Header{}, url.Values{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			saw, _ := serve(t, t.Context(), tt.event, false)
			if diff := cmp.Diff(tt.header, saw.header); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.query, saw.query); diff != "" {
				t.Error(diff)
			}
			if saw.host != tt.host {
				t.Errorf("the host is %q, want %q", saw.host, tt.host)
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	_, answer := serve(t, t.Context(), eventFor("GET", "/users/{id}", "/users/a%3Cb"), false)
	header := http.Header(answer.MultiValueHeaders)
	if answer.StatusCode != 200 || answer.Body != `{"id":"a<b"}`+"\n" || answer.IsBase64Encoded {
		t.Errorf("%+v", answer)
	}
	if got := header.Values("Set-Cookie"); !slices.Equal(got, []string{"a=1", "b=2"}) {
		t.Errorf("the cookies are %q", got)
	}
	if got := header.Get("X-Request-Id"); got != "gateway-id" {
		t.Errorf("the request id is %q, want the gateway's", got)
	}
	event := eventFor("GET", "/users/{id}", "/users/a")
	event.Headers = map[string]string{"x-request-id": "mine"}
	_, answer = serve(t, t.Context(), event, false)
	if got := http.Header(answer.MultiValueHeaders).Get("X-Request-Id"); got != "mine" {
		t.Errorf("the request id is %q, want the caller's", got)
	}
}

// The actor is a header of the event, in any case, and in either of its two fields.
func TestActor(t *testing.T) {
	const form = "X-Actor: must be one user ID, percent-encoded as in a path"
	tests := map[string]struct {
		single      map[string]string
		multi       map[string][]string
		want, fault string
	}{
		"absent":         {},
		"both fields":    {map[string]string{"X-Actor": "auth0%7C1"}, map[string][]string{"X-Actor": {"auth0%7C1"}}, "auth0|1", ""},
		"lower case":     {nil, map[string][]string{"x-actor": {"auth0%7C1"}}, "auth0|1", ""},
		"upper case":     {nil, map[string][]string{"X-ACTOR": {"auth0|1"}}, "auth0|1", ""},
		"one value only": {map[string]string{"x-actor": "auth0%7C1"}, nil, "auth0|1", ""},
		"twice":          {map[string]string{"X-Actor": "b"}, map[string][]string{"X-Actor": {"a", "b"}}, "", form},
		"twice, by case": {nil, map[string][]string{"X-Actor": {"a"}, "x-actor": {"b"}}, "", form},
		"joined":         {nil, map[string][]string{"X-Actor": {"a,b"}}, "", form},
		"not an ID":      {nil, map[string][]string{"X-Actor": {".."}}, "", "X-Actor: is not a valid ID"},
		"empty":          {nil, map[string][]string{"X-Actor": {""}}, "", "X-Actor: is not a valid ID"},
		"not encoded":    {nil, map[string][]string{"X-Actor": {"é"}}, "", form},
	}
	for name, tt := range tests {
		for way, newEvent := range map[string]func(method, resource, path string) events.APIGatewayProxyRequest{"deployed": eventFor, "sam local": local} {
			t.Run(name+", "+way, func(t *testing.T) {
				event := newEvent("GET", "/users", "/users")
				event.Headers, event.MultiValueHeaders = tt.single, tt.multi
				saw, answer := serve(t, t.Context(), event, way == "sam local")
				switch {
				case tt.fault == "" && (saw == nil || saw.actor != tt.want):
					t.Errorf("%+v: %s", saw, answer.Body)
				case tt.fault != "" && (saw != nil || answer.StatusCode != 400 || !strings.Contains(answer.Body, `"`+tt.fault+`"`)):
					t.Errorf("%+v: %d %s", saw, answer.StatusCode, answer.Body)
				}
			})
		}
	}
}

func TestPathOfTheClient(t *testing.T) {
	at := func(path, asked string) events.APIGatewayProxyRequest {
		event := eventFor("GET", "/users/{id}", path)
		event.RequestContext.Path = asked
		return event
	}
	tests := map[string]struct {
		event events.APIGatewayProxyRequest
		want  string
	}{
		"with the stage":   {at("/users/a%7Cb", "/prod/users/a%7Cb"), "/prod/users/a%7Cb"},
		"with a base path": {at("/base/users/a%7Cb", "/base/users/a%7Cb"), "/base/users/a%7Cb"},
		"absent":           {at("/users/a%7Cb", ""), "/users/a%7Cb"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			saw, _ := serve(t, t.Context(), tt.event, false)
			if saw.path != tt.want {
				t.Errorf("%q, want %q", saw.path, tt.want)
			}
		})
	}
}

func TestInvocationLeavesTimeToAnswer(t *testing.T) { synctest.Test(t, leavesTimeToAnswer) }

func leavesTimeToAnswer(t *testing.T) {
	end := time.Now().Add(time.Minute)
	ctx, cancel := context.WithDeadline(t.Context(), end)
	defer cancel()
	saw, _ := serve(t, ctx, eventFor("GET", "/users", "/users"), false)
	if left := end.Sub(saw.deadline); left != timeToAnswer {
		t.Errorf("%v are left for the response, want %v", left, timeToAnswer)
	}
	saw, _ = serve(t, t.Context(), eventFor("GET", "/users", "/users"), false)
	if until := time.Until(saw.deadline); until != time.Hour {
		t.Errorf("an invocation without a deadline gets one in %v", until)
	}
}

// The Lambda runtime passes X-Ray's header outside the event.
func TestXRayTraceIsLogged(t *testing.T) {
	var log bytes.Buffer
	served := httpapi.Serve(http.NotFoundHandler(), httpapi.ServeOptions{Log: slog.New(slog.NewJSONHandler(&log, nil)), Deadline: time.Hour, Origin: Origin})
	handler := New(served, Options{SAMLocal: true})
	ctx := context.WithValue(t.Context(), "x-amzn-trace-id", "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a:0") //nolint:SA1029 // the key is aws-lambda-go's
	if _, err := handler(ctx, events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/x"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `"xray_trace_id":"1-67891233-abcdef012345678912345678"`) {
		t.Errorf("%s", &log)
	}
}
