package caps

import (
	"testing"

	"usher/internal/api"
	"usher/internal/permission"
	"usher/internal/quota"
)

func TestHas(t *testing.T) {
	tests := map[string]struct {
		op    api.Operation
		route string
		want  bool
	}{
		"a list":            {api.Operation{}, "GET /users", true},
		"one user":          {api.Operation{}, "GET /users/{id}", false},
		"a change":          {api.Operation{Change: "user.update"}, "PATCH /users/{id}", true},
		"an urgent change":  {api.Operation{Change: "user.block", Urgent: true}, "PUT /blocks/{user_id}", false},
		"a sign-in's list":  {api.Operation{Permissions: []permission.Name{permission.SignIn}}, "GET /connections", false},
		"an urgent request": {api.Operation{Urgent: true}, "GET /login", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Has(tt.op, tt.route); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestOf(t *testing.T) {
	tests := map[string]struct {
		op    api.Operation
		usual int
		plan  string
		want  Cap
	}{
		"a list":                   {api.Operation{Name: "listusers"}, 1, "self-service", Cap{6.25, 40}},
		"a change of many calls":   {api.Operation{Name: "setuserroles", Change: "roles.set"}, 4, "enterprise", Cap{3.6, 50}},
		"rounded":                  {api.Operation{Name: "setuserroles", Change: "roles.set"}, 4, "self-service", Cap{0.56, 10}},
		"without calls":            {api.Operation{Name: "listusers"}, 0, "free", Cap{}},
		"a plan that is not known": {api.Operation{Name: "listusers"}, 1, quota.Unknown, Cap{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			plan, err := quota.Parse(tt.plan)
			if err != nil {
				t.Fatal(err)
			}
			got, ok, err := Of(tt.op, tt.usual, plan)
			if got != tt.want || ok != (tt.want != Cap{}) || err != nil {
				t.Errorf("got %v, %t, %v", got, ok, err)
			}
		})
	}
	if _, _, err := Of(api.Operation{Name: "dothing"}, 1, quota.Plan{}); err == nil {
		t.Error("an operation without an entry has a cap")
	}
}
