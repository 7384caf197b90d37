// Command lint adds checks to `go vet -vettool`. So it uses the packages compiled for the tests,
// and checks unchanged packages once. It ignores lines that end in "//nolint:NAME // why".
package main

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"

	"codeberg.org/polyfloyd/go-errorlint/errorlint"
	"github.com/gordonklaus/ineffassign/pkg/ineffassign"
	"github.com/gostaticanalysis/nilerr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/sonatard/noctx"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/passes/unusedwrite"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
	"honnef.co/go/tools/unused"
)

// everywhere also checks tests. ofProduction does not: a test may wait forever, and leave a body open.
var (
	everywhere   = []*analysis.Analyzer{errcheck.Analyzer, errorlint.NewAnalyzer(), ineffassign.Analyzer, nilerr.Analyzer, nilness.Analyzer, unusedwrite.Analyzer}
	ofProduction = []*analysis.Analyzer{bodyclose.Analyzer, noctx.Analyzer}
)

// ignorable are calls whose errors need no handling.
var ignorable = regexp.MustCompile(`\.(Close|Flush)\(|\b[Ff]?[Pp]rint(f|ln)?\(|\bos\.(Remove(All)?|(Un)?[Ss]etenv)\(`)

// withoutUse are omitted checks of staticcheck.
var withoutUse = map[string]bool{
	"ST1003": true, // names with underscores are the generated ones
	"ST1022": true, // a group of variables has one comment
	"S1025":  true, // a test formats texts, too, by the verb of the others
}

func main() {
	all := everywhere
	filter(errcheck.Analyzer, func(p *analysis.Pass, d analysis.Diagnostic) bool {
		return !ignorable.MatchString(lineAt(p, d.Pos))
	})
	for _, a := range ofProduction {
		filter(a, func(p *analysis.Pass, d analysis.Diagnostic) bool {
			return !strings.HasSuffix(p.Fset.File(d.Pos).Name(), "_test.go") && !strings.HasPrefix(d.Message, "net.Listen must")
		})
		all = append(all, a)
	}
	for _, group := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers} {
		for _, a := range group {
			if !withoutUse[a.Analyzer.Name] {
				all = append(all, a.Analyzer)
			}
		}
	}
	all = append(all, reportUnused(unused.Analyzer.Analyzer))
	for _, a := range all {
		heed(a)
	}
	if isForFacts(os.Args[len(os.Args)-1]) {
		all = producers(all)
	}
	unitchecker.Main(all...)
}

// isForFacts reports whether this run is for a dependency: `go vet` needs only the facts about it. The
// argument is the file that describes the run.
func isForFacts(config string) bool {
	text, err := os.ReadFile(config)
	var run unitchecker.Config
	return err == nil && json.Unmarshal(text, &run) == nil && run.VetxOnly
}

// producers returns the analyzers that make facts, of the given ones and those that they need. For a
// dependency, unitchecker would also run all that use facts, without any use (a note in its source).
func producers(all []*analysis.Analyzer) (found []*analysis.Analyzer) {
	seen := map[*analysis.Analyzer]bool{}
	for len(all) > 0 {
		a := all[0]
		all = all[1:]
		if seen[a] {
			continue
		}
		seen[a] = true
		if len(a.FactTypes) > 0 {
			found = append(found, a)
		}
		all = append(all, a.Requires...)
	}
	return found
}

// reportUnused makes the analyzer of unused code report its result.
func reportUnused(a *analysis.Analyzer) *analysis.Analyzer {
	run := a.Run
	a.Run = func(p *analysis.Pass) (any, error) {
		out, err := run(p)
		found, _ := out.(unused.Result)
		for _, o := range found.Unused {
			for _, f := range p.Files {
				if file := p.Fset.File(f.Pos()); file.Name() == o.Position.Filename {
					p.Reportf(file.LineStart(o.Position.Line), "%s %s is unused, or used only by tests", o.Kind, o.Name)
				}
			}
		}
		return out, err
	}
	return a
}

func lineAt(p *analysis.Pass, at token.Pos) string {
	where := p.Fset.Position(at)
	text, err := p.ReadFile(where.Filename)
	if lines := strings.Split(string(text), "\n"); err == nil && where.Line <= len(lines) {
		return lines[where.Line-1]
	}
	return ""
}

// heed ignores generated files, and lines with a comment that says so.
func heed(a *analysis.Analyzer) {
	filter(a, func(p *analysis.Pass, d analysis.Diagnostic) bool {
		return !strings.Contains(lineAt(p, d.Pos)+" ", "//nolint:"+a.Name+" ") &&
			!slices.ContainsFunc(p.Files, func(f *ast.File) bool {
				return ast.IsGenerated(f) && p.Fset.File(f.Pos()) == p.Fset.File(d.Pos)
			})
	})
}

func filter(a *analysis.Analyzer, keep func(*analysis.Pass, analysis.Diagnostic) bool) {
	run := a.Run
	a.Run = func(p *analysis.Pass) (any, error) {
		own := *p
		own.Report = func(d analysis.Diagnostic) {
			if keep(p, d) {
				p.Report(d)
			}
		}
		return run(&own)
	}
}
