package api

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Metadata is shown as the provider has it, numbers included, wherever it is shown.
func TestMetadataPassesThroughExactly(t *testing.T) {
	const exact = `{"big":12345678901234567890,"cents":1.10,"far":1e300,"nested":{"list":[0.1,-0,{"x":null}]},"text":"<&> \u00e9"}`
	kind := regexp.MustCompile(`"(user|app)_metadata":\{[^{}]*\}`)
	eachWay(t, func(t *testing.T, s *service) {
		s.calm(t)
		ada := url.PathEscape(ada)
		s.tenant.Rewrite(func(_ *http.Request, answered []byte) []byte {
			return kind.ReplaceAll(answered, []byte(`"${1}_metadata":`+exact))
		})
		defer s.tenant.Rewrite(nil)
		for _, target := range []string{"/users/" + ada, "/users?limit=1", "/users?email=ada@example.com", "/metadata/" + ada, "/app-metadata/" + ada} {
			got := s.as(t, "GET", target, "")
			wantAnswer(t, got, 200, "")
			body := strings.NewReplacer(`\u00e9`, "é", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(got.body))
			for _, part := range []string{`"big":12345678901234567890`, `"cents":1.10`, `"far":1e300`, `"list":[0.1,-0,{"x":null}]`, `"text":"<&> é"`} {
				if !strings.Contains(body, part) {
					t.Errorf("%s lacks %s: %s", target, part, got.body)
				}
			}
		}
	})
}
