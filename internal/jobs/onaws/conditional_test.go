package onaws

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// immediately is a retryer that does not wait.
type immediately struct{ aws.Retryer }

func (immediately) RetryDelay(int, error) (time.Duration, error) { return 0, nil }

func TestAConditionalWriteReportsWhetherItWrote(t *testing.T) {
	const own, other = "own", "other"
	refused := step{status: 412, code: "PreconditionFailed"}
	missing := step{status: 404, code: "NoSuchKey"}
	busy := step{status: 503, code: "SlowDown"}
	failed := step{status: 500, code: "InternalError"}
	conflict := step{status: 409, code: "ConditionalRequestConflict"}
	stored := func(body string) step { return step{body: body} }
	tests := map[string]struct {
		steps []step
		wrote bool
		err   string // "" for none
		sent  string
	}{
		"written":                           {[]step{{}}, true, "", "PUT"},
		"there is one":                      {[]step{refused}, false, "", "PUT"},
		"deleted meanwhile":                 {[]step{missing}, false, "", "PUT"},
		"a conflict":                        {[]step{conflict, {}}, true, "", "PUT PUT"},
		"a conflict that another won":       {[]step{conflict, refused}, false, "", "PUT PUT"},
		"an error":                          {[]step{failed, {}}, true, "", "PUT PUT"},
		"written, but the response is lost": {[]step{failed, refused, stored(own)}, true, "", "PUT PUT GET"},
		"no response":                       {[]step{{hangs: true}, refused, stored(own)}, true, "", "PUT PUT GET"},
		"written by another":                {[]step{busy, refused, stored(other)}, false, "", "PUT PUT GET"},
		"deleted after a lost response":     {[]step{busy, missing, missing}, false, "", "PUT PUT GET"},
		"no right":                          {[]step{{status: 403, code: "AccessDenied"}}, false, "AccessDenied (status 403, request request-1)", "PUT"},
		"no end of errors":                  {[]step{busy, busy, busy, busy, busy}, false, "SlowDown", "PUT PUT PUT PUT PUT"},
		"no end of conflicts":               {[]step{conflict, conflict, conflict, conflict, conflict}, false, "ConditionalRequestConflict", "PUT PUT PUT PUT PUT"},
	}
	for name, tt := range tests {
		for _, condition := range []string{"If-None-Match", "If-Match"} {
			t.Run(name+" "+condition, func(t *testing.T) {
				a, f := against(t, tt.steps...)
				write := func() (bool, error) { return a.Create(t.Context(), "jobs/1/manifest", []byte(own)) }
				want := "*"
				if condition == "If-Match" {
					write = func() (bool, error) { return a.Replace(t.Context(), "jobs/1/manifest", `"e0"`, []byte(own)) }
					want = `"e0"`
				}
				wrote, err := write()
				if wrote != tt.wrote || (err == nil) != (tt.err == "") {
					t.Fatalf("%v, %v", wrote, err)
				}
				if err != nil && (!strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "ada@")) {
					t.Errorf("%v", err)
				}
				if got := strings.TrimSpace(f.methods()); got != tt.sent {
					t.Errorf("sent %s", got)
				}
				for _, r := range f.seen {
					if r.Method == "PUT" && (r.Header.Get(condition) != want || r.URL.Path != "/bucket/jobs/1/manifest" || r.Header.Get("X-Amz-Content-Sha256") == "UNSIGNED-PAYLOAD") {
						t.Errorf("%s %v", r.URL, r.Header)
					}
				}
			})
		}
	}
}
