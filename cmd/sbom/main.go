// Command sbom writes the bill of materials of the built functions, in CycloneDX's
// JSON: each module that is linked into one of them, and into which.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"usher/internal/sbom"
)

func main() {
	functions := flag.String("functions", ".aws-sam/build", "the `folder` of the built functions")
	version := flag.String("version", "", "the `commit` that they were built of")
	seconds := flag.Int64("time", 0, "when the commit was made, in Unix `seconds`")
	flag.Parse()
	if err := write(os.Stdout, *functions, *version, *seconds); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func write(out io.Writer, folder, version string, seconds int64) error {
	functions, err := sbom.Read(folder)
	if err != nil {
		return err
	}
	source := sbom.Source{Version: version, Licence: sbom.FindLicence(context.Background())}
	if seconds != 0 {
		source.Time = time.Unix(seconds, 0)
	}
	bom, err := sbom.New(functions, source)
	if err != nil {
		return err
	}
	// Not the newest version of the format: scanners read this one.
	return cdx.NewBOMEncoder(out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
}
