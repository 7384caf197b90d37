// Package credentials holds the credentials of a local tenant for tests.
package credentials

import (
	"testing"

	"usher/internal/secrets"
	"usher/localtenant"
)

// Of returns the credentials of the local tenant at a URL.
func Of(t testing.TB, url string) secrets.Static {
	t.Helper()
	c, err := secrets.Credentials{Domain: url, ClientID: localtenant.ClientID, ClientSecret: localtenant.ClientSecret}.Complete(false)
	if err != nil {
		t.Fatal(err)
	}
	return secrets.Static(c)
}
