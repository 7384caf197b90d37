package localtenant

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Machine is an application with client-credentials tokens for an API: in Auth0's words a
// machine-to-machine application and its client grant.
type Machine struct {
	ID, Secret string
	Audience   string
	Scopes     []string
}

// machineText is ID:SECRET:AUDIENCE:SCOPES. Scopes have colons as well: an audience that is a URL
// ends with the first colon behind its host and port, any other with the first of all.
var machineText = regexp.MustCompile(`^([^:\s]+):([^:\s]+):` +
	`([a-z][a-z0-9+.-]*://[^/:\s]+(?::[0-9]+)?(?:/[^:\s]*)?|[^:\s]+):(.*)$`)

// ParseMachine reads ID:SECRET:AUDIENCE:SCOPES, the scopes divided by spaces or commas.
func ParseMachine(text string) (Machine, error) {
	parts := machineText.FindStringSubmatch(text)
	if parts == nil {
		return Machine{}, errors.New("want ID:SECRET:AUDIENCE:SCOPES, such as " +
			`"shop:a-secret:https://shop.example/:read:orders write:orders"`)
	}
	scopes := strings.FieldsFunc(parts[4], func(r rune) bool { return r == ' ' || r == ',' })
	if len(scopes) == 0 {
		return Machine{}, fmt.Errorf("%s has no scopes: a tenant gives no token without one", parts[1])
	}
	return Machine{ID: parts[1], Secret: parts[2], Audience: parts[3], Scopes: scopes}, nil
}

// register adds a machine, or one more grant to one that is there.
func (t *Tenant) register(m Machine) error {
	if m.Audience != t.Audience() && !slices.Contains(t.opts.Audiences, m.Audience) {
		t.opts.Audiences = append(slices.Clone(t.opts.Audiences), m.Audience)
	}
	c, ok := t.clients[m.ID]
	switch {
	case !ok:
		a := t.defaultSettings().Application
		a.Type, a.Grants = "non_interactive", []string{"client_credentials"}
		a.Callbacks, a.LogoutURLs, a.Scopes = nil, nil, nil
		c = &client{ID: m.ID, Secrets: []string{m.Secret}, Application: a, granted: map[string][]string{}}
		t.clients[m.ID] = c
	case c.granted == nil || !slices.Equal(c.Secrets, []string{m.Secret}):
		return fmt.Errorf("there is an application %s already, with another secret", m.ID)
	}
	if m.Audience == t.Audience() {
		c.Scopes = slices.Clone(m.Scopes)
		return nil
	}
	c.granted[m.Audience] = slices.Clone(m.Scopes)
	return nil
}
