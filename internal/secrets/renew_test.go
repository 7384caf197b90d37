package secrets

import (
	"fmt"
	"strings"
	"testing"
)

func TestRenew(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"one application": {
			`{"domain":"d.example","client_id":"web","client_secret":"s3cr3t"}`,
			`{"client_id":"web","client_secret":"new-1","domain":"d.example"}`,
		},
		"two applications": {
			`{"domain":"d.example","client_id":"web","client_secret":"s3cr3t","management_client_id":"machine","management_client_secret":"s3cr3t"}`,
			`{"client_id":"web","client_secret":"new-1","domain":"d.example","management_client_id":"machine","management_client_secret":"new-2"}`,
		},
		"one application, named twice": {
			`{"domain":"d.example","client_id":"web","client_secret":"s3cr3t","management_client_id":"web","management_client_secret":"s3cr3t"}`,
			`{"client_id":"web","client_secret":"new-1","domain":"d.example","management_client_id":"web","management_client_secret":"new-1"}`,
		},
		"additional members": {
			`{"domain":"d.example","client_id":"web","client_secret":"s3cr3t","note":{"b":1,"a":[2]},"n":12345678901234567890}`,
			`{"client_id":"web","client_secret":"new-1","domain":"d.example","n":12345678901234567890,"note":{"b":1,"a":[2]}}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n := 0
			got, err := Renew(tt.text, func() string { n++; return fmt.Sprint("new-", n) })
			if err != nil || got != tt.want {
				t.Errorf("%s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestRenewRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                         "",
		"not JSON":                      "s3cr3t",
		"an array":                      `["s3cr3t"]`,
		"null":                          "null",
		"incomplete":                    `{"client_secret":"s3cr3t"}`,
		"only the management client ID": `{"domain":"d.example","client_id":"web","client_secret":"s3cr3t","management_client_id":"machine"}`,
		"plain http":                    secretAt("http://s3cr3t.example.com"),
		"a numeric secret":              `{"domain":"d.example","client_id":"web","client_secret":53}`,
		"trailing text":                 secretAt("d.example") + "s3cr3t",
		"a domain with a scheme":        secretAt("https://s3cr3t.example.com"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Renew(text, func() string { return "new" })
			if err == nil || got != "" || strings.Contains(err.Error(), hidden) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
