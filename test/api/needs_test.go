package api

import (
	"slices"
	"testing"

	"usher/internal/api"
	"usher/internal/boot"
	"usher/operations"
	"usher/test/contract"
)

// What an operation declares to need is what its first request in a process fetches besides its usual
// calls: a management token unless NoToken, and the signing keys if ChecksToken.
func TestOperationsDeclareWhatTheyNeed(t *testing.T) {
	contracted := map[string]contract.Operation{}
	for _, op := range contract.Load(t).Operations() {
		contracted[op.ID] = op
	}
	asDeployed(t, func(t *testing.T, s *service) {
		s.calm(t)
		declared := operations.All(boot.New(s.setup.config, s.setup.credentials, nil, s.setup.now))
		s.want(s.call("GET", "/users", ""), 200, "")
		for _, c := range costs {
			for _, tt := range c {
				if tt.name == "" {
					t.Run(tt.operation, func(t *testing.T) { tt.checkNeeds(t, s, contracted[tt.operation], declared) })
				}
			}
		}
	})
}

func (c cost) checkNeeds(t *testing.T, s *service, op contract.Operation, declared []api.Operation) {
	i := slices.IndexFunc(declared, func(d api.Operation) bool { return slices.Contains(d.Routes, op.Method+" "+op.Path) })
	if i < 0 {
		t.Fatalf("no operation declares %s %s", op.Method, op.Path)
	}
	s.freePlaces(t)
	target, body, headers := c.prepare(t, s)
	cold := s.container(t, s.way)
	s.tenant.Tenant.ResetStats()
	if got := cold.as(t, op.Method, target, body, headers...); got.status >= 400 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	stats := s.tenant.Tenant.Stats()
	keys := stats.Routes["GET /.well-known/jwks.json"]
	if token := stats.Requests - c.calls - keys; (token == 1) == declared[i].NoToken || token > 1 {
		t.Errorf("%d requests for a token, but NoToken is %v: %+v", token, declared[i].NoToken, stats)
	}
	if (keys == 1) != declared[i].ChecksToken || keys > 1 {
		t.Errorf("%d requests for the keys, but ChecksToken is %v", keys, declared[i].ChecksToken)
	}
}
