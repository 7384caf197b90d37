package users_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/api/apitest"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/users"
)

// directory is a fake provider: it records its calls and returns the configured results.
type directory struct {
	user  users.User
	found []users.User          // by email
	hits  []users.User          // search results for an address
	more  bool                  // whether the search has more results
	now   map[string]users.User // current users by ID
	page  users.Page
	err   error

	created   map[string]users.Creation // by the record's ID
	inviteErr error
	searchErr error
	readErr   error // of reading by ID

	calls   []string // in order
	new     users.New
	patch   users.Patch
	ended   *bool // sessions_ended
	listing listing
}

// listing holds the arguments of the last List call.
type listing struct {
	Filter users.Filter
	Sort   users.Sort
	From   *users.Position
	Limit  int
}

func (d *directory) User(_ context.Context, user limits.UserID) (users.User, error) {
	id := user.String()
	d.calls = append(d.calls, "get "+id)
	if now, ok := d.now[id]; ok || d.readErr != nil {
		return now, d.readErr
	}
	return d.user, d.err
}

func (d *directory) Create(_ context.Context, n users.New) (users.User, error) {
	d.calls = append(d.calls, "create")
	d.new = n
	return d.user, d.err
}

func (d *directory) FindCreated(_ context.Context, recordID string) (users.Creation, error) {
	d.calls = append(d.calls, "find "+recordID)
	if created, ok := d.created[recordID]; ok {
		return created, nil
	}
	return users.Creation{}, problem.UserNotFound.New("Not found.")
}

func (d *directory) Invite(_ context.Context, created users.Creation, n users.New) (users.Created, error) {
	d.calls = append(d.calls, "invite "+created.User.ID+" by "+n.Invite.By)
	if d.inviteErr != nil {
		return users.Created{}, d.inviteErr
	}
	return users.Created{User: created.User, Invitation: &users.Invitation{URL: "https://id.example/t"}}, nil
}

func (d *directory) Update(_ context.Context, user limits.UserID, p users.Patch) (users.Updated, error) {
	d.calls = append(d.calls, "update "+user.String())
	d.patch = p
	return users.Updated{User: d.user, SessionsEnded: d.ended}, d.err
}

func (d *directory) Delete(_ context.Context, user limits.UserID) error {
	d.calls = append(d.calls, "delete "+user.String())
	return d.err
}

func (d *directory) ByEmail(_ context.Context, email string) ([]users.User, error) {
	d.calls = append(d.calls, "by email "+email)
	return slices.Clone(d.found), d.err
}

func (d *directory) SearchEmail(_ context.Context, email string) ([]users.User, bool, error) {
	d.calls = append(d.calls, "search for "+email)
	return slices.Clone(d.hits), d.more, d.searchErr
}

func (d *directory) List(_ context.Context, f users.Filter, s users.Sort, from *users.Position, limit int) (users.Page, error) {
	d.calls = append(d.calls, "list")
	d.listing = listing{f, s, from, limit}
	return d.page, d.err
}

// keys is a fake of users.Keys: FreshKeys returns fresh.
type keys struct {
	held, fresh []string
	err         error
}

func (k keys) Keys(_ context.Context, purpose string) ([][]byte, error) {
	return asBytes(purpose, k.held), k.err
}

func (k keys) FreshKeys(_ context.Context, purpose string) ([][]byte, error) {
	return asBytes(purpose, k.fresh), k.err
}

func asBytes(purpose string, texts []string) [][]byte {
	var out [][]byte
	for _, text := range texts {
		out = append(out, []byte(purpose+" "+text))
	}
	return out
}

// sealer encodes without encryption, so that tests can inspect the result.
type sealer struct{ err error }

var errNotSealed = errors.New("not sealed here")

func (s sealer) Seal(_ context.Context, purpose, binding string, plain []byte) (string, error) {
	return base64.RawURLEncoding.EncodeToString([]byte(purpose + "\n" + binding + "\n" + string(plain))), s.err
}

func (s sealer) Open(_ context.Context, purpose, binding, sealed string) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	plain, ours := strings.CutPrefix(string(text), purpose+"\n"+binding+"\n")
	if err != nil || !ours { // callers must ignore the text beside an error
		return text[bytes.LastIndexByte(text, '\n')+1:], errNotSealed
	}
	return []byte(plain), nil
}

// do sends a request to one operation.
func do(t *testing.T, op api.Operation, method, target, contentType, body string) *httptest.ResponseRecorder {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, content)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	apitest.Unlimited.Handler(op).ServeHTTP(w, r)
	return w
}

// outcome returns the status, or the code and the detail of a problem.
func outcome(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Code < http.StatusBadRequest {
		return http.StatusText(w.Code)
	}
	doc := apitest.Document(t, w)
	return doc.Code + " | " + doc.Detail
}

const jsonType = "application/json"

func ptr[T any](v T) *T { return &v }

// day is an instant in January 2026.
func day(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }

func ids(list []users.User) []string {
	got := []string{}
	for _, u := range list {
		got = append(got, u.ID)
	}
	return got
}
