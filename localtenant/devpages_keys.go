package localtenant

import (
	"net/http"

	"usher/localtenant/devpages"
)

func (t *Tenant) keysPage() devPage {
	return devPage{
		name: "keys", template: "keys", title: "Secrets and keys", group: "Change", text: "Rotate the client secret and the signing key", data: t.keysData,
		forms: []devForm{
			{
				name: "rotate-secret", title: "Rotate the client secret", button: "Rotate the secret", done: "The secret is rotated.",
				text: "For the time below, every other connection accepts only the old secret, and the rest only the new one.",
				do:   strict(t.postSecret),
				fields: func() []devpages.Field {
					return []devpages.Field{
						{Name: "secret", Label: "New secret", Kind: devpages.Text},
						{Name: "during", Label: "For this time", Hint: "Such as 30s; without it, only the new secret is valid at once", Kind: devpages.Duration, Optional: true},
					}
				},
			},
			{
				name: "rotate-key", title: "Rotate the signing key", text: "Tokens of the former key stay valid.",
				button: "Rotate the key", done: "New tokens have a new key.", do: t.postKey,
			},
			t.settingsForm(devForm{name: "save", title: "Rotation through the Management API"},
				devpages.Field{Name: "secret_lag", Label: "Lag of a new secret", Hint: "How long PATCH /api/v2/clients/{id} leaves the old secret valid on one node", Kind: devpages.Duration},
				devpages.Field{Name: "secret_nodes", Label: "Nodes are reached", Kind: devpages.Choice, Options: []devpages.Option{
					{Value: string(NodesByConnection), Label: "by connection"}, {Value: string(NodesByRequest), Label: "by request in turn"},
				}},
			),
		},
	}
}

func (t *Tenant) keysData(*http.Request) (any, error) {
	c, old := t.clients[ClientID], ""
	if c.rotation != nil && t.now().Before(c.rotation.until) {
		old = c.rotation.old
	}
	return struct {
		ClientID string
		Secrets  []string
		Old      string
		Keys     int
	}{ClientID, c.Secrets, old, len(t.keys)}, nil
}
