package localtenant

import (
	"net/http"
	"strings"

	"usher/internal/address"
)

// changePassword serves POST /dbconnections/change_password: it mails a link to
// whoever has the address, and says so whether or not anybody has.
func (t *Tenant) changePassword(w http.ResponseWriter, r *http.Request) error {
	in, err := form(r)
	if err != nil {
		return err
	}
	for _, name := range []string{"email", "connection"} {
		if in.Get(name) == "" {
			return plainError(w, name+" is required")
		}
	}
	if id := in.Get("client_id"); id != "" {
		if _, ok := t.clients[id]; !ok {
			return plainError(w, "client_id is not known")
		}
	}
	conn, ok := t.connectionNamed(in.Get("connection"))
	if !ok || !conn.database() {
		return plainError(w, "connection is not a database connection")
	}
	t.mailReset(conn.Name, in.Get("email"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write([]byte("We've just sent you an email to reset your password."))
	return err
}

// mailReset mails a link to the user with an address, if there is one.
func (t *Tenant) mailReset(connection, email string) {
	if found, ok := t.users.logins[loginName{connection, "email", address.Fold(strings.TrimSpace(email))}]; ok {
		t.sendReset(found)
	}
}

// plainError is how the older endpoints tell of an error.
func plainError(w http.ResponseWriter, message string) error {
	return writeJSON(w, http.StatusBadRequest, map[string]any{"error": message})
}
