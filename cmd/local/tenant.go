package main

import (
	"fmt"
	"net/http"
	"os"

	"usher/internal/localtenant"
)

// tenant is the local tenant behind the service.
type tenant struct{ *localtenant.Tenant }

func (t *tenant) handler() http.Handler { return t.Tenant }

// newTenant makes a tenant with its sample users, or with those of a file.
func newTenant(baseURL string, callbacks []string, usersFile string) (*tenant, error) {
	t, err := localtenant.New(localtenant.Options{BaseURL: baseURL, Callbacks: callbacks, Empty: usersFile != ""})
	if err != nil {
		return nil, fmt.Errorf("make the local tenant: %w", err)
	}
	if usersFile == "" {
		return &tenant{t}, nil
	}
	file, err := os.Open(usersFile)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	defer file.Close()
	users, err := localtenant.ReadUsers(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", usersFile, err)
	}
	if err := t.AddUsers(users); err != nil {
		return nil, fmt.Errorf("%s: %w", usersFile, err)
	}
	return &tenant{t}, nil
}
