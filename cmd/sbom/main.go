// Command sbom writes the bill of materials of the built functions, in CycloneDX's
// JSON: each module that is linked into one of them, and into which.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"usher/internal/sbom"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(args []string, out, messages io.Writer) error {
	flags := flag.NewFlagSet("sbom", flag.ContinueOnError)
	flags.SetOutput(messages)
	functions := flags.String("functions", ".aws-sam/build", "the `folder` of the built functions")
	version := flags.String("version", "", "the `commit` that they were built of")
	seconds := flags.Int64("time", 0, "when the commit was made, in Unix `seconds`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return write(out, *functions, *version, *seconds)
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
