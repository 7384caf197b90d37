package doctor

import (
	"fmt"
	"strings"
)

func checkConfiguration(f facts) Result {
	meaningless := ""
	if len(f.Unknown) > 0 {
		meaningless = "names in the file that mean nothing here: " + strings.Join(f.Unknown, ", ")
	}
	switch {
	case f.Wrong != nil && meaningless != "":
		return wrong(oneLine(f.Wrong)+"; "+meaningless, "Change what is named; look for misspelt names first.")
	case f.Wrong != nil:
		return wrong(oneLine(f.Wrong), "Change what is named: in the file, or in the stack's parameters of the same meaning.")
	case meaningless != "":
		return warn(meaningless, "Look for misspelt names. Another program's do no harm.")
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
