// Command authorizer serves no route, but API Gateway: authorizer.Authorize, in internal/authorizer/authorize.go.
package main

import (
	"usher/internal/authorizer"
	"usher/internal/boot/bearer"
)

func main() {
	bearer.Authorizer(func(o authorizer.Options) authorizer.Handle { return authorizer.Authorize(o) })
}
