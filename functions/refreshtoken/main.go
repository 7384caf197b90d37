// Command refreshtoken serves POST /token: session.Refresh, in internal/session/refresh.go.
package main

import (
	"usher/internal/boot"
	"usher/internal/session"
)

func main() {
	boot.HTTP(func(env *boot.Env) boot.Operation { return session.Refresh(env.Tokens()) })
}
