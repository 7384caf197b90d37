package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"usher/internal/permission"
)

// options are the command line.
type options struct {
	envFile    string
	secretID   string
	limitsFile string
	json       bool
	groups     []permission.Group
	reads      bool
	rotation   bool
	endpoints  []string
}

func parseFlags(args []string, messages io.Writer) (options, error) {
	var o options
	var groups, endpoints string
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(messages)
	flags.StringVar(&o.envFile, "env", "", "examine the tenant and the settings of a `file`, as cmd/local -env uses it")
	flags.StringVar(&o.secretID, "secret", "", "examine the tenant of a secret in AWS Secrets Manager, by its `id` or ARN, with the settings of the environment, named as the functions' are")
	flags.StringVar(&o.limitsFile, "limits", "", "the policy document of front-ends' limits is in this `file` (docs/limits.md); without, it is in FRONTEND_LIMITS")
	flags.BoolVar(&o.json, "json", false, "write a JSON array in place of text")
	flags.StringVar(&groups, "groups", "", "the `groups` of operations that are in use, with commas between them (default all): "+strings.Join(names(permission.All()), ","))
	flags.BoolVar(&o.reads, "reads", false, "the application may only read, as that of ReadSecretArn: nobody signs in to it, and of what the groups need it needs what they read with")
	flags.BoolVar(&o.rotation, "rotation", false, "the stack rotates the applications' secrets")
	flags.StringVar(&endpoints, "vpce", "", "the `ids` of the VPC endpoints of the stack, with commas between them")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if (o.envFile == "") == (o.secretID == "") {
		return o, errors.New("name one of -env FILE and -secret ID")
	}
	o.endpoints = split(endpoints)
	var err error
	if o.groups, err = groupsNamed(groups); o.reads {
		o.groups = whatReads(o.groups)
	}
	return o, err
}

// split takes a list apart; white space after a comma is no part of a name.
func split(list string) []string {
	if list == "" {
		return nil
	}
	all := strings.Split(list, ",")
	for i, name := range all {
		all[i] = strings.TrimSpace(name)
	}
	return all
}

// whatReads are the groups as functions need them that only read: those for signing in
// are none, however they call.
func whatReads(groups []permission.Group) []permission.Group {
	var all []permission.Group
	for _, g := range groups {
		if g.Name == permission.SignIn || !slices.ContainsFunc(g.Routes, isRead) {
			continue
		}
		g.Needs = slices.DeleteFunc(slices.Clone(g.Needs), func(scope string) bool { return !strings.HasPrefix(scope, "read:") })
		all = append(all, g)
	}
	return all
}

func isRead(route string) bool { return strings.HasPrefix(route, "GET ") }

func groupsNamed(list string) ([]permission.Group, error) {
	all := permission.All()
	if list == "" {
		return all, nil
	}
	var chosen []permission.Group
	for _, name := range split(list) {
		i := slices.IndexFunc(all, func(g permission.Group) bool { return string(g.Name) == name })
		if i < 0 {
			return nil, fmt.Errorf("-groups: there is no group %q; there are %s", name, strings.Join(names(all), ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func names(groups []permission.Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, string(g.Name))
	}
	return all
}
