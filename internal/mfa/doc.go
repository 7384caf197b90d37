// Package mfa manages users' second factors: it lists, enrolls, removes and resets them, and
// creates recovery codes.
//
// Package session requests and checks second factors in sign-ins.
package mfa
