// Package samconfig reads the parameters of a deployment: the answers that `make deploy` saves in
// samconfig.STACK.toml.
package samconfig

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Answers are the parameters of a deployment.
type Answers struct {
	Region     string // "" if it is not saved
	Stack      string // the name of the stack; "" if it is not saved
	Parameters map[string]string
}

// defaults are the template's defaults of the parameters that the doctor reads.
var defaults = map[string]string{
	"EndpointPrivateDns": "false", "SignInProvisionedConcurrency": "0", "ThrottlingBurst": "100",
	"FrontendPrincipals": "", "HostedZoneId": "", "ReadSecretArn": "", "SecretArn": "",
	"SubnetIds": "", "VpcEndpointIds": "", "VpcId": "",
}

// Names lists the parameters that the doctor reads.
func Names() []string { return slices.Sorted(maps.Keys(defaults)) }

// Get returns the value of a parameter, or its default.
func (a Answers) Get(name string) string {
	if value, ok := a.Parameters[name]; ok {
		return value
	}
	return defaults[name]
}

// List returns the elements of a parameter with commas between them.
func (a Answers) List(name string) []string {
	return strings.FieldsFunc(a.Get(name), func(r rune) bool { return r == ',' })
}

// Read reads a file of answers, unless its name is "", and then the arguments, each NAME=VALUE.
func Read(file string, arguments []string) (Answers, error) {
	a := Answers{Parameters: map[string]string{}}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return a, err
		}
		if a, err = parse(string(text)); err != nil {
			return a, fmt.Errorf("read %s: %w", file, err)
		}
	}
	for _, argument := range arguments {
		name, value, found := strings.Cut(argument, "=")
		if _, known := defaults[name]; !found || !known {
			return a, fmt.Errorf("unexpected argument %q: the doctor reads these parameters: %s", argument, strings.Join(Names(), ", "))
		}
		a.Parameters[name] = value
	}
	return a, nil
}

// sections are the parts of the file with settings of a deployment.
var sections = []string{"[default.global.parameters]", "[default.deploy.parameters]"}

var errForm = errors.New("it is not as `make deploy` saves it; name the parameters as arguments, NAME=VALUE")

func parse(text string) (Answers, error) {
	a := Answers{Parameters: map[string]string{}}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
		}
		name, value, found := strings.Cut(line, "=")
		if !found || section != sections[0] && section != sections[1] {
			continue
		}
		var to *string
		overrides := ""
		switch strings.TrimSpace(name) {
		case "region":
			to = &a.Region
		case "stack_name":
			to = &a.Stack
		case "parameter_overrides":
			to = &overrides
		default:
			continue
		}
		// The escapes of TOML's basic strings are among those of Go.
		unquoted, err := strconv.Unquote(strings.TrimSpace(value))
		if err != nil {
			return a, fmt.Errorf("%s: %w", strings.TrimSpace(name), errForm)
		}
		*to = unquoted
		if err := a.override(overrides); err != nil {
			return a, err
		}
	}
	return a, nil
}

// parameter is the first parameter of a text, as SAM saves and reads them.
var parameter = regexp.MustCompile(`^\s*([A-Za-z0-9]+)=("((?:\\.|[^"\\])*)"|[^\s"\\]*)(?:\s+|$)`)

// override reads the parameters of one text.
func (a Answers) override(text string) error {
	for text != "" {
		found := parameter.FindStringSubmatch(text)
		if found == nil {
			return fmt.Errorf("parameter_overrides: %w", errForm)
		}
		value := found[2]
		if strings.HasPrefix(value, `"`) {
			value = strings.ReplaceAll(found[3], `\"`, `"`)
		}
		a.Parameters[found[1]] = value
		text = text[len(found[0]):]
	}
	return nil
}
