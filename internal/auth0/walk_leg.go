package auth0

import (
	"strings"

	"github.com/tidwall/gjson"

	"usher/internal/users"
)

// leg is the part of a walk that one search can serve: the users with the sort member in
// its order, or those without in order of creation.
type leg struct {
	filter users.Filter
	sort   users.Sort
	at     users.Position
}

func (l leg) omitsAbsent() bool { return l.sort.Key != "created_at" }

// order returns the sort order of the search.
func (l leg) order() users.Sort {
	if l.at.Absent {
		return users.Sort{Key: "created_at"}
	}
	return l.sort
}

func (l leg) query() string {
	all := clauses(l.filter)
	switch {
	case l.at.Absent:
		all = append(all, "NOT _exists_:"+l.sort.Key)
	case l.omitsAbsent():
		all = append(all, "_exists_:"+l.sort.Key)
	}
	if l.at.After != "" {
		all = append(all, l.behind())
	}
	return strings.Join(all, " AND ")
}

// behind returns the remaining range. It includes the last value if more users may have it.
func (l leg) behind() string {
	open, shut := "{", "}"
	if len(l.at.Seen) > 0 {
		open, shut = "[", "]"
	}
	order := l.order()
	if order.Descending {
		return order.Key + ":[* TO " + quote(l.at.After) + shut
	}
	return order.Key + ":" + open + quote(l.at.After) + " TO *]"
}

func (l leg) sortParameter() string {
	order := l.order()
	if order.Descending {
		return order.Key + ":-1"
	}
	return order.Key + ":1"
}

// hits reads users with their sort values.
func (r *reading) hits(items []gjson.Result, key string) ([]hit, error) {
	found, err := r.users(items)
	if err != nil {
		return nil, err
	}
	out := make([]hit, len(found))
	for i, user := range found {
		out[i] = hit{User: user, value: sortValue(user, key, items[i].Get(key))}
	}
	return out, nil
}

// sortValue returns "" for a member in another form than the provider's usual one: the
// search sorts by the unconverted value.
func sortValue(u users.User, key string, v gjson.Result) string {
	if v.Type != gjson.String || isInstant(key) && !strings.Contains(v.Str, ":") {
		return ""
	}
	return users.SortValue(u, key)
}

func isInstant(key string) bool { return strings.HasSuffix(key, "_at") || key == "last_login" }
