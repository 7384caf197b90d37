// Package contract holds requests and responses to api/openapi.yaml. It is for
// tests only: a client whose [Contract.Transport] stands between it and the
// service fails its test for whatever the contract does not declare.
//
// What the contract says is api/openapi.yaml's. The tests here hold that file
// to the functions, their routes, the template and the problems, and the
// packages to the rules of who may import whom.
package contract
