// Command listsessions serves GET /sessions/{user_id}: session.List, in internal/session/sessions.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.List(env.Sessions(), env.Sealer()) })
}
