package localtenant

// Route is a line of the table, for tests.
type Route struct {
	Pattern string
	Scopes  []string
}

// Routes are the table's lines.
func (t *Tenant) Routes() []Route {
	var out []Route
	for _, r := range t.table() {
		out = append(out, Route{r.pattern, r.scopes})
	}
	return out
}
