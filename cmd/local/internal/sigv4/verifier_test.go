package sigv4_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"usher/cmd/local/internal/sigv4"
)

var (
	key  = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	role = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "of-a-role", SessionToken: "token+/="}
	now  = time.Date(2025, 3, 1, 0, 2, 0, 0, time.UTC) // near midnight, so that the signed day can differ
)

// call describes a request and its signature.
type call struct {
	method, target, body, service, region string
	credentials                           aws.Credentials
	date                                  time.Time
	header                                map[string]string // also signed
}

func (c call) sign(t *testing.T) *http.Request {
	t.Helper()
	r := httptest.NewRequest(c.method, "http://usher.example"+c.target, strings.NewReader(c.body))
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	sum := sha256.Sum256([]byte(c.body))
	if err := v4.NewSigner().SignHTTP(t.Context(), c.credentials, r, hex.EncodeToString(sum[:]), c.service, c.region, c.date); err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(c.target, "?")
	r.URL.RawQuery = query // the signer has sorted it
	r.RequestURI = c.target
	return r
}

func get(target string) call {
	return call{method: "GET", target: target, service: sigv4.Service, region: "eu-central-1", credentials: key, date: now}
}

func verifier() sigv4.Verifier {
	return sigv4.Verifier{Credentials: key, Now: func() time.Time { return now }}
}

func TestVerify(t *testing.T) {
	with := func(c call, change func(*call)) call { change(&c); return c }
	tests := map[string]call{
		"a simple request":        get("/users"),
		"the root":                get("/"),
		"an escaped bar":          get("/users/auth0%7C1"),
		"an escaped slash":        get("/users/a%2Fb"),
		"an escaped percent":      get("/users/a%252Fb"),
		"an escaped space":        get("/users/a%20b"),
		"not ASCII":               get("/users/%C3%A9"),
		"lower-case hexadecimals": get("/users/auth0%7c1"),
		"a sorted query":          get("/users?email=a%40b.c&limit=1"),
		"an unsorted query":       get("/users?sort=-created_at&limit=1&email=a%2Bb%40c.d"),
		"a name twice":            get("/users?a=2&a=1&a=10"),
		"a name without value":    get("/users?a&b="),
		"a body":                  with(get("/users"), func(c *call) { c.method, c.body = "POST", `{"email":"é@example.com"}` }),
		"headers": with(get("/users"), func(c *call) {
			c.header = map[string]string{"If-Match": `"a",  "b"`, "Cookie": "usher-a=b", "Content-Type": "application/json"}
		}),
		"the body's hash": with(get("/users"), func(c *call) { c.header = map[string]string{"X-Amz-Content-Sha256": emptyHash} }),
		"a clock behind":  with(get("/users"), func(c *call) { c.date = now.Add(-5 * time.Minute) }), // on another day
		"a clock ahead":   with(get("/users"), func(c *call) { c.date = now.Add(5 * time.Minute) }),
		"another region":  with(get("/users"), func(c *call) { c.region = "us-east-1" }),
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			r := c.sign(t)
			if err := verifier().Verify(r); err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != c.body {
				t.Errorf("the body is %q, %v", body, err)
			}
		})
	}
}

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestVerifyRefuses(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	replace := func(old, with string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
		}
	}
	to := func(target string) func(*http.Request) { return func(r *http.Request) { r.RequestURI = target } }
	const target = "/users/auth0%7C1?a=1&b=2"
	tests := map[string]struct {
		call   func(*call)
		change func(*http.Request)
		want   error
		says   string
	}{
		"unsigned":                     {change: func(r *http.Request) { r.Header.Del("Authorization") }, want: sigv4.ErrUnsigned},
		"a bearer token":               {change: set("Authorization", "Bearer x"), want: sigv4.ErrUnsigned},
		"another algorithm":            {change: replace("SHA256", "SHA1"), want: sigv4.ErrUnsigned},
		"presigned":                    {change: func(r *http.Request) { r.URL.RawQuery = "X-Amz-Signature=x" }, says: "presigned"},
		"signed twice":                 {change: func(r *http.Request) { r.Header.Add("Authorization", "Basic x") }, says: "more than one"},
		"another key":                  {call: func(c *call) { c.credentials.AccessKeyID = "AKIDOTHER" }, says: "access key is unknown"},
		"another secret":               {call: func(c *call) { c.credentials.SecretAccessKey = "guessed" }, says: "does not match the request"},
		"another service":              {call: func(c *call) { c.service = "s3" }, says: "service execute-api"},
		"too old":                      {call: func(c *call) { c.date = now.Add(-5*time.Minute - time.Second) }, says: "5 minutes"},
		"too early":                    {call: func(c *call) { c.date = now.Add(5*time.Minute + time.Second) }, says: "5 minutes"},
		"an unexpected session token":  {call: func(c *call) { c.credentials.SessionToken = "x" }, says: "session token"},
		"another method":               {change: func(r *http.Request) { r.Method = "DELETE" }, says: "does not match the request"},
		"another host":                 {change: func(r *http.Request) { r.Host = "other.example" }, says: "does not match the request"},
		"another path":                 {change: to("/users/auth0%7C2?a=1&b=2"), says: "does not match the request"},
		"the path unescaped":           {change: to("/users/auth0|1?a=1&b=2"), says: "does not match the request"},
		"the path escaped twice":       {change: to("/users/auth0%257C1?a=1&b=2"), says: "does not match the request"},
		"another query":                {change: to("/users/auth0%7C1?a=1&b=3"), says: "does not match the request"},
		"an additional parameter":      {change: to(target + "&c=3"), says: "does not match the request"},
		"no query":                     {change: to("/users/auth0%7C1"), says: "does not match the request"},
		"a malformed query":            {change: to(target + "&c;d=3"), says: "percent-encoded"},
		"a malformed escape":           {change: to(target + "&c=%zz"), says: "percent-encoded"},
		"a plus for a space":           {change: to("/users?a=b+c"), says: "percent-encoded"},
		"a bare @":                     {change: to("/users?email=a@b.c"), says: "percent-encoded"},
		"lower-case hexadecimals":      {change: to("/users?email=a%2bb"), says: "percent-encoded"},
		"another body":                 {change: func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) }, says: "does not match the request"},
		"a wrong body hash":            {call: func(c *call) { c.header = map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)} }, says: "body's hash"},
		"an unsigned body":             {call: func(c *call) { c.header = map[string]string{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"} }, says: "body's hash"},
		"a header changed":             {call: func(c *call) { c.header = map[string]string{"If-Match": `"a"`} }, change: set("If-Match", `"b"`), says: "does not match the request"},
		"a header gone":                {call: func(c *call) { c.header = map[string]string{"If-Match": `"a"`} }, change: func(r *http.Request) { r.Header.Del("If-Match") }, says: "a missing header"},
		"an unsigned x-amz":            {change: set("X-Amz-Meta-A", "b"), says: "x-amz-meta-a is not signed"},
		"the date changed":             {change: set("X-Amz-Date", now.Add(time.Minute).Format("20060102T150405Z")), says: "does not match the request"},
		"no date":                      {change: set("X-Amz-Date", "today"), says: "is not a date"},
		"another day":                  {change: replace("/20250301/", "/20250228/"), says: "day is not"},
		"the host unsigned":            {change: replace("SignedHeaders=host;", "SignedHeaders="), says: "must be signed"},
		"the date unsigned":            {change: replace(";x-amz-date", ""), says: "x-amz-date is not signed"},
		"headers not sorted":           {change: replace("host;x-amz-date", "x-amz-date;host"), says: "not sorted"},
		"headers in upper case":        {change: replace("host;", "Host;"), says: "lower case"},
		"a header twice":               {change: replace("host;", "host;host;"), says: "name one twice"},
		"a header that proxies change": {change: func(r *http.Request) { set("User-Agent", "x")(r); replace("host;", "host;user-agent;")(r) }, says: "name user-agent, which this server cannot check"},
		"a header of the gateway": {change: func(r *http.Request) {
			set("X-Amzn-Trace-Id", "x")(r)
			replace("x-amz-date", "x-amz-date;x-amzn-trace-id")(r)
		}, says: "name x-amzn-trace-id, which"},
		"the length without a body": {change: replace("host;", "content-length;host;"), says: "name content-length, which"},
		"a short signature":         {change: replace("Signature=", "Signature=00"), says: "64 hexadecimal"},
		"no signature":              {change: replace("Signature=", "Sig="), says: "64 hexadecimal"},
		"no credential":             {change: replace("Credential=", "Credential=/"), says: "is not Credential="},
		"a part twice":              {change: replace("SignedHeaders=", "Signature=, SignedHeaders="), says: "twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := get(target)
			if tt.call != nil {
				tt.call(&c)
			}
			r := c.sign(t)
			if tt.change != nil {
				tt.change(r)
			}
			want := tt.want
			if want == nil {
				want = sigv4.ErrRefused
			}
			err := verifier().Verify(r)
			if !errors.Is(err, want) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
			if err != nil && strings.Contains(err.Error(), key.SecretAccessKey) {
				t.Error("the error contains the secret")
			}
		})
	}
}

func TestRegionAndSessionToken(t *testing.T) {
	v := sigv4.Verifier{Credentials: role, Region: "eu-central-1", Now: func() time.Time { return now }}
	tests := map[string]struct {
		change func(*call)
		says   string
	}{
		"unchanged":      {func(*call) {}, ""},
		"another region": {func(c *call) { c.region = "us-east-1" }, "region eu-central-1"},
		"no token":       {func(c *call) { c.credentials.SessionToken = "" }, "session token"},
		"another token":  {func(c *call) { c.credentials.SessionToken = "guessed" }, "session token"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := get("/users")
			c.credentials = role
			tt.change(&c)
			err := v.Verify(c.sign(t))
			if (tt.says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTooLargeBody(t *testing.T) {
	r := get("/users").sign(t)
	r.Body = io.NopCloser(io.LimitReader(endless{}, 11<<20))
	if err := verifier().Verify(r); !errors.Is(err, sigv4.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
