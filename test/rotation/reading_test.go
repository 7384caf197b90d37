package rotation

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"usher/internal/limits/limitstest"
	"usher/internal/rotation"
	"usher/internal/secrets"
	"usher/localtenant"
	"usher/operations"
)

// The secret of an application that may only read is changed as well, by the
// managing one: the function's own secret stays another than the event's.
func TestTheManagingApplicationChangesTheReadingOnesSecret(t *testing.T) {
	s := start(t, localtenant.NodesByRequest, 1) // the rotation function has read its secret by now
	application := s.tenant.Tenant.Settings().Application
	application.Grants, application.Scopes = []string{"client_credentials"}, []string{"read:users"}
	s.tenant.Tenant.AddApplication("reading", "the-reading-ones-secret", application)
	before := fmt.Sprintf(`{"domain":%q,"client_id":"reading","client_secret":"the-reading-ones-secret"}`, s.tenant.URL)
	if _, err := s.rotator.Auth0().Users().User(t.Context(), limitstest.User("auth0|65e19a100000000000000001")); err != nil {
		t.Fatal(err)
	}

	vault := s.vault.Add("usher/read", before)
	handle := rotation.Rotate(rotation.Options{Secrets: append(s.rotator.SecretIDs(), "usher/read"), Vault: secrets.NewVault(), Provider: s.rotator.Auth0().Applications(), Pause: func(context.Context, time.Duration) error {
		s.clock.Advance(time.Second)
		return nil
	}})
	version := vault.BeginRotation()
	for _, step := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
		if err := handle(t.Context(), rotation.Event{Step: step, SecretID: "usher/read", Version: version}); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	s.clock.Advance(lag)
	fresh := parse(t, vault.Text("AWSCURRENT"))
	if err := s.rotator.Auth0().Applications().Accepts(t.Context(), fresh); err != nil || fresh.ClientID != "reading" {
		t.Errorf("%v of %q", err, fresh.ClientID)
	}
	if s.rotator.Auth0().Applications().Accepts(t.Context(), parse(t, before)) == nil {
		t.Error("the old secret is still good")
	}
	reading := container{operations.Handler(s.envOf("usher/read"), s.logger())}
	if got := reading.call(http.MethodGet, "/users/"+ada, "", nil); got.Code != http.StatusOK {
		t.Errorf("reading: %d %s", got.Code, got.Body)
	}
	if got := reading.call(http.MethodDelete, "/users/"+ada, "", nil); got.Code != http.StatusInternalServerError {
		t.Errorf("a reading application deletes: %d %s", got.Code, got.Body)
	}
}
