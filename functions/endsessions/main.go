// Command endsessions serves DELETE /sessions/{user_id}: session.EndAll, in internal/session/end.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.EndAll(env.Sessions()) })
}
