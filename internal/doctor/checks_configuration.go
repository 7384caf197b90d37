package doctor

import (
	"fmt"
	"strings"
)

func checkConfiguration(f facts) diagnosis {
	if f.Wrong != nil {
		return wrong(oneLine(f.Wrong), "Change what is named: in the file, or in the stack's parameters of the same meaning.")
	}
	if len(f.Unknown) > 0 {
		return warn("the file also has "+strings.Join(f.Unknown, ", ")+", which mean nothing here", "Look for misspelt names. Another program's do no harm.")
	}
	return fine("it lists %s, %s and %s", plural(len(f.Config.RedirectURIs), "redirect URI"),
		plural(len(f.Config.LogoutURIs), "post-logout redirect URI"), plural(len(f.Config.ResultURLs), "result URL"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// oneLine is an error's text without line breaks: several errors that were joined
// have them.
func oneLine(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "; ")
}

func quoted(list []string) string {
	var all []string
	for _, s := range list {
		all = append(all, fmt.Sprintf("%q", s))
	}
	return strings.Join(all, ", ")
}
