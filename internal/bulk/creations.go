package bulk

import (
	"context"
	"encoding/json"
	"strings"

	"usher/internal/address"
	"usher/internal/api"
	"usher/internal/httpapi"
	"usher/internal/jobs"
	"usher/internal/permission"
	"usher/internal/users"
)

// creation is a record: a body of POST /users, and a ref.
type creation struct {
	users.CreateBody
	Ref *string `json:"ref,omitempty"`
}

// Creations is the kind of the jobs of POST /user-creations. Without dir it only starts jobs.
func Creations(o users.CreateOptions, dir users.OnceCreator) jobs.Definition {
	d := jobs.Definition{
		Kind:    jobs.Creations,
		Options: needs(permission.Manage),
		Check: func(_ context.Context, c api.Call, _ json.RawMessage, line []byte) (jobs.Line, error) {
			var record creation
			n, err := record.read(c, o, line)
			if err != nil {
				return jobs.Line{}, err
			}
			return lineOf(record.Ref, record.CreateBody, sameCreation(n)...)
		},
	}
	if dir != nil {
		d.Work = jobs.Each{One: creationsWork{o, dir}.one}
	}
	return d
}

func (b *creation) read(c api.Call, o users.CreateOptions, line []byte) (users.New, error) {
	if err := httpapi.DecodeLine(line, b); err != nil {
		return users.New{}, err
	}
	n, err := b.New(c, o, "")
	if err != nil {
		return users.New{}, err
	}
	b.Connection = &n.Connection // the default may change before the record is processed
	return n, nil
}

// sameCreation returns the identifiers by which the provider allows one user in a connection.
func sameCreation(n users.New) []string {
	var same []string
	add := func(name string, value *string, fold func(string) string) {
		if value != nil {
			same = append(same, n.Connection+" "+name+" "+fold(*value))
		}
	}
	add("email", n.Email, address.Fold)
	add("phone_number", n.PhoneNumber, strings.ToLower)
	add("username", n.Username, strings.ToLower)
	return same
}
