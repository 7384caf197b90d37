package localtenant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadUsers reads users in the format of Auth0's import: a JSON array, or one
// JSON object after another, such as one a line. Beside the import's fields they
// may have user_id, created_at, password and the other fields of User.
func ReadUsers(r io.Reader) ([]User, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	text = bytes.TrimLeft(text, " \t\r\n\ufeff")
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields() // a misspelt field would be lost without a word
	array := bytes.HasPrefix(text, []byte("["))
	if array {
		_, _ = dec.Token() // the opening bracket
	}
	var out []User
	for dec.More() {
		var u User
		if err := dec.Decode(&u); err != nil {
			return nil, fmt.Errorf("read users: user %d: %w", len(out)+1, err)
		}
		out = append(out, u)
	}
	if array {
		if _, err := dec.Token(); err != nil { // the closing bracket
			return nil, fmt.Errorf("read users: after user %d: %w", len(out), err)
		}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read users: something comes after the users")
	}
	return out, nil
}

// AddUsersFrom adds the users of a file, in the format that ReadUsers takes.
func (t *Tenant) AddUsersFrom(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	defer file.Close()
	users, err := ReadUsers(file)
	if err == nil {
		err = t.AddUsers(users)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// AddUsers adds users until one cannot be added.
func (t *Tenant) AddUsers(users []User) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range users {
		if _, err := t.addUser(u); err != nil {
			return err
		}
	}
	return nil
}
