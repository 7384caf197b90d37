package localtenant

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode"
)

// ReadUsers reads users in the format of Auth0's import: a JSON array, or one
// JSON object after another, such as one a line. Beside the import's fields they
// may have user_id, created_at, password and what else User has.
func ReadUsers(r io.Reader) ([]User, error) {
	in := bufio.NewReader(r)
	dec := json.NewDecoder(in)
	array, err := startsArray(in)
	if err != nil {
		return nil, err
	}
	if array {
		if _, err := dec.Token(); err != nil {
			return nil, fmt.Errorf("read users: %w", err)
		}
	}
	dec.DisallowUnknownFields() // a misspelt field would be lost without a word
	var out []User
	for !array || dec.More() {
		var u User
		err := dec.Decode(&u)
		if errors.Is(err, io.EOF) && !array {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read users: user %d: %w", len(out)+1, err)
		}
		out = append(out, u)
	}
	if _, err := dec.Token(); err != nil { // the closing bracket
		return nil, fmt.Errorf("read users: after user %d: %w", len(out), err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read users: something comes after the array")
	}
	return out, nil
}

func startsArray(in *bufio.Reader) (bool, error) {
	for {
		c, _, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read users: %w", err)
		}
		if !unicode.IsSpace(c) && c != '\ufeff' {
			return c == '[', in.UnreadRune()
		}
	}
}

// AddUsersFrom adds the users of a file, in the format that ReadUsers takes.
func (t *Tenant) AddUsersFrom(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	defer file.Close()
	users, err := ReadUsers(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := t.AddUsers(users); err != nil {
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
