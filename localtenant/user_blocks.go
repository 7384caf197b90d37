package localtenant

import (
	"cmp"
	"net/http"
	"slices"

	"usher/internal/address"
)

// maxFailures is how many wrong passwords block a user from an address.
const maxFailures = 10

// bruteForce counts failed logins by user and address.
type bruteForce struct {
	failures map[attempt]int
}

type attempt struct{ userID, ip string }

func newBruteForce() *bruteForce { return &bruteForce{failures: map[attempt]int{}} }

func (b *bruteForce) failed(userID, ip string) { b.failures[attempt{userID, ip}]++ }

func (b *bruteForce) blocked(userID, ip string) bool {
	return b.failures[attempt{userID, ip}] >= maxFailures
}

// succeeded forgets the failures of an address: only a row of them blocks.
func (b *bruteForce) succeeded(userID, ip string) { delete(b.failures, attempt{userID, ip}) }

func (b *bruteForce) clear(userID string) {
	for a := range b.failures {
		if a.userID == userID {
			delete(b.failures, a)
		}
	}
}

func (t *Tenant) blockDocument(u *user) map[string]any {
	list := []any{}
	var ips []string
	for a := range t.blocks.failures {
		if u != nil && a.userID == u.ID && t.blocks.blocked(u.ID, a.ip) {
			ips = append(ips, a.ip)
		}
	}
	slices.Sort(ips)
	for _, ip := range ips {
		list = append(list, map[string]any{
			"identifier": cmp.Or(u.Email, u.Username, u.PhoneNumber), "ip": ip, "connection": u.primary().Connection,
		})
	}
	return map[string]any{"blocked_for": list}
}

// getUserBlocks serves GET /api/v2/user-blocks/{id}.
func (t *Tenant) getUserBlocks(w http.ResponseWriter, r *http.Request) error {
	u, ok := t.users.get(r.PathValue("id"))
	if !ok {
		return userNotFound()
	}
	return writeJSON(w, http.StatusOK, t.blockDocument(u))
}

// deleteUserBlocks serves DELETE /api/v2/user-blocks/{id}.
func (t *Tenant) deleteUserBlocks(w http.ResponseWriter, r *http.Request) error {
	u, ok := t.users.get(r.PathValue("id"))
	if !ok {
		return userNotFound()
	}
	t.blocks.clear(u.ID)
	return noContent(w)
}

// identified finds the users that an identifier may mean, in any connection.
func (t *Tenant) identified(identifier string) []*user {
	var out []*user
	for name, found := range t.users.logins {
		if name.value == address.Fold(identifier) && !slices.Contains(out, found.user) {
			out = append(out, found.user)
		}
	}
	return out
}

// getBlocks serves GET /api/v2/user-blocks?identifier=. Nobody has no blocks.
func (t *Tenant) getBlocks(w http.ResponseWriter, r *http.Request) error {
	list := []any{}
	for _, u := range t.identified(r.URL.Query().Get("identifier")) {
		list = append(list, t.blockDocument(u)["blocked_for"].([]any)...)
	}
	return writeJSON(w, http.StatusOK, map[string]any{"blocked_for": list})
}

// deleteBlocks serves DELETE /api/v2/user-blocks?identifier=.
func (t *Tenant) deleteBlocks(w http.ResponseWriter, r *http.Request) error {
	for _, u := range t.identified(r.URL.Query().Get("identifier")) {
		t.blocks.clear(u.ID)
	}
	return noContent(w)
}
