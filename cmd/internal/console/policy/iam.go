package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// always are the routes that the console calls whatever the policy: for sign-ins, and for the
// checks of the person and the user.
var always = []string{"GET /login", "GET /callback", "GET /logout", "GET /users/{id}", "GET /user-roles/{user_id}"}

// routes are the other routes that the console calls, by the group that a person needs for them.
var routes = map[Group][]string{
	Read:        {"GET /users"},
	Manage:      {"POST /users", "PATCH /users/{id}", "DELETE /users/{id}"},
	Recovery:    {"POST /password-resets", "POST /password-tickets", "POST /verification-tickets", "POST /verification-emails"},
	Metadata:    {"GET /metadata/{user_id}", "PUT /metadata/{user_id}"},
	AppMetadata: {"GET /app-metadata/{user_id}", "PUT /app-metadata/{user_id}"},
	MFA:         {"GET /mfa/{user_id}", "DELETE /mfa/{user_id}", "DELETE /mfa/{user_id}/methods/{method}", "POST /mfa/{user_id}/recovery-code"},
	Identities:  {"GET /identities/{user_id}"},
	Sessions:    {"GET /sessions/{user_id}", "DELETE /sessions/{user_id}", "DELETE /sessions/{user_id}/{session}"},
	Support: {
		"PUT /blocks/{user_id}", "DELETE /blocks/{user_id}", "GET /login-blocks/{user_id}", "DELETE /login-blocks/{user_id}", "GET /events/{user_id}",
	},
	Roles:      {"GET /roles", "PUT /user-roles/{user_id}"},
	Bulk:       append([]string{"POST /user-creations", "POST /user-updates"}, ofJobs...),
	Import:     append([]string{"POST /user-imports"}, ofJobs...),
	BulkDelete: append([]string{"POST /user-deletions", "POST /jobs/{id}/confirmation"}, ofJobs...),
	Export:     append([]string{"POST /user-exports"}, ofJobs...),
}

// ofJobs are the routes for jobs of every kind.
var ofJobs = []string{"GET /jobs", "GET /jobs/{id}", "DELETE /jobs/{id}", "GET /jobs/{id}/results"}

// Routes returns the routes of Usher that the console calls for its staff.
func (p Policy) Routes() []string {
	granted := Groups{}
	for _, groups := range p.roles {
		for g := range groups {
			granted[g] = true
		}
	}
	called := slices.Clone(always)
	for _, g := range granted.List() {
		for _, route := range routes[g] {
			if !slices.Contains(called, route) {
				called = append(called, route)
			}
		}
	}
	return called
}

var (
	apiARN    = regexp.MustCompile(`^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:[0-9]{12}:[a-z0-9]+/[A-Za-z0-9_-]+$`)
	parameter = regexp.MustCompile(`\{[a-z_]+\}`)
)

// IAM returns a policy document for the console's role: the operations that it calls for its
// staff, and no others. The ARN is that of the API with its stage.
func (p Policy) IAM(api string) ([]byte, error) {
	if !apiARN.MatchString(api) {
		return nil, fmt.Errorf("%q is not of the form arn:aws:execute-api:REGION:ACCOUNT:API/STAGE", api)
	}
	var resources []string
	for _, route := range p.Routes() {
		method, path, _ := strings.Cut(route, " ")
		resources = append(resources, api+"/"+method+parameter.ReplaceAllString(path, "*"))
	}
	return json.MarshalIndent(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resources,
		}},
	}, "", "  ")
}
