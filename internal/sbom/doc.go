// Package sbom writes a CycloneDX bill of materials of built functions: what is
// linked into them, as the linker itself has noted it in each. It is for the build,
// and no part of any function.
package sbom
