package secrets

import (
	"encoding/json"
	"errors"
)

// Renew returns a secret's text with new client secrets and otherwise unchanged. If both
// applications are the same, they get the same secret.
func Renew(text string, generate func() string) (string, error) {
	var members map[string]json.RawMessage
	var old Credentials
	if json.Unmarshal([]byte(text), &members) != nil || json.Unmarshal([]byte(text), &old) != nil {
		return "", errors.New("the secret is not a JSON object of strings") // the decoder's error may quote the secret
	}
	if err := old.validate(false); err != nil {
		return "", err
	}
	renewed := generate()
	members["client_secret"] = quoted(renewed)
	if old.ManagementClientID != "" {
		if old.ManagementClientID != old.ClientID {
			renewed = generate()
		}
		members["management_client_secret"] = quoted(renewed)
	}
	out, err := json.Marshal(members)
	return string(out), err
}

func quoted(text string) json.RawMessage {
	out, _ := json.Marshal(text) // strings always encode
	return out
}
