// Package limitstest makes checked users for tests of code behind the checks.
package limitstest

import (
	"context"

	"usher/internal/httpapi"
	"usher/internal/limits"
)

// User is the id of a user, as checked for a front-end without limits.
func User(id string) limits.UserID {
	f, err := limits.Policy{}.FrontEnd(httpapi.Caller{}, nil)
	if err != nil {
		panic(err)
	}
	user, err := f.CheckUser(context.Background(), id)
	if err != nil {
		panic(err)
	}
	return user
}
