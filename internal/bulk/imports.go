package bulk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/users"
	"usher/internal/valid"
)

// The size of a chunk, which is one import at the provider. The provider limits the request to 512,000 bytes;
// the rest is for what is added to each user.
const (
	maxImported    = 500
	maxImportBytes = 380_000
)

// importOptions is the query of POST /user-imports.
type importOptions struct {
	Connection string `json:"connection"`
	Upsert     bool   `json:"upsert"`
}

// Imports is the kind of the jobs of POST /user-imports. Without a provider it only starts jobs.
func Imports(o users.CreateOptions, provider imports.Provider) jobs.Definition {
	d := jobs.Definition{
		Kind: jobs.Imports, MaxRecords: maxImported, MaxBytes: maxImportBytes,
		Options: func(c api.Call, values url.Values) (json.RawMessage, error) { return importQuery(c, o, values) },
		Check: func(_ context.Context, c api.Call, options json.RawMessage, line []byte) (jobs.Line, error) {
			var o importOptions
			if err := decodeStored(options, &o); err != nil {
				return jobs.Line{}, err
			}
			var record importRecord
			user, err := record.read(c, o, line)
			if err != nil {
				return jobs.Line{}, err
			}
			return lineOf(record.Ref, user, sameCreation(record.identified(o))...)
		},
	}
	if provider != nil {
		d.Work = importsWork{provider}
	}
	return d
}

func importQuery(c api.Call, o users.CreateOptions, values url.Values) (json.RawMessage, error) {
	if err := c.CheckPermission(permission.Manage); err != nil {
		return nil, err
	}
	q := httpapi.QueryOf(values)
	upsert := q.Bool("upsert")
	options := importOptions{
		Connection: cmp.Or(q.Check("connection", valid.Connection), o.Connection),
		Upsert:     upsert != nil && *upsert,
	}
	if options.Connection == "email" || options.Connection == "sms" { // their names are fixed by the provider
		q.Refuse("connection", "is not a database connection: only these can import users")
	}
	if err := q.Err(); err != nil {
		return nil, err
	}
	if err := c.FrontEnd.CheckConnection(options.Connection); err != nil {
		return nil, err
	}
	text, err := json.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("encode the options of an import: %w", err)
	}
	return text, nil
}
