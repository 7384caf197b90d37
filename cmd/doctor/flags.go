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
	if endpoints != "" {
		o.endpoints = strings.Split(endpoints, ",")
	}
	var err error
	o.groups, err = groupsNamed(groups)
	return o, err
}

func groupsNamed(list string) ([]permission.Group, error) {
	all := permission.All()
	if list == "" {
		return all, nil
	}
	var chosen []permission.Group
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(all, func(g permission.Group) bool { return g.Name == name })
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
		all = append(all, g.Name)
	}
	return all
}
