package traffic_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/boot"
	"usher/internal/config"
	"usher/localtenant"
	"usher/localtenant/tenanttest"
	"usher/test/contract"
	"usher/test/testkit/container"
	"usher/test/testkit/credentials"
	"usher/test/testkit/traffic"
)

func TestEveryOperationSucceeds(t *testing.T) {
	tenant := tenanttest.Start(t, func(o *localtenant.Options) { o.Quirks = true })
	cfg := config.Config{
		Connection: localtenant.Connection, RedirectURIs: []string{"http://127.0.0.1:3000/callback"}, LogoutURIs: []string{"http://127.0.0.1:3000/"},
		Scopes: strings.Fields(config.DefaultScopes), Binding: config.BindingCookie,
	}
	service := container.New(boot.New(cfg, credentials.Of(t, tenant.URL), slog.New(slog.DiscardHandler), time.Now), slog.New(slog.DiscardHandler)).Answer
	admin, err := traffic.NewAdmin(tenant.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	maker := traffic.Maker{Admin: admin, Service: service}
	var ids []string
	for _, op := range contract.Load(t).WithoutJobs() {
		ids = append(ids, op.ID)
	}
	slices.Sort(ids)
	if !slices.Equal(traffic.Operations(), ids) {
		t.Fatalf("operations %q, want %q", traffic.Operations(), ids)
	}
	for n := range 3 * len(ids) {
		operation := ids[n%len(ids)]
		r, err := maker.Make(operation, n)
		if err != nil {
			t.Fatal(err)
		}
		unchanged := r.Holds(traffic.Answer{Body: "{}"})
		got, err := service(r)
		if err != nil || got.Status >= 400 {
			t.Errorf("%s: %d %s, %v", operation, got.Status, got.Body, err)
			continue
		}
		if err := r.Holds(got); err != nil {
			t.Errorf("%s: %v", operation, err)
		}
		if checked[operation] != (unchanged != nil) {
			t.Errorf("%s: before the request, the check says %v", operation, unchanged)
		}
	}
}

// checked are the operations whose check fails without the request.
var checked = map[string]bool{
	"createuser": true, "deleteuserbyemail": true, "getuser": true, "updateuser": true, "deleteuser": true, "callback": true,
	"updatemetadata": true, "replacemetadata": true, "updateappmetadata": true, "replaceappmetadata": true,
	"blockuser": true, "unblockuser": true, "resetmfa": true, "deletemfamethod": true, "linkidentity": true, "unlinkidentity": true,
	"endsessions": true, "endsession": true, "setuserroles": true, "removeuserroles": true,
}
