// Command sbom writes the bill of materials of the built functions in CycloneDX's
// JSON: every module that is linked into a function, and into which.
//
// cyclonedx-gomod v1.10.0 writes one bill for each function, in 4 s, with the time of
// the run as its timestamp. It finds no licence of the standard library, and
// BSD-Source-Code in place of BSD-3-Clause for golang.org/x.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	functions := flag.String("functions", ".aws-sam/build", "the `folder` of the built functions")
	commit := flag.String("version", "", "the `commit` of the sources")
	seconds := flag.Int64("time", 0, "the time of the commit, in Unix `seconds`")
	flag.Parse()
	bom, err := bill(*functions, *commit, time.Unix(*seconds, 0))
	if err == nil {
		// Not the newest version of the format: scanners read this one.
		err = cdx.NewBOMEncoder(os.Stdout, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}
