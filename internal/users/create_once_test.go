package users_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/problem"
	"usher/internal/users"
)

// onceDirectory also has users without passwords, by address or phone number.
type onceDirectory struct {
	directory
	passwordless map[string]users.Creation
}

func (d *onceDirectory) FindPasswordless(_ context.Context, n users.New) (users.Creation, error) {
	d.calls = append(d.calls, "find "+*n.Email)
	if found, ok := d.passwordless[*n.Email]; ok {
		return found, nil
	}
	return users.Creation{}, problem.UserNotFound.New("Not found.")
}

func TestCreateRecordOnce(t *testing.T) {
	taken := problem.UserExists.New("Taken.")
	record := users.IdempotencyRecord{ID: "derived", Fingerprint: "f"}
	ours := func(id string) users.Creation {
		return users.Creation{User: users.User{ID: id}, Record: users.IdempotencyRecord{ID: "derived", Fingerprint: "f"}}
	}
	theirs := users.Creation{User: users.User{ID: "theirs"}, Record: users.IdempotencyRecord{Fingerprint: "g"}}
	tests := map[string]struct {
		dir    onceDirectory
		n      users.New
		id     string
		err    error
		calls  []string
		record users.IdempotencyRecord
	}{
		"a new user": {
			onceDirectory{directory: directory{user: users.User{ID: "new"}}}, users.New{Connection: "db"},
			"new", nil, []string{"create"}, record,
		},
		"of an earlier attempt": {
			onceDirectory{directory: directory{err: taken, created: map[string]users.Creation{"derived": ours("ours")}}}, users.New{Connection: "db"},
			"ours", nil, []string{"create", "find derived"}, record,
		},
		"another's address": {
			onceDirectory{directory: directory{err: taken}}, users.New{Connection: "db"},
			"", taken, []string{"create", "find derived"}, record,
		},
		"another's user with the ID": {
			onceDirectory{directory: directory{err: taken, created: map[string]users.Creation{"derived": theirs}}}, users.New{Connection: "db"},
			"", taken, []string{"create", "find derived"}, record,
		},
		"a refusal": {
			onceDirectory{directory: directory{err: errors.ErrUnsupported}}, users.New{Connection: "db"},
			"", errors.ErrUnsupported, []string{"create"}, record,
		},
		"without a password, of an earlier attempt": {
			onceDirectory{directory: directory{err: taken}, passwordless: map[string]users.Creation{"a": ours("ours")}},
			users.New{Connection: "email", Profile: users.Profile{Email: ptr("a")}},
			"ours", nil, []string{"create", "find a"}, users.IdempotencyRecord{Fingerprint: "f"},
		},
		"without a password, another's": {
			onceDirectory{directory: directory{err: taken}, passwordless: map[string]users.Creation{"a": theirs}},
			users.New{Connection: "email", Profile: users.Profile{Email: ptr("a")}},
			"", taken, []string{"create", "find a"}, users.IdempotencyRecord{Fingerprint: "f"},
		},
		"without a password, unknown": {
			onceDirectory{directory: directory{err: taken}},
			users.New{Connection: "email", Profile: users.Profile{Email: ptr("a")}},
			"", users.ErrUnknownCreation, []string{"create", "find a"}, users.IdempotencyRecord{Fingerprint: "f"},
		},
		"a failed invitation": {
			onceDirectory{directory: directory{user: users.User{ID: "new"}, inviteErr: errors.ErrUnsupported}},
			users.New{Connection: "db", Invite: users.Invite{By: users.InviteByLink}},
			"new", errors.ErrUnsupported, []string{"create", "invite new by link"}, record,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			created, err := users.CreateOnce(t.Context(), &tt.dir, tt.n, record)
			if created.ID != tt.id || !errors.Is(err, tt.err) {
				t.Errorf("%q %v", created.ID, err)
			}
			if diff := cmp.Diff(tt.calls, tt.dir.calls); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.record, tt.dir.new.Record); diff != "" {
				t.Error(diff)
			}
			isUnknown := errors.Is(tt.err, users.ErrUnknownCreation)
			if isUnknown != errors.Is(err, users.ErrUnknownCreation) || isUnknown && !problem.Is(err, problem.UserExists) {
				t.Error(err)
			}
		})
	}
}
