package users_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/api"
	"usher/internal/limits"
	"usher/internal/problem"
	"usher/internal/users"
)

// directory is the provider's side: it notes what it was asked, and answers
// with what it was given.
type directory struct {
	user  users.User
	found []users.User // by email
	hits  []users.User // of a search for an address
	more  bool         // and there are others
	now   map[string]users.User
	page  users.Page
	err   error

	created   map[string]users.Creation // by the record's id
	inviteErr error
	searchErr error
	readErr   error // by id

	asked   []string // calls, in order
	new     users.New
	patch   users.Patch
	ended   *bool // the sessions
	listing listing
}

// listing is what List was asked for.
type listing struct {
	Filter users.Filter
	Sort   users.Sort
	From   *users.Position
	Limit  int
}

func (d *directory) User(_ context.Context, user limits.UserID) (users.User, error) {
	id := user.String()
	d.asked = append(d.asked, "get "+id)
	if now, ok := d.now[id]; ok || d.readErr != nil {
		return now, d.readErr
	}
	return d.user, d.err
}

func (d *directory) Create(_ context.Context, n users.New) (users.User, error) {
	d.asked = append(d.asked, "create")
	d.new = n
	return d.user, d.err
}

func (d *directory) FindCreated(_ context.Context, recordID string) (users.Creation, error) {
	d.asked = append(d.asked, "find "+recordID)
	if created, ok := d.created[recordID]; ok {
		return created, nil
	}
	return users.Creation{}, problem.UserNotFound.New("Nobody.")
}

func (d *directory) Invite(_ context.Context, created users.Creation, n users.New) (users.Created, error) {
	d.asked = append(d.asked, "invite "+created.User.ID+" by "+n.Invite.By)
	if d.inviteErr != nil {
		return users.Created{}, d.inviteErr
	}
	return users.Created{User: created.User, Invitation: &users.Invitation{URL: "https://id.example/t"}}, nil
}

func (d *directory) Update(_ context.Context, user limits.UserID, p users.Patch) (users.Updated, error) {
	d.asked = append(d.asked, "update "+user.String())
	d.patch = p
	return users.Updated{User: d.user, SessionsEnded: d.ended}, d.err
}

func (d *directory) Delete(_ context.Context, user limits.UserID) error {
	d.asked = append(d.asked, "delete "+user.String())
	return d.err
}

func (d *directory) ByEmail(_ context.Context, email string) ([]users.User, error) {
	d.asked = append(d.asked, "by email "+email)
	return slices.Clone(d.found), d.err
}

func (d *directory) SearchEmail(_ context.Context, email string) ([]users.User, bool, error) {
	d.asked = append(d.asked, "search for "+email)
	return slices.Clone(d.hits), d.more, d.searchErr
}

func (d *directory) List(_ context.Context, f users.Filter, s users.Sort, from *users.Position, limit int) (users.Page, error) {
	d.asked = append(d.asked, "list")
	d.listing = listing{f, s, from, limit}
	return d.page, d.err
}

// keys hands out what a test gives it: fresh where it is asked to look anew.
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

// sealer seals so that a test can look inside.
type sealer struct{ err error }

var errNotOurs = errors.New("not sealed here")

func (s sealer) Seal(_ context.Context, purpose, binding string, plain []byte) (string, error) {
	return base64.RawURLEncoding.EncodeToString([]byte(purpose + "\n" + binding + "\n" + string(plain))), s.err
}

func (s sealer) Open(_ context.Context, purpose, binding, sealed string) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	plain, ours := strings.CutPrefix(string(text), purpose+"\n"+binding+"\n")
	if err != nil || !ours { // what it returns beside an error must not be used
		return text[bytes.LastIndexByte(text, '\n')+1:], errNotOurs
	}
	return []byte(plain), nil
}

// serve serves one operation to everybody.
func serve(op api.Operation) http.Handler {
	return api.Server{Authenticate: api.Anonymous}.Handler(op)
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
	serve(op).ServeHTTP(w, r)
	return w
}

// answer is what a test looks at: the status, and of a problem its code and
// detail.
func answer(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Code < http.StatusBadRequest {
		return http.StatusText(w.Code)
	}
	var doc problem.Document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("status %d without a problem: %s", w.Code, w.Body)
	}
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
