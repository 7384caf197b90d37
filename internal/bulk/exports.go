package bulk

import (
	"encoding/json"
	"fmt"
	"net/url"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/users"
	"usher/internal/valid"
)

// exportOptions is what an export selects. Query has the filters as they were sent: they are parsed again
// for each page, by the code of GET /users.
type exportOptions struct {
	Query  string `json:"query,omitempty"`
	UserID string `json:"user_id,omitempty"` // for one user's whole record
}

// Exports is the kind of the jobs of POST /user-exports. Without sources it only starts jobs.
func Exports(sources *Sources) jobs.Definition {
	d := jobs.Definition{Kind: jobs.Exports, NoInput: true, Options: parseExportOptions}
	if sources != nil {
		d.Work = exportsWork{*sources}
	}
	return d
}

// recordScopes are the groups of the reads that one user's whole record consists of.
var recordScopes = []permission.Name{
	permission.Read, permission.Metadata, permission.AppMetadata, permission.Identities, permission.MFA, permission.Sessions,
	permission.Roles, permission.Support,
}

func parseExportOptions(c api.Call, values url.Values) (json.RawMessage, error) {
	q := httpapi.QueryOf(values)
	o := exportOptions{UserID: q.Check("user_id", valid.ID)}
	needed := recordScopes
	if o.UserID == "" {
		needed = []permission.Name{permission.Read}
		users.ParseAll(q)
		o.Query = values.Encode()
	}
	for _, group := range needed {
		if err := c.CheckPermission(group); err != nil {
			return nil, err
		}
	}
	if err := q.Err(); err != nil {
		return nil, err
	}
	options, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("encode the options of an export: %w", err)
	}
	return options, nil
}
