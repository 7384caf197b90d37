package localtenant

import (
	"maps"
	"net/http"
	"slices"

	"usher/internal/address"
)

// maxFailures is how many wrong passwords block a user from an address.
const maxFailures = 10

// bruteForce counts failed logins by user and address.
type bruteForce map[attempt]int

type attempt struct{ userID, ip string }

func (b bruteForce) failed(userID, ip string) { b[attempt{userID, ip}]++ }

func (b bruteForce) blocked(userID, ip string) bool { return b[attempt{userID, ip}] >= maxFailures }

// succeeded forgets the failures of an address: only a row of them blocks.
func (b bruteForce) succeeded(userID, ip string) { delete(b, attempt{userID, ip}) }

func (b bruteForce) clear(userID string) {
	maps.DeleteFunc(b, func(a attempt, _ int) bool { return a.userID == userID })
}

// blockList are the blocks of users, by address.
func (t *Tenant) blockList(users ...*user) map[string]any {
	list := []map[string]any{}
	for _, u := range users {
		for a := range t.blocks {
			if a.userID == u.ID && t.blocks.blocked(u.ID, a.ip) {
				list = append(list, map[string]any{
					"identifier": u.identifier(), "ip": a.ip, "connection": u.primary().Connection,
				})
			}
		}
	}
	slices.SortFunc(list, func(a, b map[string]any) int { return compare(a["ip"], b["ip"], false) })
	return map[string]any{"blocked_for": list}
}

// getUserBlocks serves GET /api/v2/user-blocks/{id}.
func (t *Tenant) getUserBlocks(w http.ResponseWriter, _ *http.Request, u *user) error {
	return writeJSON(w, http.StatusOK, t.blockList(u))
}

// deleteUserBlocks serves DELETE /api/v2/user-blocks/{id}.
func (t *Tenant) deleteUserBlocks(w http.ResponseWriter, _ *http.Request, u *user) error {
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

// getBlocks serves GET /api/v2/user-blocks?identifier=. Without such a user the list is empty.
func (t *Tenant) getBlocks(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, http.StatusOK, t.blockList(t.identified(r.URL.Query().Get("identifier"))...))
}

// deleteBlocks serves DELETE /api/v2/user-blocks?identifier=.
func (t *Tenant) deleteBlocks(w http.ResponseWriter, r *http.Request) error {
	for _, u := range t.identified(r.URL.Query().Get("identifier")) {
		t.blocks.clear(u.ID)
	}
	return noContent(w)
}
