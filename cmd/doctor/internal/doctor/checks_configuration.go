package doctor

import (
	"fmt"
	"strings"
)

func checkConfiguration(f facts) Result {
	var findings []string
	if f.Wrong != nil {
		findings = append(findings, oneLine(f.Wrong))
	}
	if len(f.Unknown) > 0 {
		findings = append(findings, "names in the file that mean nothing here: "+strings.Join(f.Unknown, ", "))
	}
	switch found := strings.Join(findings, "; "); {
	case f.Wrong != nil:
		return wrong(found, "Correct these settings in the file or in the stack's parameters; look for misspelt names first.")
	case found != "":
		return warn(found, "Look for misspelt names. Another program's do no harm.")
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

// oneLine is an error's text without line breaks, which joined errors have.
func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines, "; ")
}
