package localtenant

import (
	"fmt"
	"io"
	"net/http"
)

const importRoute = "POST /api/v2/jobs/users-imports"

// maxImport is how many bytes a request to import users may have. Auth0 documents it of the file
// (https://auth0.com/docs/manage-users/user-migration/bulk-user-imports). The text of its 413 is that
// of hapi, its web framework, for the length of the whole request.
const maxImport = 500 << 10

// importUsers serves POST /api/v2/jobs/users-imports, a multipart form that the description has checked.
func (t *Tenant) importUsers(w http.ResponseWriter, r *http.Request) error {
	conn, ok := t.connectionWithID(r.FormValue("connection_id"))
	if !ok {
		return badRequest("inexistent_connection", "The connection does not exist.")
	}
	if !conn.database() { // as in https://github.com/auth0/node-auth0/issues/246
		return badRequest("operation_not_supported", "Connection must be a database connection")
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
	if limit := t.settings.Imports.Limit; limit > 0 && len(t.imports) >= limit {
		return tooManyImports(len(t.imports))
	}
	j := t.startImport(conn, text, r.FormValue("upsert") == "true", r.FormValue("send_completion_email") != "false")
	addTexts(j.extra, map[string]string{"external_id": r.FormValue("external_id")})
	return writeJSON(w, http.StatusAccepted, j.document())
}

// tooManyImports is the documented answer. It has no errorCode.
func tooManyImports(active int) error {
	return newAPIError(http.StatusTooManyRequests, "",
		"There are %d active import users jobs, please wait until some of them are finished and try again", active)
}
