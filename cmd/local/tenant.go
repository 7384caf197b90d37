package main

import (
	"fmt"
	"net/http"

	"usher/internal/localtenant"
)

// tenant is the local tenant behind the service.
type tenant struct{ *localtenant.Tenant }

func (t *tenant) handler() http.Handler { return t.Tenant }

func newTenant(baseURL string, callbacks []string) (*tenant, error) {
	t, err := localtenant.New(localtenant.Options{BaseURL: baseURL, Callbacks: callbacks})
	if err != nil {
		return nil, fmt.Errorf("make the local tenant: %w", err)
	}
	return &tenant{t}, nil
}
