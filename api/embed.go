// Package api embeds the contract. Only the local server serves it: no function links this package.
package api

import _ "embed"

// Contract is openapi.yaml.
//
//go:embed openapi.yaml
var Contract []byte
