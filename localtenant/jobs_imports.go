package localtenant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"usher/internal/address"
)

// maxImport is how big a file of users may be.
const maxImport = 500 << 10

// importUsers serves POST /api/v2/jobs/users-imports, a multipart form.
func (t *Tenant) importUsers(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(maxBody); err != nil {
		return badRequest("invalid_body", "Payload validation error: the body is not multipart/form-data.")
	}
	conn, ok := t.connectionWithID(r.FormValue("connection_id"))
	if !ok {
		return badRequest("inexistent_connection", "The connection does not exist.")
	}
	if !conn.database() {
		return badRequest("operation_not_supported", "Users can be imported into database connections only.")
	}
	file, _, err := r.FormFile("users")
	if err != nil {
		return badRequest("invalid_body", "Payload validation error: 'Missing required property: users'.")
	}
	defer func() { _ = file.Close() }() // it was read, nothing can be lost
	text, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("read the users: %w", err)
	}
	if len(text) > maxImport {
		return tooLarge(maxImport)
	}
	j := t.newJob("users_import")
	j.extra = map[string]any{"connection_id": conn.ID, "connection": conn.Name}
	addTexts(j.extra, map[string]string{"external_id": r.FormValue("external_id")})
	pending := j.document("pending")
	t.runImport(j, conn, text, r.FormValue("upsert") == "true")
	return writeJSON(w, http.StatusAccepted, pending)
}

// runImport adds or updates the users of a file and notes what went wrong.
func (t *Tenant) runImport(j *job, conn *connection, text []byte, upsert bool) {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		j.failed = true
		j.extra["status_details"] = "Failed to parse users file JSON when importing users. Make sure it is valid JSON."
		return
	}
	inserted, updated := 0, 0
	for _, raw := range list {
		existed, failure := t.importUser(conn, raw, upsert)
		switch {
		case failure != nil:
			j.errors = append(j.errors, map[string]any{"user": shown(raw), "errors": []any{failure}})
		case existed:
			updated++
		default:
			inserted++
		}
	}
	j.extra["summary"] = map[string]any{
		"failed": len(j.errors), "updated": updated, "inserted": inserted, "total": len(list),
	}
}

// shown is a user of a file without what must not be shown again.
func shown(raw json.RawMessage) map[string]any {
	user := map[string]any{}
	_ = json.Unmarshal(raw, &user) // what is no object is shown as an empty one
	delete(user, "password")
	delete(user, "password_hash")
	return user
}

// importUser adds one user, or updates the one with its address.
func (t *Tenant) importUser(conn *connection, raw json.RawMessage, upsert bool) (existed bool, failure map[string]any) {
	var in User
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return false, importFailure(err)
	}
	in.Connection = conn.Name
	old, existed := t.users.logins[loginName{conn.Name, "email", address.Fold(in.Email)}]
	switch {
	case in.Email == "" && in.Username == "" && in.PhoneNumber == "":
		return false, map[string]any{
			"code": "OBJECT_REQUIRED", "message": "Missing required property: email", "path": "email",
		}
	case existed && in.Email != "" && !upsert:
		return true, importFailure(errTaken)
	case existed && in.Email != "":
		u, _ := old.user.changed(old.place, func(account *user) error {
			in.fields().setProfile(account)
			return nil
		})
		// An import overwrites metadata, where a patch merges it.
		u.AppMetadata, u.UserMetadata = merge(nil, in.AppMetadata), merge(nil, in.UserMetadata)
		u.UpdatedAt = t.now()
		return true, importFailure(t.users.put(u, t.now()))
	}
	_, err := t.addUser(in)
	return false, importFailure(err)
}

func importFailure(err error) map[string]any {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTaken):
		return map[string]any{"code": "DUPLICATED_USER", "message": "The user already exist and upsert parameter is false"}
	}
	return map[string]any{"code": "INVALID_FORMAT", "message": err.Error()}
}
