package httpapi

import (
	"net/http"

	"usher/internal/problem"
	"usher/internal/valid"
)

// PathID returns the id in the path's parameter of this name.
func PathID(r *http.Request, name string) (string, error) {
	id := r.PathValue(name)
	if fault := valid.ID(id); fault != "" {
		return "", problem.Invalid(name, fault)
	}
	return id, nil
}
