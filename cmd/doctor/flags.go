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

	beforeDeploy bool
	answersFile  string
	parameters   []string // NAME=VALUE
}

func parseFlags(args []string, messages io.Writer) (options, error) {
	o := options{groups: permission.All()}
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(messages)
	flags.StringVar(&o.envFile, "env", "", "examine the tenant and the settings of a `file`, as cmd/local -env uses it")
	flags.StringVar(&o.secretID, "secret", "", "examine the tenant of a secret in AWS Secrets Manager, "+
		"by its `id` or ARN, with the settings of the environment, under the functions' names")
	flags.StringVar(&o.limitsFile, "limits", "", "the `file` with the policy document of front-ends' limits "+
		"(docs/limits.md; default FRONTEND_LIMITS)")
	flags.BoolVar(&o.json, "json", false, "write a JSON array instead of text")
	groups := flags.String("groups", "", "the `groups` of operations in use, separated by commas (default all): "+
		strings.Join(names(o.groups), ","))
	reads := flags.Bool("reads", false, "the application only reads, like that of ReadSecretArn: "+
		"no user signs in to it, and it needs only the read scopes of the groups")
	flags.BoolVar(&o.rotation, "rotation", false, "the stack rotates the applications' secrets")
	endpoints := flags.String("vpce", "", "the `ids` of the stack's VPC endpoints, separated by commas")
	flags.BoolVar(&o.beforeDeploy, "before-deploy", false, "examine the AWS account before a deployment, "+
		"with the parameters of -answers and of the arguments, each NAME=VALUE")
	flags.StringVar(&o.answersFile, "answers", "", "with -before-deploy, the `file` in which `make deploy` keeps its answers: samconfig.STACK.toml")
	err := flags.Parse(args)
	o.parameters = flags.Args()
	switch {
	case err != nil:
		return o, err
	case o.beforeDeploy && (o.envFile != "" || o.secretID != ""):
		return o, errors.New("-before-deploy is without -env and -secret")
	case o.beforeDeploy:
		return o, nil
	case o.answersFile != "":
		return o, errors.New("-answers is for -before-deploy")
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case (o.envFile == "") == (o.secretID == ""):
		return o, errors.New("name one of -env FILE, -secret ID and -before-deploy")
	}
	o.endpoints = split(*endpoints)
	for _, name := range split(*groups) {
		if !slices.Contains(names(o.groups), name) {
			return o, fmt.Errorf("-groups: there is no group %q; there are %s", name, strings.Join(names(o.groups), ", "))
		}
	}
	if *groups != "" {
		o.groups = slices.DeleteFunc(o.groups, func(g permission.Group) bool {
			return !slices.Contains(split(*groups), string(g.Name))
		})
	}
	if *reads {
		o.groups = readers(o.groups)
	}
	return o, nil
}

// split keeps empty names, which are as wrong as unknown ones: "$A,$B" without values is no choice.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(strings.ReplaceAll(list, " ", ""), ",")
}

// readers returns what the groups need for an application that only reads, without the operations
// for signing in.
func readers(groups []permission.Group) []permission.Group {
	var all []permission.Group
	for _, g := range groups {
		reads := func(route string) bool { return strings.HasPrefix(route, "GET ") }
		if g.Name == permission.SignIn || !slices.ContainsFunc(g.Routes, reads) {
			continue
		}
		g.Needs = slices.DeleteFunc(slices.Clone(g.Needs), func(scope string) bool {
			return !strings.HasPrefix(scope, "read:")
		})
		all = append(all, g)
	}
	return all
}

func names(groups []permission.Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, string(g.Name))
	}
	return all
}
